"""What the engine found out about the design on screen: problems, shapes, costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter

from PySide6.QtCore import QObject, Signal

from studio.app.document import Level
from studio.app.place import node_shown
from studio.engine.records import Checked
from studio.graph import levels
from studio.graph.graph import Graph
from studio.graph.node import Edge
from studio.graph.problems import Problem
from studio.graph.report import NodeReport, Totals

_FIELDS = attrgetter(*(each.name for each in fields(NodeReport)))
"""A report as a tuple: of ten thousand, these are compared in a quarter of the time."""


@dataclass(frozen=True)
class Known:
    """All that is known of one design, to be brought out again when its project comes back on show.

    Attributes:
        design: The network it was found out about.
        by_level: Reports by node, of each level that was on show.
        problems: Of the whole network.
        totals: Sums over the network.
        is_answered: The engine has said something about it.
    """

    design: Graph = field(default_factory=Graph)
    by_level: dict[Level, dict[str, NodeReport]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    totals: Totals = field(default_factory=Totals)
    is_answered: bool = False


class Facts(QObject):
    """The newest answer to a check. It may be a moment older than the design: ask by id, expect None.

    Ids are those of the level on show; what is known of other levels is kept until they are shown again.
    """

    changed = Signal(object)
    """Ids (frozenset) of the nodes whose facts are new; problems and totals may be new with any."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._design = Graph()
        self._level: Level = ()
        self._by_level: dict[Level, dict[str, NodeReport]] = {}
        self._reports: dict[str, NodeReport] = {}
        self._problems: tuple[Problem, ...] = ()
        self._told: Mapping[str, object] = {}
        self._by_node: dict[str, tuple[Problem, ...]] = {}
        self._totals = Totals()
        self._is_known = False

    @property
    def is_known(self) -> bool:
        """Whether the engine has answered yet; before that, no problems means nothing."""
        return self._is_known

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems of the whole network, errors first; their nodes are paths."""
        return self._problems

    @property
    def totals(self) -> Totals:
        """Sums over the network."""
        return self._totals

    def report(self, node_id: str) -> NodeReport | None:
        """Return shape and costs of a node, if known."""
        return self._reports.get(node_id)

    def problems_of(self, node_id: str) -> tuple[Problem, ...]:
        """Return the problems of a node, or of what is inside it, errors first."""
        return self._by_node.get(node_id, ())

    def shape_on(self, graph: Graph, edge: Edge) -> tuple[int, ...] | None:
        """Return the shape that flows through a wire, without the batch dimension, if known."""
        report = self._reports.get(edge.source)
        if report is None or edge.source not in graph:
            return None
        # Only nodes with several outputs list them; of those, a port that is not listed gives nothing.
        return dict(report.outputs).get(edge.source_port) if report.outputs else report.shape

    @property
    def known(self) -> Known:
        """All that is known, of every level."""
        return Known(self._design, self._by_level, self._problems, self._totals, self._is_known)

    def recall(self, known: Known, level: Level) -> None:
        """Know just this: another project is on show, at this level."""
        self._design, self._level, self._by_level = known.design, level, dict(known.by_level)
        self._problems, self._totals, self._is_known = known.problems, known.totals, known.is_answered
        self._show(self._by_level.get(level, {}), all_of_them=True)

    def inside(self, node_id: str) -> Facts:
        """Return what is known of the level inside a node: problems only, for shapes may be of long ago."""
        found = Facts()
        found._design, found._level = self._design, (*self._level, node_id)
        if levels.is_open(self._design, found._level):
            found._problems = tuple(
                problem
                for problem in self._problems
                if node_shown(self._design, self._level, problem.node) == node_id
            )
            found._show({})
        return found

    def look_at(self, design: Graph, level: Level) -> None:
        """Speak of the nodes of a level from now on, with what was known of it when it was last shown."""
        self._design, self._level = design, level
        self._show(self._by_level.get(level, {}))

    def update(self, checked: Checked, design: Graph | None = None) -> None:
        """Take over an answer and announce the nodes it changes.

        Args:
            checked: The answer.
            design: The network that was asked about, to find where in it problems are.
        """
        self._design = design if design is not None else self._design
        self._is_known = True
        self._problems, self._totals = checked.problems, checked.totals
        self._by_level[checked.level] = {report.node: report for report in checked.nodes}
        self._show(self._by_level.get(self._level, {}))

    def _show(self, reports: dict[str, NodeReport], *, all_of_them: bool = False) -> None:
        """Take over the reports of the level on show, and find out where its problems are.

        Args:
            all_of_them: The nodes are others than before, even where their facts are the same.
        """
        by_node: dict[str, tuple[Problem, ...]] = {}
        for problem in self._problems:
            node = node_shown(self._design, self._level, problem.node)
            if node:
                by_node[node] = (*by_node.get(node, ()), problem)
        told = dict(zip(reports, map(_FIELDS, reports.values()), strict=True))
        touched = _differing(self._told, told) | _differing(self._by_node, by_node)
        if all_of_them:
            touched.update(self._told, told, self._by_node, by_node)
        self._reports, self._told, self._by_node = reports, told, by_node
        self.changed.emit(frozenset(touched))


def _differing(old: Mapping[str, object], new: Mapping[str, object]) -> set[str]:
    """Return the keys under which two tables hold different things."""
    before = old.get
    return {key for key, value in new.items() if before(key) != value} | (old.keys() - new.keys())
