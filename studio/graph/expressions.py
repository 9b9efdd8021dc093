"""Argument expressions: ``=width * 4`` is worked out from the arguments of the block it stands in.

An expression is arithmetic, comparison, ``and``/``or``/``not``, ``a if c else b`` and tuples over numbers,
texts and names; nothing can be called, indexed or looked into, and no number or text grows without bound.
Python's own parser reads it; what it may do is the list of node types below, and nothing is ever handed
to ``eval``.
"""

from __future__ import annotations

import ast
import copy
import math
import operator
import re
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from studio.errors import GraphError, nearest
from studio.graph.node import Node, Value

Scope: TypeAlias = Mapping[str, Value]
"""Values by name."""

MAX_LENGTH = 500
MAX_DEPTH = 40
MAX_INT = 2**63
MAX_EXPONENT = 64
MAX_ITEMS = 64
MAX_LEAVES = 1_000
"""Most values in a tuple and its parts, which could double from block to block."""

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def is_expression(value: Value) -> bool:
    """Say whether an argument's value is to be worked out."""
    return isinstance(value, str) and value.startswith("=")


def evaluate(text: str, scope: Scope) -> Value:
    """Return what an expression stands for.

    Args:
        text: ``=width * 4``.
        scope: What its names stand for.

    Raises:
        GraphError: It is not such an expression, names something unknown, or has no value.
    """
    try:
        value = _value(_parsed(text), scope)
        if is_expression(value):
            raise ValueError("it gives another expression")
        return value
    except GraphError:
        raise
    except (ArithmeticError, TypeError, ValueError) as error:
        reason = "it divides by zero" if isinstance(error, ZeroDivisionError) else str(error)
        raise GraphError(f'"{text}" has no value: {reason}.') from error


def names_in(text: str) -> frozenset[str]:
    """Return the names that an expression uses; none if it cannot be read."""
    try:
        tree = _parsed(text)
    except GraphError:
        return frozenset()
    return frozenset(found.id for found in ast.walk(tree) if isinstance(found, ast.Name))


def renamed(text: str, names: Mapping[str, str]) -> str:
    """Return an expression with some of its names exchanged; one that cannot be read stays as it is."""
    if not names_in(text) & names.keys():
        return text
    tree = ast.parse(text[1:].strip(), mode="eval")
    for found in ast.walk(tree):
        if isinstance(found, ast.Name):
            found.id = names.get(found.id, found.id)
    return f"={ast.unparse(tree)}"


def substituted(text: str, given: Scope) -> Value:
    """Return an expression with some of its names replaced by values or by other expressions.

    Where no name is left it is worked out; what cannot be read, or has no value, stays an expression.

    Args:
        text: ``=width * 4``.
        given: What stands for the names: ``64`` makes it 256, ``"=planes"`` makes it ``=planes * 4``.

    Raises:
        GraphError: It would get too long.
    """
    if not names_in(text) & given.keys():
        return text
    tree = _Substitution(given).visit(copy.deepcopy(_parsed(text)))
    try:
        changed = f"={ast.unparse(tree)}"
    except RecursionError as error:
        raise GraphError(f'"{text}" would be nested too deeply.') from error
    _parsed(changed)
    try:
        return changed if names_in(changed) else evaluate(changed, {})
    except GraphError:
        return changed


class _Substitution(ast.NodeTransformer):
    """Exchanges names, and drops the branch of an ``if`` that is decided thereby."""

    def __init__(self, given: Scope) -> None:
        self._given = given

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self._given:
            return node
        value = self._given[node.id]
        return copy.deepcopy(_parsed(str(value))) if is_expression(value) else _written(value)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        test = self.visit(node.test)
        try:
            return self.visit(node.body if _value(test, {}) else node.orelse)  # type: ignore[no-any-return]
        except (GraphError, ArithmeticError, TypeError, ValueError):
            # It depends on a name that is left, or has no value.
            return ast.IfExp(test, self.visit(node.body), self.visit(node.orelse))


def _written(value: Value) -> ast.expr:
    """Return the tree of a plain value."""
    if isinstance(value, tuple):
        return ast.Tuple([_written(item) for item in value], ast.Load())
    if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def evaluated(node: Node, scope: Scope) -> tuple[Node, dict[str, str]]:
    """Return a node with its expressions worked out, and by argument why some could not be.

    An argument without a value is left as it is.
    """
    failures: dict[str, str] = {}
    arguments = node.arguments
    for name, value in node.arguments.items():
        if is_expression(value):
            try:
                arguments = arguments.set(name, evaluate(str(value), scope))
            except GraphError as error:
                failures[name] = error.message
    if arguments is node.arguments:
        return node, failures
    return Node(node.id, node.kind, node.name, arguments, node.x, node.y, node.look), failures


@lru_cache(maxsize=4096)
def _parsed(text: str) -> ast.expr:
    """Return an expression's tree, with nothing in it that is not allowed."""
    source = text.removeprefix("=").strip()
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[:60])
    shown = shown if len(text) <= 60 else f"{shown}…"
    if len(source) > MAX_LENGTH:
        raise GraphError(f'"{shown}" is too long: an expression has at most {MAX_LENGTH} characters.')
    try:
        with warnings.catch_warnings():
            # What Python only warns of (``1if x else 2``) is not worth reading.
            warnings.simplefilter("error")
            tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise GraphError(f'"{shown}" is not an expression. Write something like "=width * 4".') from error
    _refuse_more(tree, shown, 0)
    return tree


def _refuse_more(tree: ast.expr, shown: str, depth: int) -> None:
    """Refuse what is more than arithmetic and comparison."""
    if depth > MAX_DEPTH:
        raise GraphError(f'"{shown}" is nested too deeply.')
    match tree:
        case ast.Constant(value=bool() | int() | float() | str() | None):
            parts: list[ast.expr] = []
        case ast.Name():
            parts = []
        case ast.BinOp() if type(tree.op) in _BINARY:
            parts = [tree.left, tree.right]
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Not()):
            parts = [tree.operand]
        case ast.BoolOp():
            parts = tree.values
        case ast.Compare() if all(type(op) in _COMPARE for op in tree.ops):
            parts = [tree.left, *tree.comparators]
        case ast.IfExp():
            parts = [tree.test, tree.body, tree.orelse]
        case ast.Tuple():
            parts = tree.elts
        case _:
            word = re.sub(r"(?<!^)(?=[A-Z])", " ", type(tree).__name__).lower()
            raise GraphError(
                f'"{shown}" is more than arithmetic and comparison: it has a {word}. '
                "Use numbers, the block's arguments, + - * / // % ** and comparisons."
            )
    for part in parts:
        _refuse_more(part, shown, depth + 1)


def _value(tree: ast.expr, scope: Scope) -> Value:
    """Return the value of a tree that `_refuse_more` let pass."""
    match tree:
        case ast.Constant():
            return _bounded(tree.value)
        case ast.Name():
            if tree.id not in scope:
                raise GraphError(
                    f'There is no argument "{tree.id}" here{nearest(tree.id, scope) or "."} '
                    f"There {'is' if len(scope) == 1 else 'are'} {', '.join(sorted(scope)) or 'none'}."
                )
            return scope[tree.id]
        case ast.BinOp():
            return _calculated(tree, _value(tree.left, scope), _value(tree.right, scope))
        case ast.UnaryOp():
            operand = _value(tree.operand, scope)
            if isinstance(tree.op, ast.Not):
                return not operand
            return _negated(operand) if isinstance(tree.op, ast.USub) else operand
        case ast.BoolOp():
            return _either(tree, scope)
        case ast.Compare():
            return _compared(tree, scope)
        case ast.IfExp():
            return _value(tree.body if _value(tree.test, scope) else tree.orelse, scope)
        case ast.Tuple():
            if len(tree.elts) > MAX_ITEMS:
                raise ValueError(f"more than {MAX_ITEMS} numbers")
            items = tuple(_value(part, scope) for part in tree.elts)
            if _leaves(items) > MAX_LEAVES:
                raise ValueError(f"more than {MAX_LEAVES:,} numbers")
            return items
    raise AssertionError(tree)


def _leaves(value: Value) -> int:
    """Return how many plain values a tuple holds, its parts being within bounds themselves."""
    return sum(map(_leaves, value), 1) if isinstance(value, tuple) else 1


def _calculated(tree: ast.BinOp, left: Value, right: Value) -> Value:
    for side in (left, right):
        if not isinstance(side, int | float):
            raise ValueError(f"cannot calculate with {side!r}")
    if isinstance(tree.op, ast.Pow) and isinstance(right, int | float) and abs(right) > MAX_EXPONENT:
        raise ValueError(f"the exponent {right} is too large")
    return _bounded(_BINARY[type(tree.op)](left, right))


def _negated(operand: Value) -> Value:
    if not isinstance(operand, int | float):
        raise ValueError(f"cannot calculate with {operand!r}")
    return -operand


def _either(tree: ast.BoolOp, scope: Scope) -> Value:
    """Return the first value that decides an ``and`` or an ``or``, else the last."""
    wanted = isinstance(tree.op, ast.Or)
    value: Value = None
    for part in tree.values:
        value = _value(part, scope)
        if bool(value) is wanted:
            break
    return value


def _compared(tree: ast.Compare, scope: Scope) -> bool:
    left = _value(tree.left, scope)
    for op, part in zip(tree.ops, tree.comparators, strict=True):
        right = _value(part, scope)
        if not _COMPARE[type(op)](left, right):
            return False
        left = right
    return True


def _bounded(value: Any) -> Value:
    """Return a number of reasonable size."""
    if isinstance(value, complex):
        raise ValueError("the result is not a real number")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("the result is not finite")
    if isinstance(value, int) and abs(value) > MAX_INT:
        raise ValueError("the result is too large")
    if not isinstance(value, bool | int | float | str | None):
        raise ValueError(f"{value!r} is no number")
    return value
