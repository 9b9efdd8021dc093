"""Surfaces over time: a byte or two to a number, bounded, small on the disk, and read back from the store."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.errors import RunError
from studio.project.project import Project
from studio.project.sample_projects import sample_project
from studio.runs import database, packing
from studio.runs.store import RunStore
from studio.runs.surface_timeline import MAX_SURFACES, SurfaceTimeline, levels_of, surface_of, values_of
from studio.training.control import Control
from studio.training.run import train
from tests.helpers.live_records import surface_look


@pytest.mark.parametrize(("shape", "levels"), [((3, 5, 7), 254), ((3, 401), 65_534)])
def test_levels_keep_each_number_to_half_a_step_of_its_range(shape: tuple[int, ...], levels: int) -> None:
    values = np.random.default_rng(0).normal(size=shape).astype(np.float32) * np.float32(9.0)
    again = values_of(levels_of(values))
    widths = np.ptp(values.reshape(3, -1), axis=1).reshape(3, *[1] * (len(shape) - 1))
    assert (np.abs(again - values) <= 0.501 * widths / (levels - 1) + 1e-6).all()


def test_the_lowest_and_the_highest_stay_as_they_are() -> None:
    values = np.array([[[1.25, 8.5], [2.0, 3.0]]], np.float32)
    again = values_of(levels_of(values))
    assert (again.min(), again.max()) == (1.25, 8.5)


def test_classes_are_compared_in_one_range() -> None:
    """Which class is the most probable must not depend on each one's own range."""
    values = np.array([[[0.1, 0.2]], [[0.4, 0.9]]], np.float32)
    assert values_of(levels_of(values, joint=True)).argmax(0).tolist() == [[1, 1]]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_stays_none(bad: float) -> None:
    again = values_of(levels_of(np.array([[[1.0, bad], [2.0, 3.0]], [[bad] * 2] * 2], np.float32)))
    assert np.isnan(again).tolist() == [[[False, True], [False, False]], [[True, True], [True, True]]]
    assert again[0, 1].tolist() == pytest.approx([2.0, 3.0], abs=0.01)


def test_constants_and_nothing_are_kept() -> None:
    assert values_of(levels_of(np.full((2, 4), 7.5, np.float32))).tolist() == [[7.5] * 4] * 2
    assert values_of(levels_of(np.zeros((0, 3, 3), np.float32))).shape == (0, 3, 3)


def test_blobs_give_back_the_look_to_the_bit() -> None:
    look = surface_look(12)
    again = packing.look_of("run-1", 12, packing.field_blob(look), packing.look_blob(look))
    for mine, theirs in ((look, again), (surface_of(look, "fc1"), surface_of(again, "fc1"))):
        for name in ("step", "lows", "highs", "classes"):
            assert getattr(mine, name) == getattr(theirs, name)
        for name in ("points", "truth", "held_out", "said"):
            assert np.array_equal(getattr(mine, name), getattr(theirs, name))
    for mine, theirs in zip(look.layers, again.layers, strict=True):
        assert np.array_equal(mine.after.levels, theirs.after.levels)
        assert np.array_equal(mine.after.highs, theirs.after.highs)
        assert (mine.before_name, mine.after_name, mine.total) == (
            theirs.before_name,
            theirs.after_name,
            theirs.total,
        )


@pytest.mark.parametrize(
    "spoil",
    [
        lambda layout, arrays: ("{}", arrays),
        lambda layout, arrays: ("no json", arrays),
        lambda layout, arrays: (layout.replace("97", "96"), arrays),
        lambda layout, arrays: (layout.replace("97", "999999"), arrays),
        lambda layout, arrays: (layout.replace("|u1", "|O8"), arrays),
        lambda layout, arrays: (layout, arrays[:100]),
        lambda layout, arrays: (layout, b"x" + arrays),
    ],
)
def test_damaged_surfaces_are_refused_in_words(spoil: object) -> None:
    look = surface_look(12)
    layout, arrays = spoil(*packing.look_blob(look))  # type: ignore[operator]
    with pytest.raises(RunError, match=r'surface of the run "a" \(step 12\) is damaged'):
        packing.look_of("a", 12, packing.field_blob(look), (layout, arrays))


def test_looks_are_bounded_and_found_by_step_and_node() -> None:
    timeline = SurfaceTimeline()
    assert timeline.at(3) is None
    for step in range(1, 3 * MAX_SURFACES):
        timeline.append(surface_look(step))
    assert len(timeline) <= MAX_SURFACES
    assert (timeline.steps[0], timeline.steps[-1]) == (1, 3 * MAX_SURFACES - 1)
    found = timeline.at(3 * MAX_SURFACES - 2, "relu1")
    assert found is not None
    assert (found.step, found.node) == (3 * MAX_SURFACES - 2, "relu1")
    assert (found.before_name, found.after_name, found.total) == ("fc1", "relu1", 3)
    assert found.after.min() == 0.0
    timeline.append(surface_look(50))
    assert timeline.steps[-1] == 50


@pytest.mark.parametrize(
    ("node", "shown"), [("fc1", "relu1"), ("relu1", "relu1"), ("fc2", "fc2"), ("", ""), ("gone", "")]
)
def test_a_node_is_shown_with_its_activation(node: str, shown: str) -> None:
    assert surface_of(surface_look(1), node).after_name == shown


def test_a_block_is_shown_with_what_ends_it() -> None:
    """As live: what its last node gives, and the activation right behind, in the block or not."""
    look = surface_look(1)
    first, second = look.layers
    inside = replace(first, before_name="blocks.5.fc1", after_name="blocks.5.relu")
    behind = replace(first, before_name="blocks.5.add", after_name="relu")
    shown = surface_of(replace(look, layers=(inside, behind, second)), "blocks")
    assert (shown.before_name, shown.after_name) == ("blocks.5.add", "relu")


def test_the_store_keeps_and_rewinds_them(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "a.runs")
    writer = store.create_run("", Project(name="a"), "cpu", 0)
    for step in (0, 4, 9):
        writer.seen(surface_look(step, shift=step / 100))
    writer.rewind(5)
    writer.close()
    looks = store.run("run-1").surfaces()
    assert [look.step for look in looks] == [0, 4]
    wanted = surface_of(surface_look(4, shift=0.04))
    assert np.array_equal(surface_of(looks[1]).outputs, wanted.outputs)
    store.trash("run-1")
    store.empty_trash()
    with database.opened(store.folder) as connection:
        for table in database.RECORDS:
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def size_of(folder: Path) -> int:
    """Return the bytes that the surfaces of a store take."""
    with sqlite3.connect(folder / database.FILE) as connection:
        total = connection.execute("SELECT sum(length(layout) + length(arrays)) FROM surfaces").fetchone()[0]
    connection.close()
    return int(total)


def test_a_run_keeps_a_bounded_size_however_long_it_is(tmp_path: Path) -> None:
    """README: an even choice of at most 64."""
    store = RunStore(tmp_path / "a.runs")
    writer = store.create_run("", Project(name="a"), "cpu", 0)
    for step in range(0, 1000, 5):
        writer.seen(surface_look(step, shift=step / 2000))
    writer.close()
    steps = [look.step for look in store.run("run-1").surfaces()]
    assert len(steps) <= MAX_SURFACES
    assert (steps[0], steps[-1] >= 900) == (0, True)
    gaps = np.diff(steps)
    assert gaps.max() <= 4 * np.median(gaps)  # an even choice


@pytest.mark.parametrize(("key", "most"), [("residual-spirals", 120_000), ("mlp-moons", 40_000)])
def test_a_look_is_as_small_as_the_readme_says(key: str, most: int, tmp_path: Path) -> None:
    """README: at most 64 looks of a run, 2 MB of the two moons, 7 MB of the spirals' deep network."""
    control = Control()
    control.set_watch(surfaces=True)
    train(sample_project(key).project(), control=control, runs_folder=tmp_path, epochs=2)
    assert size_of(tmp_path) / len(RunStore(tmp_path).run("run-1").surfaces()) < most
