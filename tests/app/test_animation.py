"""Animations: one frame a look, in one palette, and the moment put back."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from studio.app.animation import chosen_looks, frames_of, gif_of, save_animation
from studio.app.monitor import Monitor
from studio.app.plots.depth_plot import DepthPlot
from tests.helpers.live_records import norms, state


@pytest.fixture
def monitor() -> Monitor:
    found = Monitor()
    found.take(state("starting"))
    for step in range(1, 6):
        found.take(norms(step, scale=10.0**step))
    found.announce()
    return found


@pytest.fixture
def plot(qtbot: QtBot, monitor: Monitor) -> DepthPlot:
    made = DepthPlot(monitor)
    qtbot.addWidget(made)
    made.resize(400, 200)
    made.show()
    made.refresh()
    return made


def test_looks_are_chosen_evenly_with_both_ends() -> None:
    assert chosen_looks([3, 5], 60) == [3, 5]
    found = chosen_looks(list(range(0, 1000, 2)), 60)
    assert (len(found), found[0], found[-1]) == (60, 0, 998)


def test_frames_differ_and_the_moment_is_put_back(monitor: Monitor, plot: DepthPlot) -> None:
    monitor.look_back(3)
    frames = frames_of(plot, monitor, [1, 2, 5], lambda _done: False)
    assert len(frames) == 3
    assert frames[0] != frames[2]
    assert monitor.moment == 3


def test_a_gif_has_all_frames_and_their_size(monitor: Monitor, plot: DepthPlot) -> None:
    frames = frames_of(plot, monitor, [1, 3, 5], lambda _done: False)
    with Image.open(io.BytesIO(gif_of(frames))) as picture:
        assert getattr(picture, "n_frames", 1) == 3
        assert picture.size == (frames[0].width(), frames[0].height())


def test_it_is_saved_or_cancelled_and_said(
    monitor: Monitor, plot: DepthPlot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    target = tmp_path / "run.gif"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    save_animation(plot, monitor, [1, 2, 3], said.append)
    assert target.read_bytes().startswith(b"GIF89a")
    assert said == ["Saved run.gif: 3 frames."]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "x.gif"), ""))
    save_animation(plot, monitor, [1, 2], said.append)
    assert "could not be written" in said[-1]
