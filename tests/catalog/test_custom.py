from __future__ import annotations

import pytest
from immutables import Map

from studio.catalog import custom, registry
from studio.errors import ProjectError
from studio.graph.graph import Graph
from studio.graph.node import Node
from studio.project.format import dumps, graph_from_data, graph_to_data, loads
from studio.project.project import Project
from tests.helpers.custom_code import layer


def node(code: str, name: str = "mine", **arguments: object) -> Node:
    return Node(name, "Custom", name, Map({"code": code, **arguments}))  # type: ignore[dict-item]


def test_the_code_says_what_a_node_can_be_given() -> None:
    code = layer("return x, y", arguments="width: int = 3", inputs="x, y")
    spec = registry.spec_of(node(code), {})
    assert spec is not None
    assert (spec.title, spec.kind, spec.family) == ("Mine", "Custom", "custom")
    assert [argument.name for argument in spec.arguments] == ["code", "width"]
    assert registry.card_text(node(code, width=5)) == "Mine 5"
    assert registry.check_arguments(node(code, width=5)) == []
    (problem,) = registry.check_arguments(node(code, width=0.5))
    assert problem.argument == "width"


def test_unreadable_code_is_the_one_problem_of_its_node() -> None:
    (problem,) = registry.check_arguments(node("class A(", width=5))
    assert (problem.code, problem.line, problem.argument) == ("code", 1, "code")
    assert not registry.is_fine(node("class A("))


def test_a_new_node_means_the_first_template() -> None:
    spec = registry.spec_of(Node("a", "Custom", "a"), {})
    assert spec is not None
    assert spec.title == "Swish"
    assert registry.get("Custom").title == "Custom layer"
    assert registry.get("Custom").stem == "custom"


def test_a_file_holds_the_code_line_by_line_and_gives_it_back_exactly() -> None:
    for code in (layer("return x"), "", "\n", "a", "\n\n\n", '"\\"', "class A:  # ünïcode €"):
        graph = Graph.of([node(code)])
        data = graph_to_data(graph)
        assert data["nodes"]["mine"]["arguments"]["code"] == code.split("\n")
        assert graph_from_data(data) == graph
        assert loads(dumps(Project(graph=graph))).graph == graph


def test_code_as_one_text_is_read_too_and_other_values_are_kept_as_they_are() -> None:
    data = graph_to_data(Graph.of([node("a\nb")]))
    data["nodes"]["mine"]["arguments"]["code"] = "a\nb"
    assert graph_from_data(data) == Graph.of([node("a\nb")])
    data["nodes"]["mine"]["arguments"]["code"] = ["a", 3]
    graph = graph_from_data(data)
    assert graph_from_data(graph_to_data(graph)) == graph
    assert registry.check_arguments(graph.node("mine"))


def test_a_project_holds_so_much_code_and_no_more() -> None:
    half = custom.MAX_ALL_CODE // 2
    same = Graph.of([node("#" * half, f"n{place}") for place in range(9)])
    assert graph_from_data(graph_to_data(same)) == same
    data = graph_to_data(Graph.of([node("#" * half, "a")]))
    data["nodes"]["b"] = {**data["nodes"]["a"], "name": "b", "arguments": {"code": "+" * (half + 1)}}
    with pytest.raises(ProjectError, match="262,145 letters of code, and 262,144 are allowed"):
        graph_from_data(data)
