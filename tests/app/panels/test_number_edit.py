"""Fields for numbers: a unit never stands in the way of the number itself."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from studio.app.panels.number_edit import NumberEdit
from studio.catalog.spec import ArgSpec

LENGTH = ArgSpec("length", "int", 8000, "Samples of a sound.", unit="samples")


@pytest.mark.parametrize(("width", "shown"), [(200, True), (90, False)])
def test_a_unit_shows_where_there_is_room_for_it_beside_the_number(
    qtbot: QtBot, width: int, shown: bool
) -> None:
    edit = NumberEdit(LENGTH)
    qtbot.addWidget(edit)
    edit.resize(width, 30)
    edit.show()
    edit.show_value(8000)
    assert edit._suffix.isHidden() is not shown
    left, right = edit.lineEdit().textMargins().left(), edit.lineEdit().textMargins().right()
    room = edit.lineEdit().width() - left - right
    assert room >= edit.fontMetrics().horizontalAdvance("8000")


def test_a_unit_goes_while_a_longer_number_is_typed(qtbot: QtBot) -> None:
    edit = NumberEdit(LENGTH)
    qtbot.addWidget(edit)
    edit.resize(180, 30)
    edit.show()
    edit.show_value(8)
    assert not edit._suffix.isHidden()
    edit.lineEdit().setText("8000000000000000")
    assert edit._suffix.isHidden()
    edit.lineEdit().setText("8")
    assert not edit._suffix.isHidden()
