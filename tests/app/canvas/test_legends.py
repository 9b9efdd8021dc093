"""Legends keep clear of cards, and the families' selects what it names."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtTest import QTest

from studio.app.canvas.camera import Camera
from studio.app.canvas.legend_places import edge_places
from studio.engine.records import Checked
from studio.graph.report import NodeReport, Totals
from tests.helpers.canvas_table import LEFT, Table


def cards_under(table: Table, box: QRect) -> int:
    under = table.view.camera.rect_to_canvas(QRectF(box))
    return len(table.view.scene.geometry.nodes_in(under))


def test_the_legend_of_families_counts_what_is_there(table: Table) -> None:
    table.view.toggle_legend()
    legend = table.view.family_legend
    assert legend.isVisible()
    words = [button.text() for button in legend.buttons()]
    assert words[:2] == ["Inputs && parameters  2", "Convolution  1"]
    table.view.toggle_legend()
    assert legend.isHidden()


def test_a_press_selects_all_of_the_family(table: Table) -> None:
    table.view.toggle_legend()
    button = next(b for b in table.view.family_legend.buttons() if b.objectName() == "legend.input")
    QTest.mouseClick(button, LEFT)
    assert table.selection.nodes == {"n1", "n6"}
    assert table.steps == 0


def test_it_follows_the_network(table: Table) -> None:
    table.view.toggle_legend()
    before = len(table.view.family_legend.buttons())
    table.view.add_layer("MaxPool2d", QPointF(600, 600))
    names = [button.objectName() for button in table.view.family_legend.buttons()]
    assert len(names) == before + 1
    assert "legend.pooling" in names


def test_legends_cover_no_card_and_not_each_other(table: Table) -> None:
    table.facts.update(Checked(1, (), (NodeReport("n2", (32, 6, 6), 9),), Totals(1, 2, 3, 4)))
    table.view.toggle_legend()
    table.view.heat.show_on_cards("parameters")
    boxes = [table.view.heat_legend.geometry(), table.view.family_legend.geometry()]
    assert all(table.view.rect().contains(box) for box in boxes)
    assert [cards_under(table, box) for box in boxes] == [0, 0]
    assert not boxes[0].intersects(boxes[1])
    assert not any(box.intersects(table.view.add_button.geometry()) for box in boxes)


def test_a_legend_goes_out_of_the_way_and_else_stays(table: Table) -> None:
    table.view.toggle_legend()
    legend = table.view.family_legend
    before = legend.pos()
    table.view.set_camera(Camera(4, 4, 1.0))
    assert legend.pos() == before
    corner = table.view.camera.to_canvas(QPointF(before))
    table.view.set_camera(
        table.view.camera.panned(*(table.middle("n2") - corner).toTuple()).panned(-600, -400)
    )
    card = table.view.camera.rect_to_screen(table.view.scene.geometry.rect("n2"))
    way = QPointF(before) + QPointF(20, 20) - card.topLeft()
    table.view.set_camera(table.view.camera.panned(way.x(), way.y()))
    assert cards_under(table, legend.geometry()) == 0


def test_places_run_along_the_edges() -> None:
    room, size = QSize(600, 400), QSize(200, 100)
    places = edge_places(room, size)
    whole = QRect(0, 0, 600, 400)
    assert all(whole.contains(QRect(place, size)) for place in places)
    assert places[0].x() < 20
    assert places[0].y() > 250


def test_no_room_no_legend(table: Table) -> None:
    table.view.toggle_legend()
    table.view.resize(240, 160)
    assert table.view.family_legend.isHidden()
    table.view.resize(1000, 700)
    assert table.view.family_legend.isVisible()
