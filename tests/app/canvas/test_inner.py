from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from studio.app.canvas import menus, node_layer
from studio.app.canvas.camera import Camera
from studio.app.canvas.ports import PortRef
from studio.app.canvas.words import tip_at
from studio.app.theme.theme import theme
from studio.app.watching import watched_nodes
from studio.catalog.registry import signatures
from studio.engine.records import Checked
from studio.graph import edits, grouping, levels
from studio.graph.graph import Graph
from studio.graph.problems import Problem
from studio.graph.report import Totals
from tests.helpers.canvas_table import LEFT, NO_KEYS, Table, small_network


def grouped(graph: Graph, names: list[str], block: str) -> Graph:
    chosen = [graph.named(name).id for name in names]
    return grouping.group(graph, chosen, block, signatures(graph))


def nested() -> Graph:
    """image → Body(Stem(conv → relu) → fc), and the rest of the small network."""
    return grouped(grouped(small_network(), ["conv", "relu"], "Stem"), ["stem", "fc"], "Body")


@pytest.fixture
def blocks(make_table: Callable[[Graph], Table]) -> Table:
    return make_table(nested())


def body(table: Table) -> str:
    return table.document.design.named("body").id


def inside(table: Table, *names: str) -> QPointF:
    """Return the middle of what an expanded block's card shows, by the names on the way to it."""
    geometry, node_id = table.view.scene.geometry, body(table)
    card, box = table.view.scene.cards[node_id], geometry.rect(node_id)
    corner, scale = box.topLeft(), 1.0
    for name in names:
        inner = card.inner
        assert inner is not None
        place = next(i for i, one in enumerate(inner.cards) if one.name == name)
        left, top, width, height = inner.boxes[place]
        corner += inner.corner(card, box.width()) * scale
        scale *= inner.scale
        corner += (QPointF(left, top) - inner.area.topLeft()) * scale
        card, box = inner.cards[place], QRectF(0, 0, width, height)
    return corner + QPointF(box.width(), box.height()) * scale / 2


def test_expanding_in_place_is_one_step_and_grows_the_card(blocks: Table) -> None:
    before, graph = blocks.view.scene.size(body(blocks)), blocks.graph
    blocks.view.card_commands.expand([body(blocks)])
    after = blocks.view.scene.size(body(blocks))
    assert blocks.steps == 1
    assert after[0] > before[0] + 200
    assert after[1] > before[1]
    assert [card.name for card in blocks.view.scene.cards[body(blocks)].inner.cards]  # type: ignore[union-attr]
    blocks.document.undo()
    assert blocks.graph == graph


def test_folding_puts_everything_back(blocks: Table) -> None:
    graph = blocks.graph
    blocks.view.card_commands.expand([body(blocks)])
    blocks.view.card_commands.expand([body(blocks)])
    assert blocks.graph == graph


def test_what_is_around_makes_way(blocks: Table) -> None:
    blocks.view.card_commands.expand([body(blocks)])
    geometry = blocks.view.scene.geometry
    card = geometry.rect(body(blocks))
    others = [geometry.rect(i) for i in blocks.graph.nodes if i != body(blocks)]
    assert not any(card.intersects(other) for other in others)


def test_the_wire_into_an_expanded_block_stays_where_it_was(blocks: Table) -> None:
    before = blocks.port(body(blocks), "input", "input")
    blocks.view.card_commands.expand([body(blocks)])
    assert blocks.port(body(blocks), "input", "input") == before
    inner = blocks.view.scene.cards[body(blocks)].inner
    assert inner is not None
    assert abs(inside(blocks, "input").y() - before.y()) <= 8


@pytest.mark.parametrize(
    "camera", [Camera(), Camera(80, -40, 0.7), Camera(300, 20, 1.5)], ids=["1", "¾", "1½"]
)
def test_a_double_click_on_what_is_shown_goes_there(blocks: Table, camera: Camera) -> None:
    blocks.view.card_commands.expand([body(blocks)])
    blocks.view.set_camera(camera)
    level = (body(blocks),)
    QTest.mouseDClick(blocks.view, LEFT, NO_KEYS, blocks.place(inside(blocks, "stem")))
    assert blocks.document.level == level
    assert blocks.selection.nodes == {blocks.graph.named("stem").id}


def test_a_double_click_on_the_head_goes_in(blocks: Table) -> None:
    blocks.view.card_commands.expand([body(blocks)])
    level = (body(blocks),)
    head = blocks.view.scene.geometry.rect(body(blocks)).topLeft() + QPointF(80, 20)
    QTest.mouseDClick(blocks.view, LEFT, NO_KEYS, blocks.place(head))
    assert blocks.document.level == level
    assert blocks.selection.nodes == frozenset()


def expand_stem(table: Table) -> str:
    """Expand the block inside the block, and return its id."""
    stem = table.document.design.blocks["Body"].graph.named("stem").id
    table.document.edit_design(
        "Expand",
        lambda design: levels.edit_level(
            design, [body(table)], lambda level: edits.set_look(level, [stem], expanded=True)
        ),
    )
    return stem


def test_blocks_show_their_insides_in_each_other(blocks: Table) -> None:
    blocks.view.card_commands.expand([body(blocks)])
    stem = expand_stem(blocks)
    where = (body(blocks), stem)
    QTest.mouseDClick(blocks.view, LEFT, NO_KEYS, blocks.place(inside(blocks, "stem", "relu")))
    assert blocks.document.level == where
    assert blocks.selection.nodes == {blocks.graph.named("relu").id}


def test_a_change_deep_inside_is_painted(blocks: Table) -> None:
    blocks.view.card_commands.expand([body(blocks)])
    stem = expand_stem(blocks)
    before = blocks.picture()
    place = blocks.place(inside(blocks, "stem", "conv"))
    conv = blocks.document.design.blocks["Stem"].graph.named("conv").id
    blocks.document.edit_design(
        "Colour",
        lambda design: levels.edit_level(
            design, [body(blocks), stem], lambda level: edits.set_look(level, [conv], color="vermillion")
        ),
    )
    after = blocks.picture()
    around = QRectF(place.x() - 80, place.y() - 40, 160, 80).toRect()
    assert before.copy(around) != after.copy(around)


def test_a_definition_that_contains_itself_ends(blocks: Table) -> None:
    scene = blocks.view.scene
    block = blocks.document.design.blocks["Body"]
    looped = edits.add_node(block.graph, edits.new_node(block.graph, "block:Body", name="again"))
    looped = edits.set_look(looped, [looped.named("again").id], expanded=True)
    graph = edits.set_look(blocks.graph, [body(blocks)], expanded=True)
    scene.show(replace(graph, blocks=graph.blocks.set("Body", replace(block, graph=looped))))
    assert scene.cards[body(blocks)].inner is not None


def test_a_problem_inside_is_marked_where_it_is(blocks: Table) -> None:
    blocks.view.card_commands.expand([body(blocks)])
    fc = blocks.document.design.blocks["Body"].graph.named("fc").id
    problem = Problem("error", "shape", "It does not fit.", f"{body(blocks)}/{fc}")
    blocks.facts.update(Checked(1, (problem,), (), Totals()), blocks.document.design)
    inner = blocks.view.scene.cards[body(blocks)].inner
    assert inner is not None
    assert {card.name: card.severity for card in inner.cards if card.severity} == {"fc": "error"}


def test_a_tip_says_what_is_shown_inside(blocks: Table) -> None:
    blocks.view.card_commands.expand([body(blocks)])
    tip = tip_at(blocks.view.scene, blocks.facts, inside(blocks, "fc"), 1.0)
    assert tip.splitlines() == ["fc: Linear → 10", "Double-click to go there."]


@pytest.mark.parametrize("zoom", [0.2, 0.45, 1.0], ids=["far", "middle", "near"])
def test_the_inside_is_seen_at_every_distance(blocks: Table, zoom: float) -> None:
    blocks.view.card_commands.expand([body(blocks)])
    place = inside(blocks, "fc")
    blocks.view.set_camera(Camera(place.x() - 400 / zoom, place.y() - 300 / zoom, zoom))
    image = blocks.picture().copy(blocks.place(place).x() - 75, blocks.place(place).y() - 5, 100, 10)
    colors = {image.pixelColor(x, y).name() for x in range(100) for y in range(10)}
    assert theme().family_color("Linear").name() in colors


def test_a_card_too_large_for_a_sprite_is_painted_all_the_same(
    blocks: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks.view.card_commands.expand([body(blocks)])
    by_sprite = blocks.picture()
    monkeypatch.setattr(node_layer, "MOST_PIXELS", 10)
    blocks.view._stage.clear()
    place = blocks.place(inside(blocks, "fc"))
    around = QRectF(place.x() - 70, place.y() - 20, 60, 40).toRect()
    assert blocks.picture().copy(around) == by_sprite.copy(around)


def test_collapsing_an_expanded_block_shows_a_row_and_expanding_it_shows_the_inside(blocks: Table) -> None:
    blocks.view.card_commands.expand([body(blocks)])
    blocks.view.card_commands.collapse([body(blocks)])
    assert blocks.view.scene.size(body(blocks))[1] == 24
    blocks.view.card_commands.collapse([body(blocks)])
    assert blocks.view.scene.size(body(blocks))[0] > 300


def test_a_wire_can_be_drawn_to_a_port_of_an_expanded_block(blocks: Table) -> None:
    blocks.view.card_commands.expand([body(blocks)])
    start = blocks.port(body(blocks), "output", "output")
    blocks.drag(start, blocks.port("n5", "input", "input"))
    assert blocks.graph.inputs_of("n5")
    assert blocks.view.scene.geometry.port_at(start, 4) == PortRef(body(blocks), "output", "output")


def test_layers_have_nothing_to_expand(table: Table) -> None:
    said: list[str] = []
    table.view.message.connect(said.append)
    table.view.card_commands.expand(["n2"])
    assert said == ["Select a block to show its inside."]
    assert table.steps == 0
    table.key(Qt.Key.Key_Escape)


def test_live_pictures_and_badges_show_inside(blocks: Table) -> None:
    blocks.view.card_commands.expand([body(blocks)])
    expand_stem(blocks)
    before = blocks.view.scene.size(body(blocks))
    blocks.view.set_picture("body.stem.relu", QImage(80, 40, QImage.Format.Format_Grayscale8))
    blocks.view.set_badge("body.fc", "41 % dead")
    inner = blocks.view.scene.cards[body(blocks)].inner
    assert inner is not None
    cards = {card.name: card for card in inner.cards}
    assert cards["fc"].badge is not None
    stem = cards["stem"].inner
    assert stem is not None
    assert [card.name for card in stem.cards if card.picture is not None] == ["relu"]
    assert blocks.view.scene.size(body(blocks)) != before
    assert blocks.view.scene.family_of("body.stem.relu") == "activation"


def test_what_is_shown_inside_is_watched_while_it_trains(blocks: Table) -> None:
    assert watched_nodes(blocks.graph, None)[0] == ()
    blocks.view.card_commands.expand([body(blocks)])
    expand_stem(blocks)
    activations, filters = watched_nodes(blocks.graph, None)
    assert activations == ("body.stem.relu",)
    assert set(filters) == {"body.stem.conv", "body.fc"}


def chosen(blocks: Table, name: str, *way: str) -> bool:
    """Choose from the menu of what is shown inside; say whether it is there."""
    menu = menus.menu_at(blocks.view, inside(blocks, *way))
    found = [one for one in menu.actions() if one.objectName() == f"action.canvas.{name}"]
    for one in found:
        one.trigger()
    return bool(found)


def test_a_block_inside_is_expanded_from_outside_and_all_around_makes_way(blocks: Table) -> None:
    blocks.view.card_commands.expand([body(blocks)])
    graph, steps = blocks.graph, blocks.steps
    small = blocks.view.scene.size(body(blocks))
    assert chosen(blocks, "expand_inside", "stem")
    assert blocks.steps == steps + 1
    assert blocks.view.scene.size(body(blocks))[0] > small[0]
    inner = blocks.view.scene.cards[body(blocks)].inner
    assert inner is not None
    boxes = [QRectF(*box) for box in inner.boxes]
    assert not any(a.intersects(b) for place, a in enumerate(boxes) for b in boxes[:place])
    cards = [blocks.view.scene.geometry.rect(i) for i in blocks.graph.nodes]
    assert not any(a.intersects(b) for place, a in enumerate(cards) for b in cards[:place])
    assert chosen(blocks, "expand_inside", "stem")
    assert blocks.graph == graph


def test_the_menu_of_what_is_inside_goes_there(blocks: Table) -> None:
    blocks.view.card_commands.expand([body(blocks)])
    level = (body(blocks),)
    assert not chosen(blocks, "expand_inside", "fc")
    assert chosen(blocks, "go_inside", "fc")
    assert blocks.document.level == level
