from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given

from studio.errors import GraphError
from studio.graph import edits, fixes
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.graph.problems import Problem
from studio.graph.topology import order, structure_problems, to_networkx
from tests.helpers.designs import chain, graphs, nodes, signature, wire


def classifier() -> Graph:
    """Input → Layer → Loss ← Target."""
    graph = nodes("Input", "Layer", "Loss", "Target")
    for source, port, target, into in (
        ("n1", "output", "n2", "input"),
        ("n2", "output", "n3", "input"),
        ("n4", "target", "n3", "target"),
    ):
        graph = edits.connect(graph, source, port, target, into, signature)
    return graph


def ring(length: int) -> Graph:
    """Layers that feed each other in a circle, after an input."""
    made = [Node("n0", "Input", "input"), *(Node(f"n{i}", "Sum", f"s{i}") for i in range(1, length + 1))]
    edges = [wire(f"n{i}", f"n{i % length + 1}", "inputs") for i in range(1, length + 1)]
    return Graph.of(made, [*edges, wire("n0", "n1", "inputs", 1)])


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


def only(problems: list[Problem], code: str) -> Problem:
    (found,) = (problem for problem in problems if problem.code == code)
    return found


# Order -----------------------------------------------------------------------------------------------


def test_order_puts_feeds_first_and_counts_ids() -> None:
    made = [Node(f"n{number}", "Sum", f"s{number}") for number in (1, 2, 10, 11)]
    graph = Graph.of(made, [wire("n11", "n1", "inputs"), wire("n11", "n2", "inputs")])
    assert order(graph) == ("n10", "n11", "n1", "n2")


def test_order_of_a_wire_that_is_there_twice() -> None:
    graph = Graph.of(nodes("Input", "Sum").nodes.values(), [wire("n1", "n2", "inputs", i) for i in (0, 1)])
    assert order(graph) == ("n1", "n2")


def test_order_of_a_cycle_raises_with_its_names() -> None:
    with pytest.raises(
        GraphError, match=r"run in a circle: s1 → s2 → s1\. Remove .* from \"s2\" to \"s1\""
    ) as caught:
        order(ring(2))
    assert caught.value.node_id == "n1"


@given(graphs())
def test_order_is_topological_or_there_is_a_cycle(graph: Graph) -> None:
    if nx.is_directed_acyclic_graph(to_networkx(graph)):
        place = {node_id: index for index, node_id in enumerate(order(graph))}
        assert len(place) == len(graph)
        assert all(place[edge.source] < place[edge.target] for edge in graph.edges())
    else:
        with pytest.raises(GraphError, match="circle"):
            order(graph)


def test_to_networkx_keeps_every_wire() -> None:
    graph = ring(3)
    assert {key for _, _, key in to_networkx(graph).edges(keys=True)} == set(graph.edges())


# Structure -------------------------------------------------------------------------------------------


def test_a_sound_classifier_has_no_problems() -> None:
    assert structure_problems(classifier(), signature) == []


def test_a_sound_chain_without_a_loss_has_no_problems() -> None:
    assert structure_problems(chain("Input", "Layer", "Layer"), signature) == []


def test_an_empty_design() -> None:
    (problem,) = structure_problems(Graph(), signature)
    assert (problem.severity, problem.code, problem.node) == ("error", "empty", "")


def test_a_cycle_names_the_way_round_and_all_its_nodes() -> None:
    problem = only(structure_problems(ring(3), signature), "cycle")
    assert problem.message == "The wires run in a circle: s1 → s2 → s3 → s1."
    assert problem.suggestion == 'Remove one of its wires, such as the one from "s3" to "s1".'
    assert (problem.node, problem.nodes) == ("n1", ("n1", "n2", "n3"))


def test_a_long_cycle_is_cut_in_the_message_only() -> None:
    problem = only(structure_problems(ring(12), signature), "cycle")
    assert problem.message == "The wires run in a circle: s1 → s2 → s3 → s4 → … → s12 → s1."
    assert len(problem.nodes) == 12


def test_two_cycles_are_two_problems() -> None:
    made = [Node(f"n{number}", "Sum", f"s{number}") for number in range(1, 5)]
    pairs = [("n1", "n2"), ("n2", "n1"), ("n3", "n4"), ("n4", "n3")]
    problems = structure_problems(Graph.of(made, [wire(*pair, "inputs") for pair in pairs]), signature)
    assert [problem.nodes for problem in problems if problem.code == "cycle"] == [("n1", "n2"), ("n3", "n4")]


def test_a_layer_that_feeds_itself_is_a_cycle() -> None:
    graph = Graph.of([Node("n1", "Layer", "a")], [wire("n1", "n1")])
    problem = only(structure_problems(graph, signature), "cycle")
    assert problem.message == "The wires run in a circle: a → a."


def test_a_knot_shows_its_shortest_way_round() -> None:
    pairs = [("n1", "n2"), ("n2", "n3"), ("n3", "n1"), ("n2", "n1")]
    made = [Node(f"n{number}", "Sum", f"s{number}") for number in range(1, 4)]
    problem = only(
        structure_problems(Graph.of(made, [wire(*p, "inputs") for p in pairs]), signature), "cycle"
    )
    assert problem.message == "The wires run in a circle: s1 → s2 → s1."
    assert problem.nodes == ("n1", "n2", "n3")


def test_no_input() -> None:
    problems = structure_problems(edits.remove_nodes(classifier(), ["n1"]), signature)
    assert codes(problems) == ["unconnected", "no-input"]
    assert problems[1].message == "The network has no input."


def test_only_an_input_has_no_output() -> None:
    problems = structure_problems(nodes("Input"), signature)
    assert codes(problems) == ["no-output", "idle"]
    assert problems[1].message == '"input" leads to nothing that is trained.'


def test_a_branch_that_leads_to_no_loss_is_idle() -> None:
    graph = edits.add_node(edits.add_node(classifier(), Node("n5", "Layer", "a")), Node("n6", "Layer", "b"))
    graph = edits.connect(graph, "n1", "output", "n5", "input", signature)
    graph = edits.connect(graph, "n5", "output", "n6", "input", signature)
    (problem,) = structure_problems(graph, signature)
    assert (problem.severity, problem.code, problem.nodes) == ("warning", "idle", ("n5", "n6"))
    assert problem.message == '"a" and "b" lead to nothing that is trained.'


def test_a_loose_target_is_idle() -> None:
    graph = edits.add_node(chain("Input", "Layer"), Node("n3", "Target", "truth"))
    (problem,) = structure_problems(graph, signature)
    assert (problem.code, problem.node) == ("idle", "n3")


def test_a_lone_layer_is_one_problem() -> None:
    graph = edits.add_node(classifier(), Node("n5", "Layer", "loose"))
    assert codes(structure_problems(graph, signature)) == ["unconnected"]


def test_a_loose_chain_is_reported_once() -> None:
    graph, _ = edits.paste(classifier(), chain("Layer", "Layer", "Layer"), 0, 0)
    problems = structure_problems(graph, signature)
    assert codes(problems) == ["unconnected", "unreachable"]
    assert problems[1].message == 'No input leads to "layer1", "layer2" and "layer3".'


def test_unknown_layers_do_no_harm() -> None:
    graph = Graph.of(
        [Node("n1", "Mystery", "a"), Node("n2", "Layer", "b"), Node("n3", "Mystery", "c")],
        [Edge("n1", "x", "n2", "input"), Edge("n2", "output", "n3", "y")],
    )
    assert codes(structure_problems(graph, signature)) == ["no-input"]


def test_errors_come_before_warnings() -> None:
    graph = edits.add_node(nodes("Input", "Input", "Layer"), Node("n4", "Layer", "layer"))
    severities = [problem.severity for problem in structure_problems(graph, signature)]
    assert severities == sorted(severities)
    assert {"error", "warning"} == set(severities)


@given(graphs())
def test_any_graph_can_be_checked_and_every_problem_is_well_formed(graph: Graph) -> None:
    for problem in structure_problems(graph, signature):
        assert problem.message.endswith(".")
        assert problem.suggestion.endswith(".")
        assert not problem.node or problem.node in graph
        assert all(node_id in graph for node_id in problem.nodes)
        if problem.fix is not None:
            assert fixes.apply_fix(graph, problem.fix, signature) != graph


@given(graphs())
def test_problems_do_not_depend_on_the_order_of_building(graph: Graph) -> None:
    again = Graph.of(reversed(graph.ordered()), reversed(list(graph.edges())))
    assert structure_problems(again, signature) == structure_problems(graph, signature)


def test_the_graph_room_starts_without_networkx() -> None:
    code = "import sys, studio.graph.topology, studio.graph.edits; sys.exit('networkx' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
