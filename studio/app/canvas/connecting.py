"""Drawing a wire by the keyboard alone: choose the port where there are several, then where it goes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QRect

from studio.app.canvas.gestures.gesture import Pointer
from studio.app.canvas.gestures.held_wire import HeldWire
from studio.app.canvas.ports import PortRef, Side, edge_between, ports_of
from studio.app.canvas.wiring import Wiring
from studio.app.search.popup import SearchPopup
from studio.app.search.row_painting import Row
from studio.app.theme.tokens import SMALL_SEARCH_SIZE
from studio.catalog.registry import card_text, spec_of
from studio.graph.port import PortSpec

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

MOST_SHOWN = 300
"""The nearest; more are found by typing."""

TAKEN, ILLEGAL = "In the place of another wire", "Cannot be connected"
FOOT = "Enter connects  ·  Shift+Enter stays  ·  Esc closes"


@dataclass(frozen=True, slots=True)
class Place:
    """A port that a wire could end at.

    Attributes:
        ref: The port.
        title: Its node's name, and its own where the node has several.
        words: What it is found by, in lower case.
    """

    ref: PortRef
    title: str
    words: str


class ConnectSearch(QObject):
    """Opens the list of ports at the selected node, and draws the wire that is chosen."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self._popup: SearchPopup | None = None
        self._anchor: PortRef | None = None
        self._wiring: Wiring | None = None
        self._ports: list[Row] = []
        self._places: list[Place] = []
        view.document.level_changed.connect(self.close)
        view.document.opened.connect(self.close)

    @property
    def popup(self) -> SearchPopup:
        """The list; made when it is first wanted."""
        if self._popup is None:
            popup = SearchPopup("search.connect", "Connect", self._rows, self._view, SMALL_SEARCH_SIZE)
            popup.set_foot(FOOT)
            popup.chosen.connect(self._take)
            popup.current_changed.connect(self._preview)
            popup.closed.connect(self._view.let_go)
            self._popup = popup
        return self._popup

    @property
    def is_open(self) -> bool:
        """Whether the list is on screen."""
        return self._popup is not None and self._popup.isVisible()

    def close(self) -> None:
        """Take the list away, with nothing chosen."""
        if self._popup is not None:
            self._popup.close_search()

    def open(self, side: Side) -> None:
        """Offer where a wire from the selected node's outputs could go, or what could feed its inputs."""
        view = self._view
        reason = why_not_connect(view, side)
        if reason:
            view.message.emit(reason)
            return
        self.close()
        node = view.scene.graph.node(str(view.selection.single))
        inputs, outputs = ports_of(node, view.scene.graph)
        ports = outputs if side == "output" else inputs
        self._anchor = self._wiring = None
        self._ports = [_port_row(PortRef(node.id, side, port.name), port) for port in ports]
        if len(ports) == 1:
            self._hold(PortRef(node.id, side, ports[0].name))
        card = view.camera.rect_to_screen(view.scene.geometry.rect(node.id)).toAlignedRect()
        box = QRect(view.mapTo(view.window(), card.topLeft()), card.size())
        self.popup.open_at(box.bottomLeft(), self._prompt(node.name, side))
        self.popup.keep_clear_of(box)

    def _prompt(self, name: str, side: Side) -> str:
        if self._anchor is None:
            return f"Which {side} of {name}?"
        return f"Connect {name} to…" if side == "output" else f"Feed {name} from…"

    def _hold(self, anchor: PortRef) -> None:
        """Take a port as the one end of the wire."""
        graph = self._view.scene.graph
        self._anchor, self._wiring = anchor, Wiring(graph, anchor)
        self._places = [
            place for node_id in self._nearest(anchor.node) for place in _places(self._wiring, node_id)
        ]

    def _nearest(self, node_id: str) -> Iterable[str]:
        """Return the other nodes, the nearest first."""
        geometry = self._view.scene.geometry
        boxes = geometry.boxes
        middles = (boxes[:, :2] + boxes[:, 2:]) / 2
        gaps = np.hypot(*(middles - middles[geometry.slot(node_id)]).T)
        return [
            geometry.ids[slot] for slot in np.argsort(gaps, kind="stable") if geometry.ids[slot] != node_id
        ]

    def _rows(self, query: str) -> Sequence[Row]:
        words = query.casefold().split()
        wiring = self._wiring
        if wiring is None:
            return [row for row in self._ports if all(word in row.title.casefold() for word in words)]
        found = [place for place in self._places if all(word in place.words for word in words)]
        sections: dict[str, list[Place]] = {"": [], TAKEN: [], ILLEGAL: []}
        for place in found[:MOST_SHOWN]:
            sections[_heading(wiring, place.ref)].append(place)
        rows: list[Row] = []
        for title, places in sections.items():
            rows += [Row(title)] if title and places else []
            rows += [_place_row(wiring, place) for place in places]
        more = len(found) - MOST_SHOWN
        return [*rows, Row(f"{more:,} more, further away: type to find them")] if more > 0 else rows

    def _take(self, row: Row, stay: bool) -> None:
        """Take the port, or draw the wire."""
        view, ref = self._view, row.key
        if not isinstance(ref, PortRef):
            return
        if self._wiring is None or self._anchor is None:
            self._hold(ref)
            name = view.scene.graph.node(ref.node).name
            self.popup.field.setPlaceholderText(self._prompt(name, ref.side))
            self.popup.field.clear()
            self.popup.search()
            return
        if row.reason:
            view.message.emit(f"Not connected: {row.reason}.")
            return
        anchor = self._anchor
        if not stay:
            self.close()
        if view.commands.connect(edge_between(anchor, ref)) and stay:
            self._hold(anchor)
            self.popup.search()

    def _preview(self, row: Row | None) -> None:
        """Paint the wire that would be drawn."""
        view = self._view
        view.let_go()
        ref = row.key if row is not None and not row.reason else None
        if self._anchor is not None and isinstance(ref, PortRef) and ref != self._anchor:
            place = view.scene.geometry.port_point(ref)
            view.hold(HeldWire(view, Pointer(view.camera.to_screen(place), place), self._anchor))


def why_not_connect(view: CanvasView, side: Side) -> str:
    """Return why no wire can be drawn from the selection, as a sentence; empty if one can."""
    node_id, graph = view.selection.single, view.document.graph
    if node_id is None or node_id not in graph:
        return "Select a single layer to connect it."
    inputs, outputs = ports_of(graph.node(node_id), graph)
    if not (outputs if side == "output" else inputs):
        return f'"{graph.node(node_id).name}" has no {side}.'
    return ""


def _places(wiring: Wiring, node_id: str) -> list[Place]:
    """Return the ports of a node that are on the other side."""
    node, refs = wiring.graph.node(node_id), wiring.candidates(node_id)
    titles = [f"{node.name}  ·  {ref.port}" if len(refs) > 1 else node.name for ref in refs]
    return [
        Place(ref, title, f"{title} {node.kind}".casefold()) for ref, title in zip(refs, titles, strict=True)
    ]


def _place_row(wiring: Wiring, place: Place) -> Row:
    node = wiring.graph.node(place.ref.node)
    spec = spec_of(node, wiring.graph.blocks)
    reason = "is connected already" if wiring.has(place.ref) else wiring.reason(place.ref)
    replaced = wiring.replaced(place.ref)
    text = card_text(node, blocks=wiring.graph.blocks)
    if replaced is not None:
        text += f"  ·  replaces the wire from {wiring.graph.node(replaced.source).name}"
    key = f"{place.ref.node}.{place.ref.port}"
    family = spec.family if spec is not None else ""
    return Row(place.title, text, place.ref, key, family=family, reason=reason or "")


def _port_row(ref: PortRef, port: PortSpec) -> Row:
    words = filter(None, (f"({port.layout})" if port.layout else "", port.help))
    return Row(port.name, "  ".join(words), ref, port.name)


def _heading(wiring: Wiring, ref: PortRef) -> str:
    """Return under which heading a port stands; empty for one that is free and legal."""
    if not wiring.fits(ref) or wiring.has(ref):
        return ILLEGAL
    return TAKEN if wiring.replaced(ref) is not None else ""
