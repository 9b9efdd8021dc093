"""The points that a wire is led through, one at a time: people see them as dots on the wire."""

from __future__ import annotations

from studio.errors import GraphError
from studio.graph.graph import Bend, Graph
from studio.graph.node import Edge
from studio.graph.wires import bend


def add_dot(graph: Graph, edge: Edge, place: int, point: Bend) -> Graph:
    """Return the graph with one more dot on a wire, before the one at `place`.

    Raises:
        GraphError: There is no such wire.
    """
    points = list(graph.bends.get(edge, ()))
    points.insert(place, point)
    return bend(graph, edge, points)


def move_dot(graph: Graph, edge: Edge, place: int, point: Bend) -> Graph:
    """Return the graph with a dot elsewhere.

    Raises:
        GraphError: There is no such dot.
    """
    points = _points(graph, edge, place)
    points[place] = point
    return bend(graph, edge, points)


def remove_dot(graph: Graph, edge: Edge, place: int) -> Graph:
    """Return the graph with one dot less.

    Raises:
        GraphError: There is no such dot.
    """
    points = _points(graph, edge, place)
    del points[place]
    return bend(graph, edge, points)


def _points(graph: Graph, edge: Edge, place: int) -> list[Bend]:
    points = list(graph.bends.get(edge, ()))
    if not 0 <= place < len(points):
        raise GraphError("The dot is gone.", node_id=edge.target, port=edge.target_port)
    return points
