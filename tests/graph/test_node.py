from __future__ import annotations

import pytest
from immutables import Map

from studio.graph.node import Node, Value, id_key, same_value


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (1, 1.0), (0, False), ((1, 2), (1, 2.0)), (((1,),), ((True,),)), (None, 0), ("1", 1)],
)
def test_values_of_different_types_differ(one: Value, other: Value) -> None:
    assert not same_value(one, other)
    node = Node("n1", "Layer", "a", Map({"bias": one}))
    assert node != node.with_argument("bias", other)


@pytest.mark.parametrize("value", [1, True, 1.0, "a", None, (1, (2.0, "b"))])
def test_a_value_is_the_same_as_itself(value: Value) -> None:
    one, other = (Node("n1", "Layer", "a", Map({"bias": value})) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)


def test_nodes_differ_by_each_field() -> None:
    node = Node("n1", "Layer", "a")
    others = [
        Node("n2", "Layer", "a"),
        Node("n1", "Sum", "a"),
        Node("n1", "Layer", "b"),
        node.at(1, 0),
        node.at(0, 1),
        node.with_argument("dim", 1),
    ]
    assert all(node != other for other in others)
    assert node != "n1"


def test_without_argument_undoes_with_argument() -> None:
    node = Node("n1", "Layer", "a")
    assert node.with_argument("dim", 1).without_argument("dim") == node
    assert node.without_argument("dim") is node


def test_ids_sort_by_number() -> None:
    assert sorted(["n10", "n2", "n", "m3"], key=id_key) == ["m3", "n", "n2", "n10"]


def test_ids_that_differ_by_leading_zeros_have_an_order() -> None:
    assert sorted(["n1", "n01"], key=id_key) == ["n01", "n1"]
