from __future__ import annotations

import torch
from torch import Tensor, nn

import studio
from studio.compiler.importing.importer import import_module
from tests.compiler.importing import modules

X = torch.randn(3, 6)


def test_modules_inside_become_blocks_inside() -> None:
    module = nn.Sequential(modules.Pair(), nn.Sequential(modules.Pair(), nn.Linear(6, 2)))
    graph = studio.from_module(module, X)
    assert [(node.kind, node.name) for node in graph.ordered()] == [
        ("VectorInput", "vector"),
        ("block:Pair", "0"),
        ("block:Sequential", "1"),
    ]
    assert graph.block("Sequential").graph.named("0").kind == "block:Pair"


def test_list_that_nobody_calls_is_a_block_all_the_same() -> None:
    imported = import_module(modules.Listed(), X)
    assert imported.weights.keys() == modules.Listed().state_dict().keys()
    assert {node.name for node in imported.graph.block("Layers").graph.ordered()} >= {"0", "1", "2", "relu"}


def test_lists_that_take_turns_are_opened_and_told() -> None:
    imported = import_module(modules.Interleaved(), X)
    assert imported.is_bit_equal
    assert "lins.0.weight → lins_0.weight" in imported.notes[0]
    assert not imported.graph.blocks


def test_function_between_two_calls_of_a_block_moves_into_it() -> None:
    imported = import_module(modules.SharedBlock(), X)
    inside = imported.graph.block("Pair").graph
    assert [node.kind for node in imported.graph.ordered()] == ["VectorInput", "block:Pair"]
    assert inside.named("fc1").arguments["tied_to"] == inside.named("fc").id
    assert inside.named("bn1").arguments["tied_as"] == "all"


def test_block_called_round_another_layer_is_opened() -> None:
    class Round(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner, self.middle = modules.Pair(), nn.Linear(6, 6)

        def forward(self, x: Tensor) -> Tensor:
            return self.inner(self.middle(self.inner(x)))

    imported = import_module(Round(), X)
    assert imported.is_bit_equal
    assert imported.graph.named("inner_fc1").arguments["tied_as"] == "all"


def test_ports_of_a_block_follow_its_arguments_and_results() -> None:
    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Linear(6, 6), nn.Linear(6, 6)

        def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
            late = self.b(y)
            return self.a(x), late

    class Outer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.two = Two()

        def forward(self, x: Tensor, y: Tensor) -> Tensor:
            one, other = self.two(x, y)
            return one - other

    graph = import_module(Outer(), (X, X + 1)).graph
    two, subtract = graph.named("two"), graph.named("subtract")
    into = [(graph.node(edge.source).name, edge.target_port) for edge in graph.inputs_of(two.id)]
    assert into == [("input1", "input"), ("input2", "input2")]
    assert [edge.source_port for edge in graph.inputs_of(subtract.id)] == ["output", "output2"]


def test_input_that_nothing_depends_on_is_left_out() -> None:
    class First(nn.Module):
        def forward(self, x: Tensor, y: Tensor) -> Tensor:
            return x * 2

    imported = import_module(First(), (X, X))
    assert imported.is_bit_equal
    assert imported.notes == ("No output depends on input 2; it was left out.",)


def test_names_that_python_reserves_are_changed_and_told() -> None:
    module = nn.Sequential()
    module.add_module("lambda", nn.Linear(6, 2))
    imported = import_module(module, X)
    assert imported.is_bit_equal
    assert "lambda.weight → lambda1.weight" in imported.notes[0]


def test_names_of_weights_are_never_taken_by_functions() -> None:
    class Relu(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.relu = nn.Linear(6, 6)

        def forward(self, x: Tensor) -> Tensor:
            return self.relu(torch.relu(x))

    graph = studio.from_module(Relu(), X)
    assert (graph.named("relu").kind, graph.named("relu1").kind) == ("Linear", "ReLU")
