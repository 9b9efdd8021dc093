"""What an action did, in the strip above the canvas, with Undo; it goes with the next edit."""

from __future__ import annotations

from PySide6.QtCore import QObject

from studio.app.banner import Banner
from studio.app.document import Document
from studio.app.network_actions import wording
from studio.app.network_actions.comparison import Comparison
from studio.graph.graph import Graph


class Notice(QObject):
    """The message about the last action.

    Args:
        banner: Where it is shown.
        document: Whose edit it is about.
        comparison: Tells the sizes when they are known.
    """

    def __init__(self, banner: Banner, document: Document, comparison: Comparison, parent: QObject) -> None:
        super().__init__(parent)
        self._banner, self._document, self._comparison = banner, document, comparison
        self._made: Graph | None = None
        self._text = self._shown = ""
        self._begun = 0
        document.changed.connect(self._document_changed)
        comparison.changed.connect(self._sizes_known)

    def show(self, text: str) -> None:
        """Say what was done to the network that is on screen now."""
        self._made, self._text, self._shown = self._document.design, text, ""
        self._begun = self._comparison.begun
        self._write()

    @property
    def _is_shown(self) -> bool:
        return self._made is not None and self._banner.text == self._shown

    def _write(self) -> None:
        sizes = wording.sizes_text(self._comparison.before, self._comparison.after)
        self._shown = " ".join(filter(None, (self._text, sizes)))
        self._banner.show_message(self._shown, ("Undo", self._undo), role="accent")

    def _sizes_known(self) -> None:
        # A later question is about the next action.
        if self._is_shown and self._comparison.begun == self._begun:
            self._write()

    def _undo(self) -> None:
        if self._document.design is self._made:
            self._document.undo()

    def _document_changed(self) -> None:
        """Take the message away once the network is another: its Undo would take back something else."""
        if self._is_shown and self._document.design is not self._made:
            self._banner.hide()
            self._made = None
