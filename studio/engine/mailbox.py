"""Where records wait for whoever reads them on a timer: bounded, and nothing that matters is lost.

Replies, `RunChanged`, `EpochEnded` and `CheckpointWritten` are all kept, in order. `Steps` of a run are
joined into one record. Of what is only worth seeing fresh, the newest stays.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable

import numpy as np

from studio.engine.records import Progress, Record
from studio.runs.records import (
    Filters,
    Histogram,
    Maps,
    Norms,
    Predictions,
    RunChanged,
    RunProgress,
    Steps,
    Surface,
    SurfaceLook,
    choose_steps,
    join_steps,
)

MAX_POINTS = 100_000
"""Pending training steps of one run, beyond which they are thinned."""

MAX_SEEN = 64
"""Pending histograms of one quantity of a node, or norms of a run, beyond which they are thinned evenly."""

MAX_SURFACES = 24
"""Pending looks at a run's surface, each half a megabyte at most, beyond which they are thinned likewise."""


class Mailbox:
    """Thread-safe; any thread may put, and any may drain."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._pending: dict[Hashable, list[Record]] = {}
        self._points: dict[Hashable, int] = {}
        self._sealed: dict[str, int] = {}
        self._serial = 0

    def put(self, record: Record) -> None:
        """Keep a record until the next drain, joined with or in place of what it makes moot."""
        with self._changed:
            if isinstance(record, Steps):
                self._put_steps(record)
            elif isinstance(record, Histogram | Norms | SurfaceLook):
                self._put_seen(record)
            else:
                self._put_other(record)
            self._changed.notify_all()

    def _put_other(self, record: Record) -> None:
        """Keep a record at the end, taking the one it replaces out of its place."""
        self._serial += 1
        key: Hashable = self._serial
        if isinstance(record, RunProgress):
            key = ("progress", record.run)
        elif isinstance(record, Filters):
            key = ("filters", record.run, record.node)
        elif isinstance(record, Surface):
            key = ("surface", record.run)
        elif isinstance(record, Maps):
            key = ("maps", record.run, record.node)
        elif isinstance(record, Predictions):
            key = ("predictions", record.run)
        elif isinstance(record, Progress):
            key = ("request", record.id)
        elif isinstance(record, RunChanged):
            # Steps from before a resume and after it must not become one record.
            self._sealed[record.run] = self._serial
        self._pending.pop(key, None)
        self._pending[key] = [record]

    def _put_seen(self, record: Histogram | Norms | SurfaceLook) -> None:
        """Keep what was seen; beyond the limit, the one whose neighbours are closest in time goes."""
        what = (record.node, record.quantity) if isinstance(record, Histogram) else (type(record).__name__,)
        waiting = self._pending.setdefault(("seen", record.run, *what), [])
        waiting.append(record)
        if len(waiting) > (MAX_SURFACES if isinstance(record, SurfaceLook) else MAX_SEEN):
            steps = [other.step for other in waiting if isinstance(other, Histogram | Norms | SurfaceLook)]
            gaps = [after - before for before, after in zip(steps, steps[2:], strict=False)]
            del waiting[gaps.index(min(gaps)) + 1]

    def _put_steps(self, record: Steps) -> None:
        """Keep steps beside those of the same run that wait already."""
        key = ("steps", record.run, self._sealed.get(record.run, 0))
        self._pending.setdefault(key, []).append(record)
        self._points[key] = self._points.get(key, 0) + len(record.steps)
        # At twice the limit, so that a full box does not thin at every put.
        if self._points[key] > 2 * MAX_POINTS:
            thinned = thin(join(self._pending[key]), MAX_POINTS)
            self._pending[key] = [thinned]
            self._points[key] = len(thinned.steps)

    def drain(self) -> list[Record]:
        """Return all that waits and forget it: oldest first, the newest of each replaceable kind."""
        with self._changed:
            pending, self._pending, self._points, self._sealed = self._pending, {}, {}, {}
        records: list[Record] = []
        for waiting in pending.values():
            if isinstance(waiting[0], Steps):
                records.append(thin(join(waiting), MAX_POINTS))
            else:
                records.extend(waiting)
        return records

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until something is there; say whether something is."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._pending), timeout_s)

    def __len__(self) -> int:
        with self._changed:
            return sum(len(waiting) for waiting in self._pending.values())


def join(waiting: list[Record]) -> Steps:
    """Return the steps of several records of one run as one record."""
    return join_steps([record for record in waiting if isinstance(record, Steps)])


def thin(record: Steps, limit: int) -> Steps:
    """Return at most `limit` of the steps, with the lowest and highest loss of every stretch among them.

    What a plot draws from it is what it would draw from all: no spike is lost, and the newest step stays.
    """
    count = len(record.steps)
    if count <= limit:
        return record
    size = -(-count // ((limit - 1) // 2))
    losses = np.full(-(-count // size) * size, np.nan)
    losses[:count] = record.losses
    stretches = losses.reshape(-1, size)
    starts = np.arange(len(stretches)) * size
    unknown = np.isnan(stretches)
    low = starts + np.where(unknown, np.inf, stretches).argmin(axis=1)
    high = starts + np.where(unknown, -np.inf, stretches).argmax(axis=1)
    kept = np.unique(np.concatenate([low, high, [count - 1]]))
    return choose_steps(record, kept)
