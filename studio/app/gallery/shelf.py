"""The gallery's shelf: tiles in rows under headings, walked with the arrow keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QWidget

from studio.app.gallery.entries import Entry
from studio.app.gallery.pictures import Pictures
from studio.app.gallery.tile import TILE, Tile
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SPACE

GAP = SPACE
HEADING_HEIGHT = 8 * SPACE
MARGIN = 4 * SPACE
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Shelf(QScrollArea):
    """Tiles of all entries, those that a search leaves in sight, and one that is chosen."""

    chosen = Signal(object)
    """The `Entry` that is chosen now; None if the search leaves nothing."""

    created = Signal()
    """The chosen one was double-clicked."""

    typed = Signal(str)
    """Something was typed while the shelf had the focus."""

    def __init__(self, entries: Sequence[Entry], pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery.shelf")
        self.setAccessibleName("Networks")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._body = QWidget(self)
        self.setWidget(self._body)
        self.tiles = [Tile(entry, pictures, self._body) for entry in entries]
        self.headings: dict[str, QLabel] = {}
        for tile in self.tiles:
            heading = tile.entry.heading
            if heading not in self.headings:
                self.headings[heading] = label(heading, "heading", self._body)
            tile.clicked.connect(lambda _=False, tile=tile: self.choose(tile))
            tile.created.connect(self.created)
        self._current: Tile | None = None
        pictures.ready.connect(self._picture_ready)
        theme().changed.connect(self._repaint)
        self._lay_out()

    @property
    def current(self) -> Entry | None:
        """The chosen entry."""
        return self._current.entry if self._current is not None else None

    def shown(self) -> list[Tile]:
        """Return the tiles that the search leaves in sight, in reading order."""
        return [tile for tile in self.tiles if not tile.isHidden()]

    def search(self, query: str) -> None:
        """Leave in sight what a query matches, and choose what fits best; without one keep what is chosen."""
        for tile in self.tiles:
            tile.setHidden(not tile.entry.matches(query))
        self._lay_out()
        shown = self.shown()
        wanted = min(shown, key=lambda tile: tile.entry.rank(query), default=None)
        if not query.strip() and self._current in shown:
            wanted = self._current
        self._set_current(wanted)
        if wanted is not None:
            self._show_tile(wanted)

    def choose(self, tile: Tile) -> None:
        """Make a tile the chosen one, and bring it into view."""
        self._set_current(tile)
        self._show_tile(tile)

    def choose_name(self, name: str) -> None:
        """Choose the entry of this name."""
        self.choose(next(tile for tile in self.tiles if tile.entry.name == name))

    def walk(self, key: int) -> bool:
        """Go from the chosen tile to the next one in an arrow's direction; False if it is no such key."""
        shown = self.shown()
        if not shown or self._current not in shown:
            return False
        place = shown.index(self._current)
        match key:
            case Qt.Key.Key_Home:
                place = 0
            case Qt.Key.Key_End:
                place = len(shown) - 1
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                place += _ARROWS[Qt.Key(key)][0]
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                place = self._place_beyond(shown, place, _ARROWS[Qt.Key(key)][1])
            case _:
                return False
        self.choose(shown[min(max(place, 0), len(shown) - 1)])
        return True

    def _place_beyond(self, shown: list[Tile], place: int, way: int) -> int:
        """Return the tile in the next row up or down that is nearest across."""
        here = shown[place]
        rows = sorted({tile.y() for tile in shown if (tile.y() - here.y()) * way > 0}, key=lambda y: y * way)
        if not rows:
            return place
        row = [tile for tile in shown if tile.y() == rows[0]]
        return shown.index(min(row, key=lambda tile: abs(tile.x() - here.x())))

    def _set_current(self, tile: Tile | None) -> None:
        if self._current is not None:
            self._current.setChecked(False)
        changed = tile is not self._current
        self._current = tile
        if tile is not None:
            tile.setChecked(True)
        if changed:
            self.chosen.emit(self.current)

    def _show_tile(self, tile: Tile) -> None:
        """Bring a tile into view, with its heading if it is in the first row under it."""
        self.ensureWidgetVisible(tile, 0, HEADING_HEIGHT + GAP)

    def _lay_out(self) -> None:
        """Put headings and tiles where they belong at the present width."""
        width = self.viewport().width()
        across = max((width - 2 * MARGIN + GAP) // (TILE.width() + GAP), 1)
        y = SPACE
        for heading, words in self.headings.items():
            tiles = [tile for tile in self.shown() if tile.entry.heading == heading]
            words.setVisible(bool(tiles))
            if not tiles:
                continue
            words.setGeometry(MARGIN + 2 * SPACE, y, width - 2 * MARGIN, HEADING_HEIGHT)
            y += HEADING_HEIGHT
            for place, tile in enumerate(tiles):
                corner = QPoint(
                    place % across * (TILE.width() + GAP), place // across * (TILE.height() + GAP)
                )
                tile.move(QPoint(MARGIN, y) + corner)
            y += ((len(tiles) - 1) // across + 1) * (TILE.height() + GAP) + 2 * SPACE
        self._body.resize(QSize(width, y))

    def _picture_ready(self, name: str) -> None:
        for tile in self.tiles:
            if tile.entry.name == name:
                tile.update()

    def _repaint(self) -> None:
        for tile in self.tiles:
            tile.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrows; letters go on to the search."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
        if plain and self.walk(event.key()):
            return
        if plain and event.text().isprintable() and event.text().strip():
            self.typed.emit(event.text())
            return
        event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the tiles out anew."""
        super().resizeEvent(event)
        self._lay_out()
