"""Learned weights as pictures: which layers have them, and what they show."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import fx, nn

from studio import zoo
from studio.compiler import lower
from studio.probes.filters import filters_of
from tests.compiler.test_blocks import rows
from tests.helpers.drawing import block, draw


def compiled(template: str, shape: tuple[int, ...]) -> torch.fx.GraphModule:
    torch.manual_seed(0)
    return lower.compile(zoo.build(template, input_shape=shape))


def layer_names(module: torch.fx.GraphModule, kind: type) -> list[str]:
    return [name for name, layer in module.named_modules() if isinstance(layer, kind)]


def test_grey_convolution_shows_its_kernels_largest_first() -> None:
    module = compiled("small_cnn", (1, 8, 8))
    name = layer_names(module, torch.nn.Conv2d)[0]
    weight = module.get_submodule(name).weight.detach()[:, 0].numpy()
    found = filters_of(module, "r", name, 3)
    assert found is not None
    norms = np.linalg.norm(weight.reshape(len(weight), -1), axis=1)
    assert list(found.order) == sorted(range(len(weight)), key=lambda index: -norms[index])
    assert np.array_equal(found.pictures, weight[list(found.order)])
    assert found.scale == pytest.approx(np.abs(weight).max())
    assert (found.total, found.step) == (len(weight), 3)


def test_limit_keeps_the_largest() -> None:
    module = compiled("small_cnn", (1, 8, 8))
    name = layer_names(module, torch.nn.Conv2d)[0]
    everything, few = (filters_of(module, "r", name, 0, limit) for limit in (64, 2))
    assert everything is not None
    assert few is not None
    assert few.order == everything.order[:2]
    assert few.pictures.shape[0] == 2
    assert few.total == everything.total


def test_colour_convolution_shows_colour_pictures() -> None:
    module = compiled("small_cnn", (3, 8, 8))
    name = layer_names(module, torch.nn.Conv2d)[0]
    found = filters_of(module, "r", name, 0)
    weight = module.get_submodule(name).weight.detach()
    assert found is not None
    assert found.pictures.shape[-1] == 3
    assert np.array_equal(found.pictures[0], weight[found.order[0]].permute(1, 2, 0).numpy())


def test_deep_convolution_shows_the_mean_over_its_inputs() -> None:
    module = compiled("small_cnn", (1, 8, 8))
    name = layer_names(module, torch.nn.Conv2d)[1]
    found = filters_of(module, "r", name, 0)
    weight = module.get_submodule(name).weight.detach()
    assert found is not None
    assert found.pictures[0] == pytest.approx(weight[found.order[0]].mean(0).numpy())


def test_linear_layer_on_the_image_shows_pictures_of_its_shape() -> None:
    module = compiled("mlp", (1, 8, 8))
    found = filters_of(module, "r", "fc1", 0, image=(1, 8, 8))
    assert found is not None
    assert found.pictures.shape[1:] == (8, 8)
    expected = module.get_submodule("fc1").weight.detach()[found.order[0]].reshape(8, 8).numpy()
    assert np.array_equal(found.pictures[0], expected)


@pytest.mark.parametrize(
    ("template", "shape", "node", "image"),
    [
        ("mlp", (300,), "fc1", ()),
        ("mlp", (1, 8, 8), "relu1", (1, 8, 8)),
        ("mlp", (1, 8, 8), "nowhere", (1, 8, 8)),
    ],
    ids=["many-inputs", "no-weights", "no-node"],
)
def test_other_layers_have_no_picture(
    template: str, shape: tuple[int, ...], node: str, image: tuple[int, ...]
) -> None:
    assert filters_of(compiled(template, shape), "r", node, 0, image=image) is None


def test_filters_of_layers_inside_blocks_are_found_by_dotted_names() -> None:
    module = lower.compile(rows())
    found = filters_of(module, "r", "layer1.0.conv1", 0)
    assert found is not None
    assert found.pictures.shape == (3, 3, 3, 3)
    assert filters_of(module, "r", "layer1", 0) is None


def test_a_linear_layer_inside_a_block_sees_the_image_outside() -> None:
    cell = block(
        "Cell",
        ("x", "BlockInput"),
        ("fc", "Linear", "x", {"out_features": 5}),
        ("y", "BlockOutput", "fc"),
    )
    graph = draw(
        ("image", "ImageInput", {"channels": 1, "height": 4, "width": 4}),
        ("flatten", "Flatten", "image"),
        ("row", "block:Cell", "flatten", {"repeat": 2}),
        blocks=[cell],
    )
    module = lower.compile(graph)
    found = filters_of(module, "r", "row.0.fc", 0, image=(1, 4, 4))
    assert found is not None
    assert found.pictures.shape == (5, 4, 4)
    deeper = filters_of(module, "r", "row.1.fc", 0, image=(1, 4, 4))
    assert deeper is not None
    assert deeper.pictures.shape == (5, 1, 5)


def test_a_linear_layer_of_few_inputs_shows_a_strip_for_each_unit() -> None:
    module = compiled("mlp", (2,))
    found = filters_of(module, "r", "fc1", 0)
    weight = module.get_submodule("fc1").weight.detach().numpy()
    assert found is not None
    assert np.array_equal(found.pictures[:, 0], weight[list(found.order)])


@pytest.mark.parametrize(
    ("layer", "picture"),
    [
        (nn.Conv1d(4, 6, 5), lambda weight: weight.mean(1)[:, None]),
        (nn.Conv3d(2, 6, (2, 3, 4)), lambda weight: weight.mean((1, 2))),
        (nn.ConvTranspose2d(6, 4, 3), lambda weight: weight.mean(0)),
        (nn.ConvTranspose2d(3, 5, 3), lambda weight: weight.permute(1, 2, 3, 0)),
        (
            nn.ConvTranspose1d(4, 6, 5, groups=2),
            lambda weight: torch.cat([weight[:2].mean(0), weight[2:].mean(0)])[:, None],
        ),
    ],
    ids=["1d", "3d", "transposed", "transposed colour", "transposed in groups"],
)
def test_any_convolution_has_a_picture_for_each_output_channel(
    layer: nn.Module, picture: Callable[[torch.Tensor], torch.Tensor]
) -> None:
    graph = fx.Graph()
    graph.output(graph.call_module("conv", (graph.placeholder("x"),)))
    module = fx.GraphModule(nn.ModuleDict({"conv": layer}), graph)
    found = filters_of(module, "r", "conv", 0)
    assert found is not None
    wanted = picture(layer.weight.detach())  # type: ignore[operator, union-attr]
    np.testing.assert_allclose(found.pictures, wanted[list(found.order)].numpy(), rtol=1e-5, atol=1e-8)
