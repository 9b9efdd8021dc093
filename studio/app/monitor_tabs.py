"""The tabs of the monitor, of which each can be in a window of its own, beside the others."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMenu, QPushButton, QTabWidget, QVBoxLayout, QWidget

from studio.app.theme.polish import label
from studio.app.theme.tokens import PANEL_MARGIN, SPACE

SIZE = QSize(190 * SPACE, 110 * SPACE)
"""Of a panel's own window."""


class PanelWindow(QWidget):
    """A window around one panel; closing it brings the panel back."""

    closed = Signal()

    def __init__(self, panel: QWidget, title: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName(f"window.{panel.objectName().removeprefix('panel.')}")
        self.setWindowTitle(title)
        self.setProperty("role", "panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(panel)
        self.resize(SIZE)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give the panel back."""
        super().closeEvent(event)
        self.closed.emit()


class MonitorTabs(QTabWidget):
    """Tabs whose pages may be elsewhere: who asks for a page gets it, wherever it is.

    A double click on a tab, or its menu, takes its panel out; a page in its place brings it back.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._out: dict[QWidget, tuple[QWidget, PanelWindow]] = {}
        bar = self.tabBar()
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        bar.customContextMenuRequested.connect(self._open_menu)
        self.tabBarDoubleClicked.connect(self._double_clicked)

    def currentWidget(self) -> QWidget:
        """Return the panel of the tab on show, also where that is in a window of its own."""
        return self._panel_of(super().currentWidget())

    def setCurrentWidget(self, panel: QWidget) -> None:
        """Show a panel, in its tab or in its window."""
        if panel in self._out:
            place, window = self._out[panel]
            super().setCurrentWidget(place)
            window.show()
            window.activateWindow()
        else:
            super().setCurrentWidget(panel)

    def indexOf(self, panel: QWidget) -> int:
        """Return the tab of a panel, also where the panel is in a window of its own."""
        return super().indexOf(self._out[panel][0] if panel in self._out else panel)

    def window_of(self, panel: QWidget) -> PanelWindow | None:
        """Return the window that a panel is in; None while it is in its tab."""
        return self._out[panel][1] if panel in self._out else None

    def take_out(self, panel: QWidget) -> None:
        """Show a panel in a window of its own."""
        if panel in self._out:
            self.setCurrentWidget(panel)
            return
        index, title = super().indexOf(panel), self.tabText(super().indexOf(panel))
        place = self._placeholder(panel, title)
        was_current = super().currentWidget() is panel
        self.removeTab(index)
        self.insertTab(index, place, title)
        window = PanelWindow(panel, title, self.window())
        window.closed.connect(lambda: self.bring_back(panel))
        self._out[panel] = place, window
        if was_current:
            super().setCurrentWidget(place)
        panel.show()
        window.show()

    def bring_back(self, panel: QWidget) -> None:
        """Put a panel back into its tab."""
        if panel not in self._out:
            return
        place, window = self._out.pop(panel)
        index, title = super().indexOf(place), self.tabText(super().indexOf(place))
        was_current = super().currentWidget() is place
        self.removeTab(index)
        self.insertTab(index, panel, title)
        if was_current:
            super().setCurrentWidget(panel)
        place.deleteLater()
        window.deleteLater()

    def _panel_of(self, page: QWidget) -> QWidget:
        return next((panel for panel, (place, _) in self._out.items() if place is page), page)

    def _placeholder(self, panel: QWidget, title: str) -> QWidget:
        page = QWidget(self)
        page.setProperty("role", "panel")
        column = QVBoxLayout(page)
        column.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        column.setSpacing(2 * SPACE)
        button = QPushButton("Bring back", page)
        button.setObjectName("monitor.bring_back")
        button.setProperty("role", "small")
        button.clicked.connect(lambda: self.bring_back(panel))
        column.addStretch(1)
        words = label(f"{title} is in a window of its own.", "dim", page)
        column.addWidget(words, 0, Qt.AlignmentFlag.AlignCenter)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)
        return page

    def _double_clicked(self, index: int) -> None:
        if index >= 0:
            self._toggle(self._panel_of(cast(QWidget, self.widget(index))))

    def _toggle(self, panel: QWidget) -> None:
        if panel in self._out:
            self.bring_back(panel)
        else:
            self.take_out(panel)

    def _open_menu(self, place: QPoint) -> None:
        index = self.tabBar().tabAt(place)
        if index < 0:
            return
        panel = self._panel_of(cast(QWidget, self.widget(index)))
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        action = menu.addAction("Bring back" if panel in self._out else "Open in a window of its own")
        action.setObjectName("action.panel.window")
        action.triggered.connect(lambda: self._toggle(panel))
        menu.popup(self.tabBar().mapToGlobal(place))
