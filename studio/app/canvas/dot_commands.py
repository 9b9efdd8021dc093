"""What a person can do with the dots that wires are led through, by the mouse or by keys.

Like `studio.app.canvas.commands`: each is one step of undo, and what cannot be done is said, not raised.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF

from studio.app.canvas.commands import Commands
from studio.app.canvas.dots import Dot, place_along
from studio.app.canvas.scene import Scene
from studio.app.selection import Selection
from studio.graph import bends
from studio.graph.graph import Graph
from studio.graph.node import Edge
from studio.graph.wires import bend


class DotCommands:
    """Edits of dots at the level on show.

    One dot can be the current one: its wire is selected, and arrow keys and Delete mean the dot.

    Args:
        commands: The other edits; they make steps, and say what could not be done.
        scene: Knows where wires are.
        repaint: Called when another dot is the current one.
    """

    def __init__(
        self, selection: Selection, commands: Commands, scene: Scene, repaint: Callable[[], None]
    ) -> None:
        self._selection = selection
        self._repaint = repaint
        self._commands = commands
        self._scene = scene
        self._current: Dot | None = None

    @property
    def current(self) -> Dot | None:
        """The dot that keys mean; None once it is gone, or its wire is not what is selected."""
        dot = self._current
        if dot is None or dot.place >= len(self._scene.graph.bends.get(dot.edge, ())):
            return None
        return dot if self._selection.edges == {dot.edge} and not self._selection.nodes else None

    def choose(self, dot: Dot) -> None:
        """Make a dot the current one."""
        self._selection.set(edges=[dot.edge])
        self._current = dot
        self._repaint()

    def next(self) -> None:
        """Make the next dot of the selected wire the current one; without one, the first dot there is."""
        every = [Dot(edge, place) for edge in self._scene.graph.edges() for place in self._places(edge)]
        mine = [dot for dot in every if dot.edge in self._selection.edges] or every
        if not mine:
            self._commands.say("No wire has a dot: double-click a wire to add one.")
            return
        here = self.current
        dot = mine[(mine.index(here) + 1) % len(mine)] if here in mine else mine[0]
        self.choose(dot)
        source, target = (self._scene.graph.node(end).name for end in (dot.edge.source, dot.edge.target))
        self._commands.say(f"Dot {dot.place + 1} of {len(self._places(dot.edge))} from {source} to {target}.")

    def _places(self, edge: Edge) -> range:
        return range(len(self._scene.graph.bends.get(edge, ())))

    def add(self, edge: Edge, point: QPointF) -> None:
        """Add a dot to a wire at a canvas point, and make it the current one."""
        dot = Dot(edge, self._place(edge, point))
        if self._commands.attempt("Add a dot", lambda graph: _with_dot(graph, dot, point)):
            self.choose(dot)

    def add_all(self, crossings: dict[Edge, QPointF]) -> None:
        """Add a dot to each of several wires."""
        dots = {Dot(edge, self._place(edge, point)): point for edge, point in crossings.items()}

        def change(graph: Graph) -> Graph:
            for dot, point in dots.items():
                graph = _with_dot(graph, dot, point)
            return graph

        if dots:
            what = "a dot" if len(dots) == 1 else f"{len(dots)} dots"
            self._commands.attempt(f"Add {what}", change)

    def add_in_the_middle(self) -> None:
        """Add a dot to the selected wire, halfway between its ends or beside the current dot."""
        edges = self._selection.edges
        row = self._scene.geometry.edge_slot(next(iter(edges))) if len(edges) == 1 else None
        if row is None:
            self._commands.say("Select a single wire to add a dot to it.")
            return
        course = self._scene.geometry.samples[row]
        half = len(course) // 2
        x, y = ((course[half - 1] + course[half]) / 2).tolist()
        self.add(next(iter(edges)), QPointF(x, y))

    def move(self, dot: Dot, point: QPointF) -> None:
        """Put a dot elsewhere."""
        place = point.x(), point.y()
        self._commands.attempt("Move a dot", lambda graph: bends.move_dot(graph, dot.edge, dot.place, place))

    def nudge(self, dx: float, dy: float) -> None:
        """Push the current dot a little."""
        if self.current is not None:
            self.move(self.current, self._scene.dots.point(self.current) + QPointF(dx, dy))

    def remove(self, dot: Dot) -> None:
        """Take a dot away; the wire stays."""
        self._commands.attempt("Remove a dot", lambda graph: bends.remove_dot(graph, dot.edge, dot.place))

    def straighten(self) -> None:
        """Take all dots off the selected wires."""
        bent = [edge for edge in self._selection.edges if edge in self._scene.graph.bends]
        if not bent:
            self._commands.say("No dots on what is selected.")
            return

        def change(graph: Graph) -> Graph:
            for edge in bent:
                graph = bend(graph, edge, ())
            return graph

        self._commands.attempt("Straighten a wire" if len(bent) == 1 else "Straighten wires", change)

    def _place(self, edge: Edge, point: QPointF) -> int:
        """Return where among a wire's dots one at a point belongs."""
        row = self._scene.geometry.edge_slot(edge)
        points = self._scene.dots.points(edge)
        return place_along(self._scene.geometry.samples[row], points, point) if row is not None else 0


def _with_dot(graph: Graph, dot: Dot, point: QPointF) -> Graph:
    return bends.add_dot(graph, dot.edge, dot.place, (point.x(), point.y()))
