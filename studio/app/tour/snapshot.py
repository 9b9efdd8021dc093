"""What the tour looks at: the state of the window as a value, so that a condition is a pure function."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from studio.graph.graph import Graph
from studio.graph.node import Node
from studio.graph.problems import has_errors
from studio.project.config import TrainingConfig
from studio.runs.records import RunState

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow


@dataclass(frozen=True)
class Snapshot:
    """The window at one moment.

    Attributes:
        graph: The level on show.
        training: The training settings.
        selected: Names of the selected nodes.
        index: Steps of undo so far.
        has_errors: Some problem keeps the network from being trained.
        is_known: The engine has looked at this very network.
        run: Name of the run last started.
        state: Its state.
        epochs: How many of its epochs are over.
        tab: Object name of the panel on show under the canvas.
    """

    graph: Graph = field(default_factory=Graph)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    selected: frozenset[str] = frozenset()
    index: int = 0
    has_errors: bool = False
    is_known: bool = False
    run: str = ""
    state: RunState | None = None
    epochs: int = 0
    tab: str = ""

    def node(self, name: str) -> Node | None:
        """Return the node of a name, or None."""
        return next((node for node in self.graph.nodes.values() if node.name == name), None)

    def kinds(self, kind: str) -> frozenset[str]:
        """Return the ids of all nodes of a kind."""
        return frozenset(node.id for node in self.graph.nodes.values() if node.kind == kind)


def take(window: MainWindow) -> Snapshot:
    """Return the state of a window as it is now."""
    document, space = window.document, window.workspace
    graph = document.graph
    tab = window.tabs.currentWidget()
    return Snapshot(
        graph=graph,
        training=document.project.training,
        selected=frozenset(graph.node(node).name for node in space.selection.nodes if node in graph),
        index=document.history.index,
        has_errors=has_errors(space.facts.problems),
        is_known=space.facts.is_known,
        run=space.run,
        state=space.state,
        epochs=len(space.monitor.live.epochs),
        tab=tab.objectName() if tab is not None else "",
    )
