"""Weights and their correlation beside each other, read where they are hovered."""

from __future__ import annotations

import csv
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from studio.app.inside.matrix_field import MatrixField
from studio.app.inside.weights_page import WeightsPage
from studio.app.inside.window import InsideWindow
from studio.engine.records import LookedInside, LookInside
from studio.runs.insights import WeightsFound

Asked = Callable[[], LookInside]
Answer = Callable[..., LookedInside]
ROWS = np.array([[1, 2, 4], [0, 0, 0], [2, 4, 8]], np.float32)


def weights() -> WeightsFound:
    corr = np.array([[1, np.nan, 1], [np.nan] * 3, [1, np.nan, 1]])
    return WeightsFound(
        "weight", ("weight", "other"), (3, 3), 3, np.arange(3), ROWS, 3, np.linalg.norm(ROWS, axis=1), corr,
        np.array([[0, 2]]), np.array([1.0]), 1, 1, 0, 1.0,
    )  # fmt: skip


def page_of(window: InsideWindow) -> WeightsPage:
    window.tabs.setCurrentIndex([type(one) for one in window.pages].index(WeightsPage))
    return window.page  # type: ignore[return-value]


def hover(field: MatrixField, row: int, column: int) -> None:
    area, (rows, columns) = field.area(), field.matrix.values.shape
    x = area.left() + (column + 0.5) * area.width() / columns
    y = area.top() + (row + 0.5) * area.height() / rows
    QTest.mouseMove(field, QPoint(round(x), round(y)))


def test_both_are_shown_and_read(window: InsideWindow, asked: Asked, answer: Answer) -> None:
    page = page_of(window)
    assert (asked().page, asked().parameter) == ("weights", "")
    answer(weights_found=weights())
    np.testing.assert_array_equal(page.field.matrix.values, ROWS)
    assert page.correlation.matrix.values.shape == (2, 2)
    assert "The same but for scale: 0 and 2 (1)." in page.words
    assert "1 rows are constant" in page.words
    hover(page.field, 2, 1)
    assert page.legend.text.endswith("4 · weight 1 · row 2 · norm 9.17")
    hover(page.correlation, 0, 1)
    assert page.legend.text.endswith("corr(0, 2) = 1")


def test_another_parameter_is_asked_for_until_the_node_is_another(
    window: InsideWindow, asked: Asked, answer: Answer
) -> None:
    page = page_of(window)
    answer(weights_found=weights())
    page.parameter.setCurrentIndex(1)
    page.parameter.activated.emit(1)
    assert asked().parameter == "other"
    window.source.node = "another"
    window.refresh()
    assert (asked().node, asked().parameter) == ("another", "")


def test_they_are_saved_as_a_table(window: InsideWindow, answer: Answer) -> None:
    page = page_of(window)
    answer(weights_found=weights())
    rows = list(csv.reader(page.csv().splitlines()))
    assert rows[0][:3] == ["row", "norm", "corr with 0"]
    np.testing.assert_array_equal(np.array([row[-3:] for row in rows[1:]], float), ROWS)
