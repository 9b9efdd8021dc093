"""What a block is made of: in words for its card, ``conv → norm → relu``, and in colours for its strip."""

from __future__ import annotations

from dataclasses import dataclass

from studio.catalog.registry import find
from studio.errors import GraphError
from studio.graph import topology
from studio.graph.block import INPUT, OUTPUT, Block, block_name
from studio.graph.derived import Derived

MOST = 8
"""So many parts are named."""

MOST_FAMILIES = 16
"""So many parts have a place in the strip."""


@dataclass(frozen=True, slots=True)
class Inside:
    """The parts of a block in the order in which data go through them.

    Attributes:
        words: Their short names.
        families: Whose colours they have.
    """

    words: str = ""
    families: tuple[str, ...] = ()


def _parts(block: Block) -> Inside:
    try:
        order = topology.order(block.graph)
    except GraphError:
        order = tuple(block.graph.nodes)  # a cycle: any order will do
    parts, families = [], []
    for node in (block.graph.nodes[node_id] for node_id in order):
        if node.kind in (INPUT, OUTPUT):
            continue
        spec = find(node.kind)
        parts.append(spec.stem if spec is not None else block_name(node) or node.name)
        families.append(spec.family if spec is not None else "block" if block_name(node) else "")
    words = " → ".join(parts[:MOST]) + (" → …" if len(parts) > MOST else "")
    return Inside(words, tuple(families[:MOST_FAMILIES]))


inside = Derived(_parts)
"""The parts of a block, put together once for each definition."""
