"""Exported source: as it is written for small networks, and that it computes the same for all."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from immutables import Map
from torch import Tensor, nn

from studio import zoo
from studio.compiler import lower
from studio.compiler.analysis import analyse
from studio.compiler.exporting.examples import example_inputs
from studio.compiler.exporting.source import network_source
from studio.graph.block import Block, BlockArgument
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.zoo import shelf

GOLDEN = Path(__file__).parents[2] / "golden"


def tuple_of(outputs: Any) -> tuple[Tensor, ...]:
    return outputs if isinstance(outputs, tuple) else (outputs,)


def run_text(text: str, name: str) -> nn.Module:
    """The network that a source makes. It is ours, written a moment ago."""
    module = ModuleType("exported")
    exec(compile(text, "exported.py", "exec"), module.__dict__)
    network: nn.Module = getattr(module, name)()
    return network


def assert_same(graph: Graph) -> None:
    """The written network takes the compiled one's weights, and gives the same bits in both modes."""
    analysis = analyse(graph)
    source = network_source(graph, analysis)
    torch.manual_seed(0)
    network = lower.build(graph)
    written = run_text(source.text, source.network)
    written.load_state_dict(network.module.state_dict(), strict=True)
    inputs = example_inputs(graph, analysis, network)
    for training in (True, False):
        results = []
        for module in (network.module, written):
            torch.manual_seed(1)
            results.append(tuple_of(module.train(training)(*inputs)))
        assert len(results[0]) == len(results[1])
        assert all(torch.equal(one, other) for one, other in zip(*results, strict=True))


@pytest.mark.parametrize(
    ("name", "template", "arguments"),
    [
        ("lenet5", "lenet5", {}),
        ("cifar_resnet8", "cifar_resnet", {"n": 1}),
        ("autoencoder", "autoencoder", {}),
    ],
)
def test_source_reads_as_it_did(
    name: str, template: str, arguments: dict[str, Any], rewrite_golden: bool
) -> None:
    text = network_source(zoo.build(template, **arguments)).text
    path = GOLDEN / f"{name}.py.txt"
    if rewrite_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("template", "arguments"),
    [
        ("mlp", {}),
        ("highway", {}),
        ("cifar_resnet", {"n": 1, "shortcut": "B"}),
        ("resnet18", {"input_shape": (3, 64, 64), "num_classes": 5}),
        ("googlenet", {"num_classes": 3}),
        ("image_captioner", {}),
        ("matrix_factorization", {}),
        ("vision_transformer", {}),
        ("conv_autoencoder", {}),
    ],
)
def test_source_computes_the_same(template: str, arguments: dict[str, Any]) -> None:
    assert_same(zoo.build(template, **arguments))


@pytest.mark.slow
@pytest.mark.parametrize("template", shelf.templates())
def test_source_of_every_template(template: str) -> None:
    assert_same(zoo.build(template))


def residual(nodes: tuple[Node, ...], edges: tuple[Edge, ...], row: dict[str, Any]) -> Graph:
    """A row of blocks with an argument `width`, fed by 6 numbers."""
    ports = (Node("n1", "BlockInput", "input"), Node("n9", "BlockOutput", "output"))
    inner = Graph.of((*ports, *nodes), edges)
    block = Block("Piece", inner, (BlockArgument("width", 6),))
    return Graph.of(
        [
            Node("n1", "VectorInput", "vector", Map({"features": 6})),
            Node("n2", "block:Piece", "row", Map(row)),
        ],
        [Edge("n1", "output", "n2", "input")],
        [block],
    )


def test_a_layer_that_some_copies_lack_is_conditional() -> None:
    nodes = (Node("n2", "Linear", "fc", Map({"out_features": "=width", "enabled": "=index != 1"})),)
    edges = (Edge("n1", "output", "n2", "input"), Edge("n2", "output", "n9", "input"))
    graph = residual(nodes, edges, {"repeat": 3})
    assert "if index != 1:" in network_source(graph).text
    assert_same(graph)


def test_a_function_that_differs_between_copies_is_told_by_the_constructor() -> None:
    nodes = (Node("n2", "Unsqueeze", "up", Map({"dim": "=1 + index"})), Node("n3", "Flatten", "flat"))
    edges = (
        Edge("n1", "output", "n2", "input"),
        Edge("n2", "output", "n3", "input"),
        Edge("n3", "output", "n9", "input"),
    )
    graph = residual(nodes, edges, {"repeat": 2})
    assert "self.up_dim = 1 + index" in network_source(graph).text
    assert_same(graph)


def test_frozen_normalization_stays_still_in_training() -> None:
    nodes = (
        Node("n2", "Linear", "fc", Map({"out_features": 6})),
        Node("n3", "BatchNorm1d", "bn"),
    )
    edges = (
        Edge("n1", "output", "n2", "input"),
        Edge("n2", "output", "n3", "input"),
        Edge("n3", "output", "n9", "input"),
    )
    graph = residual(nodes, edges, {"frozen": True})
    assert_same(graph)
    source = network_source(graph)
    assert not any(one.requires_grad for one in run_text(source.text, source.network).parameters())


def test_chains_of_ties_end_at_the_first_weight() -> None:
    graph = Graph.of(
        [
            Node("n1", "VectorInput", "vector", Map({"features": 4})),
            Node("n2", "Linear", "up", Map({"out_features": 3})),
            Node("n3", "Linear", "down", Map({"out_features": 4, "tied_to": "n2", "tied_as": "transposed"})),
            Node("n4", "Linear", "again", Map({"out_features": 3, "tied_to": "n2", "tied_as": "all"})),
            Node("n5", "Linear", "back", Map({"out_features": 4, "tied_to": "n3", "tied_as": "all"})),
        ],
        [Edge(f"n{place}", "output", f"n{place + 1}", "input") for place in range(1, 5)],
    )
    assert_same(graph)
