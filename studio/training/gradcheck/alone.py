"""Each layer by itself: on what comes into it, by a random sum of what it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import torch
from torch import Tensor, fx
from torch.utils import _pytree as pytree

from studio.compiler.inline import drawn_name, inline
from studio.errors import ProbeError
from studio.training.gradcheck.differences import compare
from studio.training.gradcheck.work import INPUT, NodeCheck, Work, as_leaf

Values: TypeAlias = dict[fx.Node, Any]

NO_NUMBERS = "It has no parameters, and what comes in are no numbers that can be changed a little."
NO_GRADIENT = "What it gives does not depend on anything in a way that has a gradient."
UNIT = 1000
"""What a layer counts in the progress."""


def check_alone(work: Work, inputs: tuple[Tensor, ...], wanted: str = "") -> list[NodeCheck]:
    """Check each layer, or the one that is wanted.

    Raises:
        ProbeError: The network computes nothing of this name.
        TrainingError: It was cancelled.
    """
    flat = inline(work.module)
    groups: dict[str, list[fx.Node]] = {}
    for node in _computing(flat):
        if drawn_name(node):
            groups.setdefault(drawn_name(node), []).append(node)
    if wanted and wanted not in groups:
        raise ProbeError(f'"{wanted}" is nothing that the network computes.')
    given = iter(inputs)
    work.begin()
    with torch.no_grad():
        start = {node: next(given) for node in flat.graph.nodes if node.op == "placeholder"}
        values = _run(flat, _computing(flat), start)
    chosen = {wanted: groups[wanted]} if wanted else groups
    work.total, found = len(chosen) * UNIT, []
    for place, (name, nodes) in enumerate(chosen.items()):
        work.before, work.label = place * UNIT, name
        found.append(_Layer(work, flat, name, nodes, values).check())
    return found


class _Layer:
    """A drawn node as a function of what comes into it and of its parameters."""

    def __init__(
        self,
        work: Work,
        flat: fx.GraphModule,
        name: str,
        nodes: Sequence[fx.Node],
        values: Mapping[fx.Node, Any],
    ) -> None:
        self._work, self._flat, self._name, self._nodes = work, flat, name, nodes
        inside = set(nodes)
        feeds = dict.fromkeys(feed for node in nodes for feed in node.all_input_nodes if feed not in inside)
        self._given = {feed: pytree.tree_map_only(Tensor, _copy, values[feed]) for feed in feeds}
        self._ends = [node for node in nodes if set(node.users) - inside]

    def check(self) -> NodeCheck:
        """Compare its gradients with finite differences."""
        tensors = {**self._inputs(), **self._parameters()}
        if not tensors:
            return NodeCheck(self._name, (), NO_NUMBERS)
        first = self._outputs()
        if not any(output.requires_grad for output in first):
            return NodeCheck(self._name, (), NO_GRADIENT)
        generator = torch.Generator().manual_seed(self._work.seed)
        factors = [torch.randn(one.shape, generator=generator, dtype=torch.float64) for one in first]

        def total() -> Tensor:
            pairs = zip(self._outputs(), factors, strict=True)
            return torch.stack([(output * factor).sum() for output, factor in pairs]).sum()

        work = self._work
        whole = sum(min(tensor.numel(), work.coordinates) for tensor in tensors.values())
        found = compare(
            total,
            tensors,
            coordinates=work.coordinates,
            seed=work.seed,
            report=lambda done: work.tell(done * UNIT // whole),
        )
        return NodeCheck(self._name, tuple(found))

    def _inputs(self) -> dict[str, Tensor]:
        """Return what comes in and is numbers, as leaves with names."""
        found = [leaf for leaf in pytree.tree_leaves(list(self._given.values())) if isinstance(leaf, Tensor)]
        numbers = [leaf.requires_grad_(True) for leaf in found if leaf.is_floating_point()]
        if len(numbers) == 1:
            return {INPUT: numbers[0]}
        return {f"{INPUT} {place}": leaf for place, leaf in enumerate(numbers, 1)}

    def _parameters(self) -> dict[str, Tensor]:
        found: dict[str, Tensor] = {}
        for node in self._nodes:
            if node.op == "call_module":
                layer = self._flat.get_submodule(str(node.target))
                found |= {name: as_leaf(one) for name, one in layer.named_parameters() if one.requires_grad}
        return found

    def _outputs(self) -> list[Tensor]:
        # Layers that work in place get copies: a leaf must not be written into.
        given = {
            feed: pytree.tree_map_only(Tensor, torch.clone, value) for feed, value in self._given.items()
        }
        self._work.begin()
        found = _run(self._flat, self._nodes, given)
        leaves = pytree.tree_leaves([found[node] for node in self._ends])
        return [leaf for leaf in leaves if isinstance(leaf, Tensor) and leaf.is_floating_point()]


def _computing(flat: fx.GraphModule) -> list[fx.Node]:
    return [node for node in flat.graph.nodes if node.op not in ("placeholder", "output")]


def _run(flat: fx.GraphModule, nodes: Sequence[fx.Node], values: Values) -> Values:
    """Compute some nodes in their order from what others gave."""
    interpreter = fx.Interpreter(flat)
    interpreter.env = values
    for node in nodes:
        values[node] = interpreter.run_node(node)
    return values


def _copy(value: Tensor) -> Tensor:
    return value.detach().clone(memory_format=torch.contiguous_format)
