"""A layer is data: the frozen specs of which the catalog is made.

One spec feeds the library, the inspector, the compiler, the exported source and the tests. Shapes are
not in it: those are asked of PyTorch.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from studio.graph.node import Value
from studio.graph.port import PortSpec, Role

Family: TypeAlias = Literal[
    "input",
    "convolution",
    "normalization",
    "activation",
    "pooling",
    "linear",
    "regularization",
    "shape",
    "merge",
    "loss",
]
"""Groups of the library, in its order; also what gives a node its colour."""

FAMILIES: dict[Family, str] = {
    "input": "Inputs & targets",
    "convolution": "Convolution",
    "normalization": "Normalization",
    "activation": "Activation",
    "pooling": "Pooling",
    "linear": "Linear",
    "regularization": "Regularization",
    "shape": "Shape",
    "merge": "Merge",
    "loss": "Loss",
}

STEMS: dict[Family, str] = {
    "convolution": "conv",
    "normalization": "norm",
    "pooling": "pool",
    "loss": "loss",
}
"""Names of new nodes by family; elsewhere the layer's title says it best."""

ArgType: TypeAlias = Literal["int", "float", "bool", "choice", "pair", "ints"]
"""``pair`` is an int or two of them (height, width); ``ints`` is an int or any number of them."""

Call: TypeAlias = Literal["module", "fold", "list", "reshape", "none"]
"""How the compiled network calls `LayerSpec.target`.

``module``: a submodule, called with the inputs in order. ``fold``: a function of two tensors, applied
from the first wire to the last. ``list``: a function of a list of tensors. ``reshape``: the sizes after
the batch dimension are replaced. ``none``: nothing is called (inputs and targets).
"""

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
        unit: Shown behind the number: ``px``.
        step: What one press of an arrow adds; 0 leaves it to the editor.
        max_items: Most numbers that ``ints`` holds.
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
    unit: str = ""
    step: float = 0.0
    max_items: int = 16

    def coerce(self, value: Value) -> Value:
        """Return the value in the form this argument keeps: 1 → 1.0 for a float, (3, 3) → 3 for a pair."""
        if self.type == "float" and isinstance(value, int) and not isinstance(value, bool):
            try:
                return float(value)
            except OverflowError:
                return value
        if self.type == "pair" and isinstance(value, tuple) and len(value) == 2 and value[0] == value[1]:
            return value[0]
        return value

    def why_not(self, value: Value) -> str | None:
        """Return why a value is not allowed here (``must be at least 1, not 0``), or None if it is."""
        if value is None:
            return None if self.optional or self.infer else "must not be empty"
        if isinstance(value, str):
            return self._why_not_word(value)
        if self.type == "choice":
            return f"must be one of {', '.join(self.choices)}, not {show(value)}"
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
        if self.type == "pair" and len(items) != 2:
            return f"must be one number or two (height, width), not {len(items)} of them"
        if self.type == "ints" and not 1 <= len(items) <= self.max_items:
            return f"must be 1 to {self.max_items} numbers, not {len(items)}"
        if self.type not in ("pair", "ints"):
            return f"must be a single value, not {len(items)} of them"
        for item in items:
            reason = self._why_not_number(item)
            if reason is not None:
                return reason
        return None

    def _why_not_number(self, value: Value) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"must be a number, not {show(value)}"
        if self.type != "float" and not isinstance(value, int):
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


TENSOR_IN = PortSpec("input", help="What the layer works on.")
IMAGES_IN = PortSpec("input", layout="N, C, H, W", help="Images or feature maps.")
TENSOR_OUT = PortSpec("output", help="What the layer gives.")


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """One kind of layer.

    Attributes:
        kind: Its name in files and in code; torch's class name where there is one.
        title: Its name on screen.
        family: Its group in the library, and its colour.
        target: The torch class or function as text: ``torch.nn.Conv2d``.
        summary: One line that says what it does.
        arguments: In torch's order.
        inputs: Input ports, top to bottom. Where a port states a layout, the compiler holds the number of
            dimensions to it (``*`` is any number, alternatives are separated by ``or``), because torch
            reads a batch of one dimension fewer as a single sample without a batch.
        outputs: Output ports, top to bottom.
        role: What it is to the network.
        call: How the compiled network calls the target.
        formula: What it computes, in plain Unicode.
        reference: Where to read about it.
        synonyms: Other words people search for.
        card: What the node's card says under the name, with arguments in braces:
            ``{kernel_size:pair}, {out_channels}``; ``:pair`` writes 3 as 3×3.
    """

    kind: str
    title: str
    family: Family
    target: str
    summary: str
    arguments: tuple[ArgSpec, ...] = ()
    inputs: tuple[PortSpec, ...] = (TENSOR_IN,)
    outputs: tuple[PortSpec, ...] = (TENSOR_OUT,)
    role: Role = "layer"
    call: Call = "module"
    formula: str = ""
    reference: str = ""
    synonyms: tuple[str, ...] = ()
    card: str = ""

    @property
    def stem(self) -> str:
        """What a new node of this kind is called, before its number: ``conv``."""
        return STEMS.get(self.family) or re.sub(r"[^a-z0-9]", "", self.title.lower())

    def argument(self, name: str) -> ArgSpec | None:
        """Return one argument's spec, or None if the layer has no such argument."""
        return next((argument for argument in self.arguments if argument.name == name), None)

    def is_inferred(self, name: str) -> bool:
        """Say whether an argument is read off the wire when it is None."""
        argument = self.argument(name)
        return argument is not None and argument.infer != ""

    def values(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """Return every argument's value: the one given, else the default."""
        return {spec.name: spec.coerce(given.get(spec.name, spec.default)) for spec in self.arguments}


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
