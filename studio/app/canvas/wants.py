"""What a layer that is searched for would be wired to: a port, several layers, or a wire that it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from studio.app.canvas.ports import PortRef, ports_of
from studio.app.search.fit import Anchor, Fit, Level, fit, flows, why_unsuited
from studio.catalog.spec import LayerSpec
from studio.graph.node import Edge

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

MOST_JOINED = 8
"""Who selected more layers than that does not mean to join them."""

Link: TypeAlias = tuple[PortRef, str]
"""A port that is there, and the new layer's own that is wired to it."""


@dataclass(frozen=True, slots=True)
class Want:
    """Where a layer is wanted.

    Attributes:
        refs: Ports to wire it to: one of them, or with `joins` all of them.
        joins: Each of the ports is wired.
        on: The wire it goes on; `refs` is then where that begins.
    """

    refs: tuple[PortRef, ...] = ()
    joins: bool = False
    on: Edge | None = None


def want_here(view: CanvasView) -> Want:
    """Return what the selection asks for.

    Behind a layer: its outputs; of one that has none, such as a loss, the inputs that nothing feeds. Several
    layers are joined by their first outputs, top to bottom. A wire takes the layer in.
    """
    selection, graph = view.selection, view.scene.graph
    if len(selection.edges) == 1 and not selection.nodes:
        (edge,) = selection.edges
        return Want((PortRef(edge.source, "output", edge.source_port),), on=edge)
    nodes = [graph.node(node_id) for node_id in selection.ordered()]
    if len(nodes) > MOST_JOINED:
        return Want()
    if len(nodes) > 1:
        nodes.sort(key=lambda node: (node.y, node.x))
        givers = [(node, ports_of(node, graph)[1]) for node in nodes]
        refs = [PortRef(node.id, "output", ports[0].name) for node, ports in givers if ports]
        return Want(tuple(refs), joins=len(refs) > 1)
    if not nodes:
        return Want()
    (node,) = nodes
    inputs, outputs = ports_of(node, graph)
    if outputs:
        return Want(tuple(PortRef(node.id, "output", port.name) for port in outputs))
    free = [port for port in inputs if port.variadic or not graph.inputs_of(node.id, port.name)]
    return Want(tuple(PortRef(node.id, "input", port.name) for port in free))


def fit_joining(spec: LayerSpec, anchors: Sequence[Anchor]) -> tuple[Fit, tuple[str, ...]]:
    """Return how a layer fits all of some outputs, and at which of its ports each of them would be wired."""
    taken: list[str] = []
    reason = ""
    for anchor in anchors:
        free = [port for port in spec.inputs if port.variadic or port.name not in taken]
        port = next((port for port in free if flows(anchor, port)), None)
        if port is None:
            why = f"takes {len(taken)} of {len(anchors)} wires" if taken else fit(spec, [anchor]).reason
            return Fit(Level.UNFIT, reason=why), ()
        taken.append(port.name)
        reason = reason or why_unsuited(anchor, port)
    return Fit(Level.UNSUITED if reason else Level.FITS, anchors[0], taken[0], reason), tuple(taken)


def fit_on_wire(spec: LayerSpec, start: Anchor, end: Anchor | None) -> Fit:
    """Return how a layer fits between the two ends of a wire."""
    entering = fit(spec, [start])
    leaving = fit(spec, [end]) if end is not None else Fit(Level.FITS)
    if Level.UNFIT in (entering.level, leaving.level):
        return Fit(Level.UNFIT, reason=entering.reason if entering.level == Level.UNFIT else leaving.reason)
    return entering if entering.level >= leaving.level else Fit(leaving.level, reason=leaving.reason)
