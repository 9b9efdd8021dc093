"""What would come of a wire or of a layer on a wire, in words beside the cursor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from studio.app.canvas.pills import shape_text
from studio.app.canvas.ports import PortRef
from studio.catalog.registry import spec_of
from studio.engine.records import Trial
from studio.graph.node import Edge, Node

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


@dataclass(frozen=True, slots=True)
class Outcome:
    """Words, and how bad they are.

    Attributes:
        lines: One below the other; none if there is nothing to say.
        role: ``line``: it may be so. ``warning``: it may, and will be a problem. ``bad``: it cannot.
    """

    lines: tuple[str, ...] = ()
    role: Literal["line", "warning", "bad"] = "line"


NOTHING = Outcome()


def of_wire(view: CanvasView, edge: Edge, trial: Trial | None) -> Outcome:
    """Return what would flow through a wire, and what its target would make of it as far as that is known."""
    graph = view.scene.graph
    source, target = graph.node(edge.source), graph.node(edge.target)
    came = shape_text(view.facts.shape_on(graph, edge))
    if trial is None or not came:
        return Outcome((f"{came} from {source.name}",)) if came else _wrong(trial)
    return _wrong(trial) if _is_wrong(trial) else Outcome((_given(view, came, target, trial),))


def of_source(view: CanvasView, anchor: PortRef) -> Outcome:
    """Return what flows out of a port, while the wire ends nowhere yet."""
    wire = Edge(anchor.node, anchor.port, "", "")
    came = shape_text(view.facts.shape_on(view.scene.graph, wire))
    return Outcome((f"{came} from {view.scene.graph.node(anchor.node).name}",)) if came else NOTHING


def of_seat(view: CanvasView, edge: Edge, node: Node, trial: Trial | None) -> Outcome:
    """Return what a new node would make of what flows through a wire."""
    came = shape_text(view.facts.shape_on(view.scene.graph, edge))
    if trial is None or not came:
        return _wrong(trial)
    return _wrong(trial) if _is_wrong(trial) else Outcome((_given(view, came, node, trial),))


def _is_wrong(trial: Trial | None) -> bool:
    return trial is not None and trial.severity in ("error", "warning")


def _wrong(trial: Trial | None) -> Outcome:
    """Return what would be wrong, with what to do about it."""
    if trial is None or not _is_wrong(trial):
        return NOTHING
    return Outcome(tuple(filter(None, (trial.message, trial.suggestion))), "warning")


def _given(view: CanvasView, came: str, node: Node, trial: Trial) -> str:
    """Return what comes in and what goes out, as one line."""
    spec = spec_of(node, view.scene.graph.blocks)
    gives = shape_text(trial.shape) if spec is not None and spec.role == "layer" else ""
    return f"{came} → {node.name} gives {gives}" if gives else f"{came} → {node.name}"
