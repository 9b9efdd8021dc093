"""Regularization: noise in training that keeps a network from leaning on single units."""

from __future__ import annotations

from dataclasses import replace

from studio.catalog.activation import INPLACE
from studio.catalog.spec import IMAGES_IN, TENSOR_IN, TENSOR_OUT, ArgSpec, LayerSpec

_P = ArgSpec("p", "float", 0.5, "Probability that a number is set to 0.", minimum=0.0, maximum=1.0, step=0.05)

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
    LayerSpec(
        "Dropout2d",
        "Dropout2d",
        "regularization",
        "torch.nn.Dropout2d",
        "Set whole channels to 0 at random in training and scale the rest by 1/(1 − p).",
        (replace(_P, help="Probability that a channel is set to 0."), INPLACE),
        (IMAGES_IN,),
        (TENSOR_OUT,),
        formula="y[c] = x[c] · mask[c] / (1 − p)",
        reference="torch.nn.Dropout2d; Tompson et al. 2014, arXiv:1411.4280",
        synonyms=("spatial dropout", "channel dropout", "overfitting"),
        card="{p}",
    ),
    LayerSpec(
        "AlphaDropout",
        "AlphaDropout",
        "regularization",
        "torch.nn.AlphaDropout",
        "Dropout that keeps mean and variance after a SELU.",
        (replace(_P, help="Probability that a number is dropped."), INPLACE),
        (TENSOR_IN,),
        (TENSOR_OUT,),
        reference="torch.nn.AlphaDropout; Klambauer et al. 2017, arXiv:1706.02515",
        synonyms=("self-normalizing", "selu", "overfitting"),
        card="{p}",
    ),
)
