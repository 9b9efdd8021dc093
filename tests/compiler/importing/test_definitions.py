from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn

import studio
from studio.compiler.importing.importer import import_module
from studio.graph.graph import Graph
from tests.compiler.importing.modules import Pair

X = torch.randn(3, 6)


class Bottleneck(nn.Module):
    """Widths that go together, one of them four times another."""

    def __init__(self, width: int, bias: bool = True) -> None:
        super().__init__()
        self.a, self.b = nn.Linear(6, width), nn.Linear(width, width, bias)
        self.c, self.d = nn.Linear(width, width * 4), nn.Linear(width * 4, 6)

    def forward(self, x: Tensor) -> Tensor:
        return self.d(self.c(self.b(self.a(x)))) + x


def arguments(graph: Graph, block: str) -> dict[str, object]:
    return {argument.name: argument.default for argument in graph.block(block).arguments}


def test_equal_modules_share_one_definition() -> None:
    graph = studio.from_module(nn.Sequential(Pair(), nn.ReLU(), Pair()), X)
    assert set(graph.blocks) == {"Pair"}
    assert arguments(graph, "Pair") == {}


def test_numbers_that_differ_become_arguments() -> None:
    imported = import_module(nn.Sequential(Bottleneck(4), Bottleneck(5), Bottleneck(4)), X)
    graph, inside = imported.graph, imported.graph.block("Bottleneck").graph
    assert imported.is_bit_equal
    assert arguments(graph, "Bottleneck") == {"out_features": 4}
    assert inside.named("b").arguments["out_features"] == "=out_features"
    assert inside.named("c").arguments["out_features"] == "=out_features * 4"
    assert inside.named("d").arguments["out_features"] == 6
    assert dict(graph.named("0").arguments) == {}
    assert dict(graph.named("1").arguments) == {"out_features": 5}


def test_arguments_reach_blocks_inside_blocks() -> None:
    outer = [nn.Sequential(Bottleneck(width), nn.Tanh()) for width in (3, 5)]
    imported = import_module(nn.Sequential(*outer), X)
    assert imported.is_bit_equal
    assert arguments(imported.graph, "Sequential") == {"out_features": 3}
    inner = imported.graph.block("Sequential").graph.named("0")
    assert inner.arguments["out_features"] == "=out_features"


def test_modules_that_differ_in_more_than_numbers_are_two_blocks() -> None:
    graph = studio.from_module(nn.Sequential(Bottleneck(4), Bottleneck(4, bias=False)), X)
    assert set(graph.blocks) == {"Bottleneck", "Bottleneck1"}


def test_too_many_differences_make_different_blocks() -> None:
    def wide(step: int) -> nn.Module:
        sizes = [6, *(7 + place + step * place * place for place in range(15)), 6]
        return nn.Sequential(*(nn.Linear(*pair) for pair in itertools.pairwise(sizes)))

    graph = studio.from_module(nn.Sequential(wide(1), wide(2), nn.ReLU()), X)
    assert set(graph.blocks) == {"Sequential", "Sequential1"}


def test_row_of_equal_blocks_is_one_node() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stage = nn.Sequential(*(Bottleneck(5) for _ in range(4)))
            self.other = nn.Sequential(Bottleneck(4), Bottleneck(5))

        def forward(self, x: Tensor) -> Tensor:
            return self.other(self.stage(x))

    imported = import_module(Net(), X)
    stage = imported.graph.named("stage")
    assert imported.weights.keys() == Net().state_dict().keys()
    assert stage.kind == "block:Bottleneck"
    assert stage.arguments["repeat"] == 4
    assert imported.graph.named("other").kind == "block:Other"


def test_widths_read_off_the_wire_are_left_empty() -> None:
    graph = studio.from_module(nn.Sequential(nn.Linear(6, 4), nn.LayerNorm(4), nn.ReLU()), X)
    assert dict(graph.named("0").arguments) == {"out_features": 4}
    assert dict(graph.named("1").arguments) == {}


def test_class_names_lose_their_underscore() -> None:
    class _Layer(Pair):
        pass

    graph = studio.from_module(nn.Sequential(_Layer(), nn.ReLU()), X)
    assert set(graph.blocks) == {"Layer"}
