"""Keeping what was seen of a long run within bounds: an even choice over its steps stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from studio.runs import packing
from studio.runs.filter_timeline import MAX_LOOKS, packed
from studio.runs.records import Filters, Histogram, Norms, Seen, SurfaceLook
from studio.runs.surface_timeline import MAX_SURFACES

LIMIT = 256
"""Kept of each quantity of a node, and of the norms; more than a plot over time can show apart."""

Key: TypeAlias = tuple[Any, ...]
"""Values of the columns in front of the step in a table's key."""


class Thinning:
    """Writes what was seen of one run, and deletes every second record of a kind that has too many.

    Args:
        run: The run's row in the database.
        limit: How many are kept of each kind.
    """

    def __init__(self, run: int, limit: int = LIMIT) -> None:
        self._histograms = _Table("histograms", ("run", "node", "quantity"), limit)
        self._norms = _Table("norms", ("run",), limit)
        self._filters = _Table("filters", ("run", "node"), min(limit, MAX_LOOKS))
        self._surfaces = _Table("surfaces", ("run",), min(limit, MAX_SURFACES))
        self._has_field = False
        self._run = run

    def write(self, connection: sqlite3.Connection, record: Seen) -> None:
        """Keep a record, unless it lies closer to the one before than the kept ones to each other."""
        if isinstance(record, Norms):
            self._norms.write(connection, (self._run,), record.step, partial(_norms_row, self._run, record))
            return
        if isinstance(record, Filters):
            row = partial(_filters_row, self._run, record)
            self._filters.write(connection, (self._run, record.node), record.step, row)
            return
        if isinstance(record, SurfaceLook):
            self._write_field(connection, record)
            row = partial(_surface_row, self._run, record)
            self._surfaces.write(connection, (self._run,), record.step, row)
            return
        key = self._run, record.node, record.quantity
        self._histograms.write(connection, key, record.step, partial(_histogram_row, self._run, record))

    def _write_field(self, connection: sqlite3.Connection, record: SurfaceLook) -> None:
        """Keep, once, what all surfaces of a run share."""
        if not self._has_field:
            row = self._run, *packing.field_blob(record)
            connection.execute("INSERT OR REPLACE INTO fields VALUES (?, ?, ?)", row)
            self._has_field = True


class _Table:
    """One table, and which steps of each key it keeps.

    Args:
        name: Of the table.
        columns: Its key, less the step.
        limit: Steps kept for each key.
    """

    def __init__(self, name: str, columns: tuple[str, ...], limit: int) -> None:
        self._name, self._limit = name, limit
        self._where = " AND ".join(f"{column} = ?" for column in columns)
        self._kept: dict[Key, list[int]] = {}

    def write(
        self, connection: sqlite3.Connection, key: Key, step: int, make_row: Callable[[], tuple[Any, ...]]
    ) -> None:
        """Keep a row, or leave it out before it is made."""
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = self._read(connection, key)
        # Steps come unevenly; what counts is that no stretch of the run is drowned by another.
        if len(kept) > self._limit // 2 and step - kept[-1] < (kept[-1] - kept[0]) / self._limit:
            return
        row = make_row()
        places = ", ".join("?" * len(row))
        connection.execute(f"INSERT OR REPLACE INTO {self._name} VALUES ({places})", row)
        kept.append(step)
        if len(kept) > self._limit:
            self._halve(connection, key, kept)

    def _halve(self, connection: sqlite3.Connection, key: Key, kept: list[int]) -> None:
        """Delete every second, never the first and the last."""
        doomed = kept[1:-1:2]
        connection.executemany(
            f"DELETE FROM {self._name} WHERE {self._where} AND step = ?", [(*key, step) for step in doomed]
        )
        self._kept[key] = sorted(set(kept) - set(doomed))

    def _read(self, connection: sqlite3.Connection, key: Key) -> list[int]:
        query = f"SELECT step FROM {self._name} WHERE {self._where} ORDER BY step"
        return [step for (step,) in connection.execute(query, key)]


def _histogram_row(run: int, record: Histogram) -> tuple[Any, ...]:
    counts = record.counts.astype("<i4").tobytes()
    numbers = record.low, record.high, counts, record.zeros, record.mean, record.std
    return (
        run,
        record.node,
        record.step,
        *numbers,
        record.quantity,
        record.silent,
        record.saturated,
        record.gradient,
    )


def _norms_row(run: int, record: Norms) -> tuple[Any, ...]:
    norms = (record.weights, record.gradients, record.updates)
    blobs = (record.sizes.astype("<i8").tobytes(), *(norm.astype("<f4").tobytes() for norm in norms))
    return run, record.step, "\n".join(record.parameters), *blobs


def _filters_row(run: int, record: Filters) -> tuple[Any, ...]:
    look = packed(record)
    shape, order = (" ".join(map(str, numbers)) for numbers in (look.levels.shape, look.order))
    return run, look.node, look.step, shape, look.levels.tobytes(), look.scale, look.total, order


def _surface_row(run: int, record: SurfaceLook) -> tuple[Any, ...]:
    return run, record.step, *packing.look_blob(record)
