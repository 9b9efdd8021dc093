"""The list of networks that can be imported: searched by typing, walked with the arrows, sorted."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE
from studio.engine.records import NetworkOffer
from studio.errors import nearest

NAME, PARAMETERS, ACCURACY = range(3)
HEADINGS = ("network", "parameters", "top-1")
WALK = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
Role = Qt.ItemDataRole


class OfferItem(QTreeWidgetItem):
    """A line of the list."""

    def __init__(self, offer: NetworkOffer) -> None:
        known = not math.isnan(offer.accuracy)
        super().__init__(
            [
                offer.name,
                f"{offer.parameters / 1e6:,.1f} M",
                f"{offer.accuracy:.1%}".replace("%", " %") if known else "–",
            ]
        )
        self.offer = offer
        self._keys = (offer.name, offer.parameters, offer.accuracy if known else -1.0)
        for column in (PARAMETERS, ACCURACY):
            self.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def __lt__(self, other: QTreeWidgetItem) -> bool:
        """Compare by the numbers, not by how they are written."""
        tree = self.treeWidget()
        column = tree.sortColumn() if tree is not None else NAME
        assert isinstance(other, OfferItem)
        return bool(self._keys[column] < other._keys[column])  # type: ignore[operator]


class ImportList(QWidget):
    """Search field and list; one network is chosen as soon as there is one."""

    chosen = Signal(object)
    """`NetworkOffer`, or None if the search leaves nothing."""

    taken = Signal()
    """The chosen one was double-clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit(self)
        self.search.setObjectName("import.search")
        self.search.setAccessibleName("Search networks")
        self.search.setPlaceholderText("Search networks…")
        self.search.setClearButtonEnabled(False)
        self.search.installEventFilter(self)
        self.tree = QTreeWidget(self)
        self.tree.setObjectName("import.list")
        self.tree.setAccessibleName("Networks")
        self.tree.setHeaderLabels(list(HEADINGS))
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column in (PARAMETERS, ACCURACY):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
            self.tree.headerItem().setTextAlignment(
                column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            )
        self.words = label("", "dim", self, wrap=True)
        self.words.setObjectName("import.empty")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column_of_all = QVBoxLayout(self)
        column_of_all.setContentsMargins(0, 0, 0, 0)
        column_of_all.setSpacing(2 * SPACE)
        for widget in (self.search, self.tree, self.words):
            column_of_all.addWidget(widget, 0 if widget is self.search else 1)
        self.search.textChanged.connect(self._searched)
        self.tree.currentItemChanged.connect(lambda _new, _old: self.chosen.emit(self.current))
        self.tree.itemDoubleClicked.connect(lambda _item, _column: self.taken.emit())
        self.say("Asking the engine for networks…")

    @property
    def current(self) -> NetworkOffer | None:
        """What is chosen."""
        item = self.tree.currentItem()
        return item.offer if isinstance(item, OfferItem) and not item.isHidden() else None

    def say(self, words: str) -> None:
        """Show words in place of the list; none bring the list back."""
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.tree.setVisible(not words)

    def show_offers(self, offers: Sequence[NetworkOffer]) -> None:
        """Fill the list; what was chosen stays chosen."""
        before = self.current.name if self.current is not None else ""
        self.tree.setSortingEnabled(False)
        self.tree.clear()
        items = [OfferItem(offer) for offer in offers]
        self.tree.addTopLevelItems(items)
        self.tree.setSortingEnabled(True)
        self.tree.sortByColumn(NAME, Qt.SortOrder.AscendingOrder)
        self.say("" if offers else "There are no networks to import.")
        self._searched(self.search.text())
        for item in items:
            if item.offer.name == before:
                self.tree.setCurrentItem(item)

    def choose(self, name: str) -> None:
        """Choose a network by its name."""
        for item in self._items():
            if item.offer.name == name:
                self.tree.setCurrentItem(item)

    def shown(self) -> list[str]:
        """Return the names that the search leaves, top to bottom."""
        return [item.offer.name for item in self._items() if not item.isHidden()]

    def _items(self) -> list[OfferItem]:
        found = [self.tree.topLevelItem(row) for row in range(self.tree.topLevelItemCount())]
        return [item for item in found if isinstance(item, OfferItem)]

    def _searched(self, query: str) -> None:
        """Leave in sight the networks whose names have all the words of a query."""
        words = query.casefold().replace("-", "_").split()
        items = self._items()
        for item in items:
            item.setHidden(not all(word in item.offer.name for word in words))
        if not items:
            return
        left = [item for item in items if not item.isHidden()]
        begin = [item for item in left if item.offer.name.startswith("_".join(words))]
        if left and (self.current is None or (begin and self.tree.currentItem() not in begin)):
            self.tree.setCurrentItem((begin or left)[0])
        hint = nearest("_".join(words), [item.offer.name for item in items]).removeprefix("; ")
        self.say("" if left else f"No network is called “{query.strip()}”.\n\n{hint[:1].upper()}{hint[1:]}")
        current = self.tree.currentItem()
        if current is not None and left:
            self.tree.scrollToItem(current)
        self.chosen.emit(self.current)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk the list from within the search, and clear the search on Escape."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in WALK:
                self.tree.keyPressEvent(event)
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)
