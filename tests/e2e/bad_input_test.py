"""What a server must bear: a disk that fills up, a database that somebody damaged, messages that are too large, doors that must
stay shut. Each ends in a clear sentence; nothing acknowledged is lost, and no source is jammed.

A full disk is a small tmpfs where a mount namespace may be made; else a limit on the size of files stands in for it.

Usage: bad_input_test.py LUPAUS LUPAUSD
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

from programs import Findings, Server, enter_mount_namespace, read_lines, run

BOOK = """apiVersion: lupaus/v1
kind: Promise
metadata: {name: served-in-15}
spec:
  wording: {en: Served within 15 minutes}
  applies: true
  clock:
    measure: elapsed
    on: {issued: start, called: continue, recalled: continue, service_started: stop, service_ended: continue,
         transferred: continue, parked: continue, unparked: continue, away: continue, back: continue,
         no_show: continue, left: stop, cancelled: void, expired: review}
    on_silence: review
  target: {within: 15m}
---
apiVersion: lupaus/v1
kind: Branch
metadata: {name: b}
spec: {timezone: Europe/Helsinki}
"""
VALID_FROM = "2026-01-01T00:00:00Z"
CHUNK = 1000
CHUNKS_MAX = 300
DISK_BYTES = 48 << 20  # the server keeps a part of it free


def event(source, sequence, **changes):
    line = {"source": source, "epoch": 1, "sequence": sequence, "branch": "b", "ticket": f"{source}-{sequence}", "type": "issued",
            "occurredAt": f"2026-01-05T09:{sequence // 60 % 60:02}:{sequence % 60:02}.000Z"}
    line.update(changes)
    return line


class BadInput:
    def __init__(self, lupaus, lupausd, can_mount):
        self.findings = Findings()
        self.lupaus = lupaus
        self.lupausd = lupausd
        self.can_mount = can_mount

    # ---- talking to a server

    def ask(self, server, *arguments, text=None):
        return run([self.lupaus, "--server", server.address, "--as", "anna", *arguments], input=text)

    def send(self, server, events):
        return self.ask(server, "events", "send", "-", text="".join(json.dumps(line) + "\n" for line in events))

    def start(self, server):
        return self.findings.require(server.wait_ready(), f"the server does not start: {server.said()}")

    def publish(self, server, folder):
        path = os.path.join(folder, "book.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(BOOK)
        done = self.ask(server, "promises", "apply", "--valid-from", VALID_FROM, "--reason", "a test", path)
        self.findings.equal("exit code of `promises apply`", 0, done.returncode)

    def tickets(self, server):
        done = self.ask(server, "-o", "ndjson", "breaches", "list", "--all-verdicts")
        self.findings.equal("exit code of `breaches list`", 0, done.returncode)
        return {line["ticket"] for line in read_lines(done.stdout)}

    def expect_refusal(self, server, what, words):
        """The server ends by itself, not by a signal, with a sentence that has one of the words."""
        is_up = server.wait_ready()
        self.findings.require(not is_up, f"{what}: expected a refusal to start, but it takes events")
        if is_up:
            return
        code = server.wait_end()
        said = server.said()
        self.findings.require(code > 0, f"{what}: expected an exit code above 0, but it is {code}: {said}")
        self.findings.require(any(word in said for word in words), f"{what}: expected one of {words}, but it says: {said}")
        sentence = next((line for line in said.splitlines() if any(word in line for word in words)), "")
        print(f"{what}: {sentence}", flush=True)

    # ---- the tests

    def full_disk(self, folder):
        disk = os.path.join(folder, "disk")
        os.mkdir(disk)
        limit = None
        if self.can_mount:
            self.mount(disk, f"size={DISK_BYTES}")
        else:
            print("SKIPPED: a disk that is full; a limit on the size of files stands in for it", flush=True)
            # WHY: its default action kills without a word, which is not what a full disk does. A child keeps what is ignored.
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            limit = DISK_BYTES // 8
        flags = ("--data-dir", os.path.join(disk, "data"))
        try:
            acked = self.fill(Server(self.lupausd, folder, flags=flags, limit_file_bytes=limit), folder)
            if self.can_mount:
                self.mount(disk, f"remount,size={8 * DISK_BYTES}")
            with Server(self.lupausd, folder, flags=flags) as server:
                if self.start(server):
                    known = self.tickets(server)
                    self.findings.equal("acknowledged tickets that are lost", 0, len(acked - known))
                    self.findings.equal("exit code of a send after there is room", 0, self.send(server, [event("later", 1)]).returncode)
                    self.findings.equal("exit code at SIGTERM", 0, server.stop())
        finally:
            if self.can_mount:
                run(["umount", disk])

    def mount(self, disk, options):
        done = run(["mount", "-t", "tmpfs", "-o", options, "none", disk])
        self.findings.equal(f"exit code of mount {options}", 0, done.returncode)

    def fill(self, server, folder):
        """Sends until the server stops; gives the tickets that were acknowledged."""
        acked = set()
        padding = "x" * 900
        with server:
            if not self.start(server):
                return acked
            self.publish(server, folder)
            for chunk in range(CHUNKS_MAX):
                events = [event("kiosk", chunk * CHUNK + n, attributes={"partner": padding}) for n in range(1, CHUNK + 1)]
                done = self.send(server, events)
                if done.returncode != 0:
                    break
                if not self.findings.require("rejected" not in done.stderr, f"expected all to be taken: {done.stderr[:300]}"):
                    break
                acked.update(line["ticket"] for line in events)
            try:
                code = server.wait_end(30)
            except subprocess.TimeoutExpired:
                code = None
            said = server.said()
            self.findings.require(code is not None and code > 0, f"full disk: expected the server to stop, but its end is {code}: {said}")
            self.findings.require("the journal cannot be written, so the server stops" in said,
                                  f"full disk: expected a clear sentence, but it says: {said[-800:]}")
            self.findings.require(len(acked) > 0, "full disk: expected some events to be acknowledged before")
            sentence = next((line for line in said.splitlines() if "cannot be written" in line), "")
            print(f"full disk after {len(acked)} acknowledged events: {sentence}", flush=True)
        return acked

    def damaged_database(self, folder):
        with Server(self.lupausd, folder) as server:
            if not self.start(server):
                return
            self.publish(server, folder)
            self.findings.equal("exit code of a send", 0, self.send(server, [event("kiosk", n) for n in range(1, 3001)]).returncode)
            # What one start after an orderly stop compacts into tables, the next one's log adds to.
            self.findings.equal("exit code at SIGTERM", 0, server.stop())
        with Server(self.lupausd, folder) as server:
            if not self.start(server):
                return
            self.findings.equal("exit code of a send", 0, self.send(server, [event("kiosk", n) for n in range(3001, 6001)]).returncode)
            server.child.kill()
            server.wait_end()
        whole = os.path.join(folder, "whole")
        shutil.move(os.path.join(folder, "data"), whole)
        for kind, ending in (("a table", ".sst"), ("a log", ".log"), ("the list of files", "MANIFEST")):
            self.damage(folder, whole, kind, ending)
        shutil.copytree(whole, os.path.join(folder, "data"))
        with Server(self.lupausd, folder) as server:
            if self.start(server):
                self.findings.equal("tickets of the undamaged copy", 6000, len(self.tickets(server)))

    def damage(self, folder, whole, kind, ending):
        """A copy of the database with bytes flipped in the middle of its largest file of a kind."""
        copied = os.path.join(folder, "data")
        shutil.copytree(whole, copied)
        paths = [os.path.join(place, name) for place, _, names in os.walk(copied) for name in names
                 if name.endswith(ending) or name.startswith(ending)]
        if not self.findings.require(paths, f"expected a file like {ending} in the database"):
            return
        path = max(paths, key=os.path.getsize)
        with open(path, "r+b") as file:
            middle = os.path.getsize(path) // 2
            file.seek(middle)
            flipped = bytes(byte ^ 0xFF for byte in file.read(8))
            file.seek(middle)
            file.write(flipped)
        with Server(self.lupausd, folder) as server:
            self.expect_refusal(server, f"{kind} is damaged", ("damaged",))
        shutil.rmtree(copied)

    def bad_events(self, folder):
        with Server(self.lupausd, folder) as server:
            if not self.start(server):
                return
            before = self.send(server, [event("early", 1)])
            self.findings.require(before.returncode != 0 and "book" in before.stderr,
                                  f"before the first book: expected to be told so, but it says: {before.stderr}")
            self.publish(server, folder)
            self.mistyped_names(server)
            self.rejected_events(server)
            large = self.send(server, [event("large", 1), event("large", 2, label="x" * 100_000)])
            said = ("65536", ":2", "nothing was sent")
            self.findings.require(large.returncode == 1 and all(part in large.stderr for part in said),
                                  f"an oversized message: expected to be told so, but it says: {large.stderr}")
            print(f"an oversized message: {large.stderr.strip()[:200]}", flush=True)
            gap = self.send(server, [event("gap", 5)])
            self.findings.require(gap.returncode != 0 and "1" in gap.stderr, f"a gap: expected to be told so, but it says: {gap.stderr}")
            print(f"a gap: {gap.stderr.strip()[:200]}", flush=True)
            self.findings.equal("exit code of a send", 0, self.send(server, [event("twin", 1)]).returncode)
            twin = self.send(server, [event("twin", 1, label="other")])
            self.findings.require("twin" in twin.stderr, "the same sequence with other content: expected to be told so")
            print(f"other content: {twin.stderr.strip()[:200]}", flush=True)
            # No source is jammed: not those that were refused, and no other.
            for good in (event("bad", 6), event("large", 1), event("gap", 1), event("twin", 2), event("other", 1)):
                self.findings.equal(f"exit code of a good send of `{good['source']}`", 0, self.send(server, [good]).returncode)
                self.findings.require(good["ticket"] in self.tickets(server), f"expected {good['ticket']} to be taken")
            self.findings.equal("exit code at SIGTERM", 0, server.stop())

    def mistyped_names(self, server):
        """Nothing has happened yet: a branch that is declared has an empty answer, another one is no branch."""
        for words in (["report", "month", "--promise", "served-in-15"], ["breaches", "summary", "--by", "hour"], ["breaches", "list"],
                      ["tickets", "list"]):
            self.findings.equal(f"exit code of `{' '.join(words)} --branch b`", 0, self.ask(server, *words, "--branch", "b").returncode)
        for words in (["report", "month"], ["breaches", "summary", "--by", "hour"], ["breaches", "list"], ["tickets", "list"],
                      ["tickets", "watch"]):
            done = self.ask(server, *words, "--branch", "c")
            self.findings.equal(f"exit code of `{' '.join(words)} --branch c`", 4, done.returncode)
            self.findings.require('unknown branch `c`; did you mean "b"?' in done.stderr,
                                  f"a mistyped branch: expected to be told so, but it says: {done.stderr}")
        for words in (["report", "month"], ["breaches", "summary", "--by", "hour"], ["breaches", "list"]):
            done = self.ask(server, *words, "--promise", "served-in-51")
            self.findings.equal(f"exit code of `{' '.join(words)} --promise served-in-51`", 4, done.returncode)
            self.findings.require('did you mean "served-in-15"?' in done.stderr,
                                  f"a mistyped promise: expected to be told so, but it says: {done.stderr}")
        print(f"a mistyped promise: {done.stderr.strip()}", flush=True)

    def rejected_events(self, server):
        """Each uses up its sequence and is listed; the good one behind them is taken."""
        bad = [event("bad", 1, branch="nowhere"), event("bad", 2, type="flown"), event("bad", 3, attributes={"priority": "high"}),
               event("bad", 4, ticket=""), event("bad", 5)]
        done = self.send(server, bad)
        self.findings.require("rejected" in done.stderr, f"expected bad events to be told of, but it says: {done.stderr}")
        self.findings.require("bad-5" in self.tickets(server), "expected the good event behind the bad ones to be taken")
        listed = self.ask(server, "-o", "ndjson", "events", "rejected")
        reasons = [line.get("reason") for line in read_lines(listed.stdout)]
        self.findings.equal("rejected events", 4, len(reasons))
        print(f"rejected: {', '.join(map(str, reasons))}", flush=True)

    def closed_doors(self, folder):
        with Server(self.lupausd, folder, flags=("--grpc-listen", "0.0.0.0:0")) as server:
            self.expect_refusal(server, "gRPC beyond loopback without TLS", ("tls", "TLS"))
        with Server(self.lupausd, folder, flags=("--http-listen", "0.0.0.0:0")) as server:
            self.expect_refusal(server, "HTTP beyond loopback without TLS", ("tls", "TLS", "loopback"))
        with Server(self.lupausd, folder) as first:
            if self.start(first):
                with Server(self.lupausd, folder) as second:
                    self.expect_refusal(second, "a second server on one database", ("in use", "another", "lock"))
                self.findings.equal("exit code at SIGTERM", 0, first.stop())

    def test(self):
        for one in (self.bad_events, self.closed_doors, self.damaged_database, self.full_disk):
            with tempfile.TemporaryDirectory(prefix="lupaus-bad-input-") as folder:
                one(folder)
        self.findings.finish()


if __name__ == "__main__":
    BadInput(sys.argv[1], sys.argv[2], enter_mount_namespace()).test()
