"""Hostile weights and runs: what lies beside a project and is opened with it."""

from __future__ import annotations

import json
import os
import pickle
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

from tests.hostile.case import Case, all_of, document, saved
from tests.hostile.data_files import PICKLE, file, link

Write = Callable[[Path], object]
WEIGHTS = "w.safetensors"


def header(text: str, payload: bytes = b"", size: int | None = None) -> bytes:
    """Return a safetensors file with this header."""
    data = text.encode()
    return struct.pack("<Q", (len(data) if size is None else size) % 2**64) + data + payload


def _tensor(dtype: str = "F32", shape: object = (10, 64), offsets: object = (0, 2560)) -> str:
    return json.dumps({"linear.weight": {"dtype": dtype, "shape": shape, "data_offsets": offsets}})


def starts_from(name: str) -> Write:
    """Return what writes the sound document with initial weights."""
    return saved(document(training={"initial_weights": name}))


def weights(said: str, name: str, content: bytes) -> Case:
    """Return the case of a file of weights."""
    return Case(f"weights: {name}", all_of(file(WEIGHTS, content), starts_from(WEIGHTS)), said)


UNSOUND = "no sound safetensors|do not fit"

FILES = (
    weights(UNSOUND, "empty", b""),
    weights(UNSOUND, "a pickle", PICKLE),
    weights(UNSOUND, "a zip", b"PK\x03\x04" + bytes(100)),
    weights(UNSOUND, "a head of 2^63 bytes", header("{}", size=2**63)),
    weights(UNSOUND, "a head of 2^64 - 1 bytes", header("{}", size=2**64 - 1)),
    weights(UNSOUND, "a head of 99 MB that is not there", header("{}", size=99_000_000)),
    weights(UNSOUND, "a head of brackets", header("[" * 1_000_000)),
    weights(UNSOUND, "a head of nested objects", header('{"a":' * 100_000)),
    weights(UNSOUND, "no JSON", header("import os")),
    weights(UNSOUND, "2^62 by 2^62", header(_tensor(shape=(2**62, 2**62)), bytes(2560))),
    weights(UNSOUND, "sizes below zero", header(_tensor(shape=(-10, 64)), bytes(2560))),
    weights(UNSOUND, "places behind the end", header(_tensor(offsets=(0, 2**40)), bytes(2560))),
    weights(UNSOUND, "places in the head", header(_tensor(offsets=(2560, 0)), bytes(2560))),
    weights(UNSOUND, "numbers of no kind", header(_tensor(dtype="OBJECT"), bytes(2560))),
    weights(UNSOUND, "a name twice", header(_tensor()[:-1] + "," + _tensor()[1:], bytes(2560))),
    weights(
        UNSOUND, "names that lead elsewhere", header(_tensor().replace("linear", "../../x"), bytes(2560))
    ),
    *(
        Case(f"weights at {name}", starts_from(name), "initial_weights must be")
        for name in (
            "../outside/w.safetensors",
            "/etc/w.safetensors",
            "C:w.safetensors",
            "\\\\server\\w.safetensors",
            "w.pt",
            "a/../w.safetensors",
            "w\0.safetensors",
            "w\u202e.safetensors",
        )
    ),
    Case(
        "weights that are a link",
        all_of(link(WEIGHTS, "../outside/secret.csv"), starts_from(WEIGHTS)),
        "leads out",
    ),
    Case(
        "weights in a folder that is a link",
        all_of(link("d", "../outside"), starts_from("d/w.safetensors")),
        "leads out",
    ),
    Case(
        "weights that are a pipe",
        all_of(lambda home: os.mkfifo(home / WEIGHTS), starts_from(WEIGHTS)),
        "pipe",
    ),
)


def store(*statements: str, design: bytes | None = None) -> Write:
    """Return what writes a project with one run, whose database is changed by some statements."""

    def make(home: Path) -> None:
        from studio.project.files import read
        from studio.runs.records import EpochEnded, RunChanged
        from studio.runs.store import RunStore

        saved(document())(home)
        writer = RunStore(home / "evil.runs").create_run("run-1", read(home / "evil.flow"), "cpu", 0)
        writer.epoch(EpochEnded("run-1", 1, 10, 0.5, 0.4, 0.8, 0.9, is_best=True))
        writer.changed(RunChanged("run-1", "finished", 10, 1))
        writer.close()
        if design is not None:
            (home / "evil.runs" / "run-1" / "design.flow").write_bytes(design)
        connection = sqlite3.connect(home / "evil.runs" / "runs.sqlite", isolation_level=None)
        for statement in statements:
            connection.execute(statement)
        connection.close()

    return make


def in_run(name: str, content: bytes) -> Write:
    """Return what writes a file into the run's folder."""
    return file(f"evil.runs/run-1/{name}", content)


def _gone_and_linked(name: str, target: str) -> Write:
    def make(home: Path) -> None:
        path = home / name
        path.unlink(missing_ok=True)
        path.symlink_to(target)

    return make


LOOP = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"

RUNS = (
    Case("runs: no database", all_of(file("evil.runs/runs.sqlite", PICKLE), saved(document())), "damaged"),
    Case(
        "runs: cut off",
        all_of(store(), lambda home: os.truncate(home / "evil.runs/runs.sqlite", 5_000)),
        "damaged|reached",
    ),
    Case(
        "runs: a head alone",
        all_of(file("evil.runs/runs.sqlite", b"SQLite format 3\0" + bytes(84)), saved(document())),
        "damaged|reached",
    ),
    Case(
        "runs: a surface of brackets",
        store(
            "INSERT INTO fields VALUES (1, '{\"arrays\": []}', x'')",
            f"INSERT INTO surfaces VALUES (1, 1, '{'[' * 100_000}', x'')",
        ),
        "damaged",
    ),
    Case("runs: a later version", store("PRAGMA user_version=999"), "later version"),
    Case("runs: a version below zero", store("PRAGMA user_version=-5"), "damaged|version|no list"),
    Case(
        "runs: a table that never ends",
        store("ALTER TABLE runs RENAME TO r", f"CREATE VIEW runs AS {LOOP}"),
        "no list of runs",
    ),
    Case(
        "runs: a trigger",
        store("CREATE TRIGGER t AFTER UPDATE ON runs BEGIN DELETE FROM epochs; END"),
        "no list of runs",
    ),
    Case("runs: a table of files", store("CREATE VIRTUAL TABLE f USING fts5(a)"), "no list of runs"),
    Case(
        "runs: a value that is made",
        store("ALTER TABLE runs ADD COLUMN e GENERATED ALWAYS AS (hex(zeroblob(400000000)))"),
        "no list of runs",
    ),
    Case("runs: a table is missing", store("DROP TABLE epochs"), "reached|damaged"),
    Case(
        "runs: a name that leads elsewhere",
        store("UPDATE runs SET name = '../../outside'"),
        "cannot be a run's name",
    ),
    Case("runs: a name that is bytes", store("UPDATE runs SET name = x'00ff'"), "damaged"),
    Case(
        "runs: a name that is no UTF-8",
        store("UPDATE runs SET name = CAST(x'ff00fe' AS TEXT)"),
        "reached|damaged",
    ),
    Case("runs: a state of no kind", store("UPDATE runs SET state = '__import__'"), "damaged"),
    Case("runs: times of no kind", store("UPDATE runs SET created = 'soon'"), "damaged"),
    Case("runs: a time that cannot be", store("UPDATE runs SET created = 1e300"), "damaged"),
    Case("runs: words as an epoch", store("UPDATE epochs SET step = 'x'"), "damaged"),
    Case("runs: words as a loss", store("UPDATE epochs SET val_loss = 'x'"), "damaged"),
    Case(
        "runs: steps of 3 bytes",
        store("INSERT INTO steps VALUES (1, 9, x'010203', x'', x'', x'', x'')"),
        "damaged",
    ),
    Case(
        "runs: steps without losses",
        store("INSERT INTO steps VALUES (1, 9, zeroblob(800), x'', x'', x'', x'')"),
        "damaged",
    ),
    Case(
        "runs: filters of another shape",
        store("INSERT INTO filters VALUES (1, 'conv1', 1, '99999 99999', x'00', 1, 1, '0')"),
        "damaged",
    ),
    Case(
        "runs: filters of words",
        store("INSERT INTO filters VALUES (1, 'conv1', 1, 'a b', x'00', 1, 1, '0')"),
        "damaged",
    ),
    Case("runs: a design that is none", store(design=b"[" * 100_000), "nested|more than"),
    Case(
        "runs: a design with data elsewhere",
        store(
            design=json.dumps(
                document(data={"dataset": "csv", "folder": "/etc", "options": {"file": "passwd"}})
            ).encode()
        ),
        "no checkpoint",
    ),
    Case(
        "runs: weights that are a pickle",
        all_of(store(), in_run("best.safetensors", pickle.dumps([1]) + PICKLE)),
        "damaged",
    ),
    Case(
        "runs: weights with a head of 2^63 bytes",
        all_of(store(), in_run("best.safetensors", header("{}", size=2**63))),
        "damaged",
    ),
    Case(
        "runs: weights with a head of brackets",
        all_of(store(), in_run("best.safetensors", header("[" * 1_000_000))),
        "damaged",
    ),
    Case(
        "runs: weights without a checksum",
        all_of(store(), in_run("best.safetensors", header(_tensor(), bytes(2560)))),
        "damaged",
    ),
    Case(
        "runs: what was taken over, nested",
        all_of(store(), in_run("carried.json", b"[" * 1_000_000)),
        "any more",
    ),
    Case("runs: a folder that is a link", all_of(link("evil.runs", "../outside"), saved(document())), ""),
    Case(
        "runs: a database that is a link",
        all_of(
            file("evil.runs/a", b""),
            link("evil.runs/runs.sqlite", "../../outside/secret.csv"),
            saved(document()),
        ),
        "leads out",
    ),
    Case(
        "runs: weights that are a link",
        all_of(store(), link("evil.runs/run-1/best.safetensors", "../../../outside/secret.csv")),
        "leads out",
    ),
    Case(
        "runs: a design that is a link",
        all_of(store(), _gone_and_linked("evil.runs/run-1/design.flow", "../../../outside/secret.csv")),
        "leads out",
    ),
    Case(
        "runs: a pipe as a design",
        all_of(
            store(),
            lambda home: (home / "evil.runs/run-1/design.flow").unlink(),
            lambda home: os.mkfifo(home / "evil.runs/run-1/design.flow"),
        ),
        "pipe",
    ),
)
