from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from studio.app.canvas.camera import Camera
from studio.app.theme.measures import GRID, MIN_WIDTH
from studio.app.theme.measures import WIDEST_CARD as WIDEST
from tests.helpers.canvas_table import LEFT, NO_KEYS, Table


def edge(table: Table, node_id: str) -> QPointF:
    """Return a point on the right edge of a card, away from its port."""
    return table.view.scene.geometry.rect(node_id).topRight() + QPointF(-1, 8)


def width(table: Table, node_id: str) -> float:
    return table.view.scene.size(node_id)[0]


@pytest.mark.parametrize(
    "camera", [Camera(), Camera(50, 20, 0.75), Camera(100, 40, 1.5)], ids=["1", "¾", "1½"]
)
def test_dragging_the_edge_widens_the_card_in_one_step_on_the_grid(table: Table, camera: Camera) -> None:
    table.view.set_camera(camera)
    before = width(table, "n2")
    table.drag(edge(table, "n2"), edge(table, "n2") + QPointF(59, 3))
    assert width(table, "n2") == table.graph.node("n2").look.width
    assert abs(width(table, "n2") - before - 59) <= GRID
    assert width(table, "n2") % GRID == 0
    assert table.steps == 1
    assert (table.graph.node("n2").x, table.graph.node("n2").y) == (280, 80)


def test_wires_follow_the_edge_while_it_is_dragged(table: Table) -> None:
    table.press(edge(table, "n2"))
    table.move(edge(table, "n2") + QPointF(64, 0))
    card = table.view.scene.geometry.rect("n2")
    assert table.port("n2", "output", "output").x() == card.right() > 280 + 150
    assert table.steps == 0
    table.key(Qt.Key.Key_Escape)
    assert table.view.scene.geometry.rect("n2").width() < card.width()
    assert table.steps == 0


@pytest.mark.parametrize(("way", "limit"), [(-400, MIN_WIDTH), (900, WIDEST)], ids=["narrow", "wide"])
def test_a_card_has_a_least_and_a_largest_width(table: Table, way: float, limit: float) -> None:
    table.drag(edge(table, "n2"), edge(table, "n2") + QPointF(way, 0))
    assert width(table, "n2") == limit


def test_a_double_click_on_the_edge_resets_the_width(table: Table) -> None:
    before = width(table, "n2")
    table.view.card_commands.widen("n2", 320)
    QTest.mouseDClick(table.view, LEFT, NO_KEYS, table.place(edge(table, "n2")))
    assert table.graph.node("n2").look.width == 0
    assert width(table, "n2") == before
    assert table.steps == 2


def test_the_cursor_says_that_the_edge_can_be_dragged(table: Table) -> None:
    table._slide(table.place(edge(table, "n2")), NO_KEYS, Qt.MouseButton.NoButton)
    assert table.view.cursor().shape() == Qt.CursorShape.SizeHorCursor
    table._slide(table.place(table.middle("n2")), NO_KEYS, Qt.MouseButton.NoButton)
    assert table.view.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_a_click_on_the_edge_selects_the_card(table: Table) -> None:
    table.click(edge(table, "n2"))
    assert table.selection.nodes == {"n2"}
    assert table.steps == 0


def test_neither_collapsed_nor_far_cards_have_an_edge_to_drag(table: Table) -> None:
    table.view.card_commands.collapse(["n2"])
    table.drag(edge(table, "n2") + QPointF(0, -4), edge(table, "n2") + QPointF(64, -4))
    assert table.graph.node("n2").look.width == 0


def test_a_live_picture_grows_with_its_card(table: Table) -> None:
    table.view.set_picture("conv", QImage(80, 40, QImage.Format.Format_Grayscale8))
    small = table.view.scene.cards["n2"].picture_size()
    table.drag(edge(table, "n2"), edge(table, "n2") + QPointF(160, 0))
    large = table.view.scene.cards["n2"].picture_size()
    assert large[0] > small[0] * 1.5
    assert large[0] / large[1] == pytest.approx(2.0)
    assert table.view.scene.size("n2")[1] >= large[1]
