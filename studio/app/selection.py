"""What is selected, shared by canvas, inspector, menus and plots."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from studio.app.document import Document
from studio.app.sheet import Sheet
from studio.graph.node import Edge, id_key

Kept: TypeAlias = tuple[frozenset[str], frozenset[Edge], frozenset[str]]
NOTHING: Kept = (frozenset(), frozenset(), frozenset())


class Selection(QObject):
    """Ids of the selected nodes and marks, and the selected wires, of the level on show.

    What leaves the graph leaves the selection. Each open project finds its own again.
    """

    changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._nodes: frozenset[str] = frozenset()
        self._edges: frozenset[Edge] = frozenset()
        self._marks: frozenset[str] = frozenset()
        self._kept: WeakKeyDictionary[Sheet, Kept] = WeakKeyDictionary()
        document.level_changed.connect(self.clear)
        document.changed.connect(self._forget_what_is_gone)
        document.left.connect(self._keep)
        document.opened.connect(self._recall)

    @property
    def nodes(self) -> frozenset[str]:
        """Ids of the selected nodes."""
        return self._nodes

    @property
    def edges(self) -> frozenset[Edge]:
        """The selected wires."""
        return self._edges

    @property
    def marks(self) -> frozenset[str]:
        """Ids of the selected frames, notes and arrows."""
        return self._marks

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is selected."""
        return not (self._nodes or self._edges or self._marks)

    @property
    def single(self) -> str | None:
        """The one selected node, or None if there are none or several."""
        return next(iter(self._nodes)) if len(self._nodes) == 1 else None

    def ordered(self) -> list[str]:
        """Return the selected nodes in the order of their ids."""
        return sorted(self._nodes, key=id_key)

    def set(self, nodes: Iterable[str] = (), edges: Iterable[Edge] = (), marks: Iterable[str] = ()) -> None:
        """Select exactly these."""
        new = frozenset(nodes), frozenset(edges), frozenset(marks)
        if new != (self._nodes, self._edges, self._marks):
            self._nodes, self._edges, self._marks = new
            self.changed.emit()

    def toggle(self, node: str) -> None:
        """Add a node to the selection, or take it out."""
        self.set(self._nodes ^ {node}, self._edges, self._marks)

    def toggle_mark(self, mark: str) -> None:
        """Add a frame, a note or an arrow to the selection, or take it out."""
        self.set(self._nodes, self._edges, self._marks ^ {mark})

    def clear(self) -> None:
        """Select nothing."""
        self.set()

    def _forget_what_is_gone(self) -> None:
        graph = self._document.graph
        self.set(
            (node for node in self._nodes if node in graph),
            (edge for edge in self._edges if graph.has_edge(edge)),
            (mark for mark in self._marks if mark in graph.marks),
        )

    def _keep(self) -> None:
        """Let go of a project: in another one the same ids mean other nodes."""
        self._kept[self._document.sheet] = self._nodes, self._edges, self._marks
        self.clear()

    def _recall(self) -> None:
        self.set(*self._kept.pop(self._document.sheet, NOTHING))
