"""How a worker process hears and answers the server that started it; the first part of its script.

Descriptor 3 is a socket with requests and answers, 4 a pipe that nobody writes to and that ends when
the server does.
"""

import fcntl
import os

CHANNEL, LIFELINE = 3, 4
# What every answer begins with.
MAGIC = 0x314E5144


def send(content):
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(CHANNEL, rest) :]


def receive(length):
    content = b""
    while len(content) < length:
        part = os.read(CHANNEL, length - len(content))
        if not part:
            os._exit(0)
        content += part
    return content


def die_with_the_server():
    # The kernel ends this process when the pipe's other end closes, whatever runs here by then.
    fcntl.fcntl(LIFELINE, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(LIFELINE, fcntl.F_GETFL)
    fcntl.fcntl(LIFELINE, fcntl.F_SETFL, flags | os.O_ASYNC)
