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
from studio.app.canvas.wants import Link, Want, fit_joining, want_here
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
        self._want = Want()
        self._place: QPointF | None = None
        self._held: PortRef | None = None
        view.facts.changed.connect(self._facts_changed)

    # Opening --------------------------------------------------------------------------------------

    def open_at(self, place: QPointF) -> None:
        """Open at a canvas point: the layer goes there, and is wired to the selected one if they fit."""
        want = want_here(self._view)
        want = want if want.on is None else Want()  # it goes to the point, not to some wire elsewhere
        self._open(want, place, self._view.camera.to_screen(place).toPoint())

    def open_here(self) -> None:
        """Open at the cursor; if that is elsewhere or not in use, at the selected node, or in the middle."""
        view = self._view
        under = view.mapFromGlobal(QCursor.pos())
        if view.by_mouse and view.underMouse() and view.rect().contains(under):
            self._open(want_here(view), view.camera.to_canvas(QPointF(under)), under)
        else:
            self.open_unplaced(self._natural_corner())
            if view.selection.single is not None:
                self.keep_clear_of(view.selection.single)

    def open_unplaced(self, corner: QPoint) -> None:
        """Open with the corner at a point of the canvas widget; the layer goes where it is natural."""
        self._open(want_here(self._view), None, corner)

    def open_for_wire(self, anchor: PortRef, place: QPointF) -> None:
        """Open for a wire that ended on the empty canvas; it stays in sight until something is chosen."""
        view = self._view
        self._open(Want((anchor,)), place, view.camera.to_screen(place).toPoint(), held=anchor)
        view.hold(HeldWire(view, Pointer(view.camera.to_screen(place), place), anchor))

    def _open(self, want: Want, place: QPointF | None, corner: QPoint, held: PortRef | None = None) -> None:
        self.close()
        self._place, self._held = place, held
        self._look_at(want)
        self.show_at(corner, self._prompt(), beside=held is not None)

    def _look_at(self, want: Want) -> None:
        self._want = want
        self.context = adding.context_at(self._view, want)

    def _facts_changed(self) -> None:
        """Judge anew what fits: another shape is known."""
        if self.is_open:
            row = self.popup.list.row
            self._look_at(self._want)
            self.popup.search(row.id if row is not None and self.popup.field.text() else "")

    def _prompt(self) -> str:
        if not self.context.anchors:
            return "Add a layer or a block…"
        if self._want.on is not None:
            return f"Insert on {self._name}…"
        if self._want.joins:
            return f"Join {self._name}…"
        before = self.context.anchors[0].side == "input"
        return f"Add {'before' if before else 'behind'} {self._name}…"

    @property
    def _name(self) -> str:
        """What the layer would be wired to, in words."""
        anchors = self.context.anchors
        if self._want.on is not None:
            return f"{anchors[0].name} → {self._view.scene.graph.node(self._want.on.target).name}"
        return (
            " and ".join(anchor.name for anchor in anchors)
            if len(anchors) == 2
            else (f"{len(anchors)} layers" if self._want.joins else anchors[0].name)
        )

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
        name = self._name
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
        if self._want.on is not None and candidate.fit.level == Level.UNFIT:
            self._view.message.emit(f"Not inserted: {candidate.spec.title} {candidate.fit.reason}.")
            return
        links = self._links(candidate)
        if not stay:
            self.popup.close_search()
        node_id = self._add(candidate, links)
        if node_id is None:
            return
        self.usage.note(candidate.spec.kind)
        if not links and self._want.on is None and candidate.fit.reason:
            self._view.message.emit(f"Added without a wire: {candidate.spec.title} {candidate.fit.reason}.")
        if stay:
            self._go_on(node_id, "input" if links and not links[0][0].is_output else "output")

    def _links(self, candidate: Candidate) -> list[Link]:
        """Return the wires that come with a layer."""
        if self._want.on is not None or candidate.fit.anchor is None:
            return []
        if self._want.joins:
            ports = fit_joining(candidate.spec, self.context.anchors)[1]
            return list(zip(self._want.refs, ports, strict=True))
        anchor = candidate.fit.anchor
        return [(PortRef(anchor.node, anchor.side, anchor.port.name), candidate.fit.port)]

    def _add(self, candidate: Candidate, links: list[Link]) -> str | None:
        view, kind = self._view, candidate.spec.kind
        node = self._placed(view.commands.fresh(kind), links, candidate.fit.port)
        if self._want.on is not None:
            node_id = view.commands.add(kind, node.x, node.y, on=self._want.on)
        else:
            node_id = adding.add_wired(view, node, links)
        if node_id is not None and not view.visible_area().contains(view.scene.geometry.rect(node_id)):
            view.reveal(node_id)
        return node_id

    def _placed(self, node: Node, links: list[Link], port: str) -> Node:
        """Return a node where it goes: its port at the wire's end, its middle at the point, or beside."""
        view, place = self._view, self._place
        if self._want.on is not None:
            corner = centred_on_grid(
                view.wire_path(self._want.on).pointAtPercent(0.5), adding.size_of(view, node)
            )
            return node.at(corner.x(), corner.y())
        if place is not None and self._held is not None:
            own: Side = "input" if self._held.is_output else "output"
            return adding.with_port_at(view, node, own, port, place)
        if place is not None:
            corner = centred_on_grid(place, adding.size_of(view, node))
            node = node.at(corner.x(), corner.y())
            if not self._want.refs or adding.is_free(view, node):
                return node
        ref = links[0][0] if links else next(iter(self._want.refs), None)
        return adding.beside(view, node, ref, view.visible_area().center())

    def _go_on(self, node_id: str, side: Side) -> None:
        """Look for what comes behind the layer just added, or before it."""
        view = self._view
        self._place = self._held = None
        view.let_go()
        ports = view.scene.geometry.ports_of(node_id)
        self._look_at(Want(tuple(ref for ref in ports if ref.side == side)))
        popup = self.popup
        popup.field.setPlaceholderText(self._prompt())
        popup.field.clear()
        popup.search()
        self.keep_clear_of(node_id)
