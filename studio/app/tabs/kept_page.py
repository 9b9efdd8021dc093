"""The page below the canvas that each open project was left with."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QTabWidget, QWidget

from studio.app.document import Document
from studio.app.sheet import Sheet


class KeptPage(QObject):
    """Shows a project with the page of a tab widget that was on show when it was left.

    Args:
        document: Holds the open projects.
        pages: The tab widget. A new project begins with the page that is on show.
    """

    def __init__(self, document: Document, pages: QTabWidget) -> None:
        super().__init__(pages)
        self._document, self._pages = document, pages
        self._kept: WeakKeyDictionary[Sheet, QWidget] = WeakKeyDictionary()
        document.left.connect(self._keep)
        document.opened.connect(self._recall)

    def _keep(self) -> None:
        page = self._pages.currentWidget()
        if page is not None:
            self._kept[self._document.sheet] = page

    def _recall(self) -> None:
        page = self._kept.get(self._document.sheet)
        if page is not None:
            self._pages.setCurrentWidget(page)
