"""Filters as pictures: grey levels that mean what the scale says."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from studio.app.monitor import Monitor
from studio.app.plots.filters_view import FiltersView
from studio.app.plots.pictures import Grid, bars_of, grey_levels, grid_for, tile_image
from studio.app.plots.scheduler import RepaintScheduler
from studio.app.plots.thumbnails import THUMBNAIL, filters_thumbnail, histogram_thumbnail
from tests.helpers.live_records import filters, histogram, state


def test_grey_levels_follow_the_stated_scale() -> None:
    weights = np.array([[[-0.42, 0.0], [0.21, 0.42]]], np.float32)
    assert grey_levels(weights, 0.42).tolist() == [[[0, 128], [191, 255]]]


@pytest.mark.parametrize("scale", [0.0, 1.0])
def test_grey_levels_of_zeros_and_nan_are_the_middle_grey(scale: float) -> None:
    assert np.unique(grey_levels(np.array([0.0, np.nan]), scale)).tolist() == [128]


def test_tile_image_pixels_equal_grey_levels() -> None:
    picture = np.array([[-1.0, 1.0, 0.0]], np.float32)
    image = tile_image(picture, 1.0)
    assert [QColor(image.pixel(x, 0)).red() for x in range(3)] == [0, 255, 128]


def test_tile_image_of_colour_filter_keeps_channels() -> None:
    picture = np.array([[[1.0, -1.0, 0.0]]], np.float32)
    assert QColor(tile_image(picture, 1.0).pixel(0, 0)).getRgb()[:3] == (255, 0, 128)


@pytest.mark.parametrize(
    ("num_tiles", "room", "expected"),
    [
        (4, (100, 100), (2, 2, 45)),
        (4, (1000, 50), (4, 1, 45)),
        (1, (1000, 1000), (1, 21, 45)),
        (10_000, (20, 20), (3, 3, 5)),
    ],
    ids=["square", "strip", "largest", "crowded"],
)
def test_grid_for_takes_the_largest_whole_zoom(
    num_tiles: int, room: tuple[int, int], expected: tuple[int, int, int]
) -> None:
    grid = grid_for(num_tiles, (5, 5), room, largest=48, gap=2)
    assert (grid.columns, grid.rows, grid.tile_width) == expected
    assert grid.tile_width % 5 == 0


def test_grid_tile_at_finds_each_tile_and_no_gap() -> None:
    grid = Grid(columns=3, rows=2, tile_width=10, tile_height=8, gap=2)
    for index in range(6):
        x, y = grid.corner(index)
        assert grid.tile_at(x, y) == grid.tile_at(x + 9.5, y + 7.5) == index
    assert grid.tile_at(10.5, 3) is None
    assert grid.tile_at(3, 8.5) is None
    assert grid.tile_at(36, 0) is None


def shown(qtbot: QtBot, pictures: np.ndarray, scale: float = 1.0) -> FiltersView:
    monitor = Monitor()
    monitor.take(state("starting"))
    monitor.take(filters(pictures, scale))
    view = FiltersView(monitor, RepaintScheduler())
    qtbot.addWidget(view)
    view.set_node("conv1")
    view.resize(300, 200)
    view.show()
    return view


def test_view_paints_each_weight_as_one_sharp_square(qtbot: QtBot) -> None:
    picture = np.array([[[-1.0, 1.0], [0.5, 0.0]]])
    view = shown(qtbot, picture)
    screen = view.field.grab().toImage()
    grid = view.field.grid
    assert grid is not None
    half = grid.tile_width // 2
    for row in range(2):
        for column in range(2):
            wanted = int(grey_levels(picture[0, row, column], 1.0))
            for dx, dy in ((1, 1), (half - 2, half - 2)):
                assert QColor(screen.pixel(column * half + dx, row * half + dy)).red() == wanted


def test_view_says_how_many_and_on_which_scale(qtbot: QtBot) -> None:
    view = shown(qtbot, np.zeros((32, 3, 3)), scale=0.42)
    assert "32 of 64" in view.words
    assert "white is +0.42" in view.words


def test_view_hovered_filter_is_named_with_its_norm(qtbot: QtBot) -> None:
    view = shown(qtbot, np.full((2, 2, 2), 0.5))
    with qtbot.waitSignal(view.field.hovered) as hovered:
        qtbot.mouseMove(view.field, QPoint(3, 3))
    assert hovered.args == ["filter 10 · norm 1"]


def test_view_without_filters_says_how_to_get_them(qtbot: QtBot) -> None:
    view = FiltersView(Monitor(), RepaintScheduler())
    qtbot.addWidget(view)
    assert "Select a convolution" in view.empty_words
    view.set_node("conv1")
    assert "Press Train" in view.empty_words


def test_filters_thumbnail_starts_with_the_first_filter(qapp: object) -> None:
    pictures = np.stack([np.full((3, 3), 1.0), np.full((3, 3), -1.0)])
    image = filters_thumbnail(filters(pictures))
    assert image.deviceIndependentSize().toSize() == THUMBNAIL
    assert image.pixelColor(4, 4).red() == 255
    assert image.pixelColor(image.height() + 8, 4).red() == 0


def test_histogram_thumbnail_has_the_highest_bar_at_full_height(qapp: object) -> None:
    image = histogram_thumbnail(histogram(1, [1, 4, 0, 2]), QColor("red"))
    heights = [
        sum(image.pixelColor(x, y).alpha() > 0 for y in range(image.height())) for x in (20, 80, 140, 200)
    ]
    assert heights == [14, 56, 0, 28]


def test_bars_join_neighbours_and_reach_one() -> None:
    bars = bars_of(np.array([1, 1, 4, 0, 1]), at_most=3)
    assert bars.heights.tolist() == [0.5, 1.0, 0.25]
    assert bars.cut is None


def test_bar_far_above_all_others_is_cut_off() -> None:
    bars = bars_of(np.array([900, 10, 20, 5]), at_most=4)
    assert bars.cut == 0
    assert bars.heights.tolist() == pytest.approx([1.0, 1 / 3, 2 / 3, 1 / 6])


def test_single_bar_is_not_cut() -> None:
    assert bars_of(np.array([0, 7, 0]), at_most=3).cut is None
