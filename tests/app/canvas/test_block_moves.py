"""Nodes are dragged into a block with Shift held, and moved out of it, each in one step."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from studio.app.canvas.camera import Camera
from studio.catalog.registry import signatures
from tests.helpers.canvas_table import Table
from tests.helpers.meaning import meaning

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def block(table: Table) -> str:
    """The id of a block made of the relu, below the row."""
    table.selection.set(["n3"])
    made = table.view.blocks.group("Part")
    assert made is not None
    start = table.middle(made)
    table.drag(start, start + QPointF(0, 120))
    table.selection.clear()
    return made


def inside(table: Table) -> set[str]:
    return {node.name for node in table.document.design.blocks["Part"].graph.nodes.values()}


@pytest.mark.parametrize("camera", [Camera(), Camera(90, 40, 0.8)], ids=["plain", "scrolled and zoomed"])
def test_dropped_on_a_block_with_shift_a_node_goes_into_it(table: Table, block: str, camera: Camera) -> None:
    table.view.set_camera(camera)
    before, steps = meaning(table.graph, signatures(table.graph)), table.steps
    table.drag(table.middle("n2"), table.middle(block), SHIFT)
    assert "n2" not in table.graph
    assert inside(table) >= {"conv", "relu"}
    assert table.selection.nodes == {block}
    assert table.steps == steps + 1
    assert meaning(table.graph, signatures(table.graph)) == before
    table.document.undo()
    assert "n2" in table.graph


def test_without_shift_it_is_only_moved(table: Table, block: str) -> None:
    table.drag(table.middle("n2"), table.middle(block))
    assert "n2" in table.graph


def test_what_cannot_go_in_says_so_while_it_is_held_and_stays(table: Table, block: str, qtbot: QtBot) -> None:
    steps, place = table.steps, table.middle(block)
    table.press(table.middle("n1"), SHIFT)
    for point in (place - QPointF(30, 0), place):
        table.move(point, SHIFT)
    table.view.grab()  # paints the outline and the reason
    with qtbot.waitSignal(table.view.message) as said:
        table.release(place, SHIFT)
    assert "cannot be inside a block" in said.args[0]
    assert table.steps == steps
    assert table.view.scene.geometry.rect("n1").x() == 80


def test_escape_over_a_block_leaves_no_trace(table: Table, block: str) -> None:
    before, place = table.document.project, table.middle(block)
    table.press(table.middle("n2"), SHIFT)
    for point in (place - QPointF(30, 0), place):
        table.move(point, SHIFT)
    table.key(Qt.Key.Key_Escape)
    table.release(place, SHIFT)
    assert table.document.project is before


def test_by_the_menu_a_selection_goes_in_and_out_again(table: Table, block: str) -> None:
    before = meaning(table.graph, signatures(table.graph))
    table.selection.set(["n2", block])
    table.view.block_moves.take_in()
    assert "conv" in inside(table)
    table.view.blocks.enter(block)
    table.selection.set([table.graph.named("conv").id])
    table.view.block_moves.out()
    assert table.document.level == ()
    (made,) = table.selection.nodes
    assert table.graph.node(made).name == "conv"
    assert not table.overlaps()
    assert inside(table) >= {"relu"}
    assert "conv" not in inside(table)
    assert meaning(table.graph, signatures(table.graph)) == before


def test_reasons_are_said(table: Table, block: str, qtbot: QtBot) -> None:
    steps = table.steps
    for act, words in (
        (table.view.block_moves.take_in, "Select a block"),
        (table.view.block_moves.out, "Only inside a block"),
    ):
        with qtbot.waitSignal(table.view.message) as said:
            act()
        assert words in said.args[0]
    assert table.steps == steps
