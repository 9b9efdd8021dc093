from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from studio.errors import GraphError
from studio.graph.expressions import evaluate, evaluated, is_expression, names_in, renamed
from studio.graph.node import Node, Value

SCOPE = {"width": 64, "stride": 2, "index": 0, "option": "B", "rate": 0.5}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("=width * 4", 256),
        ("= width*4 + 1", 257),
        ("=width // 3", 21),
        ("=width / 2", 32.0),
        ("=-stride", -2),
        ("=2 ** 10", 1024),
        ("=width % 5", 4),
        ("=stride if index == 0 else 1", 2),
        ('=option == "B" and index == 0', True),
        ('=option == "C" or index > 0', False),
        ("=not index", True),
        ("=1 < stride <= 2", True),
        ("=(1, stride + 5)", (1, 7)),
        ("=width", 64),
        ("=None", None),
    ],
)
def test_expression_has_its_value(text: str, value: Value) -> None:
    found = evaluate(text, SCOPE)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "=__import__('os').system('true')",
        "=open('x')",
        "=width.__class__",
        "=width[0]",
        "=[1, 2]",
        "={1: 2}",
        "=lambda: 1",
        "=[x for x in (1, 2)]",
        "=(x := 3)",
        "=f'{width}'",
        "=width @ 2",
        "=width << 40",
        "=1 is 1",
        "=b'x'",
        "=1j",
        "=...",
        "=(*(1, 2), 3)",
    ],
)
def test_more_than_arithmetic_is_refused(text: str) -> None:
    with pytest.raises(GraphError, match="more than arithmetic"):
        evaluate(text, SCOPE)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("=", "is not an expression"),
        ("=width *", "is not an expression"),
        ("=" + "(" * 240 + "1" + ")" * 240, "is not an expression"),
        ("=" + "-" * 100 + "1", "nested too deeply"),
        ("=" + "1+" * 400 + "1", "too long"),
        ("=widht * 4", 'no argument "widht" here; did you mean "width"?'),
        ("=width / 0", "divides by zero"),
        ("=2 ** 100", "exponent 100 is too large"),
        ("=10 ** 30", "too large"),
        ("=(0 - 8) ** 0.5", "not a real number"),
        ("=1e308 * 10", "not finite"),
        ('="a" * 1000000', "cannot calculate with 'a'"),
        ("=(1, 2) + (3,)", "cannot calculate with"),
        ("=option < 3", "has no value"),
    ],
)
def test_expression_without_a_value_says_why(text: str, message: str) -> None:
    with pytest.raises(GraphError, match=message.replace("?", r"\?")):
        evaluate(text, SCOPE)


@given(st.text(alphabet="=width*4+-/%() ifels1.andor<>!\"'[]{}:,@", max_size=60))
def test_no_text_escapes(text: str) -> None:
    with contextlib.suppress(GraphError):
        evaluate(f"={text}", SCOPE)


def test_only_texts_that_begin_with_a_sign_are_expressions() -> None:
    assert is_expression("=1")
    assert not any(is_expression(value) for value in ("same", 1, None, True, ("=1",)))


def test_names_can_be_listed_and_exchanged() -> None:
    assert names_in("=width * 4 if index else stride") == {"width", "index", "stride"}
    assert names_in("=width *") == frozenset()
    assert renamed("=width * 4", {"width": "planes"}) == "=planes * 4"
    assert renamed("=width * 4", {"stride": "s"}) == "=width * 4"


def test_failures_of_a_node_are_told_by_argument() -> None:
    node = Node("n1", "Conv2d", "conv", Map({"out_channels": "=width", "stride": "=what", "padding": 1}))
    found, failures = evaluated(node, {"width": 8})
    assert (found.arguments["out_channels"], found.arguments["padding"]) == (8, 1)
    assert list(failures) == ["stride"]
    assert '"what"' in failures["stride"]
