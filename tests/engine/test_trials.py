"""What would come of wires that are not there."""

from __future__ import annotations

from typing import Any

import pytest

from studio.compiler.shapes import ShapeEngine
from studio.engine.records import Json, Trial, Try
from studio.engine.trials import Truth, try_out
from studio.graph.graph import Graph
from studio.graph.node import Edge
from studio.project.config import DataConfig
from studio.project.format import to_data
from studio.project.project import Project
from tests.helpers.drawing import block, draw

NETWORK = (
    ("image", "ImageInput", {"channels": 1, "height": 8, "width": 8}),
    ("conv", "Conv2d", "image", {"out_channels": 4}),
    ("more", "Conv2d", {"out_channels": 6}),
    ("fc", "Linear", {"in_features": 64, "out_features": 3}),
    ("wide", "Linear", {"out_features": 10}),
    ("sum", "Add"),
    ("truth", "Target"),
    ("loss", "CrossEntropyLoss", "wide truth"),
)


def packed(graph: Graph, dataset: str = "digits") -> Json:
    return to_data(Project("demo", graph, DataConfig(dataset=dataset)))


def tried(graph: Graph, *wires: Edge, **more: Any) -> tuple[Trial, ...]:
    request = Try(7, packed(graph), wires, **more)
    answer = try_out(request, ShapeEngine(), Truth())
    assert answer.id == 7
    return answer.trials


def wire(source: str, target: str, port: str = "input") -> Edge:
    return Edge(source, "output", target, port)


def test_a_wire_that_fits_says_what_comes_out() -> None:
    assert tried(draw(*NETWORK), wire("conv", "more")) == (Trial("more", (6, 4, 4)),)


def test_a_wire_that_does_not_says_why_and_what_to_do() -> None:
    (trial,) = tried(draw(*NETWORK), wire("conv", "fc"))
    assert (trial.shape, trial.severity) == (None, "error")
    assert trial.message.startswith(
        'Linear "fc": expected 64 features at "input", got 4×6×6 maps from "conv"'
    )
    assert trial.suggestion == "Insert a Flatten before it."


def test_what_is_legal_and_a_mistake_is_warned_of() -> None:
    (trial,) = tried(draw(*NETWORK), wire("conv", "wide"))
    assert (trial.shape, trial.severity) == ((4, 6, 10), "warning")
    assert "works on the last dimension" in trial.message


def test_a_node_that_lacks_other_wires_gives_nothing_yet() -> None:
    assert tried(draw(*NETWORK), wire("conv", "sum", "inputs")) == (Trial("sum", None),)


def test_a_wire_that_would_close_a_cycle_says_so() -> None:
    graph = draw(("image", "ImageInput"), ("a", "ReLU", "image"), ("b", "ReLU", "a"))
    (trial,) = tried(graph, wire("b", "a"))
    assert (trial.severity, "close a cycle" in trial.message) == ("error", True)


def test_each_wire_is_tried_by_itself() -> None:
    first, second = tried(draw(*NETWORK), wire("image", "sum", "inputs"), wire("conv", "sum", "inputs"))
    assert first == second == Trial("sum", None)


def test_a_wire_takes_the_place_of_the_one_that_is_there() -> None:
    assert tried(draw(*NETWORK), wire("conv", "conv"))[0].severity == "error"
    graph = draw(*NETWORK, ("last", "Conv2d", "conv", {"out_channels": 2}))
    assert tried(graph, wire("image", "last")) == (Trial("last", (2, 6, 6)),)


def test_the_data_say_how_many_classes_there_are() -> None:
    graph = draw(
        *NETWORK[:1],
        ("flat", "Flatten", "image"),
        ("fc", "Linear", "flat", {"out_features": 3}),
        *NETWORK[6:7],
        ("loss", "CrossEntropyLoss", "fc>input truth"),
    )
    assert "expected 10 scores" in tried(graph, wire("fc", "loss"))[0].message


def test_nodes_are_looked_at_as_they_are() -> None:
    assert tried(draw(*NETWORK), nodes=("conv",)) == (Trial("conv", (4, 6, 6)),)


def test_inside_a_block_and_at_a_block() -> None:
    inside = block(
        "Cell",
        ("in", "BlockInput"),
        ("conv", "Conv2d", "in", {"out_channels": 4}),
        ("more", "Conv2d", {"out_channels": 5}),
        ("out", "BlockOutput", "conv"),
    )
    graph = draw(
        ("image", "ImageInput", {"channels": 1, "height": 8, "width": 8}),
        ("cell", "block:Cell", "image"),
        ("other", "block:Cell"),
        blocks=[inside],
    )
    assert tried(graph, wire("conv", "more"), level=("cell",)) == (Trial("more", (5, 4, 4)),)
    (into,) = (edge.target_port for edge in graph.inputs_of("cell"))
    (out,) = (node.name for node in graph.blocks["Cell"].outputs())
    assert tried(graph, Edge("cell", out, "other", into)) == (Trial("other", (4, 4, 4)),)


@pytest.mark.parametrize("dataset", ["digits", "nowhere"])
def test_data_that_are_not_there_are_no_obstacle(dataset: str) -> None:
    request = Try(1, packed(draw(*NETWORK), dataset), (wire("conv", "more"),))
    assert try_out(request, ShapeEngine(), Truth()).trials[0].shape == (6, 4, 4)
