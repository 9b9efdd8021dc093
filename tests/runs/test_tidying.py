"""Renaming, tagging, throwing away and bringing back; and stores of older versions."""

from __future__ import annotations

import math
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from studio.errors import RunError
from studio.project.project import Project
from studio.runs import database
from studio.runs.records import RunChanged, Steps
from studio.runs.store import RunStore
from tests.helpers.live_records import surface_look


def add(store: RunStore, name: str = "", losses: int = 3) -> str:
    writer = store.create_run(name, Project("net"), "cpu", 0)
    steps = np.arange(1, losses + 1)
    writer.steps(Steps(writer.name, steps, 1.0 / steps, steps / 10.0, steps / 100.0, steps * 0.0))
    writer.changed(RunChanged(writer.name, "finished", losses, 1))
    writer.close()
    return writer.name


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    made = RunStore(tmp_path / "net.runs")
    add(made, "one")
    add(made, "two")
    return made


def names(store: RunStore, *, trashed: bool = False) -> list[str]:
    return [info.name for info in store.list_runs(trashed=trashed)]


def test_a_run_is_called_something_else_with_all_that_it_has(store: RunStore) -> None:
    store.rename("one", "baseline")
    assert names(store) == ["baseline", "two"]
    assert store.run("baseline").steps()[0].tolist() == [1, 2, 3]
    assert store.run("baseline").project().training == Project("net").training
    assert (store.folder / "baseline" / "design.flow").is_file()


@pytest.mark.parametrize(
    ("new", "message"), [("two", "already is a run"), ("TWO", "already"), ("a/b", "cannot be a run's name")]
)
def test_a_name_that_cannot_be_had_is_refused(store: RunStore, new: str, message: str) -> None:
    with pytest.raises(RunError, match=message):
        store.rename("one", new)
    assert names(store) == ["one", "two"]


def test_another_spelling_of_its_own_name_can_be_had(store: RunStore) -> None:
    store.rename("one", "One")
    assert names(store) == ["One", "two"]


def test_a_run_that_goes_on_is_left_alone(store: RunStore) -> None:
    writer = store.create_run("live", Project("net"), "cpu", 0)
    with pytest.raises(RunError, match="still going on"):
        store.rename("live", "dead")
    with pytest.raises(RunError, match="still going on"):
        store.trash("live")
    writer.close()


def test_tags_and_notes_are_kept(store: RunStore) -> None:
    store.annotate("one", tags=["wide net", "best", "best"], note="with dropout\nand patience")
    info = store.run("one").info
    assert (info.tags, info.note) == (("best", "wide net"), "with dropout\nand patience")
    store.annotate("one", tags=[])
    assert (store.run("one").info.tags, store.run("one").info.note) == ((), "with dropout\nand patience")


@pytest.mark.parametrize("tag", ["", "  ", "two\nlines", "x" * 41])
def test_what_is_no_tag_is_refused(store: RunStore, tag: str) -> None:
    with pytest.raises(RunError, match="cannot be a tag"):
        store.annotate("one", tags=[tag])


def test_what_is_thrown_away_comes_back_until_the_trash_is_emptied(store: RunStore) -> None:
    store.trash("one")
    assert (names(store), names(store, trashed=True)) == (["two"], ["one"])
    with pytest.raises(RunError, match='no run "one"'):
        store.run("one")
    store.restore("one")
    assert names(store) == ["one", "two"]
    assert store.run("one").steps()[0].tolist() == [1, 2, 3]
    store.trash("one")
    assert store.empty_trash() == 1
    assert not (store.folder / "one").exists()
    assert names(store, trashed=True) == []
    with pytest.raises(RunError, match="no run"):
        store.restore("one")


def test_the_name_of_a_run_in_the_trash_is_taken(store: RunStore) -> None:
    store.trash("one")
    with pytest.raises(RunError, match="already is a run"):
        add(store, "one")


def test_looks_at_the_test_part_are_counted(store: RunStore) -> None:
    assert [store.count_test_look("one") for _ in range(2)] == [1, 2]
    assert store.run("one").info.test_looks == 2


def test_learning_rates_and_penalties_are_kept_and_rewound(store: RunStore) -> None:
    record = store.run("one").record()
    assert record.lrs == pytest.approx([0.01, 0.02, 0.03])
    assert record.penalties.tolist() == [0.0, 0.0, 0.0]
    assert store.run("one").record(after=2).lrs == pytest.approx([0.03])


def test_a_learning_rate_set_by_hand_is_kept_until_the_run_goes_back_before_it(store: RunStore) -> None:
    name = add(store, "set", losses=5)
    writer = store.reopen_run(name)
    writer.changed(RunChanged(name, "running", 2, 1, lr=0.5))
    writer.changed(RunChanged(name, "running", 4, 1, lr=0.25))
    writer.flush()
    assert [(event.step, event.lr) for event in store.run(name).events() if event.lr] == [(2, 0.5), (4, 0.25)]
    writer.rewind(3)
    writer.close()
    assert [(event.step, event.lr) for event in store.run(name).events() if event.lr] == [(2, 0.5)]


OLD_STEPS = """CREATE TABLE steps (run INTEGER NOT NULL, last INTEGER NOT NULL, steps BLOB NOT NULL,
    losses BLOB NOT NULL, accuracies BLOB NOT NULL, PRIMARY KEY (run, last)) WITHOUT ROWID"""


OLD_HISTOGRAMS = """CREATE TABLE histograms (run INTEGER NOT NULL, node TEXT NOT NULL, step INTEGER NOT NULL,
    low REAL NOT NULL, high REAL NOT NULL, counts BLOB NOT NULL, zeros REAL NOT NULL, mean REAL NOT NULL,
    std REAL NOT NULL, PRIMARY KEY (run, node, step)) WITHOUT ROWID"""


def test_a_store_without_gradients_of_outputs_opens_and_goes_on(store: RunStore) -> None:
    connection = sqlite3.connect(store.folder / database.FILE)
    for table in ("filters", "surfaces", "fields"):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("ALTER TABLE histograms DROP COLUMN gradient")
    row = (1, "relu1", 7, -1.0, 1.0, np.array([3, 4], "<i4").tobytes(), 0.5, 0.0, 0.25, "weight", 0.1, None)
    connection.execute(f"INSERT INTO histograms VALUES ({', '.join('?' * len(row))})", row)
    connection.execute("PRAGMA user_version=5")
    connection.commit()
    connection.close()
    (histogram,) = store.run("one").histograms("relu1", "weight")
    assert (histogram.silent, histogram.counts.tolist()) == (0.1, [3, 4])
    assert math.isnan(histogram.gradient)
    assert store.run("one").filters("conv1") == []
    add(store, "three")
    assert names(store) == ["one", "two", "three"]


def test_a_store_without_surfaces_opens_and_goes_on(store: RunStore) -> None:
    connection = sqlite3.connect(store.folder / database.FILE)
    for table in ("surfaces", "fields"):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("PRAGMA user_version=6")
    connection.commit()
    connection.close()
    assert store.run("one").surfaces() == []
    assert store.run("one").record().steps.tolist() == [1, 2, 3]
    writer = store.reopen_run("one")
    writer.seen(surface_look(4, run="one"))
    writer.close()
    assert [look.step for look in store.run("one").surfaces()] == [4]


def test_a_store_of_the_first_version_opens_and_goes_on(store: RunStore) -> None:
    path = store.folder / database.FILE
    connection = sqlite3.connect(path)
    kept = connection.execute("SELECT run, last, steps, losses, accuracies FROM steps").fetchall()
    connection.execute("DROP TABLE steps")
    connection.execute(OLD_STEPS)
    connection.executemany("INSERT INTO steps VALUES (?, ?, ?, ?, ?)", kept)
    for column in ("tags", "note", "trashed", "fingerprint", "test_looks"):
        connection.execute(f"ALTER TABLE runs DROP COLUMN {column}")
    connection.execute("ALTER TABLE events DROP COLUMN lr")
    for table in ("norms", "filters", "histograms", "surfaces", "fields"):
        connection.execute(f"DROP TABLE {table}")
    connection.execute(OLD_HISTOGRAMS)
    blob = np.array([3, 4], "<i4").tobytes()
    row = (kept[0][0], "relu1", 7, -1.0, 1.0, blob, 0.5, 0.0, 0.25)
    connection.execute("INSERT INTO histograms VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    connection.execute("PRAGMA user_version=1")
    connection.commit()
    connection.close()
    record = store.run("one").record()
    assert record.steps.tolist() == [1, 2, 3]
    assert np.isnan(record.lrs).all()
    (histogram,) = store.run("one").histograms("relu1")
    assert (histogram.step, histogram.counts.tolist(), histogram.quantity) == (7, [3, 4], "activation")
    assert math.isnan(histogram.silent)
    assert store.run("one").norms() == []
    store.annotate("one", tags=["old"])
    add(store, "three")
    assert names(store) == ["one", "two", "three"]
    assert store.run("three").record().lrs == pytest.approx([0.01, 0.02, 0.03])
