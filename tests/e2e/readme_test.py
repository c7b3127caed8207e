"""README.md shows what the product really says: its promise and its configuration are parts of the samples, its trace is what `lupaus test
--trace` prints, and its transcript lines come from a run of the demo.

Usage: readme_test.py ROOT LUPAUS [LUPAUSD] [--write]
"""
import os
import re
import subprocess
import sys


def block_after(text, mark):
    match = re.search(r"<!-- " + re.escape(mark) + r" -->\n```[a-z]*\n(.*?)```", text, re.S)
    if not match:
        sys.exit(f"README.md: the block after <!-- {mark} --> is missing")
    return match


def trace_of(lupaus, root):
    out = subprocess.run([os.path.abspath(lupaus), "test", "deploy/promises/served-in-15.test.yaml", "--run",
                          "^from the ticket to the money$", "--trace"],
                         capture_output=True, text=True, check=True, cwd=root).stdout
    lines = [line[4:].rstrip() for line in out.splitlines() if line.startswith("  |")]
    return "\n".join(lines).strip() + "\n"


def transcript_of(lupausd, root):
    out = subprocess.run([lupausd, "dev", "--once", "--book", f"{root}/deploy/promises"], capture_output=True,
                         text=True, check=True).stdout
    return out[out.index("== The manager's report"):].strip() + "\n"


def without_secrets(text):
    """Voucher codes come from a secret of each run's own."""
    return re.sub(r"\b(?:[0-9A-Z]{4}-){3}[0-9A-Z]{2}\b", "F9Z1-3VRZ-7JGM-18", text)


def main():
    arguments = [a for a in sys.argv[1:] if a != "--write"]
    root, lupaus = arguments[:2]
    path = f"{root}/README.md"
    text = open(path, encoding="utf-8").read()
    wanted = {"trace": trace_of(lupaus, root)}
    if len(arguments) > 2:
        wanted["transcript"] = transcript_of(arguments[2], root)
    if "--write" in sys.argv:
        for mark, content in wanted.items():
            match = block_after(text, mark)
            text = text[:match.start(1)] + content + text[match.end(1):]
        open(path, "w", encoding="utf-8").write(text)
        return
    failures = []
    for shown in ("deploy/promises/served-in-15.yaml", "deploy/lupaus.yaml"):
        if block_after(text, f"from {shown}").group(1) not in open(f"{root}/{shown}", encoding="utf-8").read():
            failures.append(f"the block is not a part of {shown}")
    for mark, content in wanted.items():
        if without_secrets(block_after(text, mark).group(1)) != without_secrets(content):
            failures.append(f"the {mark} is not what the product prints now:\n{content}")
    if failures:
        sys.exit("README.md: " + "\n".join(failures) +
                 "\nmend it with: python3 tests/e2e/readme_test.py . build/release/clients/cli/lupaus "
                 "build/release/server/lupausd --write")


main()
