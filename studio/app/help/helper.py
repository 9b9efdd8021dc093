"""Opens the help where a person asks for it, and keeps it in step with what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.catalog.registry import find, spec_of
from studio.catalog.spec import LayerSpec

if TYPE_CHECKING:
    from studio.app.help.dialog import LayerHelp, Visit
    from studio.app.help.page import Here
    from studio.app.main_window import MainWindow


class Helper(QObject):
    """The help of a window: made when it is first wanted, and kept.

    Attributes:
        panel: The help; None until it is wanted.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.panel: LayerHelp | None = None
        window.canvas.help_wanted.connect(self.open_selected)
        window.inspector.node_page.header.help_wanted.connect(self.open_selected)
        window.library.view.help_wanted.connect(self.open_kind)
        space = window.workspace
        space.selection.changed.connect(self._follow_selection)
        space.facts.changed.connect(lambda _nodes: self._refresh())
        space.document.changed.connect(lambda _old, _new: self._refresh())

    def open(self) -> None:
        """Show help on what a search or the library is at, or on what is selected; else the list of all."""
        library, search = self._window.library, self._window.canvas.search
        if search.is_open and search.kind:
            self.open_kind(search.kind)
            return
        if library.isAncestorOf(self._window.focusWidget() or self._window):
            spec = library.model.spec(library.view.currentIndex())
            self.open_kind(spec.kind if spec is not None else "")
            return
        self.open_selected()

    def open_selected(self) -> None:
        """Show help on what is selected, else the list of all layers."""
        self._open(*self._selected())

    def open_kind(self, kind: str) -> None:
        """Show help on a layer by itself."""
        self._open(kind, "")

    def open_term(self, key: str) -> None:
        """Show what a term of training means."""
        self._open(f"term:{key}", "")

    def _open(self, kind: str, node: str) -> None:
        from studio.app.help.dialog import LayerHelp

        if self.panel is None:
            self.panel = LayerHelp(self._look_up, self._window)
            self.panel.add_wanted.connect(self._window.canvas.add_layer)
        self.panel.show_page(kind, node)
        if self.panel.isVisible():
            self.panel.raise_()
            self.panel.activateWindow()
        self.panel.show()

    def _selected(self) -> tuple[str, str]:
        """Return kind and id of the selected node; of several of one kind the kind."""
        graph, selection = self._window.document.graph, self._window.workspace.selection
        nodes = [graph.node(node_id) for node_id in selection.ordered() if node_id in graph]
        kinds = {node.kind for node in nodes}
        if len(kinds) != 1:
            return "", ""
        return kinds.pop(), nodes[0].id if len(nodes) == 1 else ""

    def _follow_selection(self) -> None:
        kind, node = self._selected()
        if kind and self.panel is not None and self.panel.isVisible():
            self.panel.follow_node(kind, node)

    def _refresh(self) -> None:
        if self.panel is not None and self.panel.isVisible() and self.panel.visit.node:
            self.panel.refresh()

    def _look_up(self, visit: Visit) -> tuple[LayerSpec | None, Here | None]:
        """Return a page's layer, and what is known of its node."""
        from studio.app.help.page import Here

        graph, facts = self._window.document.graph, self._window.workspace.facts
        if visit.node not in graph or graph.node(visit.node).kind != visit.kind:
            return find(visit.kind), None
        node = graph.node(visit.node)
        spec, report = spec_of(node, graph.blocks), facts.report(visit.node)
        shapes: dict[tuple[str, str], tuple[int, ...]] = {}
        for edge in graph.inputs_of(node.id):
            shape = facts.shape_on(graph, edge)
            if shape is not None:
                shapes.setdefault(("in", edge.target_port), shape)
        if report is not None and spec is not None and spec.outputs:
            if report.shape is not None:
                shapes["out", spec.outputs[0].name] = report.shape
            shapes.update((("out", port), shape) for port, shape in report.outputs)
        inferred = dict(report.inferred) if report is not None else {}
        parameters = report.parameters if report is not None else None
        return spec, Here(node.name, dict(node.arguments), shapes, inferred, parameters)
