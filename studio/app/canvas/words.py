"""What the canvas says in words: tooltips, and the description that a screen reader speaks."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from studio.app.canvas.heat.measures import amount_on
from studio.app.canvas.overlays import human_bytes
from studio.app.canvas.pills import shape_text
from studio.app.canvas.ports import PortRef, ports_of
from studio.app.canvas.scene import Scene
from studio.app.facts import Facts
from studio.app.selection import Selection
from studio.app.theme.measures import PORT_PX, WIRE_PX
from studio.app.units import cost_name
from studio.catalog.registry import card_text
from studio.graph.block import block_name
from studio.graph.node import Edge
from studio.graph.port import find_port
from studio.graph.wiring import FLOW_WORDS

MOST_SPOKEN = 5
DOT_TIP = "Drag to move the wire.\nDouble-click to take the dot away.\nShift and drag for another wire."


def tip_at(scene: Scene, facts: Facts, place: QPointF, zoom: float) -> str:
    """Return the tooltip of what lies at a canvas point; empty for nothing."""
    port = scene.geometry.port_at(place, PORT_PX / zoom)
    if port is not None:
        return port_tip(scene, port)
    node_id = scene.geometry.node_at(place)
    if node_id is not None:
        inner = scene.path_in(node_id, place)
        return inner_words(scene, node_id, inner) if inner else node_words(scene, facts, node_id)
    if scene.dots.at(place, zoom) is not None:
        return DOT_TIP
    edge = scene.geometry.edge_at(place, WIRE_PX / zoom)
    return edge_words(scene, facts, edge) if edge is not None else ""


def port_tip(scene: Scene, ref: PortRef) -> str:
    """Return what a port takes or gives."""
    inputs, outputs = ports_of(scene.graph.node(ref.node), scene.graph)
    spec = find_port(outputs if ref.is_output else inputs, ref.port)
    if spec is None:
        return ref.port
    many = ", any number of wires" if spec.variadic else ""
    if spec.carries != "tensor":
        many += f": {' or '.join(FLOW_WORDS[flow] for flow in (spec.accepts or (spec.carries,)))}"
    layout = f" ({spec.layout})" if spec.layout else ""
    return f"{spec.name}{layout}{many}\n{spec.help}".strip()


def node_words(scene: Scene, facts: Facts, node_id: str) -> str:
    """Return what is known of a node: problems with what to do, else what it is and its output."""
    node, report = scene.graph.node(node_id), facts.report(node_id)
    lines = [
        f"{node.name}: {card_text(node, report.inferred if report is not None else (), scene.graph.blocks)}"
    ]
    for problem in facts.problems_of(node_id):
        lines.append(f"{problem.severity.capitalize()}: {problem.message}")
        if problem.suggestion:
            lines.append(problem.suggestion)
    if report is not None and report.outputs:
        lines.extend(f"{port} {shape_text(shape)}" for port, shape in report.outputs)
    elif report is not None and report.shape is not None:
        lines.append(f"Output {shape_text(report.shape)}")
    if report is not None and report.parameters:
        lines.append(f"{report.parameters:,} parameters")
    lines.extend(filter(None, [scene.picture_words.get(scene.place.dotted + node.name, "")]))
    card = scene.cards[node_id]
    if card.badge is not None:
        lines.append(card.badge.text)
    if card.off:
        lines.append("Switched off: its first input goes past it.")
    if card.frozen:
        lines.append("Frozen: training leaves its weights alone.")
    if block_name(node) in scene.graph.blocks:
        lines.append("Double-click to look inside.")
    return "\n".join(lines)


def inner_words(scene: Scene, owner: str, path: tuple[str, ...]) -> str:
    """Return what a node is that a block's card shows, what is seen of it, and how to get there."""
    card, dotted = scene.cards[owner], ""
    for node_id in path:
        if card.inner is None:
            break
        dotted, card = card.inner.dotted, card.inner.card(node_id)
    live = scene.picture_words.get(dotted + card.name, "")
    return "\n".join(filter(None, (f"{card.name}: {card.text}", live, "Double-click to go there.")))


def edge_words(scene: Scene, facts: Facts, edge: Edge) -> str:
    """Return from where to where a wire leads, and what flows through it."""
    source, target = scene.graph.node(edge.source), scene.graph.node(edge.target)
    lines, graph = [f"{source.name} → {target.name}"], scene.graph
    shape = shape_text(facts.shape_on(graph, edge))
    if shape:
        elements, size = amount_on("elements", edge, graph, facts), amount_on("bytes", edge, graph, facts)
        numbers = "1 number" if elements == 1 else f"{elements:,} numbers"
        lines.append(f"{shape}: {numbers}, {human_bytes(size)} for a sample")
    cost = amount_on("macs", edge, graph, facts)
    if cost:
        lines.append(f"{cost:,} {cost_name()} in {source.name}")
    return "\n".join(lines)


def description(scene: Scene, facts: Facts, selection: Selection) -> str:
    """Return what a screen reader says of the canvas now."""
    count = len(scene.graph)
    if not count:
        return "Empty. Press Space to search for a layer to add."
    nodes = [node_id for node_id in selection.ordered() if node_id in scene.graph]
    if not nodes and selection.marks:
        chosen = [scene.marks[mark_id] for mark_id in sorted(selection.marks)]
        return "Selected: " + "; ".join(f"{mark.kind} {mark.text}" for mark in chosen[:MOST_SPOKEN])
    if not nodes and selection.edges:
        return "Selected: " + "; ".join(
            edge_words(scene, facts, edge).replace("\n", ", ")
            for edge in sorted(selection.edges)[:MOST_SPOKEN]
        )
    if not nodes:
        return f"{count} layer{'s' if count > 1 else ''}, none selected."
    spoken = [node_words(scene, facts, node_id).replace("\n", ". ") for node_id in nodes[:MOST_SPOKEN]]
    more = f" and {len(nodes) - MOST_SPOKEN} more" if len(nodes) > MOST_SPOKEN else ""
    return f"{len(nodes)} of {count} layers selected: " + "; ".join(spoken) + more
