from __future__ import annotations

import pytest

from studio.graph.graph import Graph
from studio.graph.node import Edge
from studio.graph.wiring import misfit, port_problems, reaches, unfit_wires, unused_outputs
from tests.helpers.designs import chain, nodes, signature, wire


def wired(kinds: list[str], *edges: Edge) -> Graph:
    """A graph that no edit would make."""
    return Graph.of(nodes(*kinds).nodes.values(), edges)


def test_sound_wires_fit() -> None:
    graph = chain("Input", "Layer", "Layer")
    assert [misfit(graph, edge, signature) for edge in graph.edges()] == [None, None]
    assert port_problems(graph, signature) == []


def test_a_port_that_nothing_feeds() -> None:
    (problem,) = port_problems(nodes("Input", "Layer"), signature)
    assert (problem.severity, problem.code, problem.node, problem.port) == (
        "error",
        "unconnected",
        "n2",
        "input",
    )
    assert problem.message == 'Nothing is connected to "input" of "layer".'
    assert problem.suggestion == "Draw a wire to it from a layer that gives activations."


def test_a_port_that_takes_two_flows_names_both() -> None:
    problems = port_problems(nodes("Loss"), signature)
    assert problems[1].suggestion == "Draw a wire to it from a layer that gives targets or activations."


def test_a_doubly_fed_port_names_its_feeds_and_offers_the_first() -> None:
    graph = wired(["Input", "Input", "Layer"], wire("n1", "n3"), wire("n2", "n3"))
    (problem,) = port_problems(graph, signature)
    assert problem.code == "doubly-fed"
    assert problem.message == '"input" of "layer" takes one wire, and has 2: from "input" and "input1".'
    assert problem.fix is not None
    assert problem.fix.label == 'Keep the wire from "input"'
    assert unfit_wires(graph, "n3", "input", signature) == (wire("n2", "n3"),)


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_wires_on_a_variadic_port(count: int) -> None:
    graph = wired(["Input", "Sum"], *[wire("n1", "n2", "inputs", place) for place in range(count)])
    (problem,) = port_problems(graph, signature)
    assert problem.code == "too-few-wires"
    assert problem.message == f'"sum" needs at least 2 wires at "inputs", and has {count}.'


def test_a_wire_to_a_port_that_is_not_there() -> None:
    graph = wired(["Input", "Layer"], wire("n1", "n2"), wire("n1", "n2", "inptu"))
    (problem,) = port_problems(graph, signature)
    assert (problem.code, problem.node, problem.port) == ("unknown-port", "n2", "inptu")
    assert problem.message == '"layer" has no input called "inptu"; did you mean "input".'
    assert unfit_wires(graph, "n2", "inptu", signature) == (wire("n1", "n2", "inptu"),)


def test_a_wire_from_a_port_that_is_not_there_is_on_its_source() -> None:
    graph = wired(["Input", "Layer"], Edge("n1", "x", "n2", "input"))
    (problem,) = port_problems(graph, signature)
    assert (problem.code, problem.node, problem.port) == ("unknown-port", "n1", "x")
    assert problem.nodes == ("n1", "n2")


def test_a_flow_that_the_port_does_not_take() -> None:
    (problem,) = port_problems(wired(["Target", "Layer"], Edge("n1", "target", "n2", "input")), signature)
    assert problem.code == "flow"
    assert problem.message == '"layer" takes activations at "input", and "target" gives targets.'
    assert problem.fix is not None
    assert problem.fix.action == "disconnect"


def test_unknown_layers_are_taken_on_trust() -> None:
    graph = wired(["Input", "Mystery", "Layer"], wire("n1", "n2", "odd"), Edge("n2", "even", "n3", "input"))
    assert port_problems(graph, signature) == []
    assert unfit_wires(graph, "n2", "odd", signature) == ()


def test_unused_outputs() -> None:
    graph = wired(["Split", "Layer", "Loss", "Mystery"], Edge("n1", "low", "n2", "input"))
    used = {node.name: unused_outputs(graph, node, signature) for node in graph.ordered()}
    assert used == {"split": ["high"], "layer": ["output"], "loss": [], "mystery": [""]}


def test_reaches_follows_the_wires_one_way() -> None:
    graph = chain("Input", "Layer", "Layer")
    assert reaches(graph, "n1", "n3")
    assert not reaches(graph, "n3", "n1")
    assert reaches(graph, "n2", "n2")
