"""Layers that need more than one call are written so that the source computes what the network does."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
import torch
from torch import nn

from studio.compiler import lower
from studio.compiler.exporting.source import network_source
from studio.graph.graph import Graph
from tests.helpers.drawing import Line, draw

STEPS: Line = ("x", "SequenceInput", {"length": 5, "features": 8})
MAPS: Line = ("x", "TensorInput", {"shape": (7, 7, 8)})


def written(graph: Graph) -> Any:
    """The network that the source makes, with the compiled network's weights. The source is ours."""
    source = network_source(graph)
    module = ModuleType("exported")
    exec(compile(source.text, "exported.py", "exec"), module.__dict__)
    network: nn.Module = getattr(module, source.network)()
    torch.manual_seed(0)
    network.load_state_dict(lower.compile(graph).state_dict(), strict=True)
    return network


@pytest.mark.parametrize(
    "lines",
    [
        (STEPS, ("it", "Slice", "x", {"dim": -1, "stop": 3})),
        (STEPS, ("it", "Slice", "x", {"dim": -2, "start": 1, "step": 2})),
        (STEPS, ("it", "MultiheadAttention", "x", {"num_heads": 2, "is_causal": True})),
        (STEPS, ("it", "TransformerEncoderLayer", "x", {"nhead": 2, "is_causal": True})),
        (STEPS, ("it", "TransformerDecoderLayer", "x x", {"nhead": 2, "tgt_is_causal": True})),
        (STEPS, ("c", "Constant", {"shape": (8,), "value": tuple(range(8))}), ("it", "Add", "x c")),
        (STEPS, ("lstm", "LSTM", "x"), ("it", "Select", "lstm.c_n")),
        (
            STEPS,
            ("cut", "Split", "x", {"dim": -1, "split_sizes": (3, 5)}),
            ("it", "Concat", "cut.output1 cut", {"dim": 2}),
        ),
        (MAPS, ("it", "ShiftedWindowAttention", "x", {"shift_size": (2, 2), "window_size": (3, 3)})),
    ],
    ids=lambda lines: lines[-1][1] if isinstance(lines, tuple) else "",
)
def test_source_computes_the_same(lines: tuple[Line, ...]) -> None:
    graph = draw(*lines)
    torch.manual_seed(0)
    network, source = lower.compile(graph).eval(), written(graph).eval()
    x = torch.randn(3, 7, 7, 8) if lines[0] is MAPS else torch.randn(3, 5, 8)
    assert torch.equal(source(x), network(x))


@pytest.mark.parametrize("init", ["normal", "uniform", "trunc_normal"])
def test_a_parameter_starts_alike_in_the_source(init: str) -> None:
    token = ("it", "Parameter", {"shape": (8, 500), "init": init, "value": -0.5, "frozen": True})
    graph = draw(STEPS, token, ("y", "MatMul", "x it"))
    source = network_source(graph)
    module = ModuleType("exported")
    exec(compile(source.text, "exported.py", "exec"), module.__dict__)
    torch.manual_seed(0)
    found = getattr(module, source.network)().it
    wanted = lower.compile(graph).it
    assert found.std().item() == pytest.approx(wanted.std().item(), rel=0.1)
    assert not found.requires_grad
