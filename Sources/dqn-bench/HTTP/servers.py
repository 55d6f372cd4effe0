"""Starts and stops the servers that are measured, and reads what the kernel knows of them."""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
PEERS = ROOT / "Sources/dqn-bench/Peers/HTTP"
SWIFT_PEERS = ROOT / ".build-peers/release"
SERVER = ROOT / ".build/release/dqn-server"
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def nginx(port, folder, log):
    text = (PEERS / "nginx/nginx.conf.in").read_text()
    for name, value in [("PORT", port), ("FOLDER", folder), ("LOG", log)]:
        text = text.replace(f"@{name}@", str(value))
    path = pathlib.Path(folder) / "nginx.conf"
    path.write_text(text)
    return ["nginx", "-c", str(path)]


def command(name, port, folder):
    """The command line and environment of a server, by the name it has in the tables."""
    if name == "nginx":
        return nginx(port, folder, "off"), {}
    if name == "nginx+log":
        return nginx(port, folder, f"{folder}/access.log combined buffer=64k flush=1s"), {}
    if name == "own":
        return [SWIFT_PEERS / "own-hello", str(port)], {}
    if name == "own+log":
        return [SWIFT_PEERS / "own-hello", str(port)], {"LOG": "1"}
    if name == "own+poll":
        return [SWIFT_PEERS / "own-hello", str(port)], {"BUSY_POLL_MICROSECONDS": "50"}
    if name == "own+task":
        return [SWIFT_PEERS / "own-hello", str(port)], {}
    if name == "c-epoll":
        return [ROOT / ".build-peers/epoll_hello", str(port)], {}
    if name == "node":
        return ["node", PEERS / "node/server.js", str(port)], {}
    return [SWIFT_PEERS / f"{name}-hello", str(port)], {}


@contextlib.contextmanager
def running(arguments, port, environment=None, cpu=None, limits=None):
    """A server for as long as the block takes; what it logs goes to a file that is thrown away."""
    arguments = [str(argument) for argument in arguments]
    if cpu is not None:
        arguments = ["taskset", "-c", str(cpu)] + arguments
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            arguments,
            stdout=log,
            stderr=log,
            env=dict(os.environ, **(environment or {})),
            preexec_fn=limits,
        )
        try:
            wait_for(port, process)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for(port, process):
    for _ in range(400):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        if process.poll() is not None:
            raise SystemExit(f"server ended with {process.returncode} before it listened")
        time.sleep(0.025)
    raise SystemExit("server does not listen")


def family(pid):
    """The process and all that come from it."""
    found = [pid]
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            children = pathlib.Path(f"/proc/{pid}/task/{task}/children").read_text()
            for child in children.split():
                found += family(int(child))
    return found


def cpu_seconds(pid):
    total = 0
    for member in family(pid):
        with contextlib.suppress(OSError):
            fields = pathlib.Path(f"/proc/{member}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def resident_bytes(pid):
    total = 0
    for member in family(pid):
        with contextlib.suppress(OSError):
            for line in pathlib.Path(f"/proc/{member}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1]) * 1024
    return total


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))
