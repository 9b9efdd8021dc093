"""Bad data, too little memory, full disks and dying workers: a sentence on screen, and the next run trains.

One window with a real engine meets all of it, one thing after another.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from studio import zoo
from studio.app.main_window import MainWindow
from studio.app.settings import Settings
from studio.data import room
from studio.data.on_demand import PictureFiles
from studio.engine.local import LocalClient
from studio.errors import RunError
from studio.project import files
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from studio.runs import checkpoints
from tests.helpers.window import leave

PATIENCE_MS = 90_000
ENDED = ("finished", "stopped", "failed")


@dataclass
class Scene:
    """The window, and every sentence that it was given to say since it was last asked."""

    window: MainWindow
    qtbot: QtBot
    said: list[str] = field(default_factory=list)

    def open(self, project: Project, path: Path) -> None:
        files.write(project, path)
        for sheet in self.window.document.sheets:
            sheet.history.mark_saved()
        assert self.window.open_path(path)
        facts = self.window.workspace.facts
        self.qtbot.waitUntil(lambda: facts.totals.parameters > 0 or bool(facts.problems), timeout=PATIENCE_MS)

    def train(self, resume: str = "") -> str:
        """Train, wait for the end, and return the state."""
        space = self.window.workspace
        if resume:
            space.resume_run(resume)
        else:
            space.train()
        self.wait_for_the_end()
        return str(space.state)

    def wait_for_the_end(self) -> None:
        space = self.window.workspace
        self.qtbot.waitUntil(lambda: not space.is_busy and space.state != "starting", timeout=PATIENCE_MS)
        self.qtbot.wait(50)  # what is told after the state

    def words(self) -> str:
        """Return all that stands on screen about what is wrong, or was said since the last time."""
        window = self.window
        problems = [f"{one.message} {one.suggestion}" for one in window.workspace.facts.problems]
        data = window.inspector.project_page.data.preview.message.text()
        said, self.said[:] = list(self.said), []
        return "\n".join([*problems, data, window.banner.text, *said])


@pytest.fixture(scope="module")
def shared_window(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    window = MainWindow(LocalClient(), Settings(tmp_path_factory.mktemp("home") / "settings.json"))
    window.resize(1280, 800)
    window.show()
    window.workspace.start()
    yield window
    leave(window)
    window.close()
    window.deleteLater()


@pytest.fixture
def scene(shared_window: MainWindow, qtbot: QtBot) -> Iterator[Scene]:
    found = Scene(shared_window, qtbot)
    space = shared_window.workspace
    told = (space.message.connect(found.said.append),)
    refused = space.refused.connect(lambda failed: found.said.append(failed.message))
    yield found
    for one in (*told, refused):
        shared_window.disconnect(one)


def mlp(inputs: int, classes: int = 2, **arguments: Any) -> Any:
    return zoo.build("mlp", input_shape=(inputs,), hidden=(8,), num_classes=classes, **arguments)


def healthy() -> Project:
    data = DataConfig(dataset="moons", options={"samples": 60})
    return Project("well", mlp(2), data, TrainingConfig(epochs=1, device="cpu"))


def table(folder: Path, text: str) -> Project:
    (folder / "t.csv").write_text(text)
    data = DataConfig(dataset="csv", folder=str(folder), options={"file": "t.csv"})
    return Project("table", mlp(2), data, TrainingConfig(epochs=1, device="cpu"))


def rows(count: int = 60, value: str = "1.5", label: str = "no") -> str:
    lines = [f"{row / 10},{-row / 7:.3f},{'yes' if row % 2 else 'no'}" for row in range(count)]
    return "\n".join(["a,b,y", *lines, f"2.0,{value},{label}"]) + "\n"


def pictures(folder: Path, read: str = "on_demand", count: int = 12, **training: Any) -> Project:
    for label in ("cat", "dog"):
        (folder / "pets" / label).mkdir(parents=True)
        for number in range(count):
            Image.new("RGB", (9, 9), (20 * number, 90, 9)).save(folder / "pets" / label / f"{number}.png")
    options = {"size": 8, "read": read}
    data = DataConfig(dataset="image_folder", folder=str(folder / "pets"), options=options)
    graph = zoo.build("mlp", input_shape=(3, 8, 8), hidden=(8,), num_classes=2)
    config = TrainingConfig(epochs=2, device="cpu", batch_size=4, **training)
    return Project("pets", graph, data, config)


# What is wrong before a run -------------------------------------------------------------------------


def missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    project = table(folder, rows())
    (folder / "t.csv").unlink()
    return project


def empty(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    return table(folder, "")


def corrupt(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    project = pictures(folder, "once")
    path = folder / "pets" / "cat" / "3.png"
    path.write_bytes(path.read_bytes()[:40])
    return project


def corrupt_arrays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    (folder / "a.npz").write_bytes(b"PK\x03\x04 and no more")
    data = DataConfig(dataset="npz", folder=str(folder), options={"file": "a.npz"})
    return Project("arrays", mlp(2), data, TrainingConfig(epochs=1, device="cpu"))


def not_a_number(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    return table(folder, rows(value="inf"))


def wrong_labels(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    labels = np.arange(60) % 2
    labels[7] = -1
    np.savez(folder / "a.npz", x=np.random.default_rng(0).random((60, 2)).astype(np.float32), y=labels)
    data = DataConfig(dataset="npz", folder=str(folder), options={"file": "a.npz"})
    return Project("arrays", mlp(2), data, TrainingConfig(epochs=1, device="cpu"))


def more_classes_than_outputs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    text = rows() + "".join(f"{row},1.0,maybe\n" for row in range(30))
    return table(folder, text)


def batch_of_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    config = TrainingConfig(epochs=1, device="cpu", batch_size=1)
    return Project("one", mlp(2, batch_norm=True), healthy().data, config)


def batch_too_large(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    config = TrainingConfig(epochs=1, device="cpu", batch_size=5000, drop_last=True)
    return Project("large", mlp(2), healthy().data, config)


def little_memory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setattr(room, "free_bytes", lambda: 4 * 2**20)
    graph = zoo.build("mlp", input_shape=(2,), hidden=(60_000,), num_classes=2)
    return Project("wide", graph, healthy().data, TrainingConfig(epochs=1, device="cpu"))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (missing, "t.csv"),
        (empty, "is empty"),
        (corrupt, '3.png" cannot be read as a picture'),
        (corrupt_arrays, "a.npz"),
        (not_a_number, "inf"),
        (wrong_labels, "-1"),
        (more_classes_than_outputs, "expected 3 scores, one for each class of the data"),
        (batch_of_one, "batch_size"),
        (batch_too_large, "batch"),
        (little_memory, "Training takes about"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_what_is_wrong_before_a_run_is_a_sentence_and_the_next_run_trains(
    scene: Scene,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[[Path, pytest.MonkeyPatch], Project],
    sentence: str,
) -> None:
    with monkeypatch.context() as here:
        scene.open(make(tmp_path, here), tmp_path / "bad.flow")
        assert scene.train() not in ("finished", "stopped")
        words = scene.words()
    assert sentence in words
    assert "Traceback" not in words
    assert "inside the program" not in words
    goes_on(scene, tmp_path)


def goes_on(scene: Scene, folder: Path) -> None:
    """The window takes another project, and trains it."""
    scene.open(healthy(), folder / "well.flow")
    assert scene.train() == "finished"
    assert len(scene.window.workspace.monitor.live.epochs) == 1


def test_a_class_that_a_part_lacks_is_told_and_the_rest_is_learned(scene: Scene, tmp_path: Path) -> None:
    project = pictures(tmp_path, "once")
    for part in ("train", "val"):
        shutil.copytree(tmp_path / "pets", tmp_path / "parts" / part)
    shutil.rmtree(tmp_path / "parts" / "val" / "dog")
    data = project.data.model_copy(update={"folder": str(tmp_path / "parts")})
    scene.open(Project("pets", project.graph, data, project.training), tmp_path / "pets.flow")
    assert scene.train() == "finished"
    assert '"dog"' in scene.words()
    goes_on(scene, tmp_path)


# What goes wrong in a run ---------------------------------------------------------------------------


def after_calls(count: int, real: Any, harm: Callable[[], object]) -> Callable[..., Any]:
    """Return a function that does something once it was called some times, each time from then on."""
    calls = [0]

    def call(*given: Any, **named: Any) -> Any:
        calls[0] += 1
        if calls[0] > count:
            harm()
        return real(*given, **named)

    return call


def dies() -> None:
    raise MemoryError("a worker was killed")


def test_memory_that_runs_out_in_a_step_is_a_sentence_with_a_smaller_batch(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = torch.nn.Linear.forward

    def forward(layer: torch.nn.Linear, values: torch.Tensor) -> torch.Tensor:
        if not values.is_meta:  # what is checked before takes no memory
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")
        return real(layer, values)

    scene.open(healthy(), tmp_path / "bad.flow")
    with monkeypatch.context() as here:
        here.setattr(torch.nn.Linear, "forward", forward)
        assert scene.train() == "failed"
    words = scene.words()
    assert "ran out of memory at step" in words
    assert "Lower batch_size to" in words
    banner, document = scene.window.banner, scene.window.document
    (button,) = [one for one in banner.findChildren(QPushButton) if one.text() == "Train with batches of 32"]
    before = document.project
    button.click()  # the memory is there again
    assert document.project.training.batch_size == 32
    scene.wait_for_the_end()
    assert scene.window.workspace.state == "finished"
    document.undo()
    assert document.project is before
    goes_on(scene, tmp_path)


def test_a_worker_that_dies_is_a_sentence(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.open(pictures(tmp_path), tmp_path / "bad.flow")
    with monkeypatch.context() as here:
        here.setattr(PictureFiles, "take", after_calls(2, PictureFiles.take, dies))
        assert scene.train() == "failed"
    assert "A batch could not be prepared: a worker was killed" in scene.words()
    goes_on(scene, tmp_path)


def test_data_that_shrink_during_a_run_are_a_sentence(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.open(pictures(tmp_path), tmp_path / "bad.flow")
    gone = lambda: shutil.rmtree(tmp_path / "pets", ignore_errors=True)  # noqa: E731
    with monkeypatch.context() as here:
        here.setattr(PictureFiles, "take", after_calls(2, PictureFiles.take, gone))
        assert scene.train() == "failed"
    words = scene.words()
    assert ".png" in words
    assert "No such file" in words
    goes_on(scene, tmp_path)


def test_data_that_changed_are_not_resumed_on(scene: Scene, tmp_path: Path) -> None:
    project = table(tmp_path, rows())
    scene.open(project, tmp_path / "bad.flow")
    assert scene.train() == "finished"
    (tmp_path / "t.csv").write_text(rows(70))
    scene.words()
    scene.train(resume="run-1")
    assert "The data changed since this run was trained: 61 samples then, 71 now" in scene.words()
    goes_on(scene, tmp_path)


def test_a_full_disk_does_not_end_a_run_and_is_said_once(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> None:
        raise RunError('"last.safetensors" cannot be written: No space left on device.')

    scene.open(pictures(tmp_path, "once", checkpoint_steps=1), tmp_path / "bad.flow")
    with monkeypatch.context() as here:
        here.setattr(checkpoints, "save", full)
        assert scene.train() == "finished"
    said = [words for words in scene.said if "Training goes on" in words]
    assert len(said) == 1
    assert "No space left on device" in said[0]
    goes_on(scene, tmp_path)
