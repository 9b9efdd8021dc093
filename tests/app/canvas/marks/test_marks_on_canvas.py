"""Frames, notes and arrows under a real mouse and real keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from studio.app.canvas import menus
from studio.app.canvas.camera import Camera
from studio.app.canvas.marks.mark_scene import box
from studio.app.theme.theme import theme
from studio.graph.edits import bend
from studio.graph.graph import Graph
from studio.graph.mark import Mark
from studio.graph.marks import add_mark
from studio.graph.node import Edge
from tests.helpers.canvas_table import Table, small_network

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def marked(*marks: Mark) -> Graph:
    graph = small_network()
    for mark in marks:
        graph = add_mark(graph, mark)
    return graph


FRAME = Mark("", "frame", "encoder", 248.0, 32.0, 400.0, 144.0)
NOTE = Mark("", "note", "why two?", 80.0, 560.0, 200.0, 72.0)
ARROW = Mark("", "arrow", "see", 500.0, 560.0, 120.0, 64.0)


@pytest.fixture
def drawn(make_table: Callable[[Graph], Table]) -> Table:
    return make_table(marked(FRAME, NOTE, ARROW))


def mark(table: Table, mark_id: str) -> Mark:
    return table.graph.marks[mark_id]


def type_into(field: QLineEdit | QPlainTextEdit | None, text: str) -> None:
    assert field is not None
    QTest.keyClicks(field, text)


def test_a_frame_goes_round_the_selection_and_takes_a_title(table: Table) -> None:
    table.selection.set(["n2", "n3"])
    table.view.marks.frame()
    field = table.view.findChild(QLineEdit, "canvas.rename")
    type_into(field, "encoder")
    QTest.keyClick(field, Qt.Key.Key_Return)
    frame = mark(table, "m1")
    assert frame.text == "encoder"
    for node_id in ("n2", "n3"):
        assert box(frame).contains(table.view.scene.geometry.rect(node_id))
    assert not box(frame).contains(table.middle("n4"))
    assert table.selection.marks == {"m1"}
    assert table.steps == 2


def test_a_frame_carries_what_lies_in_it_in_one_step(drawn: Table) -> None:
    before = drawn.graph
    drawn.drag(QPointF(300, 44), QPointF(300 + 80, 44 + 160))
    for node_id in ("n2", "n3"):
        old, new = before.node(node_id), drawn.graph.node(node_id)
        assert (new.x - old.x, new.y - old.y) == (80.0, 160.0)
    assert drawn.graph.node("n4") == before.node("n4")
    assert (mark(drawn, "m1").x, mark(drawn, "m1").y) == (328.0, 192.0)
    assert drawn.steps == 1
    drawn.document.undo()
    assert drawn.graph == before


def test_a_frame_carries_the_bends_of_its_wires(make_table: Callable[[Graph], Table]) -> None:
    edge = Edge("n2", "output", "n3", "input")
    table = make_table(bend(marked(FRAME), edge, [(440.0, 130.0)]))
    table.drag(QPointF(300, 44), QPointF(316, 44))
    assert table.graph.bends[edge] == ((456.0, 130.0),)


def test_an_inner_frame_goes_with_the_outer(make_table: Callable[[Graph], Table]) -> None:
    inner = Mark("", "frame", "inner", 264.0, 72.0, 152.0, 80.0)
    table = make_table(marked(FRAME, inner))
    table.drag(QPointF(500, 44), QPointF(500, 44 + 200))
    assert mark(table, "m2").y == 272.0
    table.drag(QPointF(275, 290), QPointF(275, 290 + 400))
    assert mark(table, "m1").y == 232.0
    assert mark(table, "m2").y == 672.0


def test_escape_puts_a_dragged_frame_back(drawn: Table) -> None:
    before = drawn.graph
    drawn.press(QPointF(300, 44))
    drawn.move(QPointF(380, 150))
    assert drawn.view.scene.marks["m1"].x != FRAME.x
    drawn.key(Qt.Key.Key_Escape)
    assert drawn.view.scene.marks["m1"].x == FRAME.x
    assert drawn.view.scene.geometry.rect("n2").x() == before.node("n2").x
    assert drawn.graph is before
    assert drawn.steps == 0


def test_inside_a_frame_a_drag_selects(drawn: Table) -> None:
    drawn.drag(QPointF(262, 70), QPointF(440, 170))
    assert drawn.selection.nodes == {"n2"}
    assert not drawn.selection.marks


def test_edges_and_corners_resize(drawn: Table) -> None:
    drawn.drag(QPointF(648, 100), QPointF(720, 100))
    assert mark(drawn, "m1").width == 472.0
    drawn.drag(QPointF(248, 176), QPointF(200, 240))
    frame = mark(drawn, "m1")
    assert (frame.x, frame.y, frame.width, frame.height) == (200.0, 32.0, 520.0, 208.0)
    assert drawn.steps == 2


def test_a_frame_never_turns_inside_out(drawn: Table) -> None:
    drawn.drag(QPointF(648, 100), QPointF(20, 100))
    assert mark(drawn, "m1").x == FRAME.x
    assert mark(drawn, "m1").width > 0


def test_the_tip_of_an_arrow_follows_the_mouse(drawn: Table) -> None:
    drawn.drag(QPointF(620, 624), QPointF(480, 480), CTRL)
    arrow = mark(drawn, "m3")
    assert (arrow.width, arrow.height) == (-20.0, -80.0)


def test_double_click_writes_in_a_note_and_makes_it_fit(drawn: Table) -> None:
    QTest.mouseDClick(drawn.view, Qt.MouseButton.LeftButton, pos=drawn.place(QPointF(180, 600)))
    field = drawn.view.findChild(QPlainTextEdit, "canvas.note")
    assert field is not None
    for letter in "abcdefg":
        type_into(field, letter)
        QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClick(field, Qt.Key.Key_Return, CTRL)
    assert mark(drawn, "m2").text == "a\nb\nc\nd\ne\nf\ng"
    assert mark(drawn, "m2").height > NOTE.height
    assert drawn.steps == 1


def test_escape_leaves_the_old_text(drawn: Table) -> None:
    drawn.selection.set(marks=["m2"])
    drawn.view.rename()
    field = drawn.view.findChild(QPlainTextEdit, "canvas.note")
    type_into(field, "nonsense")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert mark(drawn, "m2").text == "why two?"
    assert drawn.steps == 0


def test_deleting_a_frame_leaves_what_is_in_it(drawn: Table) -> None:
    drawn.click(QPointF(300, 44))
    assert drawn.selection.marks == {"m1"}
    drawn.view.delete_selection()
    assert "m1" not in drawn.graph.marks
    assert len(drawn.graph) == 8


def test_copies_take_marks_along(drawn: Table) -> None:
    drawn.selection.set(["n2"], marks=["m1"])
    drawn.view.copy()
    drawn.view.paste_at(QPointF(500, 900))
    (made,) = drawn.selection.marks
    (node_id,) = drawn.selection.nodes
    way = drawn.graph.node(node_id).x - drawn.graph.node("n2").x
    assert mark(drawn, made).x - FRAME.x == way
    assert mark(drawn, made).text == "encoder"


def test_a_note_alone_can_be_copied(drawn: Table) -> None:
    drawn.selection.set(marks=["m2"])
    drawn.view.copy()
    drawn.view.paste_at(QPointF(400, 300))
    assert len(drawn.graph.marks) == 4


def test_arrows_push_marks(drawn: Table) -> None:
    drawn.selection.set(marks=["m2"])
    drawn.key(Qt.Key.Key_Right)
    assert mark(drawn, "m2").x == NOTE.x + 8


def test_an_arrow_leads_from_the_note_to_the_node(drawn: Table) -> None:
    drawn.selection.set(["n6"], marks=["m2"])
    drawn.view.marks.arrow(QPointF())
    (made,) = drawn.selection.marks
    arrow = mark(drawn, made)
    start, tip = QPointF(arrow.x, arrow.y), QPointF(arrow.x + arrow.width, arrow.y + arrow.height)
    assert box(NOTE).adjusted(-9, -9, 9, 9).contains(start)
    assert drawn.view.scene.geometry.rect("n6").adjusted(-9, -9, 9, 9).contains(tip)
    assert not drawn.view.scene.geometry.rect("n6").adjusted(1, 1, -1, -1).contains(tip)


def test_fit_draws_the_frame_closely_around_its_contents(drawn: Table) -> None:
    drawn.selection.set(marks=["m1"])
    drawn.view.marks.fit()
    frame = box(mark(drawn, "m1"))
    cards = [drawn.view.scene.geometry.rect(node_id) for node_id in ("n2", "n3")]
    assert all(frame.contains(card) for card in cards)
    assert frame.width() < FRAME.width


def test_the_menu_of_a_mark_colours_it(drawn: Table) -> None:
    menu = menus.menu_at(drawn.view, QPointF(300, 44))
    colors = next(action.menu() for action in menu.actions() if action.menu() is not None)
    next(a for a in colors.actions() if a.objectName() == "action.color.orange").trigger()
    assert mark(drawn, "m1").color == "orange"
    menu.close()


def test_marks_are_painted_where_they_are_at_every_zoom(drawn: Table) -> None:
    drawn.view.marks.set_color("")
    for zoom in (0.25, 0.5, 1.0, 1.5):
        drawn.view.set_camera(Camera(-40.0, -30.0, zoom))
        image = drawn.picture()
        place = drawn.view.camera.to_screen(QPointF(FRAME.x + 350, FRAME.y + 120)).toPoint()
        if not image.rect().contains(place):
            continue
        outside = drawn.view.camera.to_screen(QPointF(FRAME.x + 350, FRAME.y - 20)).toPoint()
        ground = theme().color("canvas")
        assert patch(image, outside) == {ground.rgb(), *grid(image, outside)} or zoom < 0.34
        assert ground.rgb() not in patch(image, place)


def patch(image: object, middle: QPoint) -> set[int]:
    return {image.pixel(middle + QPoint(x, y)) for x in (-1, 0, 1) for y in (-1, 0, 1)}  # type: ignore[attr-defined]


def grid(image: object, middle: QPoint) -> set[int]:
    return {color for color in patch(image, middle) if color == QColor(theme().colors.grid).rgb()}


def test_scrolled_and_zoomed_the_title_is_where_it_is_seen(drawn: Table) -> None:
    drawn.view.set_camera(Camera(100.0, -60.0, 1.6))
    drawn.drag(QPointF(360, 44), QPointF(368, 52))
    assert (mark(drawn, "m1").x, mark(drawn, "m1").y) == (256.0, 40.0)


def test_next_mark_is_for_those_without_a_mouse(drawn: Table) -> None:
    drawn.view.set_camera(Camera(5000.0, 5000.0, 1.0))
    drawn.view.marks.next()
    assert drawn.selection.marks == {"m1"}
    drawn.view.marks.next()
    assert drawn.selection.marks == {"m2"}
    assert "note why two?" in drawn.view.accessibleDescription()


def test_all_of_it_fits_in_view(make_table: Callable[[Graph], Table]) -> None:
    table = make_table(marked(Mark("", "note", "far", 3000.0, 2000.0, 100.0, 60.0)))
    table.view.fit()
    assert table.view.visible_area().contains(QRectF(3000, 2000, 100, 60))
