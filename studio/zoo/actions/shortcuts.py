"""Shortcuts of residual networks: taking them out, and switching between the paper's options."""

from __future__ import annotations

from studio.catalog import registry
from studio.errors import ZooError
from studio.graph import edits
from studio.graph.block import Block, block_name
from studio.graph.definitions import everywhere
from studio.graph.expressions import is_expression
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.zoo.actions.change import Change, counted, each_level, opened, spec_of, tidied, upstream

SHORTCUT = "shortcut"
OPTIONS = ("A", "B", "C", "none")

_LINEAR_FAMILIES = ("convolution", "linear", "normalization", "pooling", "shape", "regularization")


def remove_shortcuts(graph: Graph) -> Change:
    """Turn a residual network into a plain one: every sum keeps only its main branch.

    A shortcut is a branch into an Add that has no activation and fewer layers with weights than the
    branch beside it: a wire, a projection, a zero-padded identity. It goes with all that is only on it.
    The order of blocks and their other layers stay.
    """

    def edit(level: Graph, _: str) -> Graph:
        for node in level.ordered():
            if node.id in level and node.kind == "Add":
                level = _without_shortcuts(level, node)
        return level

    changed = tidied(graph, each_level(graph, edit))
    count = _num_sums(graph) - _num_sums(changed)
    return Change(changed, f"Removed {counted(count, 'shortcut')}.", count)


def _num_sums(graph: Graph) -> int:
    """Return how many summands, beside the first, the sums of the opened graph have."""
    flat = opened(graph).graph
    return sum(max(len(flat.inputs_of(node.id)) - 1, 0) for node in flat.nodes.values() if node.kind == "Add")


def _without_shortcuts(level: Graph, add: Node) -> Graph:
    """Return a level with one sum's shortcuts cut."""
    wires = level.inputs_of(add.id)
    behind = {edge: upstream(level, edge.source) for edge in wires}
    own = {edge: _only_here(level, add, edge, behind) for edge in wires}
    weights = {edge: sum(_weighted(level, level.node(node_id)) for node_id in own[edge]) for edge in wires}
    most = max(weights.values(), default=0)
    cut = [edge for edge in wires if weights[edge] < most and _is_plain(level, own[edge])]
    # Two branches that have nothing in common are two networks whose results are added.
    cut = [edge for edge in cut if any(behind[edge] & behind[other] for other in wires if other != edge)]
    if not cut:
        return level
    level = edits.disconnect(level, cut)
    level = edits.remove_nodes(level, {node_id for edge in cut for node_id in own[edge]})
    if len(level.inputs_of(add.id)) == 1:
        level = edits.remove_and_reconnect(level, [add.id], registry.signatures(level))
    return level


def _only_here(level: Graph, add: Node, edge: Edge, behind: dict[Edge, set[str]]) -> set[str]:
    """Return the nodes that lead to the sum by one of its wires and to nothing else."""
    others = set().union(*(found for other, found in behind.items() if other != edge))
    own = behind[edge] - others
    while True:
        kept = {
            node_id
            for node_id in own
            if all(
                out.target in own or (out.target == add.id and out.source == edge.source)
                for out in level.outputs_of(node_id)
            )
        }
        if kept == own:
            return own
        own = kept


def _weighted(level: Graph, node: Node) -> int:
    """Return how many layers with weights, normalizations aside, a node stands for."""
    name = block_name(node)
    if name is not None:
        block = level.blocks.get(name)
        inner = block.graph.nodes.values() if block is not None else ()
        return sum(_weighted(level, found) for found in inner)
    spec = spec_of(level, node)
    return int(spec is not None and spec.learns and spec.family != "normalization")


def _is_plain(level: Graph, node_ids: set[str]) -> bool:
    """Say whether nodes only pass on what comes in, or project it: no activation, no second input."""
    return all(_passes(level, level.node(node_id)) for node_id in node_ids)


def _passes(level: Graph, node: Node) -> bool:
    name = block_name(node)
    if name is not None:
        block = level.blocks.get(name)
        return block is not None and all(_passes(level, found) for found in block.graph.nodes.values())
    spec = spec_of(level, node)
    if spec is None:
        return False
    is_port = spec.family == "block"
    return is_port or (spec.family in _LINEAR_FAMILIES and len(level.inputs_of(node.id)) <= 1)


def switch_shortcuts(graph: Graph, option: str) -> Change:
    """Give all residual blocks the shortcut option A, B or C of the paper, or none.

    Args:
        graph: A network whose blocks have an argument ``shortcut``, as the zoo's have.
        option: A: zero-padded identity. B: projection where the shape changes. C: projections
            everywhere. none: a plain network.

    Raises:
        ZooError: There is no such option, or no such block.
    """
    if option not in OPTIONS:
        raise ZooError(f'There is no shortcut option "{option}". Use one of {", ".join(OPTIONS)}.')
    able = {name: block for name, block in graph.blocks.items() if _has_option(block, option)}
    count = 0

    def change(node: Node) -> Node:
        nonlocal count
        block = able.get(block_name(node) or "")
        # One that follows the block around it is switched with that.
        if block is None or is_expression(node.arguments.get(SHORTCUT)):
            return node
        argument = block.argument(SHORTCUT)
        assert argument is not None
        now = node.arguments.get(SHORTCUT, argument.default)
        count += now != option
        bare = node.without_argument(SHORTCUT)
        return bare if option == argument.default else node.with_argument(SHORTCUT, option)

    if not able:
        raise ZooError('No block of this network has an argument "shortcut" with that option.')
    graph = everywhere(graph, change)
    return Change(graph, f"Switched {counted(count, 'row')} of blocks to shortcut option {option}.", count)


def _has_option(block: Block, option: str) -> bool:
    argument = block.argument(SHORTCUT)
    return argument is not None and option in argument.choices
