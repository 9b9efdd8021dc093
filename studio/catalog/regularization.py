"""Regularization: noise in training that keeps a network from leaning on single units."""

from __future__ import annotations

from dataclasses import replace

from studio.catalog.activation import INPLACE
from studio.catalog.spaces import SPACES, Space
from studio.catalog.spec import TENSOR_IN, TENSOR_OUT, ArgSpec, LayerSpec
from studio.graph.port import PortSpec

_P = ArgSpec("p", "float", 0.5, "Probability that a number is set to 0.", minimum=0.0, maximum=1.0, step=0.05)


def _channels(space: Space) -> LayerSpec:
    """Return the spec of the dropout that takes whole channels of sequences, maps or volumes."""
    kind = space.kind("Dropout")
    return LayerSpec(
        kind,
        kind,
        "regularization",
        f"torch.nn.{kind}",
        f"Set whole channels of {space.noun} to 0 at random in training and scale the rest by 1/(1 − p).",
        (replace(_P, help="Probability that a channel is set to 0."), INPLACE),
        (space.port,),
        (TENSOR_OUT,),
        formula="y[c] = x[c] · mask[c] / (1 − p)",
        reference=f"torch.nn.{kind}; Tompson et al. 2014, arXiv:1411.4280",
        synonyms=("spatial dropout", "channel dropout", "overfitting"),
        card="{p}",
    )


LAYERS = (
    LayerSpec(
        "Dropout",
        "Dropout",
        "regularization",
        "torch.nn.Dropout",
        "Set numbers to 0 at random in training and scale the rest by 1/(1 − p) (inverted dropout); "
        "in evaluation it does nothing.",
        (_P, INPLACE),
        (TENSOR_IN,),
        (TENSOR_OUT,),
        formula="y = x · mask / (1 − p)",
        reference="torch.nn.Dropout; Hinton et al. 2012, arXiv:1207.0580",
        synonyms=("mask", "noise", "overfitting"),
        card="{p}",
    ),
    *(_channels(space) for space in SPACES),
    LayerSpec(
        "AlphaDropout",
        "AlphaDropout",
        "regularization",
        "torch.nn.AlphaDropout",
        "Dropout that keeps mean and variance after a SELU.",
        (replace(_P, help="Probability that a number is dropped."), INPLACE),
        (TENSOR_IN,),
        (TENSOR_OUT,),
        formula="y = a · (x · mask − 1.7581 · (1 − mask)) + b, "
        "a = 1 / √((1 − p) · (1 + 1.7581² · p)), b = 1.7581 · a · p",
        reference="torch.nn.AlphaDropout; Klambauer et al. 2017, arXiv:1706.02515",
        synonyms=("self-normalizing", "selu", "overfitting"),
        card="{p}",
    ),
    LayerSpec(
        "FeatureAlphaDropout",
        "FeatureAlphaDropout",
        "regularization",
        "torch.nn.FeatureAlphaDropout",
        "AlphaDropout of whole channels.",
        (replace(_P, help="Probability that a channel is dropped."), INPLACE),
        (PortSpec("input", layout="N, C, *", help="Feature maps or rows."),),
        (TENSOR_OUT,),
        formula="y[c] = a · (x[c] · mask[c] − 1.7581 · (1 − mask[c])) + b, a and b as in AlphaDropout",
        reference="torch.nn.FeatureAlphaDropout; Klambauer et al. 2017, arXiv:1706.02515",
        synonyms=("self-normalizing", "selu", "spatial dropout", "overfitting"),
        card="{p}",
    ),
    LayerSpec(
        "StochasticDepth",
        "StochasticDepth",
        "regularization",
        "torchvision.ops.StochasticDepth",
        "Set whole samples to 0 at random in training and scale the rest by 1/(1 − p). Before the Add of a "
        "shortcut it leaves the layer out.",
        (
            replace(_P, default=0.2, help="Probability that a sample is set to 0.", required=True),
            ArgSpec(
                "mode",
                "choice",
                "row",
                "row: each sample by itself. batch: all samples together, or none.",
                choices=("row", "batch"),
                required=True,
            ),
        ),
        (TENSOR_IN,),
        (TENSOR_OUT,),
        formula="y = x · mask / (1 − p), one mask for a sample",
        reference="torchvision.ops.StochasticDepth; Huang et al. 2016, arXiv:1603.09382",
        synonyms=("drop path", "layer dropout", "residual", "survival", "overfitting"),
        card="{p}",
    ),
)
