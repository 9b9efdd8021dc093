"""Merging: layers that take several wires and give one."""

from __future__ import annotations

from studio.catalog.spec import TENSOR_OUT, ArgSpec, LayerSpec
from studio.graph.port import PortSpec

_SAME_SHAPE = PortSpec("inputs", variadic=True, minimum=2, help="Two or more wires of the same shape.")

LAYERS = (
    LayerSpec(
        "Add",
        "Add",
        "merge",
        "torch.add",
        "Add up all inputs, number by number: the end of a shortcut.",
        (),
        (_SAME_SHAPE,),
        (TENSOR_OUT,),
        call="fold",
        formula="y = x₁ + x₂ + …",
        reference="torch.add; He et al. 2015, arXiv:1512.03385",
        synonyms=("sum", "plus", "residual", "shortcut", "skip connection"),
    ),
    LayerSpec(
        "Multiply",
        "Multiply",
        "merge",
        "torch.mul",
        "Multiply all inputs, number by number: a gate.",
        (),
        (_SAME_SHAPE,),
        (TENSOR_OUT,),
        call="fold",
        formula="y = x₁ · x₂ · …",
        reference="torch.mul",
        synonyms=("product", "times", "gate", "attention", "hadamard", "mul"),
    ),
    LayerSpec(
        "Concat",
        "Concat",
        "merge",
        "torch.cat",
        "Put all inputs behind one another, in the order of their wires.",
        (
            ArgSpec(
                "dim",
                "int",
                1,
                "Dimension that grows; 1 is the channels or features, 0 would be the batch.",
                minimum=-16,
                maximum=16,
                required=True,
            ),
        ),
        (
            PortSpec(
                "inputs",
                variadic=True,
                minimum=2,
                help="Two or more wires whose shapes differ along dim only.",
            ),
        ),
        (TENSOR_OUT,),
        call="list",
        formula="y = [x₁; x₂; …]",
        reference="torch.cat; Szegedy et al. 2014, arXiv:1409.4842",
        synonyms=("concatenate", "cat", "join", "stack", "inception"),
    ),
)
