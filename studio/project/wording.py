"""What a settings or file error says: pydantic's findings in the words and paths of the document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from studio.errors import nearest

WORDS = {
    "missing": "is missing",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "string_type": "must be a text",
    "string_unicode": "must be valid Unicode text",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "too_long": "must hold at most {max_length} values",
    "too_short": "must hold at least {min_length} values",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "finite_number": "must be a finite number",
    "greater_than": "must be more than {gt:.12g}",
    "greater_than_equal": "must be at least {ge:.12g}",
    "less_than": "must be less than {lt:.12g}",
    "less_than_equal": "must be at most {le:.12g}",
    "literal_error": "must be {expected}",
    "value_error": "{error}",
}
"""By pydantic's code: what we say. Codes that are not here keep pydantic's sentence."""

_NOT_SHOWN = {"missing", "value_error", "string_too_short", "string_too_long", "too_long", "too_short"}
"""Codes where the value found says nothing more."""


def kind_of(value: object) -> str:
    """Return JSON's word for a value, with its article."""
    words = {dict: "an object", list: "a list", tuple: "a list", str: "a text", bool: "true or false"}
    return "null" if value is None else words.get(type(value), "a number")


def short(value: object) -> str:
    """Return a value as a message shows it, cut where it is long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**15 else "a huge number"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        text = value if len(value) <= 40 else f"{value[:40]}…"
        return f'"{text}"' if text.isprintable() else ascii(text)
    return kind_of(value)


def explain(error: ValidationError, model: type[BaseModel], prefix: str = "") -> str:
    """Return one message for all that pydantic found: the first mistake, and how many more there are.

    Args:
        error: What pydantic raised.
        model: The model that was filled; names the keys it knows.
        prefix: Where in the document the model stands, such as ``training.``.
    """
    details = error.errors(include_url=False)
    first = details[0]
    where = f"{prefix}{path_of(first['loc'])}".removesuffix(".")
    more = len(details) - 1
    rest = f" ({more} more mistake{'s' if more > 1 else ''} after that.)" if more else ""
    # What is said of a section as a whole is a sentence of its own.
    whole = first["type"] == "value_error" and _is_section(model, first["loc"])
    joint = ": " if where and whole else " "
    return f"{where or 'The document'}{joint}{reason(first, model)}.{rest}"


def path_of(location: Sequence[int | str]) -> str:
    """Return a place in a document as a person would write it: ``graph.edges[4]``."""
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step != "[key]":
            name = step[:80] if step.isprintable() else ascii(step[:80])
            path += f".{name}" if path else name
    return path


def reason(details: ErrorDetails, model: type[BaseModel]) -> str:
    """Return what is wrong at a place, without the place: ``must be at least 1, not 0``."""
    code = details["type"]
    if code == "extra_forbidden":
        known = _keys_at(model, details["loc"][:-1])
        hint = nearest(str(details["loc"][-1]), known).removesuffix("?")
        return f"is not known here{hint or '; known are ' + ', '.join(known)}"
    words = WORDS.get(code)
    if words is None:
        said = details["msg"].replace("Input should", "must")
    else:
        said = words.format(**details.get("ctx", {}))
    return f"{said}, not {short(details['input'])}" if code not in _NOT_SHOWN else said


def _keys_at(model: type[BaseModel], location: Sequence[int | str]) -> list[str]:
    """Return the keys that are known at a place of a document."""
    for step in location:
        model = _model_in(_annotation(model, step)) or model
    return sorted(model.model_fields)


def _is_section(model: type[BaseModel], location: Sequence[int | str]) -> bool:
    """Say whether a place of a document is a model itself, and not a value or a map in one."""
    annotation: Any = model
    for step in location:
        annotation = _annotation(model, step)
        model = _model_in(annotation) or model
    return annotation is model


def _annotation(model: type[BaseModel], step: int | str) -> Any:
    """Return the type of a model's field; None for the keys of a map, which are no fields."""
    field = model.model_fields.get(str(step))
    return None if field is None else field.annotation


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model that an annotation is, or holds as an item."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
