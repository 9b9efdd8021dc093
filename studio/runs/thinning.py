"""Keeping histograms of a long run within bounds: an even choice over its steps stays."""

from __future__ import annotations

import sqlite3

from studio.runs.records import ActivationHistogram

LIMIT = 256
"""Kept for each node; more than a plot over time can show apart."""


class Thinning:
    """Writes histograms of one run, and deletes every second one of a node when it has too many.

    Args:
        run: The run's row in the database.
        limit: How many are kept for each node.
    """

    def __init__(self, run: int, limit: int = LIMIT) -> None:
        self._run = run
        self._limit = limit
        self._kept: dict[str, list[int]] = {}

    def write(self, connection: sqlite3.Connection, record: ActivationHistogram) -> None:
        """Keep a histogram, unless it lies closer to the one before than the kept ones to each other."""
        kept = self._kept.get(record.node)
        if kept is None:
            kept = self._kept[record.node] = self._read(connection, record.node)
        # Steps come unevenly; what counts is that no stretch of the run is drowned by another.
        if len(kept) > self._limit // 2 and record.step - kept[-1] < (kept[-1] - kept[0]) / self._limit:
            return
        connection.execute(
            "INSERT OR REPLACE INTO histograms VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._run,
                record.node,
                record.step,
                record.low,
                record.high,
                record.counts.astype("<i4").tobytes(),
                record.zeros,
                record.mean,
                record.std,
            ),
        )
        kept.append(record.step)
        if len(kept) > self._limit:
            self._halve(connection, record.node, kept)

    def _halve(self, connection: sqlite3.Connection, node: str, kept: list[int]) -> None:
        """Delete every second, never the first and the last."""
        doomed = kept[1:-1:2]
        connection.executemany(
            "DELETE FROM histograms WHERE run = ? AND node = ? AND step = ?",
            [(self._run, node, step) for step in doomed],
        )
        self._kept[node] = sorted(set(kept) - set(doomed))

    def _read(self, connection: sqlite3.Connection, node: str) -> list[int]:
        query = "SELECT step FROM histograms WHERE run = ? AND node = ? ORDER BY step"
        return [step for (step,) in connection.execute(query, (self._run, node))]
