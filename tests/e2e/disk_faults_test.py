"""A real server whose disk fails at every place: killed at each sync and rename of a small day, errors on each sync and write,
power cut, disk full. After each it must start again, know all that it acknowledged, come to a backtest's verdicts, and pay
each breach once; its database must be sound by replay.

A sample by seed; LUPAUS_ALL_FAULTS=1 tries every place. What this machine does not allow is skipped with a line that says so.

Usage: disk_faults_test.py LUPAUS LUPAUSD TELLER FAILING_DISK [PART...]     PART: first kills strace errors power full
"""
import os
import random
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "disk"))

from branch_day import EVENTS, BranchDay, Told  # noqa: E402
from programs import Findings, Server, enter_mount_namespace, read_lines, run  # noqa: E402

IMAGE_BYTES = 128 << 20
SMALL_DISK_BYTES = 56 << 20
KEPT_FREE_BYTES = 16 << 20  # the server stops before less is left
STRACE = ["strace", "-D", "-f", "-qq", "-o", "/dev/null"]  # -D: the server is our child, not strace's


class DiskFaults:
    def __init__(self, programs, folder, can_mount):
        self.findings = Findings()
        self.lupausd, self.failing_disk = programs[1], programs[3]
        self.folder = folder
        self.can_mount = can_mount
        self.is_whole = os.environ.get("LUPAUS_ALL_FAULTS") == "1"
        self.seed = int(os.environ.get("LUPAUS_SEED", "1"))
        self.random = random.Random(self.seed)
        self.day = BranchDay(programs[:3], self.findings, folder)
        self.trial_count = 0
        self.figures = {}

    # ---- one trial

    def trial_folder(self):
        self.trial_count += 1
        return os.path.join(self.folder, f"trial-{self.trial_count}")

    def faulty(self, folder, plan, counts=""):
        """The environment in which a server's disk fails as planned."""
        return {"LD_PRELOAD": self.failing_disk, "FAILING_DISK": plan, "FAILING_DISK_BELOW": os.path.join(folder, "data"),
                "FAILING_DISK_COUNTS": counts}

    def attempt(self, what, before=(), plan=None):
        """Lives the day with a fault, then without one. Gives how the first server ended."""
        folder = self.day.fresh(self.trial_folder())
        environment = self.faulty(folder, plan) if plan else None
        server = Server(self.lupausd, folder, before=before, environment=environment)
        with server:
            told = self.day.live(server)
            try:
                code = server.wait_end(30)
            except Exception:  # noqa: BLE001: any reason is the finding
                self.findings.require(False, f"{what}: the server neither works nor ends: {server.said()[-600:]}")
                code = None
        said = server.said()
        self.day.survive(what, folder, told)
        shutil.rmtree(folder, ignore_errors=True)
        return code, said

    def sample(self, total, count):
        places = range(1, total + 1)
        return list(places) if self.is_whole else sorted(self.random.sample(places, min(count, total)))

    def count_calls(self):
        """Syncs, writes and renames of an undisturbed day."""
        folder = self.day.fresh(self.trial_folder())
        counts = os.path.join(folder, "counts")
        with Server(self.lupausd, folder, environment=self.faulty(folder, "", counts)) as server:
            told = self.day.live(server)
            self.findings.equal("acknowledged events of an undisturbed day", EVENTS, told.count())
            self.findings.equal("its exit code", 0, server.wait_end())
        with open(counts, encoding="utf-8") as file:
            totals = {name: int(number) for name, number in (line.split() for line in file)}
        self.findings.require(totals["sync"] > EVENTS / 2, f"expected a sync for most events, but counted {totals}")
        return totals

    # ---- the parts

    def kills(self):
        totals = self.count_calls()
        hits = 0
        for call, ways, count in (("sync", ("die", "died"), 5), ("rename", ("die", "died"), 2)):
            for way in ways:
                for number in self.sample(totals[call], count):
                    code, _ = self.attempt(f"{way} at {call} {number}", plan=f"{call}:{number}:{way}")
                    hits += code == -9
        self.figures["kills survived"] = f"{hits}, at {totals['sync']} syncs and {totals['rename']} renames"
        self.findings.require(hits > 0, "expected servers to be killed")

    def first(self):
        """The very first start makes the database, the voucher secret and the first revision of the book."""
        book_dir = os.path.join(self.folder, "book")
        os.mkdir(book_dir)
        shutil.copy(self.day.book, book_dir)
        settings = f"book: {{dir: {book_dir}}}\n"
        folder = self.trial_folder()
        os.mkdir(folder)
        counts = os.path.join(folder, "counts")
        with Server(self.lupausd, folder, settings, environment=self.faulty(folder, "", counts)) as server:
            self.findings.require(server.wait_ready(), f"the first start fails: {server.said()}")
            server.stop()
        with open(counts, encoding="utf-8") as file:
            totals = {name: int(number) for name, number in (line.split() for line in file)}
        trials = 0
        for call, what in (("sync", "die"), ("sync", "EIO"), ("write", "died"), ("write", "ENOSPC"), ("rename", "die"), ("rename", "died")):
            for number in self.sample(totals[call], 2):
                self.first_start(f"{what} at {call} {number} of the first start", settings, f"{call}:{number}:{what}")
                trials += 1
        self.figures["first starts survived"] = f"{trials}, of {totals}"

    def first_start(self, what, settings, plan):
        folder = self.trial_folder()
        os.mkdir(folder)
        with Server(self.lupausd, folder, settings, environment=self.faulty(folder, plan)) as server:
            if server.wait_ready():
                server.stop()
            server.wait_end(30)
        with Server(self.lupausd, folder, settings) as server:
            if self.findings.require(server.wait_ready(), f"{what}: the server does not start again: {server.said()}"):
                listed = read_lines(self.day.ask(server, "-o", "ndjson", "promises", "list").stdout)
                self.findings.equal(f"{what}: revisions of the promise", ["1"], [str(line.get("revision")) for line in listed])
                self.findings.equal(f"{what}: exit code at SIGTERM", 0, server.stop())
        self.day.verify(what, os.path.join(folder, "data"))
        shutil.rmtree(folder, ignore_errors=True)

    def strace(self):
        """Killed from outside; strace counts the calls of each thread on its own."""
        try:
            allowed = run([*STRACE, "-e", "trace=fsync", "true"])
        except FileNotFoundError:
            print("SKIPPED: kills by strace (there is no strace)", flush=True)
            return
        if allowed.returncode != 0:
            print(f"SKIPPED: kills by strace (it may not trace: {allowed.stderr.strip()})", flush=True)
            return
        hits, number = 0, 0
        places = None if self.is_whole else self.sample(EVENTS // 2, 3)
        for calls in ("fsync,fdatasync", "rename"):
            number = 0
            while places is None or number < len(places):
                number += 1
                at = number if places is None else places[number - 1] if calls != "rename" else number
                code, _ = self.attempt(f"strace kills at {calls} {at}",
                                       before=[*STRACE, "-e", f"trace={calls}", "-e", f"inject={calls}:signal=SIGKILL:when={at}"])
                hits += code == -9
                if code != -9 and (places is None or calls == "rename"):
                    break  # no thread calls it so often
        self.figures["kills by strace survived"] = hits
        self.findings.require(hits > 0, "expected strace to kill servers")

    def errors(self):
        totals = self.count_calls()
        ends = {}
        for call in ("sync", "write"):
            for error in ("EIO", "ENOSPC"):
                # The first write is RocksDB's own log's, where it has one.
                for number in sorted({1, *self.sample(totals[call], 3)}):
                    what = f"{error} on {call} {number}"
                    code, said = self.attempt(what, plan=f"{call}:{number}:{error}")
                    self.findings.require(code is None or code >= 0, f"{what}: expected an orderly end, but it was signal {code}: {said[-600:]}")
                    ends[code] = ends.get(code, 0) + 1
        self.figures["disk errors survived"] = f"{sum(ends.values())}, by exit code {ends}"

    def power(self):
        if not self.can_mount or not self.make_image(self.trial_folder(), check_only=True):
            print("SKIPPED: power cuts (this machine may not mount an image)", flush=True)
            return
        cuts = range(20) if self.is_whole else range(3)
        for _ in cuts:
            at = self.random.randint(1, EVENTS)
            told, folder, data = self.cut_power(at, with_syncs=True)
            if told:
                self.day.survive(f"power cut after {at} acks", folder, told, ("--data-dir", data))
                self.leave_image(folder)
        self.figures["power cuts survived"] = len(cuts)
        told, folder, data = self.cut_power(EVENTS - 1, with_syncs=False)
        lost = self.count_lost(folder, told, data)
        self.leave_image(folder)
        self.figures["acks lost by the control run without syncs"] = lost
        self.findings.require(lost > 0, "the power cut proves nothing: a server without syncs lost no acknowledged event")

    def make_image(self, folder, check_only=False):
        """An ext4 file system in a file, mounted at folder/disk."""
        disk, image = os.path.join(folder, "disk"), os.path.join(folder, "image")
        os.makedirs(disk)
        with open(image, "wb") as file:
            file.truncate(IMAGE_BYTES)
        try:
            made = run(["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image])
            mounted = made.returncode == 0 and run(["mount", "-o", "loop", image, disk]).returncode == 0
        except FileNotFoundError:
            mounted = False
        if mounted and check_only:
            self.leave_image(folder)
        return mounted

    def leave_image(self, folder):
        run(["umount", os.path.join(folder, "disk")])
        shutil.rmtree(folder, ignore_errors=True)

    def cut_power(self, at, with_syncs):
        """A day that ends after `at` acks; gives what is on the disk without what only memory had."""
        folder = self.trial_folder()
        if not self.findings.require(self.make_image(folder), "an image cannot be mounted"):
            return None, folder, ""
        disk = os.path.join(folder, "disk")
        self.day.fresh(disk)
        run(["sync", "-f", disk])
        environment = {} if with_syncs else self.faulty(disk, "sync:1+:none")
        with Server(self.lupausd, folder, flags=("--data-dir", os.path.join(disk, "data")), environment=environment) as server:
            self.findings.require(server.wait_ready(), f"the server does not start: {server.said()}")
            told = self.day.tell(server, at, server.child.kill)
            server.wait_end()
        shutil.copyfile(os.path.join(folder, "image"), os.path.join(folder, "image.after"))
        run(["umount", disk])
        mounted = run(["mount", "-o", "loop", os.path.join(folder, "image.after"), disk])
        self.findings.equal("exit code of mounting the image after the cut", 0, mounted.returncode)
        return told, folder, os.path.join(disk, "data")

    def count_lost(self, folder, told, data):
        """Acknowledged events that a server on what is left does not know."""
        with Server(self.lupausd, folder, flags=("--data-dir", data)) as server:
            if not server.wait_ready():
                return told.count()
            again = self.day.tell(server)
        return sum(max(0, acked + 1 - again.welcomed.get(source, 1)) for source, acked in told.acked.items())

    def full(self):
        if not self.can_mount:
            print("SKIPPED: full disks (this machine may not mount a tmpfs)", flush=True)
            return
        stops = 0
        rounds = 30 if self.is_whole else 4
        for number in range(rounds):
            left = self.random.choice((0, 4096, 1 << 20, KEPT_FREE_BYTES - 1, KEPT_FREE_BYTES + (64 << 10)))
            at = 0 if number == 0 else self.random.randint(1, EVENTS)
            stops += self.fill_disk(at, left)
        self.figures["full disks survived"] = f"{rounds}, {stops} of them stopped the server"
        self.findings.require(stops > 0, "expected a full disk to stop a server")

    def fill_disk(self, at, left):
        """Whether the server stopped when only `left` bytes were left, after `at` acks (0: before its start)."""
        what = f"{left} bytes left on the disk after {at} acks"
        folder = self.trial_folder()
        disk = os.path.join(folder, "disk")
        os.makedirs(disk)
        self.findings.equal("exit code of mount", 0, run(["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK_BYTES}", "none", disk]).returncode)
        try:
            self.day.fresh(disk)
            flags = ("--data-dir", os.path.join(disk, "data"))
            filler = os.path.join(disk, "filler")

            def fill():
                with open(filler, "wb") as file:
                    for tolerance in range(0, 1 << 20, 1 << 14):
                        room = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
                        try:
                            return os.posix_fallocate(file.fileno(), 0, max(1, room - left - tolerance))
                        except OSError:
                            pass  # the server took some of it meanwhile
                self.findings.require(False, f"{what}: the disk cannot be filled")

            if at == 0:
                fill()
            told, code = Told(), None
            server = Server(self.lupausd, folder, flags=flags)
            with server:
                if server.wait_ready():
                    told = self.day.tell(server, at or None, fill)
                    if told.code == 0:
                        self.day.settle(server)
                        server.stop()
                code = server.wait_end(30)
            self.findings.require(code >= 0, f"{what}: expected an orderly end, but it was signal {code}: {server.said()[-600:]}")
            if code > 0:
                self.findings.require("disk" in server.said(), f"{what}: expected a sentence about the disk: {server.said()[-600:]}")
            os.remove(filler)
            self.day.survive(what, folder, told, flags)
            return int(code > 0)
        finally:
            run(["umount", disk])
            shutil.rmtree(folder, ignore_errors=True)

    def run(self, parts):
        print(f"disk faults: seed {self.seed}, {'every place' if self.is_whole else 'a sample'}", flush=True)
        for part in parts:
            begin = time.monotonic()
            getattr(self, part)()
            print(f"{part}: {time.monotonic() - begin:.0f} s", flush=True)
        for name, figure in {**self.figures, "acks lost": self.day.lost, "double payouts": self.day.paid_twice}.items():
            print(f"{name:42} {figure}", flush=True)
        self.findings.finish()


def main():
    if len(sys.argv) < 5:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    can_mount = enter_mount_namespace()
    parts = sys.argv[5:] or ["first", "kills", "strace", "errors", "power", "full"]
    with tempfile.TemporaryDirectory(prefix="lupaus-faults-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        DiskFaults([os.path.abspath(program) for program in sys.argv[1:5]], folder, can_mount).run(parts)


if __name__ == "__main__":
    main()
