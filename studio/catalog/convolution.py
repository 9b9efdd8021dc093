"""Convolutions: weights shared over space."""

from __future__ import annotations

from dataclasses import replace

from studio.catalog.spaces import SPACES, Space
from studio.catalog.spec import TENSOR_OUT, ArgSpec, LayerSpec

_IN = ArgSpec(
    "in_channels",
    "int",
    None,
    "Channels of the input; read off the wire when empty.",
    minimum=1,
    required=True,
    infer="channels",
)
_OUT = ArgSpec(
    "out_channels", "int", 32, "Number of filters, and so of output channels.", minimum=1, required=True
)
_GROUPS = ArgSpec(
    "groups", "int", 1, "Parts into which the channels are split; each has filters of its own.", minimum=1
)
_BIAS = ArgSpec("bias", "bool", True, "Add a learned constant to each output channel.")
_MODE = ArgSpec(
    "padding_mode",
    "choice",
    "zeros",
    "What the border is filled with.",
    choices=("zeros", "reflect", "replicate", "circular"),
)

_REFERENCES = {
    1: "Waibel et al. 1989; van den Oord et al. 2016, arXiv:1609.03499",
    2: "LeCun et al. 1998",
    3: "Tran et al. 2015, arXiv:1412.0767",
}
_SYNONYMS = {
    1: ("temporal", "sequence", "audio", "text", "time delay", "tdnn"),
    2: (),
    3: ("volume", "video", "film", "medical", "c3d"),
}
_THINGS = {1: "a sequence", 2: "an image", 3: "a volume or a film"}


def conv_arguments(space: Space) -> tuple[ArgSpec, ...]:
    """Return the arguments of a convolution over sequences, maps or volumes, in torch's order."""
    return (
        _IN,
        _OUT,
        space.window("kernel_size", 3, f"{space.sizes('a filter')}.", required=True),
        space.window("stride", 1, "Step of the filter over the input."),
        space.window(
            "padding",
            0,
            'Border added on each side; "same" keeps the size.',
            minimum=0,
            choices=("valid", "same"),
        ),
        space.window("dilation", 1, "Distance between the taps of a filter."),
        _GROUPS,
        _BIAS,
        _MODE,
    )


def _conv(space: Space) -> LayerSpec:
    kind = space.kind("Conv")
    return LayerSpec(
        kind,
        kind,
        "convolution",
        f"torch.nn.{kind}",
        f"Slide learned filters over {_THINGS[space.dims]}; every place shares their weights.",
        conv_arguments(space),
        (space.port,),
        (TENSOR_OUT,),
        formula="out[k] = bias[k] + Σ_c weight[k, c] ⋆ input[c]",
        reference=f"torch.nn.{kind}; {_REFERENCES[space.dims]}",
        synonyms=(
            "convolution",
            "convolutional",
            "filter",
            "kernel",
            "cnn",
            "depthwise",
            "dilated",
            "atrous",
            *_SYNONYMS[space.dims],
        ),
        card=f"{{kernel_size{space.times}}}, {{out_channels}}",
        learns=True,
    )


def _transposed(space: Space) -> LayerSpec:
    kind = space.kind("ConvTranspose")
    _, _, kernel, stride, padding, dilation, *_ = conv_arguments(space)
    arguments = (
        _IN,
        _OUT,
        replace(kernel, default=2),
        replace(stride, help=f"How many times larger the {space.noun} become."),
        replace(padding, help="Border taken off each side of the output.", choices=()),
        space.window(
            "output_padding",
            0,
            "Places added on one side of each dimension; smaller than stride or dilation.",
            minimum=0,
        ),
        _GROUPS,
        _BIAS,
        dilation,
        replace(_MODE, help="Only zeros can be undone by a transposed convolution.", choices=("zeros",)),
    )
    return LayerSpec(
        kind,
        kind,
        "convolution",
        f"torch.nn.{kind}",
        f"Enlarge {space.noun} with learned filters; the shapes of {space.kind('Conv')} the other way round.",
        arguments,
        (space.port,),
        (TENSOR_OUT,),
        formula="size = (input − 1)·stride − 2·padding + dilation·(kernel_size − 1) + output_padding + 1",
        reference=f"torch.nn.{kind}; Zeiler et al. 2010",
        synonyms=(
            "deconvolution",
            "upsample",
            "upsampling",
            "decoder",
            "fractionally strided",
            *_SYNONYMS[space.dims],
        ),
        card=f"{{kernel_size{space.times}}}, {{out_channels}}",
        learns=True,
    )


LAYERS = (*(_conv(space) for space in SPACES), *(_transposed(space) for space in SPACES))
