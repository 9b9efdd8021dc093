"""Histograms of what flows through a network, taken from the training batch's own forward pass.

A second `GraphModule` over the same layers, with the blocks opened, has a small sampler behind each
watched node. It is called in place of the first on the steps that are looked at: the outputs are the same
to the bit, and other steps run without a single extra instruction. Samplers keep some thousand strided
values rather than whole tensors, and one `bincount` counts all of them.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace

import torch
from torch import Tensor, fx, nn

from studio.compiler.inline import inline
from studio.probes.counting import SAMPLE_SIZE, count_all, sample_of
from studio.probes.units import FLAT, Silence, Slope, has_units_last, slope_of
from studio.runs.records import Histogram


class Sampler(nn.Module):
    """Keeps a strided sample of the tensor that passes, and which of its units are silent.

    Attributes:
        sample: (S,) float32 of the last tensor, with S at most about `size`; None before the first.
        seconds: Time spent sampling since it was last set to 0.
        silence: How long each unit has given 0.
        slope: The derivative of what the node computes, and its layer, where it can saturate.
        units_last: The units are the last dimension of what passes.
        gradient: () float32, norm of the gradient that came back to the last tensor; None before the first.

    Args:
        size: Values kept.
        takes_gradients: The gradient that comes back is measured, too.
    """

    def __init__(self, size: int = SAMPLE_SIZE, *, takes_gradients: bool = True) -> None:
        super().__init__()
        self.size = size
        self.sample: Tensor | None = None
        self.seconds = 0.0
        self.silence = Silence()
        self.slope: tuple[Slope, nn.Module] | None = None
        self.units_last = False
        self.takes_gradients = takes_gradients
        self.gradient: Tensor | None = None

    def look_at(self, node: fx.Node, module: fx.GraphModule) -> None:
        """Get ready for what a node computes."""
        object.__setattr__(self, "slope", slope_of(node, module))  # holds a layer that is not its own
        self.units_last = has_units_last(node, module)

    def forward(self, values: Tensor) -> None:
        """Take a sample.

        Shape:
            values: (N, *)
        """
        started = time.perf_counter()
        # A copy: the next layer may write into the tensor (an in-place ReLU).
        self.sample = sample_of(values, self.size)
        if values.is_floating_point():
            self.silence.take(values.detach(), last=self.units_last)
        self.gradient = None
        if self.takes_gradients and values.requires_grad:
            values.register_hook(self._take_gradient)  # type: ignore[no-untyped-call]
        self.seconds += time.perf_counter() - started

    def _take_gradient(self, gradient: Tensor) -> None:
        started = time.perf_counter()
        self.gradient = torch.linalg.vector_norm(gradient.detach()).to(torch.float32)
        self.seconds += time.perf_counter() - started

    def more(self, sample: Tensor) -> Tensor:
        """Return shares of silent units and saturated values, and the gradient's norm; NaN where unknown.

        Shape:
            sample: (S,)
            returns: (3,)
        """
        saturated = unknown = torch.tensor(float("nan"), device=sample.device)
        if self.slope is not None:
            slope, layer = self.slope
            saturated = (slope(sample, layer) < FLAT).to(torch.float32).mean()
        gradient = unknown if self.gradient is None else self.gradient
        return torch.stack([self.silence.share(sample.device), saturated, gradient])


class ActivationTap:
    """A network that is looked into at some nodes.

    Args:
        network: The compiled network.
        nodes: Names of the drawn nodes, of those in blocks their dotted names; of a block, what comes out of
            it is sampled. One that the network does not compute (a loss) is left out.
        size: Values sampled at each.
        takes_gradients: The gradient that comes back to each is measured, too.
    """

    def __init__(
        self,
        network: fx.GraphModule,
        nodes: Iterable[str],
        size: int = SAMPLE_SIZE,
        *,
        takes_gradients: bool = True,
    ) -> None:
        self._samplers: dict[str, Sampler] = {}
        self._takes_gradients = takes_gradients
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
                sampler = self._samplers.setdefault(name, self._sampler(size))
                sampler.look_at(fx_node, flat)
                samplers.append(sampler)
                is_input = fx_node.op == "placeholder"
                with flat.graph.inserting_before(first) if is_input else flat.graph.inserting_after(fx_node):
                    flat.graph.call_module(target, (fx_node,))
        flat.recompile()
        return flat

    def _sampler(self, size: int) -> Sampler:
        return Sampler(size, takes_gradients=self._takes_gradients)

    def take_seconds(self) -> float:
        """Return the time that sampling took since this was last asked."""
        total = 0.0
        for sampler in self._samplers.values():
            total += sampler.seconds
            sampler.seconds = 0.0
        return total

    def read(self, run: str, step: int) -> list[Histogram]:
        """Return the histograms of the last forward pass.

        Values that are not finite are left out; a node that has no others gives no histogram.
        """
        samples, more = {}, []
        for name, sampler in self._samplers.items():
            if sampler.sample is not None:
                finite = sampler.sample[torch.isfinite(sampler.sample)]
                if finite.numel():
                    samples[name] = finite
                    more.append(sampler.more(finite))
                sampler.sample = None
        if not samples:
            return []
        found, further = count_all(list(samples.values()), torch.stack(more))
        return [
            replace(
                one.of(run, name, step, "activation"),
                silent=float(silent),
                saturated=float(saturated),
                gradient=float(gradient),
            )
            for name, one, (silent, saturated, gradient) in zip(samples, found, further, strict=True)
        ]
