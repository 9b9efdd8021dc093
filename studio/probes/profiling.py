"""How long each layer takes, forward and backward, and how much it keeps for the backward pass."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor, fx

from studio.compiler.inline import inline
from studio.probes.single_layers import SingleLayer, layers_of, values_of

WARM_UP = 2
"""Passes of each layer that are not timed: kernels are chosen then."""

Report: TypeAlias = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class LayerProfile:
    """What one drawn node costs at one batch.

    Attributes:
        node: Its dotted name.
        forward_s: Median time of its forward pass.
        backward_s: Of its backward pass; 0 where nothing comes back through it.
        output_bytes: What it gives.
        kept_bytes: What autograd keeps of it until the backward pass, its parameters left out.
    """

    node: str
    forward_s: float
    backward_s: float
    output_bytes: int
    kept_bytes: int


def profile(
    module: fx.GraphModule,
    inputs: tuple[Tensor, ...],
    *,
    repeats: int = 7,
    report: Report = lambda done, total, label: None,
) -> list[LayerProfile]:
    """Measure every layer of a network by itself, on what comes into it.

    Layers are run alone: what a device does with several at once, or a compiler with a row of them, does not
    show. The statistics of batch normalizations are put back afterwards.

    Args:
        module: In the mode that is to be measured.
        inputs: (N, *) each, on the module's device.
        repeats: Passes of which the median is taken.
        report: Is told how many layers are done; may raise to end it.
    """
    buffers = {name: value.clone() for name, value in module.named_buffers()}
    try:
        return _profile(inline(module), inputs, repeats, report)
    finally:
        with torch.no_grad():
            for name, value in module.named_buffers():
                value.copy_(buffers[name])


def _profile(
    flat: fx.GraphModule, inputs: tuple[Tensor, ...], repeats: int, report: Report
) -> list[LayerProfile]:
    values, groups = values_of(flat, inputs), layers_of(flat)
    found = []
    for place, (name, group) in enumerate(groups.items()):
        report(place, len(groups), name)
        found.append(_Timed(SingleLayer(flat, name, group, values)).measured(repeats))
    report(len(groups), len(groups), "")
    return found


class _Timed:
    """A layer under the clock."""

    def __init__(self, layer: SingleLayer) -> None:
        self._layer = layer
        learned = [one for one in layer.parameters.values() if one.requires_grad]
        self._asked = [*layer.inputs, *learned]
        self._parameters = {one.untyped_storage().data_ptr() for one in layer.parameters.values()}

    def measured(self, repeats: int) -> LayerProfile:
        """Run it some times, forward and backward."""
        forward, backward, kept = [], [], 0
        for turn in range(WARM_UP + repeats):
            given = self._layer.given()
            saved: dict[int, int] = {}

            def keep(tensor: Tensor, saved: dict[int, int] = saved) -> Tensor:
                storage = tensor.untyped_storage()
                if storage.data_ptr() not in self._parameters:
                    saved[storage.data_ptr()] = storage.nbytes()
                return tensor

            started = _now()
            with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
                outputs = self._layer.outputs(given)
            ended = _now()
            back_s = self._backward_s(outputs)
            kept = sum(saved.values())
            if turn >= WARM_UP:
                forward.append(ended - started)
                backward.append(back_s)
        size = sum(one.numel() * one.element_size() for one in outputs)
        forward_s, backward_s = statistics.median(forward), statistics.median(backward)
        return LayerProfile(self._layer.name, forward_s, backward_s, size, kept)

    def _backward_s(self, outputs: Sequence[Tensor]) -> float:
        ends = [one for one in outputs if one.requires_grad]
        if not ends or not self._asked:
            return 0.0
        gradients = [torch.ones_like(one) for one in ends]
        started = _now()
        torch.autograd.grad(ends, self._asked, gradients, allow_unused=True)
        return _now() - started


def _now() -> float:
    """Return the time once the device has done all that it was asked."""
    if torch.cuda.is_available() and torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.synchronize()
    return time.perf_counter()
