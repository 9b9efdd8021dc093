"""Histograms of what flows through a network, taken from the training batch's own forward pass.

A second `GraphModule` over the same layers, with the blocks opened, has a small sampler behind each
watched node. It is called in place of the first on the steps that are looked at: the outputs are the same
to the bit, and other steps run without a single extra instruction. Samplers keep some thousand strided
values rather than whole tensors, and one `bincount` counts all of them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable

import torch
from torch import Tensor, fx, nn

from studio.compiler.inline import inline
from studio.runs.records import ActivationHistogram

NUM_BINS = 64
SAMPLE_SIZE = 8192


class Sampler(nn.Module):
    """Keeps a strided sample of the tensor that passes.

    Attributes:
        sample: (S,) float32 of the last tensor, with S at most about `size`; None before the first.
        seconds: Time spent sampling since it was last set to 0.
    """

    def __init__(self, size: int = SAMPLE_SIZE) -> None:
        super().__init__()
        self.size = size
        self.sample: Tensor | None = None
        self.seconds = 0.0

    def forward(self, values: Tensor) -> None:
        """Take a sample.

        Shape:
            values: (N, *)
        """
        started = time.perf_counter()
        flat = values.detach().reshape(-1)
        stride = stride_for(values.numel(), math.prod(values.shape[1:]), self.size)
        # A copy: the next layer may write into the tensor (an in-place ReLU).
        self.sample = flat[::stride].to(torch.float32, copy=True)
        self.seconds += time.perf_counter() - started


def stride_for(total: int, per_sample: int, wanted: int) -> int:
    """Return a stride that takes some `wanted` of `total` values, and every unit's in turn.

    A stride that shares a factor with the number of values of one sample would meet the same units in
    each sample, and never the others.
    """
    stride = max(1, total // wanted)
    while stride > 1 and math.gcd(stride, per_sample) != 1:
        stride += 1
    return stride


class ActivationTap:
    """A network that is looked into at some nodes.

    Args:
        network: The compiled network.
        nodes: Names of the drawn nodes, of those in blocks their dotted names; of a block, what comes out of
            it is sampled. One that the network does not compute (a loss) is left out.
        size: Values sampled at each.
    """

    def __init__(self, network: fx.GraphModule, nodes: Iterable[str], size: int = SAMPLE_SIZE) -> None:
        self._samplers: dict[str, Sampler] = {}
        self.module = self._build(network, frozenset(nodes), size)

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes that are looked into."""
        return tuple(self._samplers)

    def _build(self, network: fx.GraphModule, wanted: frozenset[str], size: int) -> fx.GraphModule:
        """Return the network with its blocks opened, over the same layers, with samplers in it."""
        flat = inline(network, "TappedNetwork")
        first = next(node for node in flat.graph.nodes if node.op != "placeholder")
        stem = "samplers"
        while hasattr(flat, stem):
            stem += "_"
        samplers = nn.ModuleList()
        flat.add_module(stem, samplers)
        for fx_node in list(flat.graph.nodes):
            names = {fx_node.meta.get("node"), *fx_node.meta.get("blocks", ())} & wanted
            for name in sorted(names) if fx_node.op != "output" else ():
                target = f"{stem}.{len(samplers)}"
                samplers.append(self._samplers.setdefault(name, Sampler(size)))
                is_input = fx_node.op == "placeholder"
                with flat.graph.inserting_before(first) if is_input else flat.graph.inserting_after(fx_node):
                    flat.graph.call_module(target, (fx_node,))
        flat.recompile()
        return flat

    def take_seconds(self) -> float:
        """Return the time that sampling took since this was last asked."""
        total = 0.0
        for sampler in self._samplers.values():
            total += sampler.seconds
            sampler.seconds = 0.0
        return total

    def read(self, run: str, step: int) -> list[ActivationHistogram]:
        """Return the histograms of the last forward pass.

        Values that are not finite are left out; a node that has no others gives no histogram.
        """
        samples = {}
        for name, sampler in self._samplers.items():
            if sampler.sample is not None:
                finite = sampler.sample[torch.isfinite(sampler.sample)]
                if finite.numel():
                    samples[name] = finite
                sampler.sample = None
        if not samples:
            return []
        values = list(samples.values())
        facts = torch.stack([_facts(sample) for sample in values])
        counts = _count(values, facts[:, 0], facts[:, 1]).cpu().numpy()
        return [
            ActivationHistogram(run, name, step, low, high, row, zeros, mean, std)
            for name, (low, high, zeros, mean, std), row in zip(samples, facts.tolist(), counts, strict=True)
        ]


def _facts(sample: Tensor) -> Tensor:
    """Return low and high edge, share of zeros, mean and standard deviation.

    Shape:
        sample: (S,)
        returns: (5,)
    """
    low, high = torch.aminmax(sample)
    # All values alike: a histogram needs some width around them.
    width = torch.where(high > low, torch.zeros_like(low), low.abs() * 1e-3 + 1e-6)
    zeros = (sample == 0).to(torch.float32).mean()
    std, mean = torch.std_mean(sample, correction=0)
    return torch.stack([low - width, high + width, zeros, mean, std])


def _count(samples: list[Tensor], lows: Tensor, highs: Tensor) -> Tensor:
    """Return how many values of each sample fall into each bin, all samples in one `bincount`.

    Shape:
        samples: L of (S,)
        lows, highs: (L,)
        returns: (L, B) int64
    """
    bins = []
    for index, sample in enumerate(samples):
        place = (sample - lows[index]) * (NUM_BINS / (highs[index] - lows[index]))
        bins.append(place.to(torch.int64).clamp_(0, NUM_BINS - 1) + index * NUM_BINS)
    counts = torch.bincount(torch.cat(bins), minlength=len(samples) * NUM_BINS)
    return counts.reshape(len(samples), NUM_BINS)
