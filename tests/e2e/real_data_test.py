"""A month of a real call centre, judged twice: by `backtest` on the file, and by a running server that got the same table with
`events import`. Both must say the same, and the counts must be the known ones. The table is not part of the project; without it
the test says SKIPPED.

Usage: real_data_test.py ROOT LUPAUS LUPAUSD
The table: anonymous_bank_february_1999.tsv in $LUPAUS_SHARED_DATA (a folder, or the file itself), else in ROOT/../shared/data
"""
import json
import os
import re
import sys
import tempfile
import time

from programs import Findings, Server, read_lines, run

TABLE = "anonymous_bank_february_1999.tsv"
LEFT_OUT = {"phantom calls": 278, "hung up before the queue": 1941}
COMMITMENTS = 31125
BREACHED = 7697
ANSWERED_LATE = 6227
LEFT_LATE = 1470
VARIANTS = [("within: 20s", 13659), ("within: 120s", 3706), ("within: 300s", 375), ("within: 1m, exclusive", 7807)]
VALID_FROM = "1999-01-01T00:00:00+02:00"
NOT_COMPARED = ("revision", "final", "paid_state")
SKIPPED = 77


def find_table(root):
    given = os.environ.get("LUPAUS_SHARED_DATA")
    place = given if given else os.path.join(root, "..", "shared", "data")
    path = os.path.join(place, TABLE) if os.path.isdir(place) else place
    return path if os.path.isfile(path) else None


def write_variant(promise, folder, variant):
    """The promise with another limit; its tier goes with it."""
    within = re.search(r"within: (\d+[sm])", variant).group(1)
    boundary = "exclusive" if "exclusive" in variant else "inclusive"
    with open(promise, encoding="utf-8") as file:
        text = file.read()
    text = text.replace("within: 1m, boundary: inclusive", f"within: {within}, boundary: {boundary}")
    text = text.replace("over: 1m", f"over: {within}")
    path = os.path.join(folder, "variant.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


class RealData:
    def __init__(self, root, lupaus, lupausd, table, folder):
        self.findings = Findings()
        self.lupaus = lupaus
        self.lupausd = lupausd
        self.table = table
        self.folder = folder
        book = os.path.join(root, "deploy", "promises", "call-centre")
        self.map = os.path.join(book, "import.yaml")
        self.promise = os.path.join(book, "answered-in-60-seconds.yaml")
        self.branch = os.path.join(book, "branch.yaml")
        self.events = os.path.join(folder, "events.ndjson")

    def ask(self, *arguments):
        """Standard output of the command line, which must say yes."""
        done = run([self.lupaus, *arguments])
        self.findings.require(done.returncode == 0,
                              f"`lupaus {' '.join(arguments[:3])}` ends with {done.returncode}: {done.stderr[-800:]}")
        return done

    def write_events(self):
        done = self.ask("events", "import", "--map", self.map, "--to-file", self.events, self.table)
        for reason, count in LEFT_OUT.items():
            self.findings.require(re.search(rf"\b{count}\b.*{reason}|{reason}.*\b{count}\b", done.stdout + done.stderr),
                                  f"expected {count} {reason} to be counted, but it says: {done.stderr}")

    def backtest(self, promise):
        return read_lines(self.ask("-o", "ndjson", "backtest", "--promises", promise, self.branch, "--events", self.events).stdout)

    def count(self, what, lines, breached):
        found = sum(line["verdict"] == "breached" for line in lines)
        self.findings.equal(f"commitments {what}", COMMITMENTS, len(lines))
        self.findings.equal(f"breached {what}", breached, found)
        print(f"{what:<40}{len(lines):>8} commitments {found:>8} breached", flush=True)

    def count_ends(self, lines):
        """Who was answered late and who left late: the line says when, the events say how."""
        left = set()
        with open(self.events, encoding="utf-8") as file:
            for event in read_lines(file.read()):
                if event["type"] == "left":
                    left.add(event["ticket"])
        late = [line["ticket"] for line in lines if line["verdict"] == "breached"]
        self.findings.equal("left late", LEFT_LATE, sum(ticket in left for ticket in late))
        self.findings.equal("answered late", ANSWERED_LATE, sum(ticket not in left for ticket in late))

    def serve(self):
        """The lines of a server that got the same table."""
        with Server(self.lupausd, self.folder) as server:
            if not self.findings.require(server.wait_ready(), f"the server does not start: {server.said()}"):
                return []
            to = ("--server", server.address, "--as", "anna")
            self.ask(*to, "promises", "apply", "--valid-from", VALID_FROM, "--reason", "history of February 1999", self.promise,
                     self.branch)
            began = time.monotonic()
            self.ask(*to, "events", "import", "--map", self.map, self.table)
            print(f"imported in {time.monotonic() - began:.1f} s", flush=True)
            lines = self.read_final(to)
            self.check_report(to, lines)
            again = self.ask(*to, "events", "import", "--map", self.map, self.table)
            self.findings.require("already" in again.stderr, f"expected a second import to bring nothing new: {again.stderr}")
            self.findings.require(self.read_final(to) == lines, "a second import changes lines")
            self.findings.equal("exit code at SIGTERM", 0, server.stop())
        return lines

    def check_report(self, to, lines):
        """The month's report has the figures of the lines, each within 1 % where it is a percentile."""
        report = json.loads(self.ask(*to, "-o", "json", "report", "month", "1999-02").stdout)
        total = report["total"]
        self.findings.equal("commitments of the report", COMMITMENTS, int(total["commitmentsCount"]))
        self.findings.equal("breached of the report", BREACHED, int(total["breachedCount"]))
        self.findings.equal("kept share in millionths", round((COMMITMENTS - BREACHED) * 1_000_000 / COMMITMENTS), int(report["keptPpm"]))
        self.findings.equal("days of the report", 28, len(report["days"]))
        for part in ("days", "heat", "branches", "waits"):
            rows = [row["row"] if part == "branches" else row for row in report[part]]
            self.findings.equal(f"breached by {part}", BREACHED, sum(int(row.get("breachedCount", 0)) for row in rows))
        counted = sorted(float(line["counted"].rstrip("s")) * 1000 for line in lines if line["verdict"] in ("kept", "breached"))
        for percent in (50, 90, 95, 99):
            exact = counted[-(-len(counted) * percent // 100) - 1]
            shown = int(total["waits"][f"p{percent}Ms"])
            self.findings.require(abs(shown - exact) <= exact / 100, f"p{percent} of waits is {shown} ms, exactly it is {exact} ms")
        text = self.ask(*to, "report", "month", "1999-02").stdout
        self.findings.require("75.27%" in text and "7,697" in text, f"the printed report lacks the figures: {text}")
        by_day = self.ask(*to, "-o", "ndjson", "breaches", "summary", "--by", "segment,day", "--from", "1999-02-01", "--until",
                          "1999-02-28").stdout
        self.findings.equal("breached by segment and day", BREACHED, sum(row["breached"] for row in read_lines(by_day)))
        print(text, flush=True)

    def read_final(self, to):
        until = time.monotonic() + 60
        while True:
            lines = read_lines(self.ask(*to, "-o", "ndjson", "breaches", "list", "--all-verdicts").stdout)
            if all(line["final"] for line in lines) or time.monotonic() > until:
                open_lines = sum(not line["final"] for line in lines)
                self.findings.equal("verdicts that are not final", 0, open_lines)
                return lines
            time.sleep(0.2)

    def compare(self, offline, online):
        self.findings.equal("keys of a line", list(offline[0]), list(online[0]))
        for line in offline + online:
            for key in NOT_COMPARED:
                line.pop(key)
        different = [pair for pair in zip(offline, online) if pair[0] != pair[1]]
        self.findings.equal("lines", len(offline), len(online))
        for left, right in different[:3]:
            print(f"backtest: {left}\nserver:   {right}")
        self.findings.equal("different lines", 0, len(different))
        print(f"{min(len(offline), len(online))} lines compared, {len(different)} different", flush=True)

    def test(self):
        self.write_events()
        offline = self.backtest(self.promise)
        self.count("backtest, within: 1m", offline, BREACHED)
        self.count_ends(offline)
        for variant, breached in VARIANTS:
            lines = self.backtest(write_variant(self.promise, self.folder, variant))
            self.count(f"backtest, {variant}", lines, breached)
        online = self.serve()
        self.count("server, within: 1m", online, BREACHED)
        if offline and online:
            self.compare(offline, online)
        self.findings.finish()


def main():
    root, lupaus, lupausd = sys.argv[1:4]
    table = find_table(root)
    if table is None:
        print(f"SKIPPED: the table {TABLE} is not here (set LUPAUS_SHARED_DATA to its folder)")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory(prefix="lupaus-real-data-") as folder:
        RealData(root, lupaus, lupausd, table, folder).test()


if __name__ == "__main__":
    main()
