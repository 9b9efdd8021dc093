"""The button has a line for each way out, and says what became of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from studio.app.export_button import ExportButton


def test_a_way_is_an_action_of_its_menu(qtbot: QtBot) -> None:
    made = ExportButton("some.export", "action.some", "Export something")
    qtbot.addWidget(made)
    taken: list[bool] = []
    made.way("copy", "Copy", lambda: taken.append(True))
    (action,) = made.menu().actions()
    assert (action.objectName(), action.text()) == ("action.some.copy", "Copy")
    action.trigger()
    assert taken == [True]


def test_saving_begins_in_the_folder_and_is_told(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = ExportButton("some.export", "action.some", "Export something")
    qtbot.addWidget(made)
    made.folder = str(tmp_path)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda _parent, _title, start, _kinds: (start, ""))
    with qtbot.waitSignal(made.message) as told:
        made.save("some.csv", "CSV files (*.csv)", lambda _: b"1,2")
    assert told.args == ['Saved "some.csv".']
    assert (tmp_path / "some.csv").read_bytes() == b"1,2"
