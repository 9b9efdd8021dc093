"""Where the help leads: to related layers, to papers, and to torch's documentation."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from studio.catalog.registry import find, layers
from studio.catalog.spec import LayerSpec

MOST_RELATED = 8
CLOSE = 1000
"""From this score on two layers are related, see `_closeness`."""

GROUPS: tuple[tuple[str, ...], ...] = (
    ("ReLU", "LeakyReLU", "PReLU", "ELU", "GELU", "SiLU", "Softplus"),
    ("Sigmoid", "Tanh", "Softsign", "Hardsigmoid", "Hardtanh", "LogSigmoid"),
    ("Softmax", "LogSoftmax", "Softmax2d", "Softmin"),
    ("GLU", "Sigmoid", "Multiply", "OneMinus"),
    ("Conv2d", "ConvTranspose2d", "MaxPool2d", "BatchNorm2d"),
    ("BatchNorm2d", "LayerNorm", "GroupNorm", "InstanceNorm2d", "LocalResponseNorm"),
    ("MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d", "AdaptiveMaxPool2d", "LPPool2d"),
    ("Linear", "Bilinear", "MatMul", "Embedding"),
    ("RNN", "LSTM", "GRU"),
    ("MultiheadAttention", "ScaledDotProductAttention", "RelativePositionalMultiHeadAttention"),
    ("Flatten", "Unflatten", "Reshape", "Permute", "Transpose", "Squeeze", "Unsqueeze"),
    ("Slice", "Select", "Chunk", "Split", "Roll", "Pad"),
    ("PixelShuffle", "PixelUnshuffle", "Upsample", "ConvTranspose2d", "ChannelShuffle"),
    ("WindowPartition", "WindowDepartition", "RelativePositionalMultiHeadAttention"),
    ("OneHot", "Embedding", "EmbeddingBag"),
    ("Add", "Subtract", "Multiply", "Divide", "Average", "Maximum", "Minimum"),
    ("Concat", "Stack", "Add", "Split"),
    ("Mean", "Sum", "AMax", "VectorNorm", "AdaptiveAvgPool2d"),
    ("Exp", "Log", "Sqrt", "Pow", "Abs", "Sin", "Cos"),
    ("Affine", "OneMinus", "Clamp", "Detach"),
    ("Parameter", "Constant", "ExpandToBatch"),
    ("ImageInput", "VectorInput", "SequenceInput", "TokenInput", "TensorInput", "Target"),
    ("ImageInput", "Output"),
    ("ReLU", "Identity"),
    ("TransformerEncoderLayer", "PositionalEncoding", "Embedding"),
    ("Add", "ZeroPadShortcut", "StochasticDepth"),
    ("HOG", "Spectrogram", "MFCC"),
    ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss"),
    ("CrossEntropyLoss", "NLLLoss", "BCEWithLogitsLoss"),
)
"""Layers that a person chooses between, or that go together."""

_TORCH = "https://docs.pytorch.org/docs/stable/generated/"
_OWN_PAGE = re.compile(r"torch\.(nn\.[A-Z]\w*|nn\.functional\.\w+|linalg\.\w+|Tensor\.\w+|[a-z]\w*)")
_PAGES = {"torch.nn.Parameter": "torch.nn.parameter.Parameter"}
"""Names whose page is called otherwise."""

_PAPER = re.compile(r"(?P<arxiv>arXiv:(?P<number>[0-9.]+))|(?P<doi>doi:(?P<name>\S+))")


def address(part: str) -> str:
    """Return where one part of a reference is to be read; empty if that is not known."""
    part = part.strip()
    if _OWN_PAGE.fullmatch(part):
        return f"{_TORCH}{_PAGES.get(part, part)}.html"
    paper = _PAPER.search(part)
    if paper is None:
        return ""
    if paper["arxiv"]:
        return f"https://arxiv.org/abs/{paper['number'].rstrip('.')}"
    return f"https://doi.org/{paper['name']}"


def references(spec: LayerSpec) -> list[tuple[str, str]]:
    """Return the parts of a layer's reference, each with its address or an empty text."""
    return [(part.strip(), address(part)) for part in spec.reference.split(";") if part.strip()]


@cache
def related(kind: str) -> tuple[str, ...]:
    """Return kinds that a person who reads about one may want to see, closest first.

    First those that its own words name, then those it is chosen from or goes together with, then those that
    are also called what it is called.
    """
    spec = find(kind)
    if spec is None:
        return ()
    grouped = [name for group in GROUPS if kind in group for name in group]
    scores = Counter({other.kind: _closeness(spec, other) for other in layers().values()})
    close = [name for name, score in scores.most_common() if score >= CLOSE]
    found = dict.fromkeys([*_named(spec), *grouped, *close])
    return tuple(name for name in found if name != kind)[:MOST_RELATED]


def _named(spec: LayerSpec) -> list[str]:
    """Return the layers that a layer's own words name, and not just begin a sentence with: *Add* a border."""
    texts = [spec.summary, *(argument.help for argument in spec.arguments)]
    words = [word for text in texts for word in re.findall(r"(?<=[^.:] )[A-Z]\w+", text)]
    return [word for word in words if word in layers()]


def _closeness(spec: LayerSpec, other: LayerSpec) -> int:
    """Return how close two layers are, in thousandths: 1000 for a name that hardly any other shares."""
    shared = set(spec.synonyms) & set(other.synonyms)
    score = sum(2000 // _users()[word] for word in shared)
    if _stem(spec.kind) == _stem(other.kind):
        return score + 1500
    if spec.family == other.family and shared:
        return score + 300
    return score if len(shared) > 1 else 0


@cache
def _users() -> Counter[str]:
    """Return how many layers each synonym belongs to."""
    return Counter(word for spec in layers().values() for word in set(spec.synonyms))


def _stem(kind: str) -> str:
    """Return a kind without its number of dimensions: ``Conv2d`` → ``Conv``."""
    return re.sub(r"[123]d", "", kind)
