"""An argument of a layer, a setting of a node, an option of a template: its type, range and help."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from studio.graph.node import Value

ArgType: TypeAlias = Literal[
    "int", "float", "bool", "choice", "pair", "ints", "floats", "text", "node", "code"
]
"""``pair`` is an int or `ArgSpec.items` of them (height, width); ``ints`` and ``floats`` are a number or any
number of them; ``text`` is a short text; ``node`` is the id of another node of the same graph; ``code`` is
Python, which `studio.catalog.code_reading` looks at."""

Infer: TypeAlias = Literal["", "channels", "features", "normalized"]
"""Where an argument left at None is read off the first input's shape.

``channels``: dimension 1. ``features``: the last dimension. ``normalized``: C, H and W of images, the
last dimension of anything else.
"""


@dataclass(frozen=True, slots=True)
class ArgSpec:
    """One argument of a layer, with torch's name.

    Attributes:
        name: torch's name.
        type: What it holds.
        default: torch's default; for an argument torch requires, a sensible start, or None where
            `infer` reads it off the wire.
        help: One line.
        minimum: Smallest allowed number, for each item of a pair.
        maximum: Largest allowed number.
        open_range: `minimum` and `maximum` themselves are not allowed.
        choices: Allowed words; for ``pair`` they are allowed beside numbers (Conv2d's ``"same"``).
        optional: None is allowed, and means what torch means by it.
        required: torch has no default for it.
        infer: How the compiler fills in None.
        infer_from: Which input that is read off (Bilinear has two).
        unit: Shown behind the number: ``px``.
        step: What one press of an arrow adds; 0 leaves it to the editor.
        max_items: Most numbers that ``ints`` or ``floats`` holds; most letters of a ``text``.
        items: How many numbers a ``pair`` holds: 1 for sequences, 2 for maps, 3 for volumes.
        item_names: What they are, for messages: height, width.
        optional_items: Each number of a ``pair`` may be None by itself (AdaptiveAvgPool2d's ``(None, 7)``).
        is_tensor: The target takes the numbers as a tensor (class weights).
        at_call: Given with every call of the module, not when it is made.
        is_list: The target takes several numbers as a list, and no tuple.
    """

    name: str
    type: ArgType
    default: Value
    help: str
    minimum: float | None = None
    maximum: float | None = None
    open_range: bool = False
    choices: tuple[str, ...] = ()
    optional: bool = False
    required: bool = False
    infer: Infer = ""
    infer_from: int = 0
    unit: str = ""
    step: float = 0.0
    max_items: int = 16
    items: int = 2
    item_names: tuple[str, ...] = ()
    optional_items: bool = False
    is_tensor: bool = False
    at_call: bool = False
    is_list: bool = False

    def coerce(self, value: Value) -> Value:
        """Return the value in the form this argument keeps: 1 → 1.0 for a float, (3, 3) → 3 for a pair.

        A single number of ``floats`` stays a number, which torch takes for every dimension; where they are
        a tensor, it becomes one item.
        """
        if self.type == "float":
            return _as_float(value)
        if self.type == "floats" and isinstance(value, tuple):
            items = tuple(_as_float(item) for item in value)
            return items if self.is_tensor or len(items) != 1 else items[0]
        if self.type == "floats":
            is_bare = self.is_tensor and value is not None and not isinstance(value, str)
            return (_as_float(value),) if is_bare else _as_float(value)
        if self.type == "pair" and isinstance(value, tuple) and len(value) == self.items:
            # (None, None) is not None: torch takes the one and refuses the other.
            is_even = len(set(value)) == 1 and value[0] is not None
            return value[0] if is_even else value
        return value

    def why_not(self, value: Value) -> str | None:
        """Return why a value is not allowed here (``must be at least 1, not 0``), or None if it is."""
        if value is None:
            return None if self.optional or self.infer else "must not be empty"
        if self.type == "code":
            return None if isinstance(value, str) else "must be Python code"
        if self.type in ("text", "node") and isinstance(value, str):
            return None if len(value) <= 1000 else "must be at most 1,000 letters"
        if isinstance(value, str):
            return self._why_not_word(value)
        if self.type == "choice":
            return f"must be one of {', '.join(self.choices)}, not {show(value)}"
        if self.type in ("text", "node"):
            return f"must be a text, not {show(value)}"
        if self.type == "bool":
            return None if isinstance(value, bool) else f"must be true or false, not {show(value)}"
        if isinstance(value, tuple):
            return self._why_not_tuple(value)
        return self._why_not_number(value)

    def _why_not_word(self, word: str) -> str | None:
        if word in self.choices:
            return None
        if self.choices:
            return f'must be one of {", ".join(self.choices)}, not "{word}"'
        kind = {"int": "a whole number", "float": "a number", "bool": "true or false"}.get(
            self.type, "numbers"
        )
        return f'must be {kind}, not the text "{word[:40]}"'

    def _why_not_tuple(self, items: tuple[Value, ...]) -> str | None:
        if self.type == "pair" and len(items) != self.items:
            names = ", ".join(self.item_names or ("height", "width") * (self.items == 2))
            count = {2: "two", 3: "three"}.get(self.items, str(self.items))
            several = f" or {count}{f' ({names})' if names else ''}" if self.items > 1 else ""
            return f"must be one number{several}, not {len(items)} of them"
        if self.type in ("ints", "floats") and not 1 <= len(items) <= self.max_items:
            return f"must be 1 to {self.max_items} numbers, not {len(items)}"
        if self.type not in ("pair", "ints", "floats"):
            return f"must be a single value, not {len(items)} of them"
        for item in items:
            reason = None if item is None and self.optional_items else self._why_not_number(item)
            if reason is not None:
                return reason
        return None

    def _why_not_number(self, value: Value) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"must be a number, not {show(value)}"
        if self.type not in ("float", "floats") and not isinstance(value, int):
            return f"must be a whole number, not {show(value)}"
        if isinstance(value, float) and not math.isfinite(value):
            return f"must be finite, not {value}"
        if abs(value) > 2**53:
            return "is too large"
        low, high = self.minimum, self.maximum
        if low is not None and (value < low or (self.open_range and value == low)):
            return f"must be {'more than' if self.open_range else 'at least'} {low:g}, not {show(value)}"
        if high is not None and (value > high or (self.open_range and value == high)):
            return f"must be {'less than' if self.open_range else 'at most'} {high:g}, not {show(value)}"
        return None


def _as_float(value: Value) -> Value:
    """Return a whole number as a float; anything else as it is."""
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return value
    return value


def show(value: Value) -> str:
    """Return a value as the canvas and messages write it: ``3×3``, ``0.001``, ``on``."""
    if value is None:
        return "auto"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return "×".join(show(item) for item in value)
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, int):
        # int → str has a digit limit in Python, and a card has no room anyway.
        return str(value) if abs(value) < 10**15 else f"{'-' if value < 0 else ''}1e15+"
    return str(value)
