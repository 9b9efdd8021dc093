"""One sweep over the whole catalog: the meta device against the real module, compile, save, reload."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from studio.catalog import registry
from studio.catalog.spec import LayerSpec
from studio.compiler import lower
from studio.compiler.shapes import ShapeEngine
from studio.graph.graph import Graph
from studio.graph.node import Value
from studio.zoo.builder import Builder

LAYERS = [spec for spec in registry.layers().values() if spec.role == "layer"]
LOSSES = [spec for spec in registry.layers().values() if spec.role == "loss"]

ROWS = {"BatchNorm1d", "Linear", "Softmax", "LogSoftmax", "Unflatten", "Reshape"}
"""Layers tried on rows of 12 features; all others get 8×9×10 maps."""


def chain(spec: LayerSpec, **arguments: Value) -> Graph:
    """Return input → layer, with the input wired twice into a layer that takes several wires."""
    builder = Builder()
    source = builder.input((12,) if spec.kind in ROWS else (8, 9, 10))
    node_id = builder.chain(spec.kind, "it", **arguments)
    if spec.inputs[0].variadic:
        other = builder.add("Identity", "other", {}, column=1, row=1)
        builder.connect(source, other, "input")
        builder.connect(other, node_id, spec.inputs[0].name)
    return builder.graph


def batch(spec: LayerSpec) -> Tensor:
    return torch.randn(4, 12) if spec.kind in ROWS else torch.randn(4, 8, 9, 10)


@pytest.mark.parametrize("spec", LAYERS, ids=lambda spec: spec.kind)
def test_defaults_compile_and_give_the_shape_that_meta_said(spec: LayerSpec) -> None:
    graph = chain(spec)
    report = ShapeEngine().infer(graph)
    assert report.problems == []
    module = lower.compile(graph)
    output = module(batch(spec))
    node = graph.named("it")
    assert tuple(output.shape[1:]) == report.outputs[node.id, "output"].shape
    assert str(output.dtype) == "torch.float32"
    assert sum(p.numel() for p in module.parameters()) == report.answers[node.id].parameters


@pytest.mark.parametrize("spec", LAYERS, ids=lambda spec: spec.kind)
def test_state_survives_safetensors(spec: LayerSpec, tmp_path: Path) -> None:
    inputs = batch(spec)
    first, second = (lower.compile(chain(spec)).eval() for _ in range(2))
    save_file(first.state_dict(), tmp_path / "it.safetensors")
    second.load_state_dict(load_file(tmp_path / "it.safetensors"))
    assert torch.equal(first(inputs.clone()), second(inputs.clone()))


@pytest.mark.parametrize("spec", LOSSES, ids=lambda spec: spec.kind)
def test_every_loss_compiles_and_gives_a_number(spec: LayerSpec) -> None:
    encoding = "index" if spec.kind in ("CrossEntropyLoss", "NLLLoss") else "float"
    builder = Builder()
    builder.input((12,))
    builder.chain("Linear", "fc", out_features=3 if encoding == "index" else 1)
    builder.chain("Sigmoid", "sigmoid")
    network = lower.build(builder.finish(spec.kind, encoding))
    truth = torch.tensor([0, 2, 1, 1]) if encoding == "index" else torch.ones(4, 1)
    (term,) = network.losses
    loss = term.module(network.module(torch.randn(4, 12)), truth)
    assert loss.shape == ()
    assert torch.isfinite(loss)
    assert (term.output, term.target, term.encoding) == (0, None, encoding)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("Conv2d", {"kernel_size": (3, 5), "padding": "same"}),
        ("Conv2d", {"kernel_size": (3, 5), "stride": 2, "padding": (1, 2), "groups": 4, "bias": False}),
        ("Conv2d", {"padding": 1, "padding_mode": "reflect", "dilation": 2}),
        ("ConvTranspose2d", {"stride": 2, "output_padding": 1}),
        ("MaxPool2d", {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}),
        ("AvgPool2d", {"kernel_size": 3, "count_include_pad": False, "divisor_override": 4}),
        ("AdaptiveAvgPool2d", {"output_size": (2, 3)}),
        ("BatchNorm2d", {"momentum": None, "affine": False, "track_running_stats": False}),
        ("LayerNorm", {"normalized_shape": (9, 10), "bias": False}),
        ("PReLU", {"num_parameters": 8}),
        ("Flatten", {"start_dim": 2}),
        ("Concat", {"dim": -1}),
        ("Linear", {"out_features": 5, "bias": False}),
        ("Reshape", {"shape": (3, 4)}),
        ("Reshape", {"shape": 12}),
        ("Unflatten", {"unflattened_size": (3, -1)}),
    ],
    ids=str,
)
def test_arguments_off_their_defaults_reach_torch(kind: str, arguments: dict[str, Value]) -> None:
    spec = registry.get(kind)
    graph = chain(spec, **arguments)
    report = ShapeEngine().infer(graph)
    assert report.problems == []
    module = lower.compile(graph)
    assert tuple(module(batch(spec)).shape[1:]) == report.outputs[graph.named("it").id, "output"].shape
    if spec.call == "module":
        built = module.get_submodule("it")
        for name, value in arguments.items():
            found = getattr(built, name, value) if name != "bias" else built.bias is not None
            assert found in (value, (value, value), (value,)), name
