from __future__ import annotations

import pytest

from studio.graph import edits
from studio.graph.difference import difference
from studio.graph.graph import Graph
from studio.graph.names import RESERVED, FreeNames, name_problems, names_of, usable, why_not_name
from studio.graph.node import Node


@pytest.mark.parametrize("name", ["conv1", "a", "A_b", "x" * 64])
def test_identifiers_are_names(name: str) -> None:
    assert why_not_name(name) is None


@pytest.mark.parametrize("name", ["", "-a", "a b", "a.b", "é", "x" * 65, "conv\n"])
def test_other_texts_are_no_names(name: str) -> None:
    assert "cannot be a layer's name. Use letters" in str(why_not_name(name))


def test_words_of_python_and_torch_are_no_names() -> None:
    assert "word of Python's own" in str(why_not_name("class"))
    assert "part of every PyTorch module" in str(why_not_name("forward"))


def test_every_attribute_of_a_graph_module_is_reserved() -> None:
    torch = pytest.importorskip("torch")
    module = torch.fx.symbolic_trace(torch.nn.Sequential(torch.nn.ReLU()))
    public = {name for name in dir(module) if why_not_name(name) is None and not name.startswith("_")}
    assert public == set()
    assert "forward" in RESERVED


def test_free_names_count_up() -> None:
    free = FreeNames({"conv", "conv2"})
    assert [free.take("conv") for _ in range(3)] == ["conv1", "conv3", "conv4"]
    assert free.take("relu") == "relu"
    assert free.take("relu") == "relu1"


def test_free_name_of_a_reserved_word_gets_a_number() -> None:
    assert FreeNames(()).take("float") == "float1"


def test_free_name_stays_short_enough() -> None:
    free = FreeNames({"x" * 64})
    name = free.take("x" * 64)
    assert name == "x" * 63 + "1"
    assert why_not_name(name) is None


@pytest.mark.parametrize(
    ("wanted", "name"), [("3x3 conv", "x3_conv"), ("...", "layer"), ("été", "t_"), ("a" * 99, "a" * 64)]
)
def test_usable_makes_a_name_of_any_text(wanted: str, name: str) -> None:
    assert usable(wanted) == name


def test_each_but_the_first_of_equal_names_is_a_problem() -> None:
    graph = Graph.of(Node(f"n{number}", "Layer", "conv") for number in (1, 2, 3))
    problems = name_problems(graph)
    assert [(problem.code, problem.node) for problem in problems] == [
        ("duplicate-name", "n2"),
        ("duplicate-name", "n3"),
    ]
    assert problems[0].message == '3 layers are called "conv"; each needs a name of its own.'
    assert problems[0].nodes == ("n1", "n2", "n3")
    assert [problem.fix and problem.fix.value for problem in problems] == ["conv1", "conv2"]


def test_an_impossible_name_is_a_problem_with_a_fix() -> None:
    (problem,) = name_problems(Graph.of([Node("n1", "Layer", "class")]))
    assert problem.code == "name"
    assert problem.suggestion == 'Rename to "class1".'
    assert problem.fix is not None
    assert problem.fix.action == "rename"


def test_names_follow_an_edit_as_if_they_were_collected_anew() -> None:
    graph = Graph.of([Node(f"n{place}", "ReLU", f"relu{place}") for place in range(300)])
    names_of(graph.nodes)
    for change in (
        lambda g: edits.rename(g, "n5", "other"),
        lambda g: edits.remove_nodes(g, ["n7"]),
        lambda g: edits.add_node(g, edits.new_node(g, "ReLU", name="relu7")),
    ):
        before, graph = graph, change(graph)
        difference(before.nodes, graph.nodes)
        assert names_of(graph.nodes) == {node.name for node in graph.nodes.values()}
