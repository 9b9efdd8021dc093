"""Where a custom layer's code stands in a design: found by its path, changed by it."""

from __future__ import annotations

from dataclasses import dataclass

from studio.catalog.custom import CUSTOM, code_of, custom_nodes
from studio.catalog.recoding import set_code, set_code_everywhere
from studio.errors import GraphError
from studio.graph.expansion import ids_on
from studio.graph.graph import Graph
from studio.graph.levels import edit_level, level
from studio.graph.node import Node


@dataclass(frozen=True, slots=True)
class CodePlace:
    """A custom layer in a design.

    Attributes:
        path: Ids of the instances that lead to it, then its own.
    """

    path: tuple[str, ...]

    @staticmethod
    def of(path: str) -> CodePlace:
        """Return the place that a problem's path means: the definition, whichever of a row is meant."""
        return CodePlace(tuple(ids_on(path)))

    def node(self, design: Graph) -> Node | None:
        """Return the layer, or None if it is there no more, or is no custom layer any more."""
        try:
            found = level(design, self.path[:-1]).nodes.get(self.path[-1])
        except GraphError:
            return None
        return found if found is not None and found.kind == CUSTOM else None

    def others(self, design: Graph) -> int:
        """Return how many other layers have the same code."""
        node = self.node(design)
        return sum(code_of(one) == code_of(node) for one in custom_nodes(design)) - 1 if node else 0

    def with_code(self, design: Graph, code: str, *, everywhere: bool = False) -> Graph:
        """Return the design with other code in the layer, or in all that have the same as it.

        Raises:
            GraphError: The layer is gone, or a project cannot hold so much code.
        """
        node = self.node(design)
        if node is None:
            raise GraphError("The layer is there no more.")
        if everywhere:
            return set_code_everywhere(design, code_of(node), code)
        return edit_level(design, self.path[:-1], lambda graph: set_code(graph, [self.path[-1]], code))

    def is_at(self, path: str) -> bool:
        """Say whether a path of the flat network means this layer, in whichever copy."""
        return bool(path) and tuple(ids_on(path)) == self.path
