"""Where in the network the canvas is, as words to click: ``digits › network › layer1 › conv``."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QWidget

from studio.app.document import Document, Level
from studio.app.theme.measures import WIDEST_CRUMB as WIDEST_NAME
from studio.app.theme.polish import label, set_property
from studio.app.theme.theme import theme
from studio.app.theme.tokens import BODY_PX, FIELD_PADDING, ICON, SPACE
from studio.graph.block import REPEAT, block_name

NETWORK = "network"

MOST = 6
"""Of more levels the first and the last ones are named."""


class Breadcrumbs(QWidget):
    """The way from the network to the level on show; inside a block also a button that leads out."""

    level_chosen = Signal(object)
    """A level on the way was clicked."""

    def __init__(self, document: Document, parent: QWidget) -> None:
        super().__init__(parent)
        self._document = document
        self.setObjectName("canvas.breadcrumbs")
        self.setAccessibleName("Level of the network")
        self.setProperty("role", "crumbs")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._shown: tuple[tuple[str, str, Level | None], ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(SPACE, 0, FIELD_PADDING, 0)
        self._row.setSpacing(2)
        self.up = QToolButton(self)
        self.up.setObjectName("canvas.leave")
        self.up.setAccessibleName("Leave the block")
        self.up.setToolTip("Leave the block")
        self.up.setProperty("role", "icon")
        self.up.setFixedSize(ICON + 8, ICON + 8)
        self.up.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.up.clicked.connect(lambda: self.level_chosen.emit(document.level[:-1]))
        self._row.addWidget(self.up)
        document.changed.connect(self.refresh)
        document.level_changed.connect(self.refresh)
        document.state_changed.connect(self.refresh)
        theme().changed.connect(self._refresh_icon)
        self._refresh_icon()
        self.refresh()

    def words(self) -> list[str]:
        """Return what is shown, in order."""
        return [words for words, _, _ in self._shown]

    def refresh(self) -> None:
        """Show the way to the level on show."""
        self.up.setVisible(bool(self._document.level))
        way = tuple(_shortened(self._way()))
        if way != self._shown:
            self._shown = way
            self._rebuild()
        self.adjustSize()

    def _way(self) -> list[tuple[str, str, Level | None]]:
        """Return words, a tip and the level they lead to, for each part of the way."""
        found: list[tuple[str, str, Level | None]] = [
            (self._document.name, "", None),
            (NETWORK, "The whole network", ()),
        ]
        graph = self._document.design
        level: Level = ()
        for node_id in self._document.level:
            node = graph.node(node_id)
            block = self._document.design.block(block_name(node) or "")
            level = (*level, node_id)
            repeat = node.arguments.get(REPEAT)
            times = f" × {repeat}" if isinstance(repeat, int) else ""
            found.append((f"{node.name}{times}", f"Inside {block.name}", level))
            graph = block.graph
        return found

    def _rebuild(self) -> None:
        while self._row.count() > 1:
            item = self._row.takeAt(1)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for place, (words, tip, level) in enumerate(self._shown):
            if place:
                self._add(label("›", "dim", self))
            self._add(self._part(words, tip, level))
        self._row.activate()

    def _add(self, part: QWidget) -> None:
        self._row.addWidget(part)
        part.show()  # the layout would do so later, and until then not make room for it

    def _part(self, words: str, tip: str, level: Level | None) -> QWidget:
        metrics = QFontMetricsF(theme().font(BODY_PX))
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, WIDEST_NAME)
        if level is None:
            return label(shown, "crumb", self)
        button = QPushButton(shown, self)
        button.setObjectName(f"canvas.crumb.{len(level)}")
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setProperty("role", "crumb")
        set_property(button, "here", level == self._document.level)
        button.clicked.connect(lambda _checked=False, level=level: self.level_chosen.emit(level))
        return button

    def _refresh_icon(self) -> None:
        self.up.setIcon(theme().mark("step-left"))


def _shortened(way: list[tuple[str, str, Level | None]]) -> list[tuple[str, str, Level | None]]:
    """Return a long way without its middle."""
    return way if len(way) <= MOST else [*way[:3], ("…", "", None), *way[4 - MOST :]]
