"""Cards as pixmaps: painted once for each zoom they are seen at, a few milliseconds' worth per frame.

Painting text is what a frame cannot afford a thousand times. A sprite is sharp for exactly one zoom; while
the zoom is changing, or until its turn comes, a card is shown by the sprite of another zoom, scaled.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap

from studio.app.canvas.card_painting import paint_card
from studio.app.canvas.cards import Card
from studio.app.theme.measures import CARD_MARGIN as MARGIN

BUDGET_S = 0.004
"""Time for new sprites in one frame."""

MAX_BYTES = 160 * 2**20


@dataclass(frozen=True, slots=True)
class Sprite:
    """A painted card.

    Attributes:
        card: What it shows.
        size: Width and height of the card it was painted for.
        zoom: The zoom at which it is sharp.
        pixmap: The card with its shadow.
        pad: Where in the pixmap the card begins, in logical pixels.
    """

    card: Card
    size: tuple[float, float]
    zoom: float
    pixmap: QPixmap
    pad: float

    @property
    def num_bytes(self) -> int:
        """Memory it takes."""
        return self.pixmap.width() * self.pixmap.height() * 4


class SpriteCache:
    """Sprites by zoom and node id."""

    def __init__(self, budget_s: float = BUDGET_S, max_bytes: int = MAX_BYTES) -> None:
        self._levels: dict[float, dict[str, Sprite]] = {}
        self._budget_s = budget_s
        self._max_bytes = max_bytes
        self._bytes = 0
        self._left_s = 0.0
        self._ratio = 1.0

    @property
    def num_bytes(self) -> int:
        """Memory of all sprites."""
        return self._bytes

    @property
    def is_full(self) -> bool:
        """Whether there are more sprites than should be kept."""
        return self._bytes > self._max_bytes

    def begin_frame(self, ratio: float, *, budget_s: float | None = None) -> None:
        """Start a frame on a screen with this many device pixels per pixel."""
        if ratio != self._ratio:
            self.clear()
            self._ratio = ratio
        self._left_s = self._budget_s if budget_s is None else budget_s

    def get(
        self, node_id: str, card: Card, size: tuple[float, float], zoom: float
    ) -> tuple[Sprite | None, bool]:
        """Return the best sprite there is and whether it is sharp, painting it if the budget allows.

        None means there is nothing to show yet: paint a plain block.
        """
        level = self._levels.setdefault(zoom, {})
        sprite = level.get(node_id)
        if sprite is not None and (sprite.card is card or sprite.card == card) and sprite.size == size:
            return sprite, True
        if self._left_s > 0:
            started = time.perf_counter()
            fresh = self._paint(card, size, zoom)
            self._keep(level, node_id, fresh)
            self._left_s -= time.perf_counter() - started
            return fresh, True
        return self.nearest(node_id, size, zoom), False

    def nearest(self, node_id: str, size: tuple[float, float], zoom: float) -> Sprite | None:
        """Return a node's sprite of the zoom nearest to this one, larger ones first.

        One of another size is not taken: it is of the card before, perhaps of another project, and would
        leave its edge beside the card that is painted later.
        """
        kept = (level[node_id] for level in self._levels.values() if node_id in level)
        found = [sprite for sprite in kept if sprite.size == size]
        return min(found, key=lambda s: (s.zoom < zoom, max(s.zoom / zoom, zoom / s.zoom)), default=None)

    def trim(self, zoom: float, shown: Iterable[str]) -> None:
        """Drop sprites until there are few enough: other zooms first, then what is not shown."""
        for other in sorted(self._levels, key=lambda level: max(level / zoom, zoom / level), reverse=True):
            if other != zoom and self._bytes > self._max_bytes / 2:
                self._bytes -= sum(sprite.num_bytes for sprite in self._levels.pop(other).values())
        if self._bytes > self._max_bytes:
            on_screen = set(shown)
            level = self._levels.get(zoom, {})
            for node_id in [node_id for node_id in level if node_id not in on_screen]:
                self._bytes -= level.pop(node_id).num_bytes

    def forget(self, node_ids: Iterable[str]) -> None:
        """Drop the sprites of nodes that are gone."""
        doomed = list(node_ids)
        for level in self._levels.values():
            for node_id in doomed:
                sprite = level.pop(node_id, None)
                self._bytes -= sprite.num_bytes if sprite is not None else 0

    def clear(self) -> None:
        """Drop everything: the scheme or the screen has changed."""
        self._levels.clear()
        self._bytes = 0

    def _keep(self, level: dict[str, Sprite], node_id: str, sprite: Sprite) -> None:
        old = level.get(node_id)
        self._bytes += sprite.num_bytes - (old.num_bytes if old is not None else 0)
        level[node_id] = sprite

    def _paint(self, card: Card, size: tuple[float, float], zoom: float) -> Sprite:
        scale = zoom * self._ratio
        pad = math.ceil(MARGIN * scale)  # whole pixels, so that the card's own edges are sharp
        width, height = (math.ceil(length * scale) + 2 * pad for length in size)
        pixmap = QPixmap(width, height)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        painter.translate(pad, pad)
        painter.scale(scale, scale)
        paint_card(painter, card, zoom, *size)
        painter.end()
        pixmap.setDevicePixelRatio(self._ratio)
        return Sprite(card, size, zoom, pixmap, pad / self._ratio)
