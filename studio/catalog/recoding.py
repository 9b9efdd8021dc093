"""Giving custom layers other code: a pure edit, which keeps wires and arguments where they still fit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from studio.catalog.custom import CODE, CUSTOM, code_of, custom_nodes, spec_of, why_too_much
from studio.catalog.registry import signatures
from studio.errors import GraphError
from studio.graph.graph import Graph
from studio.graph.node import Node
from studio.graph.replacing import exchange


def set_code(graph: Graph, node_ids: Iterable[str], code: str) -> Graph:
    """Return a level with other code in some of its custom layers.

    A wire stays at the port of its name, else goes to the one at the same place; arguments that the new code
    does not have are dropped. Nothing is run.

    Raises:
        GraphError: One of them is no custom layer, or a project cannot hold so much code.
    """
    for node_id in node_ids:
        node = graph.node(node_id)
        if node.kind != CUSTOM:
            raise GraphError(f'"{node.name}" is no custom layer, and has no code.', node_id=node_id)
        graph, _ = exchange(graph, node, _recoded(node, code), signatures(graph), keeps_ties=True)
    _check_amount(graph)
    return graph


def set_code_everywhere(graph: Graph, old: str, code: str) -> Graph:
    """Return a design with other code in all custom layers that have this one, in its blocks too.

    Raises:
        GraphError: A project cannot hold so much code.
    """
    graph = set_code(graph, _having(graph, old), code)
    for name in sorted(graph.blocks):
        inner = replace(graph.blocks[name].graph, blocks=graph.blocks)
        chosen = _having(inner, old)
        if chosen:
            changed = replace(set_code(inner, chosen, code), blocks=type(graph.blocks)())
            graph = replace(graph, blocks=graph.blocks.set(name, replace(graph.blocks[name], graph=changed)))
    return graph


def _having(level: Graph, code: str) -> list[str]:
    return [node.id for node in level.ordered() if node.kind == CUSTOM and code_of(node) == code]


def _recoded(node: Node, code: str) -> Node:
    """Return a custom layer with other code, without what that does not have."""
    new = node.with_argument(CODE, code)
    spec = spec_of(new.arguments)
    for name in node.arguments:
        if name != CODE and spec.setting(name) is None:
            new = new.without_argument(name)
    return new


def _check_amount(graph: Graph) -> None:
    reason = why_too_much(map(code_of, custom_nodes(graph)))
    if reason is not None:
        raise GraphError(f"The project cannot hold this: {reason}.")
