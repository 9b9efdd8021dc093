"""A layer that is taken out of its network gives there what it gives here."""

from __future__ import annotations

import torch
from torch import Tensor, fx

from studio import zoo
from studio.compiler import lower
from studio.compiler.inline import inline
from studio.probes.single_layers import (
    SingleLayer,
    ends_of,
    feeds_of,
    layers_of,
    parameters_of,
    run_nodes,
    values_of,
)
from tests.helpers.drawing import draw


def flat_of(*rows: object) -> fx.GraphModule:
    torch.manual_seed(0)
    return inline(lower.compile(draw(*rows)))


def two_readers() -> fx.GraphModule:
    """A layer that is read twice, the second time by one that works in place."""
    return flat_of(
        ("numbers", "VectorInput", {"features": 3}),
        ("fc", "Linear", "numbers", {"out_features": 4}),
        ("relu", "ReLU", "fc", {"inplace": True}),
        ("out", "Output", "relu"),
    )


def test_every_layer_alone_gives_what_it_gives_in_its_network() -> None:
    torch.manual_seed(0)
    flat = inline(lower.compile(zoo.build("resnet18", num_classes=5, input_shape=(3, 32, 32)))).eval()
    values = values_of(flat, (torch.randn(2, 3, 32, 32),))
    groups = layers_of(flat)
    assert next(iter(groups)) == "conv1"
    for name, nodes in list(groups.items())[:8]:
        layer = SingleLayer(flat, name, nodes, values)
        (alone,) = layer.outputs(layer.given())
        (end,) = ends_of(nodes)
        assert torch.equal(alone, values[end]), name


def test_inputs_and_parameters_are_leaves_that_outputs_depend_on() -> None:
    flat = two_readers()
    values = values_of(flat, (torch.randn(2, 3),))
    layer = SingleLayer(flat, "fc", layers_of(flat)["fc"], values)
    (output,) = layer.outputs(layer.given())
    (found,) = layer.inputs
    gradients = torch.autograd.grad(output.sum(), [found, *layer.parameters.values()])
    weight: Tensor = layer.parameters["fc.weight"]
    assert torch.allclose(gradients[0], weight.sum(0).expand(2, 3))
    assert list(layer.parameters) == ["fc.weight", "fc.bias"]


def test_a_layer_that_works_in_place_writes_into_a_copy() -> None:
    flat = two_readers()
    values = values_of(flat, (torch.randn(2, 3),))
    layer = SingleLayer(flat, "relu", layers_of(flat)["relu"], values)
    before = layer.inputs[0].detach().clone()
    layer.outputs(layer.given())
    assert torch.equal(layer.inputs[0].detach(), before)


def test_what_nodes_read_and_what_of_them_is_read() -> None:
    flat = two_readers()
    nodes = [node for node in flat.graph.nodes if node.op == "call_module"]
    assert [node.op for node in feeds_of(nodes)] == ["placeholder"]
    assert ends_of(nodes) == nodes[-1:]
    assert list(parameters_of(flat, nodes)) == ["fc.weight", "fc.bias"]
    start = {feeds_of(nodes)[0]: torch.zeros(1, 3)}
    assert run_nodes(flat, nodes[:1], start)[nodes[0]].tolist() == [flat.get_parameter("fc.bias").tolist()]
