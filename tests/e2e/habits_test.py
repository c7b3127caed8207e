"""The manners of the programs: quiet when their reader has enough, one sentence where they cannot start, help that names
every key, and no answer to nobody.

Usage: habits_test.py LUPAUS LUPAUSD
"""
import os
import subprocess
import sys
import tempfile

from programs import Findings, Server, run


class Habits:
    def __init__(self, lupaus, lupausd):
        self.findings = Findings()
        self.lupaus = lupaus
        self.lupausd = lupausd

    def says(self, what, words, code, *shown, stream="stderr"):
        """The output has each of `shown`, and is short."""
        done = run(words)
        text = getattr(done, stream)
        self.findings.equal(f"exit code of {what}", code, done.returncode)
        for part in shown:
            self.findings.require(part in text, f"{what}: expected `{part}`, but it says: {text[:400]}")
        return text

    def help(self):
        self.says("lupausd --version", [self.lupausd, "--version"], 0, "lupausd ", "(tz 20", stream="stdout")
        self.says("lupausd serve --help", [self.lupausd, "serve", "--help"], 0, "--grpc-listen", "LUPAUS_GRPC_LISTEN",
                  "limits.tail_facts", "--config FILE", stream="stdout")
        said = self.says("lupausd dev --speed 0", [self.lupausd, "dev", "--speed", "0"], 2, "expected a number above 0")
        self.findings.require(len(said) < 300, f"a complaint of {len(said)} bytes about --speed")

    def closed_pipe(self):
        """The reader goes before the first byte comes."""
        reads, writes = os.pipe()
        os.close(reads)
        done = subprocess.run([self.lupaus, "reference"], stdout=writes, stderr=subprocess.PIPE, text=True, timeout=60,
                              check=False)
        os.close(writes)
        self.findings.equal("what is said to a closed pipe", "", done.stderr)

    def starts(self, folder):
        self.says("a configuration that is a directory", [self.lupausd, "serve", "--config", folder], 2, "is a directory")
        with Server(self.lupausd, folder) as server:
            self.findings.require(server.wait_ready(), f"the server does not start: {server.said()}")
            said = self.says("a port that is taken",
                             [self.lupausd, "serve", "--config", os.path.join(folder, "lupaus.yaml"), "--data-dir",
                              os.path.join(folder, "other"), "--grpc-listen", server.address], 1, server.address)
            self.findings.require("chttp2" not in said and "grpc_status" not in said, f"raw words of gRPC: {said[:400]}")
            self.says("redeeming as nobody", [self.lupaus, "--server", server.address, "vouchers", "redeem", "AB",
                                         "--branch", "b"], 5,
                      "--as NAME")
            self.findings.equal("exit code at SIGTERM", 0, server.stop())


def main():
    os.environ.pop("LUPAUS_ACTOR", None)
    os.environ.pop("GRPC_VERBOSITY", None)
    habits = Habits(*sys.argv[1:3])
    habits.help()
    habits.closed_pipe()
    with tempfile.TemporaryDirectory() as folder:
        habits.starts(folder)
    habits.findings.finish()


main()
