"""What the JSON Schema says of a changed sample book, and what the loader says of it: the schema refuses nothing that
`lupaus check` takes, and takes nothing whose shape `lupaus check` refuses.

usage: schema_agreement.py LUPAUS DIRECTORY   (exit 77, skipped, where the modules are not at hand)
"""
import copy
import json
import pathlib
import re
import subprocess
import sys
import tempfile

try:
    import yaml
    from jsonschema import Draft202012Validator
except ImportError:
    sys.exit(77)

# Of keys, shapes and single values. What hangs on other documents or on two values at once is not the schema's.
SHAPE = {f"P{n:03}" for n in (4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 24, 28, 29, 30, 43, 44, 49)} | {"T001"}
# Every document is in the book beside its original.
ALWAYS = {"P009"}

VALUES = ["15", '"15"', "1.5", "true", '"010"', "-1", "~", '""', "[]", "{}", "[x]", "{a: b}", "x", "y z", "0s", "15m",
          "30m1h", "PT15M", "2 days", "2 business days", "1001 business days", "EUR 10", "EUR 0.00", "JPY 500",
          "25% of ticket.fare", "0% of ticket.fare", "1 time", "101 times", "95%", "101%", "2026-01-05", "2026-02-30",
          "02-29", "10:00-24:30", "10:00-10:00", "kiosk/1+2:3", "2026-01-05t09:00:00z", "+15m", "A1 issued +x"]
# Two places at once tell these, or the kind of another one.
BEYOND = {("P008", "metadata/name"), ("T001", "start"), ("T001", "defaults"), ("T001", "defaults/branch"),
          ("T001", "tests/0/defaults"), ("T001", "tests/0/defaults/branch"), ("T001", "tests/0/server_down/from")}

DOCUMENTS = """
kind: Promise
metadata: {name: p, labels: {a: b}}
spec:
  effective: {from: 2026-01-01, until: 2026-12-31}
  wording: {en: Hello}
  applies: "true"
  clock:
    measure: elapsed
    expire_after: 48h
    hold: 2h
    on: {issued: start, called: continue, recalled: continue, service_started: stop, service_ended: continue, transferred: {when: "true", then: stop, else: stop}, parked: [{when: "true", then: stop}, {else: stop}], unparked: continue, away: pause, back: resume, no_show: void, left: void, cancelled: void, expired: review}
    on_silence: review
  target: {within: [{when: "true", within: 10m}, {within: 15m}], boundary: inclusive, objective: 95%, per: month}
  warn: [{left: 5m}]
  compensation:
    settle: end
    stack: add
    tiers: [{over: 15m, pay: EUR 10.00, every: 1h, count: full, measure: elapsed, at_most: EUR 50.00, at_least: EUR 1.00}]
    at_most: EUR 100.00
    at_least: EUR 1.00
    min_payable: EUR 1.00
    group: g
    caps: [{per: customer/year, max: 2 times, then: hold, from: 04-01}]
    instrument: voucher
    nature: damages
    due: {within: 5 calendar days, days: branch}
    late: EUR 5.00
    approval: {over: EUR 5.00, approvers: 2}
    claim: {required: true, on: called, within: 28 calendar days}
    voucher_valid: 90 calendar days
  excuses: [{id: e, when: "true"}, {id: m, approvers: 2, max_share: 1%, wording: {en: Hello}}]
  suspensions: [{from: 2026-03-23, until: 2026-06-05, when: "true", reason: Why}]
---
kind: Calendar
metadata: {name: c}
spec:
  timezone: Europe/Helsinki
  hours: {mon-fri: ["09:00-16:30"], sat: {hours: ["10:00-14:00"], class: w}}
  exceptions: [{date: 2026-12-24, hours: [], class: e, reason: Why}]
---
kind: Branch
metadata: {name: b}
spec: {timezone: Europe/Helsinki, hours: c, attributes: {region: r}, sources: [{id: b/k, reports: [issued]}, {id: z}]}
---
kind: Vocabulary
metadata: {name: v}
spec: {events: [a, expired], branch_events: [d], attributes: {f: string, g: {type: int, personal: true}}, branch_attributes: {h: string}}
---
kind: PromiseTest
files: [p.yaml]
start: 2026-01-05T09:00:00+02:00
defaults: {branch: b}
tests:
  - name: n
    start: 2026-01-05T09:00:00+02:00
    defaults: {branch: b}
    events: [A1 issued, A1 issued +2m arrives +5m, {A1 issued: {service: x}}]
    expect: {A1: kept, A2: {is: kept, counted: 15m, due: +20m, breached_at: +15m, detected_at: +15m, stopped_at: +17m, paid_state: owed, cycle: 1}, A3: {p: kept}, owed: EUR 10.00}
    at: {+13m: {A1: kept, owed: nothing}}
    deliver: 3 times
    publish: {+5m: [p.yaml]}
    server_down: {from: +14m, until: +40m}
"""


class Scalar:
    def __init__(self, written: str):
        self.written = written

    def value(self):
        """As editors read YAML 1.2."""
        text = self.written
        if text.startswith('"'):
            return json.loads(text)
        if text in ("~", "true", "false"):
            return {"~": None, "true": True, "false": False}[text]
        if re.fullmatch(r"[-+]?[0-9]+", text):
            return int(text)
        return float(text) if re.fullmatch(r"[-+]?[0-9]+\.[0-9]+", text) else text


def tree(node):
    if isinstance(node, yaml.MappingNode):
        return {key.value: tree(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [tree(item) for item in node.value]
    return Scalar(json.dumps(node.value) if node.style else node.value)


def typed(node):
    if isinstance(node, dict):
        return {key: typed(value) for key, value in node.items()}
    return [typed(item) for item in node] if isinstance(node, list) else node.value()


def written(node) -> str:
    if isinstance(node, dict):
        return "{" + ", ".join(f"{key}: {written(value)}" for key, value in node.items()) + "}"
    return "[" + ", ".join(map(written, node)) + "]" if isinstance(node, list) else node.written


def places(node, path=()):
    yield path, node
    for step, below in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from places(below, path + (step,))


def changed(document, path, change):
    """A copy in which `change(parent, last step)` was made."""
    copied = parent = copy.deepcopy(document)
    for step in path[:-1]:
        parent = parent[step]
    change(parent, path[-1])
    return copied


def changes(document):
    yield (), "nothing", document
    for path, node in places(document):
        if path:
            yield path, "removed", changed(document, path, lambda parent, step: parent.pop(step))
            for value in VALUES:
                new = tree(yaml.compose(value)) if value[0] in "[{" else Scalar(value)
                yield path, value, changed(document, path, lambda parent, step: parent.__setitem__(step, new))
        if isinstance(node, dict) and path:
            # Each key alone and beside every other one: what a key needs.
            for first, one in enumerate(node):
                for two in list(node)[first:]:
                    few = {key: value for key, value in node.items() if key in (one, two)}
                    yield path, f"{one} + {two}", changed(document, path, lambda p, step: p.__setitem__(step, few))
            more = {**node, "zzz": Scalar("x")}
            yield path, "zzz", changed(document, path, lambda parent, step: parent.__setitem__(step, more))


def complaints(lupaus: str, folder: pathlib.Path, texts: list, others: str) -> list:
    """The codes of what `check` says of each text, all of them in one book."""
    for index, text in enumerate(texts):
        (folder / f"{index}.yaml").write_text(text + "\n")
    (folder / "others.yaml").write_text(others)
    answer = subprocess.run([lupaus, "check", "-o", "json", str(folder)], capture_output=True, text=True)
    found = [[] for _ in texts]
    for one in json.loads(answer.stdout):
        name = pathlib.Path(one["file"]).stem
        if one["severity"] == "error" and name != "others" and one["code"] not in ALWAYS:
            found[int(name)].append((one["code"], one["message"]))
    return found


def main() -> int:
    lupaus, directory = sys.argv[1], pathlib.Path(sys.argv[2])
    validator = Draft202012Validator(json.loads((directory / "lupaus.schema.json").read_text()))
    head = {"apiVersion": Scalar("lupaus/v1")}
    documents = [{**head, **tree(node)} for node in yaml.compose_all(DOCUMENTS)]
    bad = count = 0
    for document in documents:
        others = "\n---\n".join(written(other) for other in documents if other is not document and "metadata" in other)
        all_changes = list(changes(document))
        with tempfile.TemporaryDirectory() as folder:
            texts = [written(new) for _, _, new in all_changes]
            found = complaints(lupaus, pathlib.Path(folder), texts, others)
        for (path, change, new), told in zip(all_changes, found):
            count += 1
            where = "/".join(map(str, path))
            refusals = [error.message[:150] for error in validator.iter_errors(typed(new))]
            shapes = [one for one in told if one[0] in SHAPE and (one[0], where) not in BEYOND]
            if bool(refusals) == bool(shapes) or (refusals and told):
                continue
            bad += 1
            print(f"{document['kind'].written} {where}: {change}: schema {refusals[:1]}, loader {told[:2]}")
    print(f"{count} changes, {bad} disagreements")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
