"""Looks at a network's surface as a run keeps them: a line of JSON that says what is in a block of bytes.

Surfaces are smooth: of each number the difference from what its neighbours at the left and above make likely
is kept, and the whole deflated. Nothing of a file is trusted: sizes are checked before anything is made of
them.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from studio.errors import RunError
from studio.runs.records import Array, LayerLook, Levels, SurfaceLook

Blob: TypeAlias = tuple[str, bytes]
"""A layout, and the bytes that it describes."""

LEVEL = 6
MOST_BYTES = 2**26
"""Of one look, unpacked."""

_DTYPES = ("|u1", "<u2", "<f4", "|b1")


def field_blob(look: SurfaceLook) -> Blob:
    """Return what all surfaces of a run share."""
    about = {"lows": look.lows, "highs": look.highs, "classes": look.classes}
    return _blob(about, (look.points.astype("<f4"), look.truth.astype("<f4"), look.held_out.astype("|b1")))


def look_blob(look: SurfaceLook) -> Blob:
    """Return what one surface has of its own."""
    layers = [[layer.before_name, layer.after_name, layer.total] for layer in look.layers]
    arrays = [look.said.astype("<f4"), *_parts(look.outputs)]
    for layer in look.layers:
        arrays += [*_parts(layer.before), *_parts(layer.after)]
    return _blob({"layers": layers}, arrays)


def look_of(run: str, step: int, field: Blob, look: Blob) -> SurfaceLook:
    """Return a look from the two blobs that were made of it.

    Raises:
        RunError: They are damaged.
    """
    try:
        shared, (points, truth, held_out) = _read(*field)
        own, found = _read(*look)
        said, rest = found[0], iter(found[1:])
        outputs = _levels(rest)
        layers = tuple(
            LayerLook(str(before), str(after), int(total), _levels(rest), _levels(rest))
            for before, after, total in own["layers"]
        )
        lows, highs = (tuple(map(float, shared[name])) for name in ("lows", "highs"))
        classes = tuple(map(str, shared["classes"]))
    except (
        LookupError,
        TypeError,
        ValueError,
        StopIteration,
        RecursionError,
        ArithmeticError,
        zlib.error,
    ) as error:
        raise RunError(f'A surface of the run "{run}" (step {step:,}) is damaged in the store.') from error
    return SurfaceLook(
        run, step, lows, highs, classes, points, truth, held_out, outputs, said, layers
    )  # fmt: skip


def _parts(levels: Levels) -> tuple[Array, ...]:
    return levels.levels, levels.lows.astype("<f4"), levels.highs.astype("<f4")


def _levels(arrays: Iterator[Array]) -> Levels:
    return Levels(next(arrays), next(arrays), next(arrays))


def _blob(about: dict[str, Any], arrays: Sequence[Array]) -> Blob:
    layout = {**about, "arrays": [[array.dtype.str, list(array.shape)] for array in arrays]}
    content = b"".join(np.ascontiguousarray(_differences(array)).tobytes() for array in arrays)
    return json.dumps(layout, separators=(",", ":")), zlib.compress(content, LEVEL)


def _read(layout: str, content: bytes) -> tuple[dict[str, Any], list[Array]]:
    """Return what is said about arrays, and the arrays.

    Raises:
        ValueError: They do not agree.
    """
    about = json.loads(layout)
    wanted = [(str(dtype), tuple(map(int, shape))) for dtype, shape in about["arrays"]]
    sizes = []
    for dtype, shape in wanted:
        if dtype not in _DTYPES or any(side < 0 for side in shape):
            raise ValueError(f"an array of {dtype} {shape}")
        sizes.append(math.prod(shape) * np.dtype(dtype).itemsize)
    if sum(sizes) > MOST_BYTES:
        raise ValueError(f"{sum(sizes):,} bytes")
    raw = zlib.decompressobj().decompress(content, sum(sizes) + 1)
    if len(raw) != sum(sizes):
        raise ValueError(f"{len(raw):,} bytes instead of {sum(sizes):,}")
    arrays, start = [], 0
    for (dtype, shape), size in zip(wanted, sizes, strict=True):
        arrays.append(_sums(np.frombuffer(raw[start : start + size], dtype).reshape(shape)))
        start += size
    return about, arrays


def _differences(array: Array) -> Array:
    """Return levels as differences from their neighbours; anything else as it is."""
    if array.dtype.kind != "u":
        return array
    changed = array.copy()
    changed[..., 1:] -= array[..., :-1]  # wraps around, and back in _sums
    if array.ndim > 2:
        changed[..., 1:, :] -= changed[..., :-1, :].copy()
    return changed


def _sums(array: Array) -> Array:
    if array.dtype.kind != "u":
        return array
    if array.ndim > 2:
        array = np.cumsum(array, axis=-2, dtype=array.dtype)
    return np.cumsum(array, axis=-1, dtype=array.dtype)
