"""The same names, the same weights and the same numbers as torchvision's own modules."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torchvision
from torch import Tensor, nn

from studio import zoo
from studio.compiler import lower

Case = tuple[str, str, dict[str, Any], dict[str, Any], int]

QUICK: list[Case] = [
    ("googlenet_torchvision", "googlenet", {}, {"init_weights": False, "aux_logits": True}, 64),
    ("resnet18", "resnet18", {}, {}, 32),
    ("resnet50", "resnet50", {}, {}, 32),
]
SLOW: list[Case] = [
    *((f"vgg{depth}", f"vgg{depth}", {}, {"init_weights": False}, 32) for depth in (11, 13, 16, 19)),
    *(
        (f"vgg{depth}", f"vgg{depth}_bn", {"batch_norm": True}, {"init_weights": False}, 32)
        for depth in (11, 13, 16, 19)
    ),
    *((f"resnet{depth}", f"resnet{depth}", {}, {}, 64) for depth in (34, 101, 152)),
    ("alexnet_torchvision", "alexnet", {}, {}, 63),
    ("resnext50_32x4d", "resnext50_32x4d", {}, {}, 64),
    ("wide_resnet50_2", "wide_resnet50_2", {}, {}, 64),
    ("googlenet_torchvision", "googlenet", {"aux": False}, {"init_weights": False, "aux_logits": False}, 224),
]


def assert_equal(case: Case) -> None:
    """Load torchvision's state, with no key too many or missing, and compare outputs bit by bit."""
    template, name, arguments, options, size = case
    torch.manual_seed(0)
    theirs = getattr(torchvision.models, name)(weights=None, num_classes=10, **options).eval()
    _move_statistics(theirs)
    ours = lower.compile(zoo.build(template, input_shape=(3, size, size), num_classes=10, **arguments))
    ours.load_state_dict(theirs.state_dict(), strict=True)
    images = torch.randn(2, 3, size, size)
    with torch.no_grad():
        found: Any = ours.eval()(images)
        expected: Tensor = theirs(images)
    assert torch.equal(found if isinstance(found, Tensor) else found[0], expected)


def _move_statistics(module: nn.Module) -> None:
    """Give batch normalizations running statistics that are not the identity."""
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            assert part.running_mean is not None
            assert part.running_var is not None
            part.running_mean.normal_(0.0, 0.1)
            part.running_var.uniform_(0.5, 1.5)


def _ids(case: Case) -> str:
    return f"{case[0]}-{case[1]}"


@pytest.mark.parametrize("case", QUICK, ids=_ids)
def test_state_loads_strictly_and_outputs_are_bit_equal(case: Case) -> None:
    assert_equal(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", SLOW, ids=_ids)
def test_all_others_too(case: Case) -> None:
    assert_equal(case)


def _renamed(key: str) -> str:
    """torchvision's key as ours: its blocks have names, ours are numbered in a row."""
    return key.replace("layers.encoder_layer_", "layers.").replace("heads.head.", "head.")


@pytest.mark.slow
def test_vit_b_16_loads_torchvisions_state_with_its_blocks_numbered() -> None:
    torch.manual_seed(0)
    theirs = torchvision.models.vit_b_16(weights=None, num_classes=10, image_size=32).eval()
    nn.init.normal_(theirs.heads.head.weight)
    ours = lower.compile(zoo.build("vit_b_16", input_shape=(3, 32, 32), num_classes=10))
    ours.load_state_dict({_renamed(key): value for key, value in theirs.state_dict().items()}, strict=True)
    images = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        torch.testing.assert_close(ours.eval()(images), theirs(images))


@pytest.mark.parametrize("name", ["layer1.0.conv1.weight", "layer2.0.downsample.0.weight", "fc.weight"])
def test_resnet_keys_are_torchvisions(name: str) -> None:
    module = lower.compile(zoo.build("resnet18", input_shape=(3, 32, 32)))
    assert name in module.state_dict()
