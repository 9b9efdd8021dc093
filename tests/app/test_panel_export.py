"""Panels of the monitor as pictures and numbers."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from studio import zoo
from studio.app.main_window import MainWindow
from studio.app.monitor import Runs
from studio.app.panels.plot_panel import PlotPanel
from tests.helpers.live_records import epoch, filters, histogram, norms, state, steps
from tests.helpers.window import open_window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    window = open_window(qtbot, tmp_path, zoo.build("mlp", input_shape=(1, 8, 8), hidden=(32,)))
    monitor, runs = window.workspace.monitor, Runs()
    monitor.show_runs(runs)
    monitor.feed(runs)
    monitor.take(state("starting"))
    monitor.take(steps(1, [2.0, 1.0, 0.5], accuracy=0.25))
    monitor.take(epoch(1, 3))
    for step in (1, 3):
        monitor.take(norms(step))
        monitor.take(histogram(step, [3, 1]))
    monitor.take(filters(np.arange(18.0).reshape(2, 3, 3), node="fc1"))
    monitor.announce()
    for panel in (window.curves, window.activations, window.gradients, window.filters, window.objective):
        panel.build()
    return window


def rows(panel: PlotPanel) -> list[list[str]]:
    table = panel.numbers()
    assert table is not None
    return list(csv.reader(io.StringIO(table.csv())))


def test_numbers_of_the_curves_are_those_of_the_run(window: MainWindow) -> None:
    found = rows(window.curves)
    assert found[0] == ["step", "loss", "accuracy", "lr", "penalty", "epoch", "val_loss", "val_accuracy"]
    assert found[1] == ["1", "2.0", "0.25", "", "", "", "", ""]
    assert found[3] == ["3", "0.5", "0.25", "", "", "1", "0.5", "0.9"]
    assert rows(window.objective) == found


def test_numbers_of_looks_norms_and_filters(window: MainWindow) -> None:
    window.activations.set_node("relu1")
    window.filters.set_node("fc1")
    looks = rows(window.activations)
    assert looks[0][:4] == ["step", "low", "high", "zeros"]
    assert looks[2][-2:] == ["3", "1"]
    assert rows(window.gradients)[1] == ["1", "fc1.weight", "100", "1.0", "1.0", "0.0010000000474974513"]
    assert rows(window.filters)[1][:4] == ["10", "3x3", "0.0", "1.0"]


def test_a_picture_is_saved_as_png_or_svg(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, start in (("a.png", b"\x89PNG"), ("a.svg", b"<?xml")):
        target = tmp_path / name
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, target=target: (str(target), ""))
        window.panel_export.picture.trigger()
        assert target.read_bytes().startswith(start)
    image = QImage(str(tmp_path / "a.png"))
    assert image.width() == 2 * window.curves.width()
    assert b"Curves" in (tmp_path / "a.svg").read_bytes()


def test_a_picture_is_copied(window: MainWindow) -> None:
    window.panel_export.copy.trigger()
    assert QGuiApplication.clipboard().image().width() == 2 * window.curves.width()


def test_numbers_are_saved_and_a_full_disk_is_said(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    window.panel_export.message.connect(said.append)
    target = tmp_path / "curves.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    window.panel_export.numbers.trigger()
    assert target.read_text().startswith("step,loss")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "x.csv"), ""))
    window.panel_export.numbers.trigger()
    assert said[0] == 'Saved "curves.csv".'
    assert "was not saved" in said[1]


def test_what_a_panel_has_not_is_switched_off_and_says_why(window: MainWindow) -> None:
    window.tabs.setCurrentWidget(window.history)
    window.panel_export.refresh()
    assert not window.panel_export.numbers.isEnabled()
    assert window.panel_export.numbers.toolTip()
    assert window.panel_export.animation.isEnabled()
