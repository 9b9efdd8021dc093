"""Pieces of a network on the system's clipboard, as JSON that other windows and text editors can read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import QMimeData, QPointF, QRectF
from PySide6.QtGui import QGuiApplication

from studio.app.canvas.grid import snapped
from studio.app.canvas.marks.mark_scene import box
from studio.app.theme.measures import CARD_HEIGHT as HEIGHT
from studio.app.theme.measures import MIN_WIDTH
from studio.app.theme.measures import PASTE_STEP as AGAIN
from studio.errors import ProjectError
from studio.graph import edits
from studio.graph.graph import Graph
from studio.project import strict_json
from studio.project.format import graph_from_data, graph_to_data

GRAPH_MIME = "application/x-flowgraph-graph"
LAYER_MIME = "application/x-flowgraph-layer"


class Paste:
    """Where what is pasted goes: in the middle of a point, and a little further each time."""

    def __init__(self) -> None:
        self._held = b""
        self._place = QPointF()
        self._times = 0

    def offset(self, piece: Graph, at: QPointF) -> tuple[float, float]:
        """Return by how much a piece moves when it is pasted at a canvas point."""
        held = text()
        again = held == self._held and (at - self._place).manhattanLength() < 1.0
        self._times = self._times + 1 if again else 0
        self._held, self._place = held, at
        way, further = at - _extent(piece).center(), self._times * AGAIN
        return snapped(way.x()) + further, snapped(way.y()) + further


def _extent(piece: Graph) -> QRectF:
    """Return about where a piece lies; how large its cards are nobody knows before they are there."""
    found = QRectF()
    for node in piece.nodes.values():
        found = found.united(QRectF(node.x, node.y, MIN_WIDTH, HEIGHT))
    for mark in piece.marks.values():
        found = found.united(box(mark))
    return found


def put(graph: Graph, node_ids: Iterable[str], mark_ids: Iterable[str] = ()) -> None:
    """Copy some nodes, with the wires between them, and some marks."""
    words = strict_json.write(graph_to_data(edits.subgraph(graph, node_ids, mark_ids)))
    data = QMimeData()
    data.setData(GRAPH_MIME, words.encode())
    data.setText(words)
    QGuiApplication.clipboard().setMimeData(data)


def text() -> bytes:
    """Return what the clipboard holds that may be a piece of a network; it identifies the copy."""
    data = cast("QMimeData | None", QGuiApplication.clipboard().mimeData())  # None when it is empty
    if data is None:
        return b""
    if data.hasFormat(GRAPH_MIME):
        return bytes(data.data(GRAPH_MIME).data())
    return data.text().encode("utf-8", "replace") if data.hasText() else b""


def take() -> Graph | None:
    """Return the piece of a network on the clipboard; None if there is none.

    Text that was copied elsewhere may be anything: it is read as strictly as a file.
    """
    found = text()
    if not found.lstrip().startswith(b"{"):
        return None
    try:
        return graph_from_data(strict_json.parse(found))
    except ProjectError:
        return None
