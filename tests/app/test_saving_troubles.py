"""A place that cannot be written: the file stays, the window says why and offers another, nothing is lost."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from studio.app.main_window import MainWindow
from studio.graph import edits
from studio.project import atomic
from studio.project.files import read, write
from studio.project.project import Project
from tests.helpers.canvas_table import small_network
from tests.helpers.window import action, open_window


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "nets" / "net.flow"
    path.parent.mkdir()
    write(Project("net", small_network()), path)
    return path


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, path: Path) -> MainWindow:
    """The window with the project, one edit away from its file."""
    window = open_window(qtbot, tmp_path)
    assert window.open_path(path)
    window.document.edit("Rename", lambda graph: edits.rename(graph, "n2", "changed"))
    return window


def refuses(number: int, within: Path) -> Callable[..., Any]:
    """Return `os.open` on a disk that takes nothing new into a folder."""
    real = os.open

    def refuse(path: Any, flags: int, *rest: Any, **named: Any) -> int:
        if Path(path).parent == within and flags & os.O_CREAT:
            raise OSError(number, os.strerror(number))
        return real(path, flags, *rest, **named)

    return refuse


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "the disk is read-only"),
        (errno.EACCES, "you may not write there"),
        (errno.ESTALE, "the drive does not answer any more"),
        ("vanished", "does not exist"),
    ],
    ids=lambda one: errno.errorcode.get(one, str(one)) if isinstance(one, int) else one,
)
def test_a_refused_save_says_why_and_saves_elsewhere(
    window: MainWindow,
    path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trouble: object,
    words: str,
) -> None:
    before = path.read_bytes()
    if trouble == "vanished":
        kept = path.parent.rename(tmp_path / "moved") / path.name
    else:
        assert isinstance(trouble, int)
        kept = path
        monkeypatch.setattr(atomic.os, "open", refuses(trouble, path.parent))
    action(window, "file.save").trigger()
    assert words in window.banner.text
    assert window.document.is_modified
    assert kept.read_bytes() == before
    there = tmp_path / "there.flow"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *arguments: (str(there), ""))
    (button,) = [one for one in window.banner.findChildren(QPushButton) if one.text() == "Save as…"]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert read(there).graph.node("n2").name == "changed"
    assert (window.document.is_modified, window.document.path) == (False, there)
    assert kept.read_bytes() == before
