"""Backups as an operator takes them: from a running server, verified, restored into an empty folder, served from again. The verbs
of the command line, their sentences and exit codes.

Usage: backup_test.py LUPAUS LUPAUSD TELLER
"""
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "disk"))

from branch_day import EVENTS, BranchDay  # noqa: E402
from programs import Findings, Server, run  # noqa: E402

BACKUP_AT = 60


class BackupTest:
    def __init__(self, programs, folder):
        self.findings = Findings()
        self.lupaus, self.lupausd, _ = programs
        self.day = BranchDay(programs, self.findings, folder)
        self.live = self.day.fresh(os.path.join(folder, "live"))
        self.backup = os.path.join(folder, "backup")
        self.restored = os.path.join(folder, "restored")

    def expect(self, what, code, words, *arguments):
        """A verb's exit code, and one of the words in what it says."""
        done = run([self.lupaus, *arguments, "--lupausd", self.lupausd])
        said = done.stdout + done.stderr
        self.findings.equal(f"exit code, {what}", code, done.returncode)
        self.findings.require(any(word in said for word in words), f"{what}: expected one of {words}, but it says: {said}")
        return done

    def state(self, what, folder):
        done = self.expect(what, 0, ['"sound":true'], "-o", "json", "log", "verify", "--data-dir", folder)
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def take(self, server):
        """In the middle of the day."""
        done = self.day.ask(server, "-o", "json", "backup", self.backup)
        self.findings.equal("exit code of `backup`", 0, done.returncode)
        if done.returncode == 0:
            self.made = json.loads(done.stdout)
        else:
            print(done.stderr, flush=True)

    def run(self):
        data = os.path.join(self.live, "data")
        with Server(self.lupausd, self.live) as server:
            if not self.findings.require(server.wait_ready(), f"the server does not start: {server.said()}"):
                return
            told = self.day.tell(server, BACKUP_AT, lambda: self.take(server))
            self.findings.equal("acknowledged events", EVENTS, told.count())
            self.expect("a running server's database", 4, ["stop the server"], "log", "verify", "--data-dir", data)
            again = self.day.ask(server, "backup", self.backup)
            self.findings.require(again.returncode != 0 and "empty" in again.stderr, f"a second backup there: {again.stderr}")
            self.day.settle(server)
            self.findings.equal("exit code at SIGTERM", 0, server.stop())
        whole = self.state("the live database", data)
        copied = self.state("the backup", self.backup)
        self.findings.require(copied.get("last_position", 0) < whole.get("last_position", 0), "expected the backup to be older")
        self.restore_and_go_on(told, copied)
        self.refusals(data)
        print(f"backup up to position {copied.get('last_position')}, state {copied.get('state')}; live up to {whole.get('last_position')}", flush=True)
        self.findings.finish()

    def restore_and_go_on(self, told, copied):
        self.expect("a restore", 0, ["restored"], "restore", self.backup, "--data-dir", os.path.join(self.restored, "data"))
        restored = self.state("the restored database", os.path.join(self.restored, "data"))
        self.findings.equal("state of the restored database", copied.get("state"), restored.get("state"))
        with Server(self.lupausd, self.restored) as server:
            if not self.findings.require(server.wait_ready(), f"the restored server does not start: {server.said()}"):
                return
            again = self.day.tell(server)
            known = sum(next_sequence - 1 for next_sequence in again.welcomed.values())
            self.findings.require(BACKUP_AT - 1 <= known < told.count(), f"expected the events up to the backup to be known, but {known} are")
            self.findings.require(again.code == 0, f"what came after the backup is not taken again: {again.said}")
            if self.day.settle(server):
                self.day.compare("after the restore", server)
            self.findings.equal("exit code at SIGTERM", 0, server.stop())
        self.state("the restored database after a day", os.path.join(self.restored, "data"))

    def refusals(self, data):
        self.expect("a restore over data", 4, ["empty"], "restore", self.backup, "--data-dir", data)
        self.expect("a folder that is no backup", 4, ["no file `BACKUP`"], "restore", data, "--data-dir", self.restored + "-2")
        self.expect("a folder without a database", 4, ["expected a database"], "log", "verify", self.live)
        table = next(os.path.join(place, name) for place, _, names in os.walk(self.backup) for name in names if name.endswith(".sst"))
        with open(table, "r+b") as file:
            first = file.read(1)
            file.seek(0)
            file.write(bytes([first[0] ^ 1]))
        name = os.path.basename(table)
        self.expect("a damaged backup", 1, [name], "log", "verify", self.backup)
        self.expect("a restore of a damaged backup", 1, [name], "restore", self.backup, "--data-dir", self.restored + "-3")


def main():
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    with tempfile.TemporaryDirectory(prefix="lupaus-backup-") as folder:
        BackupTest([os.path.abspath(program) for program in sys.argv[1:]], folder).run()


if __name__ == "__main__":
    main()
