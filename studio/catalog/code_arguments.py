"""An argument of a custom layer's `__init__` as one that can be set: its type, default and range."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass

from studio.catalog.arguments import ArgSpec, ArgType, Infer
from studio.catalog.settings import ENABLED_SPEC, FROZEN, LEARNING
from studio.errors import CodeError
from studio.graph.block import ARGUMENT_NAME, REPEAT
from studio.graph.node import Value

CODE = "code"
"""The argument that holds the code itself."""

CHANNELS = frozenset({"in_channels", "num_channels", "num_features"})
"""Names that torch gives to the size of dimension 1."""

FEATURES = frozenset({"in_features", "input_size", "embed_dim", "d_model"})
"""Names that torch gives to the size of the last dimension."""

_TAKEN = frozenset({CODE, REPEAT, ENABLED_SPEC.name, FROZEN.name, *(setting.name for setting in LEARNING)})

_TYPES = "int, float, bool, str, tuple[int, ...], tuple[float, ...], Literal[…], or one of them | None"


@dataclass(frozen=True, slots=True)
class _Kind:
    """What an annotation says."""

    type: ArgType
    optional: bool = False
    items: int = 2
    choices: tuple[str, ...] = ()
    is_list: bool = False


def argument_of(one: ast.arg, default: ast.expr | None, help: str) -> ArgSpec:
    """Return an argument of a constructor as a spec.

    Args:
        one: The argument with its annotation.
        default: Its default; None if it has none.
        help: One sentence.

    Raises:
        CodeError: No argument can be called that, or its type or default cannot be set in a project.
    """
    name = one.arg
    if not ARGUMENT_NAME.fullmatch(name):
        raise CodeError(
            f'"{name[:64]}" cannot be the name of an argument: use A to Z, digits, _', line=one.lineno
        )
    if name in _TAKEN:
        raise CodeError(
            f'every layer has a setting "{name}" already. Call the argument something else', line=one.lineno
        )
    if default is None:
        return _without_default(one, help)
    value = _value(one, default)
    kind = _kind(one) if one.annotation is not None else _kind_of(one, value)
    spec = ArgSpec(
        name,
        kind.type,
        value,
        help,
        choices=kind.choices,
        optional=kind.optional or value is None,
        items=kind.items,
        max_items=64,
        is_list=kind.is_list,
    )
    reason = spec.why_not(spec.coerce(value))
    if reason is not None:
        raise CodeError(f'the default of "{name}" {reason}', line=one.lineno)
    return spec


def _without_default(one: ast.arg, help: str) -> ArgSpec:
    """Return an argument that is read off the wire."""
    infer: Infer = "channels" if one.arg in CHANNELS else "features" if one.arg in FEATURES else ""
    if not infer or (one.annotation is not None and _kind(one).type != "int"):
        known = ", ".join(sorted(CHANNELS | FEATURES))
        raise CodeError(
            f'"{one.arg}" has no default. Give it one, such as {one.arg}: int = 8; only {known} are read off '
            "the wire",
            line=one.lineno,
        )
    return ArgSpec(one.arg, "int", None, help, minimum=1, required=True, infer=infer)


def _value(one: ast.arg, default: ast.expr) -> Value:
    try:
        value = ast.literal_eval(default)
    except (ValueError, TypeError, SyntaxError):
        value = ...
    found = tuple(value) if isinstance(value, list) else value
    items = found if isinstance(found, tuple) else (found,)
    fine = all(item is None or isinstance(item, bool | int | float | str) for item in items)
    if not fine or any(isinstance(item, float) and not math.isfinite(item) for item in items):
        raise CodeError(
            f'the default of "{one.arg}" must be a plain value: a number, a text, True, False, None, or '
            "several numbers",
            line=one.lineno,
        )
    return found


def _kind(one: ast.arg) -> _Kind:
    """Return what an annotation says."""
    assert one.annotation is not None
    text = ast.unparse(one.annotation).replace(" ", "").replace("typing.", "")
    if text.startswith("Optional[") and text.endswith("]"):
        text = f"{text[9:-1]}|None"
    optional = text.endswith("|None")
    text = text.removesuffix("|None")
    plain: dict[str, ArgType] = {"int": "int", "float": "float", "bool": "bool", "str": "text"}
    if text in plain:
        return _Kind(plain[text], optional)
    if text.startswith("Literal["):
        return _Kind("choice", optional, choices=_choices(one))
    head, _, rest = text.partition("[")
    inner = rest.removesuffix("]").removesuffix(",...").split(",")
    several: dict[str, ArgType] = {"int": "ints", "float": "floats"}
    if (
        head.lower() in ("tuple", "list", "sequence")
        and set(inner) <= {"int"} | {"float"}
        and len(set(inner)) == 1
    ):
        return _Kind(several[inner[0]], optional, is_list=head == "list")
    if text in ("int|tuple[int,int]", "int|tuple[int,int,int]", "int|tuple[int]"):
        return _Kind("pair", optional, items=text.partition("|")[2].count("int"))
    raise CodeError(f'"{one.arg}" is of the type {text[:60]}. An argument can be {_TYPES}', line=one.lineno)


def _choices(one: ast.arg) -> tuple[str, ...]:
    """Return the words of a Literal."""
    found = [
        node.value
        for node in ast.walk(one.annotation or one)
        if isinstance(node, ast.Constant) and node.value is not None
    ]
    words = tuple(value for value in found if isinstance(value, str))
    if len(words) < len(found) or not words:
        raise CodeError(f'"{one.arg}": a Literal must be of words', line=one.lineno)
    return words


def _kind_of(one: ast.arg, value: Value) -> _Kind:
    """Return what a default says, where there is no annotation."""
    if isinstance(value, bool):
        return _Kind("bool")
    if isinstance(value, int):
        return _Kind("int")
    if isinstance(value, float):
        return _Kind("float")
    if isinstance(value, str):
        return _Kind("text")
    if isinstance(value, tuple) and value:
        return _Kind("floats" if any(isinstance(item, float) for item in value) else "ints")
    raise CodeError(
        f'"{one.arg}" does not say its type. Write it: {one.arg}: int | None = None', line=one.lineno
    )
