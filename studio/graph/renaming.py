"""New names for several nodes at once, from a pattern such as ``conv{n}``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from studio.errors import GraphError
from studio.graph.block import PREFIX
from studio.graph.graph import Graph
from studio.graph.names import why_not_name
from studio.graph.node import Node

_FIELD = re.compile(r"\{([^{}]*)\}")
FIELDS = ("n", "name", "kind")


def names_by(pattern: str, nodes: Sequence[Node]) -> dict[str, str]:
    """Return the names that a pattern gives to nodes, by id.

    Args:
        pattern: ``{n}`` stands for 1, 2, 3, in the order of the nodes, ``{name}`` for the present name,
            ``{kind}`` for the kind in small letters.
        nodes: The nodes.

    Raises:
        GraphError: The pattern has another field, or gives the same name twice.
    """
    unknown = [field for field in _FIELD.findall(pattern) if field not in FIELDS]
    if unknown or set(_FIELD.sub("", pattern)) & set("{}"):
        raise GraphError("A pattern may hold {n}, {name} and {kind}.")
    if len(nodes) > 1 and not {"n", "name"} & set(_FIELD.findall(pattern)):
        raise GraphError(f"Several layers need {{n}} in their name: {pattern}{{n}}.")
    found = {}
    for number, node in enumerate(nodes, 1):
        fields = {"n": str(number), "name": node.name, "kind": node.kind.removeprefix(PREFIX).lower()}
        found[node.id] = _FIELD.sub(lambda match, fields=fields: fields[match[1]], pattern)  # type: ignore[misc]
    return found


def rename_all(graph: Graph, names: Mapping[str, str]) -> Graph:
    """Return the graph with several nodes renamed, all at once: two may change places.

    Raises:
        GraphError: No layer can have one of the names, or two would have the same.
    """
    taken = {node.name: node.id for node in graph.nodes.values() if node.id not in names}
    nodes = graph.nodes.mutate()
    for node_id, name in names.items():
        reason = why_not_name(name)
        if reason is not None:
            raise GraphError(f'"{name}" {reason}.', node_id=node_id)
        if name in taken:
            raise GraphError(f'Another layer is called "{name}" already.', node_id=taken[name])
        taken[name] = node_id
        nodes[node_id] = replace(graph.node(node_id), name=name)
    return replace(graph, nodes=nodes.finish())
