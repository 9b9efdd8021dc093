from __future__ import annotations

import pytest
from immutables import Map

from studio.catalog.registry import signatures, spec_of
from studio.errors import GraphError
from studio.graph import edits
from studio.graph.block import Block
from studio.graph.graph import Graph
from studio.graph.levels import edit_level, level
from studio.graph.node import Edge, Node, Value
from studio.graph.replacing import Successor, replace_kind
from studio.graph.wires import bend
from tests.helpers.canvas_table import node, small_network


def becomes(graph: Graph, node_ids: list[str], kind: str) -> tuple[Graph, tuple[Edge, ...]]:
    spec = spec_of(Node("", kind, ""), graph.blocks)
    assert spec is not None

    def keeps(name: str, value: Value) -> bool:
        setting = spec.setting(name)
        return setting is not None and setting.why_not(setting.coerce(value)) is None

    def stem_of(old: Node) -> str:
        found = spec_of(old, graph.blocks)
        return found.stem if found is not None else old.kind.lower()

    return replace_kind(graph, node_ids, Successor(kind, spec.stem, keeps), stem_of, signatures(graph))


def wires(graph: Graph) -> set[tuple[str, str, str, str, int]]:
    return {(e.source, e.source_port, e.target, e.target_port, e.index) for e in graph.edges()}


def test_place_and_wires_stay() -> None:
    before = small_network()
    after, lost = becomes(before, ["n3"], "GELU")
    assert lost == ()
    assert wires(after) == wires(before)
    new = after.node("n3")
    assert (new.kind, new.x, new.y) == ("GELU", 480, 80)


@pytest.mark.parametrize(
    ("name", "expected"), [("relu", "gelu"), ("relu7", "gelu"), ("stem", "stem"), ("relux", "relux")]
)
def test_a_name_of_its_own_stays(name: str, expected: str) -> None:
    graph = edits.rename(small_network(), "n3", name)
    assert becomes(graph, ["n3"], "GELU")[0].node("n3").name == expected


def test_the_new_name_is_free() -> None:
    graph = edits.rename(small_network(), "n5", "gelu")
    assert becomes(graph, ["n3"], "GELU")[0].node("n3").name == "gelu1"


def test_arguments_of_the_same_name_and_a_valid_value_stay() -> None:
    graph = Graph.of(
        [node("n1", "Conv2d", "conv", 0, 0, out_channels=7, kernel_size=(3, 5), stride=2, frozen=True)]
    )
    after, _ = becomes(graph, ["n1"], "ConvTranspose2d")
    assert after.node("n1").arguments == Map(out_channels=7, kernel_size=(3, 5), stride=2, frozen=True)
    after, _ = becomes(graph, ["n1"], "Conv1d")
    assert after.node("n1").arguments == Map(out_channels=7, stride=2, frozen=True)
    assert becomes(graph, ["n1"], "ReLU")[0].node("n1").arguments == Map()


def test_wires_that_cannot_stay_are_returned() -> None:
    graph = small_network()
    after, lost = becomes(graph, ["n3"], "Target")
    assert set(lost) == {Edge("n2", "output", "n3", "input"), Edge("n3", "output", "n4", "input")}
    assert wires(after) == {("n1", "output", "n2", "input", 0)}


def fed_twice(kind: str, *ports: str) -> Graph:
    return Graph.of(
        [node("n1", "ReLU", "a", 0, 0), node("n2", "ReLU", "b", 0, 0), node("n3", kind, "c", 0, 0)],
        [Edge(f"n{place}", "output", "n3", port) for place, port in enumerate(ports, 1)],
    )


def test_two_ports_become_one_for_many() -> None:
    after, lost = becomes(fed_twice("Bilinear", "input1", "input2"), ["n3"], "Add")
    assert lost == ()
    assert wires(after) == {("n1", "output", "n3", "inputs", 0), ("n2", "output", "n3", "inputs", 1)}


def test_one_for_many_becomes_two_ports_and_the_third_is_lost() -> None:
    graph = Graph.of(
        [*(node(f"n{i}", "ReLU", f"r{i}", 0, 0) for i in (1, 2, 3)), node("n4", "Add", "sum", 0, 0)],
        [Edge(f"n{i}", "output", "n4", "inputs", i - 1) for i in (1, 2, 3)],
    )
    after, lost = becomes(graph, ["n4"], "Bilinear")
    assert lost == (Edge("n3", "output", "n4", "inputs", 2),)
    assert wires(after) == {("n1", "output", "n4", "input1", 0), ("n2", "output", "n4", "input2", 0)}


def test_the_same_place_comes_before_the_first_free() -> None:
    graph = edits.disconnect(
        fed_twice("Bilinear", "input1", "input2"), [Edge("n1", "output", "n3", "input1")]
    )
    after, _ = becomes(graph, ["n3"], "CosineSimilarity")
    assert wires(after) == {("n2", "output", "n3", "x2", 0)}


def test_the_same_name_comes_before_the_place() -> None:
    graph = Graph.of(
        [node("n1", "Linear", "fc", 0, 0), node("n2", "Target", "y", 0, 0), node("n3", "MSELoss", "l", 0, 0)],
        [Edge("n2", "target", "n3", "target"), Edge("n1", "output", "n3", "input")],
    )
    after, lost = becomes(graph, ["n3"], "CrossEntropyLoss")
    assert lost == ()
    assert wires(after) == wires(graph)


def test_wires_of_another_flow_are_lost() -> None:
    graph = small_network()
    graph = edits.connect(graph, "n4", "output", "n7", "input", signatures(graph))
    graph = edits.connect(graph, "n6", "target", "n7", "target", signatures(graph))
    after, lost = becomes(graph, ["n7"], "Add")
    assert lost == (Edge("n6", "target", "n7", "target"),)
    assert after.inputs_of("n7") == (Edge("n4", "output", "n7", "inputs"),)


def test_wires_that_are_lost_elsewhere_close_ranks() -> None:
    graph = fed_twice("Add", "inputs")
    graph = edits.connect(graph, "n2", "output", "n3", "inputs", signatures(graph))
    after, lost = becomes(graph, ["n1"], "Target")
    assert lost == (Edge("n1", "output", "n3", "inputs"),)
    assert wires(after) == {("n2", "output", "n3", "inputs", 0)}


def test_several_of_mixed_kinds_in_one_step() -> None:
    graph = small_network()
    after, lost = becomes(graph, ["n2", "n3", "n5"], "Tanh")
    assert lost == ()
    assert [after.node(i).name for i in ("n2", "n3", "n5")] == ["tanh", "tanh1", "drop"]
    assert {after.node(i).kind for i in ("n2", "n3", "n5")} == {"Tanh"}
    assert wires(after) == wires(graph)


def test_bends_stay_with_their_wires() -> None:
    graph = fed_twice("Bilinear", "input1", "input2")
    graph = bend(graph, Edge("n2", "output", "n3", "input2"), [(5.0, 6.0)])
    after, _ = becomes(graph, ["n3"], "Add")
    assert after.bends == Map({Edge("n2", "output", "n3", "inputs", 1): ((5.0, 6.0),)})


def test_weights_are_shared_no_more() -> None:
    graph = Graph.of(
        [node("n1", "Linear", "a", 0, 0), node("n2", "Linear", "b", 0, 0, tied_to="n1")],
    )
    assert "tied_to" not in becomes(graph, ["n1"], "Conv2d")[0].node("n2").arguments
    assert "tied_to" not in becomes(graph, ["n2"], "Conv2d")[0].node("n2").arguments


def test_an_unknown_layer_keeps_its_wires() -> None:
    graph = Graph.of(
        [node("n1", "ReLU", "a", 0, 0), node("n2", "Gone", "b", 0, 0)], [Edge("n1", "output", "n2", "input")]
    )
    after, lost = becomes(graph, ["n2"], "GELU")
    assert lost == ()
    assert after.node("n2").kind == "GELU"
    assert wires(after) == wires(graph)


def block_of_two() -> Graph:
    inner = Graph.of(
        [
            node("n1", "BlockInput", "input", 0, 0),
            node("n2", "ReLU", "relu", 0, 0),
            node("n3", "BlockOutput", "output", 0, 0),
        ],
        [Edge("n1", "output", "n2", "input"), Edge("n2", "output", "n3", "input")],
    )
    return Graph.of(
        [node("n1", "ReLU", "a", 0, 0), node("n2", "block:Unit", "unit", 0, 0, repeat=3)],
        [Edge("n1", "output", "n2", "input")],
        [Block("Unit", inner)],
    )


def test_inside_a_block_all_instances_follow() -> None:
    graph = edit_level(block_of_two(), ("n2",), lambda inside: becomes(inside, ["n2"], "GELU")[0])
    assert level(graph, ("n2",)).node("n2").kind == "GELU"


def test_a_block_becomes_a_layer_and_a_layer_a_block() -> None:
    after, lost = becomes(block_of_two(), ["n2"], "GELU")
    assert (lost, after.node("n2").arguments) == ((), Map())
    after, lost = becomes(block_of_two(), ["n1"], "block:Unit")
    assert lost == ()
    assert after.node("n1").kind == "block:Unit"


@pytest.mark.parametrize(("node_id", "kind"), [("n1", "ReLU"), ("n2", "BlockOutput")])
def test_ports_of_a_block_stay_what_they_are(node_id: str, kind: str) -> None:
    with pytest.raises(GraphError, match="port"):
        becomes(level(block_of_two(), ("n2",)), [node_id], kind)


def test_the_same_kind_is_no_change() -> None:
    graph = small_network()
    assert becomes(graph, ["n2"], "Conv2d") == (graph, ())
