"""Linear layers: every output is a weighted sum of every input."""

from __future__ import annotations

from studio.catalog.spec import TENSOR_OUT, ArgSpec, LayerSpec
from studio.graph.port import PortSpec

LAYERS = (
    LayerSpec(
        "Linear",
        "Linear",
        "linear",
        "torch.nn.Linear",
        "Connect every input with every output: a layer of neurons before their activation.",
        (
            ArgSpec(
                "in_features",
                "int",
                None,
                "Numbers of the input; read off the wire when empty.",
                minimum=1,
                required=True,
                infer="features",
            ),
            ArgSpec("out_features", "int", 10, "Number of neurons.", minimum=1, required=True),
            ArgSpec("bias", "bool", True, "Add a learned constant to each output."),
        ),
        (PortSpec("input", layout="N, *, E", help="Rows of features; flatten images first."),),
        (TENSOR_OUT,),
        formula="y = W x + b",
        reference="torch.nn.Linear",
        synonyms=("dense", "fully connected", "fc", "affine", "neuron", "perceptron", "hidden layer"),
        card="{in_features} → {out_features}",
    ),
)
