"""The evaluation of a run on screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QCheckBox, QFileDialog
from pytestqt.qtbot import QtBot

from studio.app.engine_link import EngineLink
from studio.app.panels.evaluation.panel import EvaluationPanel
from studio.app.theme.theme import theme
from studio.engine.records import (
    Cancel,
    EvaluateRun,
    Failed,
    KeepStatistics,
    Predicted,
    PredictFile,
    RunEvaluated,
    StatisticsKept,
)
from studio.runs.store import RunStore
from tests.app.panels.test_runs import add
from tests.helpers.fake_client import FakeClient

COUNTS = np.array([[8, 2, 0], [1, 9, 0], [0, 0, 10]])


def found(request: int = 1) -> RunEvaluated:
    names = ("ant", "bee", "cow")
    classes = [
        {"class": name, "precision": p, "recall": r, "f1": f, "samples": 10}
        for name, p, r, f in zip(
            names, (8 / 9, 9 / 11, 1.0), (0.8, 0.9, 1.0), (0.842, 0.857, 1.0), strict=True
        )
    ]
    scores = {
        "samples": 30, "loss": 0.25, "classes": classes,
        "top1_error": {"value": 0.1, "low": 0.0, "high": 0.21},
    }  # fmt: skip
    samples = np.random.default_rng(0).random((8, 1, 8, 8)).astype(np.float32)
    truth, said = np.array([0, 0, 2, 1, 0, 0, 1, 1]), np.array([1, 1, 2, 1, 1, 1, 0, 1])
    sure = np.array([0.9, 0.6, 1, 1, 0.9, 0.6, 0.7, 1])
    return RunEvaluated(
        request, "run-1", "validation", scores, COUNTS, samples, truth, said, sure, num_worst=2, num_best=2
    )


Answer = Callable[[object], None]


@pytest.fixture
def panel(qtbot: QtBot, link: EngineLink) -> EvaluationPanel:
    made = EvaluationPanel(link)
    qtbot.addWidget(made)
    made.resize(1100, 300)
    made.show()
    return made


@pytest.fixture
def answer(client: FakeClient, link: EngineLink) -> Answer:
    """Let the engine say something."""

    def say(record: object) -> None:
        client.answers.append(record)
        link.drain()

    return say


def test_without_a_run_it_says_what_to_do(panel: EvaluationPanel) -> None:
    assert not panel.button.isEnabled()
    assert "choose a run under Runs" in panel.button.toolTip()
    assert "press Evaluate" in panel.words.text()


def test_measures_classes_and_confusions_are_shown(
    answer: Answer, qtbot: QtBot, panel: EvaluationPanel, client: FakeClient
) -> None:
    panel.set_run("run-1", "/x.runs", "/x")
    qtbot.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    asked = client.asked[-1]
    assert isinstance(asked, EvaluateRun)
    assert (asked.run, asked.runs_folder, asked.part) == ("run-1", "/x.runs", "validation")
    answer(found())
    assert panel.facts.facts()["top-1 error (95 %)"] == "10.00% ± 11.00"
    assert [panel.table.topLevelItem(k).text(0) for k in range(3)] == ["ant", "bee", "cow"]
    assert panel.confusion.words(0, 1) == "2 of 10 ant taken for bee (20.0 %)"
    assert panel.confusion.words(2, 2) == "10 of 10 cow recognized (100 %)"
    assert panel.confusion.accessibleName() == "Confusion matrix: 3 of 30 samples wrong"
    assert panel.gallery.accessibleName().startswith("Worst: ant → bee, ant → bee. Best: cow 100 %")
    image = panel.confusion.grab().toImage()
    frame, side = panel.confusion._frame()
    ratio = image.devicePixelRatio()
    inks = [
        image.pixelColor(
            int((frame.x() + (column + 0.1) * side) * ratio), int((frame.y() + 0.1 * side) * ratio)
        )
        for column in range(3)
    ]
    # Of the first row most were recognized, some taken for the second class, none for the third.
    assert len({ink.name() for ink in inks}) == 3
    assert inks[2] == theme().color("panel")


def test_the_cell_under_the_pointer_is_found(answer: Answer, panel: EvaluationPanel) -> None:
    panel.set_run("run-1", "/x.runs", "/x")
    panel.evaluate()
    answer(found())
    frame, side = panel.confusion._frame()
    for row in range(3):
        for column in range(3):
            point = QPoint(int(frame.x() + (column + 0.5) * side), int(frame.y() + (row + 0.5) * side))
            assert panel.confusion.cell_at(point) == (row, column)
    assert panel.confusion.cell_at(QPoint(0, 0)) is None


def test_the_table_is_sorted_by_number_and_copied(
    answer: Answer, qtbot: QtBot, panel: EvaluationPanel
) -> None:
    panel.set_run("run-1", "/x.runs", "/x")
    panel.evaluate()
    answer(found())
    panel.table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert panel.table.topLevelItem(0).text(0) == "cow"  # 100 % is more than 90 %
    assert panel.table.topLevelItem(1).text(2) == "90.0"
    panel.export.copy.trigger()
    assert QGuiApplication.clipboard().text().splitlines()[:2] == [
        "class,precision,recall,f1,samples", "cow,1.0,1.0,1.0,10",
    ]  # fmt: skip


def cell_point(panel: EvaluationPanel, row: int, column: int) -> QPoint:
    frame, side = panel.confusion._frame()
    return QPoint(int(frame.x() + (column + 0.5) * side), int(frame.y() + (row + 0.5) * side))


def test_a_cell_shows_its_samples_until_it_is_let_go(
    answer: Answer, qtbot: QtBot, panel: EvaluationPanel
) -> None:
    panel.set_run("run-1", "/x.runs", "/x")
    panel.evaluate()
    answer(found())
    everything = panel.gallery.accessibleName()
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(panel.confusion, left, pos=cell_point(panel, 0, 1))
    assert panel.gallery.accessibleName() == "ant → bee: ant → bee, ant → bee"
    qtbot.keyClick(panel.confusion, Qt.Key.Key_Down)
    assert (panel.confusion.cell, panel.gallery.accessibleName()) == ((1, 1), "bee: bee 100 %")
    qtbot.keyClick(panel.confusion, Qt.Key.Key_Left)
    assert panel.gallery.accessibleName() == "bee → ant: bee → ant"
    qtbot.keyClick(panel.confusion, Qt.Key.Key_Escape)
    assert panel.gallery.accessibleName() == everything
    qtbot.mouseClick(panel.confusion, left, pos=cell_point(panel, 2, 0))
    assert panel.gallery.accessibleName().startswith("cow → ant: none")
    qtbot.mouseClick(panel.confusion, left, pos=cell_point(panel, 2, 0))
    assert panel.gallery.accessibleName() == everything


def test_a_class_shows_its_samples_and_takes_the_place_of_a_cell(
    answer: Answer, qtbot: QtBot, panel: EvaluationPanel
) -> None:
    panel.set_run("run-1", "/x.runs", "/x")
    panel.evaluate()
    answer(found())
    panel.confusion.choose((0, 1))
    item = panel.table.topLevelItem(1)  # bee: the second lowest F1
    panel.table.setCurrentItem(item)
    assert panel.gallery.accessibleName() == "bee: bee → ant, bee 100 %"
    assert panel.confusion.cell is None
    panel.confusion.choose((0, 1))
    assert not panel.table.selectedItems()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_what_is_averaged_is_asked_for_and_said_on_the_button(
    answer: Answer, qtbot: QtBot, panel: EvaluationPanel, client: FakeClient
) -> None:
    panel.set_run("run-2", "/x.runs", "/x", ["run-3", "run-2", "run-1"])
    assert panel.testing.text().startswith("1 look, 1 run")
    qtbot.mouseClick(panel.testing, Qt.MouseButton.LeftButton)
    assert panel.testing.popup.isVisible()
    panel.testing.crops.setCurrentIndex(1)
    qtbot.keyClicks(panel.testing.scales, "32, 40")
    panel.testing.crop_size.setValue(28)
    box = panel.testing.popup.findChild(QCheckBox, "evaluation.voter.run-1")
    assert box is not None
    box.click()
    panel.testing.popup.close()
    assert panel.testing.text().startswith("10 crops of 28, 2 scales, 2 runs")
    panel.evaluate()
    asked = client.asked[-1]
    assert (asked.crops, asked.crop_size, asked.scales, asked.voters) == (10, 28, (32, 40), ("run-1",))
    panel.testing.reset()
    assert panel.testing.text().startswith("1 look, 1 run")


def test_what_was_found_is_saved(
    answer: Answer, panel: EvaluationPanel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert not panel.export.isEnabled()
    panel.set_run("run-1", "/x.runs", "/x")
    panel.evaluate()
    answer(found())
    names = iter(["classes", "confusion.csv", "matrix.png"])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(tmp_path / next(names)), ""))
    panel.export.save_table.trigger()
    panel.export.save_confusion.trigger()
    panel.export.save_picture.trigger()
    assert (tmp_path / "classes.csv").read_text().splitlines()[0] == "class,precision,recall,f1,samples"
    rows = (tmp_path / "confusion.csv").read_text().splitlines()
    assert rows == ["truth \\ said,ant,bee,cow", "ant,8,2,0", "bee,1,9,0", "cow,0,0,10"]
    picture = QImage(str(tmp_path / "matrix.png"))
    assert picture.width() == 2 * panel.confusion.width()


def test_the_test_part_is_warned_of_and_looked_at_only_when_asked(
    panel: EvaluationPanel, client: FakeClient
) -> None:
    panel.set_run("run-1", "/x.runs", "/x")
    panel.part.setCurrentIndex(panel.part.findData("test"))
    panel.part.activated.emit(1)
    assert "once, at the end" in panel.words.text()
    assert not client.asked
    panel.evaluate()
    assert client.asked[-1].part == "test"


def test_earlier_looks_at_the_test_part_are_told_before_the_next(
    qtbot: QtBot, panel: EvaluationPanel, client: FakeClient, tmp_path: Path
) -> None:
    store = RunStore(tmp_path / "net.runs")
    add(store, "run-1", 0.1, [1.0])
    panel.set_run("run-1", str(store.folder), str(tmp_path))
    panel.part.setCurrentIndex(panel.part.findData("test"))
    for looks in ("", "run-1 was measured on it once before.", "run-1 was measured on it 2 times before."):
        panel.part.activated.emit(1)
        assert panel.words.text().endswith("Press Evaluate to look.")
        qtbot.waitUntil(lambda: not panel.is_reading)
        assert panel.words.text().endswith(looks or "Press Evaluate to look.")
        store.count_test_look("run-1")
    assert not client.asked


def test_the_statistics_of_batch_normalization_are_chosen_by_name(
    panel: EvaluationPanel, client: FakeClient
) -> None:
    panel.set_run("run-1", "/x.runs", "/x")
    panel.statistics.setCurrentIndex(panel.statistics.findData("final_phase"))
    panel.evaluate()
    assert client.asked[-1].statistics == "final_phase"


def test_cancel_and_failure_leave_the_panel_usable(
    answer: Answer, qtbot: QtBot, panel: EvaluationPanel, client: FakeClient
) -> None:
    panel.set_run("run-1", "/x.runs", "/x")
    panel.evaluate()
    assert panel.button.text() == "Cancel"
    qtbot.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    assert isinstance(client.asked[-1], Cancel)
    assert panel.words.text() == "Cancelled."
    assert panel.button.text() == "Evaluate"
    panel.evaluate()
    answer(Failed(3, "run", "There is no checkpoint."))
    assert panel.words.text() == "There is no checkpoint."


def test_another_run_forgets_the_numbers_of_the_last(answer: Answer, panel: EvaluationPanel) -> None:
    panel.set_run("run-1", "/x.runs", "/x")
    panel.evaluate()
    answer(found())
    panel.set_run("run-2", "/x.runs", "/x")
    assert panel.table.topLevelItemCount() == 0
    assert panel.title.text() == "run-2"


def test_an_answer_about_the_run_before_is_not_shown_as_the_next_ones(
    answer: Answer, panel: EvaluationPanel, client: FakeClient
) -> None:
    panel.set_run("run-1", "/x.runs", "/x")
    panel.evaluate()
    panel.set_run("run-2", "/x.runs", "/x")
    assert isinstance(client.asked[-1], Cancel)
    answer(found())
    assert panel.table.topLevelItemCount() == 0
    assert panel.button.text() == "Evaluate"


def test_numbers_of_a_regression_have_no_classes(answer: Answer, panel: EvaluationPanel) -> None:
    panel.set_run("run-1", "/x.runs", "/x")
    panel.evaluate()
    none = np.zeros(0, np.int64)
    scores = {"samples": 30, "loss": 0.25, "mse": 0.25, "mae": 0.4, "r2": 0.5}
    answer(
        replace(
            found(), scores=scores, confusion=np.zeros((0, 0), np.int64), samples=np.zeros(0, np.float32),
            truth=none, predicted=none, sure=np.zeros(0), num_worst=0,
        ),
    )  # fmt: skip
    assert panel.facts.facts()["R²"] == "0.5"
    assert panel.table.isHidden()
    assert panel.confusion.isHidden()


TOP = [{"class": "ant", "probability": 0.75}, {"class": "bee", "probability": 0.25}]


def drop(panel: EvaluationPanel, *paths: str) -> None:
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(path) for path in paths])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, files, left, none)
    QApplication.sendEvent(panel, enter)
    if enter.isAccepted():
        event = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, files, left, none)
        QApplication.sendEvent(panel, event)


def test_a_dropped_picture_is_predicted(answer: Answer, panel: EvaluationPanel, client: FakeClient) -> None:
    panel.set_run("run-1", "/x.runs", "/x")
    drop(panel, "/y/ant.png")
    asked = client.asked[-1]
    assert isinstance(asked, PredictFile)
    assert (asked.run, asked.runs_folder, asked.folder, asked.path) == (
        "run-1", "/x.runs", "/x", "/y/ant.png",
    )  # fmt: skip
    assert panel.words.text() == "Looking at ant.png …"
    answer(Predicted(1, "run-1", "/y/ant.png", {"samples": [{"label": "ant", "top": TOP}]}))
    assert panel.predictions.lines() == ["ant.png: ant 75.0 %, bee 25.0 %"]
    assert panel.predictions.isVisible()
    shot = panel.predictions.grab().toImage()
    assert len({shot.pixel(x, y) for x in range(shot.width()) for y in range(shot.height())}) > 3
    panel.evaluate()
    assert not panel.predictions.isVisible()


def test_rows_and_outputs_that_are_no_classes_are_told(answer: Answer, panel: EvaluationPanel) -> None:
    panel.set_run("run-1", "/x.runs", "/x")
    panel.predict("/y/rows.csv")
    rows = [{"output": [0.5]}] * 51 + [{"output": [[1.0] * 9]}]
    answer(Predicted(1, "run-1", "/y/rows.csv", {"samples": rows}))
    lines = panel.predictions.lines()
    assert (lines[0], lines[-1]) == ("rows.csv, row 1: 0.5", "and 2 more rows")
    panel.predictions.show_samples("big.npy", rows[-1:])
    assert panel.predictions.lines() == ["big.npy: 1, 1, 1, 1, 1, 1, 1, 1 …"]


def test_a_drop_without_a_run_or_while_busy_says_why_nothing_happens(
    qtbot: QtBot, panel: EvaluationPanel, client: FakeClient
) -> None:
    with qtbot.waitSignal(panel.message) as told:
        drop(panel, "/y/ant.png")
    assert "no run to ask" in told.args[0]
    assert "choose a run under Runs" in panel.open.toolTip()
    panel.set_run("run-1", "/x.runs", "/x")
    panel.evaluate()
    with qtbot.waitSignal(panel.message) as told:
        drop(panel, "/y/ant.png")
    assert "busy" in told.args[0]
    drop(panel, "/y/ant.png", "/y/bee.png")
    assert len(client.asked) == 1


def test_a_file_that_cannot_be_read_is_said_in_the_panel(
    answer: Answer, qtbot: QtBot, panel: EvaluationPanel, client: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel.set_run("run-1", "/x.runs", "/x")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("/y/notes.txt", ""))
    qtbot.mouseClick(panel.open, Qt.MouseButton.LeftButton)
    assert client.asked[-1].path == "/y/notes.txt"
    answer(Failed(1, "data", "It is no picture."))
    assert panel.words.text() == "It is no picture."
    assert panel.open.isEnabled()


def test_statistics_that_are_chosen_are_kept_with_the_run(
    answer: Answer, qtbot: QtBot, panel: EvaluationPanel, client: FakeClient
) -> None:
    assert "choose a run" in panel.keep.toolTip()
    panel.set_run("run-1", "/x.runs", "/x")
    assert not panel.keep.isEnabled()
    assert "choose other statistics" in panel.keep.toolTip()
    panel.statistics.setCurrentIndex(panel.statistics.findData("final_phase"))
    panel.statistics.activated.emit(panel.statistics.currentIndex())
    qtbot.mouseClick(panel.keep, Qt.MouseButton.LeftButton)
    asked = client.asked[-1]
    assert isinstance(asked, KeepStatistics)
    assert (asked.run, asked.runs_folder, asked.folder) == ("run-1", "/x.runs", "/x")
    assert (asked.statistics, asked.checkpoint) == ("final_phase", "best")
    assert "wait" in panel.keep.toolTip()
    answer(StatisticsKept(asked.id, "run-1", "best: replaced."))
    assert panel.words.text() == "run-1, best: replaced."
    assert panel.statistics.currentData() == "kept"
    assert not panel.keep.isEnabled()


def test_statistics_that_cannot_be_kept_are_said_in_words(
    answer: Answer, panel: EvaluationPanel, client: FakeClient
) -> None:
    panel.set_run("run-1", "/x.runs", "/x")
    panel.choose_statistics()
    assert "Keep to write them" in panel.words.text()
    panel.statistics.setCurrentIndex(panel.statistics.findData("running"))
    panel.keep_statistics()
    answer(Failed(client.asked[-1].id, "RunError", "The run is going on."))
    assert panel.words.text() == "The run is going on."
    assert panel.keep.isEnabled()
