"""Pictures on cards of whatever a layer gives: empty, constant, broken or huge, all are painted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from studio.app.plots.card_pictures import dead_thumbnail, maps_thumbnail, note_thumbnail
from studio.app.plots.thumbnails import THUMBNAIL, filters_thumbnail, histogram_thumbnail
from studio.app.theme.theme import theme
from studio.runs.records import Filters, Histogram, Maps


def maps(values: np.ndarray, low: float | None = None, high: float | None = None) -> Maps:
    known = values[np.isfinite(values)]
    low = low if low is not None else float(known.min()) if len(known) else 0.0
    high = high if high is not None else float(known.max()) if len(known) else 0.0
    return Maps("r", "n", 1, values.shape, values.astype(np.float32), len(values), low, high, 0)


def histogram(counts: list[int], silent: float = math.nan, saturated: float = math.nan) -> Histogram:
    return Histogram(
        "r", "n", 1, 0.0, 1.0, np.array(counts, np.int64), 0, 0, 1, silent=silent, saturated=saturated
    )


def painted(image: QImage) -> bool:
    return any(
        QColor.fromRgba(image.pixel(x, y)).alpha() > 0
        for y in range(0, image.height(), 2)
        for x in range(0, image.width(), 2)
    )


MAPS = {
    "one value": np.zeros((1, 1, 1)),
    "constant": np.full((4, 8, 8), 2.5),
    "nan": np.full((4, 8, 8), np.nan),
    "some nan": np.array([[[1.0, np.nan], [np.inf, 2.0]]]),
    "a long row of maps": np.zeros((16, 28, 3)),
    "a wide map": np.zeros((1, 2, 28)),
    "numbers": np.linspace(-1, 1, 10),
    "many numbers": np.linspace(-1, 1, 128),
    "numbers that are none": np.array([np.nan, np.inf, -np.inf, 1.0]),
    "zeros": np.zeros(3),
}


@pytest.mark.parametrize("name", list(MAPS))
@pytest.mark.parametrize("is_sample", [False, True])
def test_maps_of_any_kind_have_a_picture_of_one_size(name: str, is_sample: bool) -> None:
    image = maps_thumbnail(maps(MAPS[name]), is_sample=is_sample)
    assert image.size() == THUMBNAIL * 2
    assert painted(image)


def test_a_sample_is_shown_in_its_own_colours() -> None:
    red = np.zeros((3, 4, 4))
    red[0] = 1.0
    image = maps_thumbnail(maps(red), is_sample=True)
    assert QColor.fromRgba(image.pixel(10, 10)).getRgb()[:3] == (255, 0, 0)


def test_numbers_are_bars_up_and_down_from_zero() -> None:
    image = maps_thumbnail(maps(np.array([1.0, -1.0])))
    color = theme().color("train").rgb()
    quarter, height = image.width() // 4, image.height()
    assert image.pixel(quarter, height // 4) == color
    assert image.pixel(3 * quarter, 3 * height // 4) == color
    assert image.pixel(quarter, 3 * height // 4) != color


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 1.0])
def test_the_bar_of_dead_units_is_as_long_as_their_share(share: float) -> None:
    image = dead_thumbnail(histogram([1], silent=share))
    row = [image.pixel(x, image.height() // 2) for x in range(image.width())]
    filled = sum(pixel == theme().color("warning").rgb() for pixel in row)
    bar = filled + sum(pixel == theme().color("line").rgb() for pixel in row)
    assert filled == pytest.approx(share * bar, abs=3)
    assert (filled > 0) == (share > 0)


def test_dead_and_saturated_stand_below_each_other() -> None:
    one = dead_thumbnail(histogram([1], silent=0.5))
    both = dead_thumbnail(histogram([1], silent=0.5, saturated=0.25))
    assert both != one


@pytest.mark.parametrize("counts", [[0], [0, 0, 0], [1], [10**12, 1]], ids=str)
def test_histograms_without_a_value_or_with_one_are_painted(counts: list[int]) -> None:
    assert histogram_thumbnail(histogram(counts)).size() == THUMBNAIL * 2


@pytest.mark.parametrize(
    "shape", [(1, 1, 1), (64, 1, 2), (5, 1, 256), (3, 7, 1), (64, 5, 5), (2, 3, 3, 3)], ids=str
)
@pytest.mark.parametrize("value", [0.0, np.nan, 1.0])
def test_filters_of_any_shape_have_a_picture(shape: tuple[int, ...], value: float) -> None:
    pictures = np.full(shape, value, np.float32)
    found = Filters("r", "n", 1, pictures, 1.0, len(pictures), tuple(range(len(pictures))))
    assert painted(filters_thumbnail(found))


def test_a_note_is_written_in_the_room_of_a_picture() -> None:
    assert painted(note_thumbnail("Waiting for a look …"))
