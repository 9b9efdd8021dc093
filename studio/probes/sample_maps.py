"""What some nodes give for one fixed sample, made small on the device and fetched in one transfer."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, fx

from studio.compiler.inline import inline
from studio.probes.feature_maps import shrunk
from studio.probes.outputs import first_tensor
from studio.probes.unit_values import real
from studio.runs.records import Array, Maps

MOST_MAPS, MOST_SIDE, MOST_NUMBERS = 16, 28, 128
"""Maps shown of a node, the longer side of one, and numbers of a row: a card has no room for more."""


class _Reached(Exception):  # noqa: N818
    """Ends a walk: all that is wanted was seen."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is shown of a node, on the device.

    Attributes:
        facts: Lowest and highest finite number, and how many are not finite; (3,) float32.
    """

    shape: tuple[int, ...]
    values: Tensor
    total: int
    facts: Tensor


class _Walk(fx.Interpreter):
    """Runs a network as far as it takes, and keeps what is shown of some nodes.

    It is taken at once: a layer behind may compute in place.
    """

    def __init__(self, network: fx.GraphModule, wanted: dict[fx.Node, tuple[str, ...]]) -> None:
        super().__init__(network)
        self._wanted = wanted
        self.found: dict[str, _Seen] = {}
        self._last = next((node for node in reversed(network.graph.nodes) if node in wanted), None)

    def run_node(self, n: fx.Node) -> Any:
        value = super().run_node(n)
        output = first_tensor(value) if n in self._wanted else None
        if output is not None and output.dim() and output.numel():
            seen = _seen(output[0])
            self.found |= dict.fromkeys(self._wanted[n], seen)
        if n is self._last:
            raise _Reached
        return value


class SampleMaps:
    """A network that is looked into with a sample, at rest.

    Args:
        network: The compiled network.
        nodes: Names of the drawn nodes, dotted inside blocks; of a block, what comes out of it is seen. Those
            that the network does not compute are left out.

    Attributes:
        nodes: As given.
    """

    def __init__(self, network: fx.GraphModule, nodes: Iterable[str]) -> None:
        self.nodes = tuple(nodes)
        self._flat = inline(network)
        self._wanted = _last_of_each(self._flat, frozenset(self.nodes))

    def read(self, inputs: Sequence[Tensor], run: str, step: int) -> list[Maps]:
        """Return what the nodes give; of one that gives no tensor, or an empty one, nothing.

        The network is run in the mode that it is in, without gradients.

        Args:
            inputs: What the network takes, each a batch of one.
            run: For the records.
            step: Likewise.
        """
        if not self._wanted:
            return []
        walk = _Walk(self._flat, self._wanted)
        with torch.no_grad(), contextlib.suppress(_Reached):
            walk.run(*inputs)
        return _fetched(walk.found, run, step)


def _last_of_each(flat: fx.GraphModule, names: frozenset[str]) -> dict[fx.Node, tuple[str, ...]]:
    """Return the nodes of the graph that give what drawn nodes give: of several parts the last."""
    last: dict[str, fx.Node] = {}
    for node in flat.graph.nodes:
        if node.op != "output":
            found = {node.meta.get("node"), *node.meta.get("blocks", ())} & names
            last |= dict.fromkeys(found, node)
    wanted: dict[fx.Node, tuple[str, ...]] = {}
    for name in sorted(last):
        wanted[last[name]] = (*wanted.get(last[name], ()), name)
    return wanted


def _seen(output: Tensor) -> _Seen:
    """Return what is shown of a node's output for one sample.

    Shape:
        output: (K, H, W); (*, H, W), whose leading dimensions become one; (L, E), which is one map; or (E,)
    """
    shape, output = tuple(output.shape), real(output.detach())
    if output.dim() < 2:
        values, total = output.reshape(-1)[:MOST_NUMBERS], output.numel()
    else:
        maps = output.reshape(-1, *output.shape[-2:])
        values, total = shrunk(maps[:MOST_MAPS], MOST_SIDE), len(maps)
    finite = torch.isfinite(output)
    broken = output.numel() - finite.sum()
    low = torch.where(finite, output, math.inf).min()
    high = torch.where(finite, output, -math.inf).max()
    facts = torch.stack([low, high, broken.to(low.dtype)])
    return _Seen(shape, values.to(torch.float32, copy=True), total, facts.to(torch.float32))


def _fetched(found: dict[str, _Seen], run: str, step: int) -> list[Maps]:
    """Return what was seen as records, fetched from the device at once."""
    if not found:
        return []
    parts = [part.reshape(-1) for seen in found.values() for part in (seen.values, seen.facts)]
    numbers = torch.cat(parts).cpu().numpy()
    records, start = [], 0
    for name, seen in found.items():
        size = seen.values.numel()
        values: Array = numbers[start : start + size].reshape(seen.values.shape)
        low, high, broken = (float(one) for one in numbers[start + size : start + size + 3])
        start += size + 3
        if not np.isfinite([low, high]).all():
            low = high = 0.0
        records.append(
            Maps(
                run, name, step, seen.shape, np.ascontiguousarray(values), seen.total, low, high, int(broken)
            )
        )
    return records
