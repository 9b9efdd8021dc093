"""Find a node: a bar over the canvas that goes from one found node to the next, through all levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout

from studio.app.canvas.geometry import Slots
from studio.app.search.nodes import Hit, NodeFinder, best
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import (
    CANVAS_INSET,
    CARD_BUTTON,
    CARD_RADIUS,
    FIND_WIDTH,
    ICON,
    SPACE,
    WIRE_WIDTH,
)
from studio.catalog.registry import card_text
from studio.graph.graph import Graph

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

Key = Qt.Key
MOST_DASHED = 300
HINT = "conv1, ReLU, kernel_size=3, frozen…"
FOOT = "Enter next  ·  Shift+Enter back  ·  Alt+Enter all here"


class FindBar(QFrame):
    """A field, how many were found, buttons to the next and the previous, and where the one at hand is.

    While a person types, the view moves only within the level on show; Enter goes wherever it has to.

    Attributes:
        hits: What is found.
        place: Which of them is at hand.
    """

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self._finder = NodeFinder(Graph())
        self.hits: list[Hit] = []
        self.place = -1
        self._slots: Slots = np.empty(0, dtype=np.intp)
        self.setObjectName("canvas.find")
        self.setAccessibleName("Find a layer of the network")
        self.setProperty("role", "popup")
        self.field = QLineEdit(self)
        self.field.setObjectName("canvas.find.field")
        self.field.setAccessibleName("Find a layer of the network")
        self.field.setPlaceholderText(HINT)
        self.field.installEventFilter(self)
        self.count = label("", "dim", self)
        self.count.setObjectName("canvas.find.count")
        self.where = label("", "small", self)
        self.where.setObjectName("canvas.find.where")
        self.previous = self._button("previous", "step-up", "Previous  (Shift+Enter)")
        self.next = self._button("next", "step-down", "Next  (Enter)")
        self.shut = self._button("close", "clear", "Close  (Esc)")
        self._arrange()
        self.field.textChanged.connect(lambda _text: self.search())
        self.previous.clicked.connect(lambda: self.step(-1))
        self.next.clicked.connect(lambda: self.step(1))
        self.shut.clicked.connect(self.close_bar)
        view.installEventFilter(self)
        view.document.changed.connect(self._design_changed)
        view.document.level_changed.connect(self._tell)
        theme().changed.connect(self._redraw_icons)
        self.hide()

    def _button(self, name: str, mark: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"canvas.find.{name}")
        button.setAccessibleName(tip.split("  ")[0])
        button.setToolTip(tip)
        button.setProperty("role", "icon")
        button.setProperty("mark", mark)
        button.setFixedSize(CARD_BUTTON, CARD_BUTTON)
        button.setIconSize(QSize(ICON, ICON))
        button.setIcon(theme().mark(mark))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.field, 1)
        for each in (self.count, self.previous, self.next, self.shut):
            row.addWidget(each)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * SPACE, 2 * SPACE, SPACE, SPACE)
        column.setSpacing(SPACE)
        column.addLayout(row)
        column.addWidget(self.where)

    def open_bar(self) -> None:
        """Show the bar, with what was looked for last to be typed over."""
        self._finder = NodeFinder(self._view.document.design)
        self._put()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self.search()

    def close_bar(self) -> None:
        """Take the bar away; what was found stays selected."""
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()
        self._view.update()

    def search(self) -> None:
        """Find anew, and show the best hit if it is at this level."""
        self.hits = self._finder.find(self.field.text())
        self.place = best(self.hits, self.field.text(), self._view.document.level) if self.hits else -1
        if self.hits and self.hits[self.place].level == self._view.document.level:
            self._view.reveal(self.hits[self.place].node.id)
        self._tell()

    def step(self, by: int) -> None:
        """Show the next hit, or the previous, going into blocks and out of them; after the last the first.

        The first step only goes to the hit at hand, if that is not on show yet.
        """
        if not self.hits:
            return
        if self._is_shown(self.hits[self.place]):
            self.place = (self.place + by) % len(self.hits)
        self._view.reveal_path(self.hits[self.place].path)
        self._tell()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def select_all(self) -> None:
        """Select everything that was found at this level."""
        here = [hit.node.id for hit in self.hits if hit.level == self._view.document.level]
        self._view.selection.set(here)
        if here:
            self._view.fit_selection()
            self._view.message.emit(f"{len(here)} selected.")
        else:
            self._view.message.emit("Nothing that was found is at this level.")

    def paint(self, painter: QPainter) -> None:
        """Paint a line round everything on screen that was found, in widget coordinates."""
        view = self._view
        if self.isHidden() or not len(self._slots):
            return
        boxes, area = view.scene.geometry.boxes[self._slots], view.visible_area()
        seen = (boxes[:, 0] <= area.right()) & (boxes[:, 2] >= area.left())
        seen &= (boxes[:, 1] <= area.bottom()) & (boxes[:, 3] >= area.top())
        camera = view.camera
        edges = (boxes[seen] - np.tile([camera.x, camera.y], 2)) * camera.zoom
        sides = np.column_stack([edges[:, :2], edges[:, 2:] - edges[:, :2]]).tolist()
        cards = [QRectF(*side) for side in sides]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if len(cards) > MOST_DASHED:  # thousands of dashed lines take long, and are no dashes from afar
            painter.setPen(QPen(theme().color("warning"), 1.0))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.drawRects(cards)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            return
        painter.setPen(QPen(theme().color("warning"), WIRE_WIDTH, Qt.PenStyle.DashLine))
        for card in cards:
            painter.drawRoundedRect(card.adjusted(-SPACE, -SPACE, SPACE, SPACE), CARD_RADIUS, CARD_RADIUS)

    def _is_shown(self, hit: Hit) -> bool:
        view = self._view
        return hit.level == view.document.level and view.selection.single == hit.node.id

    def _design_changed(self) -> None:
        """Find in the network as it is now, keeping the place."""
        design = self._view.document.design
        if self.isHidden() or design is self._finder.design:
            return
        self._finder = NodeFinder(design)
        self.hits = self._finder.find(self.field.text())
        self.place = min(max(self.place, 0), len(self.hits) - 1)
        self._tell()

    def _tell(self) -> None:
        """Say how many there are, and where the one at hand is; take note of those on show."""
        geometry, level = self._view.scene.geometry, self._view.document.level
        here = (hit.node.id for hit in self.hits if hit.level == level)
        self._slots = np.array([geometry.slot(i) for i in here if i in geometry], dtype=np.intp)
        typed = bool(self.field.text().strip())
        count = f"{self.place + 1:,} of {len(self.hits):,}" if self.hits else "None" if typed else ""
        self.count.setText(count)
        words = self._words(self.hits[self.place]) if self.hits else FOOT
        room = self.width() - 4 * SPACE
        self.where.setText(self.where.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room))
        self.where.setToolTip(FOOT)
        for button in (self.previous, self.next):
            button.setEnabled(bool(self.hits))
        self.field.setAccessibleDescription(f"{count}. {words}")
        self._view.update()

    def _words(self, hit: Hit) -> str:
        """Return what a hit is and where."""
        kind = card_text(hit.node, blocks=self._finder.design.blocks)
        inside = f"  ·  in {' › '.join(hit.where)}" if hit.where else ""
        return f"{hit.node.name}  ·  {kind}{inside}"

    def _put(self) -> None:
        view = self._view
        width = min(FIND_WIDTH, view.width() - 2 * CANVAS_INSET)
        top = view.add_button.geometry().bottom() + CANVAS_INSET
        height = self.sizeHint().height()
        self.setGeometry(view.width() - width - CANVAS_INSET, top, width, height)
        self._tell()

    def _redraw_icons(self) -> None:
        for button in (self.previous, self.next, self.shut):
            button.setIcon(theme().mark(button.property("mark")))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the field's keys, and follow the canvas's corner."""
        if watched is self._view and event.type() == QEvent.Type.Resize and self.isVisible():
            self._put()
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._act(event)
        return super().eventFilter(watched, event)

    def _act(self, event: QKeyEvent) -> bool:
        """Do what a key stands for; say whether it stands for anything."""
        key, held = Key(event.key()), event.modifiers()
        if key == Key.Key_Escape:
            self.close_bar()
        elif key in (Key.Key_Return, Key.Key_Enter) and held & Qt.KeyboardModifier.AltModifier:
            self.select_all()
        elif key in (Key.Key_Return, Key.Key_Enter):
            self.step(-1 if held & Qt.KeyboardModifier.ShiftModifier else 1)
        elif key in (Key.Key_Down, Key.Key_Up):
            self.step(1 if key == Key.Key_Down else -1)
        else:
            return False
        return True
