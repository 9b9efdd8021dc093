"""Where nodes go when they come into a network or out of it: with room made for them, and beside the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from studio.graph.edits import apply_fix, move
from studio.graph.expansion import ids_on
from studio.graph.graph import Graph
from studio.graph.levels import edit_level
from studio.graph.node import Edge, Node
from studio.graph.port import SignatureOf
from studio.graph.problems import Fix
from studio.graph.pushing import GRID, ROW_GAP, Box, Push, SizeOf, box_of, place_of, up_to_grid
from studio.graph.rewiring import insert_piece

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
        GraphError: From `edits.apply_fix`.
    """
    *outer, inner = ids_on(fix.node)
    if outer:
        own = replace(fix, node=inner)
        return edit_level(graph, outer, lambda level: mend(level, own, signature, sizes_in))
    mended = apply_fix(graph, fix, signature)
    new = set(mended.nodes) - set(graph.nodes)
    if not new:
        return mended
    return make_room(mended, new, graph.inputs_of(fix.node, fix.port)[0], sizes_in(mended))


def beside(graph: Graph, node_ids: Iterable[str], size_of: SizeOf = usual_size) -> Graph:
    """Return the graph with some nodes put out of their row, as near to it as is clear of all others."""
    chosen = set(node_ids)
    down = graph.direction == "down"
    boxes = {node.id: box_of(node, size_of, down=down) for node in graph.nodes.values()}
    own = [boxes[node_id] for node_id in chosen]
    rest = [box for node_id, box in boxes.items() if node_id not in chosen]
    by = up_to_grid(max(box.bottom for box in own) - min(box.top for box in own) + ROW_GAP)
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
