#!/usr/bin/env python3
"""The watchers of day.py, in a process of their own.

usage: day_readers.py PORT PATH COUNT SAMPLED MIB_PER_SECOND

Opens COUNT event streams of PATH from the first event on and prints "open". The first SAMPLED of them
read as fast as they can and keep every event's id and checksum; the others read so many MiB a second
together, so that some fall behind, and check that ids only grow (by one, in the stream of a job). All
come back with Last-Event-ID when they are cut off. On a line of JSON {"deleted": [ids of jobs]} the
sampled ones catch up and are compared with a fresh replay; one line of JSON says what was found.
"""

import array
import collections
import json
import operator
import re
import selectors
import socket
import sys
import time
import zlib

ID = re.compile(rb"^id: (\d+)$", re.MULTILINE)
JOB = re.compile(rb'"job":"([^"]*)"')
# A replay and a catching up end when nothing has come for so long, or after this.
QUIET_SECONDS = 3
LONGEST_SECONDS = 90


class Watcher:
    """One event stream, which comes back where it was cut off."""

    def __init__(self, port, path, sampled):
        self.port, self.path, self.sampled = port, path, sampled
        self.by_one = path != "/v1/events"
        self.last = 0
        self.connection = None
        self.connect_at = 0.0
        self.connections = self.events = self.bytes = 0
        self.ended = False
        self.faults = []
        self.ids, self.sums = array.array("Q"), array.array("L")
        self.job_numbers = array.array("L")
        self.numbers = {}

    def connect(self, selector):
        """Tries once; another try comes after half a second."""
        self.connect_at = time.monotonic() + 0.5
        try:
            self.connection = socket.create_connection(("127.0.0.1", self.port), timeout=5)
            # Of HTTP/1.0, so that the answer comes without chunks.
            self.connection.sendall(f"GET {self.path} HTTP/1.0\r\nHost: 127.0.0.1\r\n"
                                    f"Last-Event-ID: {self.last}\r\n\r\n".encode())
        except OSError:
            self.connection = None
            return
        self.connection.setblocking(False)
        self.buffer, self.in_head, self.is_opening = b"", True, True
        self.connections += 1
        selector.register(self.connection, selectors.EVENT_READ, self)

    def read(self, selector):
        """Reads what is there; returns how much it was."""
        try:
            data = self.connection.recv(1 << 18)
        except BlockingIOError:
            return 0
        except OSError:
            data = b""
        if not data:
            selector.unregister(self.connection)
            self.connection.close()
            self.connection = None
            return 0
        self.bytes += len(data)
        self.buffer += data
        if self.in_head:
            head, end, rest = self.buffer.partition(b"\r\n\r\n")
            if not end:
                return len(data)
            status = int(head.split(None, 2)[1])
            self.ended = status == 204
            if status not in (200, 204, 503):
                self.faults.append(f"{self.path}: {status} for a stream")
            self.buffer, self.in_head = rest, False
        end = self.buffer.rfind(b"\n\n") + 2
        if end > 1:
            whole, self.buffer = self.buffer[:end], self.buffer[end:]
            self.take(whole)
        return len(data)

    def take(self, whole):
        """Checks whole blocks, and keeps them if this is a sampled stream."""
        if self.is_opening and whole.startswith(b"retry:"):
            opening, _, whole = whole.partition(b"\n\n")
            place = int(ID.search(opening)[1])
            if place != self.last:
                self.faults.append(f"{self.path}: begins at {place}, asked for {self.last}")
        self.is_opening = False
        ids = list(map(int, ID.findall(whole)))
        if not ids:
            return
        before = [self.last] + ids[:-1]
        if not all(map(operator.lt, before, ids)):
            self.faults.append(f"{self.path}: ids do not grow between {self.last} and {ids[-1]}")
        elif self.by_one and ids[-1] - self.last != len(ids):
            self.faults.append(f"{self.path}: ids between {self.last} and {ids[-1]} are missing")
        self.events += len(ids)
        self.last = ids[-1]
        if self.sampled:
            self.keep(whole)

    def keep(self, whole):
        """Writes down each event's id, checksum and job."""
        for block in whole.split(b"\n\n"):
            if block.startswith(b"id: "):
                self.ids.append(int(block[4:block.index(b"\n")]))
                self.sums.append(zlib.crc32(block))
                job = JOB.search(block) if not self.by_one else None
                name = job[1].decode() if job else ""
                number = self.numbers.setdefault(name, len(self.numbers))
                self.job_numbers.append(number)

    def seen(self, left_out):
        """The events it has seen, without those of some jobs: id to checksum."""
        without = {number for name, number in self.numbers.items() if name in left_out}
        return {id: checksum for id, checksum, number in
                zip(self.ids, self.sums, self.job_numbers) if number not in without}


def turn(selector, watchers, allowance):
    """One round of reading; the allowance is for those that are not sampled. Returns bytes read."""
    now = time.monotonic()
    for watcher in watchers:
        if watcher.connection is None and not watcher.ended and watcher.connect_at < now:
            watcher.connect(selector)
    read = slow = 0
    ready = selector.select(0.02)
    # Whoever was last served last is first, so that no stream waits for ever.
    ready.sort(key=lambda key: key[0].data.bytes if key[0].data else 0)
    for key, _ in ready:
        if key.data is None:
            continue
        if key.data.sampled:
            read += key.data.read(selector)
        elif slow < allowance:
            slow += key.data.read(selector)
    if not read and slow >= allowance:
        time.sleep(0.01)
    return read, slow


def until_quiet(selector, watchers):
    """Reads until nothing has come for some seconds, or all ended."""
    end = time.monotonic() + LONGEST_SECONDS
    last = time.monotonic()
    while time.monotonic() < min(end, last + QUIET_SECONDS):
        if all(watcher.ended for watcher in watchers):
            return
        read, _ = turn(selector, watchers, 0)
        if read:
            last = time.monotonic()


def compare(watcher, replay, deleted):
    """What a watcher has seen and a replay has not, or the other way."""
    seen, kept = watcher.seen(deleted), replay.seen(deleted)
    lost, extra = kept.keys() - seen.keys(), seen.keys() - kept.keys()
    others = sum(seen[id] != kept[id] for id in seen.keys() & kept.keys())
    if len(watcher.ids) != len(set(watcher.ids)):
        watcher.faults.append(f"{watcher.path}: events came twice")
    if lost or extra or others:
        watcher.faults.append(
            f"{watcher.path}: {len(lost)} events not seen {sorted(lost)[:3]}, {len(extra)} seen and "
            f"not in a replay {sorted(extra)[:3]}, {others} with other text")
    return len(kept)


def main():
    port, path, count, sampled, rate = sys.argv[1:]
    watchers = [Watcher(int(port), path, n < int(sampled)) for n in range(int(count))]
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin, selectors.EVENT_READ)
    for watcher in watchers:
        watcher.connect(selector)
    print("open", flush=True)
    tokens, then = 0.0, time.monotonic()
    end = then + 1800
    while time.monotonic() < end:
        now = time.monotonic()
        tokens = min(tokens + (now - then) * float(rate) * 2**20, 2**22)
        then = now
        tokens -= turn(selector, watchers, max(tokens, 0))[1]
        if any(key.data is None for key, _ in selector.select(0)):
            break
    line = sys.stdin.readline()
    if not line:
        return
    deleted = set(json.loads(line)["deleted"])
    selector.unregister(sys.stdin)
    for watcher in watchers[int(sampled):]:
        if watcher.connection:
            selector.unregister(watcher.connection)
            watcher.connection.close()
    until_quiet(selector, watchers[:int(sampled)])
    replay = Watcher(int(port), path, True)
    until_quiet(selector, [replay])
    compared = [compare(watcher, replay, deleted) for watcher in watchers[:int(sampled)]]
    faults = collections.Counter(fault for w in watchers + [replay] for fault in w.faults)
    behind = sum(w.last < replay.last for w in watchers)
    print(json.dumps({
        "faults": [f"{number} × {fault}" for fault, number in faults.items()],
        "events": sum(w.events for w in watchers), "bytes": sum(w.bytes for w in watchers),
        "connections": sum(w.connections for w in watchers), "compared": sum(compared),
        "behind": behind, "replay": replay.events,
    }), flush=True)


if __name__ == "__main__":
    main()
