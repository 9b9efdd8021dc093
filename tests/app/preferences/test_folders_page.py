"""The folders that projects may read: shown, added and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from studio.app.preferences.folders_page import FoldersPage
from studio.project import atomic, grants

pytestmark = pytest.mark.usefixtures("no_grants")


@pytest.fixture
def page(qtbot: QtBot) -> FoldersPage:
    found = FoldersPage()
    qtbot.addWidget(found)
    found.show()
    return found


def shown(page: FoldersPage) -> list[str]:
    return [page.list.item(row).text() for row in range(page.list.count())]


def test_it_says_that_nothing_was_allowed_yet(page):
    assert shown(page) == []
    assert page.state.text().startswith("No folder")
    assert not page.remove_button.isEnabled()


def test_a_folder_is_added_and_taken_back(page, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: str(tmp_path))
    page.add_button.click()
    assert shown(page) == [str(tmp_path.resolve())] == list(grants.allowed())
    page.list.setCurrentRow(0)
    page.remove_button.click()
    assert shown(page) == []
    assert grants.allowed() == ()


def test_what_was_allowed_meanwhile_is_there_when_it_is_shown_again(page, tmp_path: Path):
    page.hide()
    grants.allow(tmp_path, keep=True)
    page.show()
    assert shown(page) == [str(tmp_path.resolve())]


def test_what_cannot_be_kept_is_said(page, tmp_path: Path, monkeypatch):
    def refuse(*args: object, **kwargs: object) -> None:
        raise grants.ProjectError("The disk is full.")

    monkeypatch.setattr(atomic, "write_bytes", refuse)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *args: str(tmp_path))
    page.add_button.click()
    assert page.state.text() == "The disk is full."
