from __future__ import annotations

import zipfile

from PySide6.QtCore import Qt

from studio.app.problem_report.contents import Part
from studio.app.problem_report.dialog import ProblemDialog
from tests.helpers.window import action, open_window

PARTS = [Part("versions.txt", "Versions", "torch: 2"), Part("window.log", "Log", "all is well")]


def test_only_what_is_ticked_is_saved(qtbot, tmp_path, monkeypatch):
    dialog = ProblemDialog(PARTS)
    qtbot.addWidget(dialog)
    dialog.words.setPlainText("It froze.")
    dialog.list.setCurrentRow(1)
    assert dialog.preview.toPlainText() == "all is well"
    dialog.list.item(1).setCheckState(Qt.CheckState.Unchecked)
    path = tmp_path / "report"
    monkeypatch.setattr(
        "studio.app.problem_report.dialog.QFileDialog.getSaveFileName", lambda *_: (str(path), "")
    )
    dialog.save_button.click()
    with zipfile.ZipFile(tmp_path / "report.zip") as file:
        assert file.namelist() == ["what-happened.txt", "versions.txt"]
    assert dialog.note.text() == "Saved report.zip. Nothing was sent."
    assert not dialog.show_button.isHidden()
    dialog.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert not dialog.save_button.isEnabled()
    assert dialog.save_button.toolTip()


def test_a_folder_that_is_gone_is_said(qtbot, tmp_path, monkeypatch):
    dialog = ProblemDialog(PARTS)
    qtbot.addWidget(dialog)
    path = str(tmp_path / "missing" / "x.zip")
    monkeypatch.setattr("studio.app.problem_report.dialog.QFileDialog.getSaveFileName", lambda *_: (path, ""))
    dialog.save()
    assert "does not exist" in dialog.note.text()


def test_help_menu_opens_it(qtbot, tmp_path):
    window = open_window(qtbot, tmp_path)
    action(window, "help.problem").trigger()
    dialog = window.findChild(ProblemDialog)
    assert dialog is not None
    assert [part.name for part in dialog.chosen][:2] == ["versions.txt", "design.flow"]
    dialog.close()
