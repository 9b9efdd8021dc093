from __future__ import annotations

import itertools

import pytest

from studio.compiler.importing import layout

CHAIN = [(place, place + 1) for place in range(29)]
BRANCHES = [(0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 4), (4, 5), (0, 5)]


@pytest.mark.parametrize(
    ("count", "edges"), [(30, CHAIN), (6, BRANCHES), (5, [])], ids=["chain", "branches", "loose"]
)
def test_cards_do_not_overlap(count: int, edges: list[tuple[int, int]]) -> None:
    found = layout.places(count, edges)
    for (x, y), (other_x, other_y) in itertools.combinations(found, 2):
        assert abs(x - other_x) >= 208 or abs(y - other_y) >= 100


def test_wires_lead_to_the_right_or_to_a_lower_line() -> None:
    found = layout.places(30, CHAIN)
    for source, target in CHAIN:
        (x, y), (to_x, to_y) = found[source], found[target]
        assert to_x > x or to_y > y


def test_long_chain_is_broken_into_lines_of_equal_length() -> None:
    lines: dict[float, int] = {}
    for _, y in layout.places(30, CHAIN):
        lines[y] = lines.get(y, 0) + 1
    assert sorted(lines.values()) == [6, 8, 8, 8]


def test_parameter_stands_before_the_node_that_reads_it() -> None:
    found = layout.places(4, [(0, 1), (1, 3), (2, 3)])
    assert found[2][0] == found[1][0]
    assert found[2][0] < found[3][0]


def test_nothing_has_no_places() -> None:
    assert layout.places(0, []) == []


def test_cards_with_many_inputs_have_room_for_their_names() -> None:
    edges = [(source, target) for target in range(20) for source in range(target)]
    found = layout.places(20, edges, range(20))
    for (place, (x, y)), (other_x, other_y) in itertools.product(enumerate(found), found):
        assert other_x != x or other_y <= y or other_y - y >= (96 + 16 * place if place >= 4 else 100)


def test_column_of_many_inputs_does_not_break_the_line_after_it() -> None:
    edges = [*((source, 6) for source in range(6)), *((place, place + 1) for place in range(6, 14))]
    assert len({y for x, y in layout.places(15, edges) if x > 0}) == 1
