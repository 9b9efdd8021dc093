"""Argument values as a person types and reads them, and what one press of an arrow makes of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from studio.catalog.spec import ArgSpec
from studio.graph.node import Value

_WHOLE = re.compile(r"[+-]?[0-9]{1,30}", re.ASCII)
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?", re.ASCII)
_BETWEEN = re.compile(r"\s*[×xX,;*]\s*|\s+")
_SMALLEST_STEP_UP = 1e-4
"""Where an arrow that multiplies by ten goes from 0."""


def parse(spec: ArgSpec, text: str) -> Value:
    """Return the value that a text stands for.

    Raises:
        ValueError: It stands for none, or for one that is not allowed here; the message is the reason,
            to be read after the argument's name: ``must be at least 1, not 0``.
    """
    text = text.strip()
    if not text or (text.lower() in ("auto", "none") and text.lower() not in spec.choices):
        value: Value = None
    elif text.lower() in spec.choices:
        value = text.lower()
    else:
        value = spec.coerce(_PARSERS[spec.type](text, spec))
    reason = spec.why_not(value)
    if reason is not None:
        raise ValueError(reason)
    return value


def _whole(text: str, spec: ArgSpec) -> Value:
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        number = Decimal(text)
        if abs(number) < 10**15 and number == number.to_integral_value():
            return int(number)
    raise ValueError(spec.why_not(text) or "must be a whole number")


def _number(text: str, spec: ArgSpec) -> Value:
    if _NUMBER.fullmatch(text):
        return float(text)
    if text.count(",") == 1 and _NUMBER.fullmatch(text.replace(",", ".")):
        raise ValueError(f"takes a point, not a comma: {text.replace(',', '.')}")
    raise ValueError(spec.why_not(text) or "must be a number")


def _numbers(text: str, spec: ArgSpec) -> Value:
    parts = [part for part in _BETWEEN.split(text.strip("()[] ")) if part]
    is_several = spec.optional_items and len(parts) > 1
    if is_several and all(_WHOLE.fullmatch(part) or _is_open(part) for part in parts):
        return tuple(None if _is_open(part) else int(part) for part in parts)
    if not parts or not all(_WHOLE.fullmatch(part) for part in parts):
        if spec.choices:
            raise ValueError(f"must be whole numbers, or one of {', '.join(spec.choices)}")
        several = " × ".join("357"[: spec.items]) if spec.type == "pair" else "3 × 5"
        raise ValueError(f"must be whole numbers, such as 3 or {several}")
    items = tuple(int(part) for part in parts)
    return items[0] if len(items) == 1 else items


def _is_open(text: str) -> bool:
    """Say whether a text leaves one number of several to torch."""
    return text.lower() in ("auto", "none")


def _floats(text: str, spec: ArgSpec) -> Value:
    parts = [part for part in _BETWEEN.split(text.strip("()[] ")) if part]
    if not parts or not all(_NUMBER.fullmatch(part) for part in parts):
        raise ValueError("must be numbers, such as 0.5 or 0.2, 0.8")
    return tuple(float(part) for part in parts)


def _word(text: str, spec: ArgSpec) -> Value:
    return text


_PARSERS: dict[str, Callable[[str, ArgSpec], Value]] = {
    "int": _whole,
    "float": _number,
    "pair": _numbers,
    "ints": _numbers,
    "floats": _floats,
    "text": _word,
    "node": _word,
    "choice": _word,
    "bool": _word,
}


def read(text: str, like: Value = None) -> Value:
    """Return what a text most likely stands for where no spec says: a number, on or off, several, a word.

    Args:
        text: What was typed.
        like: The value before it: a whole number stays a float where that was one.
    """
    text = text.strip()
    if text.lower() in ("on", "true", "off", "false"):
        return text.lower() in ("on", "true")
    parts = [part for part in _BETWEEN.split(text.strip("()[] ")) if part]
    if not parts or not all(_NUMBER.fullmatch(part) for part in parts):
        return text or None
    whole = all(_WHOLE.fullmatch(part) for part in parts) and not isinstance(like, float)
    items = tuple(int(part) if whole else float(part) for part in parts)
    return items if len(items) > 1 or isinstance(like, tuple) else items[0]


def write(value: Value) -> str:
    """Return a value as a field shows it; read back it is exactly the same number."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        text = repr(value).removesuffix(".0")
        return re.sub(r"e([+-])0*([0-9])", lambda found: f"e{found[1].strip('+')}{found[2]}", text)
    if isinstance(value, tuple):
        sizes = len(value) in (2, 3) and not any(isinstance(item, float) for item in value)
        return (" × " if sizes else ", ").join(write(item) or "auto" for item in value)
    return str(value)


def stepped(spec: ArgSpec, value: Value, count: int) -> Value:
    """Return the value after `count` presses of the up arrow; the same value where it cannot go on.

    Whole numbers, and each item of a pair, go up by the argument's step or by 1. Numbers go up by
    their step, else by a twentieth of a short range, else tenfold.
    """
    if value is None:
        value = spec.default if spec.default is not None else spec.minimum
    if isinstance(value, tuple):
        items = tuple(_stepped(spec, item, count) for item in value)
        return items if spec.why_not(items) is None else value
    if isinstance(value, str | None):
        return value
    return _stepped(spec, value, count)


def _stepped(spec: ArgSpec, value: Value, count: int) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if spec.type == "float":
        new: int | float = _stepped_number(spec, float(value), count)
    else:
        new = int(value) + count * int(step_of(spec))
    if not spec.open_range:
        new = new if spec.minimum is None else max(new, type(new)(spec.minimum))
        new = new if spec.maximum is None else min(new, type(new)(spec.maximum))
    return value if spec.why_not(new) is not None else new


def _stepped_number(spec: ArgSpec, value: float, count: int) -> float:
    exact = Decimal(repr(value))
    step = step_of(spec)
    if step:
        return float(exact + count * Decimal(repr(step)))
    if value == 0.0:
        return _SMALLEST_STEP_UP if count > 0 else value
    return float(exact.scaleb(count))


def step_of(spec: ArgSpec) -> float:
    """Return what one press of an arrow adds to a number; 0 where it multiplies by ten."""
    if spec.type != "float":
        return max(1, int(spec.step))
    low, high = spec.minimum, spec.maximum
    if not spec.step and low is not None and high is not None and high - low <= 10:
        return (high - low) / 20
    return spec.step
