#!/usr/bin/env python3
"""One call of the file layer fails, each time another one, in a short life of the server.

usage: faults.py [--runs N] [--kinds eio enospc short] [--first N] [--keep FOLDER]

A shim (Tests/Faults/faults.c, compiled here) makes the Nth write, fsync, rename … below the data
folder fail once. The server creates jobs, writes a checkpoint and snapshots, is paused, resumed and
ended; it may refuse or end with a clear message. Then it is started without the shim: what was
acknowledged must be there, with its sha256, and jobs must go on. Exits with 1 where they do not.
"""

import argparse
import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from server import ENDED, ROOT, SERVER, Server, sha256

SMALL = {"preset": "catch", "total_agent_steps": 1_000_000_000, "seed": 1, "evaluation": None,
         "checkpoint_every_agent_steps": 400, "metrics_every_agent_steps": 50,
         "hyperparameters": {"replay_capacity_frames": 1_000, "learning_starts_agent_steps": 100,
                             "network": [{"type": "dense", "units": 16}]}}
SHORT = {"preset": "frozen-lake", "total_agent_steps": 300, "seed": 2}


class Life:
    """What a server was asked for, and what it has acknowledged."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.jobs, self.deleted, self.checkpoints = set(), set(), {}
        self.losses, self.codes = [], collections.Counter()

    def lose(self, text):
        self.losses.append(text)

    def ask(self, server, method, path, body=None):
        """The JSON of a success; every other answer must say what is wrong."""
        status, data = server.ask(method, path, body, timeout=60)
        self.codes[status] += 1
        if status in (200, 201):
            return json.loads(data)
        if status == 204:
            return True
        if status == 0:
            if server.process.poll() is None:
                self.lose(f"{method} {path}: no answer from a server that runs")
        elif status == 500 or b'"error"' not in data:
            self.lose(f"{method} {path}: {status} {data[:200]!r}")
        return None

    def wait(self, server, id, until, seconds):
        """Whether a job comes as far."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and server.process.poll() is None:
            job = server.job(id)
            if job and until(job):
                return True
            time.sleep(0.02)
        return False

    def under_fault(self, environment):
        """The short life; returns how it ended."""
        server = Server(self.folder / "data", "--snapshot-seconds", "0.3", environment=environment)
        try:
            server.start(60)
        except RuntimeError:
            words = server.last_words()
            if not words.strip():
                self.lose("it did not start, and did not say why")
            return f"did not start: {words[-160:]}"
        try:
            return self.use(server)
        finally:
            server.kill()

    def use(self, server):
        job = self.ask(server, "POST", "/v1/jobs", SMALL)
        short = self.ask(server, "POST", "/v1/jobs", SHORT)
        for each in (job, short):
            if each:
                self.jobs.add(each["id"])
        if job:
            id = job["id"]
            self.wait(server, id, lambda job: job["progress"]["agent_steps"] > 150, 4)
            self.ask(server, "GET", f"/v1/jobs/{id}/metrics")
            taken = self.ask(server, "POST", f"/v1/jobs/{id}/checkpoints")
            if taken:
                self.checkpoints[taken["id"]] = taken["sha256"]
            self.ask(server, "POST", f"/v1/jobs/{id}/pause")
            self.ask(server, "POST", f"/v1/jobs/{id}/resume")
        if short and self.wait(server, short["id"], lambda job: job["state"] in ENDED, 4):
            if self.ask(server, "DELETE", f"/v1/jobs/{short['id']}"):
                self.deleted.add(short["id"])
        if server.process.poll() is not None:
            return f"ended by itself with {server.process.returncode}: {server.last_words(160)}"
        code, _ = server.end(timeout=70)
        if code not in (0, 1):
            self.lose(f"exit code {code} at SIGTERM: {server.last_words(300)}")
        return f"exit code {code}"

    def afterwards(self):
        """A server without faults, over what the other has left."""
        check = subprocess.run(
            [SERVER, "check", "--data", self.folder / "data"], cwd=ROOT, capture_output=True,
            text=True, timeout=60)
        server = Server(self.folder / "data", "--snapshot-seconds", "0.3")
        if check.returncode and (self.folder / "data").exists():
            # What was torn is told of, and is mended by the start.
            self.findings = check.stdout.strip().splitlines()[:3]
        try:
            server.start(60)
            self.look(server)
            code, _ = server.end(timeout=70)
            if code:
                self.lose(f"exit code {code} after the restart: {server.last_words(300)}")
            again = subprocess.run([SERVER, "check", "--data", self.folder / "data"], cwd=ROOT,
                                   capture_output=True, text=True, timeout=60)
            if again.returncode:
                self.lose(f"check after the restart: {again.stdout[-400:]}")
        except RuntimeError as error:
            self.lose(f"no restart: {error}"[-400:])
        finally:
            server.kill()

    def look(self, server):
        for id in self.jobs - self.deleted:
            job = server.job(id)
            if job is None:
                self.lose(f"job {id} was acknowledged and is gone")
            elif job["state"] == "failed":
                self.lose(f"job {id} failed: {job['failure']}")
            elif job["state"] in ("running", "queued"):
                steps = job["progress"]["agent_steps"]
                if not self.wait(server, id,
                                 lambda job: job["progress"]["agent_steps"] > steps
                                 or job["state"] in ENDED, 60):
                    self.lose(f"job {id} does not go on: {server.job(id)}"[:500])
        for id in self.deleted:
            if server.job(id):
                self.lose(f"job {id} was deleted and is there")
        for id, digest in self.checkpoints.items():
            status, data = server.ask("GET", f"/v1/checkpoints/{id}/model.safetensors")
            if status != 200 or sha256(data) != digest:
                self.lose(f"checkpoint {id} was acknowledged: {status}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=150, help="how many calls fail, spread over all")
    parser.add_argument("--kinds", nargs="*", default=["eio", "enospc", "short"])
    parser.add_argument("--first", type=int, default=1, help="the first call that fails")
    parser.add_argument("--keep", help="where the data of a run with losses is kept")
    arguments = parser.parse_args()
    root = pathlib.Path(tempfile.mkdtemp(prefix="faults-"))
    shim = root / "faults.so"
    subprocess.run(["gcc", "-O2", "-Wall", "-shared", "-fPIC", "-o", shim,
                    ROOT / "Tests/Faults/faults.c", "-ldl"], check=True)

    def live(at, kind):
        folder = root / "life"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        life = Life(folder)
        log = folder / "faults"
        how = life.under_fault({
            "LD_PRELOAD": str(shim), "FAULTS_FOLDER": str(folder / "data"), "FAULTS_AT": str(at),
            "FAULTS_KIND": kind, "FAULTS_LOG": str(log)})
        lines = log.read_text().splitlines() if log.exists() else []
        life.afterwards()
        return life, how, lines

    life, how, lines = live(0, "eio")
    calls = next((int(line.split()[0]) for line in lines if "in all" in line), 0)
    print(f"without a fault: {calls} calls, {how}, losses: {life.losses}", flush=True)
    failed, losses, outcomes = collections.Counter(), 0, collections.Counter()
    step = max(1, (calls - arguments.first) // max(arguments.runs, 1))
    for number, at in enumerate(range(arguments.first, calls + 1, step)):
        kind = arguments.kinds[number % len(arguments.kinds)]
        life, how, lines = live(at, kind)
        what = next((line.split(" ", 2)[1:] for line in lines if "in all" not in line), None)
        if what is None:
            continue
        name = pathlib.Path(what[1]).name
        failed[what[0]] += 1
        outcomes[how.split(":")[0]] += 1
        losses += bool(life.losses)
        if life.losses:
            print(f"call {at}, {kind}, {what[0]} {name}: {how}; {life.losses}"[:1500], flush=True)
            if arguments.keep:
                shutil.copytree(root / "life", pathlib.Path(arguments.keep) / f"{at}-{kind}")
    print("| call that failed | runs |\n|---|---:|")
    for name, count in sorted(failed.items()):
        print(f"| {name} | {count} |")
    print(f"| all | {sum(failed.values())} |\n")
    print(", ".join(f"{how}: {count}" for how, count in outcomes.items()))
    print(f"{sum(failed.values())} faults injected of {calls} calls, {losses} runs with losses")
    shutil.rmtree(root, ignore_errors=True)
    sys.exit(1 if losses else 0)


if __name__ == "__main__":
    main()
