"""The bar that starts, pauses and stops training and holds its main settings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLabel, QMainWindow, QProgressBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from studio.app.document import Document
from studio.app.panels.number_edit import NumberEdit
from studio.app.panels.training_bar import TrainingBar
from studio.project.config import TrainingConfig
from studio.runs.records import RunState
from tests.helpers.live_records import progress


@pytest.fixture
def document(qapp: object) -> Document:
    return Document()


@pytest.fixture
def bar(qtbot: QtBot, document: Document) -> TrainingBar:
    window = QMainWindow()
    qtbot.addWidget(window)
    made = TrainingBar(document)
    window.addToolBar(made)
    window.resize(1280, 200)
    window.show()
    made.window_ = window  # type: ignore[attr-defined]  # keeps it alive
    return made


def button(bar: TrainingBar, name: str) -> QToolButton:
    return bar.findChild(QToolButton, f"training.{name}")


def field(bar: TrainingBar, name: str) -> NumberEdit:
    return bar.findChild(NumberEdit, f"training.{name}")


def words(bar: TrainingBar) -> str:
    return bar.findChild(QLabel, "training.words").text()


def enter(qtbot: QtBot, bar: TrainingBar, name: str, text: str) -> None:
    edit = field(bar, name)
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("state", "text", "signal"),
    [
        (None, "Train", "train_requested"),
        ("running", "Pause", "pause_requested"),
        ("paused", "Resume", "resume_requested"),
        ("finished", "Train", "train_requested"),
        ("stopped", "Train", "train_requested"),
        ("failed", "Train", "train_requested"),
    ],
)
def test_main_button_asks_for_what_it_says(
    qtbot: QtBot, bar: TrainingBar, state: RunState | None, text: str, signal: str
) -> None:
    bar.set_state(state)
    assert button(bar, "train").text() == text
    with qtbot.waitSignal(getattr(bar, signal)):
        qtbot.mouseClick(button(bar, "train"), Qt.MouseButton.LeftButton)


def test_main_button_waits_while_the_engine_warms_up(bar: TrainingBar) -> None:
    bar.set_state("starting")
    assert not button(bar, "train").isEnabled()
    assert "getting ready" in button(bar, "train").toolTip()
    assert words(bar) == "warming up …"


def test_stop_is_offered_only_while_a_run_goes_on(qtbot: QtBot, bar: TrainingBar) -> None:
    assert not button(bar, "stop").isEnabled()
    assert button(bar, "stop").toolTip() == "Stop: nothing is being trained."
    bar.set_state("running")
    with qtbot.waitSignal(bar.stop_requested):
        button(bar, "stop").click()


def test_train_disabled_by_problems_says_so(bar: TrainingBar) -> None:
    bar.set_trainable(False, "2 problems keep this network from training")
    assert not button(bar, "train").isEnabled()
    assert "2 problems keep this network from training" in button(bar, "train").toolTip()
    bar.set_state("running")
    assert button(bar, "train").isEnabled()


@pytest.mark.parametrize(
    ("name", "text", "value"), [("epochs", "3", 3), ("batch_size", "256", 256), ("lr", "1e-7", 1e-7)]
)
def test_field_is_one_undoable_edit(
    qtbot: QtBot, bar: TrainingBar, document: Document, name: str, text: str, value: float
) -> None:
    before = field(bar, name).text()
    enter(qtbot, bar, name, text)
    assert getattr(document.project.training, name) == value
    assert field(bar, name).text() == text
    document.undo()
    assert field(bar, name).text() == before
    assert not document.history.can_undo


@pytest.mark.parametrize(
    ("name", "text"), [("epochs", "0"), ("lr", "0"), ("lr", "2e6"), ("batch_size", "9999999")]
)
def test_field_refuses_what_training_cannot_take(
    qtbot: QtBot, bar: TrainingBar, document: Document, name: str, text: str
) -> None:
    before = document.project
    enter(qtbot, bar, name, text)
    assert document.project is before
    assert field(bar, name).property("invalid")
    assert field(bar, name).toolTip().startswith(name)


def test_fields_are_locked_while_a_run_goes_on_and_say_why(bar: TrainingBar) -> None:
    bar.set_state("running")
    assert not field(bar, "epochs").isEnabled()
    assert "Stop the run to change it" in field(bar, "epochs").toolTip()
    assert field(bar, "lr").isEnabled()
    assert "for the steps to come" in field(bar, "lr").toolTip()
    bar.set_state("finished")
    assert field(bar, "epochs").isEnabled()
    assert field(bar, "lr").toolTip() == "Learning rate"


def test_the_learning_rate_of_a_run_is_shown_and_set_without_an_edit(
    qtbot: QtBot, bar: TrainingBar, document: Document
) -> None:
    bar.set_state("running")
    bar.set_progress(replace(progress(10), lr=0.0123456))
    assert field(bar, "lr").text() == "0.01235"
    with qtbot.waitSignal(bar.lr_requested) as asked:
        enter(qtbot, bar, "lr", "0.002")
    assert asked.args == [0.002]
    assert document.project.training.lr == 0.05
    bar.set_state("finished")
    assert field(bar, "lr").text() == "0.05"


def test_what_is_being_typed_stays_while_the_learning_rate_moves(qtbot: QtBot, bar: TrainingBar) -> None:
    bar.set_state("running")
    bar.set_progress(replace(progress(10), lr=0.01))
    edit = field(bar, "lr").lineEdit()
    edit.selectAll()
    qtbot.keyClicks(edit, "0.5")
    bar.set_progress(replace(progress(11), lr=0.009))
    assert edit.text() == "0.5"


def test_device_is_chosen_among_those_found(qtbot: QtBot, bar: TrainingBar, document: Document) -> None:
    combo = bar.findChild(QComboBox, "training.device")
    bar.set_devices(("cpu", "cuda:0"))
    assert [combo.itemText(index) for index in range(combo.count())] == ["auto", "cpu", "cuda:0"]
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert document.project.training.device == "cpu"
    document.undo()
    assert combo.currentText() == "auto"


def test_device_that_is_not_there_stays_and_is_explained(bar: TrainingBar, document: Document) -> None:
    training = TrainingConfig(device="cuda:1")
    document.edit_project("Set device", lambda project: replace(project, training=training))
    combo = bar.findChild(QComboBox, "training.device")
    assert combo.currentText() == "cuda:1"
    assert "found no device cuda:1" in combo.toolTip()


def test_progress_says_epoch_and_time_left(bar: TrainingBar) -> None:
    bar.set_state("running")
    bar.set_progress(progress(40, total_steps=100, epochs=10))
    assert words(bar) == "epoch 4 of 10 · 1:12 left"
    assert bar.findChild(QProgressBar, "training.progress").value() == 400
    bar.set_state("failed")
    assert words(bar) == "failed in epoch 4 of 10"
    bar.set_state("starting")
    assert bar.findChild(QProgressBar, "training.progress").value() == 0


@pytest.mark.parametrize("state", [None, "starting", "running", "paused", "finished"])
def test_nothing_is_clipped_at_1280(qtbot: QtBot, bar: TrainingBar, state: RunState | None) -> None:
    bar.set_state(state)
    bar.set_progress(progress(40, total_steps=1_000_000, epochs=10_000))
    qtbot.wait(1)
    assert bar.width() == 1280
    assert bar.height() <= 49
    row = bar.findChild(QWidget, "training.row")
    assert row.minimumSizeHint().width() <= row.width()
    for child in row.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        if child.isVisible():
            assert row.rect().contains(child.geometry())
            assert child.width() >= child.minimumSizeHint().width() or isinstance(child, NumberEdit)


def test_what_may_be_missed_is_left_out_where_the_bar_is_narrow(qtbot: QtBot, bar: TrainingBar) -> None:
    speed, optimizer = (bar.findChild(QLabel, f"training.{name}") for name in ("speed", "optimizer"))
    bar.set_state("running")
    bar.set_progress(progress(40))
    seen = {}
    for width in (1700, 980):
        bar.window().resize(width, 200)
        qtbot.waitUntil(lambda width=width: bar.width() == width)
        seen[width] = (optimizer.isVisible(), speed.isVisible())
    assert seen == {1700: (True, True), 980: (False, False)}


def test_leading_actions_stand_before_train(qtbot: QtBot, bar: TrainingBar) -> None:
    action = QAction("&Arrange", bar)
    action.setObjectName("action.graph.arrange")
    bar.add_leading([action])
    made = bar.findChild(QToolButton, "bar.action.graph.arrange")
    qtbot.waitUntil(lambda: made.isVisible() and made.x() < button(bar, "train").x())
    with qtbot.waitSignal(action.triggered):
        qtbot.mouseClick(made, Qt.MouseButton.LeftButton)


def test_fields_have_room_for_their_numbers(bar: TrainingBar, document: Document) -> None:
    training = TrainingConfig(epochs=1000, batch_size=4096, lr=0.00125)
    document.edit_project("Set training", lambda project: replace(project, training=training))
    for name in ("epochs", "batch_size", "lr"):
        line = field(bar, name).lineEdit()
        margins = line.textMargins()
        room = line.width() - margins.left() - margins.right()
        assert line.fontMetrics().horizontalAdvance(line.text()) <= room


def test_optimizer_is_said_in_words(bar: TrainingBar, document: Document) -> None:
    label = bar.findChild(QLabel, "training.optimizer")
    assert label.text() == "SGD, momentum 0.9,"
    adam = TrainingConfig(optimizer="adam")
    document.edit_project("Set optimizer", lambda project: replace(project, training=adam))
    assert label.text() == "Adam,"


def test_every_control_has_a_name(bar: TrainingBar) -> None:
    for kind in (QToolButton, NumberEdit, QComboBox):
        for control in bar.findChildren(kind):
            if control.objectName() != "qt_toolbar_ext_button":
                assert control.objectName().startswith(("training.", "qt_spinbox"))
                assert control.accessibleName() or control.text()
