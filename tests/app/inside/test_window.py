"""The window asks for what it shows, follows the selection, and reads what is hovered."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from studio.app.inside.matrix_field import MatrixField
from studio.app.inside.window import InsideWindow
from studio.app.theme.theme import theme
from studio.app.workspace import Workspace
from studio.engine.records import Cancel, Failed, LookedInside, LookInside, Progress
from studio.runs.insights import UnitsFound
from tests.helpers.fake_client import FakeClient

Asked = Callable[[], LookInside]
Answer = Callable[..., LookedInside]

VALUES = np.array(
    [[0, 0, 2, 0], [1, 1, 1, 1], [3, 0, 1, 0], [6, 0, 2, 0]], np.float32
)  # unit 1 is stuck, unit 3 says what unit 2 says


def units(values: np.ndarray = VALUES) -> UnitsFound:
    varies = np.ptp(values, axis=1) > 0
    correlation = np.full((4, 4), np.nan)
    correlation[np.ix_(varies, varies)] = np.corrcoef(values[varies])
    return UnitsFound(
        4, np.arange(4), values, (values == 0).mean(1), np.full(4, np.nan), values.var(1, ddof=1),
        correlation, 1.75, np.array([1]), np.array([1.0]), 1, 0, np.array([], np.int64), 0,
        np.array([[2, 3]]), np.array([1.0]), 1, 0.5,
    )  # fmt: skip


def hover(field: MatrixField, row: int, column: int) -> None:
    area, (rows, columns) = field.area(), field.matrix.values.shape
    x = area.left() + (column + 0.5) * area.width() / columns
    y = area.top() + (row + 0.5) * area.height() / rows
    QTest.mouseMove(field, QPoint(round(x), round(y)))


def test_the_first_layer_of_the_design_is_asked_for(
    window: InsideWindow, asked: Asked, answer: Answer
) -> None:
    question = asked()
    names = [node.name for node in window._space.document.graph.ordered()]
    assert question.node == names[1]
    assert (question.run, question.page, question.part, question.samples) == ("", "units", "validation", 256)
    assert window.page.words == "Computing …"
    answer(units=units())
    assert "4 units · 4 of 60 samples · 1.75 of 4 active for a sample · untrained" in window.page.words


def test_it_follows_the_selection_and_the_choice_selects(
    window: InsideWindow, space: Workspace, asked: Asked, qtbot: QtBot
) -> None:
    nodes = space.document.graph.ordered()
    space.selection.set([nodes[2].id])
    qtbot.waitUntil(lambda: asked().node == nodes[2].name)
    window.node.setCurrentIndex(window.node.findData(nodes[3].id))
    window.node.activated.emit(window.node.currentIndex())
    qtbot.waitUntil(lambda: asked().node == nodes[3].name)
    assert space.selection.single == nodes[3].id


def test_an_older_question_is_withdrawn_and_its_answer_is_not_shown(
    window: InsideWindow, client: FakeClient, asked: Asked, answer: Answer
) -> None:
    first = asked()
    window.samples.setValue(32)
    assert [one.request for one in client.asked if isinstance(one, Cancel)] == [first.id]
    answer(id=first.id, units=units())
    assert window.page.found is None
    answer(units=units())
    assert window.page.found is not None


def test_what_was_answered_is_not_asked_again(
    window: InsideWindow, client: FakeClient, asked: Asked, answer: Answer
) -> None:
    answer(units=units())
    count = len(client.asked)
    window.tabs.setCurrentIndex(1)
    assert window.page.found is not None
    assert len(client.asked) == count
    QTest.mouseClick(window.again, Qt.MouseButton.LeftButton)
    assert len(client.asked) == count + 1


def test_runs_are_offered(qtbot: QtBot, window: InsideWindow, runs: list[str], asked: Asked) -> None:
    runs.append("run-1")
    window._list_weights()
    qtbot.waitUntil(lambda: window.weights.count() == 3)
    window.weights.setCurrentIndex(2)
    window.weights.activated.emit(2)
    assert (asked().run, asked().checkpoint) == ("run-1", "last")


def test_the_matrix_is_in_the_order_that_is_chosen(window: InsideWindow, answer: Answer) -> None:
    answer(units=units())
    page = window.page
    by_class = VALUES[:, [1, 3, 0, 2]]
    np.testing.assert_array_equal(page.field.matrix.values, by_class)
    np.testing.assert_array_equal(page.field.matrix.strip, [0, 0, 1, 1])
    page.units_by.setCurrentIndex(1)
    page.units_by.activated.emit(1)
    np.testing.assert_array_equal(page.field.matrix.values, by_class[[3, 1, 2, 0]])


def test_hovering_reads_value_unit_sample_and_class(window: InsideWindow, answer: Answer) -> None:
    answer(units=units())
    hover(window.page.field, 3, 2)
    assert window.page.legend.text.endswith("6 · unit 3 · 50.0 % zeros · sample 7 (right)")


def test_correlations_stand_without_constant_units_which_are_listed(
    window: InsideWindow, answer: Answer
) -> None:
    window.tabs.setCurrentIndex(1)
    answer(units=units())
    page = window.page
    assert page.field.matrix.values.shape == (3, 3)
    assert np.isfinite(page.field.matrix.values).all()
    tree = page.list
    groups = [tree.topLevelItem(at) for at in range(tree.topLevelItemCount())]
    assert [group.text(0) for group in groups] == ["Ignore the input: 1", "Say the same: 1"]
    assert groups[0].child(0).text(0) == "unit 1"
    assert groups[1].child(0).text(0) == "2 and 3"
    hover(page.field, 1, 2)
    assert page.legend.text.endswith("corr(2, 3) = 1")


def test_numbers_that_are_none_are_red_and_counted(window: InsideWindow, answer: Answer) -> None:
    values = VALUES.copy()
    values[0, 1] = np.nan
    broken = replace(units(), values=values, broken=np.array([0]), num_broken=1)
    answer(units=broken)
    page = window.page
    assert page.field.image().pixelColor(0, 0) == theme().color("bad")
    assert "1 units give NaN or infinity (red): 0." in page.words


def test_how_far_it_is_stands_in_place_of_the_picture(window: InsideWindow, asked: Asked) -> None:
    window._space.link.progress.emit(Progress(asked().id, 64, 256, "samples"))
    assert window.page.words == "Computing … 64 of 256 samples"


def test_a_failure_is_said_in_place_of_the_picture(window: InsideWindow, asked: Asked) -> None:
    window._space.link._announce(Failed(asked().id, "probe", '"fc1" is nothing.'))
    assert window.page.words == '"fc1" is nothing.'
    assert not window.page.export.isEnabled()


def test_picture_and_numbers_are_saved(
    window: InsideWindow, answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(units=units())
    save(monkeypatch, tmp_path / "units.csv", window.page.export.table.trigger)
    rows = list(csv.reader((tmp_path / "units.csv").read_text().splitlines()))
    assert rows[0][4:] == ["7 right", "2 left", "5 right", "9 left"]
    np.testing.assert_array_equal(np.array(rows[1:], float)[:, 4:], VALUES)
    save(monkeypatch, tmp_path / "units", window.page.export.picture.trigger)
    image = QImage(str(tmp_path / "units.png"))
    assert image.width() == 2 * window.page.body.width()
    assert window.words.text() == 'Saved "units.png".'


def save(monkeypatch: pytest.MonkeyPatch, path: Path, trigger: Callable[[], None]) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    trigger()


def test_closing_withdraws_what_nobody_waits_for(
    window: InsideWindow, client: FakeClient, asked: Asked
) -> None:
    question = asked()
    window.close()
    assert [one.request for one in client.asked if isinstance(one, Cancel)] == [question.id]


def test_a_sample_that_is_clicked_is_the_one_that_is_explained(
    window: InsideWindow, asked: Asked, answer: Answer
) -> None:
    answer(units=units())
    field = window.page.field
    area = field.area()
    at = QPoint(area.right() - 2, area.center().y())
    QTest.mouseClick(field, Qt.MouseButton.LeftButton, pos=at)
    assert "now show sample 5" in window.page.legend.text
    window.tabs.setCurrentIndex(4)
    assert (asked().page, asked().sample) == ("saliency", 5)
