"""Filters over time: a byte to a weight, bounded, and read back from the store."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.project.project import Project
from studio.runs.filter_timeline import MAX_LOOKS, FilterTimeline, packed
from studio.runs.records import Filters
from studio.runs.store import RunStore


def filters(step: int, scale: float = 2.0) -> Filters:
    pictures = np.linspace(-scale, scale, 2 * 3 * 4).reshape(2, 3, 4).astype(np.float32)
    return Filters("run-1", "conv1", step, pictures, scale, 64, (7, 3))


def test_packing_keeps_each_weight_to_a_part_of_the_scale() -> None:
    record = filters(5)
    again = packed(record).unpacked()
    assert np.abs(again.pictures - record.pictures).max() <= record.scale / 254 + 1e-6
    assert (again.step, again.scale, again.total, again.order) == (5, 2.0, 64, (7, 3))


@pytest.mark.parametrize("scale", [0.0, np.inf, np.nan])
def test_what_is_no_number_becomes_nothing(scale: float) -> None:
    record = Filters("run-1", "conv1", 1, np.full((1, 2, 2), np.nan, np.float32), scale, 1, (0,))
    assert packed(record).levels.tolist() == [[[0, 0], [0, 0]]]


def test_looks_are_bounded_and_found_by_step() -> None:
    timeline = FilterTimeline()
    assert timeline.at(3) is None
    for step in range(1, 3 * MAX_LOOKS):
        timeline.append(packed(filters(step)))
    assert len(timeline) <= MAX_LOOKS
    assert (timeline.steps[0], timeline.steps[-1]) == (1, 3 * MAX_LOOKS - 1)
    found = timeline.at(3 * MAX_LOOKS - 2)
    assert found is not None
    assert found.step == 3 * MAX_LOOKS - 2
    timeline.append(packed(filters(50)))
    assert timeline.steps[-1] == 50


def test_the_store_keeps_and_rewinds_them(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "a.runs")
    writer = store.create_run("", Project(name="a"), "cpu", 0)
    for step in (1, 4, 9):
        writer.seen(filters(step))
    writer.rewind(5)
    writer.close()
    looks = store.run("run-1").filters("conv1")
    assert [look.step for look in looks] == [1, 4]
    assert looks[1].unpacked().pictures == pytest.approx(filters(4).pictures, abs=0.01)
    assert looks[1].order == (7, 3)
