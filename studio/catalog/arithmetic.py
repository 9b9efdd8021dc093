"""Arithmetic on one tensor: sums and means over dimensions, and plain functions of each number."""

from __future__ import annotations

from studio.catalog.shape import dims_argument
from studio.catalog.spec import TENSOR_IN, TENSOR_OUT, ArgSpec, LayerSpec
from studio.graph.node import Value

_KEEPDIM = ArgSpec("keepdim", "bool", False, "Keep the dimensions, with size 1.")


def _over(
    kind: str,
    title: str,
    target: str,
    summary: str,
    formula: str,
    synonyms: tuple[str, ...],
    before: tuple[ArgSpec, ...] = (),
) -> LayerSpec:
    """Return the spec of what makes one number of many along some dimensions."""
    dim = dims_argument(
        "dim",
        (-1,),
        "Dimensions that it is taken over; 0 is the batch. (2, 3) are height and width.",
        required=True,
    )
    return LayerSpec(
        kind,
        title,
        "merge",
        target,
        summary,
        (*before, dim, _KEEPDIM),
        (TENSOR_IN,),
        (TENSOR_OUT,),
        call="function",
        formula=formula,
        reference=target,
        synonyms=synonyms,
        card="over {dim}",
    )


def _of_each(
    kind: str,
    title: str,
    target: str,
    summary: str,
    formula: str,
    synonyms: tuple[str, ...],
    arguments: tuple[ArgSpec, ...] = (),
    fixed: tuple[tuple[str, Value], ...] = (),
    card: str = "",
    reference: str = "",
) -> LayerSpec:
    """Return the spec of a plain function of each number."""
    return LayerSpec(
        kind,
        title,
        "merge",
        target,
        summary,
        arguments,
        (TENSOR_IN,),
        (TENSOR_OUT,),
        call="function",
        formula=formula,
        reference=reference or target,
        synonyms=synonyms,
        card=card,
        fixed=fixed,
    )


LAYERS = (
    _over(
        "Mean",
        "Mean",
        "torch.mean",
        "Take the mean along dimensions: over height and width it is global average pooling.",
        "y = Σ x / n",
        ("average", "global average pooling", "reduce", "squeeze"),
    ),
    _over("Sum", "Sum", "torch.sum", "Add up along dimensions.", "y = Σ x", ("add", "reduce", "total")),
    _over(
        "AMax",
        "Max",
        "torch.amax",
        "Take the largest along dimensions: over time it is max pooling of a whole sequence.",
        "y = max x",
        ("maximum", "largest", "reduce", "global max pooling"),
    ),
    _over(
        "VectorNorm",
        "Norm",
        "torch.linalg.vector_norm",
        "Measure how long the rows along dimensions are.",
        "y = (Σ |x|ᵖ)^(1/p), p = ord",
        ("length", "magnitude", "l2", "euclidean"),
        (ArgSpec("ord", "float", 2.0, "2: straight line. 1: sum of absolute values."),),
    ),
    _of_each(
        "OneMinus",
        "1 − x",
        "torch.rsub",
        "Take each number from 1: the other half of a gate.",
        "y = 1 − x",
        ("complement", "gate", "highway", "rsub", "invert", "carry"),
        fixed=(("other", 1),),
        reference="torch.rsub; Srivastava et al. 2015, arXiv:1505.00387",
    ),
    _of_each(
        "Affine",
        "Scale & shift",
        "studio.compiler.functions.affine",
        "Multiply each number by a constant and add another; nothing is learned.",
        "y = scale · x + shift",
        ("scale", "shift", "multiply", "constant", "temperature", "negate", "normalize"),
        (
            ArgSpec("scale", "float", 1.0, "Factor.", required=True),
            ArgSpec("shift", "float", 0.0, "What is added then.", required=True),
        ),
        card="· {scale} + {shift}",
        reference="torch.mul; torch.add",
    ),
    _of_each(
        "Clamp",
        "Clamp",
        "torch.clamp",
        "Keep each number between two bounds.",
        "y = min(max(x, min), max)",
        ("clip", "limit", "bound", "saturate"),
        (
            ArgSpec("min", "float", 0.0, "Smallest number; empty: no bound.", optional=True, required=True),
            ArgSpec("max", "float", None, "Largest number; empty: no bound.", optional=True),
        ),
        card="{min} to {max}",
    ),
    _of_each("Exp", "Exp", "torch.exp", "e to the power of each number.", "y = eˣ", ("exponential",)),
    _of_each(
        "Log",
        "Log",
        "torch.log",
        "Natural logarithm; of positive numbers only.",
        "y = ln x",
        ("logarithm", "ln"),
    ),
    _of_each(
        "Sqrt",
        "Sqrt",
        "torch.sqrt",
        "Square root; of numbers from 0, and without a finite gradient at 0.",
        "y = √x",
        ("square root",),
    ),
    _of_each("Abs", "Abs", "torch.abs", "Each number without its sign.", "y = |x|", ("absolute", "modulus")),
    _of_each(
        "Pow",
        "Power",
        "torch.pow",
        "Each number to a power.",
        "y = x^exponent",
        ("square", "power", "exponent"),
        (ArgSpec("exponent", "float", 2.0, "2 squares.", required=True),),
        card="{exponent}",
    ),
    _of_each("Sin", "Sin", "torch.sin", "Sine of each number.", "y = sin x", ("sine", "siren", "wave")),
    _of_each("Cos", "Cos", "torch.cos", "Cosine of each number.", "y = cos x", ("cosine", "wave")),
    _of_each(
        "Detach",
        "Stop gradient",
        "torch.detach",
        "Pass the numbers on and no gradient back: what stands before it does not learn from this path.",
        "y = x, ∂y/∂x = 0",
        ("detach", "stop gradient", "freeze", "no grad", "block gradient"),
    ),
)
