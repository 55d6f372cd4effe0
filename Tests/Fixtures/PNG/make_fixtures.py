"""Writes the small PNGs of kinds that the server itself never writes. Needs Python alone.

The picture is 8x8 and the same in all: level(row, column) = 17 * ((row + 2 * column) % 16).
"""

import pathlib
import struct
import zlib

FOLDER = pathlib.Path(__file__).parent
SIZE = 8
GRAY, RGB, PALETTE, RGBA = 0, 2, 3, 6


def level(row, column):
    return 17 * ((row + 2 * column) % 16)


def chunk(kind, content):
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def write(name, rows, depth, colour, interlace=0, extra=b"", size=(SIZE, SIZE)):
    header = struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, interlace)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    content = chunk(b"IHDR", header) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    (FOLDER / f"{name}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + content)


def rows(pixel, first=(0, 0), step=(1, 1)):
    return [
        b"".join(pixel(row, column) for column in range(first[1], SIZE, step[1]))
        for row in range(first[0], SIZE, step[0])
    ]


def gray(row, column):
    return bytes([level(row, column)])


def packed(row):
    return bytes(
        16 * (level(row, column) // 17) + level(row, column + 1) // 17
        for column in range(0, SIZE, 2)
    )


passes = [
    ((0, 0), (8, 8)), ((0, 4), (8, 8)), ((4, 0), (8, 4)), ((0, 2), (4, 4)),
    ((2, 0), (4, 2)), ((0, 1), (2, 2)), ((1, 0), (2, 1)),
]
indices = [packed(row) for row in range(SIZE)]
grays = b"".join(bytes([17 * i, 17 * i, 17 * i]) for i in range(16))
# Colour 0 is red, and transparent.
palette = chunk(b"PLTE", b"\xff\0\0" + grays[3:]) + chunk(b"tRNS", b"\0")
interlaced = [line for first, step in passes for line in rows(gray, first, step)]

write("gray_4", indices, 4, GRAY)
write("gray_16", rows(lambda r, c: struct.pack(">H", 257 * level(r, c))), 16, GRAY)
write("rgb", rows(lambda r, c: bytes([level(r, c), 255 - level(r, c), 7])), 8, RGB)
write("rgba", rows(lambda r, c: gray(r, c) * 3 + (b"\0" if r < 4 else b"\xff")), 8, RGBA)
write("palette_transparent", indices, 4, PALETTE, extra=palette)
write("interlaced", interlaced, 8, GRAY, interlace=1)
write("enormous", [b"\0"], 8, GRAY, size=(100_000, 100_000))
write("no_columns", [b""], 8, GRAY, size=(0, 8))
