#!/usr/bin/env python3
"""Measures our server and its peers in turn, in one run, and writes tables with the ratios.

usage: bench.py [--rounds N] [--seconds N] [--servers a,b,...] [--loads a,b,...]

Each round starts every server once; a server has one core, the load the other. Ratios are taken
within a round and their median is quoted, since what a shared machine gives changes by the minute.
"""

import argparse
import datetime
import json
import pathlib
import random
import re
import statistics
import subprocess
import tempfile

import servers

RESULTS = servers.ROOT / "Sources/dqn-bench/Results"
WRK = servers.PEERS / "wrk"
SERVERS = "own,own+log,own+poll,nginx,nginx+log,c-epoll,nio,hummingbird,flyingfox,node"
LOADS = "hello-1,hello-32,hello-256,pipelined-32,binary-1,binary-32,json-1,json-32"
SIDE = 84
FRAMES = 4
UNITS = {"us": 1, "ms": 1e3, "s": 1e6, "m": 6e7}


def write_bodies(folder):
    """A stack of frames as bytes and as nested integers; most pixels of a game are few values."""
    chooser = random.Random(84)
    palette = [0, 0, 0, 74, 87, 110, 142, 200, 214, 236]
    pixels = [
        chooser.choice(palette) if chooser.random() < 0.9 else chooser.randrange(256)
        for _ in range(SIDE * SIDE * FRAMES)
    ]
    (folder / "frames.bin").write_bytes(bytes(pixels))
    at = iter(pixels)
    rows = [[[next(at) for _ in range(FRAMES)] for _ in range(SIDE)] for _ in range(SIDE)]
    (folder / "frames.json").write_text(json.dumps(rows, separators=(",", ":")))


def load_command(load, port, folder, seconds, server):
    kind, connections = load.rsplit("-", 1)
    words = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s"]
    suffix = "-task" if server == "own+task" else ""
    path = {"hello": "/hello" + suffix, "pipelined": "/hello" + suffix, "binary": "/bin",
            "json": "/json" + suffix}[kind]
    extra = []
    if kind == "pipelined":
        words += ["-s", WRK / "pipeline.lua"]
    if kind in ("binary", "json"):
        words += ["-s", WRK / "post.lua"]
        name, media = {"binary": ("frames.bin", "application/octet-stream"),
                       "json": ("frames.json", "application/json")}[kind]
        extra = ["--", folder / name, media]
    words += [f"http://127.0.0.1:{port}{path}"] + extra
    return ["taskset", "-c", "1"] + [str(word) for word in words]


def microseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)([a-z]+)", text).groups()
    return float(number) * UNITS[unit]


def measure(load, port, folder, seconds, server, pid):
    before = servers.cpu_seconds(pid)
    output = subprocess.run(
        load_command(load, port, folder, seconds, server),
        capture_output=True, text=True, timeout=seconds + 60, check=True,
    ).stdout
    requests = int(re.search(r"(\d+) requests in", output)[1])
    result = {
        "requests_per_second": float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]),
        "cpu_microseconds_per_request":
            (servers.cpu_seconds(pid) - before) / max(requests, 1) * 1e6,
        "errors": " ".join(re.findall(r"(?:Non-2xx|Socket errors).*", output)),
    }
    for percent in ("50", "99"):
        found = re.search(r"^\s+" + percent + r"%\s+(\S+)", output, re.MULTILINE)
        result[f"p{percent}_microseconds"] = microseconds(found[1]) if found else None
    return result


def run(arguments):
    samples = {}
    names = arguments.servers.split(",")
    loads = arguments.loads.split(",")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        write_bodies(folder)
        for round_number in range(arguments.rounds):
            for name in names:
                port = servers.free_port()
                command, environment = servers.command(name, port, folder)
                with servers.running(command, port, environment, cpu=0) as process:
                    for load in loads:
                        if name == "flyingfox" and load.startswith("pipelined"):
                            continue
                        sample = measure(
                            load, port, folder, arguments.seconds, name, process.pid)
                        sample["resident_bytes"] = servers.resident_bytes(process.pid)
                        samples.setdefault((name, load), []).append(sample)
                        print(round_number + 1, name, load,
                              round(sample["requests_per_second"]), sample["errors"], flush=True)
    return names, loads, samples


def median(values):
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def summary(names, loads, samples):
    rows = []
    for name in names:
        for load in loads:
            if (name, load) not in samples:
                continue
            mine = samples[name, load]
            row = {"server": name, "load": load, "rounds": len(mine)}
            for key in mine[0]:
                if key != "errors":
                    row[key] = median([sample[key] for sample in mine])
            row["errors"] = sorted({sample["errors"] for sample in mine if sample["errors"]})
            own = samples.get(("own", load), [])
            row["own_ratio"] = median([
                ours["requests_per_second"] / theirs["requests_per_second"]
                for ours, theirs in zip(own, mine)
            ])
            rows.append(row)
    return rows


def short(number):
    return f"{number / 1000:.1f}k" if number >= 1000 else f"{number:.0f}"


def table(title, columns, names, cell):
    lines = [f"\n{title}\n", "| server | " + " | ".join(columns) + " |",
             "|---" * (len(columns) + 1) + "|"]
    for name in names:
        cells = [cell(name, column) for column in columns]
        if any(cells):
            lines.append(f"| {name} | " + " | ".join(text or "–" for text in cells) + " |")
    return "\n".join(lines)


def report(names, loads, rows):
    by_key = {(row["server"], row["load"]): row for row in rows}

    def rate(name, load):
        row = by_key.get((name, load))
        if not row:
            return ""
        text = f"{short(row['requests_per_second'])} · {row['p50_microseconds'] or 0:.0f}"
        return text + f" / {row['p99_microseconds'] or 0:.0f}" + (" !" if row["errors"] else "")

    def ratio(name, load):
        row = by_key.get((name, load))
        return f"{row['own_ratio']:.2f}" if row and row["own_ratio"] else ""

    def cost(name, load):
        row = by_key.get((name, load))
        return f"{row['cpu_microseconds_per_request']:.1f}" if row else ""

    return "\n".join([
        "# HTTP, side by side",
        "",
        "Server on one core, wrk on the other, all servers in turn in each round. `own` has "
        "dates, limits, deadlines, request ids and counters on; `own+log` writes a line of JSON "
        "a request as well, `own+poll` looks for work for 50 µs before it sleeps. Peers are the "
        "small programs in `Peers/HTTP`, without logs unless named; nginx and the C loop do "
        "not look into bodies. Programs in Swift have the runtime linked in.",
        table("Requests a second · median / 99th percentile of latency in µs:", loads, names, rate),
        table("Ours ÷ theirs, requests a second, median of the rounds:", loads, names, ratio),
        table("Server's processor time a request, µs:", loads, names, cost),
        "",
    ])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--servers", default=SERVERS)
    parser.add_argument("--loads", default=LOADS)
    parser.add_argument("--name", default="HTTP", help="of the two files in Results")
    arguments = parser.parse_args()
    names, loads, samples = run(arguments)
    rows = summary(names, loads, samples)
    RESULTS.mkdir(exist_ok=True)
    text = report(names, loads, rows)
    (RESULTS / f"{arguments.name}.md").write_text(text)
    (RESULTS / f"{arguments.name}.json").write_text(json.dumps({
        "date": datetime.date.today().isoformat(),
        "rounds": arguments.rounds, "seconds": arguments.seconds, "results": rows,
    }, indent=1) + "\n")
    print(text)


if __name__ == "__main__":
    main()
