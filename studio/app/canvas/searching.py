"""The search that adds layers: opened at the cursor, at a port, or by a dropped wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QCursor

from studio.app.canvas import adding
from studio.app.canvas.gestures.drop_layer import centred_on_grid
from studio.app.canvas.gestures.gesture import Pointer
from studio.app.canvas.gestures.held_wire import HeldWire
from studio.app.canvas.layer_finder import LayerFinder
from studio.app.canvas.mark_offers import DRAW
from studio.app.canvas.ports import PortRef, Side
from studio.app.search.fit import Level
from studio.app.search.matching import Tier
from studio.app.search.ranking import Candidate
from studio.graph.node import Node

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


class LayerSearch(LayerFinder):
    """Finds a layer and adds it, wired where it was wanted."""

    name = "search.layers"
    title = "Add a layer"
    foot = "Enter adds  ·  Shift+Enter adds and goes on behind it  ·  Ctrl+P pins  ·  Esc closes"

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._refs: list[PortRef] = []
        self._place: QPointF | None = None
        self._held: PortRef | None = None
        view.facts.changed.connect(self._facts_changed)

    # Opening --------------------------------------------------------------------------------------

    def open_at(self, place: QPointF) -> None:
        """Open at a canvas point: the layer goes there, and is wired to the selected one if they fit."""
        self._open(adding.ports_to_wire(self._view), place, self._view.camera.to_screen(place).toPoint())

    def open_here(self) -> None:
        """Open at the cursor; if that is elsewhere or not in use, at the selected node, or in the middle."""
        view = self._view
        under = view.mapFromGlobal(QCursor.pos())
        if view.by_mouse and view.underMouse() and view.rect().contains(under):
            self._open(adding.ports_to_wire(view), view.camera.to_canvas(QPointF(under)), under)
        else:
            self.open_unplaced(self._natural_corner())

    def open_unplaced(self, corner: QPoint) -> None:
        """Open with the corner at a point of the canvas widget; the layer goes where it is natural."""
        self._open(adding.ports_to_wire(self._view), None, corner)

    def open_for_wire(self, anchor: PortRef, place: QPointF) -> None:
        """Open for a wire that ended on the empty canvas; it stays in sight until something is chosen."""
        view = self._view
        self._open([anchor], place, view.camera.to_screen(place).toPoint(), held=anchor)
        view.hold(HeldWire(view, Pointer(view.camera.to_screen(place), place), anchor))

    def _open(
        self, refs: list[PortRef], place: QPointF | None, corner: QPoint, held: PortRef | None = None
    ) -> None:
        self.close()
        self._place, self._held = place, held
        self._look_at(refs)
        self.show_at(corner, self._prompt(), beside=held is not None)

    def _look_at(self, refs: list[PortRef]) -> None:
        self._refs = refs
        self.context = adding.context_at(self._view, refs)

    def _facts_changed(self) -> None:
        """Judge anew what fits: another shape is known."""
        if self.is_open:
            row = self.popup.list.row
            self._look_at(self._refs)
            self.popup.search(row.id if row is not None and self.popup.field.text() else "")

    def _prompt(self) -> str:
        if not self.context.anchors:
            return "Add a layer or a block…"
        anchor = self.context.anchors[0]
        return f"Add behind {anchor.name}…" if anchor.side == "output" else f"Add before {anchor.name}…"

    def _natural_corner(self) -> QPoint:
        view = self._view
        single = view.selection.single
        place = view.scene.geometry.rect(single).bottomLeft() if single is not None else None
        if place is not None and view.visible_area().contains(place):
            return view.camera.to_screen(place).toPoint()
        return QPoint(view.width() // 3, view.height() // 4)

    # Finding --------------------------------------------------------------------------------------

    def heading(self, candidate: Candidate, query: str) -> str:
        """Return whether it fits, in words; empty where nothing is to be fitted."""
        level = candidate.fit.level
        if level == Level.REFUSED:
            return "Cannot be here"
        if not self.context.anchors:
            return ""
        if level != Level.FITS and query.strip() and candidate.match.tier == Tier.EXACT:
            return "Called so, but does not fit"
        name = self.context.anchors[0].name
        if level == Level.UNSUITED:
            return f"Would not suit {name}"
        return f"Fits {name}" if level == Level.FITS else f"Cannot be wired to {name}"

    # Choosing -------------------------------------------------------------------------------------

    def take(self, candidate: Candidate, stay: bool) -> None:
        """Add what was chosen; with `stay`, ask what comes behind it."""
        if candidate.fit.level == Level.REFUSED:
            self._view.message.emit(f"{candidate.spec.title} {candidate.fit.reason}.")
            return
        if candidate.spec.kind in DRAW:
            self.popup.close_search()
            DRAW[candidate.spec.kind](self._view, self._place or self._view.visible_area().center())
            return
        ref = self._wired_to(candidate)
        if not stay:
            self.popup.close_search()
        node_id = self._add(candidate, ref)
        if node_id is None:
            return
        self.usage.note(candidate.spec.kind)
        if ref is None and candidate.fit.reason:
            self._view.message.emit(f"Added without a wire: {candidate.spec.title} {candidate.fit.reason}.")
        if stay:
            self._go_on(node_id, "input" if ref is not None and not ref.is_output else "output")

    def _wired_to(self, candidate: Candidate) -> PortRef | None:
        anchor = candidate.fit.anchor
        return PortRef(anchor.node, anchor.side, anchor.port.name) if anchor is not None else None

    def _add(self, candidate: Candidate, ref: PortRef | None) -> str | None:
        view = self._view
        node = self._placed(view.commands.fresh(candidate.spec.kind), ref, candidate.fit.port)
        node_id = adding.add_wired(view, node, ref, candidate.fit.port)
        if node_id is not None and not view.visible_area().contains(view.scene.geometry.rect(node_id)):
            view.reveal(node_id)
        return node_id

    def _placed(self, node: Node, ref: PortRef | None, port: str) -> Node:
        """Return a node where it goes: its port at the wire's end, its middle at the point, or beside."""
        view, place = self._view, self._place
        if place is not None and self._held is not None:
            own: Side = "input" if self._held.is_output else "output"
            return adding.with_port_at(view, node, own, port, place)
        if place is not None:
            corner = centred_on_grid(place, adding.size_of(view, node))
            node = node.at(corner.x(), corner.y())
            if not self._refs or adding.is_free(view, node):
                return node
        return adding.beside(view, node, ref or next(iter(self._refs), None), view.visible_area().center())

    def _go_on(self, node_id: str, side: Side) -> None:
        """Look for what comes behind the layer just added, or before it."""
        view = self._view
        self._place = self._held = None
        view.let_go()
        self._look_at([ref for ref in view.scene.geometry.ports_of(node_id) if ref.side == side])
        popup = self.popup
        popup.field.setPlaceholderText(self._prompt())
        popup.field.clear()
        popup.search()
