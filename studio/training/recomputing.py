"""Activation checkpointing: a network that forgets what is inside its segments, and computes it again.

The backward pass needs the outputs of layers. Kept are those between segments alone; the others are
computed a second time when their segment's turn comes. With as many segments as the root of the number of
layers, memory grows with that root, for one more forward pass (Chen et al., 2016, arXiv:1604.06174).
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from torch import fx, nn
from torch.fx.passes.split_module import split_module
from torch.utils.checkpoint import checkpoint

from studio.compiler.inline import inline


def recomputed(network: fx.GraphModule) -> fx.GraphModule:
    """Return a network over the same layers that computes the same, keeping less for the backward pass.

    Layers that would overwrite their input no longer do: a segment may begin with one, and its input is
    what it is computed from again.

    Args:
        network: In training mode; the result is for training only.
    """
    for layer in network.modules():
        if getattr(layer, "inplace", False):
            layer.inplace = False  # type: ignore[assignment]
    flat = inline(network)
    plain = fx.GraphModule(flat, flat.graph)
    places = _segments(plain.graph)
    split = split_module(plain, plain, lambda node: places[node])
    for fx_node in list(split.graph.nodes):
        if fx_node.op == "call_module":
            segment = getattr(split, str(fx_node.target))
            setattr(split, str(fx_node.target), _Segment(segment))
    split.train(network.training)
    return split


def _segments(graph: fx.Graph) -> dict[fx.Node, int]:
    """Return the segment of each node: pieces of the order of computation, of about equal length."""
    nodes = [node for node in graph.nodes if node.op not in ("placeholder", "output")]
    length = max(math.isqrt(len(nodes)), 1)
    return {node: place // length for place, node in enumerate(nodes)}


class _Segment(nn.Module):
    """Part of a network whose inside is computed again in the backward pass.

    Args:
        inside: The part.
    """

    def __init__(self, inside: nn.Module) -> None:
        super().__init__()
        self.inside = inside
        self._again = _Again([one for one in inside.modules() if getattr(one, "track_running_stats", False)])

    def forward(self, *inputs: Any) -> Any:
        """Return what the part gives."""
        return checkpoint(self.inside, *inputs, use_reentrant=False, context_fn=self._contexts)

    def _contexts(self) -> tuple[AbstractContextManager[Any], AbstractContextManager[Any]]:
        return contextlib.nullcontext(), self._again


class _Again:
    """While a part is computed again, normalizations leave their statistics alone: the batch is in them.

    With a momentum of 0 the running average stays what it is, to the bit.

    Args:
        layers: Those that keep running statistics.
    """

    def __init__(self, layers: Sequence[nn.Module]) -> None:
        self._layers = layers
        self._before: list[tuple[Any, Any]] = []

    def __enter__(self) -> None:
        self._before = [(layer.momentum, layer.num_batches_tracked) for layer in self._layers]
        for layer in self._layers:
            layer.momentum, layer.num_batches_tracked = 0.0, None  # type: ignore[assignment]

    def __exit__(self, *error: object) -> None:
        for layer, (momentum, count) in zip(self._layers, self._before, strict=True):
            layer.momentum, layer.num_batches_tracked = momentum, count
