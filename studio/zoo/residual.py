"""Residual blocks: basic and bottleneck, with the shortcut options of the paper, or with none."""

from __future__ import annotations

from typing import Any

from studio.catalog.spec import ArgSpec
from studio.graph.block import BlockArgument
from studio.zoo.builder import Design, Inside

REFERENCE = "He, Zhang, Ren & Sun 2015, arXiv:1512.03385"

SHORTCUT = ArgSpec(
    "shortcut",
    "choice",
    "B",
    "A: identity, new channels filled with zeros. B: 1×1 projection where the shape changes. C: projections "
    "everywhere. none: a plain network.",
    choices=("A", "B", "C", "none"),
)
HE: dict[str, Any] = {"weight_init": "kaiming_normal", "init_mode": "fan_out"}
"""How convolutions of residual networks start: He et al. 2015, arXiv:1502.01852, as torchvision takes it."""

STRIDE_IN = ArgSpec(
    "stride_in",
    "choice",
    "torchvision",
    "Where a bottleneck takes its stride. paper: in the first 1×1 convolution. torchvision: in the 3×3 one.",
    choices=("paper", "torchvision"),
)

_WIDTH = BlockArgument("width", 64, "Filters of the 3×3 convolutions.", minimum=1)
_STRIDE = BlockArgument("stride", 1, "Step of the row's first block; the others keep the size.", minimum=1)
_CHANGES = BlockArgument(
    "changes", False, "The first block changes the number of channels or the size, so its shortcut must too."
)
_SHORTCUT = BlockArgument("shortcut", "B", SHORTCUT.help, choices=SHORTCUT.choices)

_STEP = "(stride if index == 0 else 1)"


def basic_block(width: str = "width") -> Design:
    """Return two 3×3 convolutions with a shortcut around them; the ReLU comes after the sum."""
    inside = Inside()
    entry = inside.port()
    _convolution(inside, 1, width, 3, stride=f"={_STEP}")
    inside.chain("ReLU", "relu")
    inside.line()
    _convolution(inside, 2, width, 3, column=1)
    _close(inside, entry, width)
    return inside.design(
        "BasicBlock",
        "Two 3×3 convolutions with batch normalization, and a shortcut around them.",
        (_WIDTH, _STRIDE, _CHANGES, _SHORTCUT),
        REFERENCE,
    )


def bottleneck() -> Design:
    """Return a 1×1, a 3×3 and a 1×1 convolution with a shortcut around them.

    Its output has four times as many channels as `width`. ``groups`` and ``width_per_group`` are those of
    ResNeXt and of wide ResNets.
    """
    inside = Inside()
    entry = inside.port()
    inner = "width * width_per_group // 64 * groups"
    first, second = (f"={_STEP} if stride_in == '{where}' else 1" for where in ("paper", "torchvision"))
    _convolution(inside, 1, inner, 1, stride=first)
    inside.chain("ReLU", "relu1")
    _convolution(inside, 2, inner, 3, stride=second, groups="=groups")
    inside.chain("ReLU", "relu2")
    inside.line()
    _convolution(inside, 3, "width * 4", 1, column=1)
    _close(inside, entry, "width * 4")
    return inside.design(
        "Bottleneck",
        "1×1, 3×3 and 1×1 convolutions with batch normalization, and a shortcut around them.",
        (
            _WIDTH,
            _STRIDE,
            _CHANGES,
            _SHORTCUT,
            BlockArgument("stride_in", "torchvision", STRIDE_IN.help, choices=STRIDE_IN.choices),
            BlockArgument("groups", 1, "Groups of the 3×3 convolution (ResNeXt: 32).", minimum=1),
            BlockArgument("width_per_group", 64, "Its filters for each 64 of width and group.", minimum=1),
        ),
        REFERENCE,
    )


def _convolution(
    inside: Inside,
    number: int,
    width: str,
    kernel: int,
    *,
    stride: str = "=1",
    groups: str = "=1",
    column: int | None = None,
) -> None:
    """Add a convolution that keeps the size, unless it has a stride, and its normalization."""
    inside.chain(
        "Conv2d",
        f"conv{number}",
        column=column,
        out_channels=f"={width}",
        kernel_size=kernel,
        stride=1 if stride == "=1" else stride,
        padding=kernel // 2,
        groups=1 if groups == "=1" else groups,
        bias=False,
        **HE,
    )
    inside.chain("BatchNorm2d", f"bn{number}")


def _close(inside: Inside, entry: str, width: str) -> None:
    """Add the shortcut under the last convolution, which begins a line, the sum and the last ReLU.

    What an option does not need is switched off by its expression, and passes its input on.
    """
    main = inside.last
    by_b = "shortcut == 'B' and changes and index == 0"
    projection = inside.add(
        projection_block(),
        "downsample",
        entry,
        row=1,
        column=1,
        width=f"={width}",
        stride=f"={_STEP}",
        enabled=f"=shortcut == 'C' or {by_b}",
    )
    padding = inside.add(
        "ZeroPadShortcut",
        "pad",
        projection,
        out_channels=f"={width}",
        stride=f"={_STEP}",
        enabled="=shortcut == 'A' and changes and index == 0",
    )
    inside.chain("Add", "add", (main, padding), enabled="=shortcut != 'none'")
    inside.chain("ReLU", "relu_out")
    inside.give()


def projection_block() -> Design:
    """Return a 1×1 convolution with batch normalization, named as in torchvision."""
    inside = Inside()
    inside.port()
    inside.chain("Conv2d", "0", out_channels="=width", kernel_size=1, stride="=stride", bias=False, **HE)
    inside.chain("BatchNorm2d", "1")
    inside.give()
    return inside.design(
        "Projection",
        "1×1 convolution that gives a shortcut the shape of what it is added to.",
        (
            BlockArgument("width", 64, "Channels of the output.", minimum=1),
            BlockArgument("stride", 1, "Step over the input.", minimum=1),
        ),
        REFERENCE,
    )
