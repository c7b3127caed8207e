"""The sample book is valid under the JSON Schema of promise files, and files with plain faults are not.

usage: schema_validation.py DIRECTORY   (exit 77, skipped, where the modules are not at hand)
"""
import json
import pathlib
import re
import sys

try:
    import yaml
    from jsonschema import Draft202012Validator
except ImportError:
    sys.exit(77)

FAULTS = [
    ("within: 15m", "within: 15"),
    ("within: 15m", "within: 1d"),
    ("within: 15m", "within: 15m, by: ticket.target_at"),
    ("EUR 10.00", "10.00"),
    ("on_silence: review", "on_silence: yes"),
    ("on_silence: review", "on_silense: review"),
    ("issued: start", "issued: begin"),
    ("kind: Promise\n", "kind: Promises\n"),
    ("  applies:", "  aplies:"),
    ("settle: end", "settle: now"),
]

TEST_FAULTS = [
    ("    expect:", "    expects:"),
    (": kept", ": keept"),
    ("owed: EUR 10.00", "owed: 10.00"),
    ("files: [", "file: ["),
    ("events: [A", "events: [issued, A"),
    ("start: 2026-01-05T09:00:00+02:00", "start: 2026-01-05 09:00"),
]


class Loader(yaml.SafeLoader):
    """As editors read YAML 1.2: dates and `yes` are texts."""


Loader.yaml_implicit_resolvers = {}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^[-+]?[0-9]+$"), list("-+0123456789"))
Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[0-9]+\.[0-9]+$"), list("0123456789"))


def main() -> int:
    folder = pathlib.Path(sys.argv[1])
    schema = json.loads((folder / "lupaus.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)

    def errors(text: str) -> list:
        documents = [d for d in yaml.load_all(text, Loader=Loader) if d is not None]
        return [e for document in documents for e in validator.iter_errors(document)]

    bad = 0
    for path in sorted(folder.rglob("*.yaml")):
        text = path.read_text()
        if "apiVersion:" not in text:  # a map of the importer
            continue
        for error in errors(text):
            bad += 1
            print(f"{path.name}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")
    for name, faults in (("served-in-15.yaml", FAULTS), ("served-in-15.test.yaml", TEST_FAULTS)):
        sample = (folder / name).read_text()
        for old, new in faults:
            if old not in sample:
                bad += 1
                print(f"{name} has no {old!r}")
            elif not errors(sample.replace(old, new, 1)):
                bad += 1
                print(f"{new!r} is valid under the schema")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
