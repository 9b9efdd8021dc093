"""What would come of a wire that is being drawn: asked of the engine, one question at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from studio.app.document import Document
from studio.app.engine_link import EngineLink
from studio.engine.records import Json, Trial, Tried, Try
from studio.graph import levels
from studio.graph.graph import Graph
from studio.graph.node import Edge
from studio.project.format import to_data

DELAY_MS = 30
"""The mouse passes over ports; only where it stays for so long is asked about."""

AT_ONCE = 8
"""So many wires are asked about in one question, so that the one under the mouse does not wait for long."""

MOST_ASKED = 48
"""So many ports of those in view are judged before the mouse is at them."""


@dataclass(frozen=True, slots=True)
class Seating:
    """A node put on a wire.

    Attributes:
        wire: The wire.
        after: The level with the node on it.
        node: The node's id.
    """

    wire: Edge
    after: Graph
    node: str


class Trials(QObject):
    """The trials of one gesture: each wire, and each place for a node, is asked about once.

    Args:
        document: Whose design is tried.

    Attributes:
        ask: Sends a `Try` with these fields and returns its id; None while there is no engine.
    """

    changed = Signal()
    """More is known."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.ask: Callable[..., int | None] = lambda **_fields: None
        self._graph: Graph | None = None
        self._data: Json = {}
        self._found: dict[Hashable, Trial] = {}
        self._wanted: list[Edge] = []
        self._seat: Seating | None = None
        self._asked: tuple[Hashable, ...] = ()
        self._id: int | None = None
        self._timer = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._timer.timeout.connect(self._ask)

    def ask_through(self, link: EngineLink) -> None:
        """Have the engine at the end of this link answer, whenever there is one."""

        def ask(**fields: Any) -> int | None:
            if not link.alive:
                return None
            request = link.request(Try, **fields)
            link.claim(request, lambda failed: self.give_up(failed.id))
            return request

        self.ask = ask
        link.tried.connect(self.take)

    def begin(self, graph: Graph) -> None:
        """Start afresh, with the level on show as it is without the wire that is being drawn."""
        self.end()
        self._graph = graph

    def end(self) -> None:
        """Forget everything: the gesture is over, and an answer on its way is not wanted."""
        self._timer.stop()
        self._graph, self._data, self._seat, self._id = None, {}, None, None
        self._found, self._wanted, self._asked = {}, [], ()

    def known(self, edge: Edge) -> Trial | None:
        """Return what would come of a wire, if that is known."""
        return self._found.get(_ends(edge))

    def of_wire(self, edge: Edge) -> Trial | None:
        """Return what would come of a wire; if it is not known, it is asked about before all others."""
        found = self.known(edge)
        if found is None and _ends(edge) not in self._asked:
            self._wanted = [edge, *(other for other in self._wanted if other != edge)]
            self._start()
        return found

    def prepare(self, edges: Iterable[Edge]) -> None:
        """Ask about wires when nothing is more urgent, the first ones first."""
        room = MOST_ASKED - len(self._found) - len(self._asked) - len(self._wanted)
        waiting = {_ends(edge) for edge in self._wanted}
        for edge in edges:
            ends = _ends(edge)
            if room > 0 and ends not in self._found and ends not in self._asked and ends not in waiting:
                self._wanted.append(edge)
                room -= 1
        self._start()

    def of_seat(self, seat: Seating) -> Trial | None:
        """Return what a node would be like on a wire, if known; else it is asked about."""
        found = self._found.get(seat.wire)
        if found is None and seat.wire not in self._asked:
            self._seat = seat
            self._start()
        return found

    def take(self, tried: Tried) -> None:
        """Take over an answer, if it is to the newest question, and ask the next one."""
        if tried.id != self._id:
            return
        self._found.update(zip(self._asked, tried.trials, strict=False))
        self._next()
        self.changed.emit()

    def give_up(self, request_id: int) -> None:
        """Do without an answer that will not come."""
        if request_id == self._id:
            self._next()

    def _next(self) -> None:
        self._id, self._asked = None, ()
        if self._wanted or self._seat is not None:
            self._ask()

    def _start(self) -> None:
        waits = self._wanted or self._seat is not None
        if waits and self._id is None and not self._timer.isActive():
            self._timer.start()

    def _ask(self) -> None:
        """Ask about the node that is held over a wire, or about the next wires."""
        document, seat = self._document, self._seat
        if seat is not None:
            self._seat, self._asked = None, (seat.wire,)
            fields: dict[str, Any] = {"project": self._packed(seat.after), "nodes": (seat.node,)}
        elif self._graph is not None:
            some, self._wanted = tuple(self._wanted[:AT_ONCE]), self._wanted[AT_ONCE:]
            self._asked = tuple(map(_ends, some))
            self._data = self._data or self._packed(self._graph)
            fields = {"project": self._data, "wires": some}
        else:
            return
        self._id = self.ask(**fields, level=document.level, folder=str(document.folder or ""))

    def _packed(self, graph: Graph) -> Json:
        """Return the project with another graph at the level on show, as the engine takes it."""
        document = self._document
        design = levels.edit_level(document.design, document.level, lambda _level: graph)
        return to_data(replace(document.project, graph=design))


def _ends(edge: Edge) -> tuple[str, str, str, str]:
    """Return where a wire begins and ends, whatever its place in the port."""
    return edge.source, edge.source_port, edge.target, edge.target_port
