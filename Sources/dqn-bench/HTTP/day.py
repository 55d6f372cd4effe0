#!/usr/bin/env python3
"""A day in the life of the server, in some five minutes.

usage: day.py [--jobs N] [--seconds N] [--full-seconds N] [--watchers N] [--size MIB] [--keep]

Jobs come in by twos with the same Idempotency-Key, event streams are watched and come back after
cuts, Q-values are asked for, jobs are paused, resumed and deleted, checkpoints fetched, the database
is backed up and vacuumed by others, the disk is full for a while, and the server is ended once by
SIGTERM and once by SIGKILL. A table says what was done; what was lost is printed, and exits with 1.

The data lies on a tmpfs that is mounted for it, which needs root; without, the full disk is left out.
"""

import argparse
import collections
import hashlib
import http.client
import json
import pathlib
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
SERVER = ROOT / ".build/release/dqn-server"
READERS = pathlib.Path(__file__).with_name("day_readers.py")
ENDED = ("completed", "stopped", "failed")
STATES = {"routes": 4, "frozen-lake": 16, "cartpole": 4}
SAMPLED = 4


class Day:
    """What all threads share."""

    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder
        self.data = folder / "disk/data"
        self.process, self.port, self.generation = None, 0, 0
        self.phase, self.phase_since = "start", time.monotonic()
        self.over = threading.Event()
        self.gate = threading.RLock()  # Held by whatever changes jobs.
        self.lock = threading.Lock()
        self.local = threading.local()
        self.faults, self.counts = [], collections.Counter()
        self.jobs, self.ended, self.deleted = {}, {}, {}
        self.gone = set()  # Those deleted jobs whose DELETE was answered.
        self.checkpoints = {}
        self.latency = collections.defaultdict(list)
        self.codes = collections.Counter()
        self.began = time.monotonic()

    def fault(self, text):
        """Something that must not be."""
        with self.lock:
            if len(self.faults) < 1000:
                self.faults.append(f"{time.monotonic() - self.began:.1f} s, {self.phase}: {text}")

    def note(self, text):
        """A line for whoever watches."""
        print(f"{time.monotonic() - self.began:6.1f} s  {text}", file=sys.stderr, flush=True)

    def set_phase(self, phase):
        """From now on other answers are expected."""
        self.phase, self.phase_since = phase, time.monotonic()
        self.note(phase)

    def ask(self, method, path, body=None, headers=None, timeout=30):
        """The status and the bytes of an answer; 0 where the server was not reached."""
        phase = self.phase
        connection = getattr(self.local, "connection", None)
        # The server closes what rests for long; another connection is made before it does.
        if connection is None or self.local.generation != self.generation \
                or time.monotonic() - self.local.used > 3:
            if connection:
                connection.close()
            connection = http.client.HTTPConnection("127.0.0.1", self.port)
            self.local.connection, self.local.generation = connection, self.generation
        connection.timeout = timeout
        if connection.sock:
            connection.sock.settimeout(timeout)
        self.local.used = time.monotonic()
        headers = dict(headers or {})
        if isinstance(body, dict):
            body = json.dumps(body)
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            status, data = response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            self.local.connection = None
            if "restart" not in (phase, self.phase):
                self.fault(f"{method} {path}: {error!r}")
            return 0, b""
        with self.lock:
            self.codes[status] += 1
            self.counts["requests"] += 1
        expected = status in (503, 507) and (
            "restart" in (phase, self.phase) or "full" in (phase, self.phase)
            or "vacuum" in (phase, self.phase))
        if status >= 500 and not expected:
            self.fault(f"{method} {path}: {status} {data[:300].decode(errors='replace')}")
        return status, data

    def get(self, path):
        """The JSON of an answer; None where it was not 200."""
        status, data = self.ask("GET", path)
        return json.loads(data) if status == 200 else None

    def every_job(self):
        """All jobs as the list has them, by id; None where it could not be had."""
        jobs, cursor = {}, ""
        for _ in range(20):
            page = self.get(f"/v1/jobs?limit=1000{cursor}")
            if page is None:
                return None
            jobs |= {job["id"]: job for job in page["jobs"]}
            if page["next"] is None:
                return jobs
            cursor = f"&after={page['next']}"
        return jobs

    def every_checkpoint(self):
        """The sha256 of all checkpoints, by id."""
        found, cursor = {}, ""
        for _ in range(200):
            page = self.get(f"/v1/checkpoints?limit=1000{cursor}")
            if page is None:
                return None
            found |= {each["id"]: each["sha256"] for each in page["checkpoints"]}
            if page["next"] is None:
                return found
            cursor = f"&after={page['next']}"
        return found

    def start(self):
        """Starts the server, at the port it had before."""
        self.errors = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(
            [SERVER, "serve", "--port", str(self.port), "--data", self.data, "--max-running-jobs",
             "4", "--no-access-log"], cwd=ROOT, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the server does not start: "
                             + (self.folder / "log").read_text()[-500:])
        self.port = int(line.rsplit(":", 1)[1])
        self.generation += 1

    def memory(self, field):
        """VmRSS or VmHWM of the server in MiB."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(text.split(f"{field}:")[1].split()[0]) / 1024


def plan(number):
    """The requests for so many jobs; the first two run until they are stopped."""
    endless = {"evaluation": {"stop_at_mean_return": None}}
    long = [{"preset": "cartpole", "total_agent_steps": 100_000_000, "seed": 1},
            {"preset": "catch", "total_agent_steps": 100_000_000, "seed": 2, **endless}]
    big = [{"preset": "routes", "total_agent_steps": 600_000} for _ in range(5)]
    rest = [{"preset": "catch", "total_agent_steps": 1_000}]
    rest += [{"preset": "cartpole", "total_agent_steps": random.randrange(1_000, 3_000)}
             for _ in range(number // 23)]
    rest += [{"preset": "frozen-lake", "total_agent_steps": random.randrange(5_000, 50_000)}
             for _ in range(number // 5)]
    rest += [{"preset": "routes", "total_agent_steps": random.randrange(1_000, 12_000)}
             for _ in range(number - len(long) - len(big) - len(rest))]
    random.shuffle(rest)
    for index, request in enumerate(big):
        rest.insert((index + 1) * len(rest) // 6, request)
    return long + [request | {"seed": 10 + n} for n, request in enumerate(rest)]


def post_job(day, number, request):
    """Asks for a job twice at the same moment with one key; returns its id."""
    start = threading.Barrier(2)
    found, refused = [None, None], []

    def one(place):
        """Asks until it is answered with a job, for a minute and a half."""
        start.wait(10)
        for _ in range(180):
            status, data = day.ask("POST", "/v1/jobs", request, {"Idempotency-Key": f"day-{number}"})
            if day.phase == "full":
                refused.append(("full", status))
            if status in (200, 201):
                found[place] = json.loads(data)["id"]
                return
            if status in (503, 507):
                if day.phase != "full":
                    refused.append((day.phase, status))
            elif status:
                day.fault(f"POST /v1/jobs: {status} {data[:300].decode()}")
                return
            time.sleep(0.5)

    threads = [threading.Thread(target=one, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(180)
    with day.lock:
        for phase, status in refused:
            day.counts[f"POST /v1/jobs, {phase}: {status}"] += 1
    if found[0] is None or found[0] != found[1]:
        day.fault(f"the ids of one key differ: {found}")
    if found[0]:
        if found[0] in day.jobs:
            day.fault(f"{found[0]} was given to two keys")
        day.jobs[found[0]] = request
    return found[0]


def every(day, seconds, work, gated=False):
    """A thread that does something again and again until the day is over."""
    def run():
        while not day.over.wait(seconds):
            try:
                if gated:
                    with day.gate:
                        work(day)
                else:
                    work(day)
            except Exception as error:
                if day.phase != "restart":
                    day.fault(f"{work.__name__}: {error!r}")
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def look_at_jobs(day):
    """The list: what has ended stays as it is, what was deleted stays away."""
    gone = set(day.gone)
    jobs = day.every_job()
    if jobs is None:
        return
    compare_jobs(day, jobs, gone)


def compare_jobs(day, jobs, gone):
    """Holds a list of jobs to what is known of them."""
    for id, job in jobs.items():
        if id in gone:
            day.fault(f"{id} was deleted and is in the list")
        if id in day.ended and job != day.ended[id]:
            day.fault(f"{id} had ended and is another: {day.ended[id]} {job}")
        if job["state"] in ENDED:
            day.ended.setdefault(id, job)
        if job["state"] == "failed":
            day.fault(f"{id} failed: {job['failure']}")
    for id in list(day.ended):
        if id not in jobs and id not in day.deleted:
            day.fault(f"{id} had ended and is not in the list")


def look_at_one(day):
    """GET /v1/jobs/{id} of any job."""
    id = random.choice(list(day.jobs))
    start = time.monotonic()
    status, _ = day.ask("GET", f"/v1/jobs/{id}")
    if status == 200:
        day.latency["GET /v1/jobs/{id}"].append(time.monotonic() - start)
    elif status == 404 and id not in day.deleted or status not in (0, 200, 404, 503):
        day.fault(f"GET /v1/jobs/{id}: {status}")


def ask_for_q_values(day):
    """Q-values of a model whose job has ended, a new one or an old one."""
    models = [id for id in day.ended if id not in day.deleted]
    if not models:
        return
    id = random.choice(models)
    environment = day.ended[id]["environment"]
    if environment in STATES:
        state = [0] * STATES[environment]
        state[random.randrange(len(state))] = 1
        body, headers = {"states": [state]}, {}
    else:
        body, headers = bytes(28224), {"Content-Type": "application/octet-stream"}
    start = time.monotonic()
    status, data = day.ask("POST", f"/v1/models/{id}/q-values", body, headers)
    if status == 200:
        day.latency["POST …/q-values"].append(time.monotonic() - start)
    elif status in (404, 409) and id in day.deleted:
        day.counts["Q-values of a model just deleted"] += 1
    elif status == 409 and day.ended[id]["state"] == "stopped" and b"no_checkpoint" in data:
        day.counts["Q-values of a job that was stopped before its first checkpoint: 409"] += 1
    elif status not in (0, 503):
        day.fault(f"q-values of {id} ({environment}): {status} {data[:200].decode()}")


def look_at_metrics(day, known={}):
    """/metrics: what is called a counter never falls."""
    generation = day.generation
    status, data = day.ask("GET", "/metrics")
    if status != 200 or generation != day.generation:
        return
    now = {}
    for line in data.decode().splitlines():
        name, _, value = line.rpartition(" ")
        if not line.startswith("#") and re.search(r"_(total|count|bucket|sum)(\{|$)", name):
            now[name] = float(value)
    before, old = known.get("values", {}), known.get("generation", generation)
    for name, value in before.items():
        if old == generation or name.startswith("dqn_train_"):
            if now.get(name, 0) < value:
                text = f"{name} fell from {value:.0f} to {now.get(name, 0):.0f}"
                if generation != old and day.killed == generation:
                    day.counts["counters that fell with SIGKILL"] += 1
                    day.note(text)
                else:
                    day.fault(text)
    known["values"], known["generation"] = now, generation
    day.counts["looks at /metrics"] += 1


def back_up(day):
    """Copies the database while it is in use, and checks the copy."""
    target = day.folder / "backup.sqlite"
    target.unlink(missing_ok=True)
    source = sqlite3.connect(day.data / "runs.sqlite", timeout=10)
    copy = sqlite3.connect(target)
    try:
        source.backup(copy)
        answer = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if answer != "ok":
            day.fault(f"a copy of the database is damaged: {answer}")
        day.counts["backups, integrity_check ok"] += answer == "ok"
    except sqlite3.OperationalError as error:
        if day.phase not in ("full", "restart"):
            day.fault(f"backup: {error}")
    finally:
        source.close()
        copy.close()


def vacuum(day):
    """VACUUM by another program, which may have to try again."""
    day.set_phase("vacuum")
    for _ in range(10):
        database = sqlite3.connect(day.data / "runs.sqlite", timeout=5, isolation_level=None)
        try:
            database.execute("VACUUM")
            day.counts["VACUUM done"] += 1
            break
        except sqlite3.OperationalError as error:
            day.counts[f"VACUUM refused ({error})"] += 1
            time.sleep(1)
        finally:
            database.close()
    time.sleep(1)
    day.set_phase("day")


def pause_or_resume(day):
    """Holds the long job still or lets it go on."""
    if day.phase != "day":
        return
    job = day.get(f"/v1/jobs/{day.held}")
    if job is None or job["state"] not in ("running", "paused"):
        return
    paused = job["state"] == "paused"
    status, data = day.ask("POST", f"/v1/jobs/{day.held}/{'resume' if paused else 'pause'}")
    state = json.loads(data).get("state") if status == 200 else None
    if state not in (("running", "queued") if paused else ("paused",)):
        day.fault(f"{day.held} was {job['state']}, asked otherwise: {status} {data[:200].decode()}")
    day.counts["pauses and resumes"] += 1


def take_checkpoint(day, number=[0]):
    """A checkpoint of a long job: its file has the sha256 that was said."""
    number[0] += 1
    id = day.held if number[0] % 4 == 0 else day.watched
    status, data = day.ask("POST", f"/v1/jobs/{id}/checkpoints")
    if status == 201:
        record = json.loads(data)
        day.checkpoints[record["id"]] = record["sha256"]
        fetch_checkpoint(day, record["id"], record["sha256"])
        day.counts["checkpoints taken"] += 1
    elif status not in (0, 409, 503, 507):
        day.fault(f"POST /v1/jobs/{id}/checkpoints: {status} {data[:200].decode()}")


def fetch_checkpoint(day, id, sha256):
    """Fetches a checkpoint's file and compares it."""
    for _ in range(3):
        status, data = day.ask("GET", f"/v1/checkpoints/{id}/model.safetensors")
        if status:
            break
    if status != 200 or hashlib.sha256(data).hexdigest() != sha256:
        day.fault(f"checkpoint {id}: {status}, {len(data)} bytes, not the sha256 that was said")
    day.counts["checkpoints fetched, sha256 equal"] += status == 200


def delete_one(day):
    """Forgets a small job that has ended."""
    small = [id for id in day.ended if id not in day.deleted and id in day.jobs
             and day.jobs[id]["total_agent_steps"] < 100_000]
    if len(small) < 10:
        return
    id = random.choice(small)
    # From here on a 404 is right; whether it is gone is known when it was answered.
    day.deleted[id] = day.ended[id]
    status, data = day.ask("DELETE", f"/v1/jobs/{id}")
    if status == 204:
        day.gone.add(id)
        day.counts["jobs deleted"] += 1
        if day.ask("GET", f"/v1/jobs/{id}")[0] not in (0, 404):
            day.fault(f"{id} was deleted and is there")
    elif status in (503, 507):
        del day.deleted[id]
    else:
        day.fault(f"DELETE /v1/jobs/{id}: {status} {data[:200].decode()}")


def reasons_of_pauses(day, id, since):
    """Why a job was paused since a time, by its events; None where nothing was said."""
    found, text = [], b""
    with socket.create_connection(("127.0.0.1", day.port), timeout=2) as connection:
        connection.sendall(f"GET /v1/jobs/{id}/events HTTP/1.0\r\nHost: 127.0.0.1\r\n"
                           "Last-Event-ID: 0\r\n\r\n".encode())
        end = time.monotonic() + 3
        try:
            while time.monotonic() < end and (data := connection.recv(1 << 18)):
                text += data
        except TimeoutError:
            pass
    for line in re.findall(rb"^event: state\ndata: (.*)$", text, re.MULTILINE):
        event = json.loads(line)
        if event["state"] == "paused" and event["time"] >= since:
            found.append(event["reason"])
    return found


def full_disk(day):
    """Fills the disk, looks at what goes on, makes room, and waits until all is well."""
    with day.gate:
        if (day.get(f"/v1/jobs/{day.held}") or {}).get("state") == "paused":
            day.ask("POST", f"/v1/jobs/{day.held}/resume")
        day.set_phase("full")
    posts, last_post = collections.Counter(), 0
    fill, end = day.folder / "disk/fill", time.monotonic() + day.arguments.full_seconds
    seen, unready, held = collections.Counter(), None, set()
    start, since = time.monotonic(), time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
    with open(fill, "ab", buffering=0) as file:
        while time.monotonic() < end:
            try:
                while True:
                    file.write(bytes(1 << 20))
            except OSError:
                pass
            try:
                file.write(bytes(4096))
            except OSError:
                pass
            status, data = day.ask("GET", "/readyz")
            if status == 503:
                unready = unready or time.monotonic() - start
                if "no room" not in json.loads(data).get("reason", ""):
                    day.fault(f"the disk is full and /readyz says {data.decode()}")
            elif status == 200 and time.monotonic() - start > 5:
                day.fault("the disk is full and /readyz says 200")
            for id in (day.watched, day.held):
                job = day.get(f"/v1/jobs/{id}")
                if job is None or job["state"] not in ("running", "paused"):
                    day.fault(f"the disk is full, and {id} is {job and job['state']}")
                else:
                    seen[job["state"]] += 1
                    if job["state"] == "paused":
                        held.add(id)
            if unready and time.monotonic() > last_post + 2:
                last_post = time.monotonic()
                request = {"preset": "routes", "total_agent_steps": 1_000, "seed": 5}
                status, data = day.ask(
                    "POST", "/v1/jobs", request, {"Idempotency-Key": f"full-{sum(posts.values())}"})
                posts[status] += 1
                if status == 201:
                    # It was said to be kept, so it must be there at the end.
                    day.jobs[json.loads(data)["id"]] = request
                elif status not in (503, 507):
                    day.fault(f"the disk is full, POST /v1/jobs: {status} {data[:200].decode()}")
            time.sleep(0.3)
    before = [day.get(f"/v1/jobs/{id}")["progress"]["agent_steps"]
              for id in (day.watched, day.held)]
    day.counts["seconds with a full disk"] = round(time.monotonic() - start)
    fill.unlink()
    start, ready, going = time.monotonic(), None, None
    while time.monotonic() < start + 60 and not (ready and going):
        if day.ask("GET", "/readyz")[0] == 200:
            ready = ready or time.monotonic() - start
        jobs = [day.get(f"/v1/jobs/{id}") for id in (day.watched, day.held)]
        if ready and all(job and job["state"] == "running" for job in jobs) \
                and all(job["progress"]["agent_steps"] > steps
                        for job, steps in zip(jobs, before)):
            going = time.monotonic() - start
        time.sleep(0.2)
    if not ready or not going:
        day.fault(f"a minute after the full disk: ready {ready}, going on {going}")
    why = []
    for id in held:
        said = reasons_of_pauses(day, id, since)
        why += [re.sub(r"(/\S+)?/(data|checkpoints)\b\S*", r"…/\2", str(reason)) for reason in said]
        if not said or None in said:
            day.fault(f"{id} was paused by the full disk, and its events say no reason: {said}")
    day.full = (
        f"/readyz 503 after {unready or -1:.1f} s; of looks at the two long jobs "
        + ", ".join(f"{number} {state}" for state, number in seen.items())
        + (f" (“{why[0]}”)" if why else "") + "; a POST /v1/jobs every 2 s: "
        + ", ".join(f"{status} × {number}" for status, number in posts.items())
        + f"; with room again, ready after {ready or -1:.1f} s, both jobs going on after "
        f"{going or -1:.1f} s")
    time.sleep(3)
    day.set_phase("day")


def restart(day, kind, burst):
    """Ends the server and starts it again: nothing that it had said is lost."""
    with day.gate:
        if kind == signal.SIGTERM and day.get(f"/v1/jobs/{day.held}")["state"] == "running":
            day.ask("POST", f"/v1/jobs/{day.held}/pause")
        for number, request in burst:
            post_job(day, number, request)
        before, files = day.every_job(), day.every_checkpoint()
        gone = set(day.gone)
        day.set_phase("restart")
        resident, start = day.memory("VmRSS"), time.monotonic()
        day.process.send_signal(kind)
        try:
            code = day.process.wait(20)
        except subprocess.TimeoutExpired:
            day.fault(f"{kind.name}: it does not end in 20 s")
            day.process.kill()
            code = day.process.wait(20)
        took = time.monotonic() - start
        if kind == signal.SIGTERM and (code != 0 or took > 5):
            day.fault(f"SIGTERM: exit code {code} after {took:.1f} s")
        if kind == signal.SIGKILL:
            day.killed = day.generation + 1
        start = time.monotonic()
        day.start()
        began = time.monotonic() - start
        after, now = day.every_job(), day.every_checkpoint()
        changes = collections.Counter()
        for id, job in before.items():
            if id not in after:
                day.fault(f"{kind.name}: {id} ({job['state']}) is gone")
                continue
            old, new = job["state"], after[id]["state"]
            changes[f"{old} → {new}"] += old not in ENDED
            allowed = {"running": ("running", "queued", "completed"), "paused": ("paused",),
                       "queued": ("queued", "running", "completed")}.get(old, (old,))
            stopped = kind == signal.SIGKILL and old in ("running", "queued", "paused") \
                and new == "stopped" and after[id]["failure"] and after[id]["started_at"]
            if new not in allowed and not stopped:
                day.fault(f"{kind.name}: {id} was {old} and is {new} ({after[id]['failure']})")
            if stopped:
                day.note(f"{id} ({job['name']}, {old}) is stopped: {after[id]['failure']}")
            if after[id]["progress"]["agent_steps"] < job["progress"]["agent_steps"]:
                day.counts[f"jobs with fewer steps after {kind.name}"] += 1
        compare_jobs(day, after, gone)
        for id, sha256 in (files | day.checkpoints).items():
            if now.get(id) != sha256 and id.rpartition("-")[0] not in day.deleted:
                day.fault(f"{kind.name}: checkpoint {id} is gone or another: {now.get(id)}")
        sample = random.sample(sorted(files), min(60, len(files))) + list(day.checkpoints)
        for id in sample:
            if id.rpartition("-")[0] not in day.deleted and id in now:
                fetch_checkpoint(day, id, (files | day.checkpoints)[id])
        day.ends.append((kind.name, f"exit code {code} after {took:.1f} s, listening again after "
                         f"{began:.1f} s; {', '.join(f'{n} {c}' for c, n in changes.items() if n)}; "
                         f"{len(files):,} checkpoints listed before, {len(now):,} after; "
                         f"resident {resident:.0f} MiB before"))
        renew_long_jobs(day, after)
    time.sleep(2)
    day.set_phase("day")


def renew_long_jobs(day, jobs):
    """Where a long job was stopped by a kill, another takes its place."""
    for name in ("watched", "held"):
        old = getattr(day, name)
        if jobs[old]["state"] in ENDED:
            request = day.jobs[old] | {"seed": 99}
            setattr(day, name, post_job(day, f"{name}-again", request))
            day.counts["long jobs begun anew after the kill"] += 1


class Readers:
    """A process of watchers."""

    def __init__(self, day, path, count):
        self.process = subprocess.Popen(
            [sys.executable, "-B", READERS, str(day.port), path, str(count),
             str(min(SAMPLED, count)), "15"], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.process.stdout.readline()

    def result(self, day, deleted):
        """What they have seen; their process ends."""
        self.process.stdin.write(json.dumps({"deleted": list(deleted)}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        self.process.wait(20)
        if not line:
            day.fault("the watchers have ended without a word")
            return None
        found = json.loads(line)
        for fault in found["faults"]:
            day.fault(f"watchers: {fault}")
        return found


def count_points(day, ids):
    """The lines of all metrics as CSV."""
    points = 0
    for id in ids:
        status, data = day.ask("GET", f"/v1/jobs/{id}/metrics?format=csv", timeout=120)
        if status != 200:
            day.fault(f"metrics of {id}: {status}")
        points += max(data.count(b"\n") - 1, 0)
    return points


def read_log(day):
    """Lines of the log by message; each is JSON."""
    messages = collections.Counter()
    for line in (day.folder / "log").read_text(errors="replace").splitlines():
        try:
            entry = json.loads(line)
            messages[entry["level"], entry["message"]] += 1
        except (ValueError, KeyError, TypeError):
            day.fault(f"a line of the log is not JSON: {line[:200]}")
    return messages


def quantiles(seconds):
    """The median, the 95th percentile and the largest, in ms."""
    ordered = sorted(seconds) or [0]
    return [1000 * ordered[min(int(len(ordered) * part), len(ordered) - 1)]
            for part in (0.5, 0.95, 1)]


def wait_for_ends(day):
    """All but the long jobs come to their end, then these are stopped."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        jobs = day.every_job() or {}
        open_jobs = [id for id, job in jobs.items() if job["state"] not in ENDED]
        if set(open_jobs) <= {day.watched, day.held}:
            break
        time.sleep(0.5)
    else:
        day.fault(f"these do not end: {open_jobs}")
    with day.gate:
        day.set_phase("evening")
        for id in open_jobs:
            status, data = day.ask("POST", f"/v1/jobs/{id}/stop")
            if status != 200:
                day.fault(f"stop of {id}: {status} {data[:200].decode()}")
    for _ in range(100):
        jobs = day.every_job() or {}
        if all(job["state"] in ENDED for job in jobs.values()):
            return
        time.sleep(0.2)
    day.fault("the long jobs do not stop")


def live(day, readers, has_disk):
    """The day itself. Returns the rows of the table."""
    arguments = day.arguments
    requests = list(enumerate(plan(arguments.jobs)))
    day.ends, day.full, day.killed = [], "left out", None
    day.start()
    time.sleep(1)
    resident = day.memory("VmRSS")
    day.watched = first = post_job(day, *requests.pop(0))
    day.held = post_job(day, *requests.pop(0))
    half = arguments.watchers // 2
    readers += [Readers(day, f"/v1/jobs/{first}/events", half), Readers(day, "/v1/events", half)]
    day.set_phase("day")
    threads = [
        every(day, 0.02, look_at_one), every(day, 0.02, ask_for_q_values),
        every(day, 1, look_at_metrics), every(day, 3, look_at_jobs), every(day, 15, back_up),
        every(day, 4, pause_or_resume, True), every(day, 4, take_checkpoint, True),
        every(day, 2, delete_one, True),
    ]
    events = [
        (0.15, lambda: vacuum(day)), (0.25, lambda: has_disk and full_disk(day)),
        (0.55, lambda: restart(day, signal.SIGTERM, burst(8))), (0.68, lambda: vacuum(day)),
        (0.75, lambda: restart(day, signal.SIGKILL, burst(8))),
    ]

    def burst(number):
        """The next requests, to be asked for at once."""
        with day.lock:
            taken = requests[:number]
            del requests[:number]
        return taken

    def post_all(posting):
        """Jobs come in all day long."""
        while not day.over.is_set() and time.monotonic() < posting:
            for each in burst(1):
                with day.gate:
                    post_job(day, *each)
            left = max(len(requests), 1)
            time.sleep(min(max((posting - time.monotonic()) / left - 0.1, 0.02), 2))

    start = time.monotonic()
    poster = threading.Thread(target=post_all, args=(start + arguments.seconds * 0.9,), daemon=True)
    poster.start()
    for part, event in events:
        time.sleep(max(start + part * arguments.seconds - time.monotonic(), 0))
        event()
    poster.join(max(start + arguments.seconds - time.monotonic(), 1) + 60)
    for each in burst(len(requests)):
        post_job(day, *each)
    wait_for_ends(day)
    day.over.set()
    for thread in threads:
        thread.join(60)
    jobs = day.every_job()
    day.set_phase("end")
    return rows(day, jobs, [each.result(day, day.deleted) for each in readers], resident, first)


def rows(day, jobs, watched, resident, first):
    """The last checks, and the table."""
    compare_jobs(day, jobs, day.gone)
    for id in day.jobs:
        if (id in jobs) == (id in day.deleted):
            day.fault(f"{id}: in the list {id in jobs}, deleted {id in day.deleted}")
    for id in day.deleted:
        if day.ask("GET", f"/v1/jobs/{id}")[0] != 404:
            day.fault(f"{id} was deleted and is there")
    kept = day.every_checkpoint()
    for id, sha256 in day.checkpoints.items():
        if kept.get(id) != sha256:
            day.fault(f"checkpoint {id} is gone at the end")
    points = count_points(day, jobs)
    memory = day.memory("VmRSS"), day.memory("VmHWM")
    day.process.send_signal(signal.SIGTERM)
    code = day.process.wait(20)
    if code:
        day.fault(f"exit code {code} at the end")
    database = sqlite3.connect(day.data / "runs.sqlite")
    check = database.execute("PRAGMA integrity_check").fetchone()[0]
    database.close()
    if check != "ok":
        day.fault(f"integrity_check: {check}")
    size = (day.data / "runs.sqlite").stat().st_size / 2**20
    states = collections.Counter(job["state"] for job in jobs.values())
    table = [
        ("jobs", f"{len(day.jobs)} asked for twice each, {day.counts.pop('jobs deleted', 0)} deleted; "
         + ", ".join(f"{n} {state}" for state, n in states.items())),
        ("metric points of those kept", f"{points:,}"),
        ("requests", f"{day.counts.pop('requests'):,}: "
         + ", ".join(f"{code} × {n:,}" for code, n in sorted(day.codes.items()))),
    ]
    for title, found in zip(("watchers of one job", "watchers of all jobs"), watched):
        if found:
            table.append((title, f"{found['events']:,} events, {found['bytes'] / 2**20:,.0f} MiB, "
                          f"{found['connections']} connections; {found['behind']} were behind at the "
                          f"end; {SAMPLED} compared with a replay, {found['compared']:,} events"))
    for name, seconds in sorted(day.latency.items()):
        half, most, worst = quantiles(seconds)
        table.append((f"{name}, ms", f"p50 {half:.1f}, p95 {most:.1f}, max {worst:.0f} "
                      f"({len(seconds):,})"))
    table.append(("full disk", day.full))
    table += day.ends
    table += [(name, f"{number:,}") for name, number in sorted(day.counts.items())]
    table += [
        ("resident memory, MiB", f"{resident:.0f} at the start, {memory[0]:.0f} at the end, at most "
         f"{memory[1]:.0f} since the last start"),
        ("database, MiB", f"{size:.1f}, integrity_check {check}"),
    ]
    table += [(f"log, {level}: {message}", f"{number:,}")
              for (level, message), number in sorted(read_log(day).items())]
    return table


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=220,
                        help="until the last job is asked for")
    parser.add_argument("--full-seconds", type=float, default=30)
    parser.add_argument("--watchers", type=int, default=200)
    parser.add_argument("--size", type=int, default=600, help="MiB of the disk")
    parser.add_argument("--keep", help="a file that the log is copied to")
    arguments = parser.parse_args()
    random.seed(1)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "disk").mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={arguments.size}m", "tmpfs",
                                  folder / "disk"], capture_output=True).returncode == 0
        day, readers = Day(arguments, folder), []
        if not mounted:
            day.note("no tmpfs can be mounted here: the full disk is left out")
        table = []
        try:
            table = live(day, readers, mounted)
        finally:
            day.over.set()
            for process in [each.process for each in readers] + [day.process]:
                if process and process.poll() is None:
                    process.kill()
                    process.wait(20)
            if arguments.keep and (folder / "log").exists():
                pathlib.Path(arguments.keep).write_bytes((folder / "log").read_bytes())
            for fault in day.faults[:60]:
                print(fault, file=sys.stderr)
            if mounted:
                time.sleep(0.5)
                subprocess.run(["umount", "-l", folder / "disk"], check=True)
    print("| what | how it went |\n|---|---|")
    for what, how in table:
        print(f"| {what} | {how} |")
    print(f"| faults | {len(day.faults)} |\n{time.monotonic() - day.began:.0f} s")
    sys.exit(1 if day.faults else 0)


if __name__ == "__main__":
    main()
