"""What lies before, behind or around some nodes along the wires."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from studio.graph.graph import Graph


def upstream(graph: Graph, node_ids: Iterable[str], *, one_step: bool = False) -> frozenset[str]:
    """Return all that feeds some nodes, near and far, or only what feeds them directly."""
    return _reached(node_ids, lambda i: (edge.source for edge in graph.inputs_of(i)), one_step)


def downstream(graph: Graph, node_ids: Iterable[str], *, one_step: bool = False) -> frozenset[str]:
    """Return all that some nodes feed, near and far, or only what they feed directly."""
    return _reached(node_ids, lambda i: (edge.target for edge in graph.outputs_of(i)), one_step)


def linked(graph: Graph, node_ids: Iterable[str]) -> frozenset[str]:
    """Return some nodes and all that hangs together with them by wires, whichever way those lead."""

    def near(node_id: str) -> Iterable[str]:
        yield from (edge.source for edge in graph.inputs_of(node_id))
        yield from (edge.target for edge in graph.outputs_of(node_id))

    starts = frozenset(node_ids)
    return starts | _reached(starts, near, False)


def _reached(starts: Iterable[str], near: Callable[[str], Iterable[str]], one_step: bool) -> frozenset[str]:
    """Return what can be reached; a start is in it only if another leads there."""
    stack = list(starts)
    found: set[str] = set()
    while stack:
        for node_id in near(stack.pop()):
            if node_id not in found:
                found.add(node_id)
                if not one_step:
                    stack.append(node_id)
    return frozenset(found)
