"""The inspector's page for several layers of different kinds: what they share, to be set together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.app.document import Document, Level
from studio.app.facts import Facts
from studio.app.in_force import in_force
from studio.app.panels.amounts import cost_text, count_text, counted
from studio.app.panels.argument_form import common
from studio.app.panels.fact_table import FactTable
from studio.app.panels.number_edit import MIXED, Shown
from studio.app.panels.together.edits import Outcome, reset_for_all, set_for_all
from studio.app.panels.together.group_form import GroupForm
from studio.app.panels.together.relative import Relative
from studio.app.panels.together.shared import Group, groups
from studio.app.panels.together.together_bar import TogetherBar
from studio.app.theme.polish import label
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.app.units import cost_name
from studio.catalog import registry
from studio.catalog.spec import ArgSpec, LayerSpec
from studio.graph.graph import Graph
from studio.graph.node import Node, Value

MOST_KINDS = 3
"""A heading names no more kinds of layers than that."""

NOTHING_SHARED = "These layers have no argument in common."


class SelectionPage(QScrollArea):
    """How many layers of which kind are selected, their sums, and everything that two of them share."""

    def __init__(self, document: Document, facts: Facts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._facts = document, facts
        self._ids: tuple[str, ...] = ()
        self._level: Level = ()
        self._groups: list[Group] = []
        self._shown: list[Node] = []
        self._specs: dict[tuple[str, str], ArgSpec | None] = {}
        self.forms: list[GroupForm] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = self._body = QWidget(self)
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(PANEL_MARGIN, 4 * SPACE, PANEL_MARGIN, PANEL_MARGIN)
        self._column.setSpacing(3 * SPACE)
        self.title = label("", "heading", body)
        self.title.setObjectName("inspector.selection")
        self.kinds = FactTable("inspector.kinds", body)
        self.sums = FactTable("inspector.sums", body)
        self.bar = TogetherBar(document, "together", body)
        self._none = label(NOTHING_SHARED, "dim", body, wrap=True)
        for widget in (self.title, self.kinds, self.sums, self.bar, self._none):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        self.setWidget(body)
        document.changed.connect(self._document_changed)
        facts.changed.connect(self.refresh)
        in_force().units_changed.connect(self.refresh)

    def show_nodes(self, ids: tuple[str, ...]) -> None:
        """Show these layers; what was typed for the last ones is committed first."""
        self.flush()
        self._ids, self._level = ids, self._document.level
        self._groups = []
        self.refresh()

    def flush(self) -> None:
        """Commit what was typed and not finished yet."""
        if self._nodes():
            for form in self.forms:
                form.flush()

    def _document_changed(self) -> None:
        """Look again, unless layers were only moved: the mouse does that at every turn."""
        nodes = self._nodes()
        if len(nodes) != len(self._shown) or not all(map(_shows_the_same, nodes, self._shown)):
            self.refresh()

    def refresh(self) -> None:
        """Show everything anew; the controls are made anew only where others are shared."""
        nodes = self._shown = self._nodes()
        if not nodes:
            return
        specs = [self._spec_of(node) for node in nodes]
        self._specs = {}
        kinds = Counter(
            spec.title if spec else f"{node.kind} (unknown)" for node, spec in zip(nodes, specs, strict=True)
        )
        reports = [report for node in nodes if (report := self._facts.report(node.id)) is not None]
        self.title.setText(f"{counted(len(nodes), 'layer')} selected")
        self.kinds.show_facts([(title, str(count)) for title, count in kinds.items()])
        self.sums.show_facts(
            [
                ("parameters", count_text(sum(report.parameters for report in reports))),
                (cost_name(), cost_text(sum(report.macs for report in reports))),
            ]
        )
        self.bar.show_nodes(tuple(node.id for node in nodes))
        self._show_groups(nodes, specs)

    # What is shared -------------------------------------------------------------------------------

    def _nodes(self) -> list[Node]:
        """Return the shown nodes; none while another level is on show, where the ids mean other nodes."""
        if self._level != self._document.level:
            return []
        nodes = self._document.graph.nodes
        return [nodes[node_id] for node_id in self._ids if node_id in nodes]

    def _spec_of(self, node: Node) -> LayerSpec | None:
        return registry.spec_of(node, self._document.design.blocks)

    def _show_groups(self, nodes: Sequence[Node], specs: Sequence[LayerSpec | None]) -> None:
        found = groups(nodes, specs)
        if found != self._groups or len(found) != len(self.forms):
            self._groups = found
            self._rebuild(found, len(nodes))
        for form in self.forms:
            self._show_values(form)
        self._none.setVisible(not found)

    def _rebuild(self, found: Sequence[Group], count: int) -> None:
        for form in self.forms:
            self._column.removeWidget(form)
            form.hide()
            form.deleteLater()
        self.forms = []
        place = self._column.indexOf(self._none) + 1
        for group in found:
            form = GroupForm(group, self._heading(group, count), self._body)
            form.edited.connect(self._set)
            form.reset_wanted.connect(self._reset)
            self._column.insertWidget(place + len(self.forms), form)
            self.forms.append(form)

    def _heading(self, group: Group, count: int) -> str:
        """Return which layers a group is about: all of them, or how many and of which kinds."""
        if len(group.holders) == count:
            return f"All {count} layers"
        nodes = [self._document.graph.node(node_id) for node_id in group.holders]
        titles = list(
            dict.fromkeys(spec.title if (spec := self._spec_of(node)) else node.kind for node in nodes)
        )
        more = f" and {counted(len(titles) - MOST_KINDS, 'more kind')}" if len(titles) > MOST_KINDS else ""
        return f"{len(nodes)} of {count}: {', '.join(titles[:MOST_KINDS])}{more}"

    def _show_values(self, form: GroupForm) -> None:
        graph = self._document.graph
        holders = [graph.node(node_id) for node_id in form.group.holders]
        values = {
            spec.name: common([self._value(node, spec.name) for node in holders]) for spec in form.group.specs
        }
        inferred = {spec.name: self._inferred(form.group, spec) for spec in form.group.specs if spec.infer}
        known = {name: value for name, value in inferred.items() if value is not MIXED}
        form.show_values(values, known, self._problems(form.group), self._document.place.scope)  # type: ignore[arg-type]

    def _value(self, node: Node, name: str) -> Value:
        key = node.kind, name
        if key not in self._specs:  # the same question is asked of each of perhaps a thousand layers
            layer = self._spec_of(node)
            self._specs[key] = layer.setting(name) if layer is not None else None
        spec = self._specs[key]
        return spec.coerce(node.arguments.get(name, spec.default)) if spec is not None else None

    def _inferred(self, group: Group, spec: ArgSpec) -> Shown:
        reports = [self._facts.report(node_id) for node_id in group.holders]
        return common([dict(report.inferred).get(spec.name) if report else None for report in reports])

    def _problems(self, group: Group) -> dict[str, str]:
        """Return the first error of each argument, with the layer that has it."""
        found: dict[str, str] = {}
        for node_id in group.holders:
            for problem in self._facts.problems_of(node_id):
                if problem.argument and problem.severity == "error":
                    found.setdefault(problem.argument, problem.message)
        return found

    # What changes it ------------------------------------------------------------------------------

    def _set(self, group: Group, name: str, value: Value | Relative) -> None:
        self._edit(f"Set {name}", group, name, lambda graph: set_for_all(graph, group.holders, name, value))

    def _reset(self, group: Group, name: str) -> None:
        self._edit(f"Reset {name}", group, name, lambda graph: reset_for_all(graph, group.holders, name))

    def _edit(self, step: str, group: Group, name: str, change: Callable[[Graph], Outcome]) -> None:
        """Make an edit of all, one step of undo, and say which layers stay as they are."""
        outcome = change(self._document.graph)
        self.refresh()  # a value that changes nothing is shown as it is kept
        self._document.edit(step, lambda graph: change(graph).graph)
        words = f"{name} {outcome.words}." if outcome.words else ""
        for form in self.forms:
            form.say(words if form.group == group else "")


def _shows_the_same(one: Node, other: Node) -> bool:
    """Say whether two nodes look the same here."""
    if one is other:
        return True
    same = (one.id, one.kind, one.name, one.look) == (other.id, other.kind, other.name, other.look)
    return same and one.arguments is other.arguments
