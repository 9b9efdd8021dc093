"""A block: a graph with a name and arguments, of which other graphs hold instances."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.graph.node import Node, Value, id_key, same_value

if TYPE_CHECKING:
    from studio.graph.graph import Graph

PREFIX = "block:"
"""An instance of the block ``Bottleneck`` is a node of the kind ``block:Bottleneck``."""

INPUT, OUTPUT = "BlockInput", "BlockOutput"
"""Kinds of the nodes inside a definition that stand for its ports; their names are the ports' names."""

REPEAT, ENABLED, TIED_TO, FROZEN = "repeat", "enabled", "tied_to", "frozen"
"""Settings of nodes that the graph itself understands; the catalog describes them with the others.

``repeat``: how many instances in a row a block's node stands for; None for one that is not numbered.
``enabled``: a node that is not is left out, and passes its first input on. ``tied_to``: id of a node of
the same graph whose parameters this one uses. ``frozen``: training leaves its weights, or all in it, alone.
"""

INDEX, COUNT = "index", "count"
"""Names that every expression knows: which of a row of blocks it is (0, 1, 2 …), and how many there are."""

RESERVED_ARGUMENTS = frozenset((INDEX, COUNT, REPEAT, ENABLED, TIED_TO, FROZEN))
"""Names that an argument of a block cannot have: they mean something already."""

BLOCK_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
ARGUMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
MAX_REPEAT = 10_000


@dataclass(frozen=True, slots=True)
class BlockArgument:
    """What can be set on every instance of a block, and used in its expressions.

    Attributes:
        name: A Python name.
        default: Its value where an instance does not say; also what fixes its type.
        help: One line.
        minimum: Smallest number allowed.
        maximum: Largest number allowed.
        choices: Allowed words, for a text.
    """

    name: str
    default: Value
    help: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()

    def __eq__(self, other: object) -> bool:
        """Compare exactly: defaults of 1, 1.0 and True make different arguments."""
        if not isinstance(other, BlockArgument):
            return NotImplemented
        return (
            (self.name, self.help, self.minimum, self.maximum, self.choices)
            == (other.name, other.help, other.minimum, other.maximum, other.choices)
        ) and same_value(self.default, other.default)


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Block:
    """A definition. It is kept once, in the outermost graph; all instances follow it.

    Attributes:
        name: Its name, and the class of the exported source.
        graph: What it is made of; its own `blocks` are empty.
        arguments: What an instance can set.
        summary: One line.
        reference: Where to read about it.
    """

    name: str
    graph: Graph
    arguments: tuple[BlockArgument, ...] = ()
    summary: str = ""
    reference: str = ""

    def argument(self, name: str) -> BlockArgument | None:
        """Return one argument, or None."""
        return next((found for found in self.arguments if found.name == name), None)

    def inputs(self) -> tuple[Node, ...]:
        """Return the nodes that stand for its input ports, in the order of the ports."""
        return port_nodes(self.graph, INPUT)

    def outputs(self) -> tuple[Node, ...]:
        """Return the nodes that stand for its output ports, in the order of the ports."""
        return port_nodes(self.graph, OUTPUT)


def port_nodes(graph: Graph, kind: str) -> tuple[Node, ...]:
    """Return the port nodes of a kind, in the order of their ids."""
    found = [node for node in graph.nodes.values() if node.kind == kind]
    return tuple(sorted(found, key=lambda node: id_key(node.id)))


def block_name(node: Node) -> str | None:
    """Return the name of the block that a node is an instance of, or None for a layer."""
    return node.kind.removeprefix(PREFIX) if node.kind.startswith(PREFIX) else None


def why_not_block_name(name: str) -> str | None:
    """Return why a block cannot be called `name`, in words that follow the name; None if it can."""
    if not BLOCK_NAME.fullmatch(name):
        return (
            "cannot be a block's name. Use a letter, then letters, digits and underscores, at most 64 in all"
        )
    return None


def why_not_argument_name(name: str) -> str | None:
    """Return why an argument of a block cannot be called `name`, in words that follow it; None if it can."""
    if not ARGUMENT_NAME.fullmatch(name):
        return "must be a letter or underscore, then letters, digits and underscores, at most 64 in all"
    if keyword.iskeyword(name):
        return "must not be a word of Python's own"
    if name in RESERVED_ARGUMENTS:
        return "must be another name: this one has a meaning of its own in every block"
    return None
