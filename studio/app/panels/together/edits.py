"""One edit of an argument of several layers: each takes what its own spec allows, and the rest is named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from studio.app.panels.together.relative import Relative
from studio.catalog import registry
from studio.catalog.spec import ArgSpec
from studio.errors import GraphError
from studio.graph import definitions, edits
from studio.graph.block import REPEAT
from studio.graph.expressions import is_expression
from studio.graph.graph import Graph
from studio.graph.node import Node, Value

MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an edit of several layers came to.

    Attributes:
        graph: With the layers that took it.
        kept: Names of those that did not, each with the reason.
    """

    graph: Graph
    kept: tuple[tuple[str, str], ...] = ()

    @property
    def reason(self) -> str:
        """Why the first of them stays as it is."""
        return self.kept[0][1] if self.kept else ""

    @property
    def words(self) -> str:
        """Which layers stay as they are and why, to be read after the argument's name; empty if none does."""
        some, more = self.kept[:MOST_NAMES], len(self.kept) - MOST_NAMES
        rest = f" and {more} more" if more > 0 else ""
        reasons = {reason for _, reason in self.kept}
        if len(reasons) == 1:
            return f"stays as it is in {', '.join(name for name, _ in some)}{rest}: it {reasons.pop()}"
        told = "; ".join(f"{name}: it {reason}" for name, reason in some)
        return f"stays as it is in some layers ({told}{rest})" if self.kept else ""


def set_for_all(graph: Graph, node_ids: Iterable[str], name: str, value: Value | Relative) -> Outcome:
    """Set an argument of several layers, or change it by something; what cannot be leaves its layer alone."""
    kept: list[tuple[str, str]] = []
    for node_id in node_ids:
        node = graph.node(node_id)
        layer = registry.spec_of(node, graph.blocks)
        spec = layer.setting(name) if layer is not None else None
        if spec is None:
            kept.append((node.name, "is no argument of that layer"))
            continue
        try:
            graph = _set(graph, node, spec, _for(node, spec, value))
        except ValueError as error:
            kept.append((node.name, str(error)))
        except GraphError as error:
            kept.append((node.name, error.message.rstrip(".")))
    return Outcome(graph, tuple(kept))


def reset_for_all(graph: Graph, node_ids: Iterable[str], name: str) -> Outcome:
    """Give an argument of several layers its default back."""
    for node_id in node_ids:
        graph = edits.reset_argument(graph, node_id, name)
    return Outcome(graph)


def _for(node: Node, spec: ArgSpec, value: Value | Relative) -> Value:
    """Return the value that one layer gets.

    Raises:
        ValueError: It cannot have it.
    """
    if isinstance(value, Relative):
        return value.of(spec, spec.coerce(node.arguments.get(spec.name, spec.default)))
    if is_expression(value):
        return value
    value = spec.coerce(value)
    reason = spec.why_not(value)
    if reason is not None:
        raise ValueError(reason)
    return value


def _set(graph: Graph, node: Node, spec: ArgSpec, value: Value) -> Graph:
    if spec.name == REPEAT:
        return definitions.set_repeat(graph, node.id, value)  # type: ignore[arg-type]
    if value == spec.default and type(value) is type(spec.default):
        return edits.reset_argument(graph, node.id, spec.name)
    return edits.set_argument(graph, node.id, spec.name, value)
