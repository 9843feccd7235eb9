"""A reader of Mapbox Vector Tiles 2.1, for tests only.

https://github.com/mapbox/vector-tile-spec/tree/master/2.1; GDAL's is held against
it in test_api_tiles.py.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Ring = list[tuple[int, int]]
# The values of a tile by the number of their field.
_VALUES = {
    1: bytes.decode,
    2: lambda b: struct.unpack("<f", b)[0],
    3: lambda b: struct.unpack("<d", b)[0],
    4: lambda n: n - (1 << 64) if n >> 63 else n,
    5: int,
    6: lambda n: (n >> 1) ^ -(n & 1),
    7: bool,
}


@dataclass(frozen=True)
class Feature:
    """`kind` is 1 of points, 2 of lines, 3 of polygons; `parts` are in grid units."""

    id: int | None
    kind: int
    parts: list[Ring]
    properties: dict[str, Any]


@dataclass(frozen=True)
class Layer:
    name: str
    extent: int
    features: list[Feature]


def read(data: bytes) -> list[Layer]:
    return [_layer(layer) for number, layer in _fields(data) if number == 3]


def _layer(data: bytes) -> Layer:
    found: dict[int, list[Any]] = {}
    for number, value in _fields(data):
        found.setdefault(number, []).append(value)
    keys = [key.decode() for key in found.get(3, [])]
    values = [_value(value) for value in found.get(4, [])]
    assert found[15] == [2], "a version that this reader does not know"
    features = [_feature(each, keys, values) for each in found.get(2, [])]
    return Layer(found[1][0].decode(), found.get(5, [4096])[0], features)


def _feature(data: bytes, keys: list[str], values: list[Any]) -> Feature:
    fields = dict(_fields(data))
    tags = _packed(fields.get(2, b""))
    pairs = zip(tags[::2], tags[1::2], strict=True)
    properties = {keys[key]: values[value] for key, value in pairs}
    return Feature(fields.get(1), fields[3], _parts(_packed(fields[4])), properties)


def _parts(commands: list[int]) -> list[Ring]:
    parts: list[Ring] = []
    x = y = position = 0
    while position < len(commands):
        command, count = commands[position] & 7, commands[position] >> 3
        position += 1
        for _ in range(count if command != 7 else 0):
            x += (commands[position] >> 1) ^ -(commands[position] & 1)
            y += (commands[position + 1] >> 1) ^ -(commands[position + 1] & 1)
            position += 2
            if command == 1:
                parts.append([])
            parts[-1].append((x, y))
    return parts


def _value(data: bytes) -> Any:
    ((number, value),) = _fields(data)
    return _VALUES[number](value)


def _packed(data: bytes) -> list[int]:
    numbers, position = [], 0
    while position < len(data):
        number, position = _varint(data, position)
        numbers.append(number)
    return numbers


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """The fields of a message of Protocol Buffers, by their numbers."""
    position = 0
    while position < len(data):
        tag, position = _varint(data, position)
        match tag & 7:
            case 0:
                value, position = _varint(data, position)
                yield tag >> 3, value
                continue
            case 1:
                size = 8
            case 2:
                size, position = _varint(data, position)
            case 5:
                size = 4
            case other:
                raise ValueError(f"no wire type {other} in a tile")
        yield tag >> 3, data[position : position + size]
        position += size


def _varint(data: bytes, position: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[position]
        number |= (byte & 127) << shift
        position, shift = position + 1, shift + 7
        if byte < 128:
            return number, position
