from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from studio.app.canvas.camera import Camera
from studio.app.canvas.cards import Badge
from studio.graph.block import ENABLED, FROZEN
from tests.helpers.canvas_table import LEFT, NO_KEYS, Table


def place_of(table: Table, name: str) -> QPoint:
    """Return the middle of a button on show."""
    return next(
        box.center().toPoint() for button, box in table.view.card_buttons.row() if button.name == name
    )


def press(table: Table, name: str) -> None:
    QTest.mouseClick(table.view, LEFT, NO_KEYS, place_of(table, name))


def hover(table: Table, point: QPointF) -> None:
    table._slide(table.place(point), NO_KEYS, Qt.MouseButton.NoButton)


def owner(table: Table) -> str:
    """Return the node or frame whose buttons are on show."""
    subject = table.view.card_buttons.subject
    assert subject is not None
    return subject.owner


def names(table: Table) -> list[str]:
    return [button.name for button, _ in table.view.card_buttons.row()]


def value(table: Table, node_id: str, setting: str) -> object:
    return table.graph.node(node_id).arguments.get(setting)


CAMERAS = [Camera(), Camera(60.0, 30.0, 0.7), Camera(120.0, 60.0, 1.7)]


@pytest.mark.parametrize("camera", CAMERAS, ids=["plain", "far", "near"])
def test_a_button_over_the_card_under_the_mouse_acts_in_one_step(table: Table, camera: Camera) -> None:
    table.view.set_camera(camera)
    hover(table, table.middle("n2"))
    press(table, "block.bypass")
    assert value(table, "n2", ENABLED) is False
    assert table.steps == 1
    assert table.selection.nodes == frozenset()
    press(table, "block.bypass")
    assert value(table, "n2", ENABLED) is None


def test_only_what_a_layer_can_do_is_offered(table: Table) -> None:
    hover(table, table.middle("n2"))
    assert {"block.bypass", "graph.freeze"} <= set(names(table))
    hover(table, table.middle("n3"))
    assert "graph.freeze" not in names(table)
    hover(table, QPointF(40, 600))
    assert names(table) == []


def test_a_button_acts_on_the_whole_selection_that_the_card_is_part_of(table: Table) -> None:
    table.selection.set(["n2", "n4", "n3"])
    hover(table, table.middle("n4"))
    press(table, "graph.freeze")
    assert (value(table, "n2", FROZEN), value(table, "n4", FROZEN)) == (True, True)
    assert value(table, "n3", FROZEN) is None  # a ReLU has no weights
    assert table.steps == 1


def test_a_card_outside_the_selection_is_meant_alone(table: Table) -> None:
    table.selection.set(["n4"])
    hover(table, table.middle("n2"))
    press(table, "graph.freeze")
    assert (value(table, "n2", FROZEN), value(table, "n4", FROZEN)) == (True, None)
    assert table.selection.nodes == {"n4"}


def test_the_selected_card_shows_its_buttons_while_the_mouse_is_elsewhere(table: Table) -> None:
    table.selection.set(["n2"])
    assert owner(table) == "n2"


def test_the_hand_can_cross_the_gap_to_the_buttons(table: Table) -> None:
    hover(table, table.middle("n2"))
    top = table.view.scene.geometry.rect("n2").topLeft() + QPointF(10, -2)
    hover(table, top)
    assert owner(table) == "n2"


def test_drawn_off_a_button_the_press_does_nothing(table: Table) -> None:
    hover(table, table.middle("n2"))
    QTest.mousePress(table.view, LEFT, NO_KEYS, place_of(table, "block.bypass"))
    table._slide(QPoint(500, 600), NO_KEYS, LEFT)
    QTest.mouseRelease(table.view, LEFT, NO_KEYS, QPoint(500, 600))
    assert table.steps == 0
    assert table.view.gesture is None


def test_two_quick_clicks_are_two_clicks_and_no_renaming(table: Table) -> None:
    hover(table, table.middle("n2"))
    place = place_of(table, "block.bypass")
    press(table, "block.bypass")
    QTest.mouseDClick(table.view, LEFT, NO_KEYS, place)
    QTest.mouseRelease(table.view, LEFT, NO_KEYS, place)
    assert (table.steps, value(table, "n2", ENABLED)) == (2, None)
    assert table.view.findChild(QWidget, "canvas.rename") is None


def test_escape_lets_a_held_button_go(table: Table) -> None:
    hover(table, table.middle("n2"))
    QTest.mousePress(table.view, LEFT, NO_KEYS, place_of(table, "block.bypass"))
    table.key(Qt.Key.Key_Escape)
    QTest.mouseRelease(table.view, LEFT, NO_KEYS, place_of(table, "block.bypass"))
    assert table.steps == 0


def test_no_buttons_from_afar_nor_while_a_card_is_dragged(table: Table) -> None:
    table.selection.set(["n2"])
    table.view.set_camera(Camera(0, 0, 0.5))
    assert table.view.card_buttons.subject is None
    table.view.set_camera(Camera())
    table.press(table.middle("n2"))
    table.move(table.middle("n2") + QPointF(30, 30))
    assert table.view.card_buttons.subject is None
    table.release(table.middle("n2"))


def test_buttons_go_when_the_mouse_leaves(table: Table) -> None:
    hover(table, table.middle("n2"))
    QApplication.sendEvent(table.view, QEvent(QEvent.Type.Leave))
    assert table.view.card_buttons.subject is None


@pytest.mark.parametrize("top", [-40.0, 70.0, 76.0], ids=["roomy", "touching", "cut"])
def test_buttons_keep_clear_of_card_badge_and_edge_of_the_widget(table: Table, top: float) -> None:
    table.view.scene.set_badge("conv", Badge("41 % dead", "warning"))
    table.view.set_camera(Camera(0, top, 1.0))
    hover(table, table.middle("n2"))
    row = table.view.card_buttons.row()
    card = table.view.camera.rect_to_screen(table.view.scene.geometry.rect("n2"))
    assert row
    for _, box in row:
        assert not box.intersects(card.adjusted(-4, -9, 4, 9))
        assert table.view.rect().contains(box.toRect())


def test_buttons_are_not_hidden_by_what_floats_over_the_canvas(table: Table) -> None:
    crumbs = table.view.breadcrumbs.geometry()
    table.view.set_camera(Camera(80.0 - crumbs.left(), 80.0 - crumbs.bottom() - 20.0))
    hover(table, table.middle("n1"))
    assert table.view.card_buttons.row()
    assert not any(box.toRect().intersects(crumbs) for _, box in table.view.card_buttons.row())


def test_a_tip_says_what_a_button_does_and_by_which_key(table: Table) -> None:
    table.view.keys_of = {"graph.freeze": "Ctrl+Shift+F"}.get  # type: ignore[assignment]
    hover(table, table.middle("n2"))
    tip = table.view.card_buttons.tip_at(QPointF(place_of(table, "graph.freeze")))
    assert tip == "Freeze  (Ctrl+Shift+F)"


def test_buttons_are_painted_over_the_canvas(table: Table) -> None:
    before = table.picture()
    hover(table, table.middle("n2"))
    after = table.picture()
    box = table.view.card_buttons.row()[0][1].toRect()
    assert before.copy(box) != after.copy(box)


def test_a_frozen_card_is_hatched(table: Table) -> None:
    before = table.picture()
    table.view.blocks.freeze(["n2"])
    after = table.picture()
    box = table.view.camera.rect_to_screen(table.view.scene.geometry.rect("n2")).toRect()
    assert table.view.scene.cards["n2"].frozen
    assert before.copy(box) != after.copy(box)


def test_several_selected_nodes_have_one_row_over_all_of_them(table: Table) -> None:
    table.selection.set(["n2", "n3", "n8"])
    row = table.view.card_buttons.row()
    extent = table.view.camera.rect_to_screen(table.view.scene.geometry.extent(["n2", "n3", "n8"]))
    assert row[0][1].bottom() <= extent.top()
    press(table, "block.bypass")
    assert [value(table, node_id, ENABLED) for node_id in ("n2", "n3", "n8")] == [False] * 3
    assert table.steps == 1


def test_the_title_of_a_frame_has_buttons_for_what_lies_in_it(table: Table) -> None:
    table.selection.set(["n2", "n3"])
    table.view.marks.frame()
    table.selection.clear()
    (frame,) = table.graph.marks.values()
    hover(table, QPointF(frame.x + frame.width / 2, frame.y + 12))
    assert owner(table) == frame.id
    press(table, "graph.freeze")
    press(table, "block.bypass")
    assert value(table, "n2", FROZEN) is True
    assert [value(table, node_id, ENABLED) for node_id in ("n2", "n3", "n4")] == [False, False, None]


def test_a_frame_that_is_selected_shows_them_too(table: Table) -> None:
    table.selection.set(["n2", "n3"])
    table.view.marks.frame()
    (frame,) = table.graph.marks.values()
    table.selection.set(marks=[frame.id])
    assert owner(table) == frame.id
    assert "block.enter" not in names(table)


def test_the_words_of_a_button_are_about_all_that_it_changes(table: Table) -> None:
    table.view.blocks.freeze(["n2"])
    table.selection.set(["n2", "n4"])
    hover(table, table.middle("n2"))
    words = {button.name: button.words for button, _ in table.view.card_buttons.row()}
    assert words["graph.freeze"] == "Freeze"  # not all of them are yet
    press(table, "graph.freeze")
    words = {button.name: button.words for button, _ in table.view.card_buttons.row()}
    assert words["graph.freeze"] == "Unfreeze"
