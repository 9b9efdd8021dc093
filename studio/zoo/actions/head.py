"""Replacing the last layer, so that what a network learned serves other classes."""

from __future__ import annotations

from dataclasses import replace

from studio.errors import ZooError
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Node
from studio.zoo.actions.change import Change, counted, each_level, feeds, spec_of

SLOW = 0.1
"""What the learning rate of the other layers is multiplied with, if they learn on slowly."""

RESTS = ("freeze", "slow", "train")

_SIZES = ("out_features", "out_channels")
_OF_REST = ("frozen", "lr_factor")


def replace_head(graph: Graph, num_classes: int = 10, rest: str = "freeze") -> Change:
    """Give a network a new last layer with an output for each class, and hold the other layers back.

    The new layer has another name, so that weights that are loaded by name leave it fresh.

    Args:
        graph: The network.
        num_classes: Outputs of the new layer.
        rest: ``freeze``: nothing else learns. ``slow``: all else at a tenth of the learning rate. ``train``:
            all else as before.

    Raises:
        ZooError: There is no loss, or no layer with a number of outputs leads to it at the outermost level.
    """
    head = _head(graph)
    count = 0

    def hold(level: Graph, block: str) -> Graph:
        nonlocal count
        for node in level.ordered():
            if not block and node.id == head.id:
                continue
            held = _held(level, node, rest)
            if held != node:
                level = edits.replace_node(level, held)
                count += 1
        return level

    graph = each_level(graph, hold)
    size = _size(graph, head)
    assert size is not None
    fresh = replace(head.with_argument(size, num_classes), name=edits.free_name(graph, "head"))
    for name in _OF_REST:
        fresh = fresh.without_argument(name)
    graph = edits.replace_node(graph, fresh)
    done = {"freeze": "froze", "slow": f"set lr_factor to {SLOW:g} of", "train": ""}[rest]
    told = f", and {done} {counted(count, 'other layer')}" if done else ""
    return Change(
        graph, f'Replaced "{head.name}" by "{fresh.name}" of {num_classes:,} outputs{told}.', count + 1
    )


def _held(level: Graph, node: Node, rest: str) -> Node:
    """Return a node as it is to learn from now on."""
    spec = spec_of(level, node)
    settings = {setting.name for setting in spec.settings} if spec is not None else set()
    if not settings.issuperset(_OF_REST):
        return node
    for name in _OF_REST:
        node = node.without_argument(name)
    if rest == "freeze":
        return node.with_argument("frozen", True)
    return node.with_argument("lr_factor", SLOW) if rest == "slow" else node


def _head(graph: Graph) -> Node:
    """Return the layer that gives what the first loss judges."""
    losses = [node for node in graph.ordered() if _role(graph, node) == "loss"]
    judged = [edge.source for node in losses for edge in graph.inputs_of(node.id, "input")]
    if not judged:
        raise ZooError("The network has no loss, so it has no last layer. Add a loss.")
    node: Node | None = graph.nodes[judged[0]]
    seen: set[str] = set()
    while node is not None and node.id not in seen:
        if _size(graph, node) is not None:
            return node
        seen.add(node.id)
        before = feeds(graph, node.id)
        node = before[0] if len(before) == 1 else None
    raise ZooError(
        "No single layer with a number of outputs, such as Linear, leads to the loss. Unpack the block that "
        "ends the network, or end it with a Linear layer."
    )


def _size(graph: Graph, node: Node) -> str | None:
    """Return the name of the argument that says how many outputs a layer has."""
    spec = spec_of(graph, node)
    if spec is None:
        return None
    return next((name for name in _SIZES if spec.argument(name) is not None), None)


def _role(graph: Graph, node: Node) -> str:
    spec = spec_of(graph, node)
    return spec.role if spec is not None else ""
