"""The tabs of the open projects, beside the menus: names, unsaved marks, and which one trains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QIcon, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QMenuBar, QTabBar, QToolButton, QWidget
from shiboken6 import isValid

from studio.app.document import Document
from studio.app.sheet import Sheet
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SHEET_TAB_WIDTH, SPACE

UNSAVED = "•"
GAP = 8 * SPACE
"""Between the menus and the first tab."""


class SheetTabs(QTabBar):
    """One tab for each open project, in their order."""

    close_wanted = Signal(int)
    """The tab at this place was clicked with the middle button, or its cross with the left one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("projects.tabs")
        self.setAccessibleName("Open projects")
        self.setProperty("role", "projects")
        self.setMovable(True)
        self.setExpanding(False)
        self.setTabsClosable(True)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tabCloseRequested.connect(self.close_wanted)

    def tabSizeHint(self, index: int) -> QSize:
        """Keep a long name from taking all the room."""
        hint = super().tabSizeHint(index)
        return QSize(min(hint.width(), SHEET_TAB_WIDTH), hint.height())

    def minimumTabSizeHint(self, index: int) -> QSize:
        """Let no tab be squeezed: where there is no room for all, they are scrolled."""
        return self.tabSizeHint(index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Close with the middle button."""
        index = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton and index >= 0:
            self.close_wanted.emit(index)
            return
        super().mouseReleaseEvent(event)


class SheetBar(QWidget):
    """The tabs, and a button that opens another one. It stands in the free part of a menu bar.

    Args:
        document: Holds the open projects.
        trains: Says whether a project's run goes on.
        menu_bar: Where it stands.
    """

    close_wanted = Signal(object)
    """The `Sheet` whose tab is to be closed."""

    def __init__(self, document: Document, trains: Callable[[Sheet], bool], menu_bar: QMenuBar) -> None:
        super().__init__(menu_bar)
        self._document, self._trains, self._menu_bar = document, trains, menu_bar
        self.setObjectName("panel.projects")
        self.setAccessibleName("Open projects")
        self.tabs = SheetTabs(self)
        self.plus = QToolButton(self)
        self.plus.setObjectName("projects.new")
        self.plus.setProperty("role", "tool")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addWidget(self.tabs)
        row.addWidget(self.plus)
        row.addStretch(1)
        self.tabs.currentChanged.connect(self._chosen)
        self.tabs.tabMoved.connect(self._moved)
        self.tabs.close_wanted.connect(lambda index: self.close_wanted.emit(document.sheets[index]))
        self.tabs.customContextMenuRequested.connect(self._open_menu)
        document.sheets_changed.connect(self.refresh)
        document.opened.connect(self.refresh)
        document.state_changed.connect(self.refresh)
        theme().changed.connect(self.refresh)
        menu_bar.installEventFilter(self)
        self.refresh()

    def offer_new(self, action: QAction) -> None:
        """Let the button behind the tabs do this."""
        self.plus.setDefaultAction(action)
        self.plus.setText("+")
        self.plus.setAccessibleName(action.text().replace("&", ""))

    def refresh(self) -> None:
        """Show the open projects as they are now."""
        sheets = self._document.sheets
        tabs = self.tabs
        tabs.blockSignals(True)
        while tabs.count() > len(sheets):
            tabs.removeTab(tabs.count() - 1)
        while tabs.count() < len(sheets):
            tabs.addTab("")
        for place, (sheet, name) in enumerate(zip(sheets, distinct_names(sheets), strict=True)):
            self._dress(place, sheet, name)
        tabs.setCurrentIndex(sheets.index(self._document.sheet))
        tabs.blockSignals(False)
        self._place()

    def menu(self, sheet: Sheet) -> QMenu:
        """Return the context menu of a project's tab."""
        menu = QMenu(self)
        others = [other for other in self._document.sheets if other is not sheet]
        path = str(sheet.path or "")
        for name, text, act, why_not in (
            ("close", "&Close", lambda: self.close_wanted.emit(sheet), ""),
            (
                "close_others",
                "Close the &others",
                lambda: self._close(others),
                "" if others else "There are no others.",
            ),
            (
                "copy_path",
                "Copy its &path",
                lambda: QGuiApplication.clipboard().setText(path),
                "" if path else "It has no file yet.",
            ),
        ):
            entry = menu.addAction(text, act)
            entry.setObjectName(f"action.tab.{name}")
            entry.setEnabled(not why_not)
            entry.setToolTip(why_not)
        menu.setToolTipsVisible(True)
        return menu

    def _close(self, sheets: list[Sheet]) -> None:
        for sheet in sheets:
            self.close_wanted.emit(sheet)

    def _dress(self, place: int, sheet: Sheet, name: str) -> None:
        """Write one tab, as far as it differs: a tab that is being dragged is left in peace."""
        tabs, trains = self.tabs, self._trains(sheet)
        words = f"{name} {UNSAVED}" if sheet.is_modified else name
        words = words.replace("&", "&&")
        if tabs.tabText(place) != words:
            tabs.setTabText(place, words)
        notes = [str(sheet.path) if sheet.path is not None else f"{name}: not saved to a file yet"]
        notes += ["Unsaved changes"] if sheet.is_modified and sheet.path is not None else []
        notes += [sheet.why_read_only] if sheet.is_read_only else []
        notes += ["It is being trained"] if trains else []
        tabs.setTabToolTip(place, "\n".join(notes))
        tabs.setAccessibleTabName(place, ", ".join([name, *notes[1:]]))
        mark = "running" if trains else "lock" if sheet.is_read_only else ""
        if mark or not tabs.tabIcon(place).isNull():
            tabs.setTabIcon(place, theme().mark(mark) if mark else QIcon())

    def _chosen(self, index: int) -> None:
        self._document.show(self._document.sheets[index])

    def _moved(self, old: int, new: int) -> None:
        self._document.move(self._document.sheets[old], new)

    def _open_menu(self, place: QPoint) -> None:
        index = self.tabs.tabAt(place)
        if index >= 0:
            menu = self.menu(self._document.sheets[index])
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.tabs.mapToGlobal(place))

    # Its place ------------------------------------------------------------------------------------

    def _place(self) -> None:
        """Take what the menus leave free."""
        bar = self._menu_bar
        if not isValid(bar):
            return  # the window is being destroyed, and the document says its last words
        menus = [action for action in bar.actions() if action.isVisible()]
        left = bar.actionGeometry(menus[-1]).right() + 1 if menus else 0
        self.setGeometry(left + GAP, 0, max(bar.width() - left - GAP - SPACE, 0), bar.height() - 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the menu bar."""
        if event.type() in (
            QEvent.Type.Resize,
            QEvent.Type.LayoutRequest,
            QEvent.Type.ActionAdded,
            QEvent.Type.Show,
        ):
            self._place()
        return super().eventFilter(watched, event)


def distinct_names(sheets: Sequence[Sheet]) -> list[str]:
    """Return what is written on the tabs: the file's name, with its folder where two have the same."""
    counts = Counter(sheet.file_name for sheet in sheets)
    return [
        f"{sheet.path.parent.name}/{sheet.file_name}"
        if sheet.path is not None and counts[sheet.file_name] > 1
        else sheet.file_name
        for sheet in sheets
    ]
