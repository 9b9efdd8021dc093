"""What people put behind what: counted over networks, the zoo's or a person's own.

A pair counts once for each network that has it, however often. ``Conv1d`` is taken for the same layer as
``Conv2d`` with another number of dimensions, so that what follows the one may be expected behind the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from studio.graph.graph import Graph
from studio.zoo import shelf

_DIMENSIONS = re.compile(r"[123](?=d$)")


@dataclass(frozen=True, slots=True)
class Habits:
    """Counts over networks.

    Attributes:
        pairs: In how many networks a kind feeds another, by the one and the other.
        starts: In how many a kind stands at the beginning.
        uses: In how many a kind is at all.
    """

    pairs: Mapping[tuple[str, str], int] = field(default_factory=dict)
    starts: Mapping[str, int] = field(default_factory=dict)
    uses: Mapping[str, int] = field(default_factory=dict)

    def following(self, kind: str, other: str) -> float:
        """Return in which part of the networks that have a layer it feeds another."""
        return self._pairs(kind, other) / max(self.uses.get(_root(kind), 0), 1)

    def leading(self, kind: str, other: str) -> float:
        """Return in which part of the networks that have a layer it is fed by another."""
        return self._pairs(other, kind) / max(self.uses.get(_root(kind), 0), 1)

    def starting(self, kind: str) -> float:
        """Return in which part of the networks a layer stands at the beginning."""
        return self.starts.get(kind, 0) / max((*self.starts.values(), 1))

    def popularity(self, kind: str) -> float:
        """Return how much a layer is used, of the one that is used most."""
        return self.uses.get(kind, 0) / max((*self.uses.values(), 1))

    def _pairs(self, one: str, other: str) -> int:
        """Return in how many networks one layer feeds another; never one for maps one for signals."""
        dimensions = {*_DIMENSIONS.findall(one), *_DIMENSIONS.findall(other)}
        return self.pairs.get((_root(one), _root(other)), 0) if len(dimensions) < 2 else 0


def count(networks: Iterable[Graph]) -> Habits:
    """Return the habits that some networks show; blocks are looked into."""
    pairs: dict[tuple[str, str], int] = {}
    starts: dict[str, int] = {}
    uses: dict[str, int] = {}
    for graph in networks:
        levels = [graph, *(block.graph for block in graph.blocks.values())]
        wired = {pair for level in levels for pair in _pairs(level)}
        seen = {(_root(a), _root(b)) for a, b in wired}
        kinds = {node.kind for level in levels for node in level.nodes.values()}
        first = {node.kind for node in graph.nodes.values() if not graph.inputs_of(node.id)}
        for pair in seen:
            pairs[pair] = pairs.get(pair, 0) + 1
        for kind in kinds | {_root(kind) for kind in kinds}:
            uses[kind] = uses.get(kind, 0) + 1
        for kind in first:
            starts[kind] = starts.get(kind, 0) + 1
    return Habits(pairs, starts, uses)


@cache
def of_the_zoo() -> Habits:
    """Return the habits that the zoo's architectures show; counted once, in less than a tenth of a second."""
    return count(template.build({}) for template in shelf.templates().values())


def _pairs(level: Graph) -> Iterable[tuple[str, str]]:
    """Return the kinds at both ends of every wire."""
    kinds = {node_id: node.kind for node_id, node in level.nodes.items()}
    return [(kinds[edge.source], kinds[edge.target]) for edges in level.incoming.values() for edge in edges]


def _root(kind: str) -> str:
    """Return a kind without its number of dimensions: ``Conv2d`` → ``Conv#d``."""
    return _DIMENSIONS.sub("#", kind)
