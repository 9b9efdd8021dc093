"""The inspector's page for several layers of different kinds: what they are, and what they cost."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.app.document import Document
from studio.app.facts import Facts
from studio.app.in_force import in_force
from studio.app.panels.amounts import cost_text, count_text, counted
from studio.app.panels.fact_table import FactTable
from studio.app.theme.polish import label
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.app.units import cost_name
from studio.catalog import registry


class SelectionPage(QScrollArea):
    """How many layers of which kind are selected, with their sums."""

    def __init__(self, document: Document, facts: Facts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._facts = document, facts
        self._ids: tuple[str, ...] = ()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget(self)
        column = QVBoxLayout(body)
        column.setContentsMargins(PANEL_MARGIN, 4 * SPACE, PANEL_MARGIN, PANEL_MARGIN)
        column.setSpacing(3 * SPACE)
        self.title = label("", "heading", body)
        self.title.setObjectName("inspector.selection")
        self.kinds = FactTable("inspector.kinds", body)
        self.sums = FactTable("inspector.sums", body)
        hint = label("Select layers of one kind to set their arguments together.", "dim", body, wrap=True)
        for widget in (self.title, self.kinds, self.sums, hint):
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(body)
        document.changed.connect(self.refresh)
        facts.changed.connect(self.refresh)
        in_force().units_changed.connect(self.refresh)

    def show_nodes(self, ids: tuple[str, ...]) -> None:
        """Show these layers."""
        self._ids = ids
        self.refresh()

    def refresh(self) -> None:
        """Count again."""
        graph = self._document.graph
        nodes = [graph.nodes[node_id] for node_id in self._ids if node_id in graph]
        specs = [(node, registry.find(node.kind)) for node in nodes]
        kinds = Counter(spec.title if spec else f"{node.kind} (unknown)" for node, spec in specs)
        reports = [report for node in nodes if (report := self._facts.report(node.id)) is not None]
        self.title.setText(f"{counted(len(nodes), 'layer')} selected")
        self.kinds.show_facts([(title, str(count)) for title, count in kinds.items()])
        self.sums.show_facts(
            [
                ("parameters", count_text(sum(report.parameters for report in reports))),
                (cost_name(), cost_text(sum(report.macs for report in reports))),
            ]
        )
