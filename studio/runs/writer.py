"""Writing a run: records are taken at once, and kept by a thread of the writer's own.

The training loop must not wait for a disk. The thread gathers what comes within a moment and commits it
together, so that a reader elsewhere is never far behind and the disk is not asked at every step.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from pathlib import Path

from studio.errors import RunError
from studio.runs import database
from studio.runs.lock import RunLock
from studio.runs.reader import Which, checkpoint_file
from studio.runs.records import (
    CheckpointWritten,
    EpochEnded,
    Filters,
    Histogram,
    Norms,
    RunChanged,
    RunState,
    Seen,
    Steps,
    SurfaceLook,
    choose_steps,
    join_steps,
)
from studio.runs.thinning import Thinning

COMMIT_S = 0.2

RETRY_S = 1.0
"""After a write that the disk refused: what was to be written is kept, and tried again."""


class RunWriter:
    """The one writer of a run.

    Its methods may be called from any thread. What a full disk refuses is written when there is room again,
    and `trouble` says so meanwhile; if there is none by the end, `close` raises it. Any other failure is
    raised by the next call.

    Args:
        store: The store's folder.
        name: The run's name.
        run: Its row in the database.
        lock: The right to write it.
        before: How a run that goes on had ended.
    """

    def __init__(self, store: Path, name: str, run: int, lock: RunLock, before: RunState = "stopped") -> None:
        self.name = name
        self.before = before
        self.folder = store / name
        self._store = store
        self._run = run
        self._lock = lock
        self._thinning = Thinning(run)
        self._changed = threading.Condition()
        self._pending: list[_Record] = []
        self._urgent = False
        self._closed = False
        self._failure: RunError | None = None
        self._trouble: RunError | None = None
        self._thread = threading.Thread(target=self._work, name=f"run-writer-{name}", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> str:
        """Why records are waiting to be written, in words; empty if they are not."""
        return self._trouble.message if self._trouble is not None else ""

    def steps(self, record: Steps) -> None:
        """Keep the losses of some steps."""
        self._put(record)

    def epoch(self, record: EpochEnded) -> None:
        """Keep an epoch's numbers."""
        self._put(record)

    def changed(self, record: RunChanged) -> None:
        """Keep an event; its state is the run's from now on."""
        self._put(record)

    def checkpoint(self, record: CheckpointWritten) -> None:
        """Keep when a checkpoint was written."""
        self._put(record)

    def seen(self, record: Seen) -> None:
        """Keep what was seen at a step; of a long run, an even choice over its steps stays."""
        self._put(record)

    def rewind(self, step: int) -> None:
        """Forget all that was recorded after a step: a resumed run goes on from there."""
        self._put(step)

    def fingerprint(self, text: str) -> None:
        """Keep what tells whether the data changed."""
        self._put(text)

    def checkpoint_path(self, which: Which) -> Path:
        """Return where a checkpoint of this run is to be written."""
        return checkpoint_file(self.folder, which)

    def flush(self) -> None:
        """Wait until all that was given is in the database.

        Raises:
            RunError: It could not be written.
        """
        with self._changed:
            self._urgent = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._urgent or not self._thread.is_alive())
            self._raise_failure()
            if self._trouble is not None:
                raise self._trouble

    def close(self) -> None:
        """Write what is left and give up the run.

        Raises:
            RunError: It could not be written.
        """
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()
        self._lock.release()
        self._raise_failure()

    def _put(self, record: _Record) -> None:
        with self._changed:
            self._raise_failure()
            if self._closed:
                raise RunError(f'The run "{self.name}" was closed; nothing can be added.')
            self._pending.append(record)
            if len(self._pending) == 1:  # else the thread is about to take them anyway
                self._changed.notify_all()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    # The writer's thread ---------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            with database.opened(self._store) as connection:
                while (records := self._take()) is not None:
                    self._try(connection, records)
        except RunError as error:
            self._failure = error
        finally:
            with self._changed:
                self._urgent = False
                self._changed.notify_all()

    def _try(self, connection: sqlite3.Connection, records: list[_Record]) -> None:
        """Write records; those that the disk refuses wait in front of all that come."""
        refused: RunError | None = None
        try:
            with database.errors_named(self._store / database.FILE), database.transaction(connection):
                self._write(connection, records)
        except RunError as error:
            if self._closed or not isinstance(error.__cause__, sqlite3.OperationalError):
                raise
            refused = error
            self._thinning = Thinning(self._run)
        with self._changed:
            self._trouble = refused
            if refused is not None:
                self._pending = [*records, *self._pending]
            self._urgent = self._urgent and bool(self._pending) and refused is None
            self._changed.notify_all()

    def _take(self) -> list[_Record] | None:
        """Return what came, after a moment for more to come; None when the writer was closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._pending or self._urgent or self._closed)
            pause_s = COMMIT_S if self._trouble is None else RETRY_S
            self._changed.wait_for(lambda: self._urgent or self._closed, pause_s)
            records, self._pending = self._pending, []
            return None if self._closed and not records else records

    def _write(self, connection: sqlite3.Connection, records: list[_Record]) -> None:
        steps: list[Steps] = []
        for record in records:
            if isinstance(record, RunChanged | int):
                # What comes later must find the steps before it written.
                _write_steps(connection, self._run, steps)
                steps = []
            match record:
                case Steps():
                    steps.append(record)
                case EpochEnded():
                    _write_epoch(connection, self._run, record)
                case RunChanged():
                    _write_event(connection, self._run, record)
                case CheckpointWritten():
                    _write_checkpoint(connection, self._run, record)
                case Histogram() | Norms() | Filters() | SurfaceLook():
                    self._thinning.write(connection, record)
                case str():
                    connection.execute("UPDATE runs SET fingerprint = ? WHERE id = ?", (record, self._run))
                case _:
                    _rewind(connection, self._run, record)
                    self._thinning = Thinning(self._run)
        _write_steps(connection, self._run, steps)
        connection.execute("UPDATE runs SET updated = ? WHERE id = ?", (time.time(), self._run))


_Record = Steps | EpochEnded | RunChanged | CheckpointWritten | Seen | str | int
"""What is written: a text is the data's fingerprint, a number the step to go back to."""


def _write_steps(connection: sqlite3.Connection, run: int, records: list[Steps]) -> None:
    """Write the steps of several records as one row."""
    if not any(len(record.steps) for record in records):
        return
    joined = join_steps(records)
    last = int(joined.steps[-1])
    connection.execute(
        "INSERT OR REPLACE INTO steps (run, last, steps, losses, accuracies, lrs, penalties) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (run, last, *database.blobs_of(joined)),
    )
    connection.execute("UPDATE runs SET step = ? WHERE id = ?", (last, run))


def _write_epoch(connection: sqlite3.Connection, run: int, record: EpochEnded) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO epochs VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            run,
            record.epoch,
            record.step,
            record.train_loss,
            record.val_loss,
            record.train_accuracy,
            record.val_accuracy,
            record.is_best,
        ),
    )


def _write_event(connection: sqlite3.Connection, run: int, record: RunChanged) -> None:
    connection.execute(
        "INSERT INTO events (run, time, state, step, epoch, message, node, details, device, lr) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            run,
            time.time(),
            record.state,
            record.step,
            record.epoch,
            record.message,
            record.node,
            record.details,
            record.device,
            record.lr,
        ),
    )
    connection.execute(
        # A run that starts to go on is as far as it was; only `rewind` takes it back.
        "UPDATE runs SET state = ?, step = coalesce(nullif(?, 0), step), message = ?, pid = ?, "
        "device = coalesce(nullif(?, ''), device) WHERE id = ?",
        (record.state, record.step, record.message, os.getpid(), record.device, run),
    )


def _write_checkpoint(connection: sqlite3.Connection, run: int, record: CheckpointWritten) -> None:
    connection.execute(
        "INSERT INTO events (run, time, state, step, epoch, message, node, details, device, lr) "
        "VALUES (?, ?, 'running', ?, 0, ?, '', '', '', NULL)",
        (run, time.time(), record.step, database.CHECKPOINT),
    )


def _rewind(connection: sqlite3.Connection, run: int, step: int) -> None:
    """Delete what lies after a step, cutting the row of steps that lies across it."""
    rows = connection.execute(
        "SELECT steps, losses, accuracies, lrs, penalties FROM steps "
        "WHERE run = ? AND last > ? ORDER BY last",
        (run, step),
    ).fetchall()
    for table, column in (
        ("steps", "last"),
        ("epochs", "step"),
        ("histograms", "step"),
        ("norms", "step"),
        ("filters", "step"),
        ("surfaces", "step"),
    ):
        connection.execute(f"DELETE FROM {table} WHERE run = ? AND {column} > ?", (run, step))
    connection.execute(
        "DELETE FROM events WHERE run = ? AND step > ? AND message = ?", (run, step, database.CHECKPOINT)
    )
    # What was told stays told, but a learning rate set after the step is not in force any more.
    connection.execute("UPDATE events SET lr = NULL WHERE run = ? AND step > ?", (run, step))
    kept = [Steps("", *database.arrays_of(row)) for row in rows]
    kept = [choose_steps(record, record.steps <= step) for record in kept]
    _write_steps(connection, run, kept)
    connection.execute("UPDATE runs SET step = ? WHERE id = ?", (step, run))
