"""Normalization: layers that rescale activations by statistics of the batch, the sample or its channels."""

from __future__ import annotations

from dataclasses import replace

from studio.catalog.spaces import MAPS, SPACES, VOLUMES, Space
from studio.catalog.spec import IMAGES_IN, TENSOR_OUT, ArgSpec, LayerSpec
from studio.graph.port import PortSpec

_EPS = ArgSpec(
    "eps", "float", 1e-5, "Added to the variance, so that nothing is divided by zero.", minimum=0.0
)
_POSITIVE_EPS = replace(_EPS, open_range=True)
"""Of what torch hands to its batch normalization, which takes no 0 in training."""
_MOMENTUM = ArgSpec(
    "momentum",
    "float",
    0.1,
    "Weight of the newest batch in the running statistics; empty averages all batches equally.",
    minimum=0.0,
    maximum=1.0,
    optional=True,
    step=0.01,
)
_AFFINE = ArgSpec("affine", "bool", True, "Learn a scale and a shift for each channel.")
_TRACK = ArgSpec(
    "track_running_stats",
    "bool",
    True,
    "Keep running statistics for evaluation; off uses the batch's own there too.",
)
_BIAS = ArgSpec("bias", "bool", True, "Learn the shift as well as the scale, where affine is on.")


def _features(help_text: str) -> ArgSpec:
    """Return the argument that counts the channels a normalization works on."""
    return ArgSpec("num_features", "int", None, help_text, minimum=1, required=True, infer="channels")


_BATCH = (_POSITIVE_EPS, _MOMENTUM, _AFFINE, _TRACK, _BIAS)
_BATCH_FORMULA = "y = weight · (x − mean) / √(var + eps) + bias, with mean and var over the batch"
_BATCH_SYNONYMS = ("batch normalization", "bn", "batchnorm", "whitening")
_BATCH_REFERENCE = "Ioffe & Szegedy 2015, arXiv:1502.03167"
_SHAPE = ArgSpec(
    "normalized_shape",
    "ints",
    None,
    "Sizes of the last dimensions, which share one mean; empty takes C×H×W of images, else the last.",
    minimum=1,
    required=True,
    infer="normalized",
)
_ELEMENTWISE = ArgSpec("elementwise_affine", "bool", True, "Learn a scale for each element.")


def _batch(space: Space) -> LayerSpec:
    """Return the spec of batch normalization over maps or volumes."""
    kind = space.kind("BatchNorm")
    return LayerSpec(
        kind,
        kind,
        "normalization",
        f"torch.nn.{kind}",
        "Give each channel zero mean and unit variance over the batch and its places. "
        "Goes before the activation.",
        (_features("Channels of the input; read off the wire when empty."), *_BATCH),
        (space.port,),
        (TENSOR_OUT,),
        formula=f"{_BATCH_FORMULA}, {space.places}",
        reference=f"torch.nn.{kind}; {_BATCH_REFERENCE}",
        synonyms=_BATCH_SYNONYMS,
        learns=True,
    )


def _instance(space: Space) -> LayerSpec:
    """Return the spec of instance normalization over sequences, maps or volumes."""
    kind = space.kind("InstanceNorm")
    return LayerSpec(
        kind,
        kind,
        "normalization",
        f"torch.nn.{kind}",
        "Normalize each channel of each sample over its own places; removes contrast and style.",
        (
            _features("Channels of the input; read off the wire when empty."),
            _POSITIVE_EPS,
            replace(_MOMENTUM, help="Weight of the newest batch in the running statistics.", optional=False),
            replace(_AFFINE, default=False),
            replace(_TRACK, default=False),
            _BIAS,
        ),
        (space.port,),
        (TENSOR_OUT,),
        formula=f"y = (x − mean) / √(var + eps), with mean and var over {space.places}",
        reference=f"torch.nn.{kind}; Ulyanov et al. 2016, arXiv:1607.08022",
        synonyms=("instance normalization", "contrast normalization", "style"),
        learns=True,
    )


LAYERS = (
    LayerSpec(
        "BatchNorm1d",
        "BatchNorm1d",
        "normalization",
        "torch.nn.BatchNorm1d",
        "Give each feature zero mean and unit variance over the batch. Goes before the activation.",
        (_features("Features of the input; read off the wire when empty."), *_BATCH),
        (PortSpec("input", layout="N, C or N, C, L", help="Rows of features, or sequences of them."),),
        (TENSOR_OUT,),
        formula=f"{_BATCH_FORMULA} (and L)",
        reference=f"torch.nn.BatchNorm1d; {_BATCH_REFERENCE}",
        synonyms=_BATCH_SYNONYMS,
        learns=True,
    ),
    _batch(MAPS),
    _batch(VOLUMES),
    LayerSpec(
        "LayerNorm",
        "LayerNorm",
        "normalization",
        "torch.nn.LayerNorm",
        "Give each sample zero mean and unit variance over its own features; the batch plays no part.",
        (
            _SHAPE,
            _EPS,
            replace(_ELEMENTWISE, help="Learn a scale and a shift for each element."),
            replace(_BIAS, help="Learn the shift as well as the scale, where elementwise_affine is on."),
        ),
        (PortSpec("input", layout="N, *, E", help="Rows, sequences or images."),),
        (TENSOR_OUT,),
        formula="y = weight · (x − mean) / √(var + eps) + bias, with mean and var over normalized_shape",
        reference="torch.nn.LayerNorm; Ba et al. 2016, arXiv:1607.06450",
        synonyms=("layer normalization", "ln", "transformer"),
        learns=True,
    ),
    LayerSpec(
        "RMSNorm",
        "RMSNorm",
        "normalization",
        "torch.nn.RMSNorm",
        "Divide each sample by the root mean square of its features; a LayerNorm without the mean.",
        (
            _SHAPE,
            replace(
                _EPS,
                default=None,
                optional=True,
                help="Added to the mean square; empty takes the smallest step of the number format.",
            ),
            _ELEMENTWISE,
        ),
        (PortSpec("input", layout="N, *, E", help="Rows, sequences or images."),),
        (TENSOR_OUT,),
        formula="y = weight · x / √(mean(x²) + eps)",
        reference="torch.nn.RMSNorm; Zhang & Sennrich 2019, arXiv:1910.07467",
        synonyms=("root mean square", "transformer"),
        learns=True,
    ),
    LayerSpec(
        "GroupNorm",
        "GroupNorm",
        "normalization",
        "torch.nn.GroupNorm",
        "Normalize each sample over groups of its channels; works with any batch size.",
        (
            ArgSpec(
                "num_groups",
                "int",
                8,
                "Groups the channels are split into; must divide num_channels.",
                minimum=1,
                required=True,
            ),
            ArgSpec(
                "num_channels",
                "int",
                None,
                "Channels of the input; read off the wire when empty.",
                minimum=1,
                required=True,
                infer="channels",
            ),
            _EPS,
            _AFFINE,
            _BIAS,
        ),
        (PortSpec("input", layout="N, C, *", help="Feature maps or rows."),),
        (TENSOR_OUT,),
        formula="y = weight · (x − mean) / √(var + eps) + bias, with mean and var over a group",
        reference="torch.nn.GroupNorm; Wu & He 2018, arXiv:1803.08494",
        synonyms=("group normalization", "gn"),
        card="{num_groups} groups",
        learns=True,
    ),
    *(_instance(space) for space in SPACES),
    LayerSpec(
        "LayerNorm2d",
        "LayerNorm2d",
        "normalization",
        "torchvision.models.convnext.LayerNorm2d",
        "Give each place of a map zero mean and unit variance over its channels: LayerNorm, channels first.",
        (
            ArgSpec(
                "normalized_shape",
                "pair",
                None,
                "Channels of the input; read off the wire when empty.",
                minimum=1,
                required=True,
                infer="channels",
                items=1,
            ),
            _EPS,
            replace(_ELEMENTWISE, help="Learn a scale and a shift for each channel."),
            replace(_BIAS, help="Learn the shift as well as the scale, where elementwise_affine is on."),
        ),
        (IMAGES_IN,),
        (TENSOR_OUT,),
        formula="y = weight · (x − mean) / √(var + eps) + bias, with mean and var over C at each place",
        reference="torchvision.models.convnext.LayerNorm2d; Liu et al. 2022, arXiv:2201.03545",
        synonyms=("layer normalization", "ln", "channels first", "convnext"),
        learns=True,
    ),
    LayerSpec(
        "FrozenBatchNorm2d",
        "FrozenBatchNorm2d",
        "normalization",
        "torchvision.ops.FrozenBatchNorm2d",
        "A BatchNorm2d whose statistics, scale and shift never change: for pre-trained backbones and small "
        "batches.",
        (_features("Channels of the input; read off the wire when empty."), _EPS),
        (IMAGES_IN,),
        (TENSOR_OUT,),
        formula="y = weight · (x − running_mean) / √(running_var + eps) + bias",
        reference="torchvision.ops.FrozenBatchNorm2d",
        synonyms=("batch normalization", "bn", "detection", "fine-tuning"),
    ),
    LayerSpec(
        "LocalResponseNorm",
        "LocalResponseNorm",
        "normalization",
        "torch.nn.LocalResponseNorm",
        "Divide each channel by the activity of its neighbours. torch averages the squares over size where "
        "the paper sums them: alpha here is size times the paper's.",
        (
            ArgSpec(
                "size",
                "int",
                5,
                "Neighbouring channels that are looked at.",
                minimum=1,
                maximum=65536,  # torch pads the channels by as many
                required=True,
            ),
            ArgSpec(
                "alpha",
                "float",
                1e-4,
                "Strength. torch averages over size: set size · α of the paper (AlexNet: 5 · 1e-4 = 5e-4).",
            ),
            ArgSpec("beta", "float", 0.75, "Exponent of the denominator."),
            ArgSpec("k", "float", 1.0, "Constant of the denominator; AlexNet uses 2."),
        ),
        (PortSpec("input", layout="N, C, L, *", help="Feature maps."),),
        (TENSOR_OUT,),
        formula="y[c] = x[c] / (k + alpha/size · Σ_near x[c′]²)^beta",
        reference="torch.nn.LocalResponseNorm; Krizhevsky et al. 2012",
        synonyms=("lrn", "local response normalization", "alexnet", "lateral inhibition"),
        card="{size}",
    ),
)
