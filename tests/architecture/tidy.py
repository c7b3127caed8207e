"""House rules that no compiler checks: sizes, names, opening comments, files nobody builds, sleeping tests, paths of machines.

Usage: tidy.py ROOT
"""
import os
import re
import sys

from findings import Finding, files_below, lines_of, report

CODE = ("rules", "server", "clients", "tests")
LINES_MAX = {".cc": 450, ".h": 300}
BANNED_WORDS = ("util", "utils", "common", "helper", "helpers", "misc", "manager", "base", "impl", "data", "info")
BANNED_TYPE = re.compile(r"^\s*(?:class|struct|enum class|union|namespace)\s+(?:\[\[\w+\]\]\s*)?([\w:]+)")
BANNED_FUNCTION = re.compile(r"(?<![.>:\w])((?:do|new|old)_[a-z]\w*|process)\s*\(")
LEFT_FOR_LATER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
SLEEP = re.compile(r"\bsleep_(for|until)\b|(?<![\w.])u?sleep\s*\(|\bnanosleep\s*\(")
MACRO = re.compile(r"^\s*#\s*define\b")
MACHINE_PATH = re.compile(r"(?<![\w$}/.])/(?:home|work|Users|root)/\w|\b[A-Z]:\\\\?Users")
ENTRY_OF_TESTS = "tests/architecture/"


def words_of(name):
    """"zone", "tables" of "zone_tables"; "Row", "Codec" of "RowCodec", in lower case."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def banned_in(name):
    return next((word for word in words_of(name) if word in BANNED_WORDS), None)


def check_size(root, path):
    limit = LINES_MAX[os.path.splitext(path)[1]]
    count = len(lines_of(root, path))
    if count > limit:
        yield Finding(path, limit + 1, f"{count} lines, more than {limit}",
                      "give a part that has a name of its own a file of its own")


def check_names(root, path):
    word = banned_in(os.path.splitext(os.path.basename(path))[0])
    if word:
        yield Finding(path, 1, f"`{word}` says nothing about what is in the file", "name the file after what it is for")
    for number, line in lines_of(root, path):
        declared = BANNED_TYPE.match(line)
        word = banned_in(declared.group(1)) if declared else None
        if word:
            yield Finding(path, number, f"`{declared.group(1)}` is named with `{word}`", "name it after what it is")
        called = BANNED_FUNCTION.search(line.split("//")[0])
        if called:
            yield Finding(path, number, f"`{called.group(1)}` says neither what nor to whom",
                          "use a verb that tells this one from the others")


def check_lines(root, path):
    for number, line in lines_of(root, path):
        left = LEFT_FOR_LATER.search(line)
        if left:
            yield Finding(path, number, f"`{left.group(1)}` leaves work in the code", "do it, or refuse it clearly")
        if MACRO.match(line):
            yield Finding(path, number, "a macro", "a constant, a template or an inline function")
        # A load that is paced by the clock has to wait for it; nothing in tests/bench passes or fails.
        if path.startswith("tests/") and not path.startswith("tests/bench/") and SLEEP.search(line):
            yield Finding(path, number, "a test that sleeps is slow or flaky",
                          "wait for the event itself, or turn a virtual clock")


def check_opening(root, path):
    """A source file whose own header stands beside it may leave the saying to that."""
    stem, ending = os.path.splitext(os.path.join(root, path))
    if ending == ".cc" and os.path.exists(stem + ".h"):
        return
    lines = lines_of(root, path)
    if not lines or not lines[0][1].startswith("//"):
        yield Finding(path, 1, "the file does not say what it is for", "open it with one to four sentences in a comment")


def check_listed(root, path):
    """Listed by its name in a CMakeLists.txt of its folder or of one above it."""
    folder = os.path.dirname(path)
    name = os.path.basename(path)
    while True:
        lists = os.path.join(root, folder, "CMakeLists.txt")
        if os.path.exists(lists):
            with open(lists, encoding="utf-8") as file:
                if re.search(r"(?<![\w.-])" + re.escape(name) + r"(?![\w.-])", file.read()):
                    return
        if not folder:
            break
        folder = os.path.dirname(folder)
        name = os.path.relpath(path, folder or ".")
    yield Finding(path, 1, "no CMakeLists.txt lists this file, so nobody builds it", "list it, or delete it")


def check_added(root, path):
    """A folder's CMakeLists.txt is added by the one above it."""
    folder = os.path.dirname(path)
    above = os.path.join(root, os.path.dirname(folder), "CMakeLists.txt")
    if os.path.exists(above):
        with open(above, encoding="utf-8") as file:
            if re.search(r"add_subdirectory\(" + re.escape(os.path.basename(folder)) + r"\)", file.read()):
                return
        yield Finding(path, 1, "no CMakeLists.txt above adds this folder, so nobody builds it",
                      f"add_subdirectory({os.path.basename(folder)}) in the one above")


def check_machine_paths(root, path):
    for number, line in lines_of(root, path):
        found = MACHINE_PATH.search(line)
        if found:
            yield Finding(path, number, f"a path of one machine: `{line.strip()[:80]}`",
                          "a path below the repository, or an argument")


def check(root):
    findings = []
    code = files_below(root, CODE, (".cc", ".h"))
    for path in code:
        for rule in (check_size, check_names, check_lines, check_opening):
            findings += rule(root, path)
        if path.endswith(".cc"):
            findings += check_listed(root, path)
    for path in files_below(root, CODE, ("CMakeLists.txt",)):
        findings += check_added(root, path)
    for path in files_below(root, ("proto",), (".proto",)):
        findings += check_opening(root, path)
    texts = [path for path in files_below(root) if not path.startswith(ENTRY_OF_TESTS)]
    for path in texts:
        if os.path.getsize(os.path.join(root, path)) < 1_000_000:
            findings += check_machine_paths(root, path)
    return findings, len(code) + len(texts)


if __name__ == "__main__":
    report("tidy", *check(os.path.abspath(sys.argv[1])))
