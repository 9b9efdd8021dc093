"""Nodes and edges: the two things a person can draw."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal, TypeAlias

from immutables import Map

Value: TypeAlias = "bool | int | float | str | tuple[Value, ...] | None"
"""What an argument may hold. JSON lists become tuples, so that a node stays hashable."""

NAME_PATTERN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")
"""Node names: they become names of submodules and keys of the ``state_dict`` (``0`` and ``block1-0`` too)."""

_DIGITS = re.compile(r"([0-9]+)")

ID_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

COLOR_PATTERN = re.compile(r"[a-z][a-z_]{0,23}")
"""Names of colours, not colours: a theme says what ``convolution`` or ``orange`` looks like."""


LivePicture: TypeAlias = Literal["", "auto", "none", "histogram", "filters", "maps", "gradient", "dead"]
"""What a node shows of itself while it trains: empty stands for what its family shows, ``auto`` for what
matters of its kind."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a node is drawn, where that is not what its kind says. Nothing here changes the network.

    Attributes:
        color: Name of a colour (`COLOR_PATTERN`); empty for that of its family.
        collapsed: Only its name is shown, on a small card.
        hides_unused: Ports that may stay without a wire, and are, are not shown.
        expanded: A block shows its inside in place.
        width: Of the card, in canvas pixels; 0 for as wide as its words.
        shows: Its live picture.
    """

    color: str = ""
    collapsed: bool = False
    hides_unused: bool = False
    expanded: bool = False
    width: float = 0.0
    shows: LivePicture = ""


PLAIN = Look()
"""The look of a node that nobody has changed."""


@dataclass(frozen=True, slots=True)
class Node:
    """One drawn layer.

    Attributes:
        id: Stable identity inside the graph and its file, such as ``n3``.
        kind: The catalog's name of the layer, such as ``Conv2d``.
        name: What the person calls it; the submodule's name in the compiled network.
        arguments: Only what differs from the layer's defaults need be here.
        x: Left edge on the canvas, in canvas pixels at 100 %.
        y: Top edge on the canvas.
        look: How it is drawn.
    """

    id: str
    kind: str
    name: str
    arguments: Map[str, Value] = field(default_factory=Map)
    x: float = 0.0
    y: float = 0.0
    look: Look = PLAIN

    def __eq__(self, other: object) -> bool:
        """Compare exactly: 1, 1.0 and True are different arguments, though Python calls them equal."""
        if not isinstance(other, Node):
            return NotImplemented
        return (
            (self.id, self.kind, self.name, self.x, self.y, self.look)
            == (other.id, other.kind, other.name, other.x, other.y, other.look)
            and self.arguments == other.arguments
            and all(same_value(value, other.arguments[name]) for name, value in self.arguments.items())
        )

    def with_argument(self, name: str, value: Value) -> Node:
        """Return this node with one argument set."""
        return replace(self, arguments=self.arguments.set(name, value))

    def without_argument(self, name: str) -> Node:
        """Return this node with one argument back at its default."""
        return replace(self, arguments=self.arguments.delete(name)) if name in self.arguments else self

    def at(self, x: float, y: float) -> Node:
        """Return this node at another place."""
        return replace(self, x=x, y=y)


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """A wire from an output port to an input port.

    Attributes:
        source: Id of the node it leaves.
        source_port: Name of the output port.
        target: Id of the node it enters.
        target_port: Name of the input port.
        index: Place among the wires of a port that takes several (a Concat's order); 0 elsewhere.
    """

    source: str
    source_port: str
    target: str
    target_port: str
    index: int = 0


def same_value(one: Value, other: Value) -> bool:
    """Say whether two argument values are equal and of the same type, all the way down."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same_value, one, other))
    return type(one) is type(other) and one == other


@lru_cache(maxsize=100_000)
def id_key(node_id: str) -> tuple[tuple[str | int, ...], str]:
    """Sort key that puts ``n2`` before ``n10``, and ``n2[3]/n1`` before ``n10[0]/n1``."""
    parts = _DIGITS.split(node_id)
    return tuple(int(part) if place % 2 else part for place, part in enumerate(parts)), node_id
