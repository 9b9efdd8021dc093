"""One sweep over the whole catalog: meta device against real module, compile, save, reload, export."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_model, save_model
from torch import Tensor

from studio.catalog import registry
from studio.compiler import lower
from studio.compiler.analysis import analyse
from studio.graph.graph import Graph
from studio.graph.node import Value
from studio.project.format import dumps, loads
from studio.project.project import Project
from tests.helpers.any_layer import around, batch_of, tensors

KINDS = list(registry.layers())
LAYERS = [kind for kind in KINDS if registry.get(kind).role == "layer"]
LEARNING = [kind for kind in LAYERS if registry.get(kind).learns]
LOSSES = [kind for kind in KINDS if registry.get(kind).role == "loss"]

SAMPLES = 4

pytestmark = pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")  # KLDivLoss, of its own default


def run(graph: Graph, seed: int = 0) -> tuple[lower.Network, list[Tensor], list[Tensor]]:
    """Return a compiled graph, a batch for it, and what it makes of the batch; in evaluation mode."""
    torch.manual_seed(seed)
    network = lower.build(graph)
    network.module.eval()
    inputs = batch_of(graph, network, SAMPLES)
    torch.manual_seed(seed)
    return network, inputs, tensors(network.module(*[item.clone() for item in inputs]))


@pytest.mark.parametrize("kind", KINDS)
def test_defaults_compile_and_give_the_shapes_that_meta_said(kind: str) -> None:
    graph = around(kind)
    analysis = analyse(graph)
    network = lower.build(graph)
    outputs = tensors(network.module(*batch_of(graph, network, SAMPLES, analysis)))
    losses = [node for node in graph.ordered() if node.kind in LOSSES]
    sources = [analysis.expansion.source(*end) for end in lower.output_sources(graph, losses)]
    said = [analysis.shapes.outputs[source] for source in sources if source is not None]
    assert [str(output.dtype) for output in outputs] == [f"torch.{kind.dtype}" for kind in said]
    assert [tuple(output.shape) for output in outputs] == [(SAMPLES, *kind.shape) for kind in said]
    assert analysis.totals.parameters == sum(p.numel() for p in network.module.parameters())


@pytest.mark.parametrize("kind", KINDS)
def test_a_project_file_keeps_it(kind: str) -> None:
    project = Project("it", around(kind))
    again = loads(dumps(project), "it")
    assert again == project
    assert dumps(again) == dumps(project)


@pytest.mark.parametrize("kind", LEARNING)
def test_weights_survive_safetensors(kind: str, tmp_path: Path) -> None:
    graph = around(kind)
    network, inputs, outputs = run(graph)
    save_model(network.module, str(tmp_path / "it.safetensors"))
    torch.manual_seed(1)
    other = lower.compile(graph).eval()
    load_model(other, str(tmp_path / "it.safetensors"))
    again = tensors(other(*inputs))
    assert all(torch.equal(one, two) for one, two in zip(outputs, again, strict=True))


@pytest.mark.parametrize("kind", LAYERS)
def test_it_learns_exactly_if_the_catalog_says_so(kind: str) -> None:
    spec = registry.get(kind)
    if spec.call != "parameter":
        answer = analyse(around(kind)).shapes.answers["it"]
        assert spec.learns or answer.parameters == 0


@pytest.mark.parametrize("kind", LOSSES)
def test_every_loss_gives_a_number(kind: str) -> None:
    graph = around(kind)
    network = lower.build(graph)
    (term,) = network.losses
    truth = {
        "index": torch.tensor([0, 2, 1, 1]),
        "one_hot": torch.eye(3)[[0, 2, 1, 1]],
        "float": torch.ones(SAMPLES, 1),
    }[term.encoding]
    loss = term.module(network.module(*batch_of(graph, network, SAMPLES)), truth)
    assert loss.shape == ()
    assert math.isfinite(loss.item())


CANNOT_BE_EXPORTED = {"HOG"}
"""What a library computes on NumPy arrays."""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", sorted(CANNOT_BE_EXPORTED))
def test_torch_export_still_refuses_it(kind: str) -> None:
    network, inputs, _ = run(around(kind))
    with pytest.raises(Exception, match="numpy"):
        torch.export.export(network.module, tuple(inputs))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", [kind for kind in LAYERS if kind not in CANNOT_BE_EXPORTED])
def test_torch_export_takes_it(kind: str) -> None:
    network, inputs, outputs = run(around(kind))
    exported = torch.export.export(network.module, tuple(inputs)).module()
    torch.manual_seed(0)
    again = tensors(exported(*inputs))
    assert all(
        torch.allclose(one, two, atol=1e-6, equal_nan=True) for one, two in zip(outputs, again, strict=True)
    )


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("Conv2d", {"kernel_size": (3, 5), "padding": "same"}),
        ("Conv2d", {"kernel_size": (3, 5), "stride": 2, "padding": (1, 2), "groups": 4, "bias": False}),
        ("Conv2d", {"padding": 1, "padding_mode": "reflect", "dilation": 2}),
        ("Conv1d", {"kernel_size": 5, "padding": "same", "padding_mode": "circular"}),
        ("Conv3d", {"kernel_size": (1, 2, 3), "stride": (1, 2, 1), "groups": 2}),
        ("ConvTranspose2d", {"stride": 2, "output_padding": 1}),
        ("ConvTranspose3d", {"stride": (1, 2, 2), "output_padding": (0, 1, 0)}),
        ("MaxPool2d", {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}),
        ("AvgPool2d", {"kernel_size": 3, "count_include_pad": False, "divisor_override": 4}),
        ("AvgPool1d", {"kernel_size": 3, "ceil_mode": True, "count_include_pad": False}),
        ("LPPool2d", {"norm_type": 1.5, "kernel_size": (2, 3), "stride": 1, "ceil_mode": True}),
        ("AdaptiveAvgPool2d", {"output_size": (2, 3)}),
        ("AdaptiveAvgPool2d", {"output_size": (None, 3)}),
        ("AdaptiveMaxPool3d", {"output_size": (None, 3, None)}),
        ("FractionalMaxPool2d", {"output_size": (3, 4), "output_ratio": None}),
        ("MaxUnpool2d", {"output_size": 6}),
        ("ZeroPad2d", {"padding": (1, 2, 0, -1)}),
        ("CircularPad3d", {"padding": (1, 2, 0, 1, 6, 0)}),
        ("ConstantPad1d", {"padding": (1, 0), "value": 0.5}),
        ("BatchNorm2d", {"momentum": None, "affine": False, "track_running_stats": False}),
        ("InstanceNorm3d", {"affine": True, "track_running_stats": True}),
        ("LayerNorm", {"normalized_shape": (6, 6), "bias": False}),
        ("LayerNorm2d", {"normalized_shape": (8,), "elementwise_affine": False}),
        ("PReLU", {"num_parameters": 8}),
        ("RReLU", {"lower": -0.5, "upper": 0.5}),
        ("GLU", {"dim": 1}),
        ("StochasticDepth", {"p": 0.5, "mode": "batch"}),
        ("Upsample", {"scale_factor": (1.5, 2.0), "mode": "bilinear", "align_corners": True}),
        ("Upsample", {"size": 9, "scale_factor": None, "mode": "bicubic"}),
        ("UpsamplingNearest2d", {"size": (7, 9), "scale_factor": None}),
        ("Unfold", {"kernel_size": (2, 3), "stride": 2, "padding": 1}),
        ("Flatten", {"start_dim": 2}),
        ("Concat", {"dim": -1}),
        ("Linear", {"out_features": 5, "bias": False}),
        ("Reshape", {"shape": (3, 96)}),
        ("Reshape", {"shape": 288}),
        ("Unflatten", {"unflattened_size": (4, -1)}),
    ],
    ids=str,
)
def test_arguments_off_their_defaults_reach_torch(kind: str, arguments: dict[str, Value]) -> None:
    graph = around(kind, **arguments)
    analysis = analyse(graph)
    assert analysis.problems == ()
    network = lower.build(graph)
    (output, *_) = tensors(network.module(*batch_of(graph, network, SAMPLES, analysis)))
    spec = registry.get(kind)
    assert tuple(output.shape[1:]) == analysis.shapes.outputs["it", "output"].shape
    if spec.call == "module":
        built = network.module.get_submodule("it")
        for name, value in arguments.items():
            found = getattr(built, name, value) if name != "bias" else built.bias is not None
            assert found in (value, (value, value), (value,)), name


def test_an_expression_of_a_loss_is_worked_out() -> None:
    (term,) = lower.build(around("HuberLoss", loss_weight="=1 + 1")).losses
    assert term.weight == 2.0
