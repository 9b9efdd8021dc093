"""The SQLite file behind a run store: its tables, and connections that several processes can hold.

WAL lets everyone read while one process writes. With ``synchronous=NORMAL`` a power cut may take the
last moments, never more: checkpoints are synced, and curves are drawn again when a run is resumed.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from studio.errors import GrantError, RunError
from studio.project import grants
from studio.runs.records import STEP_COLUMNS, Array, Steps

FILE = "runs.sqlite"
VERSION = 7
BUSY_TIMEOUT_S = 10.0
MOST_BYTES = 2**28
"""Of one value."""

CHECKPOINT = "checkpoint"
"""Message of the event that a checkpoint was written. Its state is ``running``, so that a program which knows
no such event reads it as one of those that it knows."""

_STRANGE = (
    "SELECT 1 FROM sqlite_master WHERE type IN ('view', 'trigger') OR sql LIKE 'CREATE VIRTUAL%' "
    "OR sql LIKE '%GENERATED ALWAYS%' LIMIT 1"
)
"""Finds what would make reading or writing a list of runs do something else."""


SCHEMA = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created REAL NOT NULL,
    updated REAL NOT NULL,
    device TEXT NOT NULL,
    seed INTEGER NOT NULL,
    pid INTEGER NOT NULL,
    state TEXT NOT NULL,
    step INTEGER NOT NULL,
    message TEXT NOT NULL,
    tags TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    trashed REAL NOT NULL DEFAULT 0,
    fingerprint TEXT NOT NULL DEFAULT '',
    test_looks INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE epochs (
    run INTEGER NOT NULL REFERENCES runs (id),
    epoch INTEGER NOT NULL,
    step INTEGER NOT NULL,
    train_loss REAL,
    val_loss REAL,
    train_accuracy REAL,
    val_accuracy REAL,
    is_best INTEGER NOT NULL,
    PRIMARY KEY (run, epoch)
) WITHOUT ROWID;
-- One row holds the steps of one commit, as arrays: int64, all others float32.
CREATE TABLE steps (
    run INTEGER NOT NULL REFERENCES runs (id),
    last INTEGER NOT NULL,
    steps BLOB NOT NULL,
    losses BLOB NOT NULL,
    accuracies BLOB NOT NULL,
    lrs BLOB NOT NULL DEFAULT x'',
    penalties BLOB NOT NULL DEFAULT x'',
    PRIMARY KEY (run, last)
) WITHOUT ROWID;
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (id),
    time REAL NOT NULL,
    state TEXT NOT NULL,
    step INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    message TEXT NOT NULL,
    node TEXT NOT NULL,
    details TEXT NOT NULL,
    device TEXT NOT NULL,
    lr REAL
);
CREATE INDEX events_of_run ON events (run, id);
CREATE TABLE histograms (
    run INTEGER NOT NULL REFERENCES runs (id),
    node TEXT NOT NULL,
    step INTEGER NOT NULL,
    low REAL NOT NULL,
    high REAL NOT NULL,
    counts BLOB NOT NULL,
    zeros REAL NOT NULL,
    mean REAL NOT NULL,
    std REAL NOT NULL,
    quantity TEXT NOT NULL,
    silent REAL,
    saturated REAL,
    gradient REAL,
    PRIMARY KEY (run, node, quantity, step)
) WITHOUT ROWID;
-- Names by lines. Sizes are int64, norms float32.
CREATE TABLE norms (
    run INTEGER NOT NULL REFERENCES runs (id),
    step INTEGER NOT NULL,
    parameters TEXT NOT NULL,
    sizes BLOB NOT NULL,
    weights BLOB NOT NULL,
    gradients BLOB NOT NULL,
    updates BLOB NOT NULL,
    PRIMARY KEY (run, step)
) WITHOUT ROWID;
-- Levels int8, their shape and the order of the filters as numbers apart by blanks.
CREATE TABLE filters (
    run INTEGER NOT NULL REFERENCES runs (id),
    node TEXT NOT NULL,
    step INTEGER NOT NULL,
    shape TEXT NOT NULL,
    levels BLOB NOT NULL,
    scale REAL NOT NULL,
    total INTEGER NOT NULL,
    filter_order TEXT NOT NULL,
    PRIMARY KEY (run, node, step)
) WITHOUT ROWID;
-- Looks at a network's surface. The layout says which arrays are in the blob, see packing.py.
CREATE TABLE surfaces (
    run INTEGER NOT NULL REFERENCES runs (id),
    step INTEGER NOT NULL,
    layout TEXT NOT NULL,
    arrays BLOB NOT NULL,
    PRIMARY KEY (run, step)
) WITHOUT ROWID;
-- What all surfaces of a run share: axes, names of the classes, points of the data.
CREATE TABLE fields (
    run INTEGER PRIMARY KEY REFERENCES runs (id),
    layout TEXT NOT NULL,
    arrays BLOB NOT NULL
);
"""

_TABLES = {
    part.split("CREATE TABLE", 1)[1].split()[0]: part for part in SCHEMA.split(";") if "CREATE TABLE" in part
}

RECORDS = tuple(name for name in _TABLES if name != "runs")
"""Tables with what was recorded of runs; each has the column ``run``."""

_OF_FIFTH = "run, node, step, low, high, counts, zeros, mean, std, quantity, silent, saturated"

UPDATES: dict[int, tuple[str, ...]] = {
    1: (
        "ALTER TABLE steps ADD COLUMN lrs BLOB NOT NULL DEFAULT x''",
        "ALTER TABLE steps ADD COLUMN penalties BLOB NOT NULL DEFAULT x''",
    ),
    2: (
        "ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE runs ADD COLUMN trashed REAL NOT NULL DEFAULT 0",
        "ALTER TABLE runs ADD COLUMN fingerprint TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE runs ADD COLUMN test_looks INTEGER NOT NULL DEFAULT 0",
    ),
    3: ("ALTER TABLE events ADD COLUMN lr REAL",),
    4: (
        "ALTER TABLE histograms RENAME TO histograms_4",
        _TABLES["histograms"],
        "INSERT INTO histograms SELECT run, node, step, low, high, counts, zeros, mean, std, "
        "'activation', NULL, NULL, NULL FROM histograms_4",
        "DROP TABLE histograms_4",
        _TABLES["norms"],
        _TABLES["filters"],
    ),
    # The fifth version knew no gradients of outputs, and at first no filters either.
    5: (
        "ALTER TABLE histograms RENAME TO histograms_5",
        _TABLES["histograms"],
        f"INSERT INTO histograms ({_OF_FIFTH}) SELECT {_OF_FIFTH} FROM histograms_5",
        "DROP TABLE histograms_5",
        _TABLES["filters"].replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS"),
    ),
    6: (_TABLES["surfaces"], _TABLES["fields"]),
}
"""By version: what makes a file of the next version of it."""


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection to a store's database, which is created if it is not there.

    Raises:
        RunError: The folder cannot be used, the file is damaged, or a later version wrote it.
    """
    path = folder / FILE
    try:
        grants.refuse_outside(folder, (folder.parent,), f'The folder of runs "{folder.name}"')
        grants.regular_file(path, folder)
    except GrantError as error:
        raise RunError(error.message) from error
    with errors_named(path):
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            _prepare(connection, path)
            yield connection
        finally:
            connection.close()


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Carry out all that is inside, or nothing; waits for other writers at its start."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite has rolled back by itself where the disk was full
            connection.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def errors_named(path: Path) -> Iterator[None]:
    """Turn what SQLite and the disk say into words that name the file."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise RunError(
            f'The runs in "{path.parent}" cannot be reached: {error}. Check that the disk has room and that '
            "you may write there."
        ) from error
    except sqlite3.DatabaseError as error:
        raise RunError(
            f'"{path.name}" in "{path.parent}" is damaged: {error}. Move it away to start a new list; the '
            "checkpoints beside it are untouched."
        ) from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Bring a new file into its form, and refuse one of a later version."""
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
    if connection.execute(_STRANGE).fetchone() is not None:
        raise RunError(
            f'"{path.name}" in "{path.parent}" is no list of runs: it holds views, triggers or tables of '
            "another making. Move it away to start a new list."
        )
    version = _version(connection)
    if version == VERSION:
        return
    if version < 0:
        raise sqlite3.DatabaseError(f"there is no version {version}")
    if version > VERSION:
        raise RunError(
            f'"{path.name}" in "{path.parent}" was written by a later version of the program '
            f"(format {version}, this one knows {VERSION}). Update the program to read it."
        )
    if version == 0:
        _turn_on_wal(connection)
    with transaction(connection):
        # Another process may have been faster.
        version = _version(connection)
        if version == 0:
            for statement in SCHEMA.split(";"):
                connection.execute(statement)
        for number in range(version or VERSION, VERSION):
            for statement in UPDATES.get(number, ()):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version={VERSION}")


def blobs_of(record: Steps) -> tuple[bytes, ...]:
    """Return the arrays of some steps as they are kept."""
    return tuple(
        getattr(record, name).astype("<i8" if name == "steps" else "<f4").tobytes() for name in STEP_COLUMNS
    )


def arrays_of(blobs: Sequence[bytes]) -> tuple[Array, ...]:
    """Return the arrays of some steps from what is kept; empty where an older version kept nothing."""
    return (
        np.frombuffer(blobs[0], "<i8").astype(np.int64),
        *(np.frombuffer(blob, "<f4").astype(np.float32) for blob in blobs[1:]),
    )


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _turn_on_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL. SQLite gives up at once here when another process has the file open, so try again."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
