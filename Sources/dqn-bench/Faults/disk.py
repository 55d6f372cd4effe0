#!/usr/bin/env python3
"""A disk that is full, and a folder that cannot be written, through the whole server.

usage: disk.py [--size MIB] [--seconds N]

The data lies on a tmpfs of its own, which needs root. Jobs train, the disk is filled, and what the
server answers meanwhile is written down; then there is room again, or room is made by a deletion, and
the jobs must go on by themselves. A server is started over a full disk, and over one that is
read-only. Prints a table, and exits with 1 where anything is otherwise than expected.
"""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from server import ENDED, Server

CATCH = {"preset": "catch", "total_agent_steps": 1_000_000_000, "evaluation": None,
         "checkpoint_every_agent_steps": 0, "hyperparameters": {"replay_capacity_frames": 2_000}}


class Trial:
    """What was done, what came of it, and whether that was as it should be."""

    def __init__(self, server, disk):
        self.server, self.disk, self.rows, self.faults = server, disk, [], 0

    def row(self, phase, what, how, good):
        self.faults += not good
        self.rows.append((phase, what, how, "" if good else "NOT AS EXPECTED"))
        print(f"| {phase} | {what} | {how} | {'yes' if good else 'NO'} |", flush=True)

    def ask(self, phase, method, path, expected, body=None, name=None):
        """Asks, and notes the status, the machine's word and the time."""
        start = time.monotonic()
        status, data = self.server.ask(method, path, body, timeout=20)
        seconds = time.monotonic() - start
        word = ""
        if status >= 400 and data.startswith(b"{"):
            answer = json.loads(data)
            word = answer.get("code") or answer.get("reason", "")
        self.row(phase, name or f"{method} {path}", f"{status} {word}, {seconds:.2f} s",
                 status in expected and seconds <= 2)
        return data if status in (200, 201) else None

    def wait(self, phase, what, id, until, seconds):
        """Waits for a job, and notes how long it took."""
        start = time.monotonic()
        try:
            job = self.server.wait(id, until, seconds)
        except RuntimeError as error:
            return self.row(phase, what, f"{error}"[:300], False)
        reason = job["failure"] or ""
        self.row(phase, what, f"{job['state']} after {time.monotonic() - start:.1f} s"
                 + (f": {reason}" if reason else ""), True)
        return job


def trouble(trial, phase, begin, end, wait):
    """Jobs run; the disk becomes unusable, the server is asked, and the disk becomes well again."""
    server = trial.server
    running, paused, ending = (
        server.create(CATCH | {"seed": seed})["id"] for seed in (1, 2, 3))
    queued = server.create(CATCH | {"seed": 4})["id"]
    for id in (running, paused, ending):
        server.wait(id, lambda job: job["progress"]["agent_steps"] > 300)
    server.ask("POST", f"/v1/jobs/{paused}/pause")
    taken = server.ask("POST", f"/v1/jobs/{running}/checkpoints")
    # The paused job's place is the queued one's.
    server.wait(queued, lambda job: job["progress"]["agent_steps"] > 0)
    begin()
    trial.wait(phase, "a running job holds still", running,
               lambda job: job["state"] == "paused" and job["failure"], wait)
    for method, path, expected in [
            ("GET", "/livez", (200,)), ("GET", "/readyz", (503,)), ("GET", "/v1/jobs", (200,)),
            ("GET", f"/v1/jobs/{running}/metrics", (200,)), ("GET", "/metrics", (200,)),
            ("GET", f"/v1/jobs/{running}/frame.png", (200,)),
            ("GET", f"/v1/checkpoints/{json.loads(taken[1])['id']}/model.safetensors", (200,))]:
        trial.ask(phase, method, path, expected, name=f"{method} {path}"
                  .replace(running, "ID").replace(json.loads(taken[1])["id"], "ID"))
    refused = (507,)
    trial.ask(phase, "POST", "/v1/jobs", refused, CATCH)
    trial.ask(phase, "POST", f"/v1/jobs/{running}/checkpoints", refused,
              name="POST /v1/jobs/ID/checkpoints")
    trial.ask(phase, "POST", f"/v1/jobs/{ending}/stop", (200, *refused), name="POST /v1/jobs/ID/stop")
    trial.ask(phase, "POST", f"/v1/jobs/{paused}/stop", (200, *refused),
              name="POST /v1/jobs/ID/stop of a paused job")
    end()
    trial.wait(phase, "it goes on by itself when there is room", running,
               lambda job: job["state"] == "running", 15)
    for id in (ending, paused):
        trial.wait(phase, "what was stopped ends", id, lambda job: job["state"] == "stopped", 15)
    for id in (running, queued):
        trial.ask(phase, "POST", f"/v1/jobs/{id}/stop", (200,), name="POST /v1/jobs/ID/stop after it")
    for id in (running, paused, ending, queued):
        trial.ask(phase, "DELETE", f"/v1/jobs/{id}", (204,), name="DELETE /v1/jobs/ID after it")


def fill(disk):
    """Leaves not a byte of room."""
    with open(disk / "filler", "wb", buffering=0) as file:
        for size in (1 << 20, 4096, 512, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                pass


def remount(disk, how):
    subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True)


def full_and_freed_by_deletion(trial):
    """Stop and delete make room themselves."""
    phase, server = "full, and room is made by deleting", trial.server
    old = server.create(CATCH | {"seed": 5})["id"]
    server.wait(old, lambda job: job["progress"]["agent_steps"] > 300)
    for _ in range(2):
        server.ask("POST", f"/v1/jobs/{old}/checkpoints")
    server.ask("POST", f"/v1/jobs/{old}/stop")
    new = server.create(CATCH | {"seed": 6})["id"]
    server.wait(new, lambda job: job["progress"]["agent_steps"] > 300)
    fill(trial.disk)
    trial.wait(phase, "a running job holds still", new,
               lambda job: job["state"] == "paused" and job["failure"], 40)
    trial.ask(phase, "DELETE", f"/v1/jobs/{old}", (204,), name="DELETE of an ended job")
    trial.wait(phase, "the other goes on in its room", new,
               lambda job: job["state"] == "running", 30)
    trial.ask(phase, "POST", f"/v1/jobs/{new}/stop", (200,), name="POST /v1/jobs/ID/stop")
    (trial.disk / "filler").unlink()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=160, help="MiB of the disk")
    parser.add_argument("--seconds", type=float, default=40,
                        help="how long a job may take to hold still")
    arguments = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="disk-"))
    disk = folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={arguments.size}m", "tmpfs", str(disk)],
                   check=True)
    server = Server(disk / "data", "--max-running-jobs", "3")
    server.log = folder / "log"
    print("| while the disk is | what | how it went | as expected |\n|---|---|---|---|", flush=True)
    trial = None
    try:
        trial = Trial(server.start(), disk)
        trouble(trial, "full", lambda: fill(disk), lambda: (disk / "filler").unlink(),
                arguments.seconds)
        full_and_freed_by_deletion(trial)
        code, seconds = server.end()
        trial.row("well again", "SIGTERM", f"exit code {code} after {seconds:.2f} s", code == 0)
        remount(disk, "ro")
        try:
            server.start()
            trial.row("read-only at the start", "start", "it starts", False)
        except RuntimeError as error:
            trial.row("read-only at the start", "start", f"{error}"[-200:],
                      "ead-only" in f"{error}")
        remount(disk, "rw")
        fill(disk)
        try:
            server.start()
            trial.ask("full at the start", "GET", "/v1/jobs", (200,))
            code, seconds = server.end()
            trial.row("full at the start", "SIGTERM", f"exit code {code} after {seconds:.2f} s",
                      code == 0)
        except RuntimeError as error:
            trial.row("full at the start", "start", f"{error}"[-300:], "disk" in f"{error}")
        (disk / "filler").unlink()
        server.start()
        trial.ask("well again", "GET", "/readyz", (200,))
        server.end()
    finally:
        server.kill()
        time.sleep(0.2)
        subprocess.run(["umount", "-l", str(disk)], check=False)
        subprocess.run(["rm", "-r", str(folder)], check=False)
    print(f"{trial.faults} otherwise than expected")
    sys.exit(1 if trial.faults else 0)


if __name__ == "__main__":
    main()
