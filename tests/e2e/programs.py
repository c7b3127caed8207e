"""The built programs as a test uses them: a server in a folder of its own, and the command line that asks it."""
import json
import os
import signal
import subprocess
import sys
import time


class Server:
    """`lupausd serve` with free ports; killed when the block ends, however it ends."""

    def __init__(self, lupausd, folder, settings="", flags=(), limit_file_bytes=None, before=(), environment=None):
        self.ready_file = os.path.join(folder, "ready")
        self.log = os.path.join(folder, "server.log")
        config = os.path.join(folder, "lupaus.yaml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f"data_dir: {folder}/data\ngrpc: {{listen: 127.0.0.1:0}}\nhttp: {{listen: 127.0.0.1:0}}\n{settings}")
        self.command = [lupausd, "serve", "--config", config, "--ready-file", self.ready_file, *flags]
        if limit_file_bytes is not None:
            self.command = ["prlimit", f"--fsize={limit_file_bytes}", *self.command]
        self.command = [*before, *self.command]
        self.environment = {**os.environ, **(environment or {})}
        self.address = None
        self.child = None

    def __enter__(self):
        if os.path.exists(self.ready_file):
            os.remove(self.ready_file)
        self.log_from = os.path.getsize(self.log) if os.path.exists(self.log) else 0
        with open(self.log, "ab") as log:
            # WHY: a signal that a test ignores must stay ignored in the server.
            self.child = subprocess.Popen(self.command, stdout=log, stderr=log, env=self.environment, restore_signals=False)
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()

    def wait_ready(self, seconds=60):
        """Whether it takes events; False when it ended instead."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if os.path.exists(self.ready_file):
                with open(self.ready_file, encoding="utf-8") as file:
                    self.address = json.load(file)["grpc"]
                return True
            if self.child.poll() is not None:
                return False
            time.sleep(0.01)
        raise TimeoutError(f"the server is not ready after {seconds} s: {self.said()}")

    def wait_end(self, seconds=60):
        """Its exit code; negative for a signal."""
        return self.child.wait(seconds)

    def stop(self, seconds=60):
        """SIGTERM; gives the exit code."""
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(seconds)

    def said(self):
        """What it logged since its last start."""
        with open(self.log, encoding="utf-8", errors="replace") as file:
            file.seek(self.log_from)
            return file.read()


def enter_mount_namespace():
    """Runs this script again where it may mount; returns whether it may."""
    inside = "LUPAUS_IN_MOUNT_NAMESPACE"
    if os.environ.get(inside):
        return os.environ[inside] == "yes"
    os.environ[inside] = "yes"
    for options in (["-m"], ["-rm"]):
        try:
            allowed = run(["unshare", *options, "sh", "-c", 'd=$(mktemp -d) && mount -t tmpfs none "$d" && umount "$d"; r=$?; rmdir "$d"; exit $r'])
        except FileNotFoundError:
            break
        if allowed.returncode == 0:
            os.execvp("unshare", ["unshare", *options, sys.executable, *sys.argv])
    os.environ[inside] = "no"
    return False


class Findings:
    """Counts what does not hold, and says so at once."""

    def __init__(self):
        self.failures = 0

    def require(self, holds, sentence):
        if not holds:
            self.failures += 1
            print(f"FAILED: {sentence}", flush=True)
        return holds

    def equal(self, what, expected, found):
        return self.require(expected == found, f"{what}: expected {expected}, but it is {found}")

    def finish(self):
        sys.exit(1 if self.failures else 0)


def run(command, **options):
    """The finished process, with its outputs as text."""
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300, check=False, **options)


def read_lines(text):
    """Objects of ndjson."""
    return [json.loads(line) for line in text.splitlines() if line]
