"""Blocks become submodules, and compute what the same network written by hand computes."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import Tensor, fx, nn

from studio.compiler import lower
from studio.graph.graph import Graph
from tests.helpers.drawing import block, draw

BASIC = block(
    "Basic",
    ("x", "BlockInput"),
    ("conv1", "Conv2d", "x", {
        "out_channels": "=width", "padding": 1, "stride": "=stride if index == 0 else 1",
    }),
    ("bn1", "BatchNorm2d", "conv1"),
    ("relu1", "ReLU", "bn1"),
    ("conv2", "Conv2d", "relu1", {"out_channels": "=width", "padding": 1, "bias": False}),
    ("downsample", "Conv2d", "x", {
        "out_channels": "=width", "kernel_size": 1, "stride": "=stride", "enabled": "=index == 0 and project",
    }),
    ("add", "Add", "conv2 downsample"),
    ("y", "BlockOutput", "add"),
    arguments={"width": 4, "stride": 1, "project": False},
)  # fmt: skip


class Basic(nn.Module):
    """The same by hand."""

    def __init__(self, channels: int, width: int, stride: int, project: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride, 1)
        self.bn1 = nn.BatchNorm2d(width)
        if project:
            self.downsample = nn.Conv2d(channels, width, 1, stride)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        shortcut = self.downsample(x) if hasattr(self, "downsample") else x
        return self.conv2(torch.relu(self.bn1(self.conv1(x)))) + shortcut


class Rows(nn.Module):
    """Two rows of blocks and a head."""

    def __init__(self) -> None:
        super().__init__()
        self.layer1 = nn.Sequential(Basic(3, 3, 1, False), Basic(3, 3, 1, False))
        self.layer2 = nn.Sequential(Basic(3, 6, 2, True), Basic(6, 6, 1, False), Basic(6, 6, 1, False))
        self.fc = nn.Linear(6 * 16, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.layer2(self.layer1(x)).flatten(1))


def rows() -> Graph:
    return draw(
        ("image", "ImageInput", {"channels": 3, "height": 8, "width": 8}),
        ("layer1", "block:Basic", "image", {"width": 3, "repeat": 2}),
        ("layer2", "block:Basic", "layer1", {"width": 6, "stride": 2, "project": True, "repeat": 3}),
        ("flatten", "Flatten", "layer2"),
        ("fc", "Linear", "flatten", {"out_features": 2}),
        blocks=[BASIC],
    )


def seeded(make: Any, seed: int = 3) -> nn.Module:
    torch.manual_seed(seed)
    made: nn.Module = make()
    return made


def assert_same(ours: nn.Module, theirs: nn.Module, *inputs: Tensor) -> None:
    """Two networks have the same keys, the same weights and the same outputs and gradients, to the bit."""
    found, expected = ours.state_dict(), theirs.state_dict()
    assert sorted(found) == sorted(expected)
    assert all(torch.equal(found[name], value) for name, value in expected.items())
    grads = []
    for module in (ours, theirs):
        output = module(*inputs)
        output.square().sum().backward()
        grads.append((output, {name: parameter.grad for name, parameter in module.named_parameters()}))
    assert torch.equal(grads[0][0], grads[1][0])
    assert all(torch.equal(grads[0][1][name], grad) for name, grad in grads[1][1].items())


def test_rows_with_expressions_equal_the_network_by_hand_to_the_bit() -> None:
    assert_same(seeded(lambda: lower.compile(rows())), seeded(Rows), torch.randn(2, 3, 8, 8))


def test_weights_are_called_as_a_person_would() -> None:
    module = lower.compile(rows())
    names = set(module.state_dict())
    assert {"layer1.0.conv1.weight", "layer2.0.downsample.bias", "layer2.2.bn1.running_mean"} <= names
    assert not any("layer1.0.downsample" in name or "layer2.1.downsample" in name for name in names)
    assert isinstance(module.get_submodule("layer1"), nn.Sequential)
    assert type(module.get_submodule("layer1.0")).__name__ == "Basic"


def test_a_row_of_one_is_numbered_and_a_single_block_is_not() -> None:
    line = block(
        "Line", ("x", "BlockInput"), ("fc", "Linear", "x", {"out_features": 4}), ("y", "BlockOutput", "fc")
    )
    module = lower.compile(
        draw(
            ("x", "VectorInput", {"features": 4}),
            ("row", "block:Line", "x", {"repeat": 1}),
            ("one", "block:Line", "row"),
            blocks=[line],
        )
    )
    assert [name for name, _ in module.named_parameters()] == [
        "row.0.fc.weight", "row.0.fc.bias", "one.fc.weight", "one.fc.bias",
    ]  # fmt: skip
    assert isinstance(module.get_submodule("one"), fx.GraphModule)


DECODER = block(
    "Decoder",
    ("a", "BlockInput"),
    ("b", "BlockInput"),
    ("own", "Linear", "a", {"out_features": 4}),
    ("other", "Linear", "b", {"out_features": 4}),
    ("sum", "Add", "own other"),
    ("y", "BlockOutput", "sum"),
)


class DecoderRow(nn.Module):
    """A row of blocks with two inputs: the first passes from one to the next, the second goes to all."""

    def __init__(self) -> None:
        super().__init__()
        self.row = nn.ModuleList(
            nn.ModuleDict({"own": nn.Linear(4, 4), "other": nn.Linear(3, 4)}) for _ in range(3)
        )

    def forward(self, x: Tensor, memory: Tensor) -> Tensor:
        for one in self.row:
            x = one["own"](x) + one["other"](memory)
        return x


def test_a_row_of_blocks_with_two_inputs_passes_the_first_on() -> None:
    graph = draw(
        ("data", "VectorInput", {"features": 4}),
        ("memory", "VectorInput", {"features": 3}),
        ("row", "block:Decoder", "data memory", {"repeat": 3}),
        blocks=[DECODER],
    )
    ours = seeded(lambda: lower.compile(graph))
    assert isinstance(ours.get_submodule("row"), nn.ModuleList)
    theirs = DecoderRow()
    theirs.load_state_dict(ours.state_dict(), strict=True)
    assert_same(ours, theirs, torch.randn(5, 4), torch.randn(5, 3))


SPLIT = block(
    "Split",
    ("x", "BlockInput"),
    ("left", "Linear", "x", {"out_features": 4}),
    ("right", "Linear", "x", {"out_features": 4}),
    ("out1", "BlockOutput", "left"),
    ("out2", "BlockOutput", "right"),
)


def test_a_block_gives_each_output_at_its_port() -> None:
    module = lower.compile(
        draw(
            ("x", "VectorInput", {"features": 4}),
            ("split", "block:Split", "x"),
            ("less", "Linear", "split.out2", {"out_features": 2}),
            ("more", "Linear", "split.out1", {"out_features": 5}),
            blocks=[SPLIT],
        )
    )
    x = torch.randn(3, 4)
    less, more = module(x)
    left, right = (module.get_submodule(f"split.{name}") for name in ("left", "right"))
    assert torch.equal(less, module.less(right(x)))
    assert torch.equal(more, module.more(left(x)))


def test_blocks_nest_and_each_instance_has_weights_of_its_own() -> None:
    cell = block(
        "Cell",
        ("x", "BlockInput"),
        ("fc", "Linear", "x", {"out_features": "=n"}),
        ("y", "BlockOutput", "fc"),
        arguments={"n": 4},
    )
    stage = block(
        "Stage",
        ("x", "BlockInput"),
        ("cells", "block:Cell", "x", {"n": "=width * 2", "repeat": 2}),
        ("act", "ReLU", "cells"),
        ("y", "BlockOutput", "act"),
        arguments={"width": 1},
        inner=[cell],
    )
    graph = draw(
        ("x", "VectorInput", {"features": 3}),
        ("a", "block:Stage", "x", {"width": 2, "repeat": 2}),
        ("b", "block:Stage", "a", {"width": 3}),
        blocks=[cell, stage],
    )
    ours = seeded(lambda: lower.compile(graph))
    sizes = {name: tuple(value.shape) for name, value in ours.state_dict().items() if name.endswith("weight")}
    assert sizes == {
        "a.0.cells.0.fc.weight": (4, 3), "a.0.cells.1.fc.weight": (4, 4),
        "a.1.cells.0.fc.weight": (4, 4), "a.1.cells.1.fc.weight": (4, 4),
        "b.cells.0.fc.weight": (6, 4), "b.cells.1.fc.weight": (6, 6),
    }  # fmt: skip
    linear = nn.Linear
    theirs = seeded(
        lambda: nn.Sequential(
            linear(3, 4), linear(4, 4), nn.ReLU(), linear(4, 4), linear(4, 4), nn.ReLU(),
            linear(4, 6), linear(6, 6), nn.ReLU(),
        )
    )  # fmt: skip
    x = torch.randn(5, 3)
    assert torch.equal(ours(x), theirs(x))


@pytest.mark.parametrize("enabled", [True, False])
def test_a_block_that_is_switched_off_passes_its_input_on(enabled: bool) -> None:
    graph = draw(
        ("image", "ImageInput", {"channels": 3, "height": 4, "width": 4}),
        ("stage", "block:Basic", "image", {"width": 3, "enabled": enabled}),
        ("out", "Flatten", "stage"),
        blocks=[BASIC],
    )
    module = lower.compile(graph)
    image = torch.randn(2, 3, 4, 4)
    assert torch.equal(module(image), image.flatten(1)) is not enabled
    assert bool(module.state_dict()) is enabled


def test_a_layer_that_is_switched_off_inside_a_block_passes_its_input_on() -> None:
    cell = block(
        "Cell",
        ("x", "BlockInput"),
        ("fc", "Linear", "x", {"out_features": 3, "enabled": "=on"}),
        ("y", "BlockOutput", "fc"),
        arguments={"on": True},
    )
    graph = draw(
        ("x", "VectorInput", {"features": 3}),
        ("a", "block:Cell", "x", {"on": False}),
        ("b", "block:Cell", "a"),
        blocks=[cell],
    )
    module = lower.compile(graph)
    x = torch.randn(4, 3)
    assert list(module.state_dict()) == ["b.fc.weight", "b.fc.bias"]
    assert torch.equal(module(x), module.get_submodule("b.fc")(x))


def test_a_frozen_block_freezes_all_in_it_and_nothing_else() -> None:
    graph = draw(
        ("image", "ImageInput", {"channels": 3, "height": 8, "width": 8}),
        ("layer1", "block:Basic", "image", {"width": 3, "repeat": 2, "frozen": True}),
        ("layer2", "block:Basic", "layer1", {"width": 3}),
        blocks=[BASIC],
    )
    module = lower.compile(graph)
    for name, parameter in module.named_parameters():
        assert parameter.requires_grad is name.startswith("layer2"), name
    assert not module.get_submodule("layer1.0.bn1").training
    assert module.get_submodule("layer2.bn1").training


def test_a_frozen_block_freezes_its_learned_tensors() -> None:
    cell = block(
        "Cell",
        ("x", "BlockInput"),
        ("scale", "Parameter", {"shape": (3,)}),
        ("act", "ReLU", "x"),
        ("mul", "Multiply", "act scale"),
        ("y", "BlockOutput", "mul"),
    )
    graph = draw(
        ("x", "VectorInput", {"features": 3}),
        ("a", "block:Cell", "x", {"frozen": True}),
        ("b", "block:Cell", "a"),
        blocks=[cell],
    )
    learning = {name: p.requires_grad for name, p in lower.compile(graph).named_parameters()}
    assert learning == {"a.scale": False, "b.scale": True}


def test_copies_compute_the_same_and_share_nothing() -> None:
    module = lower.compile(rows()).eval()
    twin = copy.deepcopy(module)
    image = torch.randn(2, 3, 8, 8)
    assert torch.equal(module(image), twin(image))
    assert not {p.data_ptr() for p in module.parameters()} & {p.data_ptr() for p in twin.parameters()}


def test_the_state_of_the_network_by_hand_loads_and_computes_the_same() -> None:
    theirs, ours = Rows().eval(), lower.compile(rows()).eval()
    ours.load_state_dict(theirs.state_dict(), strict=True)
    image = torch.randn(2, 3, 8, 8)
    assert torch.equal(ours(image), theirs(image))


@pytest.mark.slow
def test_torch_compile_takes_blocks_whole() -> None:
    module = lower.compile(rows()).eval()
    image = torch.randn(2, 3, 8, 8)
    assert torch.equal(torch.compile(module, backend="eager", fullgraph=True)(image), module(image))
