"""Gradients and Grad-CAM are those of captum."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, fx

from studio import zoo
from studio.compiler import lower
from studio.compiler.inline import inline
from studio.errors import ProbeError
from studio.probes.saliency import explain
from tests.helpers.drawing import draw

CONV = "layer3.1.conv2"


@pytest.fixture(scope="module")
def network() -> fx.GraphModule:
    torch.manual_seed(0)
    return lower.compile(zoo.build("resnet18", num_classes=10)).eval()


@pytest.fixture(scope="module")
def image() -> Tensor:
    return torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("target", [0, 7])
@pytest.mark.filterwarnings("ignore")
def test_the_gradient_is_captums(network: fx.GraphModule, image: Tensor, target: int) -> None:
    attr = pytest.importorskip("captum.attr")
    found = explain(inline(network), CONV, image, 1, target)
    wanted = attr.Saliency(network).attribute(image.clone().requires_grad_(), target=target, abs=False)
    assert found.gradient is not None
    torch.testing.assert_close(found.gradient, wanted)


@pytest.mark.parametrize("node", [CONV, "layer4.0.conv1", "conv1"])
@pytest.mark.filterwarnings("ignore")
def test_grad_cam_is_captums(network: fx.GraphModule, image: Tensor, node: str) -> None:
    attr = pytest.importorskip("captum.attr")
    found = explain(inline(network), node, image, 1, 3)
    layer = attr.LayerGradCam(network, network.get_submodule(node))
    wanted = layer.attribute(image, target=3, relu_attributions=True)[0, 0].detach()
    assert found.cam is not None
    torch.testing.assert_close(found.cam, wanted)


def test_the_predicted_class_is_explained_by_default(network: fx.GraphModule, image: Tensor) -> None:
    found = explain(inline(network), CONV, image, 1)
    with torch.inference_mode():
        scores = network(image)[0]
    torch.testing.assert_close(found.scores, scores)
    assert found.target == int(scores.argmax())


def test_a_layer_without_maps_has_no_cam(network: fx.GraphModule, image: Tensor) -> None:
    found = explain(inline(network), "flatten", image, 1)
    assert found.cam is None
    assert found.gradient is not None


def test_what_cannot_be_explained_is_said(network: fx.GraphModule, image: Tensor) -> None:
    with pytest.raises(ProbeError, match="no class 10: the network gives 10 scores"):
        explain(inline(network), CONV, image, 1, 10)
    image = ("image", "ImageInput", {"channels": 3, "height": 8, "width": 8})
    maps = lower.compile(draw(image, ("conv", "Conv2d", "image", {"out_channels": 2, "padding": 1})))
    with pytest.raises(ProbeError, match=r"one number for each\. This one gives \(2, 8, 8\)"):
        explain(inline(maps), "conv", torch.zeros(1, 3, 8, 8), 1)
