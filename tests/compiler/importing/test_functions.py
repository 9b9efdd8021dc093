from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as f

from studio.compiler.importing.importer import import_module
from studio.errors import ImportingError
from studio.graph.node import Node
from tests.compiler.importing.modules import Calls

X = torch.randn(3, 6, generator=torch.Generator().manual_seed(0))
MAPS = torch.randn(3, 4, 8, 6, generator=torch.Generator().manual_seed(0))

ON_ROWS: dict[str, tuple[Callable[[Tensor], Any], list[str]]] = {
    "operator": (
        lambda x: x + x * x - x / (x * x + 1),
        ["Multiply", "Multiply", "Affine", "Divide", "Subtract", "Add"],
    ),
    "number first": (lambda x: 2 / (3 - x), ["Affine", "Constant", "Divide"]),
    "1 - x": (lambda x: 1 - x, ["OneMinus"]),
    "halves": (lambda x: x / 2, ["Affine"]),
    "thirds": (lambda x: x / 3, ["Constant", "Divide"]),
    "negated": (lambda x: -x, ["Affine"]),
    "square": (lambda x: x**2, ["Pow"]),
    "nothing": (lambda x: (x + 0).contiguous().clone().float(), []),
    "in place": (lambda x: x.mul_(3).add_(x), ["Affine", "Add"]),
    "sum of a list": (lambda x: sum([x, x.relu()]), ["ReLU", "Add"]),
    "leaky": (lambda x: f.leaky_relu(x, 0.2), ["LeakyReLU"]),
    "glu": (lambda x: f.glu(x, -1), ["GLU"]),
    "clamp": (lambda x: x.clamp(-1, 1), ["Clamp"]),
    "hardtanh": (lambda x: f.hardtanh(x, -2.0, 2.0), ["Hardtanh"]),
    "softmax": (lambda x: torch.softmax(x, dim=-1), ["Softmax"]),
    "column": (lambda x: x[:, 2:3], ["Slice"]),
    "one and new": (lambda x: x[:, 1, None] + x[..., -1:], ["Select", "Unsqueeze", "Slice", "Add"]),
    "halves joined": (lambda x: torch.cat(x.chunk(2, 1)[::-1], 1), ["Chunk", "Concat"]),
    "uneven parts": (lambda x: torch.cat(x.split([4, 2], 1)[::-1], dim=1), ["Split", "Concat"]),
    "stack and unbind": (lambda x: torch.stack([x, x], 1).unbind(1)[0], ["Stack", "Select"]),
    "view": (lambda x: x.view(x.size(0), 2, -1), ["Reshape"]),
    "largest": (lambda x: x.max(1, keepdim=True)[0] + x.amax((1,), True), ["AMax", "AMax", "Add"]),
    "of two": (
        lambda x: torch.max(x, -x) + torch.minimum(x, -x),
        ["Affine", "Affine", "Maximum", "Minimum", "Add"],
    ),
    "product": (lambda x: x[:, :, None] @ x[:, None, :], ["Unsqueeze", "Unsqueeze", "MatMul"]),
    "length": (lambda x: x / x.norm(dim=1, keepdim=True), ["VectorNorm", "Divide"]),
    "unit rows": (lambda x: f.normalize(x, dim=-1), ["VectorNorm", "Clamp", "Divide"]),
    "angle": (lambda x: f.cosine_similarity(x, x.relu(), dim=1), ["ReLU", "CosineSimilarity"]),
    "no gradient": (lambda x: x.detach(), ["Detach"]),
    "size decides": (lambda x: x if x.shape[1] == 6 else x.relu(), []),
}

ON_MAPS: dict[str, tuple[Callable[[Tensor], Any], list[str]]] = {
    "pools": (
        lambda x: f.max_pool2d(f.avg_pool2d(x, 2), 3, 1, 1),
        ["AvgPool2d", "MaxPool2d"],
    ),
    "adaptive": (
        lambda x: torch.flatten(f.adaptive_avg_pool2d(x, 1), 1),
        ["AdaptiveAvgPool2d", "Flatten"],
    ),
    "mean over places": (lambda x: x.mean((2, 3)), ["Mean"]),
    "flat view": (lambda x: x.view(x.size(0), -1), ["Flatten"]),
    "permuted": (lambda x: x.permute(0, 2, 3, 1).transpose(1, 2), ["Permute", "Transpose"]),
    "squeezed": (lambda x: x[:, :1].squeeze(1).unsqueeze(-1), ["Slice", "Squeeze", "Unsqueeze"]),
    "padded": (lambda x: f.pad(x, (1, 2, 0, 1)), ["Pad"]),
    "not padded": (lambda x: f.relu(f.pad(x, (0, 0))), ["ReLU"]),
    "larger": (lambda x: f.interpolate(x, scale_factor=2.0), ["Interpolate"]),
    "rolled": (lambda x: torch.roll(x, (1, -1), (2, 3)), ["Roll"]),
    "shuffled": (lambda x: f.pixel_shuffle(x, 2), ["PixelShuffle"]),
    "local norm": (lambda x: f.local_response_norm(x, 3), ["LocalResponseNorm"]),
    "plain norm": (lambda x: f.layer_norm(x, (6,)), ["LayerNorm"]),
    "attention": (lambda x: f.scaled_dot_product_attention(x, x, x), ["ScaledDotProductAttention"]),
}


class Only(torch.nn.Module):
    """A function as a module."""

    def __init__(self, then: Callable[[Tensor], Any]) -> None:
        super().__init__()
        self.then = then

    def forward(self, x: Tensor) -> Any:
        return self.then(x)


def layers(nodes: list[Node]) -> list[str]:
    return [node.kind for node in nodes if not node.kind.endswith("Input") and node.kind != "Output"]


@pytest.mark.parametrize(("then", "kinds"), ON_ROWS.values(), ids=ON_ROWS)
def test_function_on_rows_becomes_layers(then: Callable[[Tensor], Any], kinds: list[str]) -> None:
    imported = import_module(Calls(then), X)
    assert imported.is_bit_equal
    assert sorted(layers(imported.graph.ordered())) == sorted(["Linear", *kinds])


@pytest.mark.parametrize(("then", "kinds"), ON_MAPS.values(), ids=ON_MAPS)
def test_function_on_maps_becomes_layers(then: Callable[[Tensor], Any], kinds: list[str]) -> None:
    imported = import_module(Only(then), MAPS)
    assert imported.is_bit_equal
    assert sorted(layers(imported.graph.ordered())) == sorted(kinds)


@pytest.mark.parametrize(
    ("then", "text"),
    [
        (lambda x: x if x.sum() > 0 else -x, "looks at the values of a tensor"),
        (lambda x: x * float(x[0, 0]), "looks at the values of a tensor"),
        (lambda x: torch.from_numpy(x.detach().numpy()), "looks at the values"),
        (lambda x: torch.einsum("bi,bj->bij", x, x), "calls einsum, for which the catalog has no layer"),
        (lambda x: x - x.mean(0), "dimension 0 is not the batch any more"),
        (lambda x: x.t(), "dimension 0 is not the batch any more"),
        (lambda x: x.view(-1), "dimension 0 is not the batch any more"),
        (lambda x: x[:, [2, 0]], "picks from a tensor by another tensor or a list"),
        (lambda x: x.double(), "for which the catalog has no layer"),
        (lambda x: torch.add(x, x, alpha=2), "alpha or rounding_mode"),
        (lambda x: x.nonsense, "failed on the example"),
        (lambda x: 3, "gives no tensor that depends on its inputs"),
    ],
)
def test_what_cannot_be_drawn_is_named(then: Callable[[Tensor], Any], text: str) -> None:
    with pytest.raises(ImportingError, match=text):
        import_module(Calls(then), X)


def test_writing_into_a_tensor_is_refused_with_its_line() -> None:
    def writes(x: Tensor) -> Tensor:
        y = x * 2
        y[:, 0] = 0
        return y

    with pytest.raises(ImportingError, match=r"writes into a tensor.*test_functions.py, line \d+"):
        import_module(Calls(writes), X)


def test_what_leads_to_no_output_may_be_anything() -> None:
    imported = import_module(Calls(lambda x: (torch.einsum("bi,bj->bij", x, x), x.relu())[1]), X)
    assert imported.is_bit_equal


def test_overwriting_is_kept_only_where_nobody_has_read() -> None:
    alone = import_module(Calls(lambda x: f.relu(x, inplace=True)), X).graph
    read = import_module(Calls(lambda x: torch.sigmoid(x) + f.relu(x, inplace=True)), X).graph
    assert alone.named("relu").arguments["inplace"] is True
    assert "inplace" not in read.named("relu").arguments
