"""File > Open sample: a copy that cannot overwrite the sample."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu

from studio.app.main_window import MainWindow
from studio.app.settings import Settings
from studio.project.files import read
from studio.project.sample_projects import SAMPLES, sample_project
from tests.helpers.fake_client import FakeClient


@pytest.fixture
def window(qtbot, tmp_path):
    window = MainWindow(FakeClient(), Settings(tmp_path / "settings.json"))
    qtbot.addWidget(window)
    return window


def test_menu_offers_every_sample(window):
    menus = [menu for menu in window.menuBar().findChildren(QMenu) if menu.title() == "Open sa&mple"]
    (menu,) = menus
    assert [action.text() for action in menu.actions()] == [sample.title for sample in SAMPLES]


def test_sample_is_opened_without_a_file_and_without_a_past(window):
    window.findChild(QAction, "action.sample.cnn_digits").trigger()
    assert window.document.project == sample_project("cnn-digits").project()
    assert window.document.path is None
    assert not window.document.is_modified
    assert window.document.history.index == 0


def test_saving_a_sample_asks_where_and_leaves_the_sample_alone(window, tmp_path, monkeypatch):
    sample = sample_project("mlp-moons")
    before = sample.path.read_bytes()
    window.open_sample(sample.key)
    target = tmp_path / "mine.flow"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    assert window.files.save()
    assert window.document.path == target.resolve()
    assert read(target).graph == sample.project().graph
    assert sample.path.read_bytes() == before


def test_missing_sample_is_said_in_words(window, monkeypatch):
    said = []
    window.files.failed.connect(lambda what, why: said.append((what, why)))
    monkeypatch.setattr("studio.project.sample_projects.FOLDER", Path("/nowhere"))
    window.open_sample("cnn-digits")
    assert said[0][0] == "open"
    assert "cnn-digits.flow" in said[0][1]
    assert not len(window.document.graph)
