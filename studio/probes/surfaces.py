"""What a network of one or two inputs computes all over their range: its outputs, and its units.

The network is evaluated on a grid, with the blocks opened and over the same layers. Behind the nodes that are
looked at stand small keepers, so that one forward pass gives everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, fx, nn

from studio.catalog import registry
from studio.compiler.inline import inline

MOST_UNITS = 24
"""Units of a node that are shown at most, the first ones."""

_NOT_BY_ITSELF = frozenset({"Softmax", "LogSoftmax", "Softmin", "GLU"})
"""Activations that look at several numbers at once: they have no curve g."""


class Keeper(nn.Module):
    """Keeps the tensor that passes.

    Attributes:
        kept: A copy of the last one: the next layer may write into it (an in-place ReLU).
    """

    def __init__(self) -> None:
        super().__init__()
        self.kept: Tensor | None = None

    def forward(self, values: Tensor) -> None:
        """Keep a tensor.

        Shape:
            values: (N, *)
        """
        self.kept = values.detach().clone()


@dataclass(frozen=True, slots=True)
class Units:
    """What the units of a node compute.

    Attributes:
        before: a, what goes into the activation; (N, U), with U of 0 where there is none.
        after: h = g(a); (N, U).
        before_name: Name of the node that gives a; empty where there is none.
        after_name: Name of the node that gives h.
        total: How many units there are; U may be fewer.
    """

    before: Tensor
    after: Tensor
    before_name: str
    after_name: str
    total: int


class SurfaceTap:
    """A network that is evaluated on a grid, and looked into at one node and at the activation behind it.

    Args:
        network: The compiled network.
        node: Name of the drawn node, dotted inside blocks; one that the network does not compute, and an
            empty name, has no units.
    """

    def __init__(self, network: fx.GraphModule, node: str = "") -> None:
        self.node = node
        self._network = network
        self._flat = inline(network, "SurfaceNetwork")
        self._before, self._after = Keeper(), Keeper()
        self._before_name = self._after_name = ""
        found = _last(self._flat, node) if node else None
        if found is not None:
            self._tap(found, *_pair(self._flat, found))

    def _tap(self, found: fx.Node, before: fx.Node | None, after: fx.Node) -> None:
        for fx_node, keeper, name in ((before, self._before, "kept_a"), (after, self._after, "kept_h")):
            if fx_node is None:
                continue
            while hasattr(self._flat, name):
                name += "_"
            self._flat.add_module(name, keeper)
            with self._flat.graph.inserting_after(fx_node):
                self._flat.graph.call_module(name, (fx_node,))
        self._flat.recompile()
        # What stands for a block has a name of its own inside it.
        names = {found: self.node}
        self._after_name = names.get(after) or _name_of(after)
        if before is not None:
            self._before_name = names.get(before) or _name_of(before)

    def run(self, inputs: Tensor) -> tuple[tuple[Tensor, ...], Units]:
        """Return what the network gives in evaluation mode, and what the units do; it is left as it was.

        Weights and gradients are not touched, nor are random numbers but those of the few layers that draw
        some in evaluation, too.

        Shape:
            inputs: (N, *)
        """
        was_training = self._network.training
        copies = sum(node.op == "placeholder" for node in self._flat.graph.nodes)
        self._flat.eval()
        try:
            with torch.no_grad():
                outputs = self._flat(*([inputs] * copies))
        finally:
            self._network.train(was_training)
        return outputs if isinstance(outputs, tuple) else (outputs,), self._units(inputs)

    def _units(self, inputs: Tensor) -> Units:
        """Return what was kept, and keep it no longer."""
        nothing = inputs.new_zeros((len(inputs), 0), dtype=torch.float32)
        found = []
        for keeper in (self._before, self._after):
            values, keeper.kept = keeper.kept, None
            found.append(values.flatten(1).float() if values is not None and values.ndim > 1 else nothing)
        before, after = found
        return Units(
            before[:, :MOST_UNITS], after[:, :MOST_UNITS], self._before_name, self._after_name, after.shape[1]
        )


def _last(flat: fx.GraphModule, name: str) -> fx.Node | None:
    """Return what gives a drawn node's first output."""
    found = None
    for fx_node in flat.graph.nodes:
        if fx_node.op != "output" and name in (fx_node.meta.get("node"), *fx_node.meta.get("blocks", ())):
            found = fx_node
    return found


def _pair(flat: fx.GraphModule, found: fx.Node) -> tuple[fx.Node | None, fx.Node]:
    """Return what gives a, if anything does, and what gives h, of the unit that a node is a part of."""
    if _is_activation(flat, found):
        source = found.args[0]
        return (source if isinstance(source, fx.Node) else None), found
    users = list(found.users)
    if len(users) == 1 and _is_activation(flat, users[0]):
        return found, users[0]
    return None, found


def _is_activation(flat: fx.GraphModule, fx_node: fx.Node) -> bool:
    """Say whether a node applies a function g to each number by itself."""
    if fx_node.op != "call_module":
        return False
    return type(flat.get_submodule(str(fx_node.target))).__name__ in _activations()


@cache
def _activations() -> frozenset[str]:
    """Return the names of torch's layers that apply a g."""
    specs = (spec for spec in registry.layers().values() if spec.family == "activation")
    return frozenset(spec.kind for spec in specs) - _NOT_BY_ITSELF


def _name_of(fx_node: fx.Node) -> str:
    """Return the name of the drawn node that an fx node comes from."""
    return str(fx_node.meta.get("node") or next(iter(fx_node.meta.get("blocks", ())), fx_node.name))
