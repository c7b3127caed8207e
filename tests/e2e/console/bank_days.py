"""The days that the console's tests look at: a book of three promises, two weeks of three branches, and who is paid.

Everything lies before now by the machine's clock, because the server's clock is the real one; what is drawn is the same each time.
"""
import datetime
import json
import random

SEED = 20260105
BRANCHES = ("helsinki-1", "helsinki-2", "turku-1")
CUSTOMERS = 40
TICKETS_A_DAY = 14
BOOK = """apiVersion: lupaus/v1
kind: Promise
metadata: {name: served-in-15, owner: branch-services@bank.example}
spec:
  wording:
    fi: Palvelemme sinua 15 minuutissa tai maksamme sinulle 10 euroa.
    sv: Vi betjänar dig inom 15 minuter, annars betalar vi dig 10 euro.
    en: Served within 15 minutes, or we pay you EUR 10.
  applies: ticket.service in ["cash", "account"]
  clock:
    measure: elapsed
    on: &effects {issued: start, called: continue, recalled: continue, service_started: stop, service_ended: continue,
         transferred: continue, parked: pause, unparked: resume, away: pause, back: resume,
         no_show: forfeit, left: review, cancelled: void, expired: review}
    on_silence: review
  target: {within: 15m, objective: 90%, per: month}
  warn: [{left: 5m}]
  compensation:
    settle: end
    stack: replace
    tiers: [{over: 15m, pay: EUR 10.00}, {over: 30m, pay: EUR 20.00}]
    instrument: voucher
    nature: damages
  excuses:
    - {id: evacuation, approvers: 2, max_share: 50%, wording: {fi: Palohälytys, sv: Brandlarm, en: Fire alarm}}
---
apiVersion: lupaus/v1
kind: Promise
metadata: {name: loan-desk-30}
spec:
  wording:
    fi: Lainaneuvojan luokse 30 minuutissa tai maksamme 20 euroa.
    sv: Till lånerådgivaren inom 30 minuter, annars betalar vi 20 euro.
    en: With a loan adviser within 30 minutes, or we pay EUR 20.
  applies: ticket.service == "loan"
  clock:
    measure: elapsed
    on: *effects
    on_silence: review
  target: {within: 30m}
  compensation:
    settle: end
    stack: replace
    tiers: [{over: 30m, pay: EUR 20.00}]
    caps: [{per: customer/month, max: EUR 20.00, then: hold}]
    instrument: transfer
    nature: damages
---
apiVersion: lupaus/v1
kind: Promise
metadata: {name: express}
spec:
  wording: {fi: Heti palvelua., sv: Service genast., en: Served at once.}
  applies: ticket.service == "express"
  clock:
    measure: elapsed
    on: *effects
    on_silence: review
  target: {within: 4s}
  warn: [{left: 2s}]
  compensation:
    settle: end
    stack: replace
    tiers: [{over: 4s, pay: EUR 5.00}]
    instrument: voucher
    nature: damages
"""
EFFECTS = """{issued: start, called: continue, recalled: continue, service_started: stop, service_ended: continue,
         transferred: continue, parked: pause, unparked: resume, away: pause, back: resume,
         no_show: forfeit, left: review, cancelled: void, expired: review}"""


def book():
    text = BOOK.replace("&effects ", "").replace("*effects", EFFECTS)
    for branch in BRANCHES:
        text += f"---\napiVersion: lupaus/v1\nkind: Branch\nmetadata: {{name: {branch}}}\nspec: {{timezone: Europe/Helsinki}}\n"
    return text


TESTS = """apiVersion: lupaus/v1
kind: PromiseTest
files: [book.yaml]
start: 2026-01-05T09:00:00+02:00
defaults: {branch: helsinki-1, service: cash}
tests:
  - name: exactly 15 minutes is kept
    events: [A1 issued, A1 service_started +15m]
    expect: {A1: kept}
  - name: one millisecond over pays EUR 10
    events: [A2 issued, A2 service_started +15m0.001s]
    expect: {A2: breached, owed: EUR 10.00}
"""


def wait_of(drawn, hour):
    """Mostly short; at noon longer."""
    minutes = drawn.expovariate(1 / (13 if hour in (11, 12) else 5))
    return datetime.timedelta(milliseconds=int(min(minutes, 75) * 60_000))


def events(today):
    """The fourteen days before `today`, as JSON lines; one source a branch."""
    drawn = random.Random(SEED)
    lines = []
    for branch in BRANCHES:
        told = []
        for back in range(14, 0, -1):
            day = today - datetime.timedelta(days=back)
            if day.weekday() < 5:
                for number in range(TICKETS_A_DAY):
                    told += ticket(branch, day, number, drawn)
        told.sort(key=lambda event: event["occurredAt"])
        lines += [{**event, "source": f"{branch}/counters", "epoch": 1, "sequence": i} for i, event in enumerate(told, 1)]
    return "".join(json.dumps(line) + "\n" for line in lines)


def unfinished(today):
    """A ticket of yesterday's whose customer left at some time or other: a person decides."""
    at = datetime.datetime(today.year, today.month, today.day, tzinfo=datetime.timezone.utc) - datetime.timedelta(hours=14)
    told = [("issued", at, {"customer": "c-1", "service": "cash"}), ("left", at + datetime.timedelta(minutes=10), {})]
    return "".join(json.dumps({"branch": "turku-1", "ticket": "unfinished", "label": "A099", "type": kind, "occurredAt": when.isoformat(timespec="milliseconds"),
                               "attributes": about, "source": "turku-1/kiosk", "epoch": 1, "sequence": i}) + "\n"
                   for i, (kind, when, about) in enumerate(told, 1))


def waiting(now):
    """Who waits at this moment, told by a desk that has been silent since: minutes ago, ticket, what happened."""
    told = [(40, "A101", "issued", "cash"), (35, "A101", "service_started", None), (17, "A105", "issued", "cash"), (12, "L011", "issued", "loan"),
            (10.5, "A107", "issued", "cash"), (6, "A109", "issued", "account"), (2, "A110", "issued", "cash")]
    return "".join(json.dumps({"branch": "helsinki-2", "ticket": f"now-{label}", "label": label, "type": kind,
                               "occurredAt": (now - datetime.timedelta(minutes=ago)).isoformat(timespec="milliseconds"),
                               "attributes": {"service": service, "customer": "c-7"} if service else {},
                               "source": "helsinki-2/desk", "epoch": 1, "sequence": i}) + "\n"
                   for i, (ago, label, kind, service) in enumerate(told, 1))


def ticket(branch, day, number, drawn):
    hour = drawn.choice((9, 10, 11, 11, 12, 12, 13, 14, 15))
    issued = datetime.datetime(day.year, day.month, day.day, hour - 2, drawn.randrange(60), drawn.randrange(60), drawn.randrange(1000) * 1000,
                               tzinfo=datetime.timezone.utc)
    name = f"{day:%Y%m%d}-{number:02}"
    attributes = {"customer": f"c-{drawn.randrange(CUSTOMERS)}", "service": drawn.choice(("cash", "cash", "account", "loan"))}
    if attributes["service"] == "loan":
        wait = wait_of(drawn, hour) * 2
    else:
        wait = wait_of(drawn, hour)
    moments = [("issued", issued, attributes), ("service_started", issued + wait, {}), ("service_ended", issued + wait + datetime.timedelta(minutes=4), {})]
    return [{"branch": branch, "ticket": name, "label": f"A{number:03}", "type": kind, "occurredAt": at.isoformat(timespec="milliseconds"), "attributes": about}
            for kind, at, about in moments]


def payees():
    rows = ["customer,name,iban,language"]
    for customer in range(CUSTOMERS):
        account = f"{10_000 + customer:014d}"
        rest = int("".join(str(int(c, 36)) for c in account + "FI00")) % 97
        rows.append(f"c-{customer},Aino Virtanen {customer},FI{98 - rest:02d}{account},fi")
    return "\n".join(rows) + "\n"
