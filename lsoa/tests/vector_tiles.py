"""A small reader of Mapbox vector tiles (specification 2.1): just enough to see what the server sent."""

import gzip
from collections import namedtuple

# geometry: list of rings or lines in tile units, each a list of (x, y).
Feature = namedtuple("Feature", "id kind geometry tags")
KINDS = {1: "point", 2: "line", 3: "polygon"}


def read_tile(data: bytes) -> dict[str, list[Feature]]:
    """Layer name to features."""
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    layers = {}
    for number, content in _fields(data):
        if number == 3:
            fields = list(_fields(content))
            name = next(value for key, value in fields if key == 1).decode()
            layers[name] = [_feature(value) for key, value in fields if key == 2]
    return layers


def _feature(content):
    values = dict(_fields(content))
    return Feature(values.get(1), KINDS[values[3]], _rings(values[4]), values.get(2, b""))


def _fields(data):
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        if key & 7 == 0:
            value, at = _varint(data, at)
        else:
            assert key & 7 == 2, "only varint and length-delimited fields occur"
            length, at = _varint(data, at)
            value, at = data[at : at + length], at + length
        yield key >> 3, value


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def _rings(data):
    numbers, at = [], 0
    while at < len(data):
        number, at = _varint(data, at)
        numbers.append(number)
    rings, x, y, at = [], 0, 0, 0
    while at < len(numbers):
        command, count = numbers[at] & 7, numbers[at] >> 3
        at += 1
        if command == 7:
            rings[-1].append(rings[-1][0])
            continue
        for _ in range(count):
            x += (numbers[at] >> 1) ^ -(numbers[at] & 1)
            y += (numbers[at + 1] >> 1) ^ -(numbers[at + 1] & 1)
            at += 2
            if command == 1:
                rings.append([])
            rings[-1].append((x, y))
    return rings
