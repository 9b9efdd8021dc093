"""The inspector's page for one layer, or for several of one kind."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.app.document import Document
from studio.app.facts import Facts
from studio.app.panels.amounts import count_text, memory_text, shape_text
from studio.app.panels.argument_form import ArgumentForm, common
from studio.app.panels.fact_table import FactTable
from studio.app.panels.node_header import NodeHeader
from studio.app.panels.number_edit import MIXED, Shown
from studio.app.panels.problem_list import ProblemList
from studio.app.theme.polish import label
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.catalog import registry
from studio.catalog.spec import LayerSpec
from studio.errors import GraphError
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Node, Value
from studio.graph.problems import Problem
from studio.project.project import Project


class NodePage(QScrollArea):
    """Name, arguments, costs and problems of the shown layers. Follows the document and the facts."""

    def __init__(self, document: Document, facts: Facts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._facts = document, facts
        self._ids: tuple[str, ...] = ()
        self._kind = ""
        self.form: ArgumentForm | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget(self)
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(PANEL_MARGIN, 3 * SPACE, PANEL_MARGIN, PANEL_MARGIN)
        self._column.setSpacing(3 * SPACE)
        self.header = NodeHeader(body)
        self.table = FactTable("inspector.facts", body)
        self._problems_title = label("Problems", "heading", body)
        self.problems = ProblemList(document, body)
        for widget in (self.header, self.table, self._problems_title, self.problems):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        self.setWidget(body)
        self.header.renamed.connect(self._rename)
        document.changed.connect(self._document_changed)
        facts.changed.connect(self._facts_changed)

    def show_nodes(self, ids: tuple[str, ...]) -> None:
        """Show these layers, which are of one kind; what was typed for the last ones is committed first."""
        if ids == self._ids:
            return
        self.flush()
        self._ids = ids
        nodes = self._nodes()
        if not nodes:
            return
        # A form keeps unfinished text and complaints, which belong to the layers it was made for.
        self._rebuild_form(nodes[0].kind)
        self.refresh()

    def flush(self) -> None:
        """Commit what was typed and not finished yet."""
        if self._nodes():
            self.header.name_edit.flush()
            if self.form is not None:
                self.form.flush()

    def refresh(self) -> None:
        """Show everything anew, in place."""
        nodes = self._nodes()
        if not nodes or len(nodes) < len(self._ids):
            return
        spec = registry.find(self._kind)
        first = nodes[0]
        title = spec.title if spec else f"{first.kind} (unknown)"
        self.header.show_layer(first.name, first.kind, title, spec.summary if spec else "", len(nodes))
        problems = self._problems()
        if spec is not None and self.form is not None:
            self.form.show_values(self._values(spec, nodes), self._inferred(spec), _by_argument(problems))
        self.table.show_facts(self._fact_lines(nodes))
        self.problems.show_problems(problems)
        self._problems_title.setVisible(bool(problems))

    # What is shown --------------------------------------------------------------------------------

    def _nodes(self) -> list[Node]:
        nodes = self._document.graph.nodes
        return [nodes[node_id] for node_id in self._ids if node_id in nodes]

    def _rebuild_form(self, kind: str) -> None:
        spec = registry.find(kind)
        self._kind = kind
        if self.form is not None:
            self._column.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None
        if spec is not None:
            self.form = ArgumentForm(spec.arguments, "argument", self.widget(), resting=spec.formula)
            self.form.edited.connect(self._set)
            self.form.reset_wanted.connect(self._reset)
            self._column.insertWidget(1, self.form)

    def _values(self, spec: LayerSpec, nodes: list[Node]) -> dict[str, Shown]:
        each = [spec.values(node.arguments) for node in nodes]
        return {argument.name: common([one[argument.name] for one in each]) for argument in spec.arguments}

    def _inferred(self, spec: LayerSpec) -> dict[str, Value]:
        reports = [self._facts.report(node_id) for node_id in self._ids]
        each = [dict(report.inferred) if report else {} for report in reports]
        found = {
            spec.name: common([one.get(spec.name) for one in each]) for spec in spec.arguments if spec.infer
        }
        return {name: value for name, value in found.items() if value is not MIXED}  # type: ignore[misc]

    def _problems(self) -> list[Problem]:
        return [problem for node_id in self._ids for problem in self._facts.problems_of(node_id)]

    def _fact_lines(self, nodes: list[Node]) -> list[tuple[str, str]]:
        reports = [report for node in nodes if (report := self._facts.report(node.id)) is not None]
        if not reports:
            return []
        shapes = {report.shape for report in reports}
        output = shape_text(reports[0].shape) if len(shapes) == 1 else "several"
        return [
            ("output", output),
            ("parameters", count_text(sum(report.parameters for report in reports))),
            ("MACs", count_text(sum(report.macs for report in reports))),
            ("activations", memory_text(sum(report.activation_bytes for report in reports))),
        ]

    # What changes it ------------------------------------------------------------------------------

    def _document_changed(self, old: Project, new: Project) -> None:
        if any(old.graph.nodes.get(node) is not new.graph.nodes.get(node) for node in self._ids):
            kinds = {node.kind for node in self._nodes()}
            if len(kinds) == 1 and kinds != {self._kind}:
                self._rebuild_form(kinds.pop())
            self.refresh()

    def _facts_changed(self, nodes: frozenset[str]) -> None:
        if nodes.intersection(self._ids):
            self.refresh()

    def _set(self, name: str, value: Value) -> None:
        spec = registry.find(self._kind)
        argument = spec.argument(name) if spec else None
        if argument is not None and value == argument.default and type(value) is type(argument.default):
            self._reset(name)
        else:
            self._edit(name, lambda graph, node: edits.set_argument(graph, node, name, value))

    def _reset(self, name: str) -> None:
        self._edit(name, lambda graph, node: edits.reset_argument(graph, node, name))

    def _edit(self, name: str, change: Callable[[Graph, str], Graph]) -> None:
        """Change all shown layers in one step."""
        ids = [node.id for node in self._nodes()]

        def change_all(graph: Graph) -> Graph:
            for node_id in ids:
                graph = change(graph, node_id)
            return graph

        before = self._document.graph
        self._document.edit(f"Set {name}", change_all)
        if self._document.graph is before:
            self.refresh()

    def _rename(self, name: str) -> None:
        nodes = self._nodes()
        if len(nodes) != 1:
            return
        if name == nodes[0].name:
            self.header.refuse("")
            return
        try:
            self._document.edit("Rename", lambda graph: edits.rename(graph, nodes[0].id, name))
        except GraphError as error:
            self.header.refuse(error.message)


def _by_argument(problems: list[Problem]) -> dict[str, str]:
    """Return the first error of each argument."""
    found: dict[str, str] = {}
    for problem in problems:
        if problem.argument and problem.severity == "error":
            found.setdefault(problem.argument, problem.message)
    return found
