"""The inspector's page for one layer or block, or for several of one kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.app.document import Document, Level
from studio.app.facts import Facts
from studio.app.in_force import in_force
from studio.app.panels.amounts import cost_text, count_text, memory_text, shape_text
from studio.app.panels.argument_form import ArgumentForm, common
from studio.app.panels.block_bar import BlockBar
from studio.app.panels.code_bar import CodeBar
from studio.app.panels.fact_table import FactTable
from studio.app.panels.more_settings import Choices, MoreSettings
from studio.app.panels.node_header import NodeHeader
from studio.app.panels.number_edit import MIXED, Shown
from studio.app.panels.picture_choice import PictureChoice
from studio.app.panels.problem_list import ProblemList
from studio.app.panels.together.edits import Outcome, reset_for_all, set_for_all
from studio.app.panels.together.relative import Relative
from studio.app.panels.together.together_bar import TogetherBar
from studio.app.theme.polish import label
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.app.units import cost_name
from studio.catalog import registry
from studio.catalog.spec import ArgSpec, LayerSpec
from studio.errors import GraphError
from studio.graph import block_arguments, definitions, edits
from studio.graph.block import PREFIX, REPEAT, BlockArgument, block_name
from studio.graph.graph import Graph
from studio.graph.node import Node, Value
from studio.graph.problems import Problem
from studio.graph.report import NodeReport

FORM_AT = 4
"""Place of the form on the page: under what is about the layers as wholes."""


class NodePage(QScrollArea):
    """Name, arguments, settings, costs and problems of the shown layers.

    Follows the document and the facts.
    """

    problem_chosen = Signal(str)
    """Path of the node whose problem was clicked: of a block, it may lie inside."""

    enter_wanted = Signal(str)
    """Id of the block whose inside is to be shown."""

    unique_wanted = Signal(str)
    """Id of the block that is to have a definition of its own."""

    def __init__(self, document: Document, facts: Facts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._facts = document, facts
        self._ids: tuple[str, ...] = ()
        self._level: Level = ()
        self._graph = document.graph
        self._spec: LayerSpec | None = None
        self._is_open = False
        self.form: ArgumentForm | None = None
        self.more: MoreSettings | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget(self)
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(PANEL_MARGIN, 3 * SPACE, PANEL_MARGIN, PANEL_MARGIN)
        self._column.setSpacing(3 * SPACE)
        self.header = NodeHeader(body)
        self.bar = BlockBar(body)
        self.bar.enter_wanted.connect(lambda: self.enter_wanted.emit(next(iter(self._ids))))
        self.bar.unique_wanted.connect(lambda: self.unique_wanted.emit(next(iter(self._ids))))
        self.code = CodeBar(body)
        self.code.edit_wanted.connect(lambda: self._show_code(to_edit=True))
        self.code.read_wanted.connect(lambda: self._show_code(to_edit=False))
        self.together = TogetherBar(document, "inspector", body)
        self.note = label("", "warning", body, wrap=True)
        self.note.setObjectName("inspector.kept")
        self.picture = PictureChoice(document, body)
        self.table = FactTable("inspector.facts", body)
        self._problems_title = label("Problems", "heading", body)
        self.problems = ProblemList(document, body)
        for widget in (
            self.header,
            self.bar,
            self.code,
            self.together,
            self.note,
            self.picture,
            self.table,
            self._problems_title,
            self.problems,
        ):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        self.setWidget(body)
        self.header.renamed.connect(self._rename)
        self.problems.node_chosen.connect(self.problem_chosen)
        document.changed.connect(self._document_changed)
        facts.changed.connect(self._facts_changed)
        in_force().units_changed.connect(self.refresh)

    def show_nodes(self, ids: tuple[str, ...]) -> None:
        """Show these layers, which are of one kind; what was typed for the last ones is committed first."""
        if ids == self._ids and self._level == self._document.level:
            return
        self.flush()
        self._ids, self._level = ids, self._document.level
        self._graph = self._document.graph
        nodes = self._nodes()
        if not nodes:
            return
        self._say("")
        # A form keeps unfinished text and complaints, which belong to the layers it was made for.
        self._rebuild_form(self._spec_of(nodes[0]))
        self.refresh()

    def flush(self) -> None:
        """Commit what was typed and not finished yet."""
        if self._nodes():
            self.header.name_edit.flush()
            for form in self._forms():
                form.flush()

    def refresh(self) -> None:
        """Show everything anew, in place."""
        nodes = self._nodes()
        if not nodes or len(nodes) < len(self._ids):
            return
        spec = self._spec
        first = nodes[0]
        title = spec.title if spec else f"{first.kind} (unknown)"
        self.header.show_layer(first.name, first.kind, title, spec.summary if spec else "", len(nodes))
        self.code.show_nodes(nodes)
        self.together.setVisible(len(nodes) > 1)
        self.together.show_nodes(self._ids)
        self.picture.show_nodes(self._ids)
        problems = self._problems()
        if spec is not None:
            self._show_values(spec, nodes, _by_argument(problems))
        self.table.show_facts(self._fact_lines(nodes))
        self.problems.show_problems(problems)
        self._problems_title.setVisible(bool(problems))

    # What is shown --------------------------------------------------------------------------------

    def _nodes(self) -> list[Node]:
        """Return the shown nodes; none while another level is on show, where the ids mean other nodes."""
        if self._level != self._document.level:
            return []
        nodes = self._document.graph.nodes
        return [nodes[node_id] for node_id in self._ids if node_id in nodes]

    def _spec_of(self, node: Node) -> LayerSpec | None:
        return registry.spec_of(node, self._document.design.blocks)

    def _forms(self) -> list[ArgumentForm]:
        more = self.more.form if self.more is not None else None
        return [form for form in (self.form, more) if form is not None]

    def _rebuild_form(self, spec: LayerSpec | None) -> None:
        self._spec = spec
        for widget in (self.form, self.more):
            if widget is not None:
                self._column.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self.form = self.more = None
        self.bar.setVisible(spec is not None and spec.kind.startswith(PREFIX))
        if spec is None:
            return
        own, more = _parted(spec)
        self.form = ArgumentForm(own, "argument", self.widget(), resting=spec.formula)
        self._column.insertWidget(FORM_AT, self.form)
        if more:
            is_set = any(spec.name in node.arguments for node in self._nodes() for spec in more)
            self.more = MoreSettings(more, is_open=self._is_open or is_set, parent=self.widget())
            self.more.opened.connect(self._remember_open)
            self._column.insertWidget(FORM_AT + 1, self.more)
        for form in self._forms():
            form.allow_relative()
            form.allow_expressions(inside_block=bool(self._level))
            form.edited.connect(self._set)
            form.reset_wanted.connect(self._reset)
            form.expose_wanted.connect(self._expose)
            form.conceal_wanted.connect(self._conceal)

    def _remember_open(self, is_open: bool) -> None:
        self._is_open = is_open

    def _show_values(self, spec: LayerSpec, nodes: list[Node], problems: dict[str, str]) -> None:
        scope = self._document.place.scope
        own, more = _parted(spec)
        if self.form is not None:
            self.form.show_values(self._values(own, nodes), self._inferred(spec), problems, scope)
        if self.more is not None:
            self.more.show_values(self._values(more, nodes), problems, scope, partial(self._ties, spec))
        name = block_name(nodes[0])
        if name is not None:
            count = len(definitions.instances(self._document.design, name))
            self.bar.show_instances(count, len(nodes), name)

    def _values(self, specs: Sequence[ArgSpec], nodes: list[Node]) -> dict[str, Shown]:
        return {
            spec.name: common([spec.coerce(node.arguments.get(spec.name, spec.default)) for node in nodes])
            for spec in specs
        }

    def _ties(self, spec: LayerSpec) -> Choices:
        """Return the layers whose weights the shown ones could use."""
        if not spec.learns:
            return []
        nodes = self._document.graph.ordered()
        learning = {kind for kind in {node.kind for node in nodes} if _learns(kind)}
        return [(node.name, node.id) for node in nodes if node.kind in learning and node.id not in self._ids]

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
        return [
            *_output_lines(reports),
            ("parameters", count_text(sum(report.parameters for report in reports))),
            (cost_name(), cost_text(sum(report.macs for report in reports))),
            ("activations", memory_text(sum(report.activation_bytes for report in reports))),
        ]

    # What changes it ------------------------------------------------------------------------------

    def _document_changed(self) -> None:
        old, new = self._graph, self._document.graph
        nodes = self._nodes()
        self._graph = new
        if not nodes:
            return
        spec = self._spec_of(nodes[0])
        if len({node.kind for node in nodes}) == 1 and not _same_form(spec, self._spec):
            self._rebuild_form(spec)
            self.refresh()
        elif spec is not self._spec or any(old.nodes.get(i) is not new.nodes.get(i) for i in self._ids):
            self._spec = spec
            self.refresh()

    def _facts_changed(self, nodes: frozenset[str]) -> None:
        if nodes.intersection(self._ids):
            self.refresh()

    def _set(self, name: str, value: Value | Relative) -> None:
        self._edit(f"Set {name}", name, lambda graph, ids: set_for_all(graph, ids, name, value))

    def _reset(self, name: str) -> None:
        self._edit(f"Set {name}", name, lambda graph, ids: reset_for_all(graph, ids, name))

    def _edit(self, step: str, name: str, change: Callable[[Graph, list[str]], Outcome]) -> None:
        """Change all shown layers in one step, and say which stay as they are."""
        ids = [node.id for node in self._nodes()]
        outcome = change(self._document.graph, ids)
        self.refresh()  # a value that changes nothing is shown as it is kept
        self._say(f"{name} {outcome.words}." if len(ids) > 1 and outcome.words else "")
        self._attempt(step, name, lambda graph: change(graph, ids).graph, self._document.edit)
        if len(ids) == 1 and outcome.words:
            self._refuse(name, outcome.reason)

    def _say(self, words: str) -> None:
        self.note.setText(words)
        self.note.setVisible(bool(words))

    def _expose(self, name: str) -> None:
        """Make an argument of the shown layers one of the block they are in."""
        spec = self._spec.setting(name) if self._spec is not None else None
        block = self._document.design.blocks.get(self._document.block)
        if spec is None or block is None:
            return
        inferred = self._inferred(self._spec).get(name) if self._spec is not None else None
        default = spec.default if spec.default is not None else inferred
        like = BlockArgument(name, default, spec.help, spec.minimum, spec.maximum, spec.choices)
        ids, level = [node.id for node in self._nodes()], self._document.level

        def change(design: Graph) -> Graph:
            for node_id in ids:
                design = block_arguments.expose(design, level, node_id, name, name, like)
            return design

        self._attempt(f"Expose {name}", name, change, self._document.edit_design)

    def _conceal(self, name: str) -> None:
        """Let an argument follow the block's no longer."""
        ids, level = [node.id for node in self._nodes()], self._document.level

        def change(design: Graph) -> Graph:
            for node_id in ids:
                design = block_arguments.conceal(design, level, node_id, name)
            return design

        self._attempt(f"Take {name} off the block", name, change, self._document.edit_design)

    def _attempt(
        self,
        step: str,
        name: str,
        change: Callable[[Graph], Graph],
        edit: Callable[[str, Callable[[Graph], Graph]], None],
    ) -> None:
        """Make an edit; say at the argument's control why it cannot be made."""
        try:
            edit(step, change)
        except GraphError as error:
            self.refresh()
            self._refuse(name, error.message.rstrip("."))

    def _refuse(self, name: str, reason: str) -> None:
        for form in self._forms():
            if name in form.rows:
                form.refuse(name, f"stays as it is: {reason}")

    def _show_code(self, *, to_edit: bool) -> None:
        path = "/".join((*self._document.level, next(iter(self._ids))))
        self._document.code_wanted.emit(path, to_edit)

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


def _learns(kind: str) -> bool:
    """Say whether layers of a kind have weights."""
    spec = registry.find(kind)
    return spec is not None and spec.learns


def _parted(spec: LayerSpec) -> tuple[tuple[ArgSpec, ...], tuple[ArgSpec, ...]]:
    """Return what stands in the form at once, and what is folded away: of a block, nothing."""
    if not spec.kind.startswith(PREFIX):
        # Code has an editor of its own.
        return tuple(one for one in spec.arguments if one.type != "code"), spec.settings
    first = sorted(spec.settings, key=lambda setting: setting.name != REPEAT)
    return (*spec.arguments, *first), ()


def _same_form(one: LayerSpec | None, other: LayerSpec | None) -> bool:
    """Say whether two specs have the same form."""
    if one is None or other is None:
        return one is other
    return (one.kind, one.arguments, one.settings) == (other.kind, other.arguments, other.settings)


def _output_lines(reports: list[NodeReport]) -> list[tuple[str, str]]:
    """Return the shape that comes out, at each port where there are several."""
    if len(reports) == 1 and reports[0].outputs:
        return [(port, shape_text(shape)) for port, shape in reports[0].outputs]
    shapes = {report.shape for report in reports}
    return [("output", shape_text(reports[0].shape) if len(shapes) == 1 else "several")]


def _by_argument(problems: list[Problem]) -> dict[str, str]:
    """Return the first error of each argument."""
    found: dict[str, str] = {}
    for problem in problems:
        if problem.argument and problem.severity == "error":
            found.setdefault(problem.argument, problem.message)
    return found
