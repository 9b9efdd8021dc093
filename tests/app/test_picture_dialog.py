"""Export picture… and Copy as picture: what is on show, as it is set, into a file or onto the clipboard."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from studio import zoo
from studio.app.document import Document
from studio.app.facts import Facts
from studio.app.picture import Picture
from studio.app.picture_dialog import PictureDialog
from studio.app.picture_export import PictureExport
from studio.app.theme.tokens import DARK
from studio.engine.records import Checked
from studio.graph.report import NodeReport, Totals
from studio.project.project import Project

GRAPH = zoo.build("mlp")
REPORTS = (NodeReport("n1", (1, 28, 28)), NodeReport("n3", (64,), parameters=50_240))


@pytest.fixture
def dialog(qtbot, tmp_path):
    parent = QWidget()
    qtbot.addWidget(parent)
    made = PictureDialog(GRAPH, REPORTS, "net", tmp_path, parent)
    with qtbot.waitExposed(made):
        made.open()
    yield made
    QGuiApplication.clipboard().clear()


def answer_with(monkeypatch, path):
    """Let the file dialog give a path, and note what it was asked."""
    asked = []

    def ask(_parent, _title, start, filters):
        asked.append((start, filters))
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    return asked


def test_save_writes_what_is_set(dialog, qtbot, tmp_path, monkeypatch):
    asked = answer_with(monkeypatch, tmp_path / "chosen.png")
    dialog.set_value("format", "png")
    dialog.set_value("colours", "dark")
    dialog.set_value("scale", 1.5)
    with qtbot.waitSignal(dialog.written):
        dialog.save_button.click()
    image = QImage(str(tmp_path / "chosen.png"))
    assert image.pixelColor(2, 2).name() == DARK.canvas
    assert image.size() == Picture(GRAPH, REPORTS).size(1.5)
    assert asked[0][0] == str(tmp_path / "net.png")
    assert asked[0][1].startswith("PNG picture")


def test_a_name_without_an_ending_gets_one(dialog, tmp_path, monkeypatch):
    answer_with(monkeypatch, tmp_path / "chosen")
    dialog.save()
    assert (tmp_path / "chosen.svg").exists()


def test_cancelled_file_dialog_leaves_it_open(dialog, monkeypatch):
    answer_with(monkeypatch, "")
    dialog.save()
    assert dialog.isVisible()


def test_what_cannot_be_written_is_said_and_it_stays_open(dialog, tmp_path):
    dialog.write(tmp_path / "none" / "net.svg")
    assert dialog.isVisible()
    assert "net.svg" in dialog.reason.text()


def test_too_large_is_said_with_what_fits(dialog, tmp_path, monkeypatch):
    monkeypatch.setattr("studio.app.picture.MOST_PIXELS", 100_000)
    dialog.write(tmp_path / "net.png")
    assert "Choose a scale of" in dialog.reason.text()


def test_size_follows_the_scale(dialog):
    before = dialog.size_label.text()
    dialog.set_value("scale", 4.0)
    assert dialog.size_label.text() != before
    size = Picture(GRAPH, REPORTS).size(4.0)
    assert dialog.size_label.text() == f"{size.width():,} × {size.height():,} pixels"


def test_numbers_can_be_left_out(dialog):
    with_numbers = dialog.picture().svg()
    dialog.set_value("numbers", False)
    assert len(dialog.picture().svg()) < len(with_numbers)


def test_copy_offers_pixels_and_vectors(dialog):
    dialog.copy_button.click()
    mime = QGuiApplication.clipboard().mimeData()
    assert mime.hasImage()
    assert bytes(mime.data("image/svg+xml").data()).startswith(b"<?xml")


@pytest.fixture
def export(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    facts = Facts()
    facts.update(Checked(1, (), REPORTS, Totals()))
    yield PictureExport(Document(Project("net", GRAPH)), facts, parent)
    QGuiApplication.clipboard().clear()


def test_copy_as_picture_copies_the_level_on_show(export, qtbot):
    with qtbot.waitSignal(export.message) as caught:
        export.copy()
    size = Picture(GRAPH, REPORTS).size(2.0)
    assert caught.args == [f"Copied a picture of {size.width():,} × {size.height():,} pixels."]
    assert QGuiApplication.clipboard().image().size() == size


@pytest.mark.parametrize("action", ["copy", "open"])
def test_empty_canvas_is_said(qtbot, action):
    parent = QWidget()
    qtbot.addWidget(parent)
    export = PictureExport(Document(), Facts(), parent)
    with qtbot.waitSignal(export.message) as caught:
        getattr(export, action)()
    assert caught.args == ["There is nothing to draw: the canvas is empty."]
    assert export.dialog is None
