"""Layers by themselves: the fx nodes that a drawn node is made of, what comes into it, and what it gives.

Who times a layer, checks its gradients or goes through a network layer by layer takes it out here.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import torch
from torch import Tensor, fx, nn
from torch.utils import _pytree as pytree

from studio.compiler.inline import drawn_name

Values: TypeAlias = dict[fx.Node, Any]
"""What some fx nodes gave."""


def layers_of(flat: fx.GraphModule) -> dict[str, list[fx.Node]]:
    """Return the fx nodes of each drawn node that computes something, by its dotted name, in order.

    Args:
        flat: A network with its blocks opened (`studio.compiler.inline`); so everywhere here.
    """
    found: dict[str, list[fx.Node]] = {}
    for node in _computing(flat):
        if drawn_name(node):
            found.setdefault(drawn_name(node), []).append(node)
    return found


def values_of(flat: fx.GraphModule, inputs: Iterable[Tensor]) -> Values:
    """Run a network once and return what each of its fx nodes gave, without gradients.

    Args:
        inputs: What it takes, (N, *) each.
    """
    given = iter(inputs)
    with torch.no_grad():
        values = {node: next(given) for node in flat.graph.nodes if node.op == "placeholder"}
        return run_nodes(flat, _computing(flat), values)


def run_nodes(flat: fx.GraphModule, nodes: Sequence[fx.Node], values: Values) -> Values:
    """Compute some nodes in their order from what others gave; what they give is put to it, and returned."""
    interpreter = fx.Interpreter(flat)
    interpreter.env = values
    for node in nodes:
        values[node] = interpreter.run_node(node)
    return values


def feeds_of(nodes: Sequence[fx.Node]) -> list[fx.Node]:
    """Return the other nodes that some nodes read, each once."""
    inside = set(nodes)
    read = dict.fromkeys(feed for node in nodes for feed in node.all_input_nodes)
    return [feed for feed in read if feed not in inside]


def ends_of(nodes: Sequence[fx.Node]) -> list[fx.Node]:
    """Return those of some nodes that others read."""
    inside = set(nodes)
    return [node for node in nodes if set(node.users) - inside]


def parameters_of(flat: fx.GraphModule, nodes: Iterable[fx.Node]) -> dict[str, nn.Parameter]:
    """Return the parameters that some nodes compute with, by their names in a `state_dict`."""
    found: dict[str, nn.Parameter] = {}
    for node in nodes:
        name = str(node.target)
        if node.op == "call_module":
            found |= {f"{name}.{own}": one for own, one in flat.get_submodule(name).named_parameters()}
        elif node.op == "get_attr":
            value = operator.attrgetter(name)(flat)
            found |= {name: value} if isinstance(value, nn.Parameter) else {}
    return found


class SingleLayer:
    """A drawn node, cut out with copies of what came into it.

    Args:
        flat: Its network.
        name: Its dotted name.
        nodes: It, as `layers_of` gives it.
        values: What all nodes before it gave.
        memory_format: Of the copies.

    Attributes:
        inputs: The tensors that come into it and are real numbers: leaves whose gradient can be asked for.
        parameters: By their names in a `state_dict`.
    """

    def __init__(
        self,
        flat: fx.GraphModule,
        name: str,
        nodes: Sequence[fx.Node],
        values: Mapping[fx.Node, Any],
        memory_format: torch.memory_format = torch.preserve_format,
    ) -> None:
        def copied(value: Tensor) -> Tensor:
            copy = value.detach().clone(memory_format=memory_format)
            return copy.requires_grad_(copy.is_floating_point())

        self.name = name
        self._flat, self._nodes, self._ends = flat, nodes, ends_of(nodes)
        self._given = {feed: pytree.tree_map_only(Tensor, copied, values[feed]) for feed in feeds_of(nodes)}
        leaves = pytree.tree_leaves(list(self._given.values()))
        self.inputs = [leaf for leaf in leaves if isinstance(leaf, Tensor) and leaf.requires_grad]
        self.parameters = parameters_of(flat, nodes)

    def given(self) -> Values:
        """Return what comes into it, anew: no leaves, so that a layer that works in place can write there."""
        return {feed: pytree.tree_map_only(Tensor, torch.clone, one) for feed, one in self._given.items()}

    def outputs(self, given: Values) -> list[Tensor]:
        """Return the tensors that it gives."""
        found = run_nodes(self._flat, self._nodes, given)
        leaves = pytree.tree_leaves([found[node] for node in self._ends])
        return [leaf for leaf in leaves if isinstance(leaf, Tensor)]


def _computing(flat: fx.GraphModule) -> list[fx.Node]:
    return [node for node in flat.graph.nodes if node.op not in ("placeholder", "output")]
