from __future__ import annotations

import pytest

from studio.errors import GraphError
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Node
from tests.helpers.designs import chain, check_invariants, feeds, nodes, signature, wire


def summed(*kinds: str) -> Graph:
    """Nodes that all feed the Sum at the end, in order."""
    graph = nodes(*kinds, "Sum")
    for number in range(1, len(kinds) + 1):
        graph = edits.connect(graph, f"n{number}", "output", f"n{len(kinds) + 1}", "inputs", signature)
    return graph


# Nodes -----------------------------------------------------------------------------------------------


def test_next_id_is_one_above_the_largest() -> None:
    graph = Graph.of([Node("n7", "Layer", "a"), Node("x9", "Layer", "b"), Node("n0012", "Layer", "c")])
    assert edits.next_id(graph) == "n13"


def test_new_node_is_named_after_its_kind() -> None:
    node = edits.new_node(nodes("Layer"), "Layer", arguments={"dim": 1}, x=3, y=4)
    assert (node.id, node.name, node.arguments["dim"], node.x, node.y) == ("n2", "layer1", 1, 3, 4)


@pytest.mark.parametrize(("kind", "name"), [("3D", "d"), ("Ünknown", "nknown"), ("π", "node")])
def test_new_node_of_an_odd_kind_has_a_sound_name(kind: str, name: str) -> None:
    assert edits.new_node(Graph(), kind).name == name


def test_new_node_with_an_impossible_name_raises() -> None:
    with pytest.raises(GraphError, match='"a b" cannot be a layer'):
        edits.new_node(Graph(), "Layer", name="a b")


def test_add_node_with_a_taken_id_raises() -> None:
    with pytest.raises(GraphError, match='already is a node with the id "n1"'):
        edits.add_node(nodes("Layer"), Node("n1", "Layer", "b"))


def test_remove_nodes_takes_their_wires_along() -> None:
    graph = edits.remove_nodes(chain("Input", "Layer", "Layer"), ["n2"])
    assert sorted(graph.nodes) == ["n1", "n3"]
    assert graph.num_edges() == 0
    check_invariants(graph)


def test_remove_missing_node_raises() -> None:
    with pytest.raises(GraphError, match='no node "n5"'):
        edits.remove_nodes(chain("Input", "Layer"), ["n1", "n5"])


def test_set_argument_replaces_true_by_one() -> None:
    graph = edits.set_argument(nodes("Layer"), "n1", "bias", 1)
    assert edits.set_argument(graph, "n1", "bias", True).node("n1").arguments["bias"] is True


def test_an_edit_that_changes_nothing_returns_the_same_graph() -> None:
    graph = edits.set_argument(chain("Input", "Layer"), "n2", "dim", 1)
    assert edits.set_argument(graph, "n2", "dim", 1) is graph
    assert edits.reset_argument(graph, "n2", "other") is graph
    assert edits.disconnect(graph, [wire("n2", "n1")]) is graph
    assert edits.connect(graph, "n1", "output", "n2", "input", signature) is graph


def test_reset_argument_takes_it_away() -> None:
    graph = nodes("Layer")
    assert edits.reset_argument(edits.set_argument(graph, "n1", "dim", 1), "n1", "dim") == graph


def test_rename() -> None:
    assert edits.rename(nodes("Layer"), "n1", "stem").node("n1").name == "stem"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("input", 'Another layer is called "input" already'),
        ("-2nd", '"-2nd" cannot be a layer'),
        ("class", "word of Python's own"),
        ("forward", "part of every PyTorch module"),
    ],
)
def test_rename_to_an_impossible_name_raises(name: str, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        edits.rename(nodes("Input", "Layer"), "n2", name)


def test_rename_to_the_same_name_changes_nothing() -> None:
    graph = nodes("Layer")
    assert edits.rename(graph, "n1", "layer") is graph


def test_move_places_some_nodes() -> None:
    graph = edits.move(nodes("Layer", "Layer"), {"n2": (10.0, -5.0)})
    assert (graph.node("n2").x, graph.node("n2").y) == (10.0, -5.0)
    assert graph.node("n1").x == 0.0


def test_move_of_a_missing_node_raises() -> None:
    with pytest.raises(GraphError, match='no node "n9"'):
        edits.move(nodes("Layer"), {"n9": (0.0, 0.0)})


# Wires -----------------------------------------------------------------------------------------------


def test_connect_second_edge_to_single_input_replaces_the_first() -> None:
    graph = edits.connect(nodes("Input", "Input", "Layer"), "n1", "output", "n3", "input", signature)
    graph = edits.connect(graph, "n2", "output", "n3", "input", signature)
    assert feeds(graph, "n3") == ["n2"]
    assert graph.outputs_of("n1") == ()


def test_connect_to_a_variadic_port_appends() -> None:
    assert feeds(summed("Input", "Layer", "Layer"), "n4") == ["n1", "n2", "n3"]


@pytest.mark.parametrize(("index", "order"), [(0, "312"), (1, "132"), (2, "123"), (9, "123"), (-1, "312")])
def test_connect_at_a_place_makes_room(index: int, order: str) -> None:
    graph = nodes("Input", "Input", "Input", "Sum")
    for source, place in (("n1", None), ("n2", None), ("n3", index)):
        graph = edits.connect(graph, source, "output", "n4", "inputs", signature, index=place)
    assert feeds(graph, "n4") == [f"n{number}" for number in order]
    check_invariants(graph)


def test_the_same_output_may_feed_a_variadic_port_twice() -> None:
    graph = edits.connect(summed("Input"), "n1", "output", "n2", "inputs", signature)
    assert feeds(graph, "n2") == ["n1", "n1"]
    check_invariants(graph)


@pytest.mark.parametrize(
    ("source", "source_port", "target", "target_port", "message"),
    [
        ("n2", "output", "n2", "input", "a layer cannot feed itself"),
        ("n3", "output", "n2", "input", '"layer" already leads to "layer1": the wire would close a cycle'),
        ("n2", "outptu", "n3", "input", '"layer" has no output called "outptu"; did you mean "output"'),
        ("n2", "output", "n3", "x", '"layer1" has no input called "x"'),
        ("n2", "output", "n1", "input", '"input" has no input'),
        ("n4", "target", "n3", "input", '"layer1" takes activations at "input", and "target" gives targets'),
        ("n5", "loss", "n3", "input", '"layer1" takes activations at "input", and "loss" gives a loss'),
        ("n5", "loss", "n5", "target", "a layer cannot feed itself"),
        ("n9", "output", "n3", "input", 'there is no node "n9"'),
        ("n1", "output", "n9", "input", 'there is no node "n9"'),
    ],
)
def test_connect_what_does_not_fit_raises(
    source: str, source_port: str, target: str, target_port: str, message: str
) -> None:
    graph = edits.connect(
        nodes("Input", "Layer", "Layer", "Target", "Loss"), "n2", "output", "n3", "input", signature
    )
    with pytest.raises(GraphError, match=message) as caught:
        edits.connect(graph, source, source_port, target, target_port, signature)
    assert caught.value.message.startswith("Cannot connect: ")
    assert (caught.value.node_id, caught.value.port) == (target, target_port)


def test_connect_takes_the_ports_of_an_unknown_layer_on_trust() -> None:
    graph = edits.connect(nodes("Input", "Mystery", "Layer"), "n1", "output", "n2", "whatever", signature)
    graph = edits.connect(graph, "n2", "some", "n3", "input", signature)
    assert feeds(graph, "n3") == ["n2"]


def test_disconnect_closes_ranks() -> None:
    graph = summed("Input", "Input", "Input")
    graph = edits.disconnect(graph, [wire("n2", "n4", "inputs", 1)])
    assert feeds(graph, "n4") == ["n1", "n3"]
    check_invariants(graph)


# Removing and closing the gap ------------------------------------------------------------------------


def test_remove_and_reconnect_closes_a_chain() -> None:
    graph = edits.remove_and_reconnect(chain("Input", "Layer", "Layer", "Layer"), ["n3", "n2"], signature)
    assert list(graph.edges()) == [wire("n1", "n4")]


def test_remove_and_reconnect_feeds_all_that_was_fed() -> None:
    graph = edits.connect(
        edits.connect(chain("Input", "Layer", "Layer"), "n2", "output", "n3", "input", signature),
        "n2", "output", "n3", "input", signature,
    )  # fmt: skip
    graph = edits.add_node(graph, Node("n4", "Layer", "other"))
    graph = edits.connect(graph, "n2", "output", "n4", "input", signature)
    graph = edits.remove_and_reconnect(graph, ["n2"], signature)
    assert list(graph.edges()) == [wire("n1", "n3"), wire("n1", "n4")]


def test_remove_and_reconnect_keeps_the_place_at_a_variadic_port() -> None:
    graph = nodes("Input", "Input", "Layer", "Input", "Sum")
    graph = edits.connect(graph, "n2", "output", "n3", "input", signature)
    for source in ("n1", "n3", "n4"):
        graph = edits.connect(graph, source, "output", "n5", "inputs", signature)
    graph = edits.remove_and_reconnect(graph, ["n3"], signature)
    assert feeds(graph, "n5") == ["n1", "n2", "n4"]
    check_invariants(graph)


def test_remove_and_reconnect_of_a_residual_branch_keeps_both_wires() -> None:
    graph = edits.connect(chain("Input", "Layer", "Sum"), "n1", "output", "n3", "inputs", signature)
    graph = edits.remove_and_reconnect(graph, ["n2"], signature)
    assert feeds(graph, "n3") == ["n1", "n1"]
    check_invariants(graph)


def test_remove_and_reconnect_with_several_wires_in_leaves_a_gap() -> None:
    graph = edits.add_node(summed("Input", "Input"), Node("n4", "Layer", "after"))
    graph = edits.connect(graph, "n3", "output", "n4", "input", signature)
    assert edits.remove_and_reconnect(graph, ["n3"], signature).num_edges() == 0


def test_remove_and_reconnect_where_flows_differ_leaves_a_gap_and_closes_ranks() -> None:
    graph = nodes("Target", "Mystery", "Input", "Sum")
    graph = edits.connect(graph, "n1", "target", "n2", "in", signature)
    for source in ("n2", "n3"):
        graph = edits.connect(graph, source, "output", "n4", "inputs", signature)
    graph = edits.remove_and_reconnect(graph, ["n2"], signature)
    assert feeds(graph, "n4") == ["n3"]
    check_invariants(graph)


def test_remove_and_reconnect_in_a_damaged_graph_draws_no_wire_to_itself() -> None:
    loop = Graph.of(chain("Layer", "Layer").nodes.values(), [wire("n1", "n2"), wire("n2", "n1")])
    assert edits.remove_and_reconnect(loop, ["n2"], signature).num_edges() == 0


# Copies ----------------------------------------------------------------------------------------------


def test_duplicate_keeps_inner_wires_only() -> None:
    graph, copies = edits.duplicate(chain("Input", "Layer", "Layer"), ["n2", "n3"], dx=5, dy=7)
    assert copies == ("n4", "n5")
    assert feeds(graph, "n5") == ["n4"]
    assert feeds(graph, "n4") == []
    assert graph.node("n4").name == "layer2"
    assert (graph.node("n5").x, graph.node("n5").y) == (5, 7)
    check_invariants(graph)


def test_copy_of_part_of_a_sum_numbers_its_wires_anew() -> None:
    piece = edits.subgraph(summed("Input", "Input", "Layer"), ["n2", "n4", "n3"])
    assert [edge.index for edge in piece.inputs_of("n4")] == [0, 1]
    assert feeds(piece, "n4") == ["n2", "n3"]


def test_paste_into_an_empty_graph_gives_the_same_design() -> None:
    piece = summed("Input", "Input")
    graph, _ = edits.paste(Graph(), piece, 0, 0)
    assert graph == piece


def test_paste_keeps_names_that_are_free_and_arguments() -> None:
    piece = edits.set_argument(edits.rename(nodes("Layer"), "n1", "stem"), "n1", "dim", (1, 2))
    graph, (copy,) = edits.paste(nodes("Layer"), piece, 0, 0)
    assert graph.node(copy).name == "stem"
    assert graph.node(copy).arguments == piece.node("n1").arguments


# Inserting -------------------------------------------------------------------------------------------


def test_insert_on_edge() -> None:
    graph = chain("Input", "Layer")
    graph = edits.insert_on_edge(graph, wire("n1", "n2"), edits.new_node(graph, "Layer"), signature)
    assert feeds(graph, "n3") == ["n1"]
    assert feeds(graph, "n2") == ["n3"]
    check_invariants(graph)


def test_insert_on_edge_keeps_the_place_at_a_variadic_port() -> None:
    graph = summed("Input", "Input", "Input")
    node = edits.new_node(graph, "Layer")
    graph = edits.insert_on_edge(graph, wire("n2", "n4", "inputs", 1), node, signature)
    assert feeds(graph, "n4") == ["n1", "n5", "n3"]
    check_invariants(graph)


def test_insert_before_an_unknown_layer_keeps_its_other_wires() -> None:
    mystery = Node("n3", "Mystery", "mystery")
    graph = edits.add_node(nodes("Input", "Input"), mystery)
    graph = Graph.of(graph.nodes.values(), [wire("n1", "n3", "ins", 0), wire("n2", "n3", "ins", 1)])
    graph = edits.insert_on_edge(graph, wire("n1", "n3", "ins", 0), edits.new_node(graph, "Layer"), signature)
    assert feeds(graph, "n3") == ["n4", "n2"]


def test_insert_a_node_that_is_there_moves_it() -> None:
    graph = edits.add_node(chain("Input", "Layer"), Node("n3", "Layer", "loose"))
    graph = edits.insert_on_edge(graph, wire("n1", "n2"), graph.node("n3"), signature)
    assert feeds(graph, "n2") == ["n3"]


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("Input", "cannot sit on a wire: it needs an input and an output"),
        ("Mystery", "cannot sit on a wire"),
        ("Loss", 'takes activations at "input", and "loss" gives a loss'),
    ],
)
def test_insert_what_does_not_fit_raises(kind: str, message: str) -> None:
    graph = chain("Input", "Layer")
    with pytest.raises(GraphError, match=message):
        edits.insert_on_edge(graph, wire("n1", "n2"), edits.new_node(graph, kind), signature)


def test_insert_a_later_node_of_the_chain_moves_it_up() -> None:
    graph = chain("Layer", "Layer", "Layer")
    graph = edits.insert_on_edge(graph, wire("n1", "n2"), graph.node("n3"), signature)
    assert list(graph.edges()) == [wire("n3", "n2"), wire("n1", "n3")]


@pytest.mark.parametrize("node_id", ["n1", "n2"])
def test_insert_an_end_of_the_wire_raises(node_id: str) -> None:
    graph = chain("Layer", "Layer", "Layer")
    with pytest.raises(GraphError, match="Cannot"):
        edits.insert_on_edge(graph, wire("n1", "n2"), graph.node(node_id), signature)


def test_insert_on_a_wire_that_is_gone_raises() -> None:
    with pytest.raises(GraphError, match="wire to insert on is gone"):
        edits.insert_on_edge(nodes("Input", "Layer"), wire("n1", "n2"), Node("n3", "Layer", "a"), signature)
