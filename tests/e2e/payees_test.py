"""Payees as finance handles them: imported, listed, erased, sealed by a key that may change; and that no name and no account
number is ever in a file of the server, its log, its metrics, an error or a backup.

Usage: payees_test.py LUPAUS LUPAUSD
"""
import json
import os
import re
import signal
import sys
import tempfile
import urllib.request

from programs import Findings, Server, read_lines, run

NAMES = ["Päivi Salonen-Hämäläinen", "Gösta Åkerlundström", "Orvokki Virtasaari"]
IBANS = ["FI2112345600000785", "SE4550000000058398257466", "EE382200221020145685"]
MANY = 20000


def hidden_in(text):
    """The names and numbers that are in the bytes, spaced or not, upper or lower."""
    dense = re.sub(rb"[ \-]", b"", text).lower()
    secrets = [part for name in NAMES for part in name.split()] + [iban[4:] for iban in IBANS]
    return [secret for secret in secrets if secret.lower().encode() in dense or secret.encode() in text]


def check_digits(country, account):
    number = "".join(str(int(c, 36)) for c in account + country + "00")
    return f"{country}{98 - int(number) % 97:02d}{account}"


class PayeesTest:
    def __init__(self, lupaus, lupausd, folder):
        self.findings = Findings()
        self.lupaus, self.lupausd, self.folder = lupaus, lupausd, folder
        self.key = self.write_key("payee.key", b"k" * 32)
        self.printed = b""

    def path(self, name):
        return os.path.join(self.folder, name)

    def write_key(self, name, content, mode=0o600):
        with open(self.path(name), "wb") as file:
            file.write(content)
        os.chmod(self.path(name), mode)
        return self.path(name)

    def write_list(self, name, lines, mark=""):
        with open(self.path(name), "w", encoding="utf-8", newline="") as file:
            file.write(mark + "\r\n".join(lines) + "\r\n")
        return self.path(name)

    def server(self, key, previous=None):
        settings = f"finance: {{payee_key: {key}{f', payee_key_previous: {previous}' if previous else ''}}}\n" if key else ""
        return Server(self.lupausd, self.folder, settings)

    def started(self, key, previous=None):
        server = self.server(key, previous)
        server.__enter__()
        self.findings.require(server.wait_ready(), f"the server does not start: {server.said()}")
        return server

    def ask(self, server, code, words, *arguments):
        """A verb of `payees`, its exit code, and words that must be in what it says."""
        done = run([self.lupaus, "--server", server.address, "--as", "frida", "-o", "ndjson", *arguments])
        said = done.stdout + done.stderr
        self.printed += said.encode()
        self.findings.equal(f"exit code of `{' '.join(arguments)}` ({said})", code, done.returncode)
        for word in words:
            self.findings.require(word in said, f"`{' '.join(arguments)}` does not say `{word}`, but: {said}")
        return read_lines(done.stdout) if done.returncode == 0 and done.stdout.startswith("{") else []

    def customers(self, server):
        return {line["customer"]: line["iban"] for line in self.ask(server, 0, [], "payees", "list")}

    def run(self):
        self.unconfigured()
        self.imports()
        self.survives()
        self.changes_key()
        self.findings.equal("secrets in all that was printed", [], hidden_in(self.printed))
        self.findings.finish()

    def unconfigured(self):
        server = self.started(None)
        good = self.write_list("one.csv", ["customer,name,iban", f"c-1,{NAMES[0]},{IBANS[0]}"])
        for words in (["import", good], ["list"], ["erase", "c-1"], ["summary"]):
            self.ask(server, 4, ["finance.payee_key"], "payees", *words)
        self.findings.equal("exit code at SIGTERM", 0, server.stop())

    def imports(self):
        server = self.started(self.key)
        bad = self.write_list("bad.csv", ["customer;IBAN;name;language", f"c-1;{IBANS[0]};{NAMES[0]};fi",
                                          f"c-2;{IBANS[1][:-1]}5;{NAMES[1]};sv", f"c-3;{IBANS[2]}",
                                          f"c-4;{NAMES[2]};{IBANS[2]};"], "\ufeff")
        said = [f"{bad}:3: error payee: iban: expected an IBAN whose check digits are right", f"{bad}:4: error payee: expected 4 fields",
                f"{bad}:5: error payee: name: expected the payee's name, but it is an IBAN", "nothing was imported"]
        self.ask(server, 1, said, "payees", "import", bad)
        self.findings.equal("payees after a bad list", {}, self.customers(server))
        self.ask(server, 0, ['"added":1'], "payees", "import", "--skip-bad", bad)
        self.findings.equal("payees of a list with bad rows left out", {"c-1": "FI…85"}, self.customers(server))
        self.ask(server, 1, ["expected a column `iban`"], "payees", "import", self.write_list("no.csv", ["customer,name", f"c-1,{NAMES[0]}"]))
        self.ask(server, 1, ["number 2 is none"], "payees", "import", self.write_list("row.csv", [f"customer,{NAMES[0]},{IBANS[0]}"]))
        spaced = " ".join(IBANS[1][i:i + 4] for i in range(0, len(IBANS[1]), 4)).lower()
        good = self.write_list("good.csv", ["customer,name,iban,language", f'c-2,"{NAMES[1]}",{spaced},sv', f"c-3,{NAMES[2]},{IBANS[2]},"])
        self.ask(server, 0, ['"added":2'], "payees", "import", good)
        self.ask(server, 0, ['"added":0,"changed":0,"unchanged":2'], "payees", "import", good)
        self.ask(server, 0, ['"kept":false'], "payees", "import", "--validate-only", good)
        self.findings.equal("payees", {"c-1": "FI…85", "c-2": "SE…66", "c-3": "EE…85"}, self.customers(server))
        rows = [f"m-{i},Pertti Matkailija,{check_digits('FI', f'{i:014d}')},fi" for i in range(MANY)]
        self.ask(server, 0, [f'"added":{MANY}'], "payees", "import", self.write_list("many.csv", ["customer,name,iban,language", *rows]))
        self.looks_hidden(server)
        server.child.send_signal(signal.SIGKILL)
        server.wait_end()

    def looks_hidden(self, server):
        with open(server.ready_file, encoding="utf-8") as file:
            address = json.load(file)["http"]
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=60) as answer:
            self.findings.equal("secrets in the metrics", [], hidden_in(answer.read()))
        with open(f"/proc/{server.child.pid}/limits", encoding="utf-8") as file:
            core = next(line for line in file if line.startswith("Max core file size"))
        self.findings.require(core.split()[4:6] == ["0", "0"], f"core dumps are not off: {core}")

    def survives(self):
        """What was answered before the kill is there, and what is erased is gone, also from the next start."""
        server = self.started(self.key)
        self.findings.equal("payees after kill -9", 3 + MANY, len(self.customers(server)))
        self.ask(server, 0, ["erased"], "payees", "erase", "c-1")
        self.ask(server, 4, ["no payee"], "payees", "erase", "c-1")
        self.ask(server, 0, [], "backup", self.path("backup"))
        self.findings.equal("exit code at SIGTERM", 0, server.stop())
        for folder in ("data", "backup"):
            self.findings.equal(f"secrets in {folder}", [], hidden_in(self.bytes_below(folder)))
        self.findings.require(os.path.exists(self.path("backup/payees/CURRENT")), "the backup has no payees")
        done = run([self.lupausd, "restore", "--from", self.path("backup"), "--data-dir", self.path("again")])
        self.findings.equal(f"exit code of restore ({done.stderr})", 0, done.returncode)

    def bytes_below(self, folder):
        found = b""
        for place, _, names in os.walk(self.path(folder)):
            for name in names:
                with open(os.path.join(place, name), "rb") as file:
                    found += file.read() + b"\n"
        return found

    def refused(self, what, key, words, previous=None):
        with self.server(key, previous) as server:
            self.findings.require(not server.wait_ready(), f"{what}: the server starts")
            self.findings.require(all(word in server.said() for word in words), f"{what}: {server.said()}")

    def changes_key(self):
        other = self.write_key("other.key", b"00112233445566778899aabbccddeeff" * 2 + b"\n")
        self.refused("another key", other, ["payee_key_wrong", "Nothing was changed"])
        self.refused("no key", self.path("none.key"), ["payee_key_missing", "openssl rand"])
        self.refused("an exposed key", self.write_key("open.key", b"k" * 32, 0o644), ["payee_key_exposed", "chmod 600"])
        self.refused("a short key", self.write_key("short.key", b"k" * 31), ["payee_key_bad"])
        server = self.started(other, self.key)
        self.findings.equal("payees under the new key", 2 + MANY, len(self.customers(server)))
        self.findings.equal("exit code at SIGTERM", 0, server.stop())
        self.refused("the key of before", self.key, ["payee_key_wrong"])
        with open(self.path("server.log"), "rb") as file:
            self.findings.equal("secrets in the log", [], hidden_in(file.read()))
        os.rename(self.path("data"), self.path("changed"))
        os.rename(self.path("again"), self.path("data"))
        server = self.started(self.key)
        self.findings.equal("payees of the restored backup", 2 + MANY, len(self.customers(server)))
        server.stop()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        PayeesTest(sys.argv[1], sys.argv[2], directory).run()
