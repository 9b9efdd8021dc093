"""What a person can do with how nodes look: collapse them, hide ports, colour and widen them.

Like `studio.app.canvas.commands`: each is one step of undo, and what cannot be done is said, not raised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from studio.app.canvas.cards import GRID, card_of
from studio.app.canvas.commands import Commands, amount
from studio.app.selection import Selection
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Node


class CardCommands:
    """Edits of the looks of nodes at the level on show.

    Args:
        commands: The other edits; they make steps, and say what could not be done.
    """

    def __init__(self, selection: Selection, commands: Commands) -> None:
        self._selection = selection
        self._commands = commands

    def collapse(self, node_ids: Iterable[str] | None = None) -> None:
        """Make single rows of cards, or cards again if all are; the first port stays level with its wire."""
        nodes = self._chosen(node_ids)
        on = not all(node.look.collapsed for node in nodes)

        def change(graph: Graph) -> Graph:
            changed = edits.set_look(graph, [node.id for node in nodes], collapsed=on)
            return edits.move(changed, {node.id: _level(node, graph, changed) for node in nodes})

        self._attempt("Collapse {}" if on else "Expand {}", nodes, change)

    def hide_unused(self, node_ids: Iterable[str] | None = None) -> None:
        """Hide the ports of nodes that may stay without a wire and are, or show them if all are hidden."""
        nodes = self._chosen(node_ids)
        on = not all(node.look.hides_unused for node in nodes)
        self._set("Hide unused ports of {}" if on else "Show all ports of {}", nodes, hides_unused=on)

    def color(self, name: str, node_ids: Iterable[str] | None = None) -> None:
        """Give nodes a colour by its name; empty for that of their family."""
        self._set("Colour {}", self._chosen(node_ids), color=name)

    def widen(self, node_id: str, width: float) -> None:
        """Give a card a width; 0 for as wide as its words."""
        self._set("Widen {}" if width else "Width of {} as its words", self._chosen([node_id]), width=width)

    def _chosen(self, node_ids: Iterable[str] | None) -> list[Node]:
        chosen = self._selection.ordered() if node_ids is None else node_ids
        return [self._commands.graph.node(node_id) for node_id in chosen]

    def _set(self, label: str, nodes: list[Node], **changes: object) -> None:
        ids = [node.id for node in nodes]
        self._attempt(label, nodes, lambda graph: edits.set_look(graph, ids, **changes))

    def _attempt(self, label: str, nodes: list[Node], change: Callable[[Graph], Graph]) -> None:
        if not nodes:
            self._commands.say("Nothing is selected.")
            return
        self._commands.attempt(
            label.format(amount(self._commands.graph, [node.id for node in nodes])), change
        )


def _level(node: Node, old: Graph, new: Graph) -> tuple[float, float]:
    """Return where a node goes so that its first port stays where it was, as near as the grid allows."""
    drop = _first_port(node, old) - _first_port(new.node(node.id), new)
    return node.x, node.y + round(drop / GRID) * GRID


def _first_port(node: Node, graph: Graph) -> float:
    """Return how far below the card's top its first port is."""
    card = card_of(node, graph, None, None, None, None)
    offsets = card.offsets("input") or card.offsets("output") or (0.0,)
    return offsets[0]
