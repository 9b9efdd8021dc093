"""Reading TensorBoard's event files, of whatever program wrote them: their scalars, without TensorBoard.

What is read is data only: lengths are checked against the file, nothing is executed, and a file that breaks
off (its writer was killed, or still writes) gives what came before.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np

from studio.errors import RunError
from studio.runs.records import Array
from studio.runs.tensorboard import masked

PATTERN = "*tfevents*"
MOST_FILES = 1000
MOST_BYTES = 2**31
MOST_RECORD = 2**28
"""Larger records (pictures, graphs) end the reading of a file: scalars are small."""

MOST_CHECKED = 2**12
"""Records up to this size have their checksum checked, which takes a while; scalars are some fifty bytes."""

Field: TypeAlias = tuple[int, int, int | bytes]
"""Number, kind and value of a protocol buffer's field."""

_HELD_OUT = ("val", "valid", "validation", "test", "eval", "dev")


@dataclass
class Curve:
    """One tag of a log.

    Attributes:
        steps: Ascending; (K,) int64.
        values: (K,) float64.
    """

    steps: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    values: Array = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class Chosen:
    """Which tags of a log stand for what; empty where none does."""

    loss: str = ""
    accuracy: str = ""
    val_loss: str = ""
    val_accuracy: str = ""


def read_log(folder: Path) -> dict[str, Curve]:
    """Return the scalars of all event files in a folder, or of one file, by their tags.

    A tag that several folders have (Keras writes ``train`` and ``validation``) has the folder in front.

    Raises:
        RunError: There is none, they are too large, or no file is an event file.
    """
    files = [folder] if folder.is_file() else sorted(folder.rglob(PATTERN))[: MOST_FILES + 1]
    files = [file for file in files if file.is_file()]
    if not files:
        raise RunError(f'"{folder.name}" holds no event files (their names have "tfevents" in them).')
    if len(files) > MOST_FILES or sum(file.stat().st_size for file in files) > MOST_BYTES:
        raise RunError(f'"{folder.name}" holds more than {MOST_FILES} files or 2 GiB. Choose a single log.')
    points: dict[str, dict[int, float]] = {}
    for file in files:
        place = "" if file == folder or file.parent == folder else f"{file.parent.relative_to(folder)}/"
        for tag, step, value in _scalars(file):
            points.setdefault(f"{place}{tag}", {})[step] = value
    if not points:
        raise RunError(f'The event files in "{folder.name}" hold no scalars.')
    return {tag: _curve(found) for tag, found in points.items()}


def choose(tags: list[str]) -> Chosen:
    """Return which tags are losses and accuracies of training, and of what was held out."""

    def first(words: tuple[str, ...], *, held_out: bool) -> str:
        found = [tag for tag in tags if any(word in tag.lower() for word in words)]
        found = [tag for tag in found if _is_held_out(tag) == held_out]
        # What is told once an epoch is compared with epochs; else the shortest name is the plainest.
        return min(found, key=lambda tag: ("batch" in tag.lower(), len(tag), tag), default="")

    loss, accuracy = ("loss",), ("acc",)
    return Chosen(
        first(loss, held_out=False),
        first(accuracy, held_out=False),
        first(loss, held_out=True),
        first(accuracy, held_out=True),
    )


def _is_held_out(tag: str) -> bool:
    words = tag.lower().replace("/", "_").replace("-", "_").replace(".", "_").split("_")
    return any(word in _HELD_OUT for word in words)


def _curve(points: dict[int, float]) -> Curve:
    steps = np.array(sorted(points), np.int64)
    return Curve(steps, np.array([points[int(step)] for step in steps]))


def _scalars(file: Path) -> Iterator[tuple[str, int, float]]:
    """Give tag, step and value of every scalar of a file; what is damaged ends it.

    Raises:
        RunError: It is no event file.
    """
    try:
        body = file.read_bytes()
    except OSError as error:
        raise RunError(f'"{file.name}" cannot be read: {error.strerror}.') from error
    place, is_first = 0, True
    while place + 12 <= len(body):
        head = body[place : place + 8]
        (length,) = struct.unpack("<Q", head)
        (checksum,) = struct.unpack("<I", body[place + 8 : place + 12])
        if checksum != masked(head):
            if is_first:
                raise RunError(f'"{file.name}" is no event file of TensorBoard.')
            return
        if length > MOST_RECORD or place + 16 + length > len(body):
            return
        event = body[place + 12 : place + 12 + length]
        (told,) = struct.unpack("<I", body[place + 12 + length : place + 16 + length])
        if length <= MOST_CHECKED and told != masked(event):
            return
        try:
            yield from _of_event(event)
        except (ValueError, struct.error, UnicodeDecodeError):
            return
        place, is_first = place + 16 + length, False


def _of_event(body: bytes) -> Iterator[tuple[str, int, float]]:
    """Give the scalars of one event: field 2 is its step, field 5 its summary."""
    step, summaries = 0, []
    for number, _kind, value in _fields(body):
        if number == 2 and isinstance(value, int):
            step = value if value < 2**63 else 0
        elif number == 5 and isinstance(value, bytes):
            summaries.append(value)
    for summary in summaries:
        for number, _kind, value in _fields(summary):
            if number == 1 and isinstance(value, bytes):
                found = _of_value(value)
                if found is not None:
                    yield found[0], step, found[1]


def _of_value(body: bytes) -> tuple[str, float] | None:
    """Return tag and number of a summary's value; None for pictures, histograms and the like."""
    tag, number = "", math.nan
    is_scalar = False
    for field_number, kind, value in _fields(body):
        if field_number == 1 and isinstance(value, bytes):
            tag = value.decode()
        elif field_number == 2 and kind == 5 and isinstance(value, bytes):
            number, is_scalar = struct.unpack("<f", value)[0], True
        elif field_number == 8 and isinstance(value, bytes):
            found = _of_tensor(value)
            if found is not None:
                number, is_scalar = found, True
    return (tag, float(number)) if is_scalar and tag else None


def _of_tensor(body: bytes) -> float | None:
    """Return the number in a TensorProto that holds one: TensorFlow 2 writes scalars so."""
    dtype, content, numbers = 0, b"", list[float]()
    for number, kind, value in _fields(body):
        if number == 1 and isinstance(value, int):
            dtype = value
        elif number == 4 and isinstance(value, bytes):
            content = value
        elif number == 5 and isinstance(value, bytes):  # float_val, packed or single
            numbers += struct.unpack(f"<{len(value) // 4}f", value)
        elif number == 6 and isinstance(value, bytes):  # double_val
            numbers += struct.unpack(f"<{len(value) // 8}d", value)
        elif number == 2 and kind == 2 and isinstance(value, bytes) and any(_sizes(value)):
            return None  # it has dimensions: a histogram, a picture
    formats = {1: "<f", 2: "<d"}
    if content and dtype in formats and len(content) == struct.calcsize(formats[dtype]):
        return float(struct.unpack(formats[dtype], content)[0])
    return float(numbers[0]) if len(numbers) == 1 else None


def _sizes(shape: bytes) -> Iterator[bool]:
    """Say of each field of a TensorShapeProto whether it is a dimension."""
    return (number == 2 for number, _kind, _value in _fields(shape))


def _fields(body: bytes) -> Iterator[Field]:
    """Give the fields of a protocol buffer.

    Raises:
        ValueError: It breaks off, or is none.
    """
    place = 0
    while place < len(body):
        key, place = _varint(body, place)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, place = _varint(body, place)
            yield number, kind, value
            continue
        size = {1: 8, 5: 4}.get(kind, 0)
        if kind == 2:
            size, place = _varint(body, place)
        elif not size:
            raise ValueError(f"field of kind {kind}")
        if place + size > len(body):
            raise ValueError("breaks off")
        yield number, kind, body[place : place + size]
        place += size


def _varint(body: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while place < len(body) and shift < 70:
        byte = body[place]
        value |= (byte & 0x7F) << shift
        place += 1
        if byte < 0x80:
            return value, place
        shift += 7
    raise ValueError("a number breaks off")
