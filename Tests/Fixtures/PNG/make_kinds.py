"""Writes kinds.json: a PNG of every kind there is, with the pixels that it must be read as.

Colour type, bits a sample, interlaced or not, and chunks that say something of gamma, colours or
transparency. Rows have all five filters. The pixels are the stored samples: alpha dropped, the high
byte of 16 bits, 1, 2 and 4 bits of gray spread over 0...255. Where Pillow or OpenCV can read a
kind, it is asserted that they read the same.

Needs numpy, pillow and opencv-python-headless.
"""

import base64
import io
import json
import pathlib
import struct
import zlib

import cv2
import numpy as np
from PIL import Image, ImageCms

HEIGHT, WIDTH = 11, 13
GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6
NAMES = {GRAY: "gray", RGB: "rgb", PALETTE: "palette", GRAY_ALPHA: "gray_alpha", RGBA: "rgba"}
SAMPLES = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGBA: 4}
DEPTHS = {
    GRAY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GRAY_ALPHA: (8, 16), RGBA: (8, 16)
}
ADAM7 = [
    (0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)
]
random = np.random.default_rng(26)


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(
        ">I", zlib.crc32(kind + content)
    )


def packed(row, depth):
    """The bytes of one row of samples."""
    values = row.reshape(-1)
    if depth == 16:
        return values.astype(">u2").tobytes()
    if depth == 8:
        return values.astype(np.uint8).tobytes()
    bits = "".join(format(value, f"0{depth}b") for value in values)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def paeth(left, up, corner):
    estimate = left + up - corner
    return min((left, up, corner), key=lambda value: abs(estimate - value))


def filtered(rows, step):
    """Rows with the filters 0 to 4 in turn (PNG Third Edition, section 9)."""
    result, above = b"", bytes(len(rows[0]))
    for index, row in enumerate(rows):
        kind, line = index % 5, bytearray()
        for place, byte in enumerate(row):
            left = row[place - step] if place >= step else 0
            corner = above[place - step] if place >= step else 0
            up = above[place]
            line.append((byte - [0, left, up, (left + up) // 2, paeth(left, up, corner)][kind]) % 256)
        result += bytes([kind]) + bytes(line)
        above = row
    return result


def png(samples, colour, depth, interlaced, extra=b""):
    height, width, count = samples.shape
    step = max(1, count * depth // 8)
    parts = [samples[r::dr, c::dc] for r, c, dr, dc in ADAM7] if interlaced else [samples]
    pixels = b"".join(
        filtered([packed(row, depth) for row in part], step) for part in parts if part.size
    )
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    data = zlib.compress(pixels, 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", data[:40])
        + chunk(b"IDAT", data[40:]) + chunk(b"IEND", b"")
    )


def expected(samples, colour, depth, palette):
    if colour == PALETTE:
        return palette[samples[:, :, 0]]
    colours = samples[:, :, :1] if colour in (GRAY, GRAY_ALPHA) else samples[:, :, :3]
    if depth == 16:
        return (colours >> 8).astype(np.uint8)
    return (colours.astype(int) * 255 // ((1 << depth) - 1)).astype(np.uint8)


def check(name, file, pixels, colour, depth):
    """Asserts that Pillow and OpenCV read the same."""
    channels = pixels.shape[2]
    picture = Image.open(io.BytesIO(file))
    if not (colour == GRAY and depth == 16):
        read = np.asarray(picture.convert("L" if channels == 1 else "RGB"))
    else:
        read = np.asarray(picture) >> 8
    assert np.array_equal(read.reshape(pixels.shape), pixels), f"Pillow reads {name} otherwise"
    # OpenCV composes no alpha where it is asked for colours or gray levels.
    flag = cv2.IMREAD_GRAYSCALE if channels == 1 else cv2.IMREAD_COLOR
    read = cv2.imdecode(np.frombuffer(file, np.uint8), flag)
    read = read if channels == 1 else read[:, :, ::-1]
    assert np.array_equal(read.reshape(pixels.shape), pixels), f"OpenCV reads {name} otherwise"


def kind(name, colour, depth, interlaced, size=(HEIGHT, WIDTH), extra=b""):
    samples = random.integers(0, 1 << depth, (*size, SAMPLES[colour]))
    palette = random.integers(0, 256, (1 << min(depth, 8), 3), dtype=np.uint8)
    if colour == PALETTE:
        # Behind the palette may stand what is said of its colours, before it what is said of all.
        colours = chunk(b"PLTE", palette.tobytes())
        extra = colours + extra if b"tRNS" in extra else extra + colours
    file = png(samples, colour, depth, interlaced, extra)
    pixels = expected(samples, colour, depth, palette)
    check(name, file, pixels, colour, depth)
    return {
        "name": name,
        "png": base64.b64encode(file).decode(),
        "height": size[0],
        "width": size[1],
        "channels": pixels.shape[2],
        "pixels": base64.b64encode(pixels.tobytes()).decode(),
    }


kinds = [
    kind(f"{NAMES[colour]}_{depth}{'_interlaced' if interlaced else ''}", colour, depth, interlaced)
    for colour in NAMES
    for depth in DEPTHS[colour]
    for interlaced in (False, True)
]
# Sizes that leave passes of an interlaced picture empty.
for size in ((1, 1), (1, 5), (5, 1), (2, 3)):
    for colour, depth in ((GRAY, 16), (RGB, 8), (PALETTE, 2)):
        name = f"{NAMES[colour]}_{depth}_interlaced_{size[0]}x{size[1]}"
        kinds.append(kind(name, colour, depth, True, size))
profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
primaries = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000]
TOLD = {
    "linear": chunk(b"gAMA", struct.pack(">I", 100_000)),
    # What ffmpeg writes into a frame that it cuts out of a film.
    "film": chunk(b"gAMA", struct.pack(">I", 50_994)),
    "primaries": chunk(b"gAMA", struct.pack(">I", 45_455))
    + chunk(b"cHRM", struct.pack(">8I", *primaries)),
    "srgb": chunk(b"sRGB", b"\0"),
    "profile": chunk(b"iCCP", b"sRGB\0\0" + zlib.compress(profile)),
    "background": chunk(b"bKGD", bytes(6)),
}
for told, extra in TOLD.items():
    for colour, depth in ((RGB, 8), (RGBA, 16)):
        kinds.append(kind(f"{NAMES[colour]}_{depth}_{told}", colour, depth, False, extra=extra))
    if told not in ("profile", "background"):
        for colour, depth in ((GRAY, 8), (GRAY, 16), (GRAY_ALPHA, 8), (PALETTE, 8)):
            kinds.append(kind(f"{NAMES[colour]}_{depth}_{told}", colour, depth, False, extra=extra))
clear = {GRAY: struct.pack(">H", 7), RGB: struct.pack(">3H", 1, 2, 3), PALETTE: bytes([0, 128])}
for colour, content in clear.items():
    kinds.append(
        kind(f"{NAMES[colour]}_8_transparent", colour, 8, False, extra=chunk(b"tRNS", content))
    )
lines = ",\n".join(json.dumps(kind) for kind in kinds)
(pathlib.Path(__file__).parent / "kinds.json").write_text(f"[\n{lines}\n]\n")
print(f"{len(kinds)} kinds")
