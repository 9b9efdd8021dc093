"""Whatever is done with the looks of cards, in any order: what is on show is what the design says."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

import pytest

from studio.app.canvas.ports import PortRef
from studio.app.canvas.scene import Scene
from studio.catalog.registry import signatures
from studio.graph import grouping
from studio.graph.graph import Graph
from studio.graph.node import Edge
from tests.helpers.canvas_table import Table, node, small_network

STEPS = 120


def network() -> Graph:
    """The small network with a block in a block, and an attention with ports that may be hidden."""
    graph = small_network()
    for names, block in ((["conv", "relu"], "Stem"), (["stem", "fc"], "Body")):
        chosen = [graph.named(name).id for name in names]
        graph = grouping.group(graph, chosen, block, signatures(graph))
    mix = node("n20", "MultiheadAttention", "mix", 80, 640)
    return Graph.of([*graph.nodes.values(), mix], graph.edges(), graph.blocks.values())


def steps(table: Table, chance: random.Random) -> list[Callable[[], object]]:
    """Return what could be done next."""
    view, cards = table.view, table.view.card_commands
    ids = sorted(table.graph.nodes)
    some = chance.sample(ids, k=min(len(ids), chance.randint(1, 3)))
    wire = Edge(chance.choice(ids), "output", chance.choice(ids), chance.choice(("input", "query", "key")))
    return [
        partial(cards.collapse, some),
        partial(cards.hide_unused, some),
        partial(cards.expand, some),
        partial(cards.color, chance.choice(("", "orange", "loss")), some),
        partial(cards.widen, some[0], chance.choice((0.0, 160.0, 320.0))),
        partial(view.blocks.freeze, some),
        partial(view.blocks.bypass, some),
        partial(view.commands.connect, wire),
        partial(view.commands.disconnect, sorted(table.graph.edges())[:1]),
        table.document.undo,
        table.document.redo,
        partial(view.scene.reveal_ports, False),
    ]


def places(scene: Scene) -> dict[PortRef, tuple[float, float]]:
    geometry = scene.geometry
    refs = [ref for node_id in scene.graph.nodes for ref in geometry.ports_of(node_id)]
    return {ref: (geometry.port_point(ref).x(), geometry.port_point(ref).y()) for ref in refs}


@pytest.mark.parametrize("seed", range(4))
def test_the_scene_is_what_the_design_says(make_table: Callable[[Graph], Table], seed: int) -> None:
    table, chance = make_table(network()), random.Random(seed)
    start = table.graph
    for _ in range(STEPS):
        chance.choice(steps(table, chance))()
        fresh = Scene(table.facts)
        fresh.show(table.graph)
        shown = table.view.scene
        assert shown.cards == fresh.cards
        assert places(shown) == places(fresh)
        assert {i: shown.size(i) for i in shown.cards} == {i: fresh.size(i) for i in fresh.cards}
    assert table.steps > STEPS / 10
    while table.steps:
        table.document.undo()
    assert table.graph == start
    assert table.view.scene.cards == _cards(table, start)


def _cards(table: Table, graph: Graph) -> dict[str, object]:
    scene = Scene(table.facts)
    scene.show(graph)
    return dict(scene.cards)
