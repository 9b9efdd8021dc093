from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QMenu

from studio.app.canvas import menus
from studio.app.canvas.camera import Camera
from studio.app.canvas.ports import PortRef
from studio.app.theme.measures import COLLAPSED_HEIGHT, GRID, MIN_WIDTH
from studio.app.theme.theme import theme
from studio.catalog.registry import signatures
from studio.graph import edits, grouping
from studio.graph.graph import Graph
from studio.graph.node import Edge
from tests.helpers.canvas_table import Table, node, small_network


def attention() -> Graph:
    """An image that feeds the query of an attention, and a ReLU; a lone LSTM."""
    nodes = [
        node("n1", "ImageInput", "image", 80, 80),
        node("n2", "MultiheadAttention", "mix", 320, 80),
        node("n3", "ReLU", "relu", 640, 80),
        node("n4", "LSTM", "memory", 320, 400),
    ]
    return Graph.of(nodes, [Edge("n1", "output", "n2", "query"), Edge("n2", "output", "n3", "input")])


@pytest.fixture
def mixing(make_table: Callable[[Graph], Table]) -> Table:
    return make_table(attention())


def shown(table: Table, node_id: str) -> tuple[list[str], list[str]]:
    card = table.view.scene.cards[node_id]
    return [port.name for port in card.inputs], [port.name for port in card.outputs]


def test_collapsing_is_one_step_and_keeps_the_wire_straight(table: Table) -> None:
    before = table.port("n2", "input", "input")
    table.selection.set(["n2", "n3"])
    table.view.card_commands.collapse()
    assert table.steps == 1
    assert table.view.scene.size("n2")[1] == COLLAPSED_HEIGHT
    assert table.port("n2", "input", "input") == before
    table.document.undo()
    assert table.graph == small_network()


def test_collapsing_again_puts_the_cards_back(table: Table) -> None:
    table.selection.set(["n1", "n2"])
    table.view.card_commands.collapse()
    table.view.card_commands.collapse()
    assert table.graph == small_network()


def test_with_one_card_open_all_collapse(table: Table) -> None:
    table.view.card_commands.collapse(["n2"])
    table.view.card_commands.collapse(["n2", "n3"])
    assert table.graph.node("n2").look.collapsed
    assert table.graph.node("n3").look.collapsed


def test_ports_of_a_collapsed_card_meet_in_the_middle_of_its_side(mixing: Table) -> None:
    mixing.view.card_commands.collapse(["n2"])
    card = mixing.view.scene.geometry.rect("n2")
    for port in ("query", "key", "value"):
        assert mixing.port("n2", "input", port) == QPointF(card.left(), card.center().y())
    end = mixing.view.wire_path(Edge("n1", "output", "n2", "query")).currentPosition()
    assert end == QPointF(card.left(), card.center().y())


def test_a_collapsed_card_shows_a_ring_only_where_a_wire_is(table: Table) -> None:
    table.view.card_commands.collapse(["n3", "n5"])
    cards = table.view.scene.cards
    assert (cards["n3"].wired, cards["n5"].wired) == ((True, True), (False, False))
    table.view.commands.connect(Edge("n1", "output", "n5", "input"))
    assert cards["n5"].wired == (True, False)


def test_a_wire_dropped_on_a_collapsed_card_takes_the_first_free_port(mixing: Table) -> None:
    mixing.view.card_commands.collapse(["n2"])
    mixing.drag(mixing.port("n1", "output", "output"), mixing.port("n2", "input", "value"))
    assert mixing.graph.inputs_of("n2", "key") == (Edge("n1", "output", "n2", "key"),)
    assert mixing.graph.inputs_of("n2", "query") == (Edge("n1", "output", "n2", "query"),)


def test_the_merged_ring_gives_the_wire_that_ends_there(table: Table) -> None:
    table.view.card_commands.collapse(["n8"])
    table.view.commands.connect(Edge("n1", "output", "n8", "inputs"))
    table.view.card_commands.collapse(["n3"])
    table.drag(table.port("n3", "input", "input"), QPointF(420, 600))
    assert table.graph.inputs_of("n3") == ()


def test_a_collapsed_card_is_aligned_by_what_is_visible(table: Table) -> None:
    table.view.card_commands.collapse(["n5"])
    table.drag(table.middle("n5"), table.middle("n5") + QPointF(3, 60))
    box = table.view.scene.geometry.rect("n5")
    assert (box.width(), box.height()) == table.view.scene.size("n5")
    assert box.top() % GRID == 0
    right = table.view.scene.geometry.node_at(QPointF(box.right() + 8, box.center().y()))
    assert right is None


def test_hidden_ports_are_those_that_may_stay_without_a_wire(mixing: Table) -> None:
    mixing.selection.set(["n2", "n4"])
    mixing.view.card_commands.hide_unused()
    assert shown(mixing, "n2") == (["query"], ["output"])
    assert shown(mixing, "n4") == (["input"], ["output"])
    assert mixing.steps == 1
    mixing.view.card_commands.hide_unused()
    assert "key" in shown(mixing, "n2")[0]


def test_hidden_ports_appear_while_a_wire_is_dragged(mixing: Table) -> None:
    mixing.view.card_commands.hide_unused(["n2"])
    start = mixing.port("n1", "output", "output")
    mixing.press(start)
    mixing.move(start + QPointF(60, 60))
    assert "value" in shown(mixing, "n2")[0]
    goal = mixing.port("n2", "input", "value")
    mixing.move(goal)
    mixing.release(goal)
    assert shown(mixing, "n2") == (["query", "value"], ["output"])
    assert mixing.graph.inputs_of("n2", "value")


def test_a_cancelled_wire_hides_them_again(mixing: Table) -> None:
    mixing.view.card_commands.hide_unused(["n2"])
    before = mixing.view.scene.size("n2")
    mixing.press(mixing.port("n1", "output", "output"))
    mixing.move(QPointF(400, 300))
    mixing.view._hand.cancel()
    assert shown(mixing, "n2") == (["query"], ["output"])
    assert mixing.view.scene.size("n2") == before


def test_a_port_whose_wire_goes_is_hidden(mixing: Table) -> None:
    mixing.view.commands.connect(Edge("n1", "output", "n2", "value"))
    mixing.view.card_commands.hide_unused(["n2"])
    assert "value" in shown(mixing, "n2")[0]
    mixing.view.commands.disconnect([Edge("n1", "output", "n2", "value")])
    assert "value" not in shown(mixing, "n2")[0]


def chosen(menu: QMenu, name: str) -> None:
    colors = menu.findChild(QMenu, "canvas.colors")
    next(one for one in colors.actions() if one.objectName() == f"action.color.{name}").trigger()


def test_the_menu_colours_the_whole_selection_in_one_step(table: Table) -> None:
    table.selection.set(["n2", "n3"])
    chosen(menus.menu_at(table.view, table.middle("n2")), "orange")
    assert {table.graph.node(i).look.color for i in ("n2", "n3")} == {"orange"}
    assert table.steps == 1
    chosen(menus.menu_at(table.view, table.middle("n2")), "family")
    assert table.view.scene.cards["n2"].tint == "convolution"


@pytest.mark.parametrize("zoom", [0.2, 1.0], ids=["far", "near"])
def test_a_colour_is_seen_from_near_and_far(table: Table, zoom: float) -> None:
    table.view.set_camera(Camera(0, 0, zoom))
    before = table.picture()
    table.view.card_commands.color("vermillion", ["n5"])
    after = table.picture()
    box = table.view.camera.rect_to_screen(table.view.scene.geometry.rect("n5"))
    place = (box.center() if zoom < 1 else QPointF(box.left() + 2, box.bottom() - 12)).toPoint()
    assert after.pixelColor(place) != before.pixelColor(place)
    assert after.pixelColor(place) == theme().named_color("vermillion", "faint")


def test_a_port_that_is_hidden_is_not_under_the_mouse(mixing: Table) -> None:
    mixing.view.card_commands.hide_unused(["n2"])
    refs = mixing.view.scene.geometry.ports_of("n2")
    assert PortRef("n2", "input", "key") not in refs


def test_looks_of_nothing_are_said(table: Table) -> None:
    said: list[str] = []
    table.view.message.connect(said.append)
    table.view.card_commands.collapse()
    assert said == ["Nothing is selected."]
    assert table.steps == 0


def test_a_look_is_kept_when_other_edits_follow(table: Table) -> None:
    table.view.card_commands.collapse(["n2"])
    table.view.commands.rename("n2", "stem")
    assert edits.set_look(table.graph, ["n2"], collapsed=True) == table.graph


def test_cards_get_wider_and_narrower_by_steps_from_the_keyboard(table: Table) -> None:
    before = table.view.scene.size("n2")[0]
    table.selection.set(["n2", "n3"])
    table.view.card_commands.widen_by(32)
    assert table.view.scene.size("n2")[0] == before + 32
    assert table.steps == 1
    table.view.card_commands.widen_by(-1000)
    assert table.view.scene.size("n2")[0] == MIN_WIDTH
    table.view.card_commands.fit_width()
    assert table.view.scene.size("n2")[0] == before


def test_all_inside_a_frozen_block_is_shown_frozen(table: Table) -> None:
    graph = grouping.group(table.graph, ["n2", "n3"], "Stem", signatures(table.graph))
    table.document.edit_design("Group", lambda _: graph)
    block = graph.named("stem").id
    table.view.blocks.freeze([block])
    table.view.blocks.enter(block)
    cards = {card.name: card.frozen for card in table.view.scene.cards.values()}
    assert cards["conv"] is True
    assert cards["relu"] is False  # it has no weights to freeze
