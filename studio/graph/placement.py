"""Where nodes go when they come into a network or out of it: with room made for them, and beside the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from studio.graph.edits import move
from studio.graph.fixes import apply_fix, at_level, wire_of
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.graph.port import SignatureOf
from studio.graph.problems import Fix
from studio.graph.pushing import GRID, ROW_GAP, Box, Push, SizeOf, box_of, place_of, up_to_grid
from studio.graph.rewiring import insert_piece
from studio.graph.wiring import reaches

TRIES = 64


def usual_size(_node: Node) -> tuple[float, float]:
    """Return the size of most cards: for a level that is not on show, of which nothing was measured."""
    return 136.0, 56.0


def insert(
    graph: Graph,
    edge: Edge,
    nodes: Iterable[Node],
    signature: SignatureOf,
    size_of: SizeOf = usual_size,
) -> Graph:
    """Return the graph with a node, or a chain of nodes, on a wire, and room made for it.

    This is the one way in which anything comes between two nodes: from the library, by dragging, by a
    suggestion. Nodes that are not in the graph yet are added.

    Raises:
        GraphError: From `rewiring.insert_piece`.
    """
    piece = list(nodes)
    wired = insert_piece(graph, edge, piece, signature)
    return make_room(wired, [node.id for node in piece], edge, size_of)


def make_room(graph: Graph, node_ids: Iterable[str], edge: Edge, size_of: SizeOf = usual_size) -> Graph:
    """Return the graph with the nodes after some newly placed ones pushed along the flow.

    The new nodes keep their place, or go on until they are clear of what feeds them. What follows them
    by a wire, or stands in their row behind them, goes on just as far as is needed for the spacing that
    there was; a gap that is wider than usual takes up the push. Frames grow with what they hold.

    Args:
        graph: The graph, wired already.
        node_ids: The nodes that came in; together they keep their shape.
        edge: The wire that they were put on.
        size_of: The size of a node's card.
    """
    push = Push(graph, set(node_ids), edge, size_of)
    push.settle()
    return push.pushed()


def mend(graph: Graph, fix: Fix, signature: SignatureOf, sizes_in: Callable[[Graph], SizeOf]) -> Graph:
    """Return the graph with a problem's suggestion carried out, and room made for what it puts in.

    Args:
        graph: The outermost graph.
        fix: The suggestion.
        signature: The ports of the graph's nodes.
        sizes_in: Measures cards at a level.

    Raises:
        GraphError: From `fixes.apply_fix`.
    """

    def change(level: Graph, own: Fix) -> Graph:
        mended = apply_fix(level, own, signature)
        new = set(mended.nodes) - set(level.nodes)
        if own.action == "insert" and not _is_shortcut(level, wire_of(level, own)):
            return make_room(mended, new, wire_of(level, own), sizes_in(mended))
        return _cleared(mended, new, 0.0, sizes_in(mended)) if new else mended

    return at_level(graph, fix, change)


def _is_shortcut(graph: Graph, edge: Edge) -> bool:
    """Say whether there is a longer way beside a wire: what comes onto it stands beside that, not in it."""
    return any(
        reaches(graph, other.target, edge.target)
        for other in graph.outputs_of(edge.source)
        if other.target != edge.target
    )


def beside(graph: Graph, node_ids: Iterable[str], size_of: SizeOf = usual_size) -> Graph:
    """Return the graph with some nodes put out of their row, as near to it as is clear of all others."""
    chosen = set(node_ids)
    down = graph.direction == "down"
    own = [box_of(graph.node(node_id), size_of, down=down) for node_id in chosen]
    by = up_to_grid(max(box.bottom for box in own) - min(box.top for box in own) + ROW_GAP)
    return _cleared(graph, chosen, by, size_of)


def _cleared(graph: Graph, chosen: set[str], by: float, size_of: SizeOf) -> Graph:
    """Return the graph with some nodes moved across the flow by so much, or as much more as it takes."""
    down = graph.direction == "down"
    boxes = {node.id: box_of(node, size_of, down=down) for node in graph.nodes.values()}
    own = [boxes[node_id] for node_id in chosen]
    rest = [box for node_id, box in boxes.items() if node_id not in chosen]
    for _ in range(TRIES):
        in_way = [(box, other) for box in own for other in rest if _is_near(box, by, other)]
        if not in_way:
            break
        by = up_to_grid(max(other.bottom + ROW_GAP - box.top for box, other in in_way))
    return move(graph, {i: place_of(graph.node(i), 0.0, by, down=down) for i in chosen})


def _is_near(box: Box, by: float, other: Box) -> bool:
    """Say whether a card, moved across the flow, is too near to another."""
    return (
        box.start < other.stop + GRID
        and other.start < box.stop + GRID
        and box.top + by < other.bottom + ROW_GAP
        and other.top < box.bottom + by + ROW_GAP
    )
