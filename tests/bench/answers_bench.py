"""How long a bank's answer takes from the file to the last durable fact: `lupaus payouts results import` of a pain.002 with as
many statuses as there are payments, over a server with a database on disk.

Usage: answers_bench.py LUPAUS LUPAUSD WORK_DIR [PAYMENTS]
"""
import datetime
import json
import os
import re
import shutil
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from bank_simulator import Bank, Order, Payment  # noqa: E402
from programs import Server, run  # noqa: E402

BOOK = """apiVersion: lupaus/v1
kind: Promise
metadata: {name: p}
spec:
  wording: {en: Served within 15 minutes or we pay}
  applies: "true"
  clock:
    measure: elapsed
    on: {issued: start, called: continue, recalled: continue, service_started: stop, service_ended: continue,
         transferred: continue, parked: continue, unparked: continue, away: continue, back: continue,
         no_show: continue, left: stop, cancelled: void, expired: review}
    on_silence: review
  target: {within: 15m}
  compensation: {settle: end, stack: replace, tiers: [{over: 15m, pay: EUR 10.00}], instrument: transfer}
---
apiVersion: lupaus/v1
kind: Branch
metadata: {name: b}
spec: {timezone: Europe/Helsinki}
"""
BEGIN = datetime.datetime(2026, 1, 5, 7, tzinfo=datetime.timezone.utc)


def write(place, content):
    with open(place, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())
    return place


def break_promises(place, count):
    """Each ticket has half a minute of its own, so that no hour pays unusually much."""
    with open(place, "w", encoding="utf-8") as file:
        events = [(BEGIN + datetime.timedelta(seconds=30 * number) + datetime.timedelta(minutes=late), kind, number)
                  for number in range(count) for kind, late in (("issued", 0), ("service_started", 20))]
        for sequence, (at, kind, number) in enumerate(sorted(events), 1):
            file.write(json.dumps({"source": "desk", "epoch": 1, "sequence": sequence, "branch": "b", "ticket": f"T{number}", "type": kind,
                                   "occurredAt": at.isoformat(timespec="milliseconds"),
                                   "attributes": {"customer": f"c-{number}"} if kind == "issued" else {}}) + "\n")
    return place


def measure(lupaus, lupausd, folder, count):
    def ask(who, *arguments):
        done = run([lupaus, "--server", server.address, "--as", who, *arguments])
        if done.returncode != 0:
            sys.exit(f"`{' '.join(arguments)}`: {done.stderr}")
        return done

    with Server(lupausd, folder) as server:
        if not server.wait_ready():
            sys.exit(server.said())
        ask("otto", "promises", "apply", "--valid-from", "2026-01-01T00:00:00Z", "--reason", "a measurement",
            write(os.path.join(folder, "book.yaml"), BOOK))
        ask("otto", "events", "send", "--backfill", break_promises(os.path.join(folder, "events"), count))
        for line in ask("frans", "-o", "ndjson", "payouts", "list", "--state", "held").stdout.splitlines():
            ask("aino", "payouts", "release", json.loads(line)["id"])
        batch = json.loads(ask("frans", "-o", "json", "payouts", "batch", "create").stdout)["batch"]
        ask("aino", "payouts", "batch", "approve", batch["id"])
        ask("frans", "payouts", "batch", "export", batch["id"], "--format", "csv", "--out", os.path.join(folder, "pay.csv"))
        order = Order(batch["id"], [Payment(f"C-1-{number}", "10.00", "Matti Virtanen", "FI2112345600000785")
                                    for number in range(1, batch["count"] + 1)])
        report = Bank(1).report(order, [(payment, "ACSC", "", "") for payment in order.payments])
        place = write(os.path.join(folder, "answer.xml"), report)
        for what in ("paid", "known before"):
            began = time.monotonic()
            said = ask("frans", "payouts", "results", "import", place).stderr
            took = time.monotonic() - began
            found = re.search(rf"(\d+) {what}", said)
            print(f"import of a pain.002, {found.group(1) if found else said} {what:<14} {len(report) / 1e6:6.1f} MB {took:6.2f} s   (target 3 s)",
                  flush=True)


def main():
    folder = sys.argv[3]
    os.makedirs(folder, exist_ok=True)
    measure(sys.argv[1], sys.argv[2], folder, int(sys.argv[4]) if len(sys.argv) > 4 else 100_000)
    shutil.rmtree(folder)


main()
