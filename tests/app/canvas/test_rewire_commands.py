from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.graph.node import Edge
from tests.helpers.canvas_table import Table

Key = Qt.Key
ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def links(table: Table) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in table.graph.edges()}


def test_alt_x_takes_a_node_out_and_puts_it_beside(table: Table) -> None:
    table.selection.set(["n3"])
    table.key(Key.Key_X, ALT)
    assert links(table) == {("n1", "n2"), ("n2", "n4")}
    assert (table.graph.node("n3").x, table.graph.node("n3").y) == (480, 176)
    assert table.graph.node("n4").x == 680
    assert table.selection.nodes == {"n3"}
    assert table.steps == 1
    assert not table.overlaps()


@pytest.mark.parametrize(
    ("chosen", "words"), [(["n5"], "no wires"), ([], "Select the layers")], ids=["loose", "nothing"]
)
def test_what_cannot_be_extracted_is_said(table: Table, qtbot: QtBot, chosen: list[str], words: str) -> None:
    table.selection.set(chosen)
    with qtbot.waitSignal(table.view.message) as said:
        table.view.rewire.extract()
    assert words in said.args[0]
    assert table.steps == 0


def test_alt_s_swaps_two_layers(table: Table) -> None:
    table.selection.set(["n2", "n3"])
    table.key(Key.Key_S, ALT)
    assert links(table) == {("n1", "n3"), ("n3", "n2"), ("n2", "n4")}
    assert (table.graph.node("n2").x, table.graph.node("n3").x) == (480, 280)
    assert table.steps == 1


def test_alt_s_swaps_the_inputs_of_a_layer(table: Table) -> None:
    for source in ("n1", "n2"):
        table.drag(table.port(source, "output", "output"), table.port("n8", "input", "inputs"))
    table.selection.set(["n8"])
    table.key(Key.Key_S, ALT)
    assert [edge.source for edge in table.graph.inputs_of("n8")] == ["n2", "n1"]


def test_alt_s_swaps_the_ends_of_two_wires_and_refuses_a_cycle(table: Table, qtbot: QtBot) -> None:
    table.drag(table.port("n5", "output", "output"), table.port("n8", "input", "inputs"))
    first, second = Edge("n5", "output", "n8", "inputs"), Edge("n2", "output", "n3", "input")
    table.selection.set(edges=[first, second])
    table.key(Key.Key_S, ALT)
    assert links(table) == {("n1", "n2"), ("n2", "n8"), ("n5", "n3"), ("n3", "n4")}
    wires = [Edge("n5", "output", "n3", "input"), Edge("n3", "output", "n4", "input")]
    table.selection.set(edges=wires)
    with qtbot.waitSignal(table.view.message) as said:
        table.key(Key.Key_S, ALT)
    assert "Cannot swap" in said.args[0]
    assert table.steps == 2


def test_duplicate_keeping_inputs(table: Table) -> None:
    table.selection.set(["n2", "n3"])
    table.key(Key.Key_D, CTRL | SHIFT)
    conv, relu = table.selection.ordered()
    assert table.graph.has_edge(Edge("n1", "output", conv, "input"))
    assert table.graph.has_edge(Edge(conv, "output", relu, "input"))
    assert not table.graph.outputs_of(relu)
    assert table.steps == 1


def test_select_along_the_flow(table: Table) -> None:
    table.selection.set(["n3"])
    table.key(Key.Key_BracketLeft)
    assert table.selection.nodes == {"n1", "n2"}
    table.selection.set(["n3"])
    table.key(Key.Key_BracketLeft, CTRL)
    assert table.selection.nodes == {"n2"}
    table.key(Key.Key_BracketRight, SHIFT)
    assert table.selection.nodes == {"n2", "n3", "n4"}
    assert table.steps == 0


def test_select_what_hangs_together_or_is_alike(table: Table) -> None:
    table.selection.set(["n3"])
    table.view.select.linked()
    assert table.selection.nodes == {"n1", "n2", "n3", "n4"}
    table.view.select.inverted()
    assert table.selection.nodes == {"n5", "n6", "n7", "n8"}
    table.selection.set(["n2"])
    table.view.duplicate()
    table.view.select.same_kind()
    assert len(table.selection.nodes) == 2
    table.selection.set(["n2"])
    table.view.select.wires()
    assert {(edge.source, edge.target) for edge in table.selection.edges} == {("n1", "n2"), ("n2", "n3")}


@pytest.mark.parametrize("name", ["linked", "same_kind", "wires"])
def test_selecting_from_nothing_says_so(table: Table, qtbot: QtBot, name: str) -> None:
    with qtbot.waitSignal(table.view.message):
        getattr(table.view.select, name)()
    assert not table.selection.nodes


def test_align_and_distribute_by_keys(table: Table) -> None:
    table.selection.set(["n2", "n5", "n8"])
    table.key(Key.Key_Left, ALT)
    assert {table.graph.node(i).x for i in ("n2", "n5", "n8")} == {280}
    table.document.undo()
    table.key(Key.Key_Up, ALT)
    assert {table.graph.node(i).y for i in ("n2", "n5", "n8")} == {80}
    table.document.undo()
    table.selection.set(["n1", "n2", "n4"])
    table.key(Key.Key_Right, ALT | SHIFT)
    rects = [table.view.scene.geometry.rect(i) for i in ("n1", "n2", "n4")]
    assert abs((rects[1].left() - rects[0].right()) - (rects[2].left() - rects[1].right())) <= 1
    assert table.steps == 1


def test_a_column_and_the_grid(table: Table) -> None:
    table.selection.set(["n2", "n3", "n4"])
    table.view.aligning.line_up("down")
    assert [table.graph.node(i).y for i in ("n2", "n3", "n4")] == [80, 176, 272]
    table.view.commands.nudge(3.0, -2.0)
    table.view.aligning.snap()
    assert all(table.graph.node(i).x % 8 == 0 and table.graph.node(i).y % 8 == 0 for i in ("n2", "n3"))
    assert table.steps == 3


def test_too_few_cards_are_said(table: Table, qtbot: QtBot) -> None:
    table.selection.set(["n2", "n3"])
    with qtbot.waitSignal(table.view.message) as said:
        table.view.aligning.distribute("across")
    assert "three" in said.args[0]
    assert table.steps == 0
