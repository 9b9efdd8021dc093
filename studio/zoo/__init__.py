"""Known architectures as functions that build graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.graph.graph import Graph
    from studio.graph.node import Value
    from studio.zoo.template import Template


def templates() -> list[Template]:
    """Return all architectures: families in the gallery's order, in each the simplest first."""
    from studio.zoo import shelf

    return list(shelf.templates().values())


def build(name: str, **arguments: Value | list[int]) -> Graph:
    """Return the graph of an architecture, laid out and ready to train.

    Args:
        name: Its template's name, such as ``"small_cnn"``.
        arguments: What differs from the template's defaults.

    Raises:
        ZooError: There is no such template, or an argument it cannot be built with.
    """
    from studio.zoo import shelf

    return shelf.build(name, arguments)
