"""Finance at its desk, as a person would sit there: what is owed, one compensation's life, a batch drawn up, approved by another,
exported whole or not at all however often the program is killed, the server killed too, proved from the journal, and books that
add up.

Usage: payout_files_test.py LUPAUS LUPAUSD [TICKETS]
"""
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

from programs import Findings, Server, read_lines, run

BOOK = """apiVersion: lupaus/v1
kind: Promise
metadata: {name: served-in-15}
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
  compensation:
    settle: end
    stack: replace
    tiers: [{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}]
    caps: [{per: customer/day, max: EUR 15.00, then: record}]
    instrument: transfer
---
apiVersion: lupaus/v1
kind: Branch
metadata: {name: b}
spec: {timezone: Europe/Helsinki}
"""
VALID_FROM = "2026-01-01T00:00:00Z"
KILLS = 25


class Desk:
    def __init__(self, lupaus, lupausd, folder, tickets):
        self.findings = Findings()
        self.lupaus, self.lupausd, self.folder, self.tickets = lupaus, lupausd, folder, tickets
        self.server = None

    def path(self, name):
        return os.path.join(self.folder, name)

    def command(self, who, *arguments):
        return [self.lupaus, "--server", self.server.address, "--as", who, *arguments]

    def ask(self, code, who, *arguments):
        done = run(self.command(who, *arguments))
        self.findings.equal(f"exit code of `{' '.join(arguments)}` ({done.stderr.strip()})", code, done.returncode)
        return done

    def start(self):
        self.server = Server(self.lupausd, self.folder)
        self.server.__enter__()
        self.findings.require(self.server.wait_ready(), f"the server does not start: {self.server.said()}")

    def tell(self):
        """Two tickets a customer on one day: 20 and 40 minutes late, so that the cap cuts the second."""
        with open(self.path("book.yaml"), "w", encoding="utf-8") as file:
            file.write(BOOK)
        self.ask(0, "otto", "promises", "apply", "--valid-from", VALID_FROM, "--reason", "a test", self.path("book.yaml"))
        with open(self.path("events"), "w", encoding="utf-8") as file:
            for ticket in range(self.tickets):
                second = ticket * 10 // self.tickets
                waited = 20 if ticket % 2 else 40
                for kind, minute in (("issued", 0), ("service_started", waited)):
                    file.write(json.dumps({"branch": "b", "ticket": f"T{ticket}", "type": kind,
                                           "occurredAt": f"2026-01-05T09:{minute:02}:{second:02}.000Z", "source": "desk",
                                           "attributes": {"customer": f"c-{ticket // 2}"} if kind == "issued" else {}}) + "\n")
        lines = sorted(open(self.path("events"), encoding="utf-8"), key=lambda line: json.loads(line)["occurredAt"])
        with open(self.path("events"), "w", encoding="utf-8") as file:
            for sequence, line in enumerate(lines, 1):
                file.write(json.dumps({**json.loads(line), "epoch": 1, "sequence": sequence}) + "\n")
        self.ask(0, "otto", "events", "send", "--backfill", self.path("events"))

    def payouts(self, *arguments):
        return read_lines(self.ask(0, "frans", "-o", "ndjson", "payouts", "list", *arguments).stdout)

    def wait_for_debts(self):
        until = time.monotonic() + 60
        while time.monotonic() < until and len(self.payouts()) < self.tickets:
            time.sleep(0.05)
        paid = [line for line in self.payouts("--state", "owed") if line["amount"]]
        self.findings.equal("compensations with money", self.tickets, len(self.payouts()))
        return paid

    def draw_up(self, count):
        self.ask(2, "frans", "payouts", "batch", "create", "--until", "yesterday")
        answer = json.loads(self.ask(0, "frans", "-o", "json", "payouts", "batch", "create").stdout)["batch"]
        self.findings.equal("keys of a batch", ["id", "state", "count", "total"], list(answer))
        self.findings.equal("lines of the batch", count, answer["count"])
        self.ask(4, "frans", "payouts", "batch", "create")
        self.ask(4, "frans", "payouts", "batch", "export", answer["id"], "--format", "csv")
        for name in ("frans", "FRANS"):
            self.ask(5, name, "payouts", "batch", "approve", answer["id"])
        self.ask(0, "aino", "payouts", "batch", "approve", answer["id"])
        self.ask(4, "bea", "payouts", "batch", "approve", answer["id"])
        return answer["id"]

    def export(self, batch, name):
        done = self.ask(0, "frans", "payouts", "batch", "export", batch, "--format", "csv", "--out", self.path(name))
        with open(self.path(name), "rb") as file:
            content = file.read()
            self.findings.equal("who may read a payment file", "0o600", oct(os.stat(file.fileno()).st_mode & 0o777))
        self.findings.require(hashlib.sha256(content).hexdigest() in done.stderr, f"another sha256 was told: {done.stderr}")
        return content

    def kill_exports(self, batch, whole):
        """Killed at any moment, a file is there whole or is as it was."""
        name = self.path("killed.csv")
        began = time.monotonic()
        self.export(batch, "timed.csv")
        took = time.monotonic() - began
        kept = 0
        for kill in range(KILLS):
            with open(name, "w", encoding="utf-8") as file:
                file.write("of before")
            child = subprocess.Popen(self.command("frans", "payouts", "batch", "export", batch, "--format", "csv", "--out", name),
                                     stderr=subprocess.DEVNULL)
            try:
                child.wait(took * 1.2 * kill / KILLS)
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
                child.wait()
            with open(name, "rb") as file:
                content = file.read()
            kept += content == b"of before"
            self.findings.require(content in (b"of before", whole), f"half a file of {len(content)} bytes after kill {kill}")
        print(f"{kept} of {KILLS} killed exports left the file of before, the others the whole one", flush=True)
        left = [name for name in os.listdir(self.folder) if name.endswith(".part")]
        for part in left:
            with open(self.path(part), "rb") as file:
                self.findings.require(file.read() == whole, f"{part} is half a file")

    def prove(self, batch, count):
        said = self.ask(0, "frans", "payouts", "batch", "verify", batch).stdout
        self.findings.require(f"{count} of {count} lines are what the events give" in said, f"verify says {said}")
        books = json.loads(self.ask(0, "frans", "-o", "json", "payouts", "reconcile", "--by", "day,promise").stdout)
        for line in [*books["lines"], *books["totals"]]:
            columns = ("open", "held", "claimable", "approved", "exported", "paid", "returned", "failed", "declined")
            cents = {name: round(float(line[name]) * 100) for name in ("owed", *columns)}
            self.findings.equal(f"the columns of {line}", cents["owed"], sum(cents[name] for name in columns))
        self.findings.equal("differences", {"0.00"}, {total["owed_difference"] for total in books["totals"]})

    def tell_what_became(self, batch, debts):
        """No bank answers a CSV: people say what became of it, of one line and then of the rest."""
        first = debts[0]["id"]
        self.ask(2, "frans", "payouts", "fail", "--reason", "neither an id nor a batch")
        self.ask(4, "frans", "payouts", "fail", "--batch", "B-19990101-0001", "--reason", "there is none")
        for day in ("the 7th", "2999-01-07"):
            self.ask(2, "frans", "payouts", "confirm", first, "--booked-on", day, "--reason", "statement 17")
        self.ask(0, "frans", "payouts", "confirm", first, "--booked-on", "2026-01-07", "--reason", "statement 17")
        failed = self.ask(0, "frans", "payouts", "fail", "--batch", batch, "--reason", "the bank never took the file")
        self.findings.require(f"{batch}: {len(debts) - 1} of {len(debts) - 1} lines that were dispatched" in failed.stderr, failed.stderr[-300:])
        self.ask(4, "frans", "payouts", "confirm", first, "--booked-on", "2026-01-08", "--reason", "statement 18")
        back = self.ask(0, "frans", "payouts", "fail", first, "--reason", "the account is closed").stderr
        self.findings.require("held (came back: the account is closed)" in back, back[-300:])  # and in no batch by itself
        listed = json.loads(self.ask(0, "frans", "-o", "json", "payouts", "batch", "list").stdout)
        self.findings.equal("state of the batch", ["settled"], [line["state"] for line in listed if line["id"] == batch])
        self.ask(0, "frans", "payouts", "release", debts[1]["id"])
        again = json.loads(self.ask(0, "frans", "-o", "json", "payouts", "batch", "create").stdout)["batch"]
        self.findings.equal("lines that are paid again", 1, again["count"])

    def run(self):
        self.start()
        self.tell()
        debts = self.wait_for_debts()
        self.findings.equal("what the cap of EUR 15.00 leaves", self.tickets // 2 * 1500,
                            sum(round(float(line["amount"]) * 100) for line in debts))
        batch = self.draw_up(len(debts))
        whole = self.export(batch, "first.csv")
        self.kill_exports(batch, whole)
        self.server.child.send_signal(signal.SIGKILL)
        self.server.wait_end()
        self.start()
        self.findings.require(self.export(batch, "again.csv") == whole, "the file of after a kill of the server is another one")
        life = json.loads(self.ask(0, "frans", "-o", "json", "payouts", "show", debts[0]["id"]).stdout)
        self.findings.equal("steps of a life", ["owed", "in batch", "batch approved", "batch exported"],
                            [step["step"] for step in life["steps"]])
        self.prove(batch, len(debts))
        self.tell_what_became(batch, debts)
        self.findings.equal("exit code at SIGTERM", 0, self.server.stop())
        self.findings.finish()


if __name__ == "__main__":
    os.environ.pop("LUPAUS_ACTOR", None)
    with tempfile.TemporaryDirectory() as directory:
        Desk(sys.argv[1], sys.argv[2], directory, int(sys.argv[3]) if len(sys.argv) > 3 else 4000).run()
