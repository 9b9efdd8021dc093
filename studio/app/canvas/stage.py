"""Paints one frame of the canvas, layer over layer: ground, wires, cards, shapes, marks, and what floats."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QPainter

from studio.app.canvas.backing import Backing, snapped
from studio.app.canvas.marks.mark_painting import paint_mark_outlines
from studio.app.canvas.node_layer import paint_outlines
from studio.app.canvas.overlays import paint_hint, paint_totals, totals_words
from studio.app.canvas.pills import PillLayer
from studio.app.canvas.wire_layer import Mask, lit_rows, rows_of
from studio.graph.report import Totals

if TYPE_CHECKING:
    from studio.app.canvas.display import CanvasDisplay


class Stage:
    """The layers, each with what it keeps between frames."""

    def __init__(self) -> None:
        self._backing = Backing()
        self._pills = PillLayer()
        self._lit = KeptMask()
        self._hidden = KeptMask()

    def paint(self, view: CanvasDisplay, painter: QPainter, *, settled: bool) -> bool:
        """Paint a frame; say whether cards in it are not sharp yet, so that another should follow.

        Args:
            settled: The zoom is not changing just now.
        """
        scene, gesture, selection = view.scene, view.gesture, view.selection
        ratio = view.devicePixelRatioF()
        camera = snapped(view.camera, ratio)
        area = camera.visible(view.size().toSizeF())
        nodes, edges, off = selection.nodes, selection.edges, view.hidden_edges
        lit = self._lit.get((nodes, edges, scene.graph), lambda: lit_rows(scene.geometry, nodes, edges))
        hidden = self._hidden.get((off, scene.graph), lambda: rows_of(scene.geometry, off))
        missed = self._backing.paint(
            painter, scene, camera, view.size(), lit, hidden, settled=settled, heat=view.heat.steps
        )
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._pills.paint(painter, scene, view.facts, camera, area, lit, hidden)
        paint_outlines(painter, scene, camera, area, nodes, view.keyboard_node)
        view.paint_controls(painter)
        paint_mark_outlines(painter, scene.marks, camera, area, selection.marks)
        if gesture is not None:
            gesture.paint(painter)
        _paint_floating(view, painter)
        return missed

    def forget(self, node_ids: frozenset[str]) -> None:
        """Drop what is kept of nodes that are gone."""
        self._backing.nodes.sprites.forget(node_ids)

    def forget_shapes(self) -> None:
        """Look at the shapes on wires again."""
        self._pills.forget_places()

    def clear(self) -> None:
        """Drop what is kept in colours: the scheme has changed."""
        self._backing.clear()


class KeptMask:
    """A mask that stays the same object while it stays the same, so that pictures made with it are kept."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._mask: Mask = np.zeros(0, dtype=bool)

    def get(self, key: tuple[object, ...], make: Callable[[], Mask]) -> Mask:
        """Return the mask for a key; keys are compared by identity, for a graph is long to compare."""
        if len(key) != len(self._key) or any(a is not b for a, b in zip(key, self._key, strict=True)):
            mask = make()
            if not np.array_equal(mask, self._mask):
                self._mask = mask
            self._key = key
        return self._mask


def _paint_floating(view: CanvasDisplay, painter: QPainter) -> None:
    """Paint what does not move with the canvas."""
    if not len(view.scene.graph):
        if view.document.level:
            paint_hint(painter, view.size())
        return
    if view.facts.totals == Totals():
        return  # nothing is known yet, and zeros would be a lie
    words = totals_words(view.facts.totals, view.document.project.training.batch_size)
    room = view.width() - 48.0 - (view.minimap.width() if view.minimap.isVisible() else 0)
    paint_totals(painter, view.size(), words, room)
