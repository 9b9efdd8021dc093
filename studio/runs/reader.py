"""Reading a run, finished or going on in whatever process: curves, events, histograms, files."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, TypeVar, get_args

import numpy as np
import numpy.typing as npt

from studio.errors import GrantError, RunError
from studio.project import format as document
from studio.project import grants
from studio.project.project import Project
from studio.project.strict_json import MAX_BYTES
from studio.runs import database, lock, names, packing
from studio.runs.filter_timeline import PackedFilters
from studio.runs.records import (
    STEP_COLUMNS,
    CheckpointWritten,
    EpochEnded,
    Histogram,
    Norms,
    Quantity,
    RunChanged,
    RunState,
    Steps,
    SurfaceLook,
    choose_steps,
    join_steps,
)
from studio.runs.rows import made

T = TypeVar("T")

Which: TypeAlias = str
"""A checkpoint of a run: ``last``, ``best``, ``resume``, or ``step-120`` of those that stay (`keep_last`)."""

Columns: TypeAlias = tuple[npt.NDArray[np.int64], npt.NDArray[np.float32], npt.NDArray[np.float32]]

DESIGN = "design.flow"
ENDED = ("finished", "stopped", "failed")

_LOOK = "node, step, low, high, counts, zeros, mean, std, silent, saturated, gradient"
"""Columns of a histogram."""

_LOOK_KINDS = "tirrbrrrfff"

FIGURES = 8
"""Of a fingerprint of the data that tables show: enough to see whether two runs had the same."""


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A line in the list of runs.

    Attributes:
        state: As the run last told; ``interrupted`` when its process died before it ended.
        created: Seconds since 1970.
        updated: When it last wrote.
        epochs: Epochs done.
        best_val_loss: Lowest so far; NaN before the first epoch.
        best_val_accuracy: Accuracy of that epoch; NaN if not a classifier.
        step: The last step recorded.
        pid: The process that writes it, or did.
        alive: That process still holds the run.
        message: What it last told.
        tags: Words that people gave it.
        note: Text that people wrote about it.
        fingerprint: Of the data it was trained on; empty if none was taken.
        test_looks: How often it was measured on the test part.
    """

    name: str
    state: RunState | Literal["interrupted"]
    created: float
    updated: float
    device: str
    seed: int
    epochs: int
    best_val_loss: float
    best_val_accuracy: float
    step: int
    pid: int
    alive: bool
    message: str
    tags: tuple[str, ...] = ()
    note: str = ""
    fingerprint: str = ""
    test_looks: int = 0


INFO = """
SELECT runs.name, runs.state, runs.created, runs.updated, runs.device, runs.seed,
    (SELECT count(*) FROM epochs WHERE run = runs.id),
    best.val_loss, best.val_accuracy, runs.step, runs.pid, runs.message,
    runs.tags, runs.note, runs.fingerprint, runs.test_looks
FROM runs LEFT JOIN epochs AS best ON best.run = runs.id AND best.epoch =
    (SELECT max(epoch) FROM epochs WHERE run = runs.id AND is_best)
"""


INFO_KINDS = "ttrrtiiffiitttti"
LATEST = 1e11
"""Seconds since 1970 that a date can show."""


def info_of(row: tuple[Any, ...], folder: Path) -> RunInfo:
    """Return what a row of `INFO` says, and whether the run's process lives.

    Args:
        row: The row.
        folder: The store's folder.
    """
    name, state, created, updated, device, seed, epochs, loss, accuracy, step, pid, message, *rest = row
    tags, note, fingerprint, looks = rest
    names.check(name)
    _state(state)
    if not (0.0 <= created <= LATEST and 0.0 <= updated <= LATEST):
        raise ValueError("a run was made at no time that can be")
    alive = state not in ENDED and lock.is_held(folder / name)
    return RunInfo(
        name,
        state if alive or state in ENDED else "interrupted",
        created,
        updated,
        device,
        seed,
        epochs,
        _number(loss),
        _number(accuracy),
        step,
        pid,
        alive,
        message,
        tuple(tags.split("\n")) if tags else (),
        note,
        fingerprint,
        looks,
    )


class RunReader:
    """One run of a store. Every call asks the database anew, so a viewer just asks again.

    Args:
        store: The store's folder.
        name: The run's name.
    """

    def __init__(self, store: Path, name: str) -> None:
        self.name = name
        self.folder = store / name
        self._store = store

    @property
    def info(self) -> RunInfo:
        """What the list of runs says of it.

        Raises:
            RunError: The run is gone.
        """
        found = self._read(
            f"{INFO} WHERE runs.name = ?",
            INFO_KINDS,
            lambda *row: info_of(row, self._store),
            self.name,
        )
        if not found:
            raise RunError(f'There is no run "{self.name}" in "{self._store}" any more.')
        return found[0]

    def project(self) -> Project:
        """Return the design and the settings the run was started with.

        Raises:
            RunError: The file is gone.
            ProjectError: The file is damaged.
        """
        project = document.loads(self._design(), self.name)
        grants.came_from_file(project.data.folder)
        return project

    def _design(self) -> bytes:
        path = own_file(self._store, self.folder / DESIGN)
        try:
            with path.open("rb") as file:
                return file.read(MAX_BYTES + 1)
        except OSError as error:
            raise RunError(
                f'The design of the run "{self.name}" cannot be read: {error.strerror}.'
            ) from error

    def epochs(self, after: int = 0) -> list[EpochEnded]:
        """Return all epochs, or those after one."""
        return self._read(
            "SELECT epoch, step, train_loss, val_loss, train_accuracy, val_accuracy, is_best "
            f"FROM epochs WHERE run = ({_ID}) AND epoch > ? ORDER BY epoch",
            "iiffffi",
            lambda epoch, step, loss, val_loss, accuracy, val_accuracy, is_best: EpochEnded(
                self.name,
                epoch,
                step,
                _number(loss),
                _number(val_loss),
                _number(accuracy),
                _number(val_accuracy),
                bool(is_best),
            ),
            self.name,
            after,
        )

    def steps(self, after: int = 0) -> Columns:
        """Return steps, losses and accuracies, all or those after a step.

        Shape:
            returns: three of (K,)
        """
        found = self.record(after)
        return found.steps, found.losses, found.accuracies

    def record(self, after: int = 0) -> Steps:
        """Return all that is kept of every step, or of those after a step."""
        found = self._read(
            "SELECT steps, losses, accuracies, lrs, penalties FROM steps "
            f"WHERE run = ({_ID}) AND last > ? ORDER BY last",
            "bbbbb",
            lambda *row: _steps(self.name, row),
            self.name,
            after,
        )
        if not found:
            return Steps(self.name, np.zeros(0, np.int64), *np.zeros((2, 0), np.float32))
        joined = join_steps(found)
        new = joined.steps > after
        return joined if new.all() else choose_steps(joined, new)

    def events(self) -> list[RunChanged]:
        """Return every state the run entered, oldest first."""
        return self._read(
            "SELECT state, step, epoch, message, node, details, device, lr "
            f"FROM events WHERE run = ({_ID}) AND message != ? ORDER BY id",
            "tiittttf",
            lambda state, *rest: RunChanged(self.name, _state(state), *rest),
            self.name,
            database.CHECKPOINT,
        )

    def checkpoints(self) -> list[CheckpointWritten]:
        """Return when checkpoints were written, by step, whether they are still there or not.

        Of a run of an earlier version those are known that stayed (`keep_last`).
        """
        found = self._read(
            f"SELECT step FROM events WHERE run = ({_ID}) AND message = ?",
            "i",
            lambda step: step,
            self.name,
            database.CHECKPOINT,
        )
        steps = sorted({*found, *kept_steps(self.folder)})
        return [CheckpointWritten(self.name, step) for step in steps]

    def histograms(self, node: str, quantity: Quantity = "activation") -> list[Histogram]:
        """Return the kept histograms of a quantity of a node, by step."""
        return self._read(
            f"SELECT {_LOOK} FROM histograms WHERE run = ({_ID}) AND node = ? AND quantity = ? ORDER BY step",
            _LOOK_KINDS,
            lambda *row: self._histogram(row, quantity),
            self.name,
            node,
            quantity,
        )

    def newest_histograms(self, quantity: Quantity = "activation") -> dict[str, Histogram]:
        """Return the newest histogram of a quantity of each node that was looked at."""
        found = self._read(
            f"SELECT {_LOOK} FROM histograms JOIN (SELECT run, node, quantity, MAX(step) AS step "
            f"FROM histograms WHERE run = ({_ID}) AND quantity = ? GROUP BY node) "
            "USING (run, node, quantity, step) ORDER BY node",
            _LOOK_KINDS,
            lambda *row: self._histogram(row, quantity),
            self.name,
            quantity,
        )
        return {histogram.node: histogram for histogram in found}

    def _histogram(self, row: Sequence[Any], quantity: Quantity) -> Histogram:
        """Return the look that a row of the columns of `_LOOK` holds."""
        node, step, low, high, counts, *numbers = row
        zeros, mean, std, silent, saturated, gradient = map(_number, numbers)
        bins = np.frombuffer(counts, "<i4").astype(np.int64)
        return Histogram(
            self.name, node, step, low, high, bins, zeros, mean, std, quantity, silent, saturated, gradient
        )

    def seen_nodes(self, quantity: Quantity = "activation") -> list[str]:
        """Return the names of the nodes of which a quantity's histograms are kept."""
        query = f"SELECT DISTINCT node FROM histograms WHERE run = ({_ID}) AND quantity = ? ORDER BY node"
        return self._read(query, "t", str, self.name, quantity)

    def filters(self, node: str) -> list[PackedFilters]:
        """Return the kept looks at a node's filters, by step."""
        return self._read(
            "SELECT step, shape, levels, scale, total, filter_order "
            f"FROM filters WHERE run = ({_ID}) AND node = ? ORDER BY step",
            "itbfit",
            lambda step, shape, levels, scale, total, order: PackedFilters(
                self.name,
                node,
                step,
                np.frombuffer(levels, np.int8).reshape([int(side) for side in shape.split()]),
                _number(scale),
                total,
                tuple(int(place) for place in order.split()),
            ),
            self.name,
            node,
        )

    def norms(self) -> list[Norms]:
        """Return the kept norms of the parameters, by step."""
        return self._read(
            "SELECT step, parameters, sizes, weights, gradients, updates "
            f"FROM norms WHERE run = ({_ID}) ORDER BY step",
            "itbbbb",
            lambda step, parameters, sizes, *blobs: Norms(
                self.name,
                step,
                tuple(parameters.split("\n")) if parameters else (),
                np.frombuffer(sizes, "<i8").astype(np.int64),
                *(np.frombuffer(blob, "<f4").astype(np.float32) for blob in blobs),
            ),
            self.name,
        )

    def surfaces(self) -> list[SurfaceLook]:
        """Return the kept looks at the network's surface, by step.

        Raises:
            RunError: What is kept is damaged.
        """
        query = f"SELECT layout, arrays FROM fields WHERE run = ({_ID})"
        shared = self._read(query, "tb", lambda *row: row, self.name)
        if not shared:
            return []
        return self._read(
            f"SELECT step, layout, arrays FROM surfaces WHERE run = ({_ID}) ORDER BY step",
            "itb",
            lambda step, *look: packing.look_of(self.name, step, shared[0], look),
            self.name,
        )

    def checkpoint_path(self, which: Which) -> Path:
        """Return the file of a checkpoint.

        Raises:
            RunError: The run has none of that kind (yet).
        """
        path = own_file(self._store, checkpoint_file(self.folder, which))
        if not path.is_file():
            raise RunError(
                f'The run "{self.name}" has no checkpoint "{which}": it ended before it had written one.'
            )
        return path

    def _read(self, query: str, kinds: str, make: Callable[..., T], *values: object) -> list[T]:
        with database.opened(self._store) as connection:
            rows = connection.execute(query, values).fetchall()
        return made(rows, kinds, make, self._store)


def own_file(store: Path, path: Path) -> Path:
    """Return the path of a file of a store that may be used: it is no link to a place outside.

    Raises:
        RunError: It is, and nobody allowed that.
    """
    try:
        return grants.regular_file(path, store)
    except GrantError as error:
        raise RunError(error.message) from error


def checkpoint_file(folder: Path, which: Which) -> Path:
    """Return where a run's folder keeps a checkpoint."""
    return folder / f"{which}.safetensors"


def step_checkpoint(step: int) -> Which:
    """Return the name of the checkpoint of a step."""
    return f"step-{step}"


def kept_steps(folder: Path) -> list[int]:
    """Return the steps of the checkpoints that a run's folder keeps beside the last, in order."""
    names = (path.name.removesuffix(".safetensors") for path in folder.glob("step-*.safetensors"))
    steps = (name.removeprefix("step-") for name in names)
    return sorted(int(step) for step in steps if step.isdecimal())


def known_names(connection: sqlite3.Connection) -> list[str]:
    """Return the names of all runs, oldest first."""
    return [name for (name,) in connection.execute("SELECT name FROM runs ORDER BY id")]


def _steps(run: str, row: Sequence[bytes]) -> Steps:
    """Return the steps of a row, whose columns are of one length; those of older versions may be empty."""
    found = Steps(run, *database.arrays_of(row))
    lengths = [len(getattr(found, name)) for name in STEP_COLUMNS]
    if lengths[1:3] != lengths[:1] * 2 or not {*lengths[3:]} <= {0, lengths[0]}:
        raise ValueError("it holds steps without what they reached")
    return found


def _state(name: str) -> RunState:
    if name not in get_args(RunState):
        raise ValueError(f"there is no state {name[:40]!r}")
    return name  # type: ignore[return-value]


_ID = "SELECT id FROM runs WHERE name = ?"


def _number(value: float | None) -> float:
    """SQLite keeps NaN as NULL."""
    return math.nan if value is None else value
