"""How long each layer takes, forward and backward, and how much it keeps for the backward pass."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import Tensor, fx
from torch.utils import _pytree as pytree

from studio.compiler.inline import drawn_name, inline

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
    given = iter(inputs)
    values = {node: next(given) for node in flat.graph.nodes if node.op == "placeholder"}
    nodes = [node for node in flat.graph.nodes if node.op not in ("placeholder", "output")]
    with torch.no_grad():
        for node in nodes:
            _run(flat, [node], values)
    groups: dict[str, list[fx.Node]] = {}
    for node in nodes:
        if drawn_name(node):
            groups.setdefault(drawn_name(node), []).append(node)
    found = []
    for place, (name, group) in enumerate(groups.items()):
        report(place, len(groups), name)
        found.append(_Layer(flat, name, group, values).measured(repeats))
    report(len(groups), len(groups), "")
    return found


class _Layer:
    """A drawn node, and what comes into it."""

    def __init__(
        self, flat: fx.GraphModule, name: str, nodes: Sequence[fx.Node], values: Mapping[fx.Node, Any]
    ) -> None:
        self._flat, self._name, self._nodes = flat, name, nodes
        inside = set(nodes)
        feeds = dict.fromkeys(feed for node in nodes for feed in node.all_input_nodes if feed not in inside)
        self._given = {feed: pytree.tree_map_only(Tensor, _leaf, values[feed]) for feed in feeds}
        self._ends = [node for node in nodes if set(node.users) - inside]
        leaves = pytree.tree_leaves(list(self._given.values()))
        self._asked = [leaf for leaf in leaves if isinstance(leaf, Tensor) and leaf.requires_grad]
        self._parameters = {
            parameter.untyped_storage().data_ptr()
            for node in nodes
            if node.op == "call_module"
            for parameter in flat.get_submodule(str(node.target)).parameters()
        }
        for node in nodes:
            if node.op == "call_module":
                layer = flat.get_submodule(str(node.target))
                self._asked += [one for one in layer.parameters() if one.requires_grad]

    def measured(self, repeats: int) -> LayerProfile:
        """Run it some times, forward and backward."""
        forward, backward, kept = [], [], 0
        for turn in range(WARM_UP + repeats):
            given = {feed: pytree.tree_map_only(Tensor, _passed, one) for feed, one in self._given.items()}
            saved: dict[int, int] = {}

            def keep(tensor: Tensor, saved: dict[int, int] = saved) -> Tensor:
                storage = tensor.untyped_storage()
                if storage.data_ptr() not in self._parameters:
                    saved[storage.data_ptr()] = storage.nbytes()
                return tensor

            started = _now()
            with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
                outputs = self._outputs(given)
            ended = _now()
            back_s = self._backward_s(outputs)
            kept = sum(saved.values())
            if turn >= WARM_UP:
                forward.append(ended - started)
                backward.append(back_s)
        size = sum(one.numel() * one.element_size() for one in outputs)
        return LayerProfile(self._name, statistics.median(forward), statistics.median(backward), size, kept)

    def _outputs(self, given: dict[fx.Node, Any]) -> list[Tensor]:
        found = _run(self._flat, self._nodes, given)
        leaves = pytree.tree_leaves([found[node] for node in self._ends])
        return [leaf for leaf in leaves if isinstance(leaf, Tensor)]

    def _backward_s(self, outputs: Sequence[Tensor]) -> float:
        ends = [one for one in outputs if one.requires_grad]
        if not ends or not self._asked:
            return 0.0
        gradients = [torch.ones_like(one) for one in ends]
        started = _now()
        torch.autograd.grad(ends, self._asked, gradients, allow_unused=True)
        return _now() - started


def _run(flat: fx.GraphModule, nodes: Sequence[fx.Node], values: dict[fx.Node, Any]) -> dict[fx.Node, Any]:
    """Compute some nodes in their order from what others gave."""
    interpreter = fx.Interpreter(flat)
    interpreter.env = values
    for node in nodes:
        values[node] = interpreter.run_node(node)
    return values


def _leaf(value: Tensor) -> Tensor:
    """Return a copy through which gradients are asked for."""
    copy = value.detach().clone()
    return copy.requires_grad_(True) if copy.is_floating_point() else copy


def _passed(value: Tensor) -> Tensor:
    """Return what a layer may write into: no leaf, so that one that works in place can."""
    return value.clone()


def _now() -> float:
    """Return the time once the device has done all that it was asked."""
    if torch.cuda.is_available() and torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.synchronize()
    return time.perf_counter()
