"""The window's two ways to a picture of what is on its canvas: into a file, and onto the clipboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio.app.canvas.heat.heat import Heat, Measures
from studio.app.document import Document
from studio.app.facts import Facts
from studio.app.theme.theme import theme
from studio.errors import StudioError
from studio.graph.report import NodeReport

if TYPE_CHECKING:
    from studio.app.picture_dialog import PictureDialog

EMPTY = "There is nothing to draw: the canvas is empty."


class PictureExport(QObject):
    """Draws the level on show.

    Args:
        document: What is on show.
        facts: What is known of it.
        heat: What the canvas shows of costs.
        window: Parent of the dialog.
    """

    message = Signal(str)
    """A sentence for the status bar."""

    def __init__(self, document: Document, facts: Facts, window: QWidget, heat: Heat | None = None) -> None:
        super().__init__(window)
        self._heat = heat
        self._document, self._facts, self._window = document, facts, window
        self.dialog: PictureDialog | None = None

    def open(self) -> None:
        """Ask how the picture is to look, and where it goes."""
        from studio.app.picture_dialog import PictureDialog

        if not len(self._document.graph):
            self.message.emit(EMPTY)
            return
        path = self._document.path
        folder = path.parent if path is not None else Path.home()
        self.dialog = PictureDialog(
            self._document.graph, self._reports(), self._name(), folder, self._window, self._measures()
        )
        self.dialog.written.connect(self.message)
        self.dialog.finished.connect(self.dialog.deleteLater)
        self.dialog.open()

    def copy(self) -> None:
        """Put a picture in the window's colours on the clipboard."""
        from studio.app.picture import Picture
        from studio.app.picture_dialog import copy_picture

        if not len(self._document.graph):
            self.message.emit(EMPTY)
            return
        try:
            graph, scheme = self._document.graph, theme().scheme
            size = copy_picture(Picture(graph, self._reports(), scheme, measures=self._measures()))
        except StudioError as error:
            self.message.emit(error.message)
            return
        self.message.emit(f"Copied a picture of {size.width():,} × {size.height():,} pixels.")

    def _measures(self) -> Measures:
        """Return what the canvas shows of costs: its picture shows the same."""
        return self._heat.measures if self._heat is not None else Measures()

    def _reports(self) -> list[NodeReport]:
        """Return what is known of the nodes on show."""
        found = (self._facts.report(node_id) for node_id in self._document.graph.nodes)
        return [report for report in found if report is not None]

    def _name(self) -> str:
        block = self._document.block
        return f"{self._document.name}-{block}" if block else self._document.name
