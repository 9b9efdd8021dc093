"""What a network of one or two inputs computes all over their range: its outputs, and its units.

The network is evaluated on a grid, with the blocks opened and over the same layers. Behind the nodes that are
looked at stand small keepers, so that one forward pass gives everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, fx, nn
from torch.func import functional_call

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


class Tapped:
    """The keepers behind the nodes of one layer of a flat network.

    Args:
        flat: The network; keepers are put into it.
        found: The node that was asked for.
        name: What it is called: what stands for a block has a name of its own inside it.
    """

    def __init__(self, flat: fx.GraphModule, found: fx.Node, name: str) -> None:
        before, after = _pair(flat, found)
        names = {found: name}
        self._after_name = names.get(after) or _name_of(after)
        self._before_name = names.get(before) or _name_of(before) if before is not None else ""
        self._before, self._after = Keeper(), Keeper()
        for fx_node, keeper, letter in ((before, self._before, "kept_a"), (after, self._after, "kept_h")):
            if fx_node is None:
                continue
            while hasattr(flat, letter):
                letter += "_"
            flat.add_module(letter, keeper)
            with flat.graph.inserting_after(fx_node):
                flat.graph.call_module(letter, (fx_node,))

    def take(self, inputs: Tensor, most: int = MOST_UNITS) -> Units:
        """Return what was kept, and keep it no longer."""
        found = []
        for keeper in (self._before, self._after):
            values, keeper.kept = keeper.kept, None
            has_units = values is not None and values.ndim > 1
            found.append(values.flatten(1).float() if values is not None and has_units else _none(inputs))
        before, after = found
        return Units(before[:, :most], after[:, :most], self._before_name, self._after_name, after.shape[1])


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
        found = _last(self._flat, node) if node else None
        self._tapped = Tapped(self._flat, found, node) if found is not None else None
        self._flat.recompile()

    def run(self, inputs: Tensor) -> tuple[tuple[Tensor, ...], Units]:
        """Return what the network gives in evaluation mode, and what the units do; it is left as it was.

        Weights and gradients are not touched, nor are random numbers but those of the few layers that draw
        some in evaluation, too.

        Shape:
            inputs: (N, *)
        """
        outputs = _evaluated(self._network, self._flat, inputs)
        if self._tapped is None:
            return outputs, Units(_none(inputs), _none(inputs), "", "", 0)
        return outputs, self._tapped.take(inputs)


class LayersTap:
    """A network that is evaluated on a grid, and looked into at many layers at once.

    Args:
        network: The compiled network.
        most: Layers that are looked at. Of more, activations go first, then other layers with weights.
    """

    def __init__(self, network: fx.GraphModule, most: int) -> None:
        self._network = network
        self._flat = inline(network, "SurfaceNetwork")
        self._tapped = [Tapped(self._flat, found, _name_of(found)) for found in _layers(self._flat, most)]
        self._flat.recompile()

    def run(
        self, inputs: Tensor, most: int = MOST_UNITS, weights: Mapping[str, Tensor] | None = None
    ) -> tuple[tuple[Tensor, ...], list[Units]]:
        """Return what the network gives in evaluation mode, and what the units of its layers do.

        Args:
            inputs: (N, *)
            most: Units of a layer.
            weights: Instead of those that the network has now, its buffers with them.
        """
        outputs = _evaluated(self._network, self._flat, inputs, weights)
        units = [tapped.take(inputs, most) for tapped in self._tapped]
        return outputs, [found for found in units if found.total]


def _evaluated(
    network: fx.GraphModule,
    flat: fx.GraphModule,
    inputs: Tensor,
    weights: Mapping[str, Tensor] | None = None,
) -> tuple[Tensor, ...]:
    """Return what a flat network over the layers of another gives in evaluation mode."""
    was_training = network.training
    copies = sum(node.op == "placeholder" for node in flat.graph.nodes)
    flat.eval()
    try:
        with torch.no_grad():
            given = (inputs,) * copies
            outputs = flat(*given) if weights is None else functional_call(flat, dict(weights), given)
    finally:
        network.train(was_training)
    return outputs if isinstance(outputs, tuple) else (outputs,)


def _none(inputs: Tensor) -> Tensor:
    return inputs.new_zeros((len(inputs), 0), dtype=torch.float32)


def _layers(flat: fx.GraphModule, most: int) -> list[fx.Node]:
    """Return nodes whose units are worth keeping, in the order in which they compute."""
    ranked: list[tuple[int, int, fx.Node]] = []
    for place, fx_node in enumerate(flat.graph.nodes):
        if not fx_node.op.startswith("call_") or not _name_of(fx_node):
            continue
        before, after = _pair(flat, fx_node)
        if after is not fx_node:
            continue  # the a of a pair whose h stands for both
        module = flat.get_submodule(str(fx_node.target)) if fx_node.op == "call_module" else None
        has_weights = module is not None and next(module.parameters(), None) is not None
        if before is None and not has_weights and len(fx_node.all_input_nodes) < 2:
            continue  # a dropout, a flatten: in evaluation what comes in
        ranked.append((0 if before is not None else 1 if has_weights else 2, place, fx_node))
    return [fx_node for _, _, fx_node in sorted(sorted(ranked)[:most], key=lambda one: one[1])]


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
