"""Inputs to run a network with: random numbers of the shapes that its input nodes say."""

from __future__ import annotations

import torch
from torch import Tensor

from studio.compiler.analysis import Analysis
from studio.compiler.lower import Network
from studio.graph.graph import Graph


def example_inputs(graph: Graph, analysis: Analysis, network: Network, batch: int = 2) -> tuple[Tensor, ...]:
    """Return a batch for each input of a network, in the order it takes them.

    Whole numbers (words, users) are 0 or 1, which every table of two rows has.

    Shape:
        returns: (N, *shape) each
    """
    generator = torch.Generator().manual_seed(0)
    found = []
    for name in network.inputs:
        node = graph.named(name)
        kind = analysis.shapes.outputs[node.id, "output"]
        shape = (batch, *kind.shape)
        if kind.dtype.startswith("int"):
            found.append(torch.randint(0, 2, shape, generator=generator, dtype=getattr(torch, kind.dtype)))
        else:
            found.append(torch.randn(shape, generator=generator))
    return tuple(found)
