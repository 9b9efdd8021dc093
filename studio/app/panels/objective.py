"""The tab that says what is minimised: the formula, its terms over the steps, learning rate and speed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.app.document import Document
from studio.app.monitor import Monitor
from studio.app.panels.plot_panel import PlotPanel
from studio.app.plots.tables import Table, curves_table
from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE
from studio.project.objective import objective_of

_NO_LOSS = "The network has no loss yet: add one, and what training minimises stands here."


class ObjectivePanel(PlotPanel):
    """The objective of the design on show, and of the run on show what became of it.

    Args:
        monitor: The runs.
        document: The design.
        parent: The window.
    """

    def __init__(self, monitor: Monitor, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(monitor, parent)
        self._document = document
        self.setObjectName("panel.objective")
        self.setAccessibleName("Objective")

    def fill(self) -> None:
        """Put the formula above the plots."""
        from studio.app.plots.objective_plots import LrPlot, SpeedPlot, TermsPlot  # pyqtgraph: 0.3 s and more

        self.formula = label("", "mono", self, wrap=True)
        self.formula.setObjectName("objective.formula")
        self.formula.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notes = label("", "dim", self, wrap=True)
        self.notes.setObjectName("objective.notes")
        self.terms, self.lr, self.speed = (
            TermsPlot(self.monitor), LrPlot(self.monitor), SpeedPlot(self.monitor),
        )  # fmt: skip
        plots = QHBoxLayout()
        plots.setSpacing(5 * SPACE)
        for plot in (self.terms, self.lr, self.speed):
            plots.addWidget(plot, 1)
        column = QVBoxLayout()
        column.setSpacing(SPACE)
        for words in (self.formula, self.notes):
            column.addWidget(words)
        column.addLayout(plots, 1)
        self.row.addLayout(column)
        self._document.changed.connect(lambda _old, _new: self.refresh())
        self._document.state_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say what the design on show minimises."""
        project = self._document.project
        found = objective_of(project.graph, project.training)
        self.formula.setText(f"L = {found.formula}" if found.formula else _NO_LOSS)
        self.notes.setText(" ".join(found.notes))
        self.notes.setVisible(bool(found.notes))

    def follow_node(self) -> None:
        """Nothing here is about one node."""

    def numbers(self) -> Table | None:
        """Return every step of the run on screen."""
        run = self.monitor.shown
        return curves_table(run) if len(run.steps) else None
