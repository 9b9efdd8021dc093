"""What else a person can select, by what hangs together or is alike. None of it is a step of undo."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from studio.app.canvas.commands import Commands
from studio.app.document import Document
from studio.app.selection import Selection
from studio.graph import reach

Way: TypeAlias = Literal["upstream", "downstream"]

NOTHING = "Select a layer to start from."


class SelectCommands:
    """Selections at the level on show.

    Args:
        commands: Says what could not be done.
    """

    def __init__(self, document: Document, selection: Selection, commands: Commands) -> None:
        self._document = document
        self._selection = selection
        self._commands = commands

    def along(self, way: Way, *, add: bool = False, one_step: bool = False) -> None:
        """Select what feeds the selected nodes, or what they feed.

        Args:
            way: Against the flow or with it.
            add: What is selected stays so.
            one_step: Only what is wired to them directly, instead of all the way.
        """
        nodes = self._selection.nodes
        if not nodes:
            self._commands.say(NOTHING)
            return
        step = reach.upstream if way == "upstream" else reach.downstream
        found = step(self._document.graph, nodes, one_step=one_step)
        if not found:
            self._commands.say("Nothing feeds it." if way == "upstream" else "It feeds nothing.")
            return
        self._selection.set(found | nodes if add else found)

    def linked(self) -> None:
        """Select all that hangs together with the selected nodes."""
        self._take(reach.linked(self._document.graph, self._selection.nodes))

    def same_kind(self) -> None:
        """Select all nodes of the kinds that are selected."""
        graph = self._document.graph
        kinds = {graph.node(node_id).kind for node_id in self._selection.nodes}
        self._take(node.id for node in graph.nodes.values() if node.kind in kinds)

    def inverted(self) -> None:
        """Select what is not selected, and nothing else."""
        self._selection.set(set(self._document.graph.nodes) - self._selection.nodes)

    def wires(self) -> None:
        """Select all wires that begin or end at the selected nodes, instead of the nodes."""
        graph, nodes = self._document.graph, self._selection.nodes
        found = {edge for i in nodes for edge in (*graph.inputs_of(i), *graph.outputs_of(i))}
        if not nodes:
            self._commands.say(NOTHING)
        elif not found:
            self._commands.say("It has no wires.")
        else:
            self._selection.set(edges=found)

    def _take(self, nodes: Iterable[str]) -> None:
        """Select some nodes; say what is missing if there are none to start from."""
        if self._selection.nodes:
            self._selection.set(nodes)
        else:
            self._commands.say(NOTHING)
