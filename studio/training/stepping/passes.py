"""One batch forward and backward, a box at a time: the same numbers as a whole pass, to the bit.

Every box is computed on leaves of its own, so its backward pass is an autograd graph of its own. Where a
tensor is read by several boxes its gradient is a sum, and floating-point sums depend on their order. autograd
adds from the last reader to the first; so what later boxes gave enters each box's backward pass as its
first summand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import torch
from torch import Tensor, fx, nn
from torch.utils import _pytree as pytree

from studio.compiler.inline import inline
from studio.probes.single_layers import ends_of, feeds_of, run_nodes
from studio.training.stepping.boxes import Box, boxes_of

Judge: TypeAlias = Callable[[tuple[Tensor, ...]], Tensor]


@dataclass(eq=False, slots=True)
class Value:
    """A tensor that goes from box to box.

    Attributes:
        source: Name of the box that it comes from.
        leaf: It, cut off from what it was computed from.
        gradient: Of the loss with respect to it, as far as the pass backward got; None before.
    """

    source: str
    leaf: Tensor
    gradient: Tensor | None = None


@dataclass(slots=True)
class Computed:
    """What one box did.

    Attributes:
        inputs: What it read.
        outputs: What it gave; an input that it passed on as it is stands in both.
        results: What it gave that is new, with its autograd graph until the backward pass has used it.
    """

    inputs: list[Value] = field(default_factory=list)
    outputs: list[Value] = field(default_factory=list)
    results: list[tuple[Tensor, Value]] = field(default_factory=list)


class BoxByBox:
    """A batch on its way through a network in training mode.

    The network's buffers change as in a whole pass; its weights and their ``grad`` do not.

    Args:
        module: As compiled.
        inputs: Of the network, (N, *) each.
        judge: Gives the loss, (), of what the network gives.
        seed: Of what random layers draw: they draw as after ``torch.manual_seed``.

    Attributes:
        boxes: In the order of computation; the last is the loss.
        computed: What each box did, as far as they were gone through.
        gradients: Of the parameters, by name, as far as the pass backward got.
        loss: Of the batch; None before the last box.
        remaining: Boxes that the pass backward has yet to go through.
    """

    def __init__(
        self, module: fx.GraphModule, inputs: Sequence[Tensor], judge: Judge, *, seed: int = 0
    ) -> None:
        self.flat = inline(module)
        self.boxes = boxes_of(self.flat)
        self.computed: list[Computed] = []
        self.gradients: dict[str, Tensor] = {}
        self.loss: Tensor | None = None
        self.remaining = len(self.boxes)
        self._judge = judge
        self._given = iter(inputs)
        self._values: dict[fx.Node, Any] = {}
        self._instead: dict[Value, Value] = {}
        self._names: dict[Tensor, str] = {}
        for name, parameter in self.flat.named_parameters():
            self._names[parameter] = name
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self._draws = torch.get_rng_state()

    @property
    def is_through(self) -> bool:
        """Whether the loss was computed."""
        return self.loss is not None

    def name_of(self, parameter: Tensor) -> str:
        """Return what a parameter is called in `gradients`; a shared one has one name of several."""
        return self._names[parameter]

    def forward(self) -> Computed:
        """Go through the next box."""
        box = self.boxes[len(self.computed)]
        with self._drawing(), torch.enable_grad():
            made = self._of_box(box) if box.nodes else self._of_loss(box)
        self.computed.append(made)
        return made

    def backward(self) -> Computed:
        """Go back through the last box that was not gone back through; the loss must be there."""
        assert self.is_through
        self.remaining -= 1
        box, made = self.boxes[self.remaining], self.computed[self.remaining]
        starts = [(result, value.gradient) for result, value in made.results if _flows(result, value)]
        ends = [value for value in made.inputs if value.leaf.requires_grad]
        parameters = list(dict.fromkeys(box.parameters(self.flat).values()))
        if starts and (ends or parameters):
            known = [value.gradient for value in ends]
            known += [self.gradients.get(self._names[parameter]) for parameter in parameters]
            leaves = [*(value.leaf for value in ends), *parameters]
            found = _gradients(starts, leaves, known)
            for value, gradient in zip(ends, found, strict=False):
                value.gradient = gradient
            for parameter, gradient in zip(parameters, found[len(ends) :], strict=True):
                if gradient is not None:
                    self.gradients[self._names[parameter]] = gradient
        made.results = []
        return made

    # Forward ----------------------------------------------------------------------------------------

    def _of_box(self, box: Box) -> Computed:
        if box.is_input:
            made = [(node, _given(next(self._given))) for node in box.nodes]
            return self._kept(box, dict(made), Computed(), {})
        come = {feed: self._now(self._values[feed]) for feed in feeds_of(box.nodes)}
        values = list(dict.fromkeys(leaf for leaf in pytree.tree_leaves(list(come.values())) if _is(leaf)))
        writes = any(_may_write(layer) for layer in box.layers(self.flat))
        lent = {value: value.leaf.clone() if writes else value.leaf for value in values}
        given = {feed: pytree.tree_map_only(Value, lent.__getitem__, item) for feed, item in come.items()}
        given = run_nodes(self.flat, box.nodes, given)
        found = {node: given[node] for node in ends_of(box.nodes)}
        return self._kept(box, found, Computed(values), lent)

    def _kept(
        self, box: Box, found: dict[fx.Node, Any], made: Computed, lent: dict[Value, Tensor]
    ) -> Computed:
        """Keep what a box gave for the boxes behind it.

        An input that comes out as it went in stays one value. What was overwritten is from now on what was
        written.
        """
        known = {id(tensor): value for value, tensor in lent.items() if not _was_written(tensor, value)}

        def keep(tensor: Tensor) -> Value:
            if id(tensor) not in known:
                cut = tensor.detach()
                known[id(tensor)] = Value(box.name, cut.requires_grad_(tensor.requires_grad))
                made.results.append((tensor, known[id(tensor)]))
            return known[id(tensor)]

        for node, item in found.items():
            self._values[node] = pytree.tree_map_only(Tensor, keep, item)
            made.outputs += [leaf for leaf in pytree.tree_leaves(self._values[node]) if _is(leaf)]
        for value, tensor in lent.items():
            if _was_written(tensor, value):
                self._instead[value] = keep(tensor)
        made.outputs = list(dict.fromkeys(made.outputs))
        return made

    def _of_loss(self, box: Box) -> Computed:
        (results,) = next(node.args for node in self.flat.graph.nodes if node.op == "output")
        come = [
            self._now(self._values[node]) for node in (results if isinstance(results, tuple) else (results,))
        ]
        loss = self._judge(tuple(value.leaf for value in come))
        self.loss = loss.detach()
        made = Value(box.name, self.loss, torch.ones_like(self.loss))
        return Computed(list(dict.fromkeys(come)), [made], [(loss, made)])

    def _now(self, item: Any) -> Any:
        """Return values as they are by now: some were written over."""

        def newest(value: Value) -> Value:
            while value in self._instead:
                value = self._instead[value]
            return value

        return pytree.tree_map_only(Value, newest, item)

    @contextmanager
    def _drawing(self) -> Iterator[None]:
        """Let random layers go on where the box before stopped, and leave all others their numbers."""
        with torch.random.fork_rng(devices=[]):
            torch.set_rng_state(self._draws)
            yield
            self._draws = torch.get_rng_state()


def _gradients(
    starts: Sequence[tuple[Tensor, Tensor | None]], leaves: Sequence[Tensor], known: Sequence[Tensor | None]
) -> list[Tensor | None]:
    """Return gradients with respect to leaves, added to what is known of them as autograd would."""
    with torch.enable_grad():  # made last, so autograd goes through them first
        first = [
            (leaf.view_as(leaf), one) for leaf, one in zip(leaves, known, strict=True) if one is not None
        ]
    ends = [*starts, *first]
    found = torch.autograd.grad(
        [tensor for tensor, _ in ends], leaves, [one for _, one in ends], allow_unused=True
    )
    return list(found)


def _given(tensor: Tensor) -> Tensor:
    """Return a tensor of the data so that its gradient can be asked for, if it has numbers for that."""
    return tensor.detach().requires_grad_(tensor.is_floating_point())


def _flows(result: Tensor, value: Value) -> bool:
    return result.requires_grad and value.gradient is not None


def _is(leaf: Any) -> bool:
    return isinstance(leaf, Value)


def _may_write(layer: nn.Module) -> bool:
    """Say whether a layer may change what it is given; of layers that are not torch's nobody knows."""
    return bool(getattr(layer, "inplace", False)) or not type(layer).__module__.startswith("torch.")


def _was_written(tensor: Tensor, value: Value) -> bool:
    return tensor is not value.leaf and tensor._version > 0
