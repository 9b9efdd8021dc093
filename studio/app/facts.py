"""What the engine found out about the design on screen: problems, shapes, costs."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from studio.engine.records import Checked
from studio.graph.graph import Graph
from studio.graph.node import Edge
from studio.graph.problems import Problem
from studio.graph.report import NodeReport, Totals


class Facts(QObject):
    """The newest answer to a check. It may be a moment older than the design: ask by id, expect None."""

    changed = Signal(object)
    """Ids (frozenset) of the nodes whose facts are new; problems and totals may be new with any."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reports: dict[str, NodeReport] = {}
        self._problems: tuple[Problem, ...] = ()
        self._by_node: dict[str, tuple[Problem, ...]] = {}
        self._totals = Totals()
        self._is_known = False

    @property
    def is_known(self) -> bool:
        """Whether the engine has answered yet; before that, no problems means nothing."""
        return self._is_known

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems, errors first."""
        return self._problems

    @property
    def totals(self) -> Totals:
        """Sums over the network."""
        return self._totals

    def report(self, node_id: str) -> NodeReport | None:
        """Return shape and costs of a node, if known."""
        return self._reports.get(node_id)

    def problems_of(self, node_id: str) -> tuple[Problem, ...]:
        """Return the problems of a node, errors first."""
        return self._by_node.get(node_id, ())

    def shape_on(self, graph: Graph, edge: Edge) -> tuple[int, ...] | None:
        """Return the shape that flows through a wire, without the batch dimension, if known."""
        report = self._reports.get(edge.source)
        return report.shape if report is not None and edge.source in graph else None

    def forget(self) -> None:
        """Know nothing: another project was opened."""
        touched = frozenset(self._reports.keys() | self._by_node.keys())
        self._reports, self._by_node = {}, {}
        self._problems, self._totals, self._is_known = (), Totals(), False
        self.changed.emit(touched)

    def update(self, checked: Checked) -> None:
        """Take over an answer and announce the nodes it changes."""
        reports = {report.node: report for report in checked.nodes}
        by_node: dict[str, tuple[Problem, ...]] = {}
        for problem in checked.problems:
            if problem.node:
                by_node[problem.node] = (*by_node.get(problem.node, ()), problem)
        touched = {
            node
            for node in reports.keys() | self._reports.keys() | by_node.keys() | self._by_node.keys()
            if reports.get(node) != self._reports.get(node) or by_node.get(node) != self._by_node.get(node)
        }
        self._is_known = True
        self._reports, self._by_node = reports, by_node
        self._problems, self._totals = checked.problems, checked.totals
        self.changed.emit(frozenset(touched))
