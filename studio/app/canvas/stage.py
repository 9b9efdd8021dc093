"""Paints one frame of the canvas, layer over layer: ground, wires, shapes, nodes, marks, and what floats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPainterPath

from studio.app.canvas.backdrop import Backdrop
from studio.app.canvas.node_layer import NodeLayer, paint_outlines
from studio.app.canvas.overlays import paint_breadcrumb, paint_hint, paint_totals, totals_words
from studio.app.canvas.pills import PillLayer
from studio.app.canvas.wire_layer import WireLayer, lit_edges
from studio.graph.node import Edge

if TYPE_CHECKING:
    from studio.app.canvas.display import CanvasDisplay

SHADOW_PX = 32.0
"""Cards just outside the widget are painted too: their shadows and badges reach in."""


class Stage:
    """The layers, each with what it keeps between frames."""

    def __init__(self) -> None:
        self._backdrop = Backdrop()
        self._wires = WireLayer()
        self._nodes = NodeLayer()
        self._pills = PillLayer()
        self._lit: tuple[tuple[object, ...], frozenset[Edge]] = ((), frozenset())

    def paint(self, view: CanvasDisplay, painter: QPainter, *, settled: bool) -> bool:
        """Paint a frame; say whether cards in it are not sharp yet, so that another should follow.

        Args:
            settled: The zoom is not changing just now.
        """
        scene, camera, facts = view.scene, view.camera, view.facts
        reach = SHADOW_PX / camera.zoom
        area = view.visible_area().adjusted(-reach, -reach, reach, reach)
        lit = self._lit_edges(view)
        gesture = view.gesture
        hidden = gesture.hidden_edges if gesture is not None else frozenset()
        self._backdrop.paint(painter, camera, view.size(), view.devicePixelRatioF())
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._wires.paint(painter, scene, camera, area, lit, hidden)
        self._nodes.paint(painter, scene, camera, area, settled=settled)
        self._pills.paint(painter, scene, facts, camera, area, lit, hidden)
        paint_outlines(painter, scene, camera, area, view.selection.nodes, view.keyboard_node)
        if gesture is not None:
            gesture.paint(painter)
        self._paint_floating(view, painter)
        return self._nodes.sprites.missed

    def wire_path(self, view: CanvasDisplay, edge: Edge) -> QPainterPath:
        """Return the course of a wire."""
        return self._wires.path(view.scene.geometry, edge)

    def forget(self, node_ids: frozenset[str]) -> None:
        """Drop what is kept of nodes that are gone."""
        self._nodes.forget(node_ids)

    def clear(self) -> None:
        """Drop what is kept in colours: the scheme has changed."""
        self._nodes.sprites.clear()

    def _lit_edges(self, view: CanvasDisplay) -> frozenset[Edge]:
        selection = view.selection
        key = (selection.nodes, selection.edges, view.scene.graph)
        # Identity first: comparing two graphs of ten thousand nodes is not for every frame.
        if len(self._lit[0]) != 3 or any(a is not b for a, b in zip(key, self._lit[0], strict=True)):
            self._lit = key, lit_edges(view.scene.geometry, selection.nodes, selection.edges)
        return self._lit[1]

    def _paint_floating(self, view: CanvasDisplay, painter: QPainter) -> None:
        """Paint what does not move with the canvas."""
        paint_breadcrumb(painter, view.document.project.name, view.width())
        if not len(view.scene.graph):
            paint_hint(painter, view.size())
            return
        words = totals_words(view.facts.totals, view.document.project.training.batch_size)
        room = (
            view.width() - (QRectF(view.minimap.geometry()).width() if view.minimap.isVisible() else 0) - 48
        )
        paint_totals(painter, view.size(), words, room)
