"""How many layers a graph has at least once its blocks are opened, counted without opening them.

A block of two of a block of two … is written in a few lines and stands for more layers than there are
atoms. Each definition is therefore counted once for each set of values its arguments have, not once for
each place where it stands.
"""

from __future__ import annotations

from collections.abc import Mapping

from studio.graph.block import COUNT, ENABLED, INDEX, MAX_REPEAT, REPEAT, Block, block_name
from studio.graph.expressions import Scope, evaluated, is_expression, names_in
from studio.graph.graph import Graph
from studio.graph.node import Node, Value

MAX_COUNTED = 20_000
"""Instances that are looked at; what is not counted then is found while the blocks are opened."""


def inner_scope(block: Block, given: Mapping[str, Value], index: int = 0, count: int = 1) -> dict[str, Value]:
    """Return what the names in a block's expressions stand for."""
    values = {argument.name: given.get(argument.name, argument.default) for argument in block.arguments}
    return {**values, INDEX: index, COUNT: count}


def repeat_count(repeat: Value) -> int | None:
    """Return how many blocks stand in a row; None for one that is not repeated, or for no sensible number."""
    is_number = isinstance(repeat, int) and not isinstance(repeat, bool)
    return repeat if is_number and 1 <= repeat <= MAX_REPEAT else None  # type: ignore[operator,return-value]


def fewest_steps(graph: Graph, depth: int) -> tuple[int, int]:
    """Return how many layers a graph holds at least, and how many nodes are met on the way to them.

    Args:
        graph: The whole design.
        depth: Deepest level of blocks that is opened.
    """
    return _Count(graph, depth).of(graph, {}, ())


class _Count:
    """One count; definitions are remembered by the values of their arguments."""

    def __init__(self, graph: Graph, depth: int) -> None:
        self._blocks = graph.blocks
        self._depth = depth
        self._known: dict[tuple[str, int, tuple[tuple[str, Value], ...]], tuple[int, int]] = {}
        self._instances: dict[str, list[Node]] = {}
        self._by_index: dict[str, bool] = {}
        self._looked = 0

    def of(self, level: Graph, scope: Scope, inside: tuple[str, ...]) -> tuple[int, int]:
        """Return the layers and the nodes of a level with all that its blocks hold."""
        found = self._instances_in(level, inside[-1] if inside else "")
        layers, steps = len(level) - len(found), len(level)
        if inside:
            block = self._blocks[inside[-1]]
            layers -= len(block.inputs()) + len(block.outputs())
        for drawn in found:
            self._looked += 1
            if self._looked > MAX_COUNTED:
                break
            more = self._of_instance(drawn, scope, inside)
            layers, steps = layers + more[0], steps + more[1]
        return max(layers, 0), steps

    def _of_instance(self, drawn: Node, scope: Scope, inside: tuple[str, ...]) -> tuple[int, int]:
        name = str(block_name(drawn))
        if name in inside or len(inside) >= self._depth:
            return 0, 0
        node, failures = evaluated(drawn, scope)
        given = {key: value for key, value in node.arguments.items() if key not in failures}
        if given.get(ENABLED) is False:
            return 0, 0
        count = repeat_count(given.get(REPEAT)) or 1
        if not self._has_index(name):
            layers, steps = self._of_block(name, given, 0, count, inside)
            return layers * count, steps * count
        layers = steps = 0
        for place in range(count):
            if self._looked > MAX_COUNTED:
                break
            more = self._of_block(name, given, place, count, inside)
            layers, steps = layers + more[0], steps + more[1]
        return layers, steps

    def _of_block(
        self, name: str, given: Mapping[str, Value], place: int, count: int, inside: tuple[str, ...]
    ) -> tuple[int, int]:
        block = self._blocks[name]
        scope = inner_scope(block, given, place, count)
        # How deep it stands counts, too: what lies too deep is not opened.
        key = (name, len(inside), tuple(scope.items()))
        if key not in self._known:
            self._known[key] = self.of(block.graph, scope, (*inside, name))
        return self._known[key]

    def _instances_in(self, level: Graph, name: str) -> list[Node]:
        """Return the nodes of a level that stand for blocks which are defined."""
        if name not in self._instances:
            self._instances[name] = [
                node for node in level.nodes.values() if block_name(node) in self._blocks
            ]
        return self._instances[name]

    def _has_index(self, name: str) -> bool:
        """Say whether the copies of a block in a row may differ."""
        if name not in self._by_index:
            self._by_index[name] = any(
                is_expression(value) and INDEX in names_in(str(value))
                for node in self._instances_in(self._blocks[name].graph, name)
                for value in node.arguments.values()
            )
        return self._by_index[name]
