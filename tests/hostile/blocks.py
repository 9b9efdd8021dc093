"""Hostile blocks and expressions: definitions that grow without end, and arithmetic that would be more."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from tests.hostile.case import Case, block, with_blocks

WIDTH = {"name": "w", "default": 2}


def expression(source: str, said: str, name: str = "") -> Case:
    """Return the case of a block in which an argument is this expression."""
    inner = {"m": {"kind": "Linear", "name": "m", "arguments": {"in_features": 64, "out_features": source}}}
    edges = ("i.output -> m.input", "m.output -> o.input")
    made = block(inner, edges, arguments=[{"name": "w", "default": 10}])
    return Case(name or source[:60], with_blocks({"E": made}, "E"), said)


EXPRESSIONS = (
    expression("=__import__('os').system('touch ../canary')", "more than arithmetic"),
    expression("=open('/etc/passwd').read()", "more than arithmetic"),
    expression("=w.__class__.__mro__[1]", "more than arithmetic"),
    expression("=(lambda f: f(f))(lambda f: f(f))", "more than arithmetic"),
    expression("=[x for x in (1,)*10**9]", "more than arithmetic"),
    expression("=(x := 10**9)", "more than arithmetic"),
    expression("=f'{w.__init__}'", "more than arithmetic"),
    expression("={1: 2}", "more than arithmetic"),
    expression("=w[0]", "more than arithmetic"),
    expression("=w @ w", "more than arithmetic"),
    expression("=w << 10**9", "more than arithmetic"),
    expression("=b'a'", "more than arithmetic"),
    expression("=1j", "more than arithmetic"),
    expression("=yield", "not an expression"),
    expression("=import os", "not an expression"),
    expression("=w; w", "not an expression"),
    expression("=w\0", "not an expression|Unicode|readable"),
    expression("=9**9**9", "too large"),
    expression("=9**9**9**9**9**9", "too large"),
    expression("=(-1)**0.5", "not a real number"),
    expression("=1e308*10", "not finite"),
    expression("=1e999", "not finite"),
    expression("='a'*10**9", "cannot calculate"),
    expression("=(1,)*10**9", "cannot calculate"),
    expression("=" + "9" * 499, "too large", "a literal of 499 digits"),
    expression("=w/0", "divides by zero"),
    expression("=w%0", "divides by zero"),
    expression(
        "=" + "(" * 240 + "w" + ")" * 240, "not an expression|deeply|out_features|", "240 parentheses"
    ),
    expression("=" + "-" * 490 + "w", "deeply|not an expression", "490 signs"),
    expression("=" + "not " * 120 + "w", "deeply|not an expression", "120 negations"),
    expression("=" + "+".join("w" * 240), "deeply|too large|", "240 summands"),
    expression("=" + "w if w else " * 38 + "w", "", "38 alternatives"),
    expression("=" + "w" * 600, "too long", "a long name"),
    expression("=(" + "w," * 100 + ")", "more than 64", "a tuple of 100"),
    expression("='=9**9'", "another expression"),
    expression("=unknown", 'no argument "unknown"'),
)


def _tower(levels: int, each: int, leaf: str = "ReLU", **arguments: Any) -> dict[str, Any]:
    """Return blocks of which each holds some of the one before it in a row."""
    blocks: dict[str, Any] = {}
    for level in range(levels):
        kind = f"block:B{level - 1}" if level else leaf
        inner = {f"m{k}": {"kind": kind, "name": f"m{k}", "arguments": arguments} for k in range(each)}
        chain = ["i", *inner, "o"]
        edges = tuple(f"{a}.output -> {b}.input" for a, b in pairwise(chain))
        blocks[f"B{level}"] = block(
            inner if level or leaf else {}, edges if level or leaf else ("i.output -> o.input",)
        )
    return blocks


def _ring(length: int) -> dict[str, Any]:
    """Return blocks that contain each other in a ring."""
    edges = ("i.output -> m.input", "m.output -> o.input")
    return {
        f"R{k}": block({"m": {"kind": f"block:R{(k + 1) % length}", "name": "m"}}, edges)
        for k in range(length)
    }


def _doubling(levels: int, source: str) -> dict[str, Any]:
    """Return blocks that hand an argument on, each larger than it came."""
    blocks: dict[str, Any] = {}
    edges = ("i.output -> m.input", "m.output -> o.input")
    for level in range(levels):
        inner: dict[str, Any] = {"kind": f"block:D{level - 1}", "name": "m", "arguments": {"w": source}}
        if not level:
            inner = {"kind": "Linear", "name": "m", "arguments": {"in_features": 64, "out_features": "=w"}}
        blocks[f"D{level}"] = block({"m": inner}, edges, arguments=[WIDTH])
    return blocks


TOO_MUCH = "more than|nested|deep|itself"

BLOCKS = (
    Case("a block of itself", with_blocks(_ring(1), "R0"), "itself"),
    Case("two blocks of each other", with_blocks(_ring(2), "R0"), "itself"),
    Case("a ring of 1,000 blocks", with_blocks(_ring(1_000), "R0"), "deep"),
    Case("a block of two of a block, 40 deep", with_blocks(_tower(40, 2), "B39"), TOO_MUCH),
    Case("a block of ten of a block, 40 deep", with_blocks(_tower(40, 10), "B39"), TOO_MUCH),
    Case("empty blocks, two in each, 40 deep", with_blocks(_tower(40, 2, leaf=""), "B39"), TOO_MUCH),
    Case("one in each, 60 deep", with_blocks(_tower(60, 1), "B59"), TOO_MUCH),
    Case("one in each, 1,500 deep", with_blocks(_tower(1_500, 1), "B1499"), TOO_MUCH),
    Case("repeated 10^9 times", with_blocks(_tower(1, 1), "B0", repeat=10**9), "repeat"),
    Case("repeated -1 times", with_blocks(_tower(1, 1), "B0", repeat=-1), "repeat"),
    Case("repeated 1e9 times", with_blocks(_tower(1, 1), "B0", repeat=1e9), "repeat"),
    Case(
        "repeated as often as an expression says", with_blocks(_tower(2, 1, repeat="=9**9"), "B1"), "repeat"
    ),
    Case("10,000 of 10,000", with_blocks(_tower(2, 1, repeat=10_000), "B1", repeat=10_000), TOO_MUCH),
    Case(
        "10,000 of 10,000 of 10,000, empty", with_blocks(_tower(3, 1, leaf="", repeat=10_000), "B2"), TOO_MUCH
    ),
    Case(
        "a tuple that doubles from block to block", with_blocks(_doubling(40, "=(w, w)"), "D39"), "more than"
    ),
    Case("a number that grows from block to block", with_blocks(_doubling(40, "=w*w"), "D39"), "too large"),
    Case("a block without a definition", with_blocks({}, "Missing"), "Missing"),
    Case("a block called as a path", with_blocks({"../x": block({})}, "../x"), "letter"),
    Case("3,000 blocks", with_blocks({f"K{k}": block({}) for k in range(3_000)}, "K0"), "3,000 blocks"),
    Case(
        "an argument called index",
        with_blocks({"A": block({}, arguments=[{"name": "index", "default": 1}])}, "A"),
        "name",
    ),
    Case(
        "an argument called lambda",
        with_blocks({"A": block({}, arguments=[{"name": "lambda", "default": 1}])}, "A"),
        "name",
    ),
    Case("an argument twice", with_blocks({"A": block({}, arguments=[WIDTH, WIDTH])}, "A"), "already"),
    Case("tied to itself", with_blocks(_tower(1, 1, leaf="ReLU", tied_to="m0"), "B0"), "tied"),
)
