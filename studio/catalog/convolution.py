"""Convolutions: weights shared over space."""

from __future__ import annotations

from dataclasses import replace

from studio.catalog.spec import IMAGES_IN, TENSOR_OUT, ArgSpec, LayerSpec

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

_IN, _OUT, _KERNEL, _STRIDE, _PADDING, _DILATION, _GROUPS, _BIAS, _MODE = CONV_ARGUMENTS

TRANSPOSED_ARGUMENTS = (
    _IN,
    _OUT,
    replace(_KERNEL, default=2),
    replace(_STRIDE, help="How many times larger the maps become."),
    replace(_PADDING, help="Border taken off each side of the output.", choices=()),
    ArgSpec(
        "output_padding",
        "pair",
        0,
        "Rows and columns added on one side; smaller than stride or dilation.",
        minimum=0,
        unit="px",
    ),
    _GROUPS,
    _BIAS,
    _DILATION,
    replace(_MODE, help="Only zeros can be undone by a transposed convolution.", choices=("zeros",)),
)

LAYERS = (
    LayerSpec(
        "Conv2d",
        "Conv2d",
        "convolution",
        "torch.nn.Conv2d",
        "Slide learned filters over an image; every place shares their weights.",
        CONV_ARGUMENTS,
        (IMAGES_IN,),
        (TENSOR_OUT,),
        formula="out[k] = bias[k] + Σ_c weight[k, c] ⋆ input[c]",
        reference="torch.nn.Conv2d; LeCun et al. 1998",
        synonyms=("convolution", "convolutional", "filter", "kernel", "cnn"),
        card="{kernel_size:pair}, {out_channels}",
    ),
    LayerSpec(
        "ConvTranspose2d",
        "ConvTranspose2d",
        "convolution",
        "torch.nn.ConvTranspose2d",
        "Enlarge feature maps with learned filters; the shapes of a Conv2d the other way round.",
        TRANSPOSED_ARGUMENTS,
        (IMAGES_IN,),
        (TENSOR_OUT,),
        formula="height = (H − 1)·stride − 2·padding + dilation·(kernel_size − 1) + output_padding + 1",
        reference="torch.nn.ConvTranspose2d; Zeiler et al. 2010",
        synonyms=("deconvolution", "upsample", "upsampling", "decoder", "fractionally strided"),
        card="{kernel_size:pair}, {out_channels}",
    ),
)
