"""What a block is made of, in a few words for its card: ``conv → norm → relu → conv → add``."""

from __future__ import annotations

from collections import OrderedDict

from studio.catalog.registry import find
from studio.errors import GraphError
from studio.graph import topology
from studio.graph.block import INPUT, OUTPUT, Block, block_name

MOST = 8
"""So many parts are named."""

_LIMIT = 500
_known: OrderedDict[int, tuple[Block, str]] = OrderedDict()


def inside(block: Block) -> str:
    """Return the parts of a block in the order in which data go through them.

    Put together once for each definition, which is a value and never changes.
    """
    found = _known.get(id(block))
    if found is None or found[0] is not block:
        found = _known[id(block)] = (block, _words(block))  # kept alive, so that its id stays its own
        if len(_known) > _LIMIT:
            _known.popitem(last=False)
    return found[1]


def _words(block: Block) -> str:
    try:
        order = topology.order(block.graph)
    except GraphError:
        order = tuple(block.graph.nodes)  # a cycle: any order will do
    parts = []
    for node in (block.graph.nodes[node_id] for node_id in order):
        if node.kind in (INPUT, OUTPUT):
            continue
        spec = find(node.kind)
        parts.append(spec.stem if spec is not None else block_name(node) or node.name)
    return " → ".join(parts[:MOST]) + (" → …" if len(parts) > MOST else "")
