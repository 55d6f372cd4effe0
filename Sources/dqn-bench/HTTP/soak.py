#!/usr/bin/env python3
"""Keeps a server busy for long, and watches its memory and descriptors.

usage: soak.py [--minutes N]

The load is of all kinds at once: small answers on kept and on new connections, bodies of frames as
bytes and as JSON, handlers on and off the loop, requests in a row, and clients that break off.
"""

import argparse
import pathlib
import random
import re
import socket
import subprocess
import tempfile
import time

import bench
import servers


def break_off(port, number):
    """Clients that leave in the middle of something."""
    pieces = [b"GET /hello HTTP/1.1\r\nHo", b"POST /bin HTTP/1.1\r\nHost: localhost\r\n"
              b"Content-Length: 50000\r\n\r\n" + bytes(1_000), b"\x16\x03\x01", b""]
    for index in range(number):
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(pieces[index % len(pieces)])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60)
    arguments = parser.parse_args()
    port = servers.free_port()
    command = [servers.SWIFT_PEERS / "own-hello", str(port)]
    loads = [("hello-64", "own"), ("json-8", "own+task"), ("binary-16", "own"),
             ("hello-256", "own+task"), ("pipelined-16", "own"), ("json-2", "own")]
    requests = 0
    samples = []
    with tempfile.TemporaryDirectory() as folder, \
            servers.running(command, port, {"LOG": "1"}) as process:
        folder = pathlib.Path(folder)
        bench.write_bodies(folder)
        start = time.monotonic()
        print("| minutes | requests | resident MB | descriptors |\n|---|---|---|---|", flush=True)
        while time.monotonic() - start < arguments.minutes * 60:
            random.shuffle(loads)
            for load, server in loads:
                words = bench.load_command(load, port, folder, 4, server)[3:]
                output = subprocess.run(words, capture_output=True, text=True, check=True).stdout
                requests += int(re.search(r"(\d+) requests in", output)[1])
            break_off(port, 400)
            time.sleep(0.5)
            minutes = (time.monotonic() - start) / 60
            resident = servers.resident_bytes(process.pid) / 1e6
            samples.append((minutes, resident, servers.descriptors(process.pid)))
            print(f"| {minutes:.1f} | {requests:,} | {resident:.1f} | {samples[-1][2]} |",
                  flush=True)
    early = [resident for _, resident, _ in samples[len(samples) // 10:][:5]]
    late = [resident for _, resident, _ in samples[-5:]]
    print(f"resident memory: {sum(early) / len(early):.1f} MB early, "
          f"{sum(late) / len(late):.1f} MB at the end; "
          f"descriptors {samples[0][2]} and {samples[-1][2]}; {requests:,} requests")


main()
