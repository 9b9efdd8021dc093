"""TensorBoard's event files: scalars of a run, written without TensorBoard.

A file is a row of records. A record is its length (uint64), a checksum of that (uint32), the bytes of a
protocol buffer `Event`, and a checksum of those. Checksums are CRC-32C, rotated and shifted as in TFRecords.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_POLYNOMIAL = 0x82F63B78
_MASK_DELTA = 0xA282EAD8


@dataclass(frozen=True, slots=True)
class Scalar:
    """One point of a curve.

    Attributes:
        tag: The curve's name.
        step: Where.
        value: How much.
        time: Seconds since 1970.
    """

    tag: str
    step: int
    value: float
    time: float


def event_file(started: float, scalars: Iterable[Scalar]) -> bytes:
    """Return an event file.

    Args:
        started: Seconds since 1970, of its first record.
        scalars: The points, in any order.
    """
    head = _double(1, started) + _text(3, "brain.Event:2")
    return b"".join([_record(head), *(_record(_event(scalar)) for scalar in scalars)])


def _event(scalar: Scalar) -> bytes:
    value = _text(1, scalar.tag) + _key(2, 5) + struct.pack("<f", scalar.value)
    summary = _bytes(1, value)
    return _double(1, scalar.time) + _key(2, 0) + _varint(scalar.step) + _bytes(5, summary)


def _record(body: bytes) -> bytes:
    length = struct.pack("<Q", len(body))
    return length + struct.pack("<I", masked(length)) + body + struct.pack("<I", masked(body))


def masked(body: bytes) -> int:
    """Return the checksum of some bytes as TFRecord keeps it."""
    crc = crc32c(body)
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & 0xFFFFFFFF


def crc32c(body: bytes) -> int:
    """Return the CRC-32C (Castagnoli) of some bytes."""
    crc = 0xFFFFFFFF
    for byte in body:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def _table() -> Iterator[int]:
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (_POLYNOMIAL if value & 1 else 0)
        yield value


_TABLE = tuple(_table())


# Protocol buffers: a field is its number and kind, then its value.


def _key(field: int, kind: int) -> bytes:
    return _varint(field << 3 | kind)


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def _double(field: int, value: float) -> bytes:
    return _key(field, 1) + struct.pack("<d", value)


def _bytes(field: int, body: bytes) -> bytes:
    return _key(field, 2) + _varint(len(body)) + body


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode())
