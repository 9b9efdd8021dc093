"""Initial weights in the window: shown, chosen, cleared, and carried to where the project is saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from studio.app.document import Document
from studio.app.panels.training_form import TrainingForm
from studio.app.panels.weights_edit import FRESH
from studio.app.project_files import ProjectFiles
from studio.app.settings import Settings
from studio.app.workspace import Workspace
from studio.engine.records import Check, StartRun
from studio.project import weights
from studio.project.config import TrainingConfig
from studio.project.files import read
from studio.project.project import Project
from studio.project.weights import with_initial_weights

NAME = "net.safetensors"


@pytest.fixture
def document(qapp):
    return Document()


@pytest.fixture
def form(qtbot, document):
    made = TrainingForm(document)
    qtbot.addWidget(made)
    return made


@pytest.fixture
def files(qtbot, document, tmp_path):
    from PySide6.QtWidgets import QWidget

    window = QWidget()
    qtbot.addWidget(window)
    return ProjectFiles(document, Settings(tmp_path / "settings.json"), window)


def start(document: Document, folder: Path, *, saved: bool = True) -> None:
    """Open a project with weights: one with a file, or one that was imported."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_bytes(b"weights")
    project = Project("net", training=TrainingConfig(initial_weights=NAME))
    document.open(project, folder / "net.flow" if saved else None, shelter=None if saved else folder)


def save_as(files, monkeypatch, path: Path) -> bool:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    return files.save_as()


def test_the_name_is_shown_and_cleared_in_one_step_of_undo(document, form, tmp_path):
    start(document, tmp_path)
    assert form.weights.name.text() == NAME
    form.weights.clear_button.click()
    assert form.weights.name.text() == FRESH
    assert form.weights.clear_button.isHidden()
    document.undo()
    assert form.weights.name.text() == NAME


def test_a_project_without_a_place_cannot_choose_a_file(document, form):
    assert not form.weights.choose_button.isEnabled()
    assert "Save the project first" in form.weights.choose_button.toolTip()


def test_a_file_in_the_projects_folder_is_named_relative_to_it(document, form, tmp_path, monkeypatch):
    start(document, tmp_path)
    chosen = tmp_path / "weights" / "other.safetensors"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(chosen), ""))
    form.weights.choose_button.click()
    assert document.project.training.initial_weights == "weights/other.safetensors"


def test_a_file_elsewhere_is_copied_beside_the_project(document, form, tmp_path):
    start(document, tmp_path / "here")
    (tmp_path / "far.safetensors").write_bytes(b"far")
    form.weights.take(tmp_path / "far.safetensors")
    assert document.project.training.initial_weights == "far.safetensors"
    assert (tmp_path / "here" / "far.safetensors").read_bytes() == b"far"


def test_a_name_that_no_project_can_keep_is_refused_at_the_row(document, form, tmp_path):
    start(document, tmp_path)
    form.weights.take(tmp_path / "a:b.safetensors")
    assert "without drive letters" in form.weights.reason.text()
    assert document.project.training.initial_weights == NAME


def test_an_imported_project_counts_as_unsaved_and_knows_its_folder(document, files, tmp_path):
    assert files.new(Project("net"), tmp_path)
    assert document.is_modified
    assert (document.path, document.folder) == (None, tmp_path)
    document.mark_saved(tmp_path / "a" / "net.flow")
    assert document.folder == tmp_path / "a"


def test_weights_of_an_import_come_beside_the_file_it_is_saved_to(document, files, tmp_path, monkeypatch):
    start(document, tmp_path / "shelter", saved=False)
    (tmp_path / "mine").mkdir()
    assert save_as(files, monkeypatch, tmp_path / "mine" / "a.flow")
    assert (tmp_path / "mine" / NAME).read_bytes() == b"weights"
    assert read(tmp_path / "mine" / "a.flow").training.initial_weights == NAME


def test_save_as_elsewhere_takes_the_weights_along(document, files, tmp_path, monkeypatch):
    start(document, tmp_path / "old")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / NAME).write_bytes(b"of somebody else")
    assert save_as(files, monkeypatch, tmp_path / "new" / "a.flow")
    assert (tmp_path / "new" / NAME).read_bytes() == b"of somebody else"
    assert (tmp_path / "new" / "net-2.safetensors").read_bytes() == b"weights"
    assert read(tmp_path / "new" / "a.flow").training.initial_weights == "net-2.safetensors"
    assert not document.is_modified


def test_weights_that_cannot_come_along_keep_from_saving(document, files, tmp_path, monkeypatch, qtbot):
    start(document, tmp_path / "old")
    (tmp_path / "new").mkdir()
    monkeypatch.setattr(weights, "keep_copy", full)
    with qtbot.waitSignal(files.failed) as failed:
        assert not save_as(files, monkeypatch, tmp_path / "new" / "a.flow")
    assert failed.args[0] == "save"
    assert "could not be copied" in failed.args[1]
    assert list((tmp_path / "new").iterdir()) == []


def full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_saving_where_no_folder_is_makes_none(document, files, tmp_path, monkeypatch, qtbot):
    start(document, tmp_path / "old")
    with qtbot.waitSignal(files.failed) as failed:
        assert not save_as(files, monkeypatch, tmp_path / "new" / "a.flow")
    assert "does not exist" in failed.args[1]
    assert not (tmp_path / "new").exists()


def test_a_wrong_name_is_said_in_words():
    with pytest.raises(ValueError, match=r"must be the name of a \.safetensors file"):
        with_initial_weights(Project(), "a.pt")


class SilentClient:
    """An engine that is asked and says nothing."""

    alive = True

    def __init__(self):
        self.asked = []

    def request(self, kind, **fields):
        self.asked.append(kind(len(self.asked) + 1, **fields))
        return len(self.asked)

    def start(self):
        pass

    def drain(self):
        return []

    def close(self, timeout_s=0.0):
        pass


def test_the_engine_is_told_where_the_weights_of_an_import_lie(qapp, tmp_path):
    client = SilentClient()
    space = Workspace(client)
    start(space.document, tmp_path, saved=False)
    space.check()
    space.train()
    space.close()
    questions = [asked for asked in client.asked if isinstance(asked, Check | StartRun)]
    assert {type(asked) for asked in questions} == {Check, StartRun}
    assert {asked.folder for asked in questions} == {str(tmp_path)}
