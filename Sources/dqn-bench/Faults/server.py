"""A server that is started, asked, and ended by what measures it."""

import hashlib
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
SERVER = pathlib.Path(os.environ.get("DQN_SERVER", ROOT / ".build/release/dqn-server"))
ENDED = ("completed", "stopped", "failed")


class Server:
    """One server over a folder of data, at a port of its own."""

    def __init__(self, data, *options, environment=None):
        self.data, self.options = pathlib.Path(data), options
        self.environment = dict(os.environ, **(environment or {}))
        self.log = self.data.parent / (self.data.name + ".log")
        self.process, self.port = None, 0

    def start(self, timeout=60):
        """Starts it and waits until it listens; its log goes on where it was."""
        command = [SERVER, "serve", "--port", str(self.port), "--data", self.data,
                   "--no-access-log", *self.options]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log,
                                            env=self.environment)
        line = first_line(self.process.stdout, timeout)
        if not line.startswith(b"listening"):
            self.kill()
            raise RuntimeError(f"the server does not start: {line!r} {self.last_words()}")
        self.port = int(line.rsplit(b":", 1)[1])
        return self

    def last_words(self, count=600):
        """The end of its log."""
        return self.log.read_text(errors="replace")[-count:]

    def ask(self, method, path, body=None, headers=None, timeout=30):
        """The status and the bytes of an answer; 0 where there was none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        headers = dict(headers or {})
        if isinstance(body, dict):
            body = json.dumps(body)
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def get(self, path, timeout=30):
        """The JSON of an answer; None where it was not 200."""
        status, data = self.ask("GET", path, timeout=timeout)
        return json.loads(data) if status == 200 else None

    def create(self, body, **more):
        """Asks for a job and returns it."""
        status, data = self.ask("POST", "/v1/jobs", body, **more)
        if status != 201:
            raise RuntimeError(f"POST /v1/jobs: {status} {data[:500].decode()}")
        return json.loads(data)

    def job(self, id):
        return self.get(f"/v1/jobs/{id}")

    def wait(self, id, until, seconds=60):
        """The job as soon as `until` holds for it."""
        end = time.monotonic() + seconds
        job = None
        while time.monotonic() < end:
            job = self.job(id)
            if job and until(job):
                return job
            time.sleep(0.02)
        raise RuntimeError(f"job {id} does not come as far in {seconds} s: {job}")

    def end(self, number=signal.SIGTERM, timeout=90):
        """Sends a signal; returns the exit code and how long it took."""
        start = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(timeout)
        self.process.stdout.close()
        return code, time.monotonic() - start

    def kill(self):
        """Ends it at once, if it runs."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(20)
        if self.process:
            self.process.stdout.close()

    def workers(self):
        """The process numbers of its worker processes."""
        pid, found = self.process.pid, []
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            try:
                found += [int(child) for child in (task / "children").read_text().split()]
            except OSError:
                pass
        return found


def first_line(stream, timeout):
    """What a process says first; empty where it says nothing in time."""
    os.set_blocking(stream.fileno(), False)
    end, line = time.monotonic() + timeout, b""
    while time.monotonic() < end and not line.endswith(b"\n"):
        part = stream.read()
        if part == b"":
            break
        line += part or b""
        if not part:
            time.sleep(0.005)
    return line


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
