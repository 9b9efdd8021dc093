"""The boxes of a network: what was drawn as one node is computed in one step.

A node that was drawn may be several fx nodes: a layer and the items of what it gives, or a weight that is
fetched, turned and used.
"""

from __future__ import annotations

import operator
import re
from collections import deque
from dataclasses import dataclass

from torch import Tensor, fx, nn

from studio.probes.single_layers import parameters_of

LOSS = "loss"
"""Name of the last box, which belongs to no single node: it holds all losses."""

_LINE = re.compile(r"^\s*(\w+)(?:\s*:\s*[^=]+)? = (.*?)(?:;  .*)?$")
_PASSES_ON = (operator.getitem, "transpose")


@dataclass(frozen=True, slots=True)
class Box:
    """What is computed in one step.

    Attributes:
        name: Dotted name of the drawn node.
        nodes: Of the flat graph, in the order of computation; none for the losses.
        code: The lines of Python that it is.
    """

    name: str
    nodes: tuple[fx.Node, ...] = ()
    code: tuple[str, ...] = ()

    @property
    def is_input(self) -> bool:
        """Whether it only gives what was put in."""
        return bool(self.nodes) and self.nodes[0].op == "placeholder"

    def layers(self, flat: fx.GraphModule) -> list[nn.Module]:
        """Return the modules that it calls."""
        return [flat.get_submodule(str(node.target)) for node in self.nodes if node.op == "call_module"]

    def parameters(self, flat: fx.GraphModule) -> dict[str, Tensor]:
        """Return what it learns, by the names of a `state_dict`; frozen ones are left out."""
        found = parameters_of(flat, self.nodes)
        return {name: value for name, value in found.items() if value.requires_grad}


def boxes_of(flat: fx.GraphModule) -> list[Box]:
    """Return the boxes of a flat network in the order in which they are computed, the losses last.

    Args:
        flat: As `studio.compiler.inline` gives it.
    """
    lines = _code(flat)
    groups: list[tuple[str, list[fx.Node]]] = []
    for node in flat.graph.nodes:
        if node.op == "output":
            continue
        name = _owner(node)
        if not groups or groups[-1][0] != name:
            groups.append((name, []))
        groups[-1][1].append(node)
    made = [
        Box(name, tuple(nodes), tuple(lines[node.name] for node in nodes if node.name in lines))
        for name, nodes in groups
    ]
    return [*made, Box(LOSS)]


def _owner(node: fx.Node) -> str:
    """Return the name of the drawn node that an fx node is a part of."""
    while not node.meta.get("node") and node.target in _PASSES_ON and isinstance(node.args[0], fx.Node):
        node = node.args[0]
    waiting = deque([node])
    while waiting:
        one = waiting.popleft()
        if one.meta.get("node"):
            return str(one.meta["node"])
        waiting.extend(one.users)
    return node.name


def _code(flat: fx.GraphModule) -> dict[str, str]:
    """Return the line of Python that each fx node is, by its name."""
    matches = (_LINE.match(line) for line in flat.graph.python_code("self").src.splitlines())
    return {match[1]: f"{match[1]} = {match[2]}" for match in matches if match}
