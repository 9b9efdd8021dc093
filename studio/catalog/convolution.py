"""Convolutions: weights shared over space."""

from __future__ import annotations

from studio.catalog.spec import TENSOR_OUT, ArgSpec, LayerSpec
from studio.graph.port import PortSpec

CONV_ARGUMENTS = (
    ArgSpec(
        "in_channels",
        "int",
        None,
        "Channels of the input; read off the wire when empty.",
        minimum=1,
        required=True,
        infer="channels",
    ),
    ArgSpec(
        "out_channels", "int", 32, "Number of filters, and so of output channels.", minimum=1, required=True
    ),
    ArgSpec("kernel_size", "pair", 3, "Height and width of a filter.", minimum=1, required=True, unit="px"),
    ArgSpec("stride", "pair", 1, "Step of the filter over the input.", minimum=1, unit="px"),
    ArgSpec(
        "padding",
        "pair",
        0,
        'Border added on each side; "same" keeps the size.',
        minimum=0,
        choices=("valid", "same"),
        unit="px",
    ),
    ArgSpec("dilation", "pair", 1, "Distance between the taps of a filter.", minimum=1, unit="px"),
    ArgSpec(
        "groups", "int", 1, "Parts into which the channels are split; each has filters of its own.", minimum=1
    ),
    ArgSpec("bias", "bool", True, "Add a learned constant to each output channel."),
    ArgSpec(
        "padding_mode",
        "choice",
        "zeros",
        "What the border is filled with.",
        choices=("zeros", "reflect", "replicate", "circular"),
    ),
)

LAYERS = (
    LayerSpec(
        "Conv2d",
        "Conv2d",
        "convolution",
        "torch.nn.Conv2d",
        "Slide learned filters over an image; every place shares their weights.",
        CONV_ARGUMENTS,
        (PortSpec("input", layout="N, C, H, W", help="Images or feature maps."),),
        (TENSOR_OUT,),
        formula="out[k] = bias[k] + Σ_c weight[k, c] ⋆ input[c]",
        reference="torch.nn.Conv2d; LeCun et al. 1998",
        synonyms=("convolution", "convolutional", "filter", "kernel", "cnn"),
        card="{kernel_size}, {out_channels}",
    ),
)
