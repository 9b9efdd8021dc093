"""Which ports a wire being drawn may end at. The reasons are the graph's own; here they are asked quickly."""

from __future__ import annotations

from studio.app.canvas.ports import PortRef, edge_between, ports_of
from studio.catalog.registry import signatures
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.graph.port import PortSpec, find_port


class Wiring:
    """The ends that a wire from one port may have.

    Which nodes would close a cycle is found once, so that a thousand ports on screen can be judged in
    every frame.

    Args:
        graph: The design, without the wire that is being drawn anew.
        anchor: The end that is held.
    """

    def __init__(self, graph: Graph, anchor: PortRef) -> None:
        self.graph = graph
        self.anchor = anchor
        self._blocked = _reached(graph, anchor.node, upstream=anchor.is_output)
        self._spec = self._find(anchor)

    def fits(self, ref: PortRef) -> bool:
        """Say whether the wire may end at a port."""
        if ref.side == self.anchor.side or ref.node in self._blocked:
            return False
        other = self._find(ref)
        if self._spec is None or other is None:
            return True
        out, into = (self._spec, other) if self.anchor.is_output else (other, self._spec)
        return into.takes(out.carries)

    def why_not(self, ref: PortRef) -> str | None:
        """Return why the wire may not end at a port, or None if it may."""
        if ref.node == self.anchor.node:
            return "a layer cannot feed itself"
        if ref.side == self.anchor.side:
            return f"a wire leads from an output to an input, and this is another {ref.side}"
        return edits.why_not(self.graph, edge_between(self.anchor, ref), signatures(self.graph))

    def reason(self, ref: PortRef) -> str | None:
        """Return why the wire may not end at a port, as `why_not` does but without a walk."""
        if ref.node in self._blocked and ref.node != self.anchor.node and ref.side != self.anchor.side:
            edge = edge_between(self.anchor, ref)
            target, source = self.graph.node(edge.target), self.graph.node(edge.source)
            return f'"{target.name}" already leads to "{source.name}": the wire would close a cycle'
        if self.fits(ref):
            return None
        return self.why_not(ref)

    def has(self, ref: PortRef) -> bool:
        """Say whether there is such a wire already."""
        edge = edge_between(self.anchor, ref)
        wires = self.graph.inputs_of(edge.target, edge.target_port)
        return any((wire.source, wire.source_port) == (edge.source, edge.source_port) for wire in wires)

    def candidates(self, node_id: str) -> list[PortRef]:
        """Return the ports of a node on the other side from the anchor, top to bottom."""
        inputs, outputs = ports_of(self.graph.node(node_id), self.graph)
        if self.anchor.is_output:
            return [PortRef(node_id, "input", port.name) for port in inputs]
        return [PortRef(node_id, "output", port.name) for port in outputs]

    def best_on(self, node_id: str) -> PortRef | None:
        """Return the port that a wire dropped on a node's body ends at: the first free one that fits."""
        fitting = [ref for ref in self.candidates(node_id) if self.fits(ref)]
        free = [ref for ref in fitting if self.replaced(ref) is None]
        return next(iter(free or fitting), None)

    def replaced(self, ref: PortRef) -> Edge | None:
        """Return the wire that would give way, because the input takes one wire and has it."""
        target = ref if not ref.is_output else self.anchor
        spec = self._find(target)
        present = self.graph.inputs_of(target.node, target.port)
        return present[0] if present and spec is not None and not spec.variadic else None

    def _find(self, ref: PortRef) -> PortSpec | None:
        inputs, outputs = ports_of(self.graph.node(ref.node), self.graph)
        return find_port(outputs if ref.is_output else inputs, ref.port)


def can_sit_on(graph: Graph, node: Node, edge: Edge) -> bool:
    """Say whether a node that has no wires yet can be put on a wire."""
    ports = signatures(graph)(node)
    if ports is None or not ports.inputs or not ports.outputs or node.id in (edge.source, edge.target):
        return False
    source, target = graph.node(edge.source), graph.node(edge.target)
    giver = find_port(ports_of(source, graph)[1], edge.source_port)
    taker = find_port(ports_of(target, graph)[0], edge.target_port)
    enters = giver is None or ports.inputs[0].takes(giver.carries)
    leaves = taker is None or taker.takes(ports.outputs[0].carries)
    return enters and leaves


def _reached(graph: Graph, start: str, *, upstream: bool) -> frozenset[str]:
    """Return a node and all that lie before it, or after it."""
    seen, stack = {start}, [start]
    while stack:
        node_id = stack.pop()
        near = (
            [edge.source for edge in graph.inputs_of(node_id)]
            if upstream
            else [edge.target for edge in graph.outputs_of(node_id)]
        )
        for other in near:
            if other not in seen:
                seen.add(other)
                stack.append(other)
    return frozenset(seen)
