from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.catalog import registry
from studio.errors import GraphError
from studio.graph import edits, levels
from studio.graph.block import BlockArgument
from studio.graph.graph import Graph
from studio.graph.grouping import group, group_at, why_not_group
from studio.graph.ungrouping import ungroup
from tests.helpers.drawing import made, stage
from tests.helpers.meaning import meaning


def residual() -> Graph:
    """input → conv → relu → add ← conv, and on to the end."""
    return made(
        ("ImageInput", "image"), ("Conv2d", "conv"), ("ReLU", "relu"), ("Add", "add"), ("ReLU", "end"),
        wires="1>2 2>3 3>4.inputs 2>4.inputs 4>5",
    )  # fmt: skip


def grouped(graph: Graph, *ids: str, name: str = "Unit") -> Graph:
    return group(graph, ids, name, registry.signatures(graph))


def test_a_chain_becomes_a_block_with_one_input_and_one_output() -> None:
    graph = grouped(residual(), "n2", "n3", "n4")
    block = graph.block("Unit")
    assert [node.name for node in block.inputs()] == ["input"]
    assert [node.name for node in block.outputs()] == ["output"]
    assert [node.name for node in graph.ordered()] == ["image", "end", "unit"]
    unit = graph.named("unit")
    assert [(edge.source, edge.target_port) for edge in graph.inputs_of(unit.id)] == [("n1", "input")]
    assert [(edge.target, edge.source_port) for edge in graph.outputs_of(unit.id)] == [("n5", "output")]
    assert meaning(graph, registry.signatures(graph)) == meaning(residual(), registry.signature)


def test_each_source_becomes_a_port_named_after_it() -> None:
    graph = grouped(residual(), "n4", "n5")
    assert [node.name for node in graph.block("Unit").inputs()] == ["relu", "conv"]
    graph = grouped(residual(), "n2", "n3")
    assert [node.name for node in graph.block("Unit").outputs()] == ["to_conv", "to_relu"]
    assert meaning(graph, registry.signatures(graph)) == meaning(residual(), registry.signature)


def test_a_source_used_twice_is_one_port_and_wires_keep_their_order() -> None:
    graph = made(
        ("ImageInput", "a"), ("ReLU", "b"), ("Concat", "c"), wires="1>2 1>3.inputs 2>3.inputs 1>3.inputs"
    )
    after = grouped(graph, "n3")
    assert [node.name for node in after.block("Unit").inputs()] == ["a", "b"]
    assert len(after.inputs_of(after.named("unit").id)) == 2
    assert meaning(after, registry.signatures(after)) == meaning(graph, registry.signature)


def test_what_the_network_ends_in_stays_an_output() -> None:
    graph = made(("ImageInput", "image"), ("Conv2d", "conv"), ("ReLU", "relu"), wires="1>2 2>3")
    block = grouped(graph, "n2", "n3").block("Unit")
    assert [node.name for node in block.outputs()] == ["output"]


def test_places_keep_their_pattern_and_the_instance_lies_in_the_middle() -> None:
    graph = grouped(residual(), "n2", "n3", "n4")
    inside = graph.block("Unit").graph
    assert [node.x for node in inside.ordered()] == [0.0, 200.0, 400.0, 600.0, 800.0]
    assert graph.named("unit").x == 600.0


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([], "Nothing is selected"),
        (["n9"], 'There is no node "n9"'),
        (["n1", "n2"], '"image" cannot be inside a block: inputs, targets, outputs and losses stay outside'),
        (["n2", "n4"], '"relu" lies on a path that leaves the selection and comes back'),
    ],
)
def test_a_selection_that_cannot_be_a_block_is_refused(ids: list[str], message: str) -> None:
    with pytest.raises(GraphError, match=message):
        grouped(residual(), *ids)
    assert message in str(why_not_group(residual(), ids, registry.signature))


@pytest.mark.parametrize("kind", ["Target", "CrossEntropyLoss", "BlockInput", "BlockOutput"])
def test_ends_are_refused(kind: str) -> None:
    with pytest.raises(GraphError, match="cannot be inside a block"):
        grouped(made((kind, "x")), "n1")


@pytest.mark.parametrize(("name", "message"), [("1x1", "Use a letter"), ("Unit", "already"), ("", "Use a l")])
def test_a_name_that_cannot_be_had_is_refused(name: str, message: str) -> None:
    graph = grouped(residual(), "n3")
    with pytest.raises(GraphError, match=message):
        grouped(graph, "n2", name=name)


def test_a_group_inside_a_block_is_not_taken_for_one_that_is_missing_further_out() -> None:
    graph = stage()
    graph = edits.add_node(graph, edits.new_node(graph, "block:Lost"))
    with pytest.raises(GraphError, match="already"):
        group_at(graph, ["n2"], ["n2", "n3"], "Lost", registry.signatures(graph))


def test_a_layer_and_the_one_whose_weights_it_uses_stay_together() -> None:
    graph = made(
        ("VectorInput", "x"), ("Linear", "one"), ("Linear", "two", {"tied_to": "n2"}), wires="1>2 2>3"
    )
    with pytest.raises(GraphError, match=r'"two" uses the weights of "one"\. Select both, or neither'):
        grouped(graph, "n3")
    after = grouped(graph, "n2", "n3")
    inside = after.block("Unit").graph
    assert inside.named("two").arguments["tied_to"] == inside.named("one").id
    assert meaning(after, registry.signatures(after)) == meaning(graph, registry.signature)


def test_grouping_inside_a_block_passes_its_arguments_on() -> None:
    graph = stage()
    after = group_at(graph, ["n2"], ["n2", "n3"], "Unit", registry.signatures(graph))
    unit = after.block("Stage").graph.named("unit")
    assert dict(unit.arguments) == {"width": "=width", "place": "=index", "length": "=count"}
    assert [argument.name for argument in after.block("Unit").arguments] == ["width", "place", "length"]
    assert after.block("Unit").argument("width") == BlockArgument("width", 8)
    assert after.block("Unit").graph.named("drop").arguments["p"] == "=place / length"
    assert meaning(after, registry.signatures(after)) == meaning(graph, registry.signatures(graph))


def test_grouping_and_ungrouping_inside_a_block_gives_the_block_as_it_was() -> None:
    graph = stage()
    after = group_at(graph, ["n2"], ["n2"], "Unit", registry.signatures(graph))
    unit = after.block("Stage").graph.named("unit").id
    sign = registry.signatures(after)
    again = levels.edit_level(after, ["n2"], lambda level: ungroup(level, unit, sign)[0])
    inside = again.block("Stage").graph
    assert inside.named("conv").arguments == graph.block("Stage").graph.named("conv").arguments
    assert meaning(again, sign) == meaning(graph, registry.signatures(graph))


@st.composite
def networks(draw: st.DrawFn) -> Graph:
    """Any network without a cycle, of kinds with one, several and any number of inputs and outputs."""
    kinds = draw(st.lists(st.sampled_from(["ReLU", "Conv2d", "Add", "Concat"]), min_size=1, max_size=7))
    graph = made(("ImageInput", "x"), *((kind, f"a{place}") for place, kind in enumerate(kinds)))
    for number, kind in enumerate(kinds, 2):
        port = "inputs" if kind in ("Add", "Concat") else "input"
        count = draw(st.integers(0, 3 if port == "inputs" else 1))
        for _ in range(count):
            source = draw(st.integers(1, number - 1))
            graph = edits.connect(graph, f"n{source}", "output", f"n{number}", port, registry.signature)
    return graph


@given(networks(), st.data())
def test_grouping_and_ungrouping_leaves_what_is_computed(graph: Graph, data: st.DataObject) -> None:
    before = meaning(graph, registry.signature)
    ids = st.sampled_from([node_id for node_id in graph.nodes if node_id != "n1"])
    chosen = data.draw(st.sets(ids, min_size=1))
    try:
        after = grouped(graph, *chosen)
    except GraphError:
        return
    sign = registry.signatures(after)
    assert meaning(after, sign) == before
    assert edits.subgraph(after, after.nodes).block("Unit") == after.block("Unit")
    again, _ = ungroup(after, after.named("unit").id, sign)
    assert meaning(again, sign) == before
    assert {node.name for node in again.nodes.values()} == {node.name for node in graph.nodes.values()}
