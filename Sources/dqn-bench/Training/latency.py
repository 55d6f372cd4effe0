#!/usr/bin/env python3
"""Asks for Q-values while a job trains on every core.

usage: latency.py [--rate N] [--windows N] [--seconds N]

A server trains Breakout (Catch, where there is no emulator) with all cores. Windows with so many
requests a second, a state of 84×84×4 bytes each, and windows without take turns. Reported: how long
answers took, and how many agent steps were made in the one kind and in the other.
"""

import argparse
import http.client
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
SERVER = ROOT / ".build/release/dqn-server"
STATE = os.urandom(84 * 84 * 4)


class Client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(self, method, path, body=None, content="application/json"):
        self.connection.request(method, path, body, {"Content-Type": content} if body else {})
        response = self.connection.getresponse()
        data = response.read()
        if response.status >= 300:
            raise SystemExit(f"{method} {path}: {response.status} {data[:300].decode()}")
        return json.loads(data)


def start_training(client):
    known = {e["id"]: e for e in client.ask("GET", "/v1/environments")["environments"]}
    preset = "atari-fast" if known["atari/breakout"]["available"] else "catch"
    job = client.ask("POST", "/v1/jobs", json.dumps({
        "preset": preset, "total_agent_steps": 10_000_000, "metrics_every_agent_steps": 250,
        "hyperparameters": {"learning_starts_agent_steps": 200, "initial_epsilon": 0.05},
    }))["id"]
    while client.ask("GET", f"/v1/jobs/{job}")["progress"]["gradient_updates"] < 100:
        time.sleep(0.2)
    client.ask("POST", f"/v1/jobs/{job}/checkpoints")
    return preset, job


def window(client, job, path, seconds, rate):
    """Agent steps a second, and the time of each answer."""
    def steps():
        return client.ask("GET", f"/v1/jobs/{job}")["progress"]["agent_steps"]

    times = []
    start, before = time.monotonic(), steps()
    while (passed := time.monotonic() - start) < seconds:
        if not rate:
            time.sleep(seconds - passed)
            continue
        due = start + len(times) / rate
        time.sleep(max(0, due - time.monotonic()))
        # From the moment it was due, so that an answer that is late delays no clock.
        client.ask("POST", path, STATE, "application/octet-stream")
        times.append(time.monotonic() - max(due, start))
    return (steps() - before) / (time.monotonic() - start), times


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, int(share * len(times)))] * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--windows", type=int, default=6, help="of each kind")
    parser.add_argument("--seconds", type=float, default=10)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [SERVER, "serve", "--port", "0", "--data", folder], cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )
        try:
            port = int(process.stdout.readline().rsplit(":", 1)[1])
            client = Client(port)
            preset, job = start_training(client)
            path = f"/v1/models/{job}/q-values"
            alone, together, times = [], [], []
            for _ in range(arguments.windows):
                alone.append(window(client, job, path, arguments.seconds, 0)[0])
                rate, answers = window(client, job, path, arguments.seconds, arguments.rate)
                together.append(rate)
                times += answers
        finally:
            process.terminate()
            process.wait(20)
    ratio = statistics.median(b / a for a, b in zip(alone, together))
    print(f"training {preset} on {os.cpu_count()} cores, {len(times)} requests at "
          f"{arguments.rate:g} a second\n")
    print("| Q-values of one state, ms | p50 | p90 | p99 | slowest |\n|---|---|---|---|---|")
    print("| while a job trains | " + " | ".join(
        f"{percentile(times, share):.2f}" for share in (0.5, 0.9, 0.99, 1)) + " |")
    print(f"\nagent steps a second: {statistics.median(alone):.0f} without requests, "
          f"{statistics.median(together):.0f} with them, {(1 - ratio) * 100:.1f} % fewer")


main()
