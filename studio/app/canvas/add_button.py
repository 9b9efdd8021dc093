"""The button in the canvas's corner that says how layers are added, to those who do not know the keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QToolButton, QWidget

from studio.app.theme.theme import theme
from studio.app.theme.tokens import CANVAS_INSET, ICON


class AddButton(QToolButton):
    """Stays in the upper right corner of its canvas, under the breadcrumbs where they reach so far.

    Args:
        canvas: Where it floats.
        crumbs: The breadcrumbs, in the upper left corner.
    """

    def __init__(self, canvas: QWidget, crumbs: QWidget) -> None:
        super().__init__(canvas)
        self.setObjectName("canvas.add")
        self.setText("Add layer   Space")
        self.setAccessibleName("Add a layer")
        self.setToolTip("Search for a layer to add  (Space, Tab, or double-click on the empty canvas)")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(ICON, ICON))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._canvas, self._crumbs = canvas, crumbs
        canvas.installEventFilter(self)
        crumbs.installEventFilter(self)
        theme().changed.connect(self._redraw_icon)
        self._redraw_icon()

    def below(self) -> QPoint:
        """Return the canvas's point under its lower left corner."""
        return self.geometry().bottomLeft() + QPoint(0, CANVAS_INSET // 2)

    def _redraw_icon(self) -> None:
        self.setIcon(theme().icon("ph.plus", "accent"))
        self._place()

    def _place(self) -> None:
        self.adjustSize()
        place = QPoint(self._canvas.width() - self.width() - CANVAS_INSET, CANVAS_INSET)
        crumbs = self._crumbs.geometry()
        if crumbs.intersects(QRect(place, self.size())):
            place.setY(crumbs.bottom() + CANVAS_INSET // 2)
        self.move(place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the canvas's corner, and make way for the breadcrumbs."""
        if watched in (self._canvas, self._crumbs) and event.type() == QEvent.Type.Resize:
            self._place()
        return False
