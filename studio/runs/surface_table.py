"""A surface as a table: a place a row, and what the network and its units say there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import numpy as np

from studio.runs.records import Array, Surface


def csv_of(surface: Surface) -> str:
    """Return a surface as CSV; cells of units are empty where they were not evaluated.

    The columns are ``x1`` and ``x2`` in the units of the data, ``p(class)`` or ``output``, ``a`` and ``h`` of
    each unit.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    titles, columns = zip(*_columns(surface), strict=True)
    writer.writerow(titles)
    for row in zip(*(column.ravel().tolist() for column in columns), strict=True):
        writer.writerow("" if value != value else f"{value:.9g}" for value in row)
    return stream.getvalue()


def axes_of(surface: Surface) -> tuple[Array, ...]:
    """Return the places along each axis, in the units of the data."""
    side = surface.outputs.shape[-1]
    return tuple(np.linspace(low, high, side) for low, high in zip(surface.lows, surface.highs, strict=True))


def output_names(surface: Surface) -> tuple[str, ...]:
    """Return what each output is called: a class, or a number if there are several."""
    if surface.classes:
        return surface.classes
    count = len(surface.outputs)
    return ("output",) if count == 1 else tuple(f"output {number}" for number in range(1, count + 1))


def _columns(surface: Surface) -> Iterator[tuple[str, Array]]:
    axes = axes_of(surface)
    for number, places in enumerate(np.meshgrid(*axes, indexing="xy"), 1):
        yield f"x{number}", places
    for name, values in zip(output_names(surface), surface.outputs, strict=True):
        yield (f"p({name})" if surface.classes else name), values
    for letter, node, units in (
        ("a", surface.before_name, surface.before),
        ("h", surface.after_name, surface.after),
    ):
        for number, values in enumerate(units):
            yield f"{letter} of {node} {number}", _spread(values, surface.outputs.shape[1:])


def _spread(values: Array, shape: tuple[int, ...]) -> Array:
    """Return values of every second place at their places among all, with NaN between."""
    if values.shape == shape:
        return values
    spread = np.full(shape, np.nan)
    spread[::2, ::2] = values
    return spread


def points_right(surface: Surface) -> tuple[int, int] | None:
    """Return how many of the points the network tells right, and of how many; None where it tells values."""
    if not surface.classes:
        return None
    return int((surface.said == surface.truth).sum()), len(surface.truth)


def farthest_point(surface: Surface) -> float | None:
    """Return how far the network is from a point's value at most; None where it tells classes, or several."""
    if surface.classes or len(surface.outputs) > 1 or not len(surface.truth):
        return None
    return float(np.abs(surface.said - surface.truth).max())
