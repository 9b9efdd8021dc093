from __future__ import annotations

import pytest

from studio.graph import reach
from tests.helpers.drawing import draw

FORK = draw(
    ("image", "ImageInput"),
    ("left", "ReLU", "image"),
    ("right", "ReLU", "image"),
    ("sum", "Add", "left right"),
    ("loose", "ReLU"),
)


@pytest.mark.parametrize(
    ("walk", "start", "one_step", "found"),
    [
        (reach.upstream, {"sum"}, False, {"left", "right", "image"}),
        (reach.upstream, {"sum"}, True, {"left", "right"}),
        (reach.downstream, {"image"}, False, {"left", "right", "sum"}),
        (reach.downstream, {"left"}, True, {"sum"}),
        (reach.upstream, {"image"}, False, set()),
        (reach.downstream, {"image", "left"}, False, {"left", "right", "sum"}),
    ],
)
def test_reach(walk: object, start: set[str], one_step: bool, found: set[str]) -> None:
    assert walk(FORK, start, one_step=one_step) == found  # type: ignore[operator]


def test_linked_goes_both_ways_and_leaves_the_rest() -> None:
    assert reach.linked(FORK, {"left"}) == {"image", "left", "right", "sum"}
    assert reach.linked(FORK, {"loose"}) == {"loose"}
