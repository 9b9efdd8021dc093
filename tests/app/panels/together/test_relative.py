"""Changes of numbers by numbers."""

from __future__ import annotations

import pytest

from studio.app.panels.together.relative import Relative, nudged
from studio.catalog.spec import ArgSpec

COUNT = ArgSpec("out_channels", "int", 64, "", minimum=1)
RATE = ArgSpec("p", "float", 0.5, "", minimum=0.0, maximum=1.0)
SIZE = ArgSpec("kernel_size", "pair", 3, "", minimum=1, optional_items=True)


@pytest.mark.parametrize(
    ("text", "spec", "value", "result"),
    [
        ("*2", COUNT, 64, 128),
        ("* 2", COUNT, 64, 128),
        ("*=0.5", COUNT, 64, 32),
        ("/4", COUNT, 64, 16),
        ("+8", COUNT, 64, 72),
        ("-=8", COUNT, 64, 56),
        ("*3", RATE, 0.1, 0.3),
        ("/2", RATE, 0.5, 0.25),
        ("+2", SIZE, (3, 5), (5, 7)),
        ("*2", SIZE, (None, 7), (None, 14)),
        ("-=2", SIZE, (3, 3), 1),
    ],
)
def test_change_of_a_value(text, spec, value, result):
    found = Relative.read(text).of(spec, value)
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize("text", ["2", "-1", "", "*", "**2", "*x", "2*2", "=width*2", "+-1", "*1e999"])
def test_other_texts_are_no_change(text):
    assert Relative.read(text) is None


@pytest.mark.parametrize(
    ("text", "spec", "value", "reason"),
    [
        ("/3", COUNT, 64, r"would be 21\.3333, which is no whole number"),
        ("-=64", COUNT, 64, "must be at least 1, not 0"),
        ("/0", COUNT, 64, "cannot be divided by 0"),
        ("+1", RATE, 0.5, r"must be at most 1, not 1\.5"),
        ("*2", COUNT, None, "is auto, which is no number to change"),
        ("*2", SIZE, "same", "is same, which is no number to change"),
    ],
)
def test_change_that_comes_to_nothing_says_why(text, spec, value, reason):
    with pytest.raises(ValueError, match=reason):
        Relative.read(text).of(spec, value)


@pytest.mark.parametrize(
    ("spec", "presses", "text"),
    [
        (COUNT, [1], "+1"),
        (COUNT, [1, 1, 1], "+3"),
        (COUNT, [1, -1, -1], "-=1"),
        (SIZE, [-2], "-=2"),
        (RATE, [1, 1], "+0.1"),
        (ArgSpec("eps", "float", 1e-5, "", minimum=0.0), [1, 1], "*100"),
        (ArgSpec("eps", "float", 1e-5, "", minimum=0.0), [1, -1, -1], "/10"),
    ],
)
def test_presses_of_an_arrow_add_up(spec, presses, text):
    change = None
    for steps in presses:
        change = nudged(spec, change, steps)
        assert Relative.read(change.text) == change
    assert change.text == text
