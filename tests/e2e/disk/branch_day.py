"""The small day that the disk tests let a server live through: 200 events of two sources, told one by one, and what they must
come to. Whatever happened to the server, its verdicts are a backtest's, and each breach is paid once."""
import datetime
import json
import os
import shutil
import signal
import subprocess
import time

from programs import Server, read_lines, run

BOOK = """apiVersion: lupaus/v1
kind: Promise
metadata: {name: served-in-15}
spec:
  wording: {en: Served within 15 minutes or we pay}
  applies: true
  clock:
    measure: elapsed
    on: {issued: start, called: continue, recalled: continue, service_started: stop, service_ended: continue,
         transferred: continue, parked: continue, unparked: continue, away: continue, back: continue,
         no_show: continue, left: stop, cancelled: void, expired: review}
    on_silence: review
  target: {within: 15m}
  compensation:
    tiers: [{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}]
    instrument: voucher
---
apiVersion: lupaus/v1
kind: Branch
metadata: {name: b}
spec: {timezone: Europe/Helsinki, sources: [{id: b/kiosk, reports: [issued]}, {id: b/counter}]}
"""
SOURCES = {"issued": "b/kiosk", "called": "b/counter", "service_started": "b/counter"}
TICKETS = 67
EVENTS = 200
WAITS = (3, 21, 8, 40, 12, 15)  # minutes from the ticket to the counter; above 15 is a breach
COMPARED = ("branch", "ticket", "promise", "cycle", "verdict", "started_at", "due_at", "stopped_at", "counted", "late_by",
            "breached_at", "owed")
PATIENCE_S = 30


def make_events(begin):
    """In order of time, each source in its sequence."""
    happened = []
    for number in range(TICKETS):
        issued = begin + datetime.timedelta(seconds=40 * number)
        wait = datetime.timedelta(minutes=WAITS[number % len(WAITS)], milliseconds=number)
        for kind, at in (("issued", issued), ("called", issued + wait / 2), ("service_started", issued + wait)):
            if kind != "called" or number > 0:  # 200 in all
                happened.append((at, number, kind))
    happened.sort()
    sequences = dict.fromkeys(SOURCES.values(), 0)
    events = []
    for at, number, kind in happened:
        source = SOURCES[kind]
        sequences[source] += 1
        events.append({"source": source, "epoch": "1", "sequence": str(sequences[source]), "branch": "b", "ticket": f"t-{number:03}",
                       "type": kind, "occurredAt": at.isoformat(timespec="milliseconds").replace("+00:00", "Z")})
    return events


class Told:
    """What a teller was promised: up to where each source was acknowledged, and what it was welcomed with."""

    def __init__(self):
        self.acked = {}
        self.welcomed = {}
        self.code = None
        self.said = ""

    def hear(self, line):
        what, source, number = line.split()
        (self.acked if what == "acked" else self.welcomed)[source] = int(number)

    def count(self):
        return sum(self.acked.values())


class BranchDay:
    def __init__(self, programs, findings, folder):
        self.lupaus, self.lupausd, self.teller = programs
        self.findings = findings
        self.folder = folder
        self.lost = 0
        self.paid_twice = 0
        begin = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) - datetime.timedelta(hours=5)
        self.valid_from = (begin - datetime.timedelta(hours=1)).isoformat().replace("+00:00", "Z")
        self.book = self.write("book.yaml", BOOK)
        self.events = self.write("events.jsonl", "".join(json.dumps(event) + "\n" for event in make_events(begin)))
        self.template = os.path.join(folder, "template")
        self.wanted = self.judge_offline()
        self.make_template()

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def judge_offline(self):
        done = run([self.lupaus, "-o", "ndjson", "backtest", "--promises", self.book, "--events", self.events])
        self.findings.equal("exit code of `backtest`", 0, done.returncode)
        lines = {line["ticket"]: {key: line[key] for key in COMPARED} for line in read_lines(done.stdout)}
        self.owed = {ticket: line["owed"] for ticket, line in lines.items() if line["owed"]}
        self.findings.require(len(self.owed) > 10, f"expected breaches that owe something, but there are {len(self.owed)}")
        return lines

    def make_template(self):
        """A data_dir with the book, after an orderly stop."""
        os.mkdir(self.template)
        with Server(self.lupausd, self.template) as server:
            self.findings.require(server.wait_ready(), f"the server does not start: {server.said()}")
            done = self.ask(server, "promises", "apply", "--valid-from", self.valid_from, "--reason", "a test", self.book)
            self.findings.equal("exit code of `promises apply`", 0, done.returncode)
            self.findings.equal("exit code at SIGTERM", 0, server.stop())

    def ask(self, server, *arguments):
        return run([self.lupaus, "--server", server.address, "--as", "anna", *arguments])

    def fresh(self, folder):
        """The template's data in a folder."""
        os.makedirs(folder, exist_ok=True)
        shutil.copytree(os.path.join(self.template, "data"), os.path.join(folder, "data"))
        return folder

    def tell(self, server, at_ack=None, act=None):
        """Tells all that is not known yet; runs `act` once `at_ack` events were acknowledged, and goes on when it is done."""
        told = Told()
        with subprocess.Popen([self.teller, server.address, self.events], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as child:
            for line in child.stdout:
                told.hear(line)
                if at_ack is not None and told.count() >= at_ack:
                    # WHY: a quick server has taken the whole day before another program has even started.
                    child.send_signal(signal.SIGSTOP)
                    act()
                    child.send_signal(signal.SIGCONT)
                    at_ack = None
            told.said = child.stderr.read()
            told.code = child.wait()
        return told

    def live(self, server):
        """The whole day, to the orderly stop; where the server ends on the way, up to there."""
        if not server.wait_ready():
            return Told()
        told = self.tell(server)
        self.findings.require(told.code in (0, 6), f"the stream was refused: {told.said}")
        if told.code == 0 and self.settle(server):
            server.stop()
        return told

    def settle(self, server):
        """Waits until every verdict is final and every voucher is out; False when the server ended."""
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            if server.child.poll() is not None:
                return False
            payouts = self.ask(server, "-o", "ndjson", "payouts", "list")
            states = [line["state"] for line in read_lines(payouts.stdout)] if payouts.returncode == 0 else []
            if sum(state in ("dispatched", "paid") for state in states) >= len(self.owed):
                return True
        if server.child.poll() is None:
            self.findings.require(False, f"expected {len(self.owed)} vouchers within {PATIENCE_S} s, but there are {states}: {payouts.stderr}")
        return False

    def verify(self, what, data):
        """The state of a database that no server has open; None when it is not sound."""
        done = run([self.lupausd, "verify", "--data-dir", data, "--json"])
        if not self.findings.require(done.returncode == 0, f"{what}: expected a sound database, but: {done.stdout} {done.stderr}"):
            return None
        return json.loads(done.stdout)

    def survive(self, what, folder, told, flags=()):
        """A server on what is left: knows all that was acknowledged, takes the rest, and comes to the same end."""
        data = flags[1] if flags else os.path.join(folder, "data")
        self.verify(what, data)
        with Server(self.lupausd, folder, flags=flags) as server:
            if not self.findings.require(server.wait_ready(), f"{what}: the server does not start again: {server.said()}"):
                return
            again = self.tell(server)
            self.findings.require(again.code == 0, f"{what}: the rest is not taken: {again.said}")
            for source, acked in told.acked.items():
                lost = acked + 1 - again.welcomed.get(source, 1)
                self.lost += max(0, lost)
                self.findings.require(lost <= 0, f"{what}: {lost} acknowledged events of {source} are lost")
            if self.settle(server):
                self.compare(what, server)
            self.findings.equal(f"{what}: exit code at SIGTERM", 0, server.stop())
        self.verify(what, data)

    def compare(self, what, server):
        done = self.ask(server, "-o", "ndjson", "breaches", "list", "--all-verdicts")
        lines = {line["ticket"]: {key: line[key] for key in COMPARED} for line in read_lines(done.stdout)}
        for ticket in sorted(self.wanted.keys() | lines.keys()):
            if self.wanted.get(ticket) != lines.get(ticket):
                self.findings.require(False, f"{what}: verdict of {ticket}: expected {self.wanted.get(ticket)}, but it is {lines.get(ticket)}")
                return
        payouts = read_lines(self.ask(server, "-o", "ndjson", "payouts", "list").stdout)
        paid = {}
        for line in payouts:
            if line["ticket"] in paid:
                self.paid_twice += 1
                self.findings.require(False, f"{what}: {line['ticket']} is paid twice: {line}")
            paid[line["ticket"]] = {"currency": line["currency"], "amount": line["amount"]}
        self.findings.equal(f"{what}: payouts", self.owed, paid)
