"""Arguments: the form values are kept in, and why others are refused."""

from __future__ import annotations

import pytest

from studio.catalog import registry
from studio.catalog.arguments import ArgSpec
from studio.graph.node import Value

CUBE = ArgSpec("kernel_size", "pair", 3, "", minimum=1, items=3, item_names=("depth", "height", "width"))
LINE = ArgSpec("kernel_size", "pair", 3, "", minimum=1, items=1)
OPEN = ArgSpec("output_size", "pair", 1, "", minimum=1, optional_items=True)
FACTOR = ArgSpec("scale_factor", "floats", 2.0, "", minimum=0.0, max_items=3)
WEIGHTS = ArgSpec("weight", "floats", None, "", is_tensor=True, optional=True)


@pytest.mark.parametrize(
    ("spec", "value", "kept"),
    [
        (CUBE, (3, 3, 3), 3),
        (CUBE, (1, 3, 3), (1, 3, 3)),
        (LINE, (5,), 5),
        (OPEN, (7, 7), 7),
        (OPEN, (None, 7), (None, 7)),
        (OPEN, (None, None), (None, None)),
        (FACTOR, 2, 2.0),
        (FACTOR, (2,), 2.0),
        (FACTOR, (1, 2), (1.0, 2.0)),
        (WEIGHTS, 2, (2.0,)),
        (WEIGHTS, (2,), (2.0,)),
    ],
)
def test_values_are_kept_in_one_form(spec: ArgSpec, value: Value, kept: Value) -> None:
    found = spec.coerce(value)
    assert found == kept
    assert type(found) is type(kept)
    assert spec.why_not(found) is None


@pytest.mark.parametrize(
    ("spec", "value", "reason"),
    [
        (CUBE, (3, 3), "must be one number or three (depth, height, width), not 2 of them"),
        (LINE, (3, 4), "must be one number, not 2 of them"),
        (OPEN, (None, 0), "must be at least 1, not 0"),
        (OPEN, None, "must not be empty"),
        (CUBE, (None, 3, 3), "must be a number, not auto"),
        (FACTOR, (1.0,) * 4, "must be 1 to 3 numbers, not 4"),
    ],
)
def test_others_are_refused_with_the_reason(spec: ArgSpec, value: Value, reason: str) -> None:
    assert spec.why_not(value) == reason


def test_a_border_names_its_sides() -> None:
    padding = registry.get("ZeroPad2d").argument("padding")
    assert padding is not None
    assert padding.why_not((1, 2)) == "must be one number or 4 (left, right, top, bottom), not 2 of them"
