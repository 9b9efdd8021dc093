"""Making a trained network deeper without changing what it computes: new blocks begin as the identity."""

from __future__ import annotations

from dataclasses import replace

from studio.catalog import registry
from studio.errors import ZooError
from studio.graph import edits
from studio.graph.block import MAX_REPEAT, REPEAT, Block, BlockArgument
from studio.graph.block_arguments import add_argument
from studio.graph.definitions import definition_of, put_block
from studio.graph.expansion import Expansion, Source
from studio.graph.graph import Graph
from studio.graph.node import Node
from studio.zoo.actions.change import Change, counted, opened, spec_of, upstream

GROWN_FROM = BlockArgument(
    "grown_from",
    MAX_REPEAT,
    "Blocks of the row from this number on were added later: their last layer starts with zeros.",
    minimum=0,
)

_KEEPS_ZERO = ("activation", "regularization", "pooling")
"""Families that turn zeros into zeros, a few activations aside."""

_MOVES_ZERO = ("Sigmoid", "LogSigmoid", "Hardsigmoid", "Softmax", "LogSoftmax", "Softplus", "Softmax2d")


def deepen_with_identity(graph: Graph, names: tuple[str, ...] = (), by: int = 1) -> Change:
    """Add residual blocks at the end of rows so that the network gives what it gave.

    The last layer with weights before each new block's sum starts with zeros, so that only the shortcut
    counts. Old weights keep their names: `studio.compiler.transfer` carries a trained state over.

    Args:
        graph: The network.
        names: Of the repeated blocks of the outermost level; empty for all that are residual.
        by: How many blocks each row gets.

    Raises:
        ZooError: There is no such row, or a new block could not be the identity.
    """
    if by < 1:
        raise ZooError(f"A row can only get longer: by 1 block or more, not {by}.")
    rows = _rows(graph, names)
    for block in sorted({definition_of(graph, row).name for row in rows}):
        graph = _prepared(graph, graph.blocks[block])
    for row in rows:
        graph = _grown(graph, row.id, by)
    _check(graph, rows, by)
    text = f"Added {counted(by, 'block')} to {counted(len(rows), 'row')}; each begins as the identity."
    return Change(graph, text, by * len(rows))


def _rows(graph: Graph, names: tuple[str, ...]) -> list[Node]:
    repeated = [
        node
        for node in graph.ordered()
        if isinstance(node.arguments.get(REPEAT), int) and registry.spec_of(node, graph.blocks) is not None
    ]
    if not names:
        rows = [node for node in repeated if _sums(graph, definition_of(graph, node))]
        if not rows:
            raise ZooError("No row of residual blocks is in this network. Repeat a block with a shortcut.")
        return rows
    by_name = {node.name: node for node in repeated}
    for name in names:
        if name not in by_name:
            raise ZooError(
                f'"{name}" is no row of repeated blocks. There are {", ".join(by_name) or "none"}.'
            )
    return [by_name[name] for name in names]


def _sums(graph: Graph, block: Block) -> list[tuple[Node, Node]]:
    """Return a block's sums, each with the layer to zero; not those whose branches end otherwise."""
    level = replace(block.graph, blocks=graph.blocks)
    found = []
    for add in level.ordered():
        if add.kind == "Add" and len(level.inputs_of(add.id)) == 2:
            layer = _last_layer(level, add)
            if layer is not None:
                found.append((add, layer))
    return found


def _last_layer(level: Graph, add: Node) -> Node | None:
    """Return the last layer with weights of a sum's longer branch."""
    wires = level.inputs_of(add.id)
    longest = max(wires, key=lambda edge: len(upstream(level, edge.source)))
    node = level.node(longest.source)
    while True:
        spec = spec_of(level, node)
        if spec is None or spec.family == "block":
            return None
        if spec.learns:
            return node
        wires = level.inputs_of(node.id)
        if spec.family not in _KEEPS_ZERO or node.kind in _MOVES_ZERO or len(wires) != 1:
            return None
        node = level.node(wires[0].source)


def _prepared(graph: Graph, block: Block) -> Graph:
    """Return the graph with a block whose late copies start with zeros in their last layers."""
    sums = _sums(graph, block)
    if not sums:
        raise ZooError(
            f'The block "{block.name}" has no sum of a branch and a shortcut, so a new one cannot begin as '
            "the identity."
        )
    if block.argument(GROWN_FROM.name) is not None:
        return graph
    graph = add_argument(graph, block.name, GROWN_FROM)
    block = graph.blocks[block.name]
    inside = block.graph
    is_new = f"index >= {GROWN_FROM.name}"
    for _, layer in sums:
        start = {"weight_init": "default", "init_gain": None, "bias_init": None} | dict(layer.arguments)
        for name, zero in (("weight_init", "'constant'"), ("init_gain", "0.0"), ("bias_init", "0.0")):
            old = start[name]
            text = f"({old[1:]})" if isinstance(old, str) and old.startswith("=") else repr(old)
            inside = edits.set_argument(inside, layer.id, name, f"={zero} if {is_new} else {text}")
    return put_block(graph, replace(block, graph=inside))


def _grown(graph: Graph, node_id: str, by: int) -> Graph:
    """Return the graph with a row longer, of which only the new blocks start with zeros."""
    node = graph.node(node_id)
    count = node.arguments[REPEAT]
    assert isinstance(count, int)
    if count + by > MAX_REPEAT:
        raise ZooError(f'"{node.name}" cannot have more than {MAX_REPEAT:,} blocks.')
    node = node.with_argument(REPEAT, count + by).with_argument(GROWN_FROM.name, count)
    return edits.replace_node(graph, node)


def _check(graph: Graph, rows: list[Node], by: int) -> None:
    """Refuse new blocks whose shortcut does more than pass on what comes in."""
    expansion = opened(graph)
    for row in rows:
        block = definition_of(graph, row)
        copies = expansion.instances[row.id].copies
        for earlier, copy in zip(copies[-by - 1 :], copies[-by:], strict=False):
            for add, _ in _sums(graph, block):
                if not _is_identity(expansion, f"{copy}/{add.id}", earlier, block):
                    raise ZooError(
                        f'A new block of "{row.name}" cannot begin as the identity: the shortcut to '
                        f'"{add.name}" is switched off, or does more than pass on its input.'
                    )


def _is_identity(expansion: Expansion, add: str, earlier: str, block: Block) -> bool:
    """Say whether one branch of a sum is what the block before gives."""
    if add not in expansion.graph:
        return False
    entry: Source | None = expansion.source(earlier, block.outputs()[0].name)
    return any((edge.source, edge.source_port) == entry for edge in expansion.graph.inputs_of(add))
