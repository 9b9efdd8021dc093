"""ResNets for ImageNet and the plain networks they are compared with; each stage is one node."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from studio.catalog.spec import ArgSpec
from studio.graph.graph import Graph
from studio.zoo.arguments import IMAGENET, IMAGENET_CLASSES, check_image
from studio.zoo.builder import Network
from studio.zoo.residual import HE, REFERENCE, SHORTCUT, STRIDE_IN, basic_block, bottleneck
from studio.zoo.template import Template

_LAYOUTS = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
}
"""Blocks of each stage, by the number of layers with weights; from 50 on they are bottlenecks."""

GROUPS = ArgSpec(
    "groups", "int", 1, "Groups of the 3×3 convolutions; ResNeXt has 32.", minimum=1, maximum=512
)
WIDTH_PER_GROUP = ArgSpec(
    "width_per_group",
    "int",
    64,
    "Filters of the 3×3 convolutions of the first stage, in each group; a wide ResNet has 128.",
    minimum=1,
    maximum=4096,
)


def resnet(
    name: str,
    depth: int,
    input_shape: tuple[int, ...],
    num_classes: int,
    shortcut: str,
    stride_in: str = "torchvision",
    groups: int = 1,
    width_per_group: int = 64,
) -> Graph:
    """Build a ResNet with torchvision's names: a stem, four rows of blocks, a mean over the maps."""
    check_image(name, input_shape)
    net, is_deep = Network(), depth >= 50
    block = bottleneck() if is_deep else basic_block()
    more: dict[str, Any] = {}
    if is_deep:
        more = {"stride_in": stride_in, "groups": groups, "width_per_group": width_per_group}
    net.input(input_shape)
    net.chain("Conv2d", "conv1", out_channels=64, kernel_size=7, stride=2, padding=3, bias=False, **HE)
    net.chain("BatchNorm2d", "bn1")
    net.chain("ReLU", "relu")
    net.chain("MaxPool2d", "maxpool", kernel_size=3, stride=2, padding=1)
    for stage, count in enumerate(_LAYOUTS[depth]):
        net.chain(
            block,
            f"layer{stage + 1}",
            repeat=count,
            width=64 * 2**stage,
            stride=2 if stage else 1,
            changes=stage > 0 or is_deep,
            shortcut=shortcut,
            **more,
        )
    net.chain("AdaptiveAvgPool2d", "avgpool", output_size=1)
    net.chain("Flatten", "flatten")
    net.chain("Linear", "fc", out_features=num_classes)
    return net.finish()


def _template(depth: int, parameters: int, macs: int) -> Template:
    is_deep = depth >= 50
    blocks = "bottlenecks" if is_deep else "basic blocks"
    counts = " + ".join(map(str, _LAYOUTS[depth]))
    more = (STRIDE_IN, GROUPS, WIDTH_PER_GROUP) if is_deep else ()
    stride = "; the stride is torchvision's unless stride_in says paper" if is_deep else ""
    return Template(
        f"resnet{depth}",
        f"ResNet-{depth}",
        f"{counts} {blocks}, {depth} layers with weights; shortcut option B{stride}. Names and weights are "
        "torchvision's.",
        (IMAGENET, IMAGENET_CLASSES, SHORTCUT, *more),
        partial(resnet, f"resnet{depth}", depth),
        REFERENCE,
        family="Residual networks",
        year=2015,
        parameters=parameters,
        macs=macs,
    )


def _plain(depth: int, parameters: int, macs: int) -> Template:
    """Return the template of a ResNet without its shortcuts."""
    more = (STRIDE_IN,) if depth >= 50 else ()
    return Template(
        f"plain{depth}",
        f"Plain-{depth}",
        f"ResNet-{depth} without its shortcuts: deeper plain networks of this kind have the higher training "
        "error.",
        (IMAGENET, IMAGENET_CLASSES, *more),
        partial(resnet, f"plain{depth}", depth, shortcut="none"),
        REFERENCE,
        family="Residual networks",
        year=2015,
        parameters=parameters,
        macs=macs,
    )


def _variant(template: Template, groups: int, width_per_group: int) -> Template:
    """Return a template of a ResNet-50 with other 3×3 convolutions by default."""
    arguments = (replace(GROUPS, default=groups), replace(WIDTH_PER_GROUP, default=width_per_group))
    return replace(
        template,
        arguments=(IMAGENET, IMAGENET_CLASSES, SHORTCUT, STRIDE_IN, *arguments),
        make=partial(resnet, template.name, 50),
        family="Residual networks",
    )


TEMPLATES = (
    _plain(18, 11_515_688, 1_794_805_760),
    _plain(34, 21_623_848, 3_644_493_824),
    _plain(50, 22_780_456, 3_729_522_688),
    _template(18, 11_689_512, 1_814_073_344),
    _template(34, 21_797_672, 3_663_761_408),
    _template(50, 25_557_032, 4_089_184_256),
    _template(101, 44_549_160, 7_801_405_440),
    _template(152, 60_192_808, 11_513_626_624),
    _variant(
        Template(
            "wide_resnet50_2",
            "Wide ResNet-50-2",
            "ResNet-50 with twice as many filters in its 3×3 convolutions. Names and weights are "
            "torchvision's.",
            (),
            resnet,
            "Zagoruyko & Komodakis 2016, arXiv:1605.07146",
            year=2016,
            parameters=68_883_240,
            macs=11_398_021_120,
        ),
        1,
        128,
    ),
    _variant(
        Template(
            "resnext50_32x4d",
            "ResNeXt-50 32×4d",
            "ResNet-50 with 3×3 convolutions in 32 groups of 4 filters. Names and weights are torchvision's.",
            (),
            resnet,
            "Xie, Girshick, Dollár, Tu & He 2016, arXiv:1611.05431",
            year=2016,
            parameters=25_028_904,
            macs=4_230_479_872,
        ),
        32,
        4,
    ),
)
