"""Pooling: summaries of neighbourhoods, which make maps smaller without learning anything."""

from __future__ import annotations

from dataclasses import replace

from studio.catalog.spec import IMAGES_IN, TENSOR_OUT, ArgSpec, LayerSpec

_KERNEL = ArgSpec(
    "kernel_size", "pair", 2, "Height and width of the window.", minimum=1, required=True, unit="px"
)
_STRIDE = ArgSpec(
    "stride",
    "pair",
    None,
    "Step of the window; empty takes kernel_size.",
    minimum=1,
    optional=True,
    unit="px",
)
_PADDING = ArgSpec(
    "padding",
    "pair",
    0,
    "Border added on each side, at most half of kernel_size; never the maximum.",
    minimum=0,
    unit="px",
)
_CEIL = ArgSpec("ceil_mode", "bool", False, "Round the output size up, so that windows may leave the border.")
_OUTPUT = ArgSpec(
    "output_size",
    "pair",
    1,
    "Height and width of the output, whatever the input's.",
    minimum=1,
    required=True,
    unit="px",
)

LAYERS = (
    LayerSpec(
        "MaxPool2d",
        "MaxPool2d",
        "pooling",
        "torch.nn.MaxPool2d",
        "Keep the largest value of each window; small shifts of the input change little.",
        (
            _KERNEL,
            _STRIDE,
            _PADDING,
            ArgSpec("dilation", "pair", 1, "Distance between the places of a window.", minimum=1, unit="px"),
            _CEIL,
        ),
        (IMAGES_IN,),
        (TENSOR_OUT,),
        formula="out = max over the window",
        reference="torch.nn.MaxPool2d",
        synonyms=("maximum", "subsampling", "downsample"),
        card="{kernel_size}",
    ),
    LayerSpec(
        "AvgPool2d",
        "AvgPool2d",
        "pooling",
        "torch.nn.AvgPool2d",
        "Keep the mean of each window.",
        (
            _KERNEL,
            _STRIDE,
            replace(_PADDING, help="Border of zeros added on each side, at most half of kernel_size."),
            _CEIL,
            ArgSpec("count_include_pad", "bool", True, "Let the zeros of the border count in the mean."),
            ArgSpec(
                "divisor_override",
                "int",
                None,
                "Divide the sum by this; empty divides by the size of the window.",
                minimum=1,
                optional=True,
            ),
        ),
        (IMAGES_IN,),
        (TENSOR_OUT,),
        formula="out = mean over the window",
        reference="torch.nn.AvgPool2d; LeCun et al. 1998",
        synonyms=("mean", "average", "subsampling", "downsample", "lenet"),
        card="{kernel_size}",
    ),
    LayerSpec(
        "AdaptiveAvgPool2d",
        "AdaptiveAvgPool2d",
        "pooling",
        "torch.nn.AdaptiveAvgPool2d",
        "Average to a fixed size; 1 leaves one number for each channel, whatever the image's size.",
        (_OUTPUT,),
        (IMAGES_IN,),
        (TENSOR_OUT,),
        formula="out = mean over H/height × W/width places",
        reference="torch.nn.AdaptiveAvgPool2d; Lin et al. 2013, arXiv:1312.4400",
        synonyms=("global average pooling", "gap", "mean"),
        card="{output_size}",
    ),
    LayerSpec(
        "AdaptiveMaxPool2d",
        "AdaptiveMaxPool2d",
        "pooling",
        "torch.nn.AdaptiveMaxPool2d",
        "Keep the largest values at a fixed size, whatever the image's size.",
        (_OUTPUT,),
        (IMAGES_IN,),
        (TENSOR_OUT,),
        formula="out = max over H/height × W/width places",
        reference="torch.nn.AdaptiveMaxPool2d",
        synonyms=("global max pooling", "maximum"),
        card="{output_size}",
    ),
)
