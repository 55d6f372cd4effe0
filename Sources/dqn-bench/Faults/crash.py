#!/usr/bin/env python3
"""Kills the server again and again while it trains, and looks whether anything was lost.

usage: crash.py [--kills N] [--seed N] [--markdown FILE] [--keep]

Jobs of several kinds run under load (others ask, follow events, take and fetch checkpoints). At
random moments the server is ended by SIGKILL and started anew in the same folder. After every kill
`dqn-server check` must find nothing that was torn, and each checkpoint that was ever answered with 201
must be there with its sha256; every job must go on, and its last checkpoint must be, to the byte, that
of the same job in a server that nobody disturbed. A table says where the kills fell; what was lost is
printed, and exits with 1.
"""

import argparse
import collections
import http.client
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from server import ENDED, SERVER, Server, sha256

# What `dqn-server check` may find after a kill: files that were being written, or are not needed.
LEFTOVERS = ("not written to its end", "no checkpoint has it", "no job goes on from it")


def job(name, environment, steps, **hyperparameters):
    """A job whose evaluations and checkpoints come often."""
    constants = {
        "replay_capacity_frames": 3000,
        "learning_starts_agent_steps": 200,
        "update_period_agent_steps": 4,
        "target_update_period_updates": 50,
        "batch_size": 16,
        "network": [{"type": "dense", "units": 32, "activation": "relu"}],
    }
    constants.update(hyperparameters)
    return {
        "name": name,
        "environment": environment,
        "algorithm": "dqn",
        "seed": 7,
        "total_agent_steps": steps,
        "metrics_every_agent_steps": max(1, steps // 40),
        "checkpoint_every_agent_steps": steps // 8,
        "evaluation": {"every_agent_steps": steps // 5, "episodes": 5, "epsilon": 0.05},
        "hyperparameters": constants,
    }


JOBS = [
    job("catch", "catch", 24_000),
    job("catch overlapped, 3 environments", "catch", 16_000, environment_count=3,
        schedule="overlapped"),
    job("cartpole prioritized", "cartpole", 24_000, replay_sampling="proportional"),
    job("breakout", "atari/breakout", 3_000, schedule="overlapped"),
    {
        "name": "frozen lake", "environment": "frozen-lake", "algorithm": "q_learning", "seed": 7,
        "total_agent_steps": 1_500_000, "metrics_every_agent_steps": 20_000,
        "checkpoint_every_agent_steps": 200_000,
        "evaluation": {"every_agent_steps": 300_000, "episodes": 200, "epsilon": 0},
    },
]


def start(data):
    """A server that takes snapshots often."""
    return Server(data, "--max-running-jobs", "8", "--snapshot-seconds", "0.3").start()


def newest_file(server, id):
    """The bytes of a job's newest checkpoint."""
    for record in (server.get(f"/v1/jobs/{id}/checkpoints") or {}).get("checkpoints", []):
        if "latest" in record["labels"]:
            status, data = server.ask("GET", f"/v1/checkpoints/{record['id']}/model.safetensors")
            return data if status == 200 else None
    return None


def undisturbed(folder):
    """The last checkpoint of every job in a server that is left alone, and its curves' lengths."""
    data = folder / "undisturbed"
    server = start(data)
    ids = [server.create(specification)["id"] for specification in JOBS]
    files = []
    for id in ids:
        while (record := server.get(f"/v1/jobs/{id}"))["state"] not in ENDED:
            time.sleep(0.2)
        if record["state"] != "completed":
            raise SystemExit(f"{record['name']} {record['state']}: {record['failure']}")
        files.append((newest_file(server, id), points(server, id)))
    server.end()
    return files


def points(server, id):
    """The steps and values of some curves."""
    curves = server.get(f"/v1/jobs/{id}/metrics?names=episode_return,evaluation_return")
    return [(series["name"], series["x"], series["y"]) for series in curves["series"]]


class Load:
    """Threads that ask, follow, take and fetch until the server is gone."""

    def __init__(self, server, ids, known, faults, seed):
        self.server, self.ids, self.known, self.faults = server, ids, known, faults
        self.over = threading.Event()
        self.threads = [
            threading.Thread(target=self.run, args=(work, random.Random(seed + number)))
            for number, work in enumerate((self.look, self.take, self.fetch, self.follow))
        ]
        for thread in self.threads:
            thread.start()

    def run(self, work, random):
        while not self.over.is_set() and self.server.process.poll() is None:
            work(random)
            time.sleep(0.02)

    def look(self, random):
        id = random.choice(self.ids)
        self.server.ask("GET", f"/v1/jobs/{id}")
        self.server.ask("GET", f"/v1/jobs/{id}/metrics")

    def take(self, random):
        id = random.choice(self.ids)
        status, data = self.server.ask("POST", f"/v1/jobs/{id}/checkpoints")
        if status == 201:
            record = json.loads(data)
            self.known[record["id"]] = record["sha256"]
        self.over.wait(random.random())

    def fetch(self, random):
        id = random.choice(self.ids)
        listing = self.server.get(f"/v1/jobs/{id}/checkpoints")
        for record in (listing or {}).get("checkpoints", []):
            self.known[record["id"]] = record["sha256"]
        if self.known:
            name = random.choice(list(self.known))
            status, data = self.server.ask("GET", f"/v1/checkpoints/{name}/model.safetensors")
            if status == 200 and sha256(data) != self.known[name]:
                self.faults.append(f"{name} was fetched and is another")
            elif status not in (0, 200):
                self.faults.append(f"{name}: {status} {data[:200].decode()}")

    def follow(self, random):
        """Events of a job have numbers that grow."""
        id, newest = random.choice(self.ids), -1
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=2)
        try:
            connection.request("GET", f"/v1/jobs/{id}/events", headers={"Last-Event-ID": "0"})
            response = connection.getresponse()
            if response.status != 200:
                return
            for _ in range(400):
                line = response.readline()
                if not line:
                    break
                if line.startswith(b"id:"):
                    number = int(line[3:])
                    if number <= newest:
                        self.faults.append(f"event {number} of {id} after {newest}")
                    newest = number
        except (OSError, http.client.HTTPException, ValueError):
            pass
        finally:
            connection.close()

    def end(self):
        self.over.set()
        for thread in self.threads:
            thread.join()


def moment(data, states):
    """What was under way when the server was killed."""
    if any(data.glob("snapshots/*/*.part")):
        return "a snapshot was being written"
    if any(data.glob("checkpoints/*.part")):
        return "a checkpoint was being written"
    if not states or all(state["state"] == "queued" for state in states):
        return "jobs were being started"
    running = [state for state in states if state["state"] == "running"]
    if any(s["progress"]["agent_steps"] and s["progress"]["agent_steps"]
           % next(j for j in JOBS if j["name"] == s["name"])["evaluation"]["every_agent_steps"] == 0
           for s in running):
        return "a job was evaluated"
    return "jobs were training" if running else "no job was running"


def check(data, faults, counts):
    """Nothing of the folder is torn, as far as the program itself can tell."""
    result = subprocess.run(
        [SERVER, "check", "--data", data], capture_output=True, text=True)
    counts["checks of the data folder"] += 1
    for line in result.stdout.splitlines()[:-1]:
        if any(reason in line for reason in LEFTOVERS):
            counts["leftovers found, to be removed at the next start"] += 1
        else:
            faults.append(f"check: {line}")
    if result.returncode not in (0, 1):
        faults.append(f"check: {result.returncode} {result.stdout[-500:]}{result.stderr[-500:]}")


def check_files(data, known, faults, counts):
    """Every checkpoint that was answered lies there as it was."""
    for name, digest in known.items():
        file = data / "checkpoints" / f"{name}.safetensors"
        counts["acknowledged checkpoints looked at"] += 1
        if not file.exists():
            faults.append(f"{name} was acknowledged and is gone")
        elif sha256(file.read_bytes()) != digest:
            faults.append(f"{name} was acknowledged and is another")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--markdown", type=pathlib.Path)
    parser.add_argument("--keep", action="store_true")
    arguments = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="dqn-crash-"))
    (folder / "data").mkdir()
    print(f"in {folder}", file=sys.stderr)
    began = time.monotonic()
    wanted = undisturbed(folder)
    print(f"undisturbed in {time.monotonic() - began:.0f} s", file=sys.stderr)

    choice, faults = random.Random(arguments.seed), []
    counts, moments = collections.Counter(), collections.Counter()
    known, data, ids, kill, told = {}, folder / "data", [], 0, False
    server = start(data)
    while kill < arguments.kills or ids:
        if not ids:
            ids = [server.create(specification)["id"] for specification in JOBS]
        load = Load(server, ids, known, faults, choice.randrange(1 << 30))
        states = []
        if kill < arguments.kills:
            end = time.monotonic() + choice.choice((0.05, 0.5, 1, 2, 4)) * choice.random() * 2
            while time.monotonic() < end:
                states = [s for s in (server.get(f"/v1/jobs/{id}") for id in ids) if s] or states
                time.sleep(0.02)
            server.kill()
            kill += 1
            where = moment(data, states)
            moments[where] += 1
            load.end()
            check(data, faults, counts)
            check_files(data, known, faults, counts)
            server = start(data)
            if faults and not told:
                print(*faults[:5], sep="\n", file=sys.stderr)
            told = bool(faults)
            if kill % 10 == 0:
                print(f"{kill} kills, {time.monotonic() - began:.0f} s, {len(faults)} losses",
                      file=sys.stderr)
        else:
            while any(server.get(f"/v1/jobs/{id}")["state"] not in ENDED for id in ids):
                time.sleep(0.2)
            load.end()
        records = [server.get(f"/v1/jobs/{id}") for id in ids]
        if any(record is None for record in records):
            faults.append(f"a job is gone: {list(zip(ids, records))}")
            break
        for record in records:
            if record["state"] in ("failed", "stopped"):
                faults.append(f"{record['name']} {record['state']}: {record['failure']}")
        if all(record["state"] in ENDED for record in records):
            for id, record, (file, curves) in zip(ids, records, wanted):
                counts["jobs that ran to their end"] += 1
                if newest_file(server, id) != file:
                    faults.append(f"{record['name']} ({id}) came to another end")
                if points(server, id) != curves:
                    faults.append(f"{record['name']} ({id}) has other curves")
            ids = []
    server.end()
    lines = ["| the server was killed while | times |", "|---|---|"]
    lines += [f"| {where} | {count} |" for where, count in moments.most_common()]
    lines += ["", "| | |", "|---|---|", f"| SIGKILLs | {kill} |"]
    lines += [f"| {what} | {count} |" for what, count in sorted(counts.items())]
    lines += [f"| losses | {len(faults)} |"]
    text = "\n".join(lines) + "\n"
    print(text)
    if arguments.markdown:
        arguments.markdown.write_text(text)
    for fault in faults[:50]:
        print(fault)
    if not arguments.keep:
        shutil.rmtree(folder)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
