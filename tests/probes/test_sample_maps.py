"""Feature maps of one sample are what the layers give, whatever those are, in one transfer."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor, fx, nn

from studio import zoo
from studio.compiler import lower
from studio.compiler.inline import inline
from studio.probes.outputs import output_of
from studio.probes.sample_maps import MOST_MAPS, MOST_NUMBERS, MOST_SIDE, SampleMaps


class Giving(nn.Module):
    """Gives one tensor, whatever it gets."""

    def __init__(self, values: object) -> None:
        super().__init__()
        self.values = values

    def forward(self, _inputs: Tensor) -> object:
        return self.values


def network(values: object) -> fx.GraphModule:
    """Return a network with one node, ``layer``, that gives some values."""
    graph = fx.Graph()
    inputs = graph.placeholder("inputs")
    node = graph.call_module("layer", (inputs,))
    node.meta["node"] = "layer"
    graph.output(node)
    return fx.GraphModule(nn.ModuleDict({"layer": Giving(values)}), graph)


def test_maps_at_every_depth_are_what_the_layers_give_also_of_a_block() -> None:
    torch.manual_seed(0)
    module = lower.compile(zoo.build("resnet18", num_classes=10)).eval()
    image = torch.randn(1, 3, 64, 64)
    names = ("layer1.0.conv1", "layer4.1.conv2", "layer2.0", "fc")
    found = {one.node: one for one in SampleMaps(module, names).read([image], "run-1", 7)}
    assert list(found) == sorted(names, key=list(found).index)
    for name in names:
        wanted = output_of(module, name, [image])[0]
        shown = wanted[:MOST_MAPS] if wanted.dim() > 1 else wanted[:MOST_NUMBERS]
        torch.testing.assert_close(torch.from_numpy(found[name].values), shown)
        assert (found[name].low, found[name].high) == (float(wanted.min()), float(wanted.max()))
        assert (found[name].shape, found[name].step) == (tuple(wanted.shape), 7)


def test_the_walk_ends_behind_the_last_node_that_is_wanted() -> None:
    module = lower.compile(zoo.build("mlp", input_shape=(1, 4, 4), hidden=(8,))).eval()
    module.get_submodule("fc2").forward = None  # type: ignore[assignment,method-assign]
    (found,) = SampleMaps(module, ["relu1"]).read([torch.randn(1, 1, 4, 4)], "run-1", 1)
    assert found.values.shape == (8,)


def test_in_place_layers_behind_do_not_change_what_was_seen() -> None:
    flat = inline(lower.compile(zoo.build("mlp", input_shape=(1, 4, 4), hidden=(8,))))
    flat.get_submodule("relu1").inplace = True  # type: ignore[assignment]
    found = {
        one.node: one for one in SampleMaps(flat, ["fc1", "relu1"]).read([torch.randn(1, 1, 4, 4)], "r", 1)
    }
    assert found["fc1"].values.min() < 0 <= found["relu1"].values.min()


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        (torch.full((1, 3), math.nan), (3,)),
        (torch.full((1, 3), 2.5), (3,)),
        (torch.arange(6).reshape(1, 6), (6,)),
        (torch.tensor([[True, False]]), (2,)),
        (torch.complex(torch.full((1, 3), 3.0), torch.full((1, 3), 4.0)), (3,)),
        (torch.ones(1, 1_000_000), (MOST_NUMBERS,)),
        (torch.ones(1, 3000, 90, 30), (MOST_MAPS, MOST_SIDE, 9)),
        (torch.ones(1, 2, 3, 4, 5, dtype=torch.bfloat16), (6, 4, 5)),
        ((torch.ones(1, 4), None), (4,)),
    ],
    ids=["nan", "constant", "integers", "truth", "complex", "a million units", "large", "half", "several"],
)
def test_tensors_of_any_kind_have_a_picture(values: object, shape: tuple[int, ...]) -> None:
    (found,) = SampleMaps(network(values), ["layer"]).read([torch.zeros(1, 1)], "run-1", 1)
    assert found.values.shape == shape
    assert found.values.dtype == np.float32
    assert math.isfinite(found.low)
    assert math.isfinite(found.high)


@pytest.mark.parametrize("values", [torch.zeros(1, 0), torch.zeros(0, 3), torch.tensor(3.0), None, "words"])
def test_of_what_holds_no_numbers_there_is_nothing(values: object) -> None:
    assert SampleMaps(network(values), ["layer"]).read([torch.zeros(1, 1)], "run-1", 1) == []


def test_what_is_no_number_is_counted_and_does_not_set_the_scale() -> None:
    values = torch.tensor([[1.0, math.nan, 3.0, math.inf]])
    (found,) = SampleMaps(network(values), ["layer"]).read([torch.zeros(1, 1)], "run-1", 1)
    assert (found.low, found.high, found.broken) == (1.0, 3.0, 2)


def test_nodes_that_are_gone_or_were_renamed_are_left_out() -> None:
    module = lower.compile(zoo.build("mlp", input_shape=(1, 4, 4), hidden=(8,))).eval()
    found = SampleMaps(module, ["gone", "", "fc1"]).read([torch.randn(1, 1, 4, 4)], "run-1", 1)
    assert [one.node for one in found] == ["fc1"]
    assert SampleMaps(module, ["gone"]).read([torch.randn(1, 1, 4, 4)], "run-1", 1) == []
