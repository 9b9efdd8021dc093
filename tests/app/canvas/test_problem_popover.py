"""The sign of a problem is pressed, or F8: it opens beside its node, and its buttons mend the network."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.app.canvas.problem_popover import place_beside
from studio.engine.records import Checked
from studio.graph.problems import Fix, Problem
from studio.graph.report import Totals
from tests.helpers.canvas_table import LEFT, Table

STRIDE = Problem(
    "error",
    "shape",
    "its window is larger than the maps.",
    "n2",
    suggestion="Set stride to 2.",
    fixes=(
        Fix("Set stride to 2", "set", "n2", argument="stride", value=2),
        Fix("Set padding to 1", "set", "n2", argument="padding", value=1),
    ),
)
WIDE = Problem("warning", "wide", '"conv" is wide.', "n2")
DULL = Problem("warning", "dull", '"fc" is dull.', "n4")
WHOLE = Problem("error", "data", "There are no data.")


@pytest.fixture
def tell(table: Table) -> Callable[..., None]:
    def say(*problems: Problem) -> None:
        table.facts.update(Checked(1, problems, (), Totals()), table.document.design)

    return say


def sign(table: Table, node_id: str) -> QPointF:
    return table.view.scene.geometry.rect(node_id).topRight() - QPointF(6, 4)


def test_click_on_the_sign_opens_what_is_wrong(table: Table, tell: Callable[..., None]) -> None:
    tell(STRIDE, WIDE, DULL)
    table.click(sign(table, "n2"))
    popover = table.view.problems
    assert popover.problem == STRIDE
    assert popover.accessibleName() == "Problem of conv"
    card = table.view.camera.rect_to_screen(table.view.scene.geometry.rect("n2"))
    assert not QRectF(popover.geometry()).intersects(card)
    assert table.view.rect().contains(popover.geometry())


def test_click_on_the_sign_when_scrolled_and_zoomed(table: Table, tell: Callable[..., None]) -> None:
    tell(STRIDE)
    table.view.set_camera(table.view.camera.panned(-120, 40).at_zoom(1.5, QPointF(200, 200)))
    table.click(sign(table, "n2"))
    assert table.view.problems.problem == STRIDE


def test_dragging_the_sign_moves_the_node(table: Table, tell: Callable[..., None]) -> None:
    tell(STRIDE)
    table.drag(sign(table, "n2"), sign(table, "n2") + QPointF(0, 160))
    assert table.view.problems.problem is None
    assert table.graph.node("n2").y > 200


def test_a_fix_is_one_step_says_what_it_did_and_closes(
    table: Table, tell: Callable[..., None], qtbot
) -> None:
    tell(STRIDE)
    table.click(sign(table, "n2"))
    button = table.view.problems.card.fixes.buttons()[1]
    with qtbot.waitSignal(table.view.message) as said:
        QTest.mouseClick(button, LEFT)
    assert said.args == ["Done: Set padding to 1."]
    assert (table.graph.node("n2").arguments["padding"], table.steps) == (1, 1)
    assert table.view.problems.isHidden()
    table.document.undo()
    assert "padding" not in table.graph.node("n2").arguments


def test_f8_walks_through_all_problems_and_enter_mends(table: Table, tell: Callable[..., None]) -> None:
    tell(WHOLE, STRIDE, DULL)
    popover = table.view.problems
    shown = []
    for _ in range(4):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F8)
        shown.append(popover.problem)
    assert shown == [WHOLE, STRIDE, DULL, WHOLE]
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F8)
    assert QApplication.focusWidget() is popover.card.fixes.buttons()[0]
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert table.graph.node("n2").arguments["stride"] == 2
    assert table.view.hasFocus()


def test_a_problem_without_a_fix_keeps_the_keyboard_and_the_node(
    table: Table, tell: Callable[..., None]
) -> None:
    tell(STRIDE, DULL)
    table.key(Qt.Key.Key_F8)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F8)
    assert QApplication.focusWidget() is table.view.problems.shut
    assert table.selection.single == "n4"


def test_tab_walks_round_the_buttons(table: Table, tell: Callable[..., None]) -> None:
    tell(STRIDE, DULL)
    table.key(Qt.Key.Key_F8)
    names = []
    for _ in range(6):
        names.append(QApplication.focusWidget().accessibleName())
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert names[1:5] == ["Set padding to 1", "Previous problem", "Next problem", "Close"]
    assert names[0] == names[5] == "Set stride to 2"
    assert table.selection.single == "n2"


def test_shift_f8_walks_back(table: Table, tell: Callable[..., None]) -> None:
    tell(STRIDE, DULL)
    table.key(Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert table.view.problems.problem == DULL
    assert table.selection.single == "n4"


def test_f8_begins_at_the_selected_node(table: Table, tell: Callable[..., None]) -> None:
    tell(STRIDE, DULL)
    table.selection.set(["n4"])
    table.key(Qt.Key.Key_F8)
    assert table.view.problems.problem == DULL


def test_f8_without_problems_says_so(table: Table, tell: Callable[..., None], qtbot) -> None:
    tell()
    with qtbot.waitSignal(table.view.message) as said:
        table.key(Qt.Key.Key_F8)
    assert said.args == ["There are no problems."]


def test_buttons_leaf_through_a_nodes_problems(table: Table, tell: Callable[..., None]) -> None:
    tell(STRIDE, WIDE, DULL)
    table.click(sign(table, "n2"))
    popover = table.view.problems
    QTest.mouseClick(popover.next, LEFT)
    assert popover.problem == WIDE
    QTest.mouseClick(popover.next, LEFT)
    assert popover.problem == STRIDE


@pytest.mark.parametrize("way", ["esc", "canvas", "close"])
def test_it_goes_away_and_leaves_no_trace(table: Table, tell: Callable[..., None], way: str) -> None:
    tell(STRIDE)
    table.click(sign(table, "n2"))
    if way == "esc":
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    elif way == "close":
        QTest.mouseClick(table.view.problems.shut, LEFT)
    else:
        table.click(QPointF(900, 650))
    assert table.view.problems.isHidden()
    assert table.view.hasFocus()
    assert table.steps == 0


def test_it_goes_when_the_problem_is_gone(table: Table, tell: Callable[..., None]) -> None:
    tell(STRIDE)
    table.click(sign(table, "n2"))
    tell(DULL)
    assert table.view.problems.isHidden()


def test_a_press_on_it_does_not_reach_the_canvas(table: Table, tell: Callable[..., None]) -> None:
    tell(STRIDE)
    table.click(sign(table, "n2"))
    QTest.mouseClick(table.view.problems, LEFT, pos=table.view.problems.rect().center())
    assert table.view.problems.problem == STRIDE
    assert table.selection.single == "n2"


def test_it_follows_the_node(table: Table, tell: Callable[..., None]) -> None:
    tell(STRIDE)
    table.click(sign(table, "n2"))
    before = table.view.problems.pos()
    table.view.set_camera(table.view.camera.panned(-50, 30))
    assert table.view.problems.x() == before.x() - 50
    assert table.view.problems.y() == before.y() + 30


@pytest.mark.parametrize(
    ("card", "side"),
    [
        (QRectF(100, 100, 120, 56), "right"),
        (QRectF(700, 100, 120, 56), "left"),
        (QRectF(20, 100, 860, 56), "under"),
        (QRectF(20, 500, 860, 56), "over"),
    ],
    ids=["right", "left", "under", "over"],
)
def test_there_is_a_place_on_every_side(card: QRectF, side: str) -> None:
    room, box = QRect(0, 0, 900, 600), QRect(0, 0, 360, 200)
    place = place_beside(card, box, room)
    shown = QRect(place, box.size())
    assert room.contains(shown)
    sides = {
        "right": shown.left() > card.right(),
        "left": shown.right() < card.left(),
        "under": shown.top() > card.bottom(),
        "over": shown.bottom() < card.top(),
    }
    assert sides[side]
