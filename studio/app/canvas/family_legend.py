"""The colours of families that the network has; a press on one selects all of its layers."""

from __future__ import annotations

from collections import Counter
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from studio.app.canvas.scene import Scene
from studio.app.selection import Selection
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SPACE, SWATCH
from studio.catalog.spec import FAMILIES


class FamilyLegend(QFrame):
    """One button for each family on show, in the order of the library.

    Attributes:
        is_on: A person wants it.
    """

    def __init__(self, scene: Scene, selection: Selection, parent: QWidget) -> None:
        super().__init__(parent)
        self._scene, self._selection = scene, selection
        self._counts: dict[str, int] = {}
        self._buttons: list[QPushButton] = []
        self.is_on = False
        self.setObjectName("canvas.legend")
        self.setAccessibleName("Families of layers")
        self.setProperty("role", "card")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        self._column.setSpacing(0)
        self.hide()
        theme().changed.connect(self._rebuild)

    @property
    def is_wanted(self) -> bool:
        """Whether there is anything to say, and a person wants to know it."""
        return self.is_on and bool(self._counts)

    def refresh(self) -> None:
        """Look which families there are now."""
        found = Counter(card.family for card in self._scene.cards.values()) if self.is_on else Counter()
        counts: dict[str, int] = {family: found[family] for family in FAMILIES if found[family]}
        if counts != self._counts:
            self._counts = counts
            self._rebuild()

    def buttons(self) -> list[QPushButton]:
        """Return the buttons, top to bottom."""
        return list(self._buttons)

    def _rebuild(self) -> None:
        for old in self._buttons:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._buttons = [self._button(family, count) for family, count in self._counts.items()]
        for button in self._buttons:
            self._column.addWidget(button)
            button.show()  # the layout would do so later, and until then not make room for it
        self._column.activate()
        self.adjustSize()

    def _button(self, family: str, count: int) -> QPushButton:
        title = FAMILIES[family]  # type: ignore[index]
        button = QPushButton(f"{title}  {count}".replace("&", "&&"), self)
        button.setObjectName(f"legend.{family}")
        button.setAccessibleName(f"Select {count} of {title}")
        button.setToolTip("Select all of them")
        button.setProperty("role", "legend")
        button.setIcon(_swatch(QColor(theme().colors.families[family])))  # type: ignore[index]
        button.setIconSize(QSize(SWATCH, SWATCH))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(partial(self._select, family))
        return button

    def _select(self, family: str) -> None:
        self._selection.set([node_id for node_id, card in self._scene.cards.items() if card.family == family])


def _swatch(color: QColor) -> QIcon:
    """Return a small square of a colour, sharp on screens of double density too."""
    pixmap = QPixmap(2 * SWATCH, 2 * SWATCH)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(pixmap.rect(), SWATCH / 2, SWATCH / 2)
    painter.end()
    return QIcon(pixmap)
