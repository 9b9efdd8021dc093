"""The custom layers of a design by their code: where each text stands, and whether it is trusted here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from studio.catalog.code_reading import why_not
from studio.catalog.custom import CUSTOM, code_of
from studio.errors import ProjectError, nearest
from studio.graph.graph import Graph
from studio.graph.node import id_key
from studio.project import trust


@dataclass(frozen=True, slots=True)
class CustomLayers:
    """All custom layers that have one text in common.

    Attributes:
        code: The text.
        names: The layers' names; in a block behind the block's: ``Gate.swish``.
    """

    code: str
    names: tuple[str, ...]

    @property
    def is_trusted(self) -> bool:
        """Whether this person trusts the text on this machine."""
        return trust.is_trusted(self.code)

    @property
    def reason(self) -> str:
        """Why the text cannot be read as a layer; empty if it can."""
        error = why_not(self.code)
        if error is None:
            return ""
        return f"line {error.line}: {error.message}" if error.line else error.message


def custom_layers(graph: Graph, name: str = "") -> list[CustomLayers]:
    """Return the custom layers of a design, in the order in which their codes are met.

    Args:
        graph: The outermost graph.
        name: Only those that share the code of the layer of this name.

    Raises:
        ProjectError: There is no custom layer of this name.
    """
    found: dict[str, list[str]] = {}
    for where, code in _named(graph):
        found.setdefault(code, []).append(where)
    groups = [CustomLayers(code, tuple(names)) for code, names in found.items()]
    if not name:
        return groups
    known = [one for group in groups for one in group.names]
    chosen = [group for group in groups if name in group.names]
    if not chosen:
        raise ProjectError(f'There is no custom layer "{name}"{nearest(name, known) or "."}')
    return chosen


def _named(graph: Graph) -> Iterator[tuple[str, str]]:
    """Yield the name and the code of each custom layer."""
    levels = [("", graph), *((f"{name}.", graph.blocks[name].graph) for name in sorted(graph.blocks))]
    for prefix, level in levels:
        nodes = (node for node in level.nodes.values() if node.kind == CUSTOM)
        for node in sorted(nodes, key=lambda node: id_key(node.id)):
            yield f"{prefix}{node.name}", code_of(node)


def trust_layers(groups: list[CustomLayers], source: str) -> list[CustomLayers]:
    """Trust some codes, and return those that were not trusted before.

    Args:
        groups: What to trust.
        source: The project's name, for the list.

    Raises:
        ProjectError: One of them is no code of a layer, or the list cannot be written. Those before it are
            trusted.
    """
    fresh = [group for group in groups if not group.is_trusted]
    for group in fresh:
        if group.reason:
            raise ProjectError(
                f'The code of "{group.names[0]}" cannot be trusted as it is: {group.reason}. '
                "Correct it first."
            )
        trust.store().trust(group.code, group.names[0], source)
    return fresh
