"""The network as a table: what each layer and block gives and costs, sorted as the person likes."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from studio.app.document import Document
from studio.app.engine_link import EngineLink
from studio.app.in_force import in_force
from studio.app.panels.amounts import counted, memory_text
from studio.app.panels.summary_model import NAME, TRAINABLE, SummaryModel
from studio.app.panels.summary_text import as_csv, as_markdown
from studio.app.panels.summary_view import SummaryTable, TotalsRow
from studio.app.summaries import Summaries
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SPACE
from studio.engine.records import Summarised, SummaryColumns
from studio.graph.report import Totals

_WAITING = "The table appears as soon as the engine has looked at the network."
_EMPTY = (
    "Nothing to sum up yet. Every layer with its shape, parameters and cost appears here: add one, or start "
    "from a known network with File › New…"
)


class SummaryPanel(QWidget):
    """The table with its totals. The engine is asked after each check, and only while it is on screen."""

    node_chosen = Signal(str)
    """Path of the node whose row was clicked, or chosen with Enter."""

    message = Signal(str)
    """A sentence for the status bar."""

    def __init__(self, document: Document, link: EngineLink, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel.summary")
        self.setProperty("role", "panel")
        self.setAccessibleName("Summary")
        self._document = document
        self._batch_size = 0
        self.model = SummaryModel(self)
        self.table = SummaryTable(self.model, self)
        self.totals = TotalsRow(self.table, self.model, self)
        self.facts = label("", "dim", self)
        self.facts.setObjectName("summary.facts")
        self.empty = label(_WAITING, "dim", self, wrap=True)
        self.empty.setObjectName("summary.empty")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.layers_only = self._button("summary.flat", "Layers only", "One list of layers, without blocks")
        self.layers_only.setCheckable(True)
        self.csv = self._button("summary.csv", "Copy as CSV", "Copy the rows shown, with plain numbers")
        self.markdown = self._button("summary.markdown", "Copy as Markdown", "Copy the rows shown as a table")
        self._summaries = Summaries(link, "design", self)
        self._arrange()
        self._connect(link)
        self._show_what_there_is()

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setProperty("role", "filter" if name == "summary.flat" else "small")
        button.setToolTip(tip)
        return button

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(2 * SPACE)
        bar.addWidget(self.layers_only)
        bar.addSpacing(SPACE)
        bar.addWidget(self.facts, 1)
        bar.addWidget(self.csv)
        bar.addWidget(self.markdown)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, SPACE)
        column.setSpacing(SPACE)
        column.addLayout(bar)
        column.addWidget(self.table, 1)
        column.addWidget(self.totals)
        column.addWidget(self.empty, 1)

    def _connect(self, link: EngineLink) -> None:
        self._summaries.answered.connect(self._take)
        link.checked.connect(lambda _: self._ask())
        self._document.opened.connect(self._forget)
        self.layers_only.toggled.connect(self.model.set_flat)
        self.csv.clicked.connect(lambda: self.copy("CSV"))
        self.markdown.clicked.connect(lambda: self.copy("Markdown"))
        self.table.clicked.connect(self._choose)
        self.table.customContextMenuRequested.connect(self._open_menu)
        keys = Qt.ShortcutContext.WidgetShortcut
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table, context=keys)
        copy.activated.connect(lambda: self.copy("CSV"))
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            choose = QShortcut(QKeySequence(key), self.table, context=keys)
            choose.activated.connect(lambda: self._choose(self.table.currentIndex()))
        theme().changed.connect(self.table.viewport().update)
        in_force().units_changed.connect(self._units_changed)

    def copy(self, form: str) -> None:
        """Put the rows that are shown on the clipboard, as ``CSV`` or ``Markdown``."""
        rows = list(self.model.walk(self.table.isExpanded))
        text = as_csv(self.model, rows) if form == "CSV" else as_markdown(self.model, rows)
        QGuiApplication.clipboard().setText(text)
        self.message.emit(f"Copied {counted(len(rows), 'row')} as {form}.")

    def menu(self) -> QMenu:
        """Return the table's context menu."""
        menu = QMenu(self)
        for name, text, slot in (
            ("csv", "Copy as CSV", lambda: self.copy("CSV")),
            ("markdown", "Copy as Markdown", lambda: self.copy("Markdown")),
            ("", "", None),
            ("expand", "Open all blocks", self.table.expandAll),
            ("collapse", "Close all blocks", self.table.collapseAll),
        ):
            if slot is None:
                menu.addSeparator()
                continue
            action = menu.addAction(text, slot)
            action.setObjectName(f"action.summary.{name}")
            action.setEnabled(name in ("csv", "markdown") or not self.model.flat)
        return menu

    def _open_menu(self, place: QPoint) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.table.viewport().mapToGlobal(place))

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.node_chosen.emit(self.model.path(index))

    # What the engine says

    def _ask(self) -> None:
        if self.isVisible():
            self._summaries.ask(self._document.project)

    def _forget(self) -> None:
        """Show nothing of the project before."""
        self._summaries.forget()
        self.model.show(SummaryColumns(), Totals())
        self._show_what_there_is()
        self._ask()

    def _take(self, answer: Summarised) -> None:
        opened = {self.model.path(index) for index in self._opened()}
        chosen = self.model.path(self.table.currentIndex())
        if self.model.show(answer.columns, answer.totals):
            self._restore(opened, chosen)
        self._batch_size = answer.batch_size
        self.table.show_column(TRAINABLE, answer.totals.trainable < answer.totals.parameters)
        self._show_facts()
        self._show_what_there_is()

    def _show_facts(self) -> None:
        totals = self.model.totals
        frozen = totals.parameters - totals.trainable
        self.facts.setText(
            f"{counted(totals.depth, 'weighted layer')} deep"
            f"   ·   about {memory_text(totals.training_bytes)} to train at batch {self._batch_size}"
            + (f"   ·   {frozen:,} parameters frozen" if frozen else "")
        )

    def _units_changed(self) -> None:
        """Write the same numbers in other units."""
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.model.columnCount() - 1)
        self.table.viewport().update()
        self.totals.refresh()
        self._show_facts()

    def _opened(self) -> list[QModelIndex]:
        return [index for index in self.model.walk(self.table.isExpanded) if self.table.isExpanded(index)]

    def _restore(self, opened: set[str], chosen: str) -> None:
        """Open the blocks that were open, and select the row that was, if they are still there."""
        for index in self.model.walk(lambda index: self.model.path(index) in opened):
            path = self.model.path(index)
            if path in opened:
                self.table.expand(index)
            if path == chosen:
                self.table.setCurrentIndex(index.siblingAtColumn(NAME))

    def _show_what_there_is(self) -> None:
        """Show the table, or say why there is none."""
        some = self.model.rowCount() > 0
        for widget in (self.table, self.totals, self.facts, self.layers_only, self.csv, self.markdown):
            widget.setVisible(some)
        self.empty.setText(_WAITING if len(self._document.project.graph) else _EMPTY)
        self.empty.setVisible(not some)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask about what has changed since it was last on screen."""
        super().showEvent(event)
        self._ask()
