"""Up-sampling and rearranging places: larger maps without weights, pixel shuffles, patches."""

from __future__ import annotations

from studio.catalog.spaces import MAPS
from studio.catalog.spec import IMAGES_IN, TENSOR_OUT, ArgSpec, LayerSpec
from studio.graph.port import PortSpec


def _scale(max_items: int) -> ArgSpec:
    """Return the factor by which maps grow; torch has none by default, and then refuses every input."""
    return ArgSpec(
        "scale_factor",
        "floats",
        2.0,
        "How many times larger each side becomes, or one number a side; clear it to give size instead.",
        minimum=0.0,
        open_range=True,
        optional=True,
        required=True,
        max_items=max_items,
    )


_SIZE = MAPS.window(
    "size", None, "Height and width of the output; clear scale_factor to use it.", optional=True
)
_WINDOW = (
    MAPS.window("kernel_size", 2, "Height and width of a patch.", required=True),
    MAPS.window("dilation", 1, "Distance between the places of a patch."),
    MAPS.window("padding", 0, "Border of zeros added on each side.", minimum=0),
    MAPS.window("stride", 1, "Step from patch to patch; kernel_size makes them meet without overlap."),
)


def _fixed_upsampling(kind: str, way: str, formula: str, synonyms: tuple[str, ...]) -> LayerSpec:
    """Return the spec of one of the two up-samplings that have a class of their own."""
    return LayerSpec(
        kind,
        kind,
        "shape",
        f"torch.nn.{kind}",
        f"Enlarge maps {way}. Kept for older networks; Upsample does the same.",
        (_SIZE, _scale(2)),
        (IMAGES_IN,),
        (TENSOR_OUT,),
        formula=formula,
        reference=f"torch.nn.{kind}",
        synonyms=("interpolate", "resize", "enlarge", *synonyms),
        card="{scale_factor}",
    )


LAYERS = (
    LayerSpec(
        "Upsample",
        "Upsample",
        "shape",
        "torch.nn.Upsample",
        "Enlarge sequences, maps or volumes by copying or interpolating; nothing is learned.",
        (
            ArgSpec(
                "size",
                "ints",
                None,
                "Size of the output, one number or one a side; clear scale_factor to use it.",
                minimum=1,
                optional=True,
                max_items=3,
            ),
            _scale(3),
            ArgSpec(
                "mode",
                "choice",
                "nearest",
                "nearest: copy, for all. linear: sequences. bilinear, bicubic: maps. trilinear: volumes.",
                choices=("nearest", "linear", "bilinear", "bicubic", "trilinear", "nearest-exact"),
            ),
            ArgSpec(
                "align_corners",
                "bool",
                None,
                "Keep the corners' values in the corners; only where mode interpolates.",
                optional=True,
            ),
            ArgSpec(
                "recompute_scale_factor",
                "bool",
                None,
                "Work the factor out again from the rounded output size; only with scale_factor.",
                optional=True,
            ),
        ),
        (
            PortSpec(
                "input", layout="N, C, L or N, C, H, W or N, C, D, H, W", help="Sequences, maps or volumes."
            ),
        ),
        (TENSOR_OUT,),
        formula="size = ⌊input · scale_factor⌋",
        reference="torch.nn.Upsample",
        synonyms=("interpolate", "resize", "enlarge", "unpool", "bilinear", "bicubic", "decoder"),
        card="{mode} {scale_factor}",
    ),
    _fixed_upsampling(
        "UpsamplingNearest2d", "by copying every pixel", "out[i, j] = x[⌊i/s⌋, ⌊j/s⌋]", ("unpool", "copy")
    ),
    _fixed_upsampling(
        "UpsamplingBilinear2d",
        "by straight lines between pixels, corners on corners",
        "out = weighted mean of the four nearest pixels",
        ("linear",),
    ),
    LayerSpec(
        "PixelShuffle",
        "PixelShuffle",
        "shape",
        "torch.nn.PixelShuffle",
        "Turn r² channels into maps r times as high and wide: sub-pixel convolution.",
        (
            ArgSpec(
                "upscale_factor",
                "int",
                2,
                "r: how many times larger the maps become; r² must divide the channels.",
                minimum=1,
                required=True,
            ),
        ),
        (IMAGES_IN,),
        (TENSOR_OUT,),
        formula="C·r² × H × W → C × H·r × W·r",
        reference="torch.nn.PixelShuffle; Shi et al. 2016, arXiv:1609.05158",
        synonyms=("depth to space", "sub-pixel", "super resolution", "upsample"),
        card="{upscale_factor}",
    ),
    LayerSpec(
        "PixelUnshuffle",
        "PixelUnshuffle",
        "shape",
        "torch.nn.PixelUnshuffle",
        "Turn r × r neighbouring pixels into r² channels; the inverse of PixelShuffle.",
        (
            ArgSpec(
                "downscale_factor",
                "int",
                2,
                "r: how many times smaller the maps become; it must divide height and width.",
                minimum=1,
                required=True,
            ),
        ),
        (IMAGES_IN,),
        (TENSOR_OUT,),
        formula="C × H·r × W·r → C·r² × H × W",
        reference="torch.nn.PixelUnshuffle",
        synonyms=("space to depth", "patches", "downsample"),
        card="{downscale_factor}",
    ),
    LayerSpec(
        "ChannelShuffle",
        "ChannelShuffle",
        "shape",
        "torch.nn.ChannelShuffle",
        "Deal the channels of groups out over all groups, so that what follows mixes them.",
        (
            ArgSpec(
                "groups",
                "int",
                2,
                "Groups that are mixed; must divide the channels.",
                minimum=1,
                required=True,
            ),
        ),
        (PortSpec("input", layout="N, C, L, *", help="Sequences, maps or volumes."),),
        (TENSOR_OUT,),
        formula="y[c·groups + g] = x[g·C/groups + c]",
        reference="torch.nn.ChannelShuffle; Zhang et al. 2017, arXiv:1707.01083",
        synonyms=("shufflenet", "permute", "mix"),
        card="{groups} groups",
    ),
    LayerSpec(
        "Unfold",
        "Unfold",
        "shape",
        "torch.nn.Unfold",
        "Cut maps into patches, each of them one column; what a convolution multiplies its filters with.",
        _WINDOW,
        (IMAGES_IN,),
        (PortSpec("output", layout="N, C, L", help="One column of C·kernel numbers for each of L places."),),
        formula="C × H × W → C·kernel × places",
        reference="torch.nn.Unfold",
        synonyms=("im2col", "patches", "sliding window", "tokens"),
        card="{kernel_size:pair}",
    ),
    LayerSpec(
        "Fold",
        "Fold",
        "shape",
        "torch.nn.Fold",
        "Put patches back into maps, adding up where they overlap; the way back from Unfold.",
        (
            MAPS.window("output_size", 28, "Height and width of the maps.", required=True),
            *_WINDOW,
        ),
        (PortSpec("input", layout="N, C, L", help="Patches as columns, as Unfold gives them."),),
        (TENSOR_OUT,),
        formula="C·kernel × places → C × H × W",
        reference="torch.nn.Fold",
        synonyms=("col2im", "patches", "overlap add"),
        card="{output_size}",
    ),
)
