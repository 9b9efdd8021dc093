"""What shapes go into a layer and come out of it, in torch's letters, for help to read.

N is the batch, C channels, D, H and W depth, height and width, L length, E features; ``*`` is any number of
further dimensions. Nothing is computed from these: sizes are asked of PyTorch.
"""

from __future__ import annotations

import re

from studio.catalog.spec import LayerSpec
from studio.graph.port import PortSpec

ANY = "N, *"
SAME = "as the input"
SPACE = {"1": "L", "2": "H, W", "3": "D, H, W"}
"""Places of a map by the number at the end of a layer's name."""

_ELEMENTWISE = frozenset({"activation", "normalization", "regularization"})
_WINDOWS = re.compile(r"(Max|Avg|LP|FractionalMax|AdaptiveAvg|AdaptiveMax)Pool([123])d(WithIndices)?")
_BORDERS = re.compile(r"(Zero|Constant|Reflection|Replication|Circular)Pad([123])d")
_DIMENSIONS = "N, *, without dim"

_OUTPUTS: dict[str, str] = {
    "Linear": "N, *, out_features",
    "Bilinear": "N, *, out_features",
    "Embedding": "N, *, embedding_dim",
    "EmbeddingBag": "N, embedding_dim",
    "CosineSimilarity": _DIMENSIONS,
    "PairwiseDistance": "N, *, without the last",
    "DotProduct": _DIMENSIONS,
    "MatMul": "N, *, n, p",
    "ScaledDotProductAttention": "N, *, L, E",
    "Flatten": "N, C·H·W",
    "Unflatten": "N, *, dim split",
    "Reshape": "N, shape",
    "Permute": "N, dims in their new order",
    "Transpose": "N, *, dim0 and dim1 swapped",
    "Squeeze": _DIMENSIONS,
    "Unsqueeze": "N, *, one more of size 1",
    "Slice": "N, *, dim cut",
    "Select": _DIMENSIONS,
    "Chunk": "N, *, dim / chunks",
    "Split": "N, *, one of split_sizes",
    "Pad": "N, *, last dimensions widened",
    "Interpolate": "N, C, size",
    "Upsample": "N, C, size",
    "UpsamplingNearest2d": "N, C, H·s, W·s",
    "UpsamplingBilinear2d": "N, C, H·s, W·s",
    "OneHot": "N, *, num_classes",
    "ZeroPadShortcut": "N, out_channels, H/stride, W/stride",
    "PatchMerging": "N, H/2, W/2, 2C",
    "PatchMergingV2": "N, H/2, W/2, 2C",
    "PixelShuffle": "N, C/r², H·r, W·r",
    "PixelUnshuffle": "N, C·r², H/r, W/r",
    "Unfold": "N, C·kernel, L",
    "Fold": "N, C, output_size",
    "Concat": "N, *, sizes along dim added up",
    "Stack": "N, *, one more for the inputs",
    "Mean": _DIMENSIONS,
    "Sum": _DIMENSIONS,
    "AMax": _DIMENSIONS,
    "VectorNorm": _DIMENSIONS,
    "GLU": "N, *, dim halved",
    "Parameter": "shape, without a batch",
    "Constant": "shape, without a batch",
    "ExpandToBatch": "N, shape of the parameter",
    "Target": "N, or N, C",
}
"""Where the rule is not that of the layer's family."""

_INPUTS: dict[tuple[str, str], str] = {
    ("MatMul", "input"): "N, *, n, m",
    ("MatMul", "other"): "N, *, m, p",
    ("ExpandToBatch", "input"): "1, shape",
    ("NLLLoss", "target"): "N, *",
    ("CrossEntropyLoss", "target"): "N, *, or as the input",
    ("MultiMarginLoss", "target"): "N",
}


def input_letters(spec: LayerSpec, port: PortSpec) -> str:
    """Return what shape an input of a layer takes."""
    found = _INPUTS.get((spec.kind, port.name)) or port.layout
    if found:
        return found
    if spec.role == "loss" and port.name == "target":
        return SAME
    return f"{ANY} each" if port.variadic else ANY


def output_letters(spec: LayerSpec, port: PortSpec) -> str:
    """Return what shape an output of a layer has."""
    if port.layout or spec.kind in _OUTPUTS:
        return port.layout or _OUTPUTS[spec.kind]
    if spec.family == "custom":
        return "N, and what the code makes of it"
    if spec.role == "loss":
        return "one number; with reduction none, one for each term"
    window = _WINDOWS.fullmatch(spec.kind)
    if window is not None:
        return f"N, C, {_out(SPACE[window[2]])}"
    border = _BORDERS.fullmatch(spec.kind)
    if border is not None:
        return f"N, C, {_out(SPACE[border[2]])}"
    if spec.kind.startswith("MaxUnpool"):
        return f"N, C, {_out(SPACE[spec.kind[-2]])}"
    if spec.family == "convolution":
        return f"N, out_channels, {_out(SPACE[spec.kind[-2]])}"
    if spec.family == "merge" and spec.inputs[0].variadic:
        return "N, *, sizes of 1 stretched"
    first = spec.inputs[0].name if spec.inputs else "input"
    return SAME if first == "input" else f"as {first}"


def size_rule(spec: LayerSpec) -> str:
    """Return how a window's arguments make the output's size, along each dimension; empty elsewhere."""
    names = {argument.name for argument in spec.arguments}
    if spec.kind.startswith("ConvTranspose"):
        return spec.formula
    if "kernel_size" not in names or spec.family not in ("convolution", "pooling"):
        return ""
    if not _has_rule(spec.kind):
        return ""
    padding = " + 2·padding" if "padding" in names else ""
    reach = "dilation·(kernel_size − 1) − 1" if "dilation" in names else "kernel_size"
    upwards = "; with ceil_mode it is rounded up" if "ceil_mode" in names else ""
    return f"size = ⌊(input{padding} − {reach}) / stride⌋ + 1{upwards}"


def _has_rule(kind: str) -> bool:
    return not kind.startswith(("FractionalMax", "MaxUnpool"))


def _out(places: str) -> str:
    """Return the places of a map as those of the output: ``H_out, W_out``."""
    return ", ".join(f"{place}_out" for place in places.split(", "))
