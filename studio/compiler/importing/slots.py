"""What differs between drafts that are alike: which numbers become arguments of their block.

Numbers that always go together become one argument, and a width that is always the same multiple of
another is written so: ``=out_channels * 4``.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from studio.catalog.spec import LayerSpec
from studio.compiler.importing.drafts import Part
from studio.graph.block import COUNT, ENABLED, FROZEN, INDEX, REPEAT
from studio.graph.node import Value, same_value

MAX_ARGUMENTS = 12
"""More than this and a block says nothing any more: its drafts become different blocks."""

MAX_ITEMS = 4
MAX_FACTOR = 16

_RESERVED = {ENABLED, REPEAT, FROZEN, INDEX, COUNT}
_WIDTHS = {"out_channels", "in_channels", "out_features", "in_features", "groups", "num_features"}

Vector: TypeAlias = tuple[Value, ...]
"""One number's values in all drafts."""


@dataclass
class Shared:
    """How drafts share one definition.

    Attributes:
        defaults: The block's arguments, with the first draft's values.
        arguments: The values of each draft.
        settings: By part, each setting's value or expression.
    """

    defaults: dict[str, Value] = field(default_factory=dict)
    arguments: list[dict[str, Value]] = field(default_factory=list)
    settings: list[dict[str, Value]] = field(default_factory=list)


def pattern(values: Mapping[str, Value], spec: LayerSpec | None) -> tuple[object, ...]:
    """Return what must be the same in parts of one definition: all but plain numbers."""
    fixed = spec.outputs_by if spec is not None else ""
    return tuple(
        (name, _form(value) if name != fixed and _is_number(value) else repr(value))
        for name, value in sorted(values.items())
    )


def share(values: Sequence[Sequence[Mapping[str, Value]]], parts: Sequence[Part]) -> Shared | None:
    """Return how drafts that are alike share one definition; None if too much of them differs.

    Args:
        values: By draft and part, all settings.
        parts: The parts of one of the drafts.
    """
    arguments: dict[str, tuple[str, Vector]] = {}
    found = Shared()
    for place in range(len(parts)):
        settings: dict[str, Value] = {}
        for name in values[0][place]:
            vector = tuple(draft[place][name] for draft in values)
            if all(same_value(value, vector[0]) for value in vector):
                settings[name] = vector[0]
            else:
                settings[name] = _expression(arguments, name, vector)
        found.settings.append(settings)
    if len(arguments) > MAX_ARGUMENTS:
        return None
    found.defaults = {name: vector[0] for name, (_, vector) in arguments.items()}
    found.arguments = [
        {name: vector[number] for name, (_, vector) in arguments.items()} for number in range(len(values))
    ]
    return found


def unlike(given: Mapping[str, Value], defaults: Mapping[str, Value]) -> dict[str, Value]:
    """Return the settings that are not the default."""
    return {
        name: value
        for name, value in given.items()
        if name not in defaults or not same_value(value, defaults[name])
    }


def unlike_spec(given: Mapping[str, Value], spec: LayerSpec | None) -> dict[str, Value]:
    """Return the settings of a layer that are not the catalog's defaults."""
    return unlike(given, spec.values({}) if spec is not None else {})


def _expression(arguments: dict[str, tuple[str, Vector]], name: str, vector: Vector) -> str:
    """Return the expression of what differs, with a new argument if no known one says it."""
    for known, (stem, other) in arguments.items():
        alike = stem == name or {stem, name} <= _WIDTHS
        if alike and all(map(same_value, vector, other)):
            return f"={known}"
    for known, (stem, other) in arguments.items():
        factor = _factor(vector, other) if {stem, name} <= _WIDTHS else None
        if factor is not None:
            return f"={known} * {factor}"
    new = next(word for word in _words(name) if word not in arguments)
    arguments[new] = (name, vector)
    return f"={new}"


def _factor(vector: Vector, other: Vector) -> int | None:
    """Return the whole number by which one width is always larger than another."""
    first, base = vector[0], other[0]
    if not isinstance(first, int) or not isinstance(base, int) or base == 0 or first % base:
        return None
    factor = first // base
    is_same = all(
        isinstance(one, int) and isinstance(two, int) and one == two * factor
        for one, two in zip(vector, other, strict=True)
    )
    return factor if is_same and 2 <= factor <= MAX_FACTOR else None


def _words(name: str) -> Iterator[str]:
    """Yield what an argument may be called: its own name, then with numbers."""
    if name not in _RESERVED and not keyword.iskeyword(name):
        yield name
    number = 2
    while True:
        yield f"{name}{number}"
        number += 1


def _is_number(value: Value) -> bool:
    """Say whether a value may become an argument: a number, or a few of them."""
    if isinstance(value, tuple):
        return 0 < len(value) <= MAX_ITEMS and all(map(_is_single, value))
    return _is_single(value)


def _is_single(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _form(value: Value) -> object:
    """Return the type of a number, or of each of several."""
    return tuple(type(item).__name__ for item in value) if isinstance(value, tuple) else type(value).__name__
