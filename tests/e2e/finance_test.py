"""A month as finance has it: two branches break promises all January, the money is drawn up, approved by another name, sent to a
bank that refuses some payments and returns others, its answers are imported, what failed is paid again, January is closed, and the
books add up to the cent with what this script counts by itself.

The programs live in January and February 2026 by a clock that is preloaded into them.

Usage: finance_test.py LUPAUS LUPAUSD SHIFTED_CLOCK TESTS/SUPPORT [--transcript]
"""
import calendar
import datetime
import json
import os
import random
import re
import sys
import tempfile
import time
import zipfile

from programs import Findings, Server, read_lines, run

SEED = 20260105
BOOK = """apiVersion: lupaus/v1
kind: Promise
metadata: {name: served-in-15}
spec:
  wording: {en: "Served within 15 minutes, or we pay you EUR 10.", fi: Palvelemme sinua 15 minuutissa.}
  applies: "true"
  clock:
    measure: elapsed
    on: {issued: start, called: continue, recalled: continue, service_started: stop, service_ended: continue,
         transferred: continue, parked: continue, unparked: continue, away: continue, back: continue,
         no_show: forfeit, left: stop, cancelled: void, expired: review}
    on_silence: review
  target: {within: 15m}
  compensation:
    settle: end
    stack: replace
    tiers: [{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}]
    instrument: transfer
    nature: damages
---
apiVersion: lupaus/v1
kind: Branch
metadata: {name: helsinki-1}
spec: {timezone: Europe/Helsinki}
---
apiVersion: lupaus/v1
kind: Branch
metadata: {name: turku-1}
spec: {timezone: Europe/Helsinki}
"""
FINANCE = """finance:
  debtor: {name: Esimerkki Saastopankki Oy, iban: FI2112345600000785}
  payee_key: %s
  names: sepa
  accounts: {expense: "4610", liability: "2871", bank: "1910", vat_damages: "0", vat_price_reduction: "1"}
"""
JANUARY = "2026-01-31T12:00:00+00:00"
FEBRUARY = "2026-02-03T09:00:00+00:00"
FIRST_NAMES = ["Aino", "Väinö", "Sirkka", "Åke", "Łukasz", "Zoë", "Jürgen", "Maija"]
LAST_NAMES = ["Virtanen", "Meikäläinen", "Öhman", "Strauß", "Sørensen", "Nieminen", "O’Brien"]
CUSTOMERS = 60
WITHOUT_PAYEE = 4
CENTS = {"10.00": 1000, "20.00": 2000}


def iban_of(account):
    digits = f"{account:014d}"
    number = int("".join(str(int(c, 36)) for c in digits + "FI00"))
    return f"FI{98 - number % 97:02d}{digits}"


def cents(text):
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int((part + "00")[:2])


class Month:
    """What happened at the branches, and what is owed for it by a count of its own."""

    def __init__(self):
        drawn = random.Random(SEED)
        self.events, self.debts = [], {}
        for branch in ("helsinki-1", "turku-1"):
            lines = []
            for day in range(2, 31):
                if calendar.weekday(2026, 1, day) < 5:
                    self.day(branch, day, drawn, lines)
            lines.sort(key=lambda event: event["occurredAt"])
            self.events += [{**event, "source": f"{branch}/counters", "epoch": 1, "sequence": number}
                            for number, event in enumerate(lines, 1)]

    def day(self, branch, day, drawn, lines):
        for number in range(drawn.randint(4, 8)):
            issued = datetime.datetime(2026, 1, day, 7, tzinfo=datetime.timezone.utc) + datetime.timedelta(
                minutes=50 * number + drawn.randint(0, 40), milliseconds=drawn.randint(0, 999))
            waited = datetime.timedelta(milliseconds=drawn.choice(
                [drawn.randint(0, 900_000), 900_000, 900_001, drawn.randint(900_001, 1_800_000), 1_800_001]))
            ticket = f"202601{day:02}-A{number:03}"
            customer = f"c-{drawn.randrange(CUSTOMERS)}"
            for kind, at in (("issued", issued), ("service_started", issued + waited)):
                lines.append({"branch": branch, "ticket": ticket, "type": kind, "occurredAt": at.isoformat(timespec="milliseconds"),
                              "attributes": {"customer": customer} if kind == "issued" else {}})
            late = waited // datetime.timedelta(milliseconds=1)
            if late > 900_000:
                self.debts[branch, ticket] = (customer, "20.00" if late > 1_800_000 else "10.00")

    def total(self):
        return sum(CENTS[amount] for _, amount in self.debts.values())


class Finance:
    """The department: everything it does is a command line, and every command line is checked."""

    def __init__(self, lupaus, lupausd, clock, support, folder, tells):
        sys.path.insert(0, support)
        from bank_simulator import Bank
        self.bank = Bank(SEED)
        self.findings = Findings()
        self.lupaus, self.lupausd, self.clock, self.folder, self.tells = lupaus, lupausd, clock, folder, tells
        self.month = Month()
        self.server = None
        self.environment = {}
        self.secrets = set()
        self.transcript = []

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return self.path(name)

    def start(self, at):
        shift = datetime.datetime.fromisoformat(at).timestamp() - time.time()
        self.environment = {"LD_PRELOAD": self.clock, "LUPAUS_SHIFT_SECONDS": str(int(shift))}
        self.server = Server(self.lupausd, self.folder, FINANCE % self.path("payee.key"), environment=self.environment)
        self.server.__enter__()
        self.findings.require(self.server.wait_ready(), f"the server does not start: {self.server.said()}")

    def stop(self):
        self.findings.equal("exit code at SIGTERM", 0, self.server.stop())

    def ask(self, code, who, *arguments, quiet=False):
        done = run([self.lupaus, "--server", self.server.address, "--as", who, *arguments],
                   env={**os.environ, **self.environment})
        self.findings.equal(f"exit code of `{' '.join(arguments)}` ({(done.stdout + done.stderr).strip()[-600:]})", code,
                            done.returncode)
        if not quiet:
            words = " ".join(word.replace(self.folder + "/", "") for word in arguments)
            said = f"$ lupaus --as {who} {words}\n{(done.stdout + done.stderr).replace(self.folder + '/', '')}"
            self.transcript += said.splitlines()
            if self.tells:
                print(said, end="", flush=True)
        return done

    def matches_readme(self):
        """The README shows lines of this run in their order, some left out; hashes, sizes and the count of facts, which
        depends on timing, are of each run's own."""
        def steady(line):
            line = re.sub(r"\b[0-9a-f]{64}\b", "SHA-256", line.rstrip())
            return re.sub(r", from \d+ facts$", ", from N facts", re.sub(r"\(\d+ bytes", "(N bytes", line))

        readme = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "README.md")
        with open(readme, encoding="utf-8") as file:
            shown = re.search(r"<!-- from tests/e2e/finance_test.py -->\n```\n(.*?)```", file.read(), re.S)
        self.findings.require(shown, "README.md has no transcript of finance")
        said = iter([steady(line) for line in self.transcript])
        for line in shown.group(1).splitlines():
            if steady(line) not in said:
                self.findings.require(False, f"README.md shows a line of finance that is not said (any more, or there): {line}")
                break

    def rows(self, *arguments):
        return read_lines(self.ask(0, "frans", "-o", "ndjson", *arguments, quiet=True).stdout)

    # ---- January

    def live_through_january(self):
        self.ask(0, "otto", "promises", "apply", "--valid-from", "2026-01-01T00:00:00+02:00", "--reason", "in force since new year",
                 self.write("book.yaml", BOOK))
        lines = "".join(json.dumps(event) + "\n" for event in self.month.events)
        self.ask(0, "otto", "events", "send", "--backfill", self.write("january.ndjson", lines))
        until = time.monotonic() + 60
        while time.monotonic() < until and len(self.rows("payouts", "list")) < len(self.month.debts):
            time.sleep(0.05)
        found = {(line["branch"], line["ticket"]): (line["customer"], line["amount"]) for line in self.rows("payouts", "list")}
        self.findings.equal("what is owed for January", self.month.debts, found)

    def import_payees(self, name, customers):
        rows = ["customer,name,iban,language"]
        for customer in customers:
            person = f"{FIRST_NAMES[customer % 8]} {LAST_NAMES[customer % 7]}"
            iban = iban_of(10_000 + customer)
            self.secrets |= {iban, person.split()[1]}
            rows.append(f"c-{customer},{person},{iban},fi")
        self.ask(0, "frans", "payees", "import", self.write(name, "\n".join(rows) + "\n"))

    def draw_up(self, count, total):
        """A batch of so much, approved by another; gives its id."""
        batch = json.loads(self.ask(0, "frans", "-o", "json", "payouts", "batch", "create").stdout)["batch"]
        self.findings.equal("lines of the batch", count, batch["count"])
        self.findings.equal("total of the batch in cents", total, cents(batch["total"]["amount"]))
        self.ask(5, "frans", "payouts", "batch", "approve", batch["id"])
        self.ask(0, "aino", "payouts", "batch", "approve", batch["id"])
        return batch["id"]

    def export(self, batch):
        """Every format, twice: the same bytes. Gives the bank's."""
        for form, name in (("pain.001.001.09", "pay.xml"), ("csv-excel", "pay-excel.csv"), ("xlsx", "pay.xlsx"),
                           ("json", "pay.json"), ("csv", "pay.csv"), ("posting", "posting.csv")):
            content = []
            for again in ("", "again-"):
                place = self.path(again + name)
                self.ask(0, "frans", "payouts", "batch", "export", batch, "--format", form, "--out", place, quiet=bool(again))
                with open(place, "rb") as file:
                    content.append(file.read())
            self.findings.require(content[0] == content[1], f"the second {form} of {batch} is another file")
        self.findings.require(zipfile.is_zipfile(self.path("pay.xlsx")), "pay.xlsx is no workbook")
        with open(self.path("pay.xml"), "rb") as file:
            return file.read()

    def import_answer(self, name, content, code=0, **expected):
        """The counts that the program tells, `file: form id, N statements: …`."""
        said = self.ask(code, "frans", "payouts", "results", "import", self.write(name, content)).stderr
        if not expected:
            self.findings.require("cut off" in said, f"expected {name} to be refused as cut off, but it says: {said}")
            return
        for what in ("paid", "rejected", "returned", "noted", "known before", "unmatched"):
            found = re.search(rf"(\d+) {what}", said)
            self.findings.equal(f"{what} of {name}", expected.get(what.split()[0], 0), int(found.group(1)) if found else said)

    def states(self):
        found = {}
        for line in self.rows("payouts", "list"):
            found[line["state"]] = found.get(line["state"], 0) + 1
        return found

    def pay_january(self):
        missing = {f"c-{customer}" for customer in range(WITHOUT_PAYEE)}
        self.import_payees("payees.csv", range(WITHOUT_PAYEE, CUSTOMERS))
        payable = [amount for customer, amount in self.month.debts.values() if customer not in missing]
        batch = self.draw_up(len(payable), sum(CENTS[amount] for amount in payable))
        order = self.bank.take(self.export(batch))
        self.findings.equal("payments that the bank has", sorted(payable), sorted(payment.amount for payment in order.payments))
        everybody = len(order.payments)
        self.import_answer("verified.xml", self.bank.verifications(order), noted=everybody)
        self.import_answer("accepted.xml", self.bank.acknowledgement(order), noted=everybody)
        answer = self.bank.first_answer(order, "03")
        refused = order.count("rejected")
        self.import_answer("answer.xml", answer, rejected=refused, noted=everybody - refused)
        self.import_answer("answer.xml", answer, known=everybody)
        self.findings.equal("payouts under way", everybody - refused, self.states().get("dispatched", 0))
        return batch, order

    # ---- February

    def see_the_booked(self, order):
        left = len(order.payments) - order.count("rejected")
        debits = self.bank.debits(order)
        self.import_answer("debits.xml", debits, paid=left)
        self.import_answer("debits.xml", debits, known=left)
        self.import_answer("cut.xml", debits[:-40], code=1)
        lying = debits.replace(b">10.00<", b">10.01<")
        other = debits.replace(order.message_id.encode(), b"B-20200101-0001")
        tens = sum(payment.amount == "10.00" and payment.outcome != "rejected" for payment in order.payments)
        self.import_answer("lying.xml", lying, code=1, known=left - tens, unmatched=tens)
        self.import_answer("other.xml", other, code=1, unmatched=left)

    def close_january(self):
        self.ask(0, "frans", "periods", "close", "2026-01")
        self.ask(4, "frans", "periods", "close", "2026-01")
        self.ask(4, "frans", "periods", "close", "2026-02")

    def take_returns(self, order):
        returns = self.bank.returns(order)
        came_back = order.count("returned")
        self.import_answer("returns.xml", returns, returned=came_back)
        self.import_answer("returns.xml", returns, known=came_back)
        again = [line["reverses"] for line in self.rows("payouts", "list") if line["reverses"]]
        self.findings.equal("payouts that are owed again because they came back",
                            sorted(payment.end_to_end_id for payment in order.payments if payment.outcome == "returned"), sorted(again))

    def pay_again(self):
        """What was refused or came back, to accounts that are right now, and those who had no payee."""
        self.import_payees("mended.csv", range(CUSTOMERS))
        for state in ("failed", "held"):
            for number, line in enumerate(self.rows("payouts", "list", "--state", state)):
                self.ask(0, "bea", "payouts", "release", line["id"], "--reason", "the account is right now", quiet=number > 0)
        waiting = [line for line in self.rows("payouts", "list", "--state", "owed")]
        batch = self.draw_up(len(waiting), sum(cents(line["amount"]) for line in waiting))
        self.bank.shares = (0, 0, 0)
        order = self.bank.take(self.export(batch))
        self.import_answer("all.xml", self.bank.debits(order), paid=len(waiting))
        return batch

    def prove(self, batches):
        for batch in batches:
            said = self.ask(0, "frans", "payouts", "batch", "verify", batch).stdout
            self.findings.require("\nproved" in said, f"verify says {said}")
        self.ask(0, "frans", "payouts", "reconcile")
        books = json.loads(self.ask(0, "frans", "-o", "json", "payouts", "reconcile", "--by", "day,promise", quiet=True).stdout)
        for line in [*books["lines"], *books["totals"]]:
            columns = ("open", "held", "claimable", "approved", "exported", "paid", "returned", "failed", "declined")
            self.findings.equal(f"the columns of {line}", cents(line["owed"]), sum(cents(line[name]) for name in columns))
        for total in books["totals"]:
            self.findings.equal("differences", ("0.00", "0.00"), (total["owed_difference"], total["paid_difference"]))
        paid = [line for line in self.rows("payouts", "list", "--state", "paid")]
        self.findings.equal("cents paid in the end", self.month.total(), sum(cents(line["amount"]) for line in paid))
        tickets = {(line["branch"], line["ticket"]): (line["customer"], line["amount"]) for line in paid}
        self.findings.equal("who was paid, once, for what", self.month.debts, tickets if len(tickets) == len(paid) else paid)

    def looks_hidden(self):
        with open(self.server.log, "rb") as file:
            log = file.read()
        journal = b""
        for place, _, names in os.walk(self.path("data")):
            for name in names:
                with open(os.path.join(place, name), "rb") as file:
                    journal += file.read()
        for where, content in (("log", log), ("data", journal)):
            self.findings.equal(f"names and accounts in the {where}", [], [s for s in self.secrets if s.encode() in content])

    def run(self):
        self.write("payee.key", b"k" * 32)
        os.chmod(self.path("payee.key"), 0o600)
        self.start(JANUARY)
        self.live_through_january()
        first, order = self.pay_january()
        self.stop()
        self.start(FEBRUARY)
        self.see_the_booked(order)
        self.close_january()
        self.take_returns(order)
        second = self.pay_again()
        self.prove([first, second])
        self.stop()
        self.looks_hidden()
        self.matches_readme()
        print(f"{len(self.month.debts)} broken promises, EUR {self.month.total() / 100:.2f}; {order.count('rejected')} refused, "
              f"{order.count('returned')} returned, all paid once", flush=True)
        self.findings.finish()


if __name__ == "__main__":
    os.environ.pop("LUPAUS_ACTOR", None)
    with tempfile.TemporaryDirectory(prefix="lupaus-finance-") as directory:
        Finance(*sys.argv[1:5], directory, "--transcript" in sys.argv).run()
