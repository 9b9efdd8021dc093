"""Widgets become pictures, and files are written where the person says."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from studio.app.saving import CSV_FILES, PNG_FILES, SCALE, SVG_FILES, picture_of, png_of, save_as


@pytest.fixture
def widget(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(60, 40)
    return made


def choose(monkeypatch: pytest.MonkeyPatch, path: Path | str, kind: str = "") -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), kind))


def test_a_picture_is_twice_as_fine_as_the_screen(widget: QWidget) -> None:
    found = QImage.fromData(png_of(picture_of(widget)))
    assert (found.width(), found.height()) == (60 * SCALE, 40 * SCALE)


def test_what_is_written_is_said(widget: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(monkeypatch, tmp_path / "numbers")
    assert save_as(widget, Path("start.csv"), CSV_FILES, lambda _: b"a,b") == 'Saved "numbers.csv".'
    assert (tmp_path / "numbers.csv").read_bytes() == b"a,b"


def test_a_name_without_an_ending_gets_that_of_its_kind(
    widget: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, tmp_path / "drawn", SVG_FILES)
    said = save_as(widget, Path("start.png"), f"{PNG_FILES};;{SVG_FILES}", lambda path: path.suffix.encode())
    assert said == 'Saved "drawn.svg".'
    assert (tmp_path / "drawn.svg").read_bytes() == b".svg"


def test_what_cannot_be_written_is_said(
    widget: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, tmp_path / "missing" / "x.csv")
    assert save_as(widget, Path("x.csv"), CSV_FILES, lambda _: b"").startswith('"x.csv" was not saved: ')


def test_nothing_is_said_where_nobody_chose(widget: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(monkeypatch, "")
    assert save_as(widget, Path("x.csv"), CSV_FILES, lambda _: pytest.fail("made for nobody")) == ""
