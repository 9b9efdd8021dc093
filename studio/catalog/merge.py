"""Merging: layers that take several wires and give one."""

from __future__ import annotations

from studio.catalog.spec import TENSOR_OUT, ArgSpec, Call, LayerSpec
from studio.graph.port import PortSpec

_SAME_SHAPE = PortSpec(
    "inputs",
    variadic=True,
    minimum=2,
    help="Two or more wires of the same shape; sides of 1 are stretched, and parameters need no batch.",
)
_ALL_SAME = PortSpec("inputs", variadic=True, minimum=2, help="Two or more wires of the same shape.")


def _of_two(
    kind: str, target: str, summary: str, formula: str, synonyms: tuple[str, ...], reference: str = ""
) -> LayerSpec:
    """Return the spec of a function of two tensors, taken from the first wire to the last."""
    return LayerSpec(
        kind,
        kind,
        "merge",
        target,
        summary,
        (),
        (_SAME_SHAPE,),
        (TENSOR_OUT,),
        call="fold",
        formula=formula,
        reference=f"{target}{reference}",
        synonyms=synonyms,
    )


def _of_list(
    kind: str,
    target: str,
    summary: str,
    arguments: tuple[ArgSpec, ...],
    port: PortSpec,
    formula: str,
    reference: str,
    synonyms: tuple[str, ...],
    call: Call = "list",
) -> LayerSpec:
    """Return the spec of a function of a list of tensors."""
    return LayerSpec(
        kind,
        kind,
        "merge",
        target,
        summary,
        arguments,
        (port,),
        (TENSOR_OUT,),
        call=call,
        formula=formula,
        reference=reference,
        synonyms=synonyms,
    )


LAYERS = (
    _of_two(
        "Add",
        "torch.add",
        "Add up all inputs, number by number: the end of a shortcut.",
        "y = x₁ + x₂ + …",
        ("sum", "plus", "residual", "shortcut", "skip connection"),
        "; He et al. 2015, arXiv:1512.03385",
    ),
    _of_two(
        "Multiply",
        "torch.mul",
        "Multiply all inputs, number by number: a gate.",
        "y = x₁ · x₂ · …",
        ("product", "times", "gate", "attention", "hadamard", "mul", "layer scale"),
    ),
    _of_two(
        "Subtract",
        "torch.sub",
        "Take every further input from the first, number by number.",
        "y = x₁ − x₂ − …",
        ("minus", "difference", "residual", "sub"),
    ),
    _of_two(
        "Divide",
        "torch.div",
        "Divide the first input by every further one, number by number.",
        "y = x₁ / x₂ / …",
        ("quotient", "ratio", "normalize", "div"),
    ),
    _of_two(
        "Maximum",
        "torch.maximum",
        "Take the largest of the inputs, number by number: a maxout of branches.",
        "y = max(x₁, x₂, …)",
        ("max", "maxout", "larger"),
        "; Goodfellow et al. 2013, arXiv:1302.4389",
    ),
    _of_two(
        "Minimum",
        "torch.minimum",
        "Take the smallest of the inputs, number by number.",
        "y = min(x₁, x₂, …)",
        ("min", "smaller"),
    ),
    _of_list(
        "Average",
        "studio.compiler.functions.average",
        "Take the mean of all inputs, number by number: several networks' scores become one.",
        (),
        _ALL_SAME,
        "y = (x₁ + … + xₖ) / k",
        "torch.mean",
        ("mean", "ensemble", "vote", "ten crops"),
    ),
    _of_list(
        "Concat",
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
        PortSpec(
            "inputs", variadic=True, minimum=2, help="Two or more wires whose shapes differ along dim only."
        ),
        "y = [x₁; x₂; …]",
        "torch.cat; Szegedy et al. 2014, arXiv:1409.4842",
        ("concatenate", "cat", "join", "stack", "inception"),
    ),
    _of_list(
        "Stack",
        "torch.stack",
        "Put all inputs side by side along a new dimension, in the order of their wires.",
        (
            ArgSpec(
                "dim",
                "int",
                1,
                "Where the new dimension goes; 0 is the batch's place and stays free.",
                minimum=-16,
                maximum=16,
                required=True,
            ),
        ),
        _ALL_SAME,
        "y[:, k] = xₖ",
        "torch.stack",
        ("join", "sequence", "unsqueeze", "new dimension"),
    ),
)
