"""New…: opens the gallery, and keeps what is dear to make between two openings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from studio.app.engine_link import EngineLink
from studio.app.summaries import Summaries
from studio.project.project import Project

if TYPE_CHECKING:
    from studio.app.gallery.dialog import Gallery
    from studio.app.gallery.pictures import Pictures


class NewProject(QObject):
    """The gallery of a window.

    Args:
        create: Makes a project the one on screen, having asked what must be asked; says whether it did.
        link: To the engine, which knows how large a network is.
        window: Parent of the gallery.
    """

    def __init__(self, create: Callable[[Project], bool], link: EngineLink, window: QWidget) -> None:
        super().__init__(window)
        self._create = create
        self._window = window
        self._summaries = Summaries(link, "template", self)
        self._pictures: Pictures | None = None
        self.gallery: Gallery | None = None

    def open(self) -> None:
        """Show the gallery, over the window."""
        # The zoo builds blocks and wires that no other part of the first window needs.
        from studio.app.gallery.dialog import Gallery
        from studio.app.gallery.pictures import Pictures

        if self.gallery is not None:
            self.gallery.raise_()
            return
        if self._pictures is None:
            self._pictures = Pictures(self)
        self.gallery = Gallery(self._create, self._pictures, self._summaries, self._window)
        self.gallery.finished.connect(self._closed)
        self.gallery.open()

    def _closed(self) -> None:
        if self.gallery is not None:
            self._summaries.forget()
            self.gallery.deleteLater()
            self.gallery = None
