"""Text in spin boxes does not stick to their edge."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import studio.app
from studio.app.theme.spin_box import DoubleSpinBox, SpinBox
from studio.app.theme.tokens import FIELD_PADDING


@pytest.mark.parametrize("kind", [SpinBox, DoubleSpinBox])
def test_the_text_is_as_far_from_the_edge_as_in_other_fields(qtbot: QtBot, kind: type) -> None:
    made = kind()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    assert made.lineEdit().textMargins().left() == FIELD_PADDING


def test_there_is_room_for_the_longest_number(qtbot: QtBot) -> None:
    made = SpinBox()
    qtbot.addWidget(made)
    made.setMaximum(888_888)
    made.setValue(888_888)
    made.resize(made.sizeHint())
    with qtbot.waitExposed(made):
        made.show()
    text = made.fontMetrics().horizontalAdvance("888888")
    assert made.lineEdit().width() >= text + FIELD_PADDING


def test_dialogs_use_no_other() -> None:
    plain = {"QSpinBox", "QDoubleSpinBox"}
    for path in Path(studio.app.__file__).parent.rglob("*.py"):
        if path.name != "spin_box.py":
            calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
            assert not [
                call for call in calls if isinstance(call.func, ast.Name) and call.func.id in plain
            ], path
