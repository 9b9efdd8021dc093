"""Pages about single samples: all layers of one, what its class hangs on, and the strongest of a unit."""

from __future__ import annotations

import csv
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app.inside.maps_page import MapsPage
from studio.app.inside.saliency_page import SaliencyPage
from studio.app.inside.strongest_page import StrongestPage
from studio.app.inside.window import InsideWindow
from studio.engine.records import LookedInside, LookInside
from studio.runs.insights import LayerMaps, MapsFound, SaliencyFound, SamplesSeen, StrongestFound

Asked = Callable[[], LookInside]
Answer = Callable[..., LookedInside]

PICTURES = np.arange(4 * 9, dtype=np.uint8).reshape(4, 1, 3, 3)
SEEN = SamplesSeen(PICTURES, np.zeros(0, np.float32))
MAPS = np.arange(2 * 4, dtype=np.float32).reshape(2, 2, 2)


def maps() -> MapsFound:
    conv = LayerMaps("conv", (2, 2, 2), MAPS, 2, 0.0, 7.0, 0)
    fc = LayerMaps("fc", (3,), np.array([1, np.nan, 3], np.float32), 3, 1.0, 3.0, 1)
    return MapsFound((conv, fc), 4, SEEN)


def saliency(**change: np.ndarray) -> SaliencyFound:
    gradient = change.get("saliency", np.eye(3, dtype=np.float32))
    cam = change.get("cam", np.array([[0, 2], [0, 0]], np.float32))
    return SaliencyFound(np.array([0.5, 2.0], np.float32), 1, gradient, cam, SEEN)


def page(window: InsideWindow, kind: type) -> object:
    window.tabs.setCurrentIndex([type(one) for one in window.pages].index(kind))
    return window.page


@pytest.fixture
def maps_page(window: InsideWindow) -> MapsPage:
    return page(window, MapsPage)  # type: ignore[return-value]


@pytest.fixture
def saliency_page(window: InsideWindow) -> SaliencyPage:
    return page(window, SaliencyPage)  # type: ignore[return-value]


@pytest.fixture
def strongest_page(window: InsideWindow) -> StrongestPage:
    return page(window, StrongestPage)  # type: ignore[return-value]


def test_maps_of_another_sample_are_asked_for(maps_page: MapsPage, asked: Asked, answer: Answer) -> None:
    assert (asked().page, asked().sample) == ("maps", 0)
    answer(maps=maps())
    assert "sample 7 (right) · each row has its own scale" in maps_page.words
    assert "4 layers more are left out" in maps_page.words
    maps_page.sample.box.setValue(12)
    assert asked().sample == 12
    answer(maps=maps())
    assert maps_page.sample.box.maximum() == 59


def test_a_place_of_a_map_is_read_and_its_layer_chosen(
    maps_page: MapsPage, window: InsideWindow, answer: Answer, qtbot: QtBot
) -> None:
    answer(maps=maps())
    field = maps_page.field
    place = field.place_of(0, 1)
    corner = place.bottomLeft() + QPoint(2, -2)
    QTest.mouseMove(field, corner)
    assert maps_page.legend.text.endswith("conv · map 1 at 1, 0 · 6")
    with qtbot.waitSignal(window.node_chosen) as chosen:
        QTest.mouseClick(field, Qt.MouseButton.LeftButton, pos=corner)
    assert chosen.args == ["conv"]
    strip = field.place_of(1, 0)
    assert field.words_at(strip.left() + strip.width() / 2, strip.top() + 1) == "fc · number 1 · not a number"


def test_maps_are_saved_number_by_number(maps_page: MapsPage, answer: Answer) -> None:
    answer(maps=maps())
    rows = list(csv.reader(maps_page.csv().splitlines()))
    assert rows[4] == ["conv", "0", "1", "1", "3"]
    assert rows[-1] == ["fc", "0", "0", "2", "3"]


def test_a_class_is_explained(saliency_page: SaliencyPage, asked: Asked, answer: Answer) -> None:
    assert (asked().page, asked().target) == ("saliency", -1)
    answer(saliency=saliency())
    assert "score 2 of class right (predicted)" in saliency_page.words
    np.testing.assert_array_equal(saliency_page.gradient.matrix.values, np.eye(3))
    assert saliency_page.cam.matrix.high == 2.0
    assert [saliency_page.target.itemText(at) for at in range(3)] == ["the predicted one", "left", "right"]
    saliency_page.target.setCurrentIndex(1)
    saliency_page.target.activated.emit(1)
    assert asked().target == 0


def test_what_there_is_not_is_said(saliency_page: SaliencyPage, answer: Answer) -> None:
    nothing = np.zeros(0, np.float32)
    answer(saliency=saliency(saliency=nothing, cam=nothing.reshape(0, 0)))
    assert "Whole numbers have no gradient" in saliency_page.words
    assert "choose a convolution for Grad-CAM" in saliency_page.words
    assert saliency_page.cam.accessibleName().endswith(": there is none")


def test_a_map_that_is_no_number_is_counted(saliency_page: SaliencyPage, answer: Answer) -> None:
    answer(saliency=saliency(cam=np.array([[np.nan, 1]], np.float32)))
    assert "1 numbers are NaN or infinite (red)" in saliency_page.words


def test_the_strongest_samples_stand_with_value_and_class(
    strongest_page: StrongestPage, asked: Asked, answer: Answer
) -> None:
    assert (asked().page, asked().unit, asked().reduction) == ("strongest", 0, "max")
    places = np.array([2, 0, 3, 1])
    answer(strongest=StrongestFound(0, 8, places, np.array([4, 3, 2, 1], np.float32), 0.5, SEEN))
    assert strongest_page.tiles.words == [("4", "right"), ("3", "right"), ("2", "left"), ("1", "left")]
    assert "unit 0 of 8 · above 0 for 50.0 % of 4 samples" in strongest_page.words
    x, y = strongest_page.tiles.grid().corner(1)
    QTest.mouseMove(strongest_page.tiles, QPoint(x + 4, y + 4))
    assert strongest_page.legend.text.endswith("3 · sample 7 (right)")
    strongest_page.unit.setValue(3)
    assert asked().unit == 3


def test_another_node_begins_with_its_first_unit(
    strongest_page: StrongestPage, window: InsideWindow, asked: Asked
) -> None:
    strongest_page.unit.setValue(3)
    window.source.node = "another"
    window.refresh()
    assert (asked().node, asked().unit) == ("another", 0)


def test_while_another_unit_is_computed_the_picture_stays_but_is_not_saved(
    strongest_page: StrongestPage, answer: Answer
) -> None:
    first = StrongestFound(0, 8, np.arange(4), np.ones(4, np.float32), 0.5, SEEN)
    answer(strongest=first)
    strongest_page.unit.setValue(3)
    assert "Computing …" in strongest_page.words
    assert strongest_page.tiles.isVisible()
    assert not strongest_page.export.isEnabled()
    strongest_page.unit.setValue(0)
    assert "unit 0 of 8" in strongest_page.words
    assert strongest_page.export.isEnabled()
