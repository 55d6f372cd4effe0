#!/usr/bin/env python3
"""Opens many connections that only wait, and measures what they cost.

usage: idle.py [--connections N] [--seconds N]

Memory and processor time are the server's own; what the kernel keeps for its sockets is besides.
"""

import argparse
import re
import resource
import socket
import statistics
import subprocess
import time

import servers

GET = b"GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"


def rate(port, seconds):
    output = subprocess.run(
        ["taskset", "-c", "1", "wrk", "-t1", "-c32", f"-d{seconds}s",
         f"http://127.0.0.1:{port}/hello"],
        capture_output=True, text=True, check=True,
    ).stdout
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=10)
    arguments = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    port = servers.free_port()
    command = [servers.SWIFT_PEERS / "own-hello", str(port)]
    with servers.running(command, port, {"IDLE_SECONDS": "3600"}, cpu=0) as process:
        alone = [rate(port, 2) for _ in range(3)]
        before = servers.resident_bytes(process.pid)
        clients = []
        for _ in range(arguments.connections):
            client = socket.create_connection(("127.0.0.1", port))
            client.sendall(GET)
            client.recv(4096)
            clients.append(client)
        after = servers.resident_bytes(process.pid)
        used = servers.cpu_seconds(process.pid)
        time.sleep(arguments.seconds)
        used = servers.cpu_seconds(process.pid) - used
        among = [rate(port, 2) for _ in range(3)]
        alive = sum(1 for client in clients[::100]
                    if client.sendall(GET) is None and client.recv(4096))
        print(f"connections that wait: {len(clients)}, of {len(clients[::100])} asked again "
              f"{alive} answered")
        print(f"memory for each: {(after - before) / len(clients):.0f} bytes")
        print(f"processor while they wait: {used / arguments.seconds * 100:.2f} %")
        print(f"requests a second of 32 others: {statistics.median(among):.0f} among them, "
              f"{statistics.median(alone):.0f} before them, "
              f"{statistics.median(among) / statistics.median(alone):.2f} ×")


main()
