#!/usr/bin/env python3
"""How many steps clients that play make, and how long an action takes: one connection, 64, 16 agents a
call, pictures in bytes and in JSON, while the job learns.

    python3 -B Sources/dqn-bench/Clients/players.py [SECONDS]

Starts a server of its own on a port that the system chooses.
"""

import json
import os
import pathlib
import re
import selectors
import socket
import struct
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Faults"))

from server import Server  # noqa: E402

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
EPISODE_STEPS = 200


def request(server, path, body=None):
    status, answer = server.ask("POST", path, body or {})
    if status >= 300 or status == 0:
        raise SystemExit(f"{path}: {status} {answer.decode(errors='replace')}")
    return json.loads(answer)


class Client:
    """One connection with one player; a call is in flight all the time."""

    def __init__(self, server, job, agents, shape, kind):
        player = request(server, f"/v1/jobs/{job}/players", {"agents": agents})
        self.path = f"/v1/players/{player['id']}/act"
        self.port = server.port
        self.connect()
        self.agents, self.kind = agents, kind
        size = 1
        for length in shape:
            size *= length
        if kind == "bytes":
            observation = os.urandom(size)
            self.steps = [
                b"".join(struct.pack("<IfI", flags, 1.0, 0) + observation for _ in range(agents))
                for flags in (1, 3, 7)
            ]
        else:
            numbers = list(os.urandom(size)) if kind == "json pictures" else [0.01] * size
            self.steps = [
                json.dumps([{"observation": numbers, **more}] * agents, separators=(",", ":"))
                for more in ({}, {"reward": 1}, {"reward": 1, "terminated": True})
            ]
        self.sequence, self.sent_at, self.buffer, self.waits = 0, 0.0, b"", []

    def connect(self):
        self.socket = socket.create_connection(("127.0.0.1", self.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.is_closing = False

    def send(self):
        self.sequence += 1
        place = self.sequence % EPISODE_STEPS
        steps = self.steps[0 if place == 1 else 2 if place == 0 else 1]
        if self.kind == "bytes":
            body = struct.pack("<Q", self.sequence) + steps
            types = "Content-Type: application/octet-stream\r\nAccept: application/octet-stream\r\n"
        else:
            body = f'{{"sequence":{self.sequence},"agents":{steps}}}'.encode()
            types = "Content-Type: application/json\r\n"
        head = f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{types}Content-Length: {len(body)}\r\n\r\n"
        self.sent_at = time.perf_counter()
        self.socket.sendall(head.encode() + body)

    def receive(self):
        """Whether the answer is there."""
        part = self.socket.recv(1 << 16)
        if not part:
            raise SystemExit(f"the server hung up on call {self.sequence}")
        self.buffer += part
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self.buffer[:end].decode().lower()
        length = int(re.search(r"content-length: (\d+)", head)[1])
        if len(self.buffer) < end + 4 + length:
            return False
        if not head.startswith("http/1.1 200"):
            raise SystemExit(self.buffer.decode(errors="replace"))
        # After its thousandth request a connection is closed.
        self.is_closing = "connection: close" in head
        self.waits.append(time.perf_counter() - self.sent_at)
        self.buffer = self.buffer[end + 4 + length:]
        return True


def measure(server, name, connections, agents, shape, kind, constants=None):
    scalar = "float32" if len(shape) == 1 else "uint8"
    job = request(server, "/v1/jobs", {
        "environment": "client", "total_agent_steps": 100_000_000,
        "environment_options": {"observation": {"shape": shape, "scalar": scalar}, "actions": 4},
        "hyperparameters": {"environment_count": connections * agents, **(constants or {})},
    })["id"]
    clients = [Client(server, job, agents, shape, kind) for _ in range(connections)]
    selector = selectors.DefaultSelector()
    for client in clients:
        selector.register(client.socket, selectors.EVENT_READ, client)
        client.send()
    begin = time.perf_counter()
    while time.perf_counter() < begin + SECONDS + 2:
        if time.perf_counter() < begin + 2:
            for client in clients:
                client.waits.clear()
        for key, _ in selector.select(1):
            if not key.data.receive():
                continue
            if key.data.is_closing:
                selector.unregister(key.data.socket)
                key.data.socket.close()
                key.data.connect()
                selector.register(key.data.socket, selectors.EVENT_READ, key.data)
            key.data.send()
    waits = sorted(wait for client in clients for wait in client.waits)
    job = request(server, f"/v1/jobs/{job}/stop")
    progress = job["progress"]
    print(
        f"| {name} | {len(waits) * agents / SECONDS:,.0f} | {1000 * waits[len(waits) // 2]:.2f} "
        f"| {1000 * waits[int(0.99 * len(waits))]:.2f} | {progress['gradient_updates']:,} |",
        flush=True,
    )


def main():
    folder = tempfile.TemporaryDirectory(prefix="players")
    server = Server(folder.name + "/data").start()
    print("| clients | agent steps/s | action p50 ms | p99 ms | updates made |")
    print("| --- | --- | --- | --- | --- |")
    try:
        acting = {"learning_starts_agent_steps": 50_000_000}
        nature = {"replay_capacity_frames": 20_000, "learning_starts_agent_steps": 500}
        still = {"replay_capacity_frames": 20_000, "learning_starts_agent_steps": 50_000_000}
        measure(server, "4 numbers, 1 connection, not learning", 1, 1, [4], "json", acting)
        measure(server, "4 numbers, 64 connections, not learning", 64, 1, [4], "json", acting)
        measure(server, "4 numbers, 16 agents a call, not learning", 1, 16, [4], "json", acting)
        measure(server, "4 numbers, 1 connection, learning", 1, 1, [4], "json")
        measure(server, "4 numbers, 64 connections, learning", 64, 1, [4], "json")
        measure(server, "84×84 bytes, 1 connection, not learning", 1, 1, [84, 84], "bytes", still)
        measure(server, "84×84 bytes, 16 agents a call, not learning", 1, 16, [84, 84], "bytes", still)
        measure(server, "84×84 JSON, 1 connection, not learning", 1, 1, [84, 84], "json pictures", still)
        measure(server, "84×84 bytes, 1 connection, learning", 1, 1, [84, 84], "bytes", nature)
        measure(server, "84×84 bytes, 8 connections, learning", 8, 1, [84, 84], "bytes", nature)
    finally:
        server.end()


if __name__ == "__main__":
    main()
