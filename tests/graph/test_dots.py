"""Dots on a wire, one at a time."""

from __future__ import annotations

import pytest

from studio.errors import GraphError
from studio.graph import bends
from tests.helpers.designs import chain, wire

WIRE = wire("n1", "n2")


def test_dots_are_added_moved_and_removed_in_their_places() -> None:
    graph = bends.add_dot(chain("Input", "Layer"), WIRE, 0, (10.0, 0.0))
    graph = bends.add_dot(graph, WIRE, 1, (30.0, 0.0))
    graph = bends.add_dot(graph, WIRE, 1, (20.0, 0.0))
    assert graph.bends[WIRE] == ((10.0, 0.0), (20.0, 0.0), (30.0, 0.0))
    graph = bends.move_dot(graph, WIRE, 1, (20.0, 5.0))
    graph = bends.remove_dot(graph, WIRE, 0)
    assert graph.bends[WIRE] == ((20.0, 5.0), (30.0, 0.0))


def test_a_wire_without_dots_is_not_in_the_table() -> None:
    graph = bends.add_dot(chain("Input", "Layer"), WIRE, 0, (10.0, 0.0))
    assert bends.remove_dot(graph, WIRE, 0) == chain("Input", "Layer")


def test_a_dot_that_is_gone_is_said() -> None:
    with pytest.raises(GraphError, match="The dot is gone"):
        bends.remove_dot(chain("Input", "Layer"), WIRE, 0)
    with pytest.raises(GraphError, match="The dot is gone"):
        bends.move_dot(chain("Input", "Layer"), WIRE, 0, (1.0, 1.0))


def test_no_dot_without_a_wire() -> None:
    with pytest.raises(GraphError, match="is gone"):
        bends.add_dot(chain("Input", "Layer"), wire("n2", "n1"), 0, (1.0, 1.0))
