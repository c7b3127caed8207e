"""The console as people use it: a real server with two weeks behind it, and Chromium that opens every page, does every task by
keyboard alone, and is shown what happens while it looks. See drive.mjs for what is required.

Usage: console_test.py WEB LUPAUS LUPAUSD, where WEB is the folder whose node_modules has playwright-core and axe-core
Ends with 77 where Chromium, node or those packages are not there.
"""
import datetime
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import bank_days
from programs import Server, read_lines, run

SKIPPED = 77
SETTINGS = """finance:
  debtor: {name: Esimerkki Saastopankki Oy, iban: FI2112345600000785}
  payee_key: %s/payee.key
  names: sepa
reports:
  budgets: {served-in-15: EUR 600.00}
"""


def missing(web):
    for program in ("node", "chromium"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    for package in ("playwright-core", "axe-core"):
        if not os.path.isdir(os.path.join(web, "node_modules", package)):
            return f"{package} is not in {web}/node_modules"
    return None


def write(folder, name, content):
    place = os.path.join(folder, name)
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())
    return place


def ask(lupaus, server, *arguments):
    done = run([lupaus, "--server", server.address, "--as", "otto", *arguments])
    if done.returncode != 0:
        sys.exit(f"FAILED: {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def live_through(lupaus, server, folder):
    """Two weeks are told, judged and owed."""
    today = datetime.date.today()
    write(folder, "book/book.yaml", bank_days.book())
    write(folder, "book/book.test.yaml", bank_days.TESTS)
    since = (today - datetime.timedelta(days=40)).isoformat() + "T00:00:00Z"
    ask(lupaus, server, "promises", "apply", "--valid-from", since, "--reason", "in force from the start", os.path.join(folder, "book"))
    ask(lupaus, server, "events", "send", "--backfill", write(folder, "days.ndjson", bank_days.events(today)))
    ask(lupaus, server, "events", "send", "--backfill", write(folder, "unfinished.ndjson", bank_days.unfinished(today)))
    ask(lupaus, server, "payees", "import", write(folder, "payees.csv", bank_days.payees()))
    until = time.monotonic() + 30
    while time.monotonic() < until:
        lines = read_lines(ask(lupaus, server, "-o", "ndjson", "breaches", "list", "--all-verdicts"))
        if lines and all(line["final"] for line in lines):
            ask(lupaus, server, "events", "send", write(folder, "now.ndjson", bank_days.waiting(datetime.datetime.now(datetime.timezone.utc))))
            return
        time.sleep(0.1)
    sys.exit("FAILED: the verdicts of two weeks are not final")


def main():
    web, lupaus, lupausd = sys.argv[1:4]
    why = missing(web)
    if why:
        print(f"skipped: {why}")
        sys.exit(SKIPPED)
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as folder:
        os.umask(0o077)
        write(folder, "payee.key", os.urandom(32))
        with Server(lupausd, folder, SETTINGS % folder) as server:
            if not server.wait_ready():
                sys.exit(f"FAILED: the server does not start: {server.said()}")
            live_through(lupaus, server, folder)
            with open(server.ready_file, encoding="utf-8") as file:
                ready = json.load(file)
            settings = {"base": f"http://{ready['http']}", "grpc": ready["grpc"], "server": server.child.pid, "web": os.path.abspath(web), "lupaus": lupaus,
                        "chromium": shutil.which("chromium"), "folder": folder, "today": datetime.date.today().isoformat(),
                        "shots": os.environ.get("LUPAUS_SHOTS", "")}
            sys.exit(subprocess.run(["node", os.path.join(here, "drive.mjs"), json.dumps(settings)], timeout=400, check=False).returncode)


main()
