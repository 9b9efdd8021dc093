"""Paints nodes: from sprites near by, as blocks in the colour of their family from afar."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.app.canvas.camera import Camera
from studio.app.canvas.cards import Card, detail_at
from studio.app.canvas.scene import Scene
from studio.app.canvas.sprites import Sprite, SpriteCache
from studio.app.theme.theme import theme
from studio.app.theme.tokens import CARD_RADIUS, STRIPE

OUTLINE = 2.0
MANY = 400
"""More nodes than this are painted as plain rectangles from afar, and more selected ones outlined so."""

MARK_PX = 2.0
"""From afar, nodes with problems have a frame this wide."""


class NodeLayer:
    """Cards of the nodes, and the outline of those selected."""

    def __init__(self) -> None:
        self.sprites = SpriteCache()
        self._blocks: dict[str, tuple[tuple[float, ...], QRectF]] = {}

    def paint(self, painter: QPainter, scene: Scene, camera: Camera, area: QRectF, *, settled: bool) -> None:
        """Paint the cards that `area` shows.

        Args:
            settled: The zoom is not changing: sprites that are not sharp are painted anew.
        """
        geometry = scene.geometry
        slots = geometry.nodes_in(area)
        ids = [geometry.ids[slot] for slot in slots.tolist()]
        if detail_at(camera.zoom) == "far":
            self._paint_blocks(painter, scene, camera, ids, geometry.boxes[slots].tolist())
            return
        corners = ((geometry.boxes[slots, :2] - (camera.x, camera.y)) * camera.zoom).tolist()
        ratio = painter.device().devicePixelRatioF()
        self.sprites.begin_frame(ratio)
        for node_id, (x, y) in zip(ids, corners, strict=True):
            self._paint_card(painter, scene, camera.zoom, node_id, x, y, ratio, settled=settled)
        self.sprites.end_frame(camera.zoom, ids)

    def _paint_card(
        self,
        painter: QPainter,
        scene: Scene,
        zoom: float,
        node_id: str,
        x: float,
        y: float,
        ratio: float,
        *,
        settled: bool,
    ) -> None:
        card, size = scene.cards[node_id], scene.size(node_id)
        sprite = None if settled else self.sprites.nearest(node_id, zoom)
        if sprite is None:
            sprite = self.sprites.get(node_id, card, size, zoom)
        if sprite is None:
            _paint_plain(painter, card, QRectF(x, y, size[0] * zoom, size[1] * zoom))
        elif sprite.zoom == zoom:
            left, top = round(x * ratio) / ratio - sprite.pad, round(y * ratio) / ratio - sprite.pad
            painter.drawPixmap(QPointF(left, top), sprite.pixmap)
        else:
            _paint_scaled(painter, sprite, QPointF(x, y), zoom)

    def _paint_blocks(
        self, painter: QPainter, scene: Scene, camera: Camera, ids: list[str], boxes: list[list[float]]
    ) -> None:
        """Paint coloured rectangles, all of one family at once."""
        families: dict[str, list[QRectF]] = {}
        for node_id, box in zip(ids, boxes, strict=True):
            kept = self._blocks.get(node_id)
            place = tuple(box)
            if kept is None or kept[0] != place:
                left, top, right, bottom = box
                kept = self._blocks[node_id] = (place, QRectF(left, top, right - left, bottom - top))
            families.setdefault(scene.cards[node_id].family, []).append(kept[1])
        painter.save()
        painter.setTransform(camera.transform(), combine=True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(ids) <= MANY)
        for family in sorted(families):
            painter.setBrush(family_color(family))
            if len(ids) > MANY:
                painter.drawRects(families[family])
            else:
                for rect in families[family]:
                    painter.drawRoundedRect(rect, CARD_RADIUS, CARD_RADIUS)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for severity, role in (("warning", "warning"), ("error", "bad")):
            painter.setPen(QPen(theme().color(role), MARK_PX / camera.zoom))
            marked = [self._blocks[i][1] for i in ids if scene.cards[i].severity == severity]
            gap = MARK_PX / camera.zoom
            painter.drawRects([rect.adjusted(-gap, -gap, gap, gap) for rect in marked])
        painter.restore()

    def forget(self, node_ids: Collection[str]) -> None:
        """Drop what is kept of nodes that are gone."""
        self.sprites.forget(node_ids)
        for node_id in node_ids:
            self._blocks.pop(node_id, None)


def family_color(family: str) -> QColor:
    """Return a family's colour; an unknown layer's is faint."""
    colors = theme().colors
    return QColor(colors.families.get(family, colors.faint))  # type: ignore[call-overload]


def paint_outlines(
    painter: QPainter,
    scene: Scene,
    camera: Camera,
    area: QRectF,
    selected: Collection[str],
    focus: str | None,
) -> None:
    """Paint the accent around selected nodes, and a dotted ring around the one with keyboard focus."""
    if not selected:
        return
    geometry = scene.geometry
    shown = [geometry.ids[slot] for slot in geometry.nodes_in(area).tolist()]
    marked = [camera.rect_to_screen(geometry.rect(i)) for i in shown if i in selected]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme().color("accent"), OUTLINE))
    if len(marked) > MANY or detail_at(camera.zoom) == "far":
        painter.drawRects([rect.adjusted(-1, -1, 1, 1) for rect in marked])
    else:
        radius = CARD_RADIUS * camera.zoom + 1
        for rect in marked:
            painter.drawRoundedRect(rect.adjusted(-1, -1, 1, 1), radius, radius)
    if focus is not None and focus in geometry:
        ring = camera.rect_to_screen(geometry.rect(focus)).adjusted(-5, -5, 5, 5)
        painter.setPen(QPen(theme().color("accent"), 1.0, Qt.PenStyle.DotLine))
        painter.drawRoundedRect(ring, CARD_RADIUS * camera.zoom + 5, CARD_RADIUS * camera.zoom + 5)


def _paint_plain(painter: QPainter, card: Card, rect: QRectF) -> None:
    """Paint what a card is without its words: it has no sprite yet."""
    painter.fillRect(rect, theme().color("card"))
    painter.fillRect(QRectF(rect.topLeft(), rect.bottomLeft()).adjusted(0, 0, STRIPE, 0), card.color)


def _paint_scaled(painter: QPainter, sprite: Sprite, corner: QPointF, zoom: float) -> None:
    """Paint the sprite of another zoom at this one."""
    scale = zoom / sprite.zoom
    ratio = sprite.pixmap.devicePixelRatio()
    target = QRectF(
        corner.x() - sprite.pad * scale,
        corner.y() - sprite.pad * scale,
        sprite.pixmap.width() / ratio * scale,
        sprite.pixmap.height() / ratio * scale,
    )
    painter.drawPixmap(target, sprite.pixmap, QRectF(sprite.pixmap.rect()))
