"""The library: everything that can be drawn, to be searched, read about, and dragged out."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from studio.app.document import Document
from studio.app.panels.library_model import LibraryModel
from studio.app.panels.library_view import LibraryView
from studio.app.theme.polish import label, line
from studio.app.theme.theme import theme
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.errors import nearest
from studio.graph.block import Block


class LibraryPanel(QWidget):
    """A search box, layers and the project's blocks by family, and a few lines about one of them.

    Args:
        document: Whose blocks are shown; None for layers only.
    """

    layer_chosen = Signal(str)
    """Kind of the layer that was double-clicked, or chosen with Enter."""

    def __init__(self, document: Document | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel.library")
        self.setProperty("role", "panel")
        self.setAccessibleName("Layers")
        self.search = QLineEdit(self)
        self.model = LibraryModel(self)
        self.view = LibraryView(self.model, self)
        self.search.setObjectName("library.search")
        self.search.setAccessibleName("Search layers and blocks")
        self.search.setPlaceholderText("Search layers and blocks…")
        self.search.installEventFilter(self)
        self.empty = label("", "dim", self, wrap=True)
        self.empty.setObjectName("library.empty")
        self.empty.setContentsMargins(PANEL_MARGIN, 2 * SPACE, PANEL_MARGIN, 0)
        self._build_help()
        self._arrange()
        self._clear = self.search.addAction(theme().mark("clear"), QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setToolTip("Clear the search")
        self._clear.triggered.connect(self.search.clear)
        self._connect()
        self._searched("")
        if document is not None:
            document.changed.connect(lambda _old, new: self._show_blocks(new.graph.blocks))
            self._show_blocks(document.design.blocks)

    def _build_help(self) -> None:
        self.help = QWidget(self)
        self.help.setObjectName("library.help")
        self._help_title = label("", "heading", self.help)
        self._help_summary = label("", "dim", self.help, wrap=True)
        self._help_formula = label("", "mono", self.help, wrap=True)
        column = QVBoxLayout(self.help)
        column.setContentsMargins(PANEL_MARGIN, 2 * SPACE, PANEL_MARGIN, 3 * SPACE)
        column.setSpacing(SPACE)
        for widget in (self._help_title, self._help_summary, self._help_formula):
            column.addWidget(widget)
        column.addStretch(1)
        self.help.setFixedHeight(30 * SPACE)

    def _arrange(self) -> None:
        heading = label("Layers", "heading", self)
        heading.setContentsMargins(SPACE, 0, 0, 0)
        top = QVBoxLayout()
        top.setContentsMargins(2 * SPACE, 4 * SPACE, 2 * SPACE, 2 * SPACE)
        top.setSpacing(2 * SPACE)
        top.addWidget(heading)
        top.addWidget(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.empty)
        column.addWidget(self.view, 1)
        column.addStretch(0)
        column.addWidget(line(self))
        column.addWidget(self.help)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._searched)
        self.search.returnPressed.connect(self._choose_first)
        self.view.layer_chosen.connect(self.layer_chosen)
        self.view.left_at_top.connect(self.focus_search)
        self.view.typed.connect(self._go_on_typing)
        self.view.entered.connect(self._explain)
        self.view.viewportEntered.connect(lambda: self._explain(self.view.currentIndex()))
        self.view.selectionModel().currentChanged.connect(self._explain)
        theme().changed.connect(self._refresh_icon)

    def _show_blocks(self, blocks: Mapping[str, Block]) -> None:
        """Offer the blocks of the project besides the layers."""
        self.model.set_blocks(blocks)

    def focus_search(self) -> None:
        """Put the cursor into the search box, with its text selected."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _refresh_icon(self) -> None:
        self._clear.setIcon(theme().mark("clear"))

    def _searched(self, text: str) -> None:
        self.model.set_query(text)
        self._clear.setVisible(bool(text))
        found = self.model.rowCount() > 0
        self.view.setVisible(found)
        self.empty.setVisible(not found)
        if not found:
            titles = {spec.title.casefold(): spec.title for spec in self.model.specs()}
            close = nearest(text.strip().casefold(), titles).removeprefix("; ")
            for folded, title in titles.items():
                close = close.replace(f'"{folded}"', f'"{title}"')
            hint = (
                close[0].upper() + close[1:]
                if close
                else "Try torch's name, such as Conv2d, or a word such as pooling."
            )
            self.empty.setText(f"No layer matches '{text.strip()}'.\n\n{hint}")
        elif text.strip():
            self.view.go_to_first()
        self._explain(self.view.currentIndex())

    def _explain(self, index: QModelIndex) -> None:
        spec = self.model.spec(index)
        if spec is None:
            self._help_title.setText("")
            self._help_summary.setText("Drag a layer onto the canvas, or double-click it.")
            self._help_formula.setText("")
            return
        self._help_title.setText(spec.title)
        self._help_summary.setText(spec.summary)
        self._help_formula.setText(spec.formula)

    def _choose_first(self) -> None:
        """Take the best match, unless another row was made the current one."""
        spec = self.model.spec(self.view.currentIndex())
        if spec is not None and self.model.query:
            self.layer_chosen.emit(spec.kind)

    def _go_on_typing(self, text: str) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.insert(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go down into the list, and clear the search on Escape."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Down:
                if self.view.currentIndex().isValid() or self.view.go_to_first():
                    self.view.setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
        return super().eventFilter(watched, event)
