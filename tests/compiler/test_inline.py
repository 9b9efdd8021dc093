"""Blocks opened into one flat graph that computes the same over the same layers."""

from __future__ import annotations

import pytest
import torch
from torch import fx, nn

from studio.compiler import lower
from studio.compiler.inline import inline
from studio.graph.graph import Graph
from tests.compiler.test_blocks import BASIC, DECODER, SPLIT, rows
from tests.compiler.test_heads import X, three_heads
from tests.helpers.drawing import block, draw

PAIR = block(
    "Pair",
    ("x", "BlockInput"),
    ("enc", "Linear", "x", {"out_features": 3}),
    ("dec", "Linear", "enc", {"out_features": 4, "tied_to": "enc", "tied_as": "transposed"}),
    ("y", "BlockOutput", "dec"),
)


def vectors(*lines: tuple[object, ...]) -> Graph:
    return draw(("x", "VectorInput", {"features": 4}), *lines, blocks=[DECODER, SPLIT, PAIR])


GRAPHS = {
    "flat": three_heads(loss_weight=1.0),
    "rows": rows(),
    "ports": vectors(
        ("split", "block:Split", "x"),
        ("row", "block:Decoder", "split.out2 split.out1", {"repeat": 2}),
        ("fc", "Linear", "row"),
    ),
    "ties": vectors(("row", "block:Pair", "x", {"repeat": 2})),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_outputs_and_gradients_are_the_same_to_the_bit_over_the_same_layers(name: str) -> None:
    module = lower.compile(GRAPHS[name])
    flat = inline(module)
    inputs = torch.randn(2, 3, 8, 8) if name == "rows" else X
    grads = []
    for one in (module, flat):
        module.zero_grad()
        torch.manual_seed(1)
        outputs = one(inputs)
        sum(out.square().sum() for out in (outputs if isinstance(outputs, tuple) else (outputs,))).backward()
        grads.append((outputs, [parameter.grad.clone() for parameter in module.parameters()]))
    firsts = [g[0] if isinstance(g[0], tuple) else (g[0],) for g in grads]
    assert all(torch.equal(a, b) for a, b in zip(*firsts, strict=True))
    assert all(torch.equal(a, b) for a, b in zip(grads[0][1], grads[1][1], strict=True))
    theirs = dict(module.named_parameters())
    assert {name: id(value) for name, value in flat.named_parameters()} == {
        name: id(value) for name, value in theirs.items()
    }


def test_nothing_but_layers_is_left_and_each_has_its_dotted_name() -> None:
    flat = inline(lower.compile(rows()))
    called = [node for node in flat.graph.nodes if node.op == "call_module"]
    assert all(
        not isinstance(flat.get_submodule(node.target), fx.GraphModule | nn.Sequential) for node in called
    )
    assert all(node.meta["node"] == node.target for node in called)
    names = [node.meta["node"] for node in flat.graph.nodes if "node" in node.meta]
    assert names[:4] == ["image", "layer1.0.conv1", "layer1.0.bn1", "layer1.0.relu1"]
    assert "layer2.0.downsample" in names
    assert len(names) == len(set(names))


def test_what_a_block_gives_is_known_by_the_blocks_name() -> None:
    flat = inline(lower.compile(rows()))
    found = {name: node.meta["node"] for node in flat.graph.nodes for name in node.meta.get("blocks", ())}
    assert found == {
        "layer1": "layer1.1.add", "layer1.0": "layer1.0.add", "layer1.1": "layer1.1.add",
        "layer2": "layer2.2.add", "layer2.0": "layer2.0.add", "layer2.1": "layer2.1.add",
        "layer2.2": "layer2.2.add",
    }  # fmt: skip


@pytest.mark.parametrize("first_of_heads", ["layer", "block", "function"])
def test_heads_are_left_out_in_evaluation_as_before(first_of_heads: str) -> None:
    kinds = {"layer": ("Linear", "x"), "block": ("block:Pair", "x"), "function": ("OneMinus", "x")}
    kind, feed = kinds[first_of_heads]
    graph = draw(
        ("x", "VectorInput", {"features": 4}),
        ("main", "block:Pair", "x"),
        ("aux", kind, feed, {"out_features": 4} if kind == "Linear" else {}),
        ("loss", "MSELoss", "main x"),
        ("aux_loss", "MSELoss", "aux main", {"active": "training"}),
        blocks=[PAIR],
    )
    module = lower.compile(graph)
    flat = inline(module)
    for training in (True, False):
        ours, theirs = (one.train(training)(X) for one in (flat, module))
        assert len(ours) == len(theirs)
        assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_a_block_that_gives_its_input_back_is_just_gone() -> None:
    through = block("Through", ("x", "BlockInput"), ("y", "BlockOutput", "x"))
    graph = draw(
        ("image", "ImageInput", {"channels": 3, "height": 8, "width": 8}),
        ("pass1", "block:Through", "image", {"repeat": 2}),
        ("stage", "block:Basic", "pass1", {"width": 3}),
        blocks=[BASIC, through],
    )
    module = lower.compile(graph)
    image = torch.randn(2, 3, 8, 8)
    assert torch.equal(inline(module)(image), module(image))
