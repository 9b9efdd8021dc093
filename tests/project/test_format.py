from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from difflib import unified_diff
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from immutables import Map

from studio.errors import NewerFormatError, ProjectError
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.mark import Mark
from studio.graph.node import Edge, Look, Node
from studio.project import format as document
from studio.project import schema
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project
from tests.helpers.designs import chain, graphs, projects

NODE = '{"kind": "ReLU", "name": "a"}'


def head(rest: str) -> str:
    """A document with its head, and the rest of it."""
    return f'{{"format": "flowgraph-studio", "version": 1, {rest}}}'


def with_nodes(nodes: str, edges: str = "") -> str:
    return head(f'"graph": {{"nodes": {{{nodes}}}, "edges": [{edges}]}}')


def section(name: str, body: str) -> str:
    """A document of an empty graph with some settings."""
    return head(f'"graph": {{"nodes": {{}}}}, "{name}": {{{body}}}')


def node(body: str) -> str:
    """A document with the node n1, which has a kind, a name and this."""
    return with_nodes(f'"n1": {{"kind": "A", "name": "b", {body}}}')


def edges(text: str) -> str:
    """A document with the node n1 and these wires."""
    return with_nodes(f'"n1": {NODE}', text)


def small() -> Project:
    graph = edits.set_argument(chain("Input", "Layer"), "n2", "kernel_size", (3, 5))
    return Project("small", edits.move(graph, {"n2": (120.0, 40.5)}), notes="é\n")


# Writing ---------------------------------------------------------------------------------------------


def test_the_document_is_canonical() -> None:
    text = document.dumps(small())
    data = json.loads(text)
    assert text == json.dumps(data, sort_keys=True, indent=2, ensure_ascii=False) + "\n"
    assert data["graph"] == {
        "edges": ["n1.output -> n2.input"],
        "nodes": {
            "n1": {"kind": "Input", "name": "input", "x": 0, "y": 0},
            "n2": {
                "kind": "Layer",
                "name": "layer",
                "x": 120,
                "y": 40.5,
                "arguments": {"kernel_size": [3, 5]},
            },
        },
    }
    assert (data["format"], data["version"], data["notes"]) == ("flowgraph-studio", 1, "é\n")


def test_the_name_is_the_files_and_not_in_it() -> None:
    assert "small" not in document.dumps(small())
    assert document.loads(document.dumps(small()), "other") == replace(small(), name="other")


def test_a_change_of_one_argument_is_a_change_of_one_line() -> None:
    before = edits.set_argument(small().graph, "n1", "width", 8)
    after = edits.set_argument(before, "n1", "width", 28)
    lines = [document.dumps(Project(graph=graph)).splitlines() for graph in (before, after)]
    changed = [line for line in unified_diff(*lines, lineterm="", n=0) if line[0] in "+-" and line[1] == " "]
    assert [line.strip("+- ") for line in changed] == ['"width": 8', '"width": 28']


def test_a_new_wire_is_a_new_line() -> None:
    nodes = chain("Input", "Layer").nodes.values()
    lines = [
        document.dumps(Project(graph=Graph.of(nodes, edges))).splitlines()
        for edges in (
            [Edge("n1", "a", "n2", "x")],
            [Edge("n1", "a", "n2", "x"), Edge("n1", "a", "n2", "x", 1)],
        )
    ]
    changed = [line for line in unified_diff(*lines, lineterm="", n=0) if line.startswith("+ ")]
    assert [line.strip("+ ") for line in changed] == ['"n1.a -> n2.x",', '"n1.a -> n2.x[1]"'][-len(changed) :]


@given(projects)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_every_project_comes_back_and_gives_the_same_bytes(project: Project) -> None:
    text = document.dumps(project)
    again = document.loads(text, project.name)
    assert again == project
    assert document.dumps(again) == text


@given(graphs())
def test_every_graph_comes_back_through_the_clipboard(graph: Graph) -> None:
    assert document.graph_from_data(json.loads(json.dumps(document.graph_to_data(graph)))) == graph


def test_unknown_layers_keep_all_they_hold() -> None:
    node = Node("n1", "acme/Quantum 2.0", "q", Map({"depth": 3, "modes": (("a", None), (True, 1.0, 1))}))
    project = Project(graph=Graph.of([node]))
    assert document.loads(document.dumps(project)) == project


@pytest.mark.parametrize(
    "arguments",
    [{"a": float("nan")}, {"a": float("inf")}, {"a": "\udc80"}, {"a": 10**400}, {"a": object()}],
    ids=["nan", "inf", "surrogate", "digits", "object"],
)
def test_dumps_what_could_not_be_read_raises_or_is_refused_on_reading(arguments: dict[str, Any]) -> None:
    project = Project(graph=Graph.of([Node("n1", "ReLU", "a", Map(arguments))]))
    with pytest.raises(ProjectError):
        document.loads(document.dumps(project))


# Reading ---------------------------------------------------------------------------------------------


def test_a_short_document_gets_the_defaults() -> None:
    project = document.loads(with_nodes(f'"n1": {NODE}'))
    assert project == Project(graph=Graph.of([Node("n1", "ReLU", "a")]))


def test_a_byte_order_mark_is_skipped() -> None:
    assert document.loads(b"\xef\xbb\xbf" + document.dumps(small()).encode(), "small") == small()


def test_key_order_and_spaces_do_not_matter() -> None:
    data = document.to_data(small())
    shuffled = json.dumps(dict(reversed(data.items())), indent=None)
    assert document.loads(shuffled, "small") == small()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "This is not a project: it holds a list where an object belongs"),
        ("null", "it holds null"),
        ("{}", 'not a Flowgraph Studio project: it has no key "format"'),
        ('{"format": "other"}', '"format" is "other", where "flowgraph-studio" belongs'),
        ('{"format": "flowgraph-studio"}', '"version" is missing. It must be a whole number'),
        ('{"format": "flowgraph-studio", "version": true}', '"version" is true'),
        ('{"format": "flowgraph-studio", "version": 1.0}', '"version" is 1.0'),
        ('{"format": "flowgraph-studio", "version": 0}', '"version" is 0'),
        (head('"graph": []'), "graph must be an object, not a list"),
        (head('"data": {}'), "graph is missing"),
        (head('"graph": {"nodes": []}'), r"graph.nodes must be an object, not a list"),
        (head('"graph": {"nodes": {}}, "grpah": 1'), 'grpah is not known here; did you mean "graph"'),
        (head('"graph": {"nodes": {}, "x": 1}'), "graph.x is not known here; known are bends, blocks, "),
        (section("training", '"lr": -1'), "training.lr must be more than 0, not -1"),
        (section("training", '"lr": "1"'), 'training.lr must be a number, not "1"'),
        (section("training", '"epochs": 2.5'), "training.epochs must be a whole number, not 2.5"),
        (section("training", '"betas": [0.9]'), "training.betas"),
        (section("training", '"momentum": 0, "nesterov": true'), "training: nesterov needs"),
        (section("training", '"device": "tpu"'), "training.device must be auto, cpu"),
        (section("data", '"stratify": 1'), "data.stratify must be true or false, not 1"),
        (section("data", '"normalization": "x"'), "data.normalization must be 'none'"),
        (section("data", '"options": {"a": []}'), r"data.options.a must be a number, a text"),
        (section("data", '"folder": "a\\u0000b"'), "data.folder must be a folder's name"),
        (head('"graph": {"nodes": {}}, "notes": 5'), "notes must be a text, not 5"),
        (head('"graph": {"nodes": {}}, "notes": "\\ud800"'), "notes must be valid Unicode text"),
        (with_nodes('"n 1": ' + NODE), "graph.nodes.n 1 must be an id"),
        (with_nodes('"": ' + NODE), "must be an id"),
        (with_nodes('"n1": 7'), "graph.nodes.n1 must be an object, not 7"),
        (with_nodes('"n1": {"kind": "A"}'), "graph.nodes.n1.name is missing"),
        (with_nodes('"n1": {"kind": "A", "name": "b c"}'), "graph.nodes.n1.name must be a letter, then"),
        (with_nodes('"n1": {"kind": "", "name": "b"}'), "graph.nodes.n1.kind must not be empty"),
        (with_nodes('"n1": {"kind": "a\\nb", "name": "b"}'), "graph.nodes.n1.kind must be readable text"),
        (node('"x": 1e300'), "graph.nodes.n1.x must be at most 1000000000"),
        (node('"y": true'), "graph.nodes.n1.y must be a number, not true"),
        (node('"z": 1'), "graph.nodes.n1.z is not known here"),
        (node('"arguments": {"a": {}}'), "arguments.a must be a number, a text"),
        (node('"arguments": {"a": "\\udfff"}'), "arguments.a must be valid"),
        (node('"arguments": {"a": ' + "[" * 20 + "]" * 20 + "}"), "16 levels"),
        (edges("5"), r'graph.edges\[0\] must be a wire, such as "n1.output -> n2.input"'),
        (edges('"n1 -> n1"'), r"graph.edges\[0\] must be a wire"),
        (edges('"n1.a -> n1.b[01]"'), r"graph.edges\[0\] must be a wire"),
        (edges('"n1.a -> n7.b"'), r'graph.edges\[0\] "n1.a -> n7.b": there is no node "n7"'),
        (edges('"n1.a -> n1.b", "n1.a -> n1.b"'), r"graph.edges\[1\].*stands there already"),
        (with_nodes('"n1": 7, "n2": 8, "n3": 9'), r"not 7\. \(2 more mistakes after that\.\)"),
    ],
)  # fmt: skip
def test_what_is_refused_and_why(text: str, message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        document.loads(text)


def test_a_later_version_says_what_to_do() -> None:
    text = document.dumps(small()).replace('"version": 1', '"version": 2')
    with pytest.raises(
        NewerFormatError, match=r"file version 2, and this program reads up to 1\). Update the program"
    ):
        document.loads(text)


def test_a_later_version_with_unknown_keys_is_still_recognised() -> None:
    with pytest.raises(NewerFormatError, match="later version"):
        document.loads('{"format": "flowgraph-studio", "version": 9, "blocks": [1]}')


def test_a_million_nodes_are_refused_before_they_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    text = with_nodes(",".join(f'"n{number}":{{}}' for number in range(1_000_000)))
    with pytest.raises(ProjectError, match="far more than a project can"):
        document.loads(text)
    monkeypatch.setattr(schema, "MAX_NODES", 2)
    with pytest.raises(ProjectError, match=r"graph\.nodes holds 3 nodes, and 2 are allowed"):
        document.loads(with_nodes('"n1": 1, "n2": 1, "n3": 1'))


def test_from_data_takes_tuples_for_lists() -> None:
    data = document.to_data(small())
    data["graph"]["nodes"]["n2"]["arguments"]["kernel_size"] = (3, 5)
    data["training"]["betas"] = (0.9, 0.999)
    assert document.from_data(data, "small") == small()


def test_from_data_leaves_what_it_is_given_alone() -> None:
    data = document.to_data(small())
    copy = json.loads(json.dumps(data))
    document.from_data(data)
    assert data == copy


@given(projects, st.data())
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=120)
def test_a_damaged_document_is_read_or_refused(project: Project, data: st.DataObject) -> None:
    text = bytearray(document.dumps(project).encode())
    start = data.draw(st.integers(0, len(text)))
    match data.draw(st.sampled_from(["cut", "flip", "splice", "drop"])):
        case "cut":
            del text[start:]
        case "flip" if start < len(text):
            text[start] ^= data.draw(st.integers(1, 255))
        case "splice":
            pieces = st.sampled_from(
                [b'"', b"{", b"[", b"null", b"1e999", b"NaN", b",", b"\\ud800", b"-", b"99999999999"]
            )
            text[start:start] = data.draw(pieces)
        case _:
            del text[start : start + data.draw(st.integers(1, 30))]
    with contextlib.suppress(ProjectError):
        found = document.loads(bytes(text))
        assert document.loads(document.dumps(found)) == found


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(projects, st.data(), json_values)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_a_document_with_a_wrong_value_is_read_or_refused(
    project: Project, data: st.DataObject, value: object
) -> None:
    found = document.to_data(project)
    place: Any = found
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        if isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
            place = place[key]
            continue
        place[key] = value
        break
    with contextlib.suppress(ProjectError):
        again = document.from_data(found)
        assert document.from_data(document.to_data(again)) == again


def test_settings_survive_exactly() -> None:
    project = Project(
        data=DataConfig(dataset="moons", options={"noise": 0.1, "samples": 500}, test_fraction=0.0),
        training=TrainingConfig(lr=1e-7, betas=(0.5, 0.25), optimizer="adam"),
    )
    again = document.loads(document.dumps(project))
    assert again == project
    assert again.training.betas == (0.5, 0.25)
    assert isinstance(again.data.options["samples"], int)


def test_looks_marks_bends_and_direction_come_back_and_are_written_only_where_used() -> None:
    edge = Edge("n1", "output", "n2", "input")
    nodes = [
        Node("n1", "ReLU", "a", look=Look("orange", collapsed=True, width=160.0)),
        Node("n2", "ReLU", "b", x=300.0),
    ]
    marks = [Mark("m1", "frame", "both", -16.0, -40.0, 500.0, 120.0), Mark("m2", "arrow", "", 0, 0, -8.5, 4)]
    graph = Graph.of(nodes, [edge], (), marks, {edge: ((150.0, 60.5),)}, "down")
    project = Project("looks", graph)
    assert document.loads(document.dumps(project), "looks") == project
    assert '"bends": {\n      "n1.output -> n2.input": [' in document.dumps(project)
    plain = document.dumps(Project("plain", Graph.of([Node("n1", "ReLU", "a")])))
    assert not any(word in plain for word in ("look", "marks", "bends", "direction"))


BOX = '"x": 0, "y": 0, "width": 1, "height": 1'


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (f'"marks": {{"m1": {{"kind": "oval", {BOX}}}}}', "marks.m1.kind must be"),
        ('"bends": {"n1.output -> n9.input": [[0, 0]]}', "there is no such wire"),
        ('"bends": {"n1": [[0, 0]]}', "must be a wire"),
        ('"bends": {"n1.output -> n9.input": [[0, "x"]]}', r"\[0\]\[1\] must be a number"),
        ('"direction": "left"', "direction must be 'right' or 'down'"),
        (f'"marks": {{"m1": {{"kind": "note", {BOX}, "color": "#fff"}}}}', "name of a colour"),
    ],
)  # fmt: skip
def test_drawings_are_read_as_strictly(part: str, message: str) -> None:
    text = f'{{"format": "flowgraph-studio", "version": 1, "graph": {{"nodes": {{}}, {part}}}}}'
    with pytest.raises(ProjectError, match=message):
        document.loads(text)


def test_settings_that_came_later_are_written_only_where_they_are_set():
    assert "initial_weights" not in document.to_data(Project("net"))["training"]
    named = Project("net", training=TrainingConfig(initial_weights="net.safetensors"))
    assert document.to_data(named)["training"]["initial_weights"] == "net.safetensors"
    assert set(document.to_data(Project("net"))["training"]) == set(document.to_data(named)["training"]) - {
        "initial_weights"
    }
