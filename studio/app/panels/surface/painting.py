"""Surfaces as pixels: values between the places of a grid, regions of classes, heights, and edges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtGui import QColor, QImage

from studio.app.plots.colormaps import color_table
from studio.app.plots.paint import image_of
from studio.app.theme.theme import theme
from studio.app.theme.tokens import LIGHT
from studio.runs.records import Array

CLASS_COLORS = len(LIGHT.classes)
"""Colours of classes; further classes begin anew, and are told by their names."""

HEAT = "viridis"
UNSURE, SURE = 0.1, 0.4
"""How much of its colour a class's region shows where all are as probable, and where it is certain."""

MOST_NUMBERS = 2_000_000
"""Values between places that are worked out for a picture at most: a millisecond or two for each million."""


def class_color(index: int) -> QColor:
    """Return the colour of a class."""
    return QColor(theme().colors.classes[index % CLASS_COLORS])


def has_color_again(index: int) -> bool:
    """Say whether a class is of every second round of the colours, so that it is to look another way."""
    return index // CLASS_COLORS % 2 == 1


def colors_again(classes: Sequence[str], labels: Array, look: str) -> str:
    """Return in words from which class on the colours begin anew, and how these look; empty if none does.

    Args:
        labels: Of all that is shown.
    """
    if len(classes) <= CLASS_COLORS or not bool((labels >= CLASS_COLORS).any()):
        return ""
    return f"From class {classes[CLASS_COLORS]} on the colours begin anew, {look}."


def enlarged(values: Array, width: int, height: int) -> Array:
    """Return values between the places of a grid, each from the four around it; the first row is the highest.

    Shape:
        values: (K, S, S), rows from the lowest value of the second feature
        returns: (K, height, width)
    """
    side = values.shape[-1]
    rows = np.linspace(side - 1.0, 0.0, height)
    columns = np.linspace(0.0, side - 1.0, width)
    low, left = (np.minimum(at.astype(np.intp), side - 2) for at in (rows, columns))
    down, across = (rows - low).astype(np.float32)[:, None], (columns - left).astype(np.float32)
    lines = values[:, low] * (1 - down) + values[:, low + 1] * down  # (K, height, S)
    return lines[:, :, left] * (1 - across) + lines[:, :, left + 1] * across


def edges(parts: Array) -> Array:
    """Return where a value differs from its neighbour at the right or below: lines one pixel wide.

    Shape:
        parts: (H, W)
        returns: (H, W) bool
    """
    found = np.zeros(parts.shape, bool)
    found[:, :-1] |= parts[:, 1:] != parts[:, :-1]
    found[:-1] |= parts[1:] != parts[:-1]
    return found


def middle_of(part: Array) -> tuple[int, int] | None:
    """Return a place well inside a part of a grid, as row and column; None for an empty one.

    The part loses its rim again and again, and what is left at last is in its middle.

    Shape:
        part: (S, S) bool
    """
    left = part
    while left.any():
        last = left
        framed = np.pad(left, 1)
        left = left & framed[:-2, 1:-1] & framed[2:, 1:-1] & framed[1:-1, :-2] & framed[1:-1, 2:]
    if left is part:
        return None
    places = np.argwhere(last)
    row, column = places[len(places) // 2].tolist()
    return row, column


def regions(probabilities: Array, width: int, height: int) -> QImage:
    """Return a picture of which class is the most probable where, the stronger the surer, with the boundary.

    Shape:
        probabilities: (K, S, S)
    """
    width, height = _affordable(len(probabilities), width, height)
    between = enlarged(np.nan_to_num(probabilities), width, height)
    top, best = between.argmax(axis=0), between.max(axis=0)
    least = 1.0 / len(probabilities)
    sure = np.clip((best - least) / (1.0 - least), 0.0, 1.0)[..., None]
    share = UNSURE + (SURE - UNSURE) * sure
    colors = _pixels([class_color(index) for index in range(len(probabilities))])
    ground = _pixels([theme().color("panel")])
    mixed = colors[top] * share + ground * (1 - share)
    mixed[edges(top)] = _pixels([theme().color("text")])
    return image_of(np.rint(mixed).astype(np.uint8))


def heights(values: Array, low: float, high: float, width: int, height: int, *, zero: bool = False) -> QImage:
    """Return a picture of values in the colours of a map.

    Args:
        values: (S, S).
        low: What the darkest colour stands for.
        high: What the brightest stands for.
        width: Of the picture.
        height: Likewise.
        zero: Draw the line where the values are 0.
    """
    between = enlarged(np.nan_to_num(values)[None], width, height)[0]
    relative = np.clip((between - low) / max(high - low, 1e-12), 0.0, 1.0)
    table = np.array([_rgb(color) for color in color_table(HEAT)], np.uint8)
    pixels = table[np.rint(255 * relative).astype(np.uint8)]
    if zero:
        # White or black, whichever is told from both colours beside it.
        line = edges(between > 0)
        pixels[line] = np.where(relative[line] > 0.6, 0, 255)[:, None]
    return image_of(pixels)


def heat_color(relative: float) -> QColor:
    """Return the colour of a value between the lowest, 0, and the highest, 1."""
    return QColor(*_rgb(color_table(HEAT)[round(255 * min(max(relative, 0.0), 1.0))]))


def _affordable(count: int, width: int, height: int) -> tuple[int, int]:
    """Return a size that is worth its time for so many classes; Qt enlarges the rest."""
    shrink = min(1.0, (MOST_NUMBERS / max(count * width * height, 1)) ** 0.5)
    return max(2, round(width * shrink)), max(2, round(height * shrink))


def _pixels(colors: Sequence[QColor]) -> Array:
    return np.array([(color.red(), color.green(), color.blue()) for color in colors], np.float32)


def _rgb(color: int) -> tuple[int, int, int]:
    return (color >> 16) & 255, (color >> 8) & 255, color & 255
