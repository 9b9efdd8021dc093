"""Logs of other programs behind the curves of the run on show."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from studio.app.foreign_log import run_of
from studio.errors import RunError
from studio.runs.event_log import read_log
from studio.runs.tensorboard import Scalar, event_file
from tests.helpers.window import open_window


def write(folder: Path) -> Path:
    points = [Scalar("train_loss", step, 2.0 / step, 1e9) for step in range(1, 11)]
    points += [Scalar("val_loss", step, 3.0 / step, 1e9) for step in (5, 10)]
    points += [Scalar("val_acc", 10, 0.75, 1e9)]
    folder.mkdir()
    (folder / "events.out.tfevents.1").write_bytes(event_file(1e9, points))
    return folder


def test_a_log_becomes_the_curves_of_a_run(tmp_path: Path) -> None:
    run, chosen = run_of("theirs", read_log(write(tmp_path / "theirs")))
    assert chosen.accuracy == ""
    assert run.steps.tolist() == list(range(1, 11))
    assert run.losses == pytest.approx([2.0 / step for step in range(1, 11)])
    assert [epoch.step for epoch in run.epochs] == [5, 10]
    assert [epoch.val_loss for epoch in run.epochs] == pytest.approx([0.6, 0.3])
    assert run.epochs[1].val_accuracy == pytest.approx(0.75)


def test_a_log_without_losses_names_its_tags(tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "x.tfevents").write_bytes(event_file(1e9, [Scalar("speed", 1, 1.0, 1e9)]))
    with pytest.raises(RunError, match="speed"):
        run_of("other", read_log(folder))


def test_it_is_drawn_behind_the_curves(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_window(qtbot, tmp_path)
    folder = write(tmp_path / "theirs")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    action = window.runs.tools.actions["log"]
    assert action.isEnabled()
    action.trigger()
    qtbot.waitUntil(lambda: len(window.workspace.monitor.behind) == 1)
    assert window.workspace.monitor.behind[0].name == "theirs"
