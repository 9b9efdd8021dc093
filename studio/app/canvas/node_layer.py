"""Paints nodes: from sprites near by, as blocks in the colour of their family from afar."""

from __future__ import annotations

import math
from collections.abc import Collection

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QTransform

from studio.app.canvas.camera import Camera
from studio.app.canvas.card_painting import OFF_OPACITY, paint_card, paint_marks
from studio.app.canvas.card_parts import paint_strip
from studio.app.canvas.cards import Card, detail_at, font
from studio.app.canvas.geometry import Slots
from studio.app.canvas.inner import Inner
from studio.app.canvas.scene import Scene
from studio.app.canvas.sprites import Sprite, SpriteCache
from studio.app.theme.measures import BLOCK_COUNT_PX as COUNT_PX
from studio.app.theme.measures import BLOCK_EDGE_PX as EDGE_PX
from studio.app.theme.measures import INNER_WELL as WELL
from studio.app.theme.measures import OUTLINE
from studio.app.theme.measures import PROBLEM_EDGE_PX as MARK_PX
from studio.app.theme.theme import theme
from studio.app.theme.tokens import CARD_RADIUS, STRIPE

MANY = 400
"""More nodes than this are painted as plain rectangles from afar, and more selected ones outlined so."""

MAX_SMOOTH_SPRITES = 60
"""While the zoom changes, more cards than this are scaled without smoothing: that takes a third."""


MOST_PIXELS = 4_000_000
"""A block that shows its inside and is larger than this on screen gets no sprite."""


class NodeLayer:
    """Cards of the nodes.

    Attributes:
        sprites: Painted cards.
        missed: Nodes that the last frame could not paint sharp.
    """

    def __init__(self) -> None:
        self.sprites = SpriteCache()
        self.missed: list[str] = []

    def begin_frame(self, ratio: float) -> None:
        """Start a frame, which may paint several areas."""
        self.sprites.begin_frame(ratio)
        self.missed = []

    def paint(self, painter: QPainter, scene: Scene, camera: Camera, area: QRectF, *, settled: bool) -> None:
        """Paint the cards that `area` shows.

        Args:
            settled: The zoom is not changing: sprites that are not sharp are painted anew.
        """
        geometry = scene.geometry
        slots = geometry.nodes_in(area)
        if detail_at(camera.zoom) == "far":
            paint_blocks(painter, scene, camera, slots)
            return
        smooth = settled or len(slots) <= MAX_SMOOTH_SPRITES
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        corners = ((geometry.boxes[slots, :2] - (camera.x, camera.y)) * camera.zoom).tolist()
        for slot, (x, y) in zip(slots.tolist(), corners, strict=True):
            self._paint_card(painter, scene, camera.zoom, geometry.ids[slot], QPointF(x, y), settled=settled)

    def end_frame(self, scene: Scene, zoom: float, area: QRectF) -> None:
        """Drop sprites if there are too many; `area` is all that is on screen."""
        if self.sprites.is_full:
            slots = scene.geometry.nodes_in(area).tolist()
            self.sprites.trim(zoom, [scene.geometry.ids[slot] for slot in slots])

    def _paint_card(
        self, painter: QPainter, scene: Scene, zoom: float, node_id: str, corner: QPointF, *, settled: bool
    ) -> None:
        card, size = scene.cards[node_id], scene.size(node_id)
        if card.inner is not None and _num_pixels(painter, size, zoom) > MOST_PIXELS:
            _paint_directly(painter, card, size, corner, zoom)
            return
        sprite = None if settled else self.sprites.nearest(node_id, size, zoom)
        if sprite is None:
            sprite, sharp = self.sprites.get(node_id, card, size, zoom)
            if not sharp:
                self.missed.append(node_id)
        if sprite is None:
            _paint_plain(painter, card, QRectF(corner.x(), corner.y(), size[0] * zoom, size[1] * zoom))
        elif sprite.zoom == zoom:
            ratio = sprite.pixmap.devicePixelRatio()
            left, top = round(corner.x() * ratio) / ratio, round(corner.y() * ratio) / ratio
            painter.drawPixmap(QPointF(left - sprite.pad, top - sprite.pad), sprite.pixmap)
        else:
            _paint_scaled(painter, sprite, corner, zoom)


def tint_color(tint: str) -> QColor:
    """Return a colour by its name, or by that of a family; an unknown layer's is faint."""
    return theme().named_color(tint, "faint")


def paint_blocks(painter: QPainter, scene: Scene, camera: Camera, slots: Slots) -> None:
    """Paint coloured rectangles, all of one colour at once, and frames round those with problems."""
    geometry = scene.geometry
    tints: dict[tuple[str, bool], list[QRectF]] = {}
    marked: dict[str, list[QRectF]] = {}
    gap = MARK_PX / camera.zoom
    for slot in slots.tolist():
        card, block = scene.cards[geometry.ids[slot]], geometry.block(slot)
        tints.setdefault((card.tint, card.off), []).append(block)
        if card.severity is not None:
            marked.setdefault(card.severity, []).append(block.adjusted(-gap, -gap, gap, gap))
    many = len(geometry.ids) > MANY
    painter.save()
    painter.setTransform(camera.transform(), combine=True)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, not many)
    painter.setPen(Qt.PenStyle.NoPen)
    for tint, off in sorted(tints):
        painter.setBrush(tint_color(tint))
        painter.setOpacity(OFF_OPACITY if off else 1.0)
        if many:
            painter.drawRects(tints[tint, off])
        else:
            for block in tints[tint, off]:
                painter.drawRoundedRect(block, CARD_RADIUS, CARD_RADIUS)
    painter.setOpacity(1.0)
    if not many:
        for slot in slots.tolist():
            _paint_inside(painter, scene.cards[geometry.ids[slot]], geometry.block(slot), camera.zoom)
            if scene.cards[geometry.ids[slot]].frozen:
                painter.fillRect(geometry.block(slot), _frost(camera.zoom))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for severity, role in (("warning", "warning"), ("error", "bad")):
        painter.setPen(QPen(theme().color(role), gap))
        painter.drawRects(marked.get(severity, []))
    painter.restore()


def _frost(zoom: float) -> QBrush:
    """Return the slanted lines over what is frozen, as fine on screen at any zoom."""
    brush = QBrush(theme().color("canvas"), Qt.BrushStyle.BDiagPattern)
    brush.setTransform(QTransform.fromScale(1 / zoom, 1 / zoom))
    return brush


def _paint_inside(painter: QPainter, card: Card, block: QRectF, zoom: float) -> None:
    """Paint on a block from afar the colours of what is inside, and how often it is repeated."""
    if card.inner is not None:
        _paint_inner_blocks(painter, card, card.inner, block)
        return
    if not card.parts:
        return
    edge = EDGE_PX / zoom
    strip = block.adjusted(edge, edge, -edge, -edge)
    if card.copies > 1:
        count = f"×{card.copies}"
        face = font(math.ceil(COUNT_PX / zoom), "bold")
        width = QFontMetricsF(face).horizontalAdvance(count) + 2 * edge
        if width < strip.width() * 0.8 and block.height() * zoom >= COUNT_PX:
            painter.setFont(face)
            painter.setPen(theme().color("on_accent"))
            room = QRectF(strip.right() - width, block.top(), width, block.height())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), count)
            strip.setRight(strip.right() - width)
    paint_strip(painter, strip, card.parts)


def _paint_inner_blocks(painter: QPainter, card: Card, inner: Inner, block: QRectF) -> None:
    """Paint from afar the inside that a card shows: on its ground, each part as a block."""
    ground = block.adjusted(STRIPE, WELL, -WELL, -WELL)
    painter.setBrush(theme().color("canvas"))
    painter.drawRect(ground)
    corner = block.topLeft() + inner.corner(card, block.width())
    for shown, (left, top, width, height) in zip(inner.cards, inner.boxes, strict=True):
        place = corner + (QPointF(left, top) - inner.area.topLeft()) * inner.scale
        painter.setBrush(shown.color)
        painter.drawRect(QRectF(place.x(), place.y(), width * inner.scale, height * inner.scale))


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
    marked = [(camera.rect_to_screen(geometry.rect(i)), scene.cards[i]) for i in shown if i in selected]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme().color("accent"), OUTLINE))
    if len(marked) > MANY or detail_at(camera.zoom) == "far":
        painter.drawRects([rect.adjusted(-1, -1, 1, 1) for rect, _ in marked])
    else:
        for rect, card in marked:
            radius = card.radius * camera.zoom + 1
            painter.drawRoundedRect(rect.adjusted(-1, -1, 1, 1), radius, radius)
        _paint_marks_again(painter, camera.zoom, marked)
    if focus is not None and focus in geometry:
        ring = camera.rect_to_screen(geometry.rect(focus)).adjusted(-5, -5, 5, 5)
        painter.setPen(QPen(theme().color("accent"), 1.0, Qt.PenStyle.DotLine))
        painter.drawRoundedRect(ring, CARD_RADIUS * camera.zoom + 5, CARD_RADIUS * camera.zoom + 5)


def _num_pixels(painter: QPainter, size: tuple[float, float], zoom: float) -> float:
    """Return how many pixels of the screen a card takes."""
    scale = zoom * painter.device().devicePixelRatioF()
    return size[0] * size[1] * scale * scale


def _paint_directly(
    painter: QPainter, card: Card, size: tuple[float, float], corner: QPointF, zoom: float
) -> None:
    """Paint a card without a sprite."""
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.translate(corner)
    painter.scale(zoom, zoom)
    paint_card(painter, card, zoom, *size)
    painter.restore()


def _paint_marks_again(painter: QPainter, zoom: float, cards: list[tuple[QRectF, Card]]) -> None:
    """Paint marks and badges over the outlines that now lie on them."""
    for rect, card in cards:
        if card.severity is not None or card.badge is not None:
            painter.save()
            painter.translate(rect.topLeft())
            painter.scale(zoom, zoom)
            paint_marks(painter, card, zoom, rect.width() / zoom)
            painter.restore()


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
