from __future__ import annotations

from studio.catalog import registry
from studio.compiler.analysis import analyse
from studio.graph import edits, fixes, grouping
from studio.graph.block import ENABLED
from studio.graph.graph import Graph
from studio.graph.levels import edit_level
from studio.graph.problems import Problem
from studio.zoo.builder import Network


def chain() -> Graph:
    """An input of 784 numbers, three linear layers with a ReLU between the first two."""
    builder = Network()
    builder.input((784,))
    builder.chain("Linear", "wide", out_features=256)
    builder.chain("ReLU", "relu")
    builder.chain("Linear", "same", out_features=256)
    builder.chain("Linear", "out", out_features=10)
    return builder.graph()


def off(graph: Graph, *names: str) -> Graph:
    for name in names:
        graph = edits.set_argument(graph, graph.named(name).id, ENABLED, False)
    return graph


def found(graph: Graph) -> list[Problem]:
    return [problem for problem in analyse(graph).problems if problem.code == "bypass"]


def test_what_is_an_identity_for_the_shapes_is_switched_off_silently() -> None:
    assert found(off(chain(), "relu", "same")) == []
    assert found(chain()) == []


def test_another_shape_that_goes_past_is_said_with_both_shapes() -> None:
    (problem,) = found(off(chain(), "wide"))
    assert problem.severity == "warning"
    assert '"wide" is switched off: 784 goes past it, and 256 would come out of it.' in problem.message


def test_of_a_chain_that_is_off_only_what_changes_the_shape_is_named() -> None:
    graph = off(chain(), "wide", "relu", "same", "out")
    assert [graph.node(problem.node).name for problem in found(graph)] == ["wide", "out"]


def test_the_fix_switches_it_on_again() -> None:
    graph = off(chain(), "wide")
    (problem,) = found(graph)
    assert problem.fix is not None
    mended = fixes.apply_fix(graph, problem.fix, registry.signatures(graph))
    assert found(mended) == []


def test_a_block_and_a_layer_inside_a_block_are_judged_too() -> None:
    graph = chain()
    chosen = [graph.named(name).id for name in ("wide", "relu")]
    graph = grouping.group(graph, chosen, "Head", registry.signatures(graph))
    block = next(node for node in graph.nodes.values() if node.kind == "block:Head")
    (problem,) = found(edits.set_argument(graph, block.id, ENABLED, False))
    assert "784 goes past it, and 256 would come out" in problem.message
    inner = graph.blocks["Head"].graph.named("wide").id
    inside = edit_level(graph, [block.id], lambda level: edits.set_argument(level, inner, ENABLED, False))
    (problem,) = found(inside)
    assert problem.node == f"{block.id}/{inner}"
