"""One backup and three lives after it: the server that took it and was lost, one restored from it and lost too, and another
restored from the same backup. Each breaks promises to customers of its own. No payout, voucher, batch or payment of one bears an
id of another's, and what the bank says of a lost server's transfers pays nobody.

Usage: restored_ids_test.py LUPAUS LUPAUSD SHIFTED_CLOCK TESTS/SUPPORT
"""
import json
import os
import re
import shutil
import sys
import tempfile
import time

from finance_test import BOOK, Finance, iban_of
from programs import run

VOUCHERS = (BOOK.split("---\n", maxsplit=1)[0].replace("name: served-in-15", "name: greeted-in-15")
            .replace("instrument: transfer", "instrument: voucher"))
# All on one day, whose batches are numbered from 1.
BEGIN = "2026-01-31T12:00:00+00:00"
RESTORES = {"restored": "2026-01-31T13:00:00+00:00", "again": "2026-01-31T14:00:00+00:00"}
LIVES = ["before", "lost", *RESTORES]


class RestoredIds(Finance):
    def __init__(self, *places):
        super().__init__(*places, tells=False)
        self.bank.shares = (0, 0, 0)  # it books whatever it takes
        self.given, self.debits = {}, {}

    def lose(self):
        self.server.child.kill()
        self.server.child.wait()
        shutil.rmtree(self.path("data"))

    def begin(self):
        """A book, payees, and what is given out before the backup."""
        self.ask(0, "otto", "promises", "apply", "--valid-from", "2026-01-01T00:00:00+02:00", "--reason", "a test",
                 self.write("book.yaml", f"{VOUCHERS}---\n{BOOK}"))
        payees = "".join(f"c-{life},Aino Virtanen,{iban_of(10_000 + number)},fi\n" for number, life in enumerate(LIVES))
        self.ask(0, "frans", "payees", "import", self.write("payees.csv", f"customer,name,iban,language\n{payees}"))
        self.live("before")
        self.ask(0, "olga", "backup", self.path("backup"))

    def break_promise(self, life):
        """Owes EUR 10 by transfer and by voucher to a customer of this life; gives both payouts once the voucher is out."""
        events = [{"branch": "helsinki-1", "ticket": f"ticket-{life}", "type": kind, "occurredAt": at, "source": f"helsinki-1/{life}",
                   "epoch": 1, "sequence": sequence, "attributes": {"customer": f"c-{life}"}}
                  for sequence, (kind, at) in enumerate((("issued", "2026-01-30T08:00:00.000Z"),
                                                         ("service_started", "2026-01-30T08:20:00.000Z")), 1)]
        self.ask(0, "otto", "events", "send", "--backfill",
                 self.write("events.ndjson", "".join(json.dumps(event) + "\n" for event in events)))
        states, until = {}, time.monotonic() + 30
        while states.get("voucher") != "dispatched" and time.monotonic() < until:
            mine = [row for row in self.rows("payouts", "list") if row["customer"] == f"c-{life}"]
            states = {row["instrument"]: row["state"] for row in mine}
        self.findings.equal(f"{life}: payouts", {"transfer": "owed", "voucher": "dispatched"}, states)
        return {row["instrument"]: row["id"] for row in mine}

    def live(self, life):
        """Every id that the server gives out to the customer of this life, and what the bank books of it."""
        payouts = self.break_promise(life)
        shown = self.ask(0, "frans", "vouchers", "show", payouts["voucher"]).stdout
        batch = json.loads(self.ask(0, "frans", "-o", "json", "payouts", "batch", "create").stdout)["batch"]["id"]
        self.ask(0, "aino", "payouts", "batch", "approve", batch)
        self.ask(0, "frans", "payouts", "batch", "export", batch, "--format", "pain.001.001.09", "--out", self.path("pay.xml"))
        with open(self.path("pay.xml"), encoding="utf-8") as file:
            content = file.read()
        ids = re.findall("<(?:MsgId|PmtInfId|EndToEndId)>([^<]*)<", content)
        self.findings.require(len(ids) == 3 and all(re.fullmatch("[A-Za-z0-9-]{1,35}", one) for one in ids), f"{life}: a bank's ids: {ids}")
        self.given[life] = {*payouts.values(), *ids, batch, *re.findall(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{2}", shown)}
        self.bank.seen.clear()  # WHY: an id that it has seen it would refuse, and nobody would hear whom its answer pays
        self.debits[life] = self.bank.debits(self.bank.take(content))

    def compare(self):
        for index, life in enumerate(LIVES):
            for other in LIVES[:index]:
                self.findings.equal(f"ids that {life} gives out and {other} gave out", set(), self.given[life] & self.given[other])

    def hear_of_the_lost(self):
        """The bank tells the last server of everybody's transfers."""
        known = [LIVES[0], LIVES[-1]]
        for life, content in self.debits.items():
            is_known = life in known
            self.import_answer(f"{life}.xml", content, code=0 if is_known else 1, paid=int(is_known), unmatched=int(not is_known))
        paid = sorted(row["customer"] for row in self.rows("payouts", "list", "--state", "paid"))
        self.findings.equal("who is paid", sorted(f"c-{life}" for life in known), paid)

    def restore(self, at):
        self.lose()
        done = run([self.lupaus, "restore", self.path("backup"), "--data-dir", self.path("data"), "--lupausd", self.lupausd])
        self.findings.equal(f"exit code of `restore` ({done.stderr})", 0, done.returncode)
        self.start(at)

    def run(self):
        self.write("payee.key", b"k" * 32)
        os.chmod(self.path("payee.key"), 0o600)
        self.start(BEGIN)
        self.begin()
        self.live("lost")
        for life, at in RESTORES.items():
            self.restore(at)
            self.live(life)
        self.compare()
        self.hear_of_the_lost()
        self.stop()
        sound = run([self.lupausd, "verify", "--data-dir", self.path("data")])
        self.findings.equal(f"exit code of `verify` ({sound.stdout})", 0, sound.returncode)
        for life, ids in self.given.items():
            print(life, *sorted(ids), flush=True)
        self.findings.finish()


if __name__ == "__main__":
    if len(sys.argv) != 5:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    os.environ.pop("LUPAUS_ACTOR", None)
    with tempfile.TemporaryDirectory(prefix="lupaus-restored-") as directory:
        RestoredIds(*[os.path.abspath(program) for program in sys.argv[1:4]], sys.argv[4], directory).run()
