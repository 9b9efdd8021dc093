"""The key says what the colours stand for, also where there is little room."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from studio.app.panels.surface.painting import CLASS_COLORS, class_color, colors_again, has_color_again
from studio.app.panels.surface.symbols import GAP, TIGHT, Key

DIGITS = tuple("0123456789")


def key_of(qtbot: QtBot, width: int, classes: tuple[str, ...]) -> Key:
    made = Key()
    qtbot.addWidget(made)
    made.show_names(classes, has_points=False)
    made.resize(width, made.sizeHint().height())
    return made


def test_ten_classes_have_ten_colours_and_all_are_in_the_key(qtbot: QtBot) -> None:
    assert len({class_color(index).name() for index in range(10)}) == 10
    made = key_of(qtbot, 1000, DIGITS)
    assert made.fitting() == (10, GAP)
    made.resize(made.sizeHint().width(), 24)
    assert made.fitting() == (10, GAP)


def test_where_there_is_little_room_gaps_go_first_and_names_are_counted_then(qtbot: QtBot) -> None:
    made = key_of(qtbot, 1000, DIGITS)
    made.resize(made.sizeHint().width() - 40, 24)
    assert made.fitting() == (10, TIGHT)
    made.resize(100, 24)
    shown, _ = made.fitting()
    assert 0 < shown < 10


def test_an_eleventh_class_has_the_first_colour_again_and_it_is_said() -> None:
    assert class_color(CLASS_COLORS) == class_color(0)
    assert [has_color_again(index) for index in (9, 10, 19, 20)] == [False, True, True, False]
    classes = tuple(map(str, range(12)))
    assert colors_again(classes, np.array([3, 10]), "as triangles") == (
        "From class 10 on the colours begin anew, as triangles."
    )
    assert colors_again(classes, np.array([3, 9]), "as triangles") == ""
