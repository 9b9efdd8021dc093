"""Export…: what is asked of the engine, and what is said of its answer."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QFileDialog

from studio import zoo
from studio.app.export_dialog import ExportDialog
from studio.engine.records import EngineLost, Export, Exported, Failed
from studio.project.config import TrainingConfig
from studio.project.project import Project


@pytest.fixture
def dialog(qtbot, link, tmp_path):
    project = Project("net", zoo.build("mlp"))
    made = ExportDialog(project, ["run-2", "run-1"], tmp_path / "runs", tmp_path, link)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.open()
    return made


def tell(client, link, record):
    client.answers.append(record)
    link.drain()


def test_the_newest_run_gives_the_weights_unless_others_are_chosen(dialog, client, tmp_path):
    dialog.write(tmp_path / "net.py")
    assert isinstance(client.asked[0], Export)
    assert (client.asked[0].form, client.asked[0].run) == ("python", "run-2")
    assert client.asked[0].runs_folder == str(tmp_path / "runs")


def test_fresh_weights_name_no_run(dialog, client, tmp_path):
    dialog.set_value("weights", "fresh")
    dialog.set_value("format", "onnx")
    dialog.write(tmp_path / "net.onnx")
    assert (client.asked[0].form, client.asked[0].run) == ("onnx", "")


def test_it_waits_and_then_says_how_far_the_copy_is(dialog, client, link, tmp_path, qtbot):
    dialog.write(tmp_path / "net.py")
    assert dialog.progress.isVisible()
    assert not dialog.export_button.isEnabled()
    with qtbot.waitSignal(dialog.written):
        tell(client, link, Exported(1, str(tmp_path / "net.py"), 2.5e-7, ("One remark.",)))
    assert "the largest difference of its outputs is 2.5e-07" in dialog.outcome.text()
    assert dialog.outcome.text().endswith("One remark.")
    assert dialog.progress.isHidden()
    assert dialog.export_button.isEnabled()


def test_equal_outputs_are_said_in_words(dialog, client, link, tmp_path):
    dialog.write(tmp_path / "net.py")
    tell(client, link, Exported(1, str(tmp_path / "net.py"), 0.0))
    assert "equal to the last bit" in dialog.outcome.text()


def test_a_failure_is_said_here_and_nowhere_else(dialog, client, link, tmp_path, qtbot):
    dialog.write(tmp_path / "net.onnx")
    with qtbot.assertNotEmitted(link.failed):
        tell(client, link, Failed(1, "export", "The package onnx is missing. Install it."))
    assert dialog.outcome.text() == "The package onnx is missing. Install it."
    assert dialog.outcome.property("role") == "bad"


def test_a_lost_engine_ends_the_wait(dialog, client, link, tmp_path):
    dialog.write(tmp_path / "net.py")
    tell(client, link, EngineLost("killed by signal 9"))
    assert "killed by signal 9" in dialog.outcome.text()
    assert dialog.export_button.isEnabled()


@pytest.mark.parametrize(("chosen", "written"), [("a", "a.pt2"), ("b.pt2", "b.pt2")])
def test_a_name_without_an_ending_gets_one(dialog, client, tmp_path, monkeypatch, chosen, written):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / chosen), ""))
    dialog.set_value("format", "pt2")
    dialog.export_button.click()
    assert client.asked[0].path == str(tmp_path / written)


def test_a_project_with_initial_weights_offers_these_in_place_of_fresh_ones(qtbot, link, client, tmp_path):
    project = Project("net", zoo.build("mlp"), training=TrainingConfig(initial_weights="net.safetensors"))
    dialog = ExportDialog(project, [], tmp_path / "runs", tmp_path, link, home=str(tmp_path))
    qtbot.addWidget(dialog)
    assert dialog.values["weights"] == "initial"
    dialog.write(tmp_path / "net.py")
    assert (client.asked[0].run, client.asked[0].folder) == ("", str(tmp_path))
