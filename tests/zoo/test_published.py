"""The zoo against published figures."""

from __future__ import annotations

import pytest

from studio import zoo
from studio.compiler.analysis import analyse
from studio.compiler.shapes import ShapeEngine
from studio.zoo.published import PUBLISHED, Published, agrees

ENGINE = ShapeEngine()


@pytest.mark.parametrize("one", PUBLISHED, ids=lambda one: one.title.replace(" ", "-"))
def test_network_has_its_published_figures(one: Published) -> None:
    totals = analyse(zoo.build(one.template, **one.arguments), engine=ENGINE).totals
    assert agrees(one.parameters, totals.parameters), totals.parameters
    assert agrees(one.macs, totals.macs), totals.macs


@pytest.mark.parametrize(
    ("stated", "measured", "expected"),
    [
        ("61,706", 61_706, True),
        ("61,706", 61_707, False),
        ("0.46 M", 464_154, True),
        ("0.46 M", 470_000, False),
        ("3.858 G", 3_857_973_248, True),
        ("", 1, True),
    ],
)
def test_agrees_to_the_last_digit_stated(stated: str, measured: int, expected: bool) -> None:
    assert agrees(stated, measured) is expected
