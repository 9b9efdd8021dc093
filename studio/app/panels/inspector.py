"""The inspector: what is selected, in numbers that can be changed.

With nothing selected it shows the project, and inside a block the block.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from studio.app.document import Document
from studio.app.facts import Facts
from studio.app.panels.block_page import BlockPage
from studio.app.panels.mark_page import MarkPage
from studio.app.panels.node_page import NodePage
from studio.app.panels.project_page import ProjectPage
from studio.app.panels.selection_page import SelectionPage
from studio.app.selection import Selection
from studio.engine.records import DataDescribed, Progress
from studio.graph.node import id_key


class InspectorPanel(QWidget):
    """Shows a page: layers of one kind or of several, frames and notes, the block, or the project."""

    problem_chosen = Signal(str)
    """Path of a node: see `NodePage`."""

    enter_wanted = Signal(str)
    unique_wanted = Signal(str)
    """Id of a block: see `NodePage`."""

    download_requested = Signal()
    download_cancelled = Signal()
    draw_requested = Signal()
    """The person wants the project's data set fetched."""

    def __init__(
        self, document: Document, selection: Selection, facts: Facts, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel.inspector")
        self.setProperty("role", "panel")
        self.setAccessibleName("Inspector")
        self._document, self._selection = document, selection
        self.node_page = NodePage(document, facts, self)
        self.selection_page = SelectionPage(document, facts, self)
        self.project_page = ProjectPage(document, facts, self)
        self.block_page = BlockPage(document, self)
        self.mark_page = MarkPage(document, facts, self)
        self._stack = QStackedWidget(self)
        pages = self.project_page, self.node_page, self.selection_page, self.block_page, self.mark_page
        for page in pages:
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.project_page.download_requested.connect(self.download_requested)
        self.project_page.download_cancelled.connect(self.download_cancelled)
        self.project_page.draw_requested.connect(self.draw_requested)
        self.node_page.problem_chosen.connect(self.problem_chosen)
        self.node_page.enter_wanted.connect(self.enter_wanted)
        self.node_page.unique_wanted.connect(self.unique_wanted)
        self._kinds: dict[str, str] = {}
        selection.changed.connect(self._show_page)
        document.level_changed.connect(self._show_page)
        document.changed.connect(self._document_changed)

    @property
    def page(self) -> QWidget | None:
        """The page on show."""
        return self._stack.currentWidget()

    def flush(self) -> None:
        """Commit what was typed and not finished yet; before saving or training."""
        pages = self.node_page, self.selection_page, self.project_page, self.block_page, self.mark_page
        for page in pages:
            page.flush()

    def show_data(self, described: DataDescribed) -> None:
        """Show what the engine says of the data set."""
        self.project_page.data.show_data(described)

    def show_data_error(self, message: str) -> None:
        """Show why the data set cannot be used."""
        self.project_page.data.show_data_error(message)

    def show_progress(self, progress: Progress) -> None:
        """Show how far a download is."""
        self.project_page.data.show_progress(progress)

    def set_devices(self, devices: tuple[str, ...]) -> None:
        """Offer the devices that the engine found."""
        self.project_page.training.set_devices(devices)

    def _show_page(self) -> None:
        self.flush()
        nodes = self._document.graph.nodes
        ids = tuple(node for node in self._selection.ordered() if node in nodes)
        self._kinds = {node: nodes[node].kind for node in ids}
        kinds = set(self._kinds.values())
        if len(kinds) < 2:
            self.selection_page.show_nodes(())
        if not ids and self._selection.marks:
            self.node_page.show_nodes(())
            self.mark_page.show_marks(tuple(sorted(self._selection.marks, key=id_key)))
            self._stack.setCurrentWidget(self.mark_page)
        elif not ids:
            self.node_page.show_nodes(())
            self._stack.setCurrentWidget(self.block_page if self._document.level else self.project_page)
        elif len(kinds) == 1:
            self.node_page.show_nodes(ids)
            self._stack.setCurrentWidget(self.node_page)
        else:
            self.node_page.show_nodes(())
            self.selection_page.show_nodes(ids)
            self._stack.setCurrentWidget(self.selection_page)

    def _document_changed(self) -> None:
        """Look again which page fits when a selected layer became another kind."""
        nodes = self._document.graph.nodes
        if any(node in nodes and nodes[node].kind != kind for node, kind in self._kinds.items()):
            self._show_page()
