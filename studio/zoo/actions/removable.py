"""What an ablation can leave out of a network: layers, blocks, blocks of rows, and the layers in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from studio.graph import topology
from studio.graph.block import REPEAT, block_name
from studio.graph.expansion import Instance
from studio.graph.graph import Graph
from studio.graph.ungrouping import MAX_COPIES
from studio.zoo.actions.change import opened, spec_of


@dataclass(frozen=True, slots=True)
class Removable:
    """A layer or block that an ablation can leave out.

    Attributes:
        name: Dotted.
        kind: Its layer, or its block's name.
        has_weights: It is a layer with weights that is no normalization, or a block.
        row: Name of the row of blocks that it is one of; empty for all else.
        place: Its number there.
        is_inner: It lies in a block that is used several times, or in a row: only its own copy is meant.
    """

    name: str
    kind: str
    has_weights: bool
    row: str = ""
    place: int = 0
    is_inner: bool = False

    @property
    def is_usual(self) -> bool:
        """Whether an ablation leaves it out where nobody says what to."""
        return self.has_weights and not self.is_inner


def removable(graph: Graph) -> list[Removable]:
    """Return the layers and blocks that an ablation can leave out, in topological order.

    A block that is used once is opened; one that is used several times can go whole, and so can each block
    of a row: ``layer1.2``. After each of those come the layers in it, which go from that copy alone.
    """
    return list(_Search(graph).level(graph, "", ""))


class _Search:
    """Goes through a network and all blocks in it, with their expressions worked out.

    Args:
        design: The network.
    """

    def __init__(self, design: Graph) -> None:
        self._design = design
        self._open = opened(design)
        levels = [design, *(block.graph for block in design.blocks.values())]
        self._used = Counter(block_name(node) for level in levels for node in level.nodes.values())

    def level(self, level: Graph, path: str, prefix: str, *, is_inner: bool = False) -> Iterator[Removable]:
        """Find what can go of a level.

        Args:
            level: The outermost graph, or a block's.
            path: Of the block in the opened graph, with a slash behind; empty for the outermost.
            prefix: Its dotted name, with a dot behind; likewise.
            is_inner: It is one of several copies, in which only layers and whole blocks can go.
        """
        for node_id in topology.order(level):
            node, spec = level.node(node_id), spec_of(self._design, level.node(node_id))
            name, place = prefix + node.name, path + node_id
            instance = self._open.instances.get(place)
            feeds = {(edge.source, edge.source_port) for edge in level.inputs_of(node_id)}
            if len(feeds) > 1 or (is_inner and place in self._open.disabled):
                continue  # of several inputs none can take its place
            if instance is not None:
                yield from self._block(instance, name, is_inner)
            elif spec is not None and spec.role == "layer" and spec.inputs and spec.outputs:
                heavy = spec.learns and spec.family != "normalization"
                yield Removable(name, node.kind, heavy, is_inner=is_inner)

    def _block(self, instance: Instance, name: str, is_inner: bool) -> Iterator[Removable]:
        inside, copies = self._design.blocks[instance.block].graph, instance.copies
        is_row = REPEAT in instance.node.arguments
        if self._used[instance.block] == 1 and not is_row and not is_inner:
            yield from self.level(inside, f"{copies[0]}/", f"{name}.")
            return
        has_places = len(copies) > 1 and not is_inner
        yield Removable(name, instance.block, not has_places, is_inner=is_inner)
        for place, path in enumerate(copies):
            copy = f"{name}.{place}" if is_row else name
            if has_places:
                yield Removable(copy, instance.block, True, name, place)
            if len(copies) <= MAX_COPIES:
                yield from self.level(inside, f"{path}/", f"{copy}.", is_inner=True)
