#!/usr/bin/env python3
"""What it costs a job that many watch it.

usage: watchers.py [--seconds N] [--rounds N] [--preset NAME] [--kinds LIST] [--port N]

A server trains one job (Breakout; Catch, where there is no emulator). Windows of some seconds take
turns: nobody watches, 50 event streams with pictures, 200 event streams without. Reported are
medians over the rounds: agent steps a second, and the processor time that the server spent on each
of them, which a busy machine disturbs less.

The readers are a process of their own that reads and counts and does nothing else; what it takes
from training on the same cores is reported beside the server's part.
"""

import argparse
import collections
import http.client
import json
import os
import pathlib
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
SERVER = ROOT / ".build/release/dqn-server"
TICKS = os.sysconf("SC_CLK_TCK")
KINDS = {"none": (0, ""), "frames": (50, "?frames=1"), "plain": (200, "")}
STREAMS_PER_ADDRESS = 25
TITLES = {
    "none": "nobody", "frames": "50 streams with pictures", "plain": "200 streams without",
}


def open_stream(port, path, after, source="127.0.0.1"):
    connection = socket.create_connection(("127.0.0.1", port), source_address=(source, 0))
    connection.sendall(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nLast-Event-ID: {after}\r\n\r\n".encode())
    return connection


def newest_event(port, path, known):
    """The last event of a second."""
    with open_stream(port, path, known) as connection:
        connection.settimeout(1)
        rest, end = b"", time.monotonic() + 1
        while time.monotonic() < end:
            try:
                rest = rest[-4096:] + connection.recv(1 << 18)
            except TimeoutError:
                break
            for line in rest.split(b"\n")[:-1]:
                if line.startswith(b"id: "):
                    known = max(known, int(line[4:]))
    return known


def read_streams(port, path, count, after):
    """Opens so many streams, says so, and reads until its input ends; prints what it has seen."""
    selector = selectors.DefaultSelector()
    for number in range(count):
        # The server lets one address have 64 connections; all of 127/8 is this machine.
        source = f"127.0.0.{2 + number // STREAMS_PER_ADDRESS}"
        connection = open_stream(port, path, after, source)
        connection.setblocking(False)
        selector.register(connection, selectors.EVENT_READ)
    selector.register(sys.stdin, selectors.EVENT_READ)
    print("open", flush=True)
    seen = {"bytes": 0, "frames": 0, "reads": 0, "closed": 0}
    while True:
        for key, _ in selector.select():
            if key.fileobj is sys.stdin:
                print(json.dumps(seen | {"cpu_seconds": time.process_time()}), flush=True)
                return
            data = key.fileobj.recv(1 << 18)
            if not data:
                seen["closed"] += 1
                selector.unregister(key.fileobj)
            seen["bytes"] += len(data)
            seen["reads"] += 1
            seen["frames"] += data.count(b"event: frame\n")


class Readers:
    def __init__(self, port, path, count, after):
        self.process = subprocess.Popen(
            [sys.executable, "-B", __file__, "--read", str(port), path, str(count), str(after)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        self.process.stdout.readline()

    def stop(self):
        self.process.stdin.close()
        seen = json.loads(self.process.stdout.readline())
        self.process.wait(20)
        return seen


class Server:
    def __init__(self, program, folder, port):
        self.process = subprocess.Popen(
            [program, "serve", "--port", str(port), "--data", folder], cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])
        self.newest = 0
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, method, path, body=None):
        self.connection.request(
            method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"})
        response = self.connection.getresponse()
        data = response.read()
        if response.status >= 300:
            raise SystemExit(f"{method} {path}: {response.status} {data[:300].decode()}")
        return json.loads(data)

    def steps(self, job):
        return self.ask("GET", f"/v1/jobs/{job}")["progress"]["agent_steps"]

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1]
        return sum(map(int, fields.split()[11:13])) / TICKS

    def resident_mib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


def start_training(server, preset):
    known = {e["id"]: e for e in server.ask("GET", "/v1/environments")["environments"]}
    preset = preset or ("atari-fast" if known["atari/breakout"]["available"] else "catch")
    request = {"preset": preset, "total_agent_steps": 100_000_000, "seed": 1}
    if preset != "routes":
        request["hyperparameters"] = {"learning_starts_agent_steps": 200}
    job = server.ask("POST", "/v1/jobs", request)["id"]
    for _ in range(600):
        progress = server.ask("GET", f"/v1/jobs/{job}")["progress"]
        if progress["gradient_updates"] >= 100:
            return preset, job
        time.sleep(0.1)
    raise SystemExit("the job does not learn")


def window(server, job, kind, seconds):
    count, query = KINDS[kind]
    path = f"/v1/jobs/{job}/events"
    # Nobody is to be sent the job's past.
    server.newest = newest_event(server.port, path, server.newest)
    readers = Readers(server.port, path + query, count, server.newest)
    # What opening the streams costs is not what watching costs.
    time.sleep(1)
    start, steps, cpu = time.monotonic(), server.steps(job), server.cpu_seconds()
    time.sleep(seconds)
    steps, cpu = server.steps(job) - steps, server.cpu_seconds() - cpu
    passed = time.monotonic() - start
    seen = readers.stop()
    whole = passed + 1
    return {
        "steps_per_second": steps / passed,
        "cpu_ms_per_step": 1000 * cpu / max(1, steps),
        "frames_per_second": seen["frames"] / whole / max(1, count),
        "reads_per_second": seen["reads"] / whole / max(1, count),
        "mib_per_second": seen["bytes"] / whole / (1 << 20),
        "reader_cpu": seen["cpu_seconds"] / whole,
        "resident_mib": server.resident_mib(),
        "closed": seen["closed"],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=8, help="of a window")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--preset")
    parser.add_argument("--kinds", default="none,frames,plain")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--server", default=SERVER, help="the program to measure")
    arguments = parser.parse_args()
    kinds = arguments.kinds.split(",")
    results = collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(arguments.server, folder, arguments.port)
        try:
            preset, job = start_training(server, arguments.preset)
            for number in range(arguments.rounds):
                # Each kind comes first in turn, so that none has the job's younger days.
                for offset in range(len(kinds)):
                    kind = kinds[(number + offset) % len(kinds)]
                    results[kind].append(window(server, job, kind, arguments.seconds))
        finally:
            server.stop()
    print(f"training {preset} on {os.cpu_count()} cores, {arguments.rounds} rounds of "
          f"{arguments.seconds:g} s of each kind, medians\n")
    print("| who watches | agent steps/s | against nobody | CPU ms/step | pictures/s of each | "
          "reads/s of each | MiB/s | readers' CPU s/s | resident MiB |")
    print("|---|---|---|---|---|---|---|---|---|")
    for kind in kinds:
        def median(name, values=results[kind]):
            return statistics.median(value[name] for value in values)
        ratio = statistics.median(
            watched["steps_per_second"] / max(1e-9, alone["steps_per_second"])
            for watched, alone in zip(results[kind], results[kinds[0]]))
        print(f"| {TITLES[kind]} | {median('steps_per_second'):.1f} | {(ratio - 1) * 100:+.1f} % "
              f"| {median('cpu_ms_per_step'):.3f} | {median('frames_per_second'):.1f} "
              f"| {median('reads_per_second'):.1f} | {median('mib_per_second'):.2f} "
              f"| {median('reader_cpu'):.3f} | {median('resident_mib'):.0f} |")
    closed = sum(value["closed"] for values in results.values() for value in values)
    if closed:
        print(f"\n{closed} streams ended before their readers left")


if sys.argv[1:2] == ["--read"]:
    read_streams(int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
else:
    main()
