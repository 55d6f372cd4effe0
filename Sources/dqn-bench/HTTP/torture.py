#!/usr/bin/env python3
"""Knocks our server about, and watches whether others are served all the while.

usage: torture.py [--seconds N] [--only NAME]...

While each attack goes on, a client from another address asks for a small answer every 10 ms, by a
connection of its own each time and by one that is kept. What is reported: the slowest answer, how
many failed, and how far the server's memory and descriptors went up.
"""

import argparse
import contextlib
import gzip
import multiprocessing
import os
import resource
import select
import socket
import struct
import threading
import time
import zlib

import servers

HOST = "127.0.0.1"
ATTACKER = "127.0.0.2"
FLOOD_ADDRESSES = [f"127.0.0.{n}" for n in range(10, 40)]
GET = b"GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n"


def post(fields, body=b"", path="/json-task"):
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n".encode()
    return head + body


class Target:
    def __init__(self, port, pid, seconds):
        self.port, self.pid, self.seconds = port, pid, seconds
        self.end = time.monotonic() + seconds
        self.notes = {}

    @property
    def goes_on(self):
        return time.monotonic() < self.end

    def connect(self, source=ATTACKER, timeout=10):
        client = socket.socket()
        client.settimeout(timeout)
        client.bind((source, 0))
        client.connect((HOST, self.port))
        return client

    def note(self, name):
        self.notes[name] = self.notes.get(name, 0) + 1

    def drain(self, client):
        """The status of the last answer, and the end of the connection."""
        data = b""
        with contextlib.suppress(OSError):
            while True:
                piece = client.recv(65536)
                if not piece:
                    break
                data += piece
        return data.split(b"HTTP/1.1 ")[-1][:3].decode() or "none"


class Watcher(threading.Thread):
    """Asks for a small answer over and over."""

    def __init__(self, port, source, is_kept):
        super().__init__(daemon=True)
        self.port, self.source, self.is_kept = port, source, is_kept
        self.slowest, self.count, self.failures, self.stopped = 0.0, 0, 0, False

    def run(self):
        client = None
        while not self.stopped:
            start = time.monotonic()
            try:
                if client is None:
                    client = socket.socket()
                    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    client.settimeout(5)
                    client.bind((self.source, 0))
                    client.connect((HOST, self.port))
                client.sendall(GET)
                data = b""
                while b"hello world\n" not in data:
                    piece = client.recv(4096)
                    if not piece:
                        raise OSError("ended")
                    data += piece
                if not data.startswith(b"HTTP/1.1 200"):
                    raise OSError("status")
                if not self.is_kept or b"Connection: close" in data:
                    client.close()
                    client = None
            except OSError:
                self.failures += 1
                if client:
                    client.close()
                client = None
            self.count += 1
            self.slowest = max(self.slowest, time.monotonic() - start)
            time.sleep(0.01)


def drip(start, byte):
    """Sends the start of a request on 60 connections, then a byte twice a second on each."""
    def attack(target):
        clients = [target.connect() for _ in range(60)]
        for client in clients:
            client.sendall(start)
        while target.goes_on:
            for client in clients:
                with contextlib.suppress(OSError):
                    client.send(byte)
            time.sleep(0.5)
        for client in clients:
            target.note(target.drain(client))
    return attack


def slow_reader(target):
    body = b"x" * (4 << 20)
    clients = []
    for _ in range(30):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(5)
        client.bind((ATTACKER, 0))
        client.connect((HOST, target.port))
        with contextlib.suppress(OSError):
            client.sendall(post(f"Content-Length: {len(body)}\r\n", body, "/echo"))
        clients.append(client)
    while target.goes_on:
        for client in clients:
            with contextlib.suppress(OSError):
                target.note("bytes") if client.recv(1) else None
        time.sleep(0.5)


def connection_flood(target):
    clients = []
    while target.goes_on:
        for source in FLOOD_ADDRESSES:
            with contextlib.suppress(OSError):
                clients.append(target.connect(source, 1))
                target.note("connected")
        if len(clients) > 3_000:
            for client in clients:
                client.close()
            clients.clear()


def reset_storm(target):
    linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
    number = 0
    while target.goes_on:
        number += 1
        with contextlib.suppress(OSError):
            client = target.connect(FLOOD_ADDRESSES[number % len(FLOOD_ADDRESSES)], 1)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            client.sendall([GET * 10, GET[:20], post("Content-Length: 99\r\n", b"1"),
                            post("Content-Length: 5\r\n", b"[[1]]")][number % 4])
            client.close()
            target.note("resets")


def tiny_chunks(target):
    chunks = b"1\r\n1\r\n" * 65_537
    while target.goes_on:
        client = target.connect()
        with contextlib.suppress(OSError):
            client.sendall(post("Transfer-Encoding: chunked\r\n", chunks + b"0\r\n\r\n"))
        target.note(target.drain(client))


def huge_chunk(target):
    while target.goes_on:
        client = target.connect()
        client.sendall(post("Transfer-Encoding: chunked\r\n", b"7FFFFFFFFFFFFFFF\r\n" + b"x" * 1000))
        target.note(target.drain(client))


def png(width, height, rows):
    """A gray picture whose compressed rows are whatever is given."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pieces = [chunk(b"IHDR", head), chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(pieces)


def bomb(content, encoding=None, path="/json-task"):
    def attack(target):
        fields = f"Content-Length: {len(content)}\r\nConnection: close\r\n"
        if encoding:
            fields += f"Content-Encoding: {encoding}\r\n"
        while target.goes_on:
            client = target.connect()
            with contextlib.suppress(OSError):
                client.sendall(post(fields, content, path))
            target.note(target.drain(client))
    return attack


def pipelines(target):
    while target.goes_on:
        client = target.connect()
        with contextlib.suppress(OSError):
            client.sendall(GET * 20_000)
            client.shutdown(socket.SHUT_WR)
        target.note(target.drain(client))


def garbage(target):
    while target.goes_on:
        client = target.connect()
        with contextlib.suppress(OSError):
            client.sendall(os.urandom(5_000))
        target.note(target.drain(client))


def descriptors_gone(target):
    clients = []
    while target.goes_on:
        for source in FLOOD_ADDRESSES:
            with contextlib.suppress(OSError):
                clients.append(target.connect(source, 1))
                target.note("connected")
        time.sleep(0.05)


def few_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def attacks():
    zeros = gzip.compress(bytes(200 << 20), 9)
    return [
        ("nothing", lambda target: time.sleep(target.seconds), None),
        ("slow header", drip(b"", b"X"), None),
        ("slow body", drip(post("Content-Length: 100000\r\n"), b"1"), None),
        ("slow reader", slow_reader, None),
        ("connection flood", connection_flood, None),
        ("reset storm", reset_storm, None),
        ("65,537 chunks", tiny_chunks, None),
        ("chunk of 2^63 - 1", huge_chunk, None),
        ("gzip bomb, 200 MB", bomb(zeros, "gzip"), None),
        ("PNG, 100,000 × 100,000", bomb(png(100_000, 100_000, zlib.compress(bytes(1_000))), None,
                                        "/png-task"), None),
        ("PNG, 200 MB of rows", bomb(png(336, 84, zlib.compress(bytes(200 << 20), 9)), None,
                                     "/png-task"), None),
        ("JSON, 250,000 deep", bomb(b"[" * 250_000), None),
        ("JSON, one long number", bomb(b"[" + b"1" * 4_000_000 + b"]"), None),
        ("JSON, 4,000,000 numbers", bomb(b"[" + b"1," * 3_999_999 + b"1]"), None),
        ("20,000 in a row", pipelines, None),
        ("random bytes", garbage, None),
        ("64 descriptors", descriptors_gone, few_descriptors),
    ]


def launch(attack, port, pid, seconds, notes):
    target = Target(port, pid, seconds)
    attack(target)
    notes.put(target.notes)


def knock(name, attack, limits, seconds):
    port = servers.free_port()
    environment = {"TORTURE": "1"}
    command = [servers.SWIFT_PEERS / "own-hello", str(port)]
    with servers.running(command, port, environment, limits=limits) as process:
        time.sleep(0.3)
        memory = servers.resident_bytes(process.pid)
        descriptors = servers.descriptors(process.pid)
        watchers = [Watcher(port, "127.0.0.9", kept) for kept in (True, False)]
        for watcher in watchers:
            watcher.start()
        time.sleep(0.3)
        # A process of its own, so that the watchers do not wait for the attacker.
        notes = multiprocessing.Queue()
        attacker = multiprocessing.Process(
            target=launch, args=(attack, port, process.pid, seconds, notes), daemon=True)
        attacker.start()
        end = time.monotonic() + seconds + 30
        peak = 0
        while attacker.is_alive() and time.monotonic() < end:
            peak = max(peak, servers.resident_bytes(process.pid))
            time.sleep(0.05)
        if attacker.is_alive():
            attacker.terminate()
        noted = notes.get(timeout=1) if not notes.empty() else {}
        for watcher in watchers:
            watcher.stopped = True
        for watcher in watchers:
            watcher.join()
        survived = process.poll() is None
        kept, fresh = watchers
        statuses = " ".join(f"{key}×{value}" for key, value in sorted(noted.items()))
        print(
            f"| {name} | {kept.slowest * 1000:.0f} | {fresh.slowest * 1000:.0f} "
            f"| {kept.failures} / {kept.count} | {fresh.failures} / {fresh.count} "
            f"| {(peak - memory) / 1e6:.1f} "
            f"| {servers.descriptors(process.pid) - descriptors if survived else '–'} "
            f"| {'yes' if survived else 'NO'} | {statuses} |", flush=True)
        return survived


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=12)
    parser.add_argument("--only", action="append", metavar="NAME", help="may be repeated")
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    print("| attack | slowest answer, kept connection, ms | new connection, ms | failed, kept "
          "| failed, new | memory up by, MB | descriptors up by | survived | what attackers got |")
    print("|---" * 9 + "|")
    results = [
        knock(name, attack, limits, arguments.seconds)
        for name, attack, limits in attacks() if not arguments.only or name in arguments.only
    ]
    if not all(results):
        raise SystemExit("the server did not survive")


main()
