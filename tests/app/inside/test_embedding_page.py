"""Points are asked for by method, read when hovered, and show their sample when clicked."""

from __future__ import annotations

import csv
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from studio.app.inside.embedding_page import EmbeddingPage
from studio.app.inside.window import InsideWindow
from studio.engine.records import LookedInside, LookInside
from studio.runs.insights import EmbeddingFound, SamplesSeen

POINTS = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0], [np.nan, np.nan]])
PICTURES = np.arange(4 * 9, dtype=np.uint8).reshape(4, 1, 3, 3)
NOTHING = np.zeros(0, np.float32)


def found(**seen: np.ndarray) -> EmbeddingFound:
    look = SamplesSeen(seen.get("pictures", NOTHING.astype(np.uint8)), seen.get("numbers", NOTHING))
    return EmbeddingFound(POINTS, ("PC 1", "PC 2"), np.array([0.75, 0.2]), 16, 2.5, 1, look)


@pytest.fixture
def page(window: InsideWindow) -> EmbeddingPage:
    window.tabs.setCurrentIndex(2)
    assert isinstance(window.page, EmbeddingPage)
    return window.page


def spot(page: EmbeddingPage, index: int) -> QPoint:
    x, y = page.scatter.places()[index].tolist()
    return QPoint(round(x), round(y))


def test_points_stand_with_what_they_mean(
    page: EmbeddingPage, asked: Callable[[], LookInside], answer: Callable[..., LookedInside]
) -> None:
    assert (asked().page, asked().method) == ("embedding", "pca")
    answer(embedding=found())
    assert "scatter between classes / within 2.5 · untrained weights" in page.words
    assert "1 samples have no place" in page.words
    assert page.scatter._axes[0] == "PC 1, 75.0 % of the variance"
    assert page.key.words == "left, right"


def test_another_method_is_asked_for(page: EmbeddingPage, asked: Callable[[], LookInside]) -> None:
    page.method.setCurrentIndex(1)
    page.method.activated.emit(1)
    assert asked().method == "umap"


def test_a_point_is_read_and_its_sample_shown(
    page: EmbeddingPage, answer: Callable[..., LookedInside]
) -> None:
    answer(embedding=found(pictures=PICTURES))
    QTest.mouseMove(page.scatter, spot(page, 1))
    assert page.legend.text.endswith("sample 2 (left) · (4, 0)")
    QTest.mouseClick(page.scatter, Qt.MouseButton.LeftButton, pos=spot(page, 2))
    assert page.card.words == "sample 5 (right)"
    assert page.card.image is not None
    assert page.card.image.pixelColor(2, 2).red() == PICTURES[2, 0, 2, 2]


def test_samples_that_are_rows_show_numbers(page: EmbeddingPage, answer: Callable[..., LookedInside]) -> None:
    answer(embedding=found(numbers=np.array([[1, 2], [3, 4], [5, 6], [7, 8]], np.float32)))
    QTest.mouseClick(page.scatter, Qt.MouseButton.LeftButton, pos=spot(page, 0))
    assert page.card.words == "sample 7 (right); x1 = 1; x2 = 2"


def test_a_place_without_a_point_is_none(page: EmbeddingPage, answer: Callable[..., LookedInside]) -> None:
    answer(embedding=found())
    area = page.scatter.area()
    assert page.scatter.point_at(area.right(), area.top()) == -1


def test_points_are_saved_as_a_table(page: EmbeddingPage, answer: Callable[..., LookedInside]) -> None:
    answer(embedding=found())
    rows = list(csv.reader(page.csv().splitlines()))
    assert rows[:3] == [
        ["sample", "class", "PC 1", "PC 2"],
        ["7", "right", "0", "0"],
        ["2", "left", "4", "0"],
    ]


def test_the_pages_about_one_sample_are_about_the_one_that_was_clicked(
    page: EmbeddingPage,
    window: InsideWindow,
    asked: Callable[[], LookInside],
    answer: Callable[..., LookedInside],
) -> None:
    answer(embedding=found())
    QTest.mouseClick(page.scatter, Qt.MouseButton.LeftButton, pos=spot(page, 1))
    window.tabs.setCurrentIndex(3)
    assert (asked().page, asked().sample) == ("maps", 2)
