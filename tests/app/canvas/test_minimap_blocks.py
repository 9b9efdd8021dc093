from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor

from studio.app.canvas.minimap_blocks import blocks_image

RED, BLUE = QColor(255, 0, 0), QColor(0, 0, 255)


def pixels(boxes: list[list[float]], tints: list[str]) -> list[str]:
    image = blocks_image(np.array(boxes, dtype=float), tints, {"b": BLUE, "r": RED}, QSize(6, 4))
    names = {RED.rgba(): "r", BLUE.rgba(): "b", 0: "."}
    return ["".join(names[image.pixel(x, y)] for x in range(6)) for y in range(4)]


def test_rectangles_have_their_colours_and_nothing_else_has() -> None:
    assert pixels([[0, 0, 2, 2], [3, 2, 6, 4]], ["r", "b"]) == ["rr....", "rr....", "...bbb", "...bbb"]


def test_where_two_of_a_colour_meet_both_are_there_and_later_colours_lie_on_top() -> None:
    shown = pixels([[0, 0, 3, 2], [2, 1, 5, 3], [1, 0, 3, 2]], ["b", "b", "r"])
    assert shown == ["brr...", "brrbb.", "..bbb.", "......"]


def test_the_smallest_can_be_seen_and_what_lies_outside_is_cut_off() -> None:
    assert pixels([[1, 1, 1.1, 1.1], [-9, 3, 1, 9], [20, 20, 30, 30]], ["r", "b", "b"])[1][1] == "r"
    assert pixels([[-9, 3, 1, 9]], ["b"]) == ["......", "......", "......", "b....."]
