"""What every layer of a network gives for one sample, in one pass, each made small at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, fx
from torch.nn import functional

from studio.probes.outputs import first_tensor
from studio.probes.unit_values import real
from studio.runs.insights import LayerMaps

MOST_MAPS, MOST_SIDE = 16, 48
"""Maps shown of a layer, and the longer side of one: a row of a list has no room for more."""

MOST_NUMBERS = 512
MOST_LAYERS = 300


class _Walk(fx.Interpreter):
    """Keeps what is shown of each drawn node. It is taken at once: a layer behind may compute in place."""

    def __init__(self, network: fx.GraphModule) -> None:
        super().__init__(network)
        self.found: dict[str, LayerMaps] = {}

    def run_node(self, n: fx.Node) -> Any:
        value = super().run_node(n)
        name, output = n.meta.get("node"), first_tensor(value)
        if name and n.op != "output" and output is not None and output.dim() and output.numel():
            self.found.pop(name, None)  # of several parts of a node the last is what it gives
            self.found[name] = maps_of(name, output[0])
        return value


def feature_maps(flat: fx.GraphModule, inputs: Sequence[Tensor]) -> list[LayerMaps]:
    """Return what each drawn node gives for one sample, in the order in which they compute.

    Args:
        flat: The network with its blocks opened, in the mode in which it is to run.
        inputs: What it takes, each a batch of one.
    """
    walk = _Walk(flat)
    with torch.inference_mode():
        walk.run(*inputs)
    return list(walk.found.values())


def maps_of(name: str, output: Tensor) -> LayerMaps:
    """Return what is shown of a layer's output for one sample.

    Shape:
        output: (K, H, W); (*, H, W), whose leading dimensions become one; (L, E), which is one map; or (E,)
    """
    shape = tuple(output.shape)
    output = real(output)
    finite = torch.isfinite(output)
    known = output[finite]
    low, high = (float(known.min()), float(known.max())) if known.numel() else (0.0, 0.0)
    broken = output.numel() - int(finite.sum())
    if output.dim() < 2:
        values, total = output.reshape(-1)[:MOST_NUMBERS].clone(), output.numel()
    else:
        maps = output.reshape(-1, *output.shape[-2:])
        values, total = shrunk(maps[:MOST_MAPS], MOST_SIDE), len(maps)
    return LayerMaps(name, shape, values.numpy(), total, low, high, broken)


def shrunk(maps: Tensor, side: int) -> Tensor:
    """Return maps whose longer side is at most so long; neighbours are averaged.

    Shape:
        maps: (*, H, W)
    """
    longest = max(maps.shape[-2:])
    if longest <= side:
        return maps.clone()
    high, wide = (max(round(one * side / longest), 1) for one in maps.shape[-2:])
    return functional.adaptive_avg_pool2d(maps, (high, wide))
