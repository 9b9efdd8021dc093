"""Pixels say what the numbers say."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from scipy.ndimage import map_coordinates

from studio.app.panels.surface.painting import (
    class_color,
    edges,
    enlarged,
    heat_color,
    heights,
    middle_of,
    regions,
)


def test_values_between_places_are_scipys() -> None:
    values = np.random.default_rng(0).normal(size=(2, 9, 9)).astype(np.float32)
    rows, columns = np.meshgrid(np.linspace(8, 0, 23), np.linspace(0, 8, 31), indexing="ij")
    for mine, theirs in zip(enlarged(values, 31, 23), values, strict=True):
        assert mine == pytest.approx(map_coordinates(theirs, [rows, columns], order=1), abs=1e-5)


def test_edges_are_where_neighbours_differ() -> None:
    parts = np.array([[0, 0, 1], [0, 0, 1], [2, 2, 1]])
    assert edges(parts).tolist() == [[False, True, False], [True, True, False], [False, True, False]]


def test_the_surer_the_stronger_is_the_color(qtbot: QtBot) -> None:
    sure = np.linspace(0.5, 1.0, 20, dtype=np.float32)
    first = np.tile(sure, (20, 1))
    image = regions(np.stack([first, 1 - first]), 40, 40)
    wanted = class_color(0)
    away = [abs(image.pixelColor(x, 20).red() - wanted.red()) for x in (2, 20, 38)]
    assert away[0] > away[1] > away[2]


def test_the_first_row_of_the_picture_is_the_highest_value_of_the_second_feature(qtbot: QtBot) -> None:
    values = np.tile(np.linspace(0.0, 1.0, 5, dtype=np.float32)[:, None], (1, 5))
    image = heights(values, 0.0, 1.0, 10, 10)
    assert image.pixelColor(5, 0) == heat_color(1.0)
    assert image.pixelColor(5, 9) == heat_color(0.0)


def test_a_line_shows_where_values_are_zero(qtbot: QtBot) -> None:
    values = np.tile(np.linspace(-1.0, 1.0, 5, dtype=np.float32), (5, 1))
    image = heights(values, -1.0, 1.0, 21, 21, zero=True)
    row = [image.pixelColor(x, 3).name() for x in range(21)]
    assert [x for x, color in enumerate(row) if color in ("#ffffff", "#000000")] == [10]


def test_the_middle_of_a_part_is_well_inside() -> None:
    part = np.zeros((20, 20), bool)
    part[2:5, 2:18] = True  # a thin arm
    part[4:15, 10:19] = True  # and a body
    row, column = middle_of(part) or (0, 0)
    assert part[row - 3 : row + 4, column - 3 : column + 4].all()
    assert middle_of(np.zeros((5, 5), bool)) is None
