"""Data outside a project's folder: asked about once, in the strip above the canvas."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from studio.app.document import Document
from studio.app.main_window import MainWindow
from studio.app.panels.folder_edit import FolderEdit
from studio.engine.records import Check, DescribeData, Failed
from studio.project import grants
from tests.helpers.window import open_window

pytestmark = pytest.mark.usefixtures("no_grants")


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    (tmp_path / "other").mkdir()
    found = open_window(qtbot, tmp_path)
    found.workspace.data.describe()
    return found


def refuse(window: MainWindow, folder: Path) -> None:
    """Answer the question about the data as the engine does where nobody allowed the folder."""
    number = next(
        one.id for one in reversed(window.workspace.link._client.asked) if isinstance(one, DescribeData)
    )
    window.workspace.link._announce(Failed(number, "grant", "It leads out.", details=str(folder)))


def test_the_person_is_asked_in_words_and_what_is_allowed_is_kept(window, tmp_path, qtbot):
    refuse(window, tmp_path / "other")
    assert "names data outside its own folder" in window.banner.text
    assert str(tmp_path / "other") in window.banner.text
    before = len(window.workspace.link._client.asked)
    window.banner.findChild(QPushButton, "banner.allow-this-folder").click()
    assert grants.allowed() == (str((tmp_path / "other").resolve()),)
    again = window.workspace.link._client.asked[before:]
    assert any(isinstance(one, DescribeData) for one in again)
    assert any(isinstance(one, Check) for one in again)


def test_who_closes_the_question_is_not_asked_again(window, tmp_path):
    refuse(window, tmp_path / "other")
    window.banner.findChild(QPushButton, "banner.close").click()
    assert grants.allowed() == ()
    window.workspace.data.describe()
    refuse(window, tmp_path / "other")
    assert window.banner.text == ""


def test_training_that_is_refused_asks_anew(window, tmp_path):
    refuse(window, tmp_path / "other")
    window.banner.hide()
    window.notices.refused(Failed(99, "grant", "It leads out.", details=str(tmp_path / "other")))
    assert window.banner.findChild(QPushButton, "banner.allow-this-folder").isVisibleTo(window.banner)
    assert "before you allow it" in window.banner.text


def test_a_folder_chosen_in_a_dialog_is_allowed(qtbot, tmp_path, monkeypatch):
    edit = FolderEdit(Document())
    qtbot.addWidget(edit)
    (tmp_path / "mine").mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: str(tmp_path / "mine"))
    edit.findChild(QPushButton, "data.folder.choose").click()
    assert grants.allowed() == (str((tmp_path / "mine").resolve()),)
