"""What edits say that they changed is what is found by looking."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from studio.graph import difference as room
from studio.graph import edits
from studio.graph.difference import difference, known_difference
from studio.graph.graph import Graph
from studio.graph.node import Node

GRAPH = Graph.of([Node(f"n{place}", "ReLU", f"relu{place}") for place in range(1, 6)])
EDITS: dict[str, Callable[[Graph], Graph]] = {
    "add": lambda graph: edits.add_node(graph, edits.new_node(graph, "ReLU")),
    "set": lambda graph: edits.set_argument(graph, "n2", "inplace", True),
    "rename": lambda graph: edits.rename(graph, "n3", "other"),
    "move": lambda graph: edits.move(graph, {"n1": (8.0, 0.0), "n4": (0.0, 8.0)}),
}


def looked(old: Graph, new: Graph) -> tuple[set[str], set[str]]:
    room._kept = ()
    changed, gone = difference(old.nodes, new.nodes)
    return set(changed), set(gone)


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_tells_what_it_changed_both_ways(name: str) -> None:
    new = EDITS[name](GRAPH)
    forth, back = known_difference(GRAPH.nodes, new.nodes), known_difference(new.nodes, GRAPH.nodes)
    assert forth is not None
    assert back is not None
    assert (set(forth[0]), set(forth[1])) == looked(GRAPH, new)
    assert (set(back[0]), set(back[1])) == looked(new, GRAPH)


def test_what_goes_comes_back_with_an_undo() -> None:
    new = edits.remove_nodes(GRAPH, ["n2"])
    difference(GRAPH.nodes, new.nodes)
    assert known_difference(new.nodes, GRAPH.nodes) == (["n2"], [])
