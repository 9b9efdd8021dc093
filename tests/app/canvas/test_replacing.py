from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.canvas.camera import Camera
from studio.app.canvas.menus import menu_at
from studio.app.search.popup import SearchPopup
from studio.engine.records import Checked
from studio.graph.block import Block
from studio.graph.graph import Graph
from studio.graph.node import Edge
from studio.graph.report import NodeReport, Totals
from tests.helpers.canvas_table import Table, node
from tests.helpers.search_popup import headings, press, titles, type_in

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


def replace(table: Table, *node_ids: str) -> SearchPopup:
    table.selection.set(node_ids)
    table.key(Key.Key_S, SHIFT)
    return table.view.replacing.popup


@pytest.mark.parametrize("camera", [Camera(), Camera(150, -40, 1.5)])
def test_replaced_in_its_place_in_one_step(table: Table, camera: Camera) -> None:
    table.view.set_camera(camera)
    popup = replace(table, "n3")
    assert popup.field.hasFocus()
    type_in(popup, "gelu")
    press(popup, Key.Key_Return)
    new = table.graph.node("n3")
    assert (new.kind, new.name, new.x, new.y) == ("GELU", "gelu", 480, 80)
    assert table.graph.has_edge(Edge("n2", "output", "n3", "input"))
    assert table.graph.has_edge(Edge("n3", "output", "n4", "input"))
    assert (table.steps, table.selection.nodes) == (1, {"n3"})
    assert table.view.hasFocus()


def test_the_same_family_comes_first(table: Table) -> None:
    assert titles(replace(table, "n3"))[0] in ("LeakyReLU", "Tanh", "Sigmoid", "GELU")
    press(table.view.replacing.popup, Key.Key_Escape)
    first = replace(table, "n2").list.row
    assert first is not None
    assert first.family == "convolution"


def test_what_loses_wires_says_so_and_is_last(table: Table, qtbot: QtBot) -> None:
    popup = replace(table, "n3")
    assert headings(popup) == ["Keeps all wires", "Loses wires"]
    type_in(popup, "target")
    row = popup.list.row
    assert row is not None
    assert row.reason == "would lose 2 of 2 wires"
    with qtbot.waitSignal(table.view.message) as said:
        press(popup, Key.Key_Return)
    assert said.args[0] == '2 wires could not stay: "conv → relu" and "relu → fc".'
    assert table.steps == 1


def test_what_wants_another_shape_says_so(table: Table) -> None:
    table.facts.update(Checked(0, (), (NodeReport("n2", (16, 28, 28)),), Totals()), table.graph)
    popup = replace(table, "n3")
    type_in(popup, "bn1")
    row = popup.list.row
    assert row is not None
    assert row.reason == "wants (N, C) or (N, C, L), and 4 dimensions come"


def test_several_at_once(table: Table) -> None:
    popup = replace(table, "n2", "n3", "n5")
    assert popup.field.placeholderText() == "Replace 3 layers by…"
    type_in(popup, "tanh")
    press(popup, Key.Key_Return)
    assert {table.graph.node(i).kind for i in ("n2", "n3", "n5")} == {"Tanh"}
    assert (table.steps, table.selection.nodes) == (1, {"n2", "n3", "n5"})
    table.document.undo()
    assert table.graph.node("n2").kind == "Conv2d"


def test_what_it_is_already_is_not_offered(table: Table) -> None:
    popup = replace(table, "n3")
    assert "ReLU" not in titles(popup)
    type_in(popup, "note")
    assert "Note" not in titles(popup)


def test_nothing_selected_says_so(table: Table, qtbot: QtBot) -> None:
    with qtbot.waitSignal(table.view.message) as said:
        table.key(Key.Key_S, SHIFT)
    assert said.args[0] == "Select what is to be replaced."
    assert not table.view.replacing.is_open


def test_escape_and_undo_elsewhere_leave_no_trace(table: Table) -> None:
    before = table.graph
    press(replace(table, "n3"), Key.Key_Escape)
    assert table.graph is before


def test_in_the_menu_and_inside_a_block(make_table: Callable[[Graph], Table]) -> None:
    inner = Graph.of([node("n1", "BlockInput", "input", 80, 80), node("n2", "ReLU", "relu", 280, 80)])
    table = make_table(Graph.of([node("n1", "block:Unit", "unit", 0, 0)], blocks=[Block("Unit", inner)]))
    table.view.blocks.enter("n1")
    menu = menu_at(table.view, table.middle("n1"))
    entry = next(each for each in menu.actions() if each.objectName() == "action.canvas.replace")
    assert not entry.isEnabled()
    assert entry.toolTip().startswith("A block's port")
    menu.deleteLater()
    popup = replace(table, "n2")
    type_in(popup, "unit")
    assert popup.list.row is not None
    assert popup.list.row.reason == "would put Unit into itself"
    press(popup, Key.Key_Return)
    assert table.steps == 0
    popup.field.clear()
    type_in(popup, "gelu")
    press(popup, Key.Key_Return)
    assert table.graph.node("n2").kind == "GELU"
    assert table.steps == 1
