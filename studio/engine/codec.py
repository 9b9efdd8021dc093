"""From annotated dataclasses to what msgpack can carry, and back, checked field by field.

One `Codec` is made for each annotation, once. Both directions check types, so a wrong value is refused
where it is made, and nothing that arrives can be of another type than its annotation says.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgpack
import numpy as np

from studio.errors import EngineError

ARRAY_CODE = 1
BIG_INT_CODE = 2

DTYPES = frozenset({"|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8"})
"""Plain numbers only: no objects, no strings, no structures."""

MAX_DIMENSIONS = 8
MAX_DEPTH = 64
MAX_INT_BYTES = 256


@dataclass(frozen=True, slots=True)
class Codec:
    """How values of one annotation travel.

    Attributes:
        pack: Returns what msgpack is given; raises `EngineError` for a value of another type.
        unpack: Returns the value from what msgpack read; raises likewise.
    """

    pack: Callable[[Any], Any]
    unpack: Callable[[Any], Any]


class ArgumentValue:
    """Stands in for `studio.graph.node.Value`, a recursive alias that `typing` cannot resolve."""


@cache
def codec_of(annotation: Any) -> Codec:
    """Return the codec of a resolved annotation.

    Raises:
        TypeError: The annotation is of a kind that records do not use.
    """
    if annotation in (bool, int, str):
        return _plain(annotation)
    if annotation is float:
        return _number()
    if annotation is ArgumentValue:
        return Codec(lambda value: _pack_value(value, 0), lambda raw: _unpack_value(raw, 0))
    if is_dataclass(annotation) and isinstance(annotation, type):
        return record_codec(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is np.ndarray:
        return Codec(_pack_array, _check_array)
    if origin is dict:
        return Codec(_pack_json, lambda raw: _check_json(raw, 0))
    if origin is Literal:
        return _choice(arguments)
    if origin is tuple:
        return _tuple_codec(arguments)
    if origin in (Union, types.UnionType) and len(arguments) == 2 and arguments[1] is type(None):
        return _optional(codec_of(arguments[0]))
    raise TypeError(f"no codec for {annotation!r}")


def _wrong(wanted: str, found: object) -> EngineError:
    """Say what was wanted and what was found instead."""
    return EngineError(f"expected {wanted}, found {type(found).__name__} {repr(found)[:60]}")


def _plain(kind: type) -> Codec:
    """Return the codec of bool, int or str; a bool is no int here."""

    def check(value: Any) -> Any:
        if type(value) is not kind:
            raise _wrong(kind.__name__, value)
        return value

    if kind is int:
        return Codec(lambda value: _pack_int(check(value)), check)
    return Codec(check, check)


def _pack_int(value: int) -> Any:
    """Return an int as it is, or as an extension when msgpack's 64 bits cannot hold it."""
    if -(2**63) <= value < 2**64:
        return value
    size = value.bit_length() // 8 + 1
    if size > MAX_INT_BYTES:
        raise EngineError(f"an integer of {size} bytes is too large to send")
    return msgpack.ExtType(BIG_INT_CODE, value.to_bytes(size, "big", signed=True))


def _number() -> Codec:
    """Return the codec of float; an int is taken for one, NaN and infinity are values."""

    def check(value: Any) -> float:
        if type(value) not in (float, int):
            raise _wrong("float", value)
        try:
            return float(value)
        except OverflowError as error:
            raise EngineError("expected float, found an integer too large for one") from error

    return Codec(check, check)


def _choice(words: tuple[Any, ...]) -> Codec:
    """Return the codec of a `Literal`."""

    def check(value: Any) -> Any:
        if type(value) is not str or value not in words:
            raise _wrong(f"one of {', '.join(words)}", value)
        return value

    return Codec(check, check)


def _optional(inner: Codec) -> Codec:
    """Return the codec of ``X | None``."""
    return Codec(
        lambda value: None if value is None else inner.pack(value),
        lambda raw: None if raw is None else inner.unpack(raw),
    )


def _tuple_codec(arguments: tuple[Any, ...]) -> Codec:
    """Return the codec of ``tuple[X, ...]`` or of a tuple of fixed length."""
    repeated = len(arguments) == 2 and arguments[1] is Ellipsis
    inner = [codec_of(argument) for argument in (arguments[:1] if repeated else arguments)]

    def each(items: Any) -> list[Codec]:
        if not repeated and len(items) != len(inner):
            raise EngineError(f"expected {len(inner)} items, found {len(items)}")
        return inner * len(items) if repeated else inner

    def pack(value: Any) -> list[Any]:
        if type(value) is not tuple:
            raise _wrong("tuple", value)
        return [codec.pack(item) for codec, item in zip(each(value), value, strict=True)]

    def unpack(raw: Any) -> tuple[Any, ...]:
        if type(raw) is not list:
            raise _wrong("list", raw)
        return tuple(codec.unpack(item) for codec, item in zip(each(raw), raw, strict=True))

    return Codec(pack, unpack)


@cache
def record_codec(kind: type) -> Codec:
    """Return the codec of a dataclass: a map with exactly its fields."""
    hints = get_type_hints(kind, localns={"Value": ArgumentValue})
    inner = {field.name: codec_of(hints[field.name]) for field in fields(kind)}

    def convert(side: str, name: str, value: Any) -> Any:
        try:
            return getattr(inner[name], side)(value)
        except EngineError as error:
            raise EngineError(f"{kind.__name__}.{name}: {error.message}") from error

    def pack(value: Any) -> dict[str, Any]:
        if type(value) is not kind:
            raise _wrong(kind.__name__, value)
        return {name: convert("pack", name, getattr(value, name)) for name in inner}

    def unpack(raw: Any) -> Any:
        if type(raw) is not dict:
            raise _wrong("map", raw)
        if raw.keys() != inner.keys():
            odd = ", ".join(sorted(map(str, raw.keys() ^ inner.keys())))[:200]
            raise EngineError(f"{kind.__name__}: missing or unknown fields: {odd}")
        return kind(**{name: convert("unpack", name, item) for name, item in raw.items()})

    return Codec(pack, unpack)


# Argument values and project documents ---------------------------------------------------------------


def _pack_value(value: Any, depth: int) -> Any:
    """Return an argument's value with its tuples as lists."""
    if depth > MAX_DEPTH:
        raise EngineError("nested too deeply")
    if type(value) is tuple:
        return [_pack_value(item, depth + 1) for item in value]
    if type(value) is int:
        return _pack_int(value)
    if value is None or type(value) in (bool, float, str):
        return value
    raise _wrong("an argument's value", value)


def _unpack_value(raw: Any, depth: int) -> Any:
    """Return an argument's value with its lists as tuples."""
    if depth > MAX_DEPTH:
        raise EngineError("nested too deeply")
    if type(raw) is list:
        return tuple(_unpack_value(item, depth + 1) for item in raw)
    if raw is None or type(raw) in (bool, int, float, str):
        return raw
    raise _wrong("an argument's value", raw)


def _pack_json(value: Any) -> Any:
    """Return a document as it is: msgpack walks it, and the receiver checks every item."""
    if type(value) is not dict:
        raise _wrong("dict", value)
    return value


def _check_json(raw: Any, depth: int) -> Any:
    """Return a document in which there is nothing but what JSON has."""
    if depth > MAX_DEPTH:
        raise EngineError("nested too deeply")
    if type(raw) is dict:
        for key, item in raw.items():
            if type(key) is not str:
                raise _wrong("a text key", key)
            if type(item) is not str:
                _check_json(item, depth + 1)
    elif depth == 0:
        raise _wrong("map", raw)
    elif type(raw) is list:
        for item in raw:
            _check_json(item, depth + 1)
    elif raw is not None and type(raw) not in (bool, int, float, str):
        raise _wrong("a JSON value", raw)
    return raw


# Arrays and extensions -------------------------------------------------------------------------------


def _pack_array(value: Any) -> Any:
    """Return an array as dtype, shape and little-endian bytes in C order."""
    if not isinstance(value, np.ndarray):
        raise _wrong("array", value)
    dtype = value.dtype.newbyteorder("<")
    if dtype.str not in DTYPES:
        raise EngineError(f"arrays of {value.dtype} are not sent")
    data = np.ascontiguousarray(value, dtype=dtype).tobytes()
    return msgpack.ExtType(ARRAY_CODE, msgpack.packb([dtype.str, list(value.shape), data]))


def _check_array(raw: Any) -> Any:
    """Return an array that `read_extension` made."""
    if not isinstance(raw, np.ndarray):
        raise _wrong("array", raw)
    return raw


def _read_array(payload: bytes) -> Any:
    """Return the read-only array in an extension, once its sizes agree with its bytes."""
    parts = msgpack.unpackb(payload)
    if type(parts) is not list or len(parts) != 3:
        raise EngineError("an array is not made of dtype, shape and bytes")
    dtype, shape, data = parts
    if type(dtype) is not str or dtype not in DTYPES:
        raise EngineError(f"an array of dtype {str(dtype)[:20]} is not read")
    if type(shape) is not list or len(shape) > MAX_DIMENSIONS or type(data) is not bytes:
        raise EngineError("an array's shape or bytes are malformed")
    count = 1
    for size in shape:
        if type(size) is not int or not 0 <= size < 2**40:
            raise EngineError(f"an array's shape is {shape}")
        count *= size
    if count * np.dtype(dtype).itemsize != len(data):
        raise EngineError(f"an array of shape {shape} and dtype {dtype} does not have {len(data)} bytes")
    return np.ndarray(tuple(shape), np.dtype(dtype), buffer=data)


def read_extension(code: int, payload: bytes) -> Any:
    """Return the array or large integer in a msgpack extension.

    Raises:
        EngineError: It is of another kind, or malformed.
    """
    if code == ARRAY_CODE:
        return _read_array(payload)
    if code == BIG_INT_CODE and len(payload) <= MAX_INT_BYTES:
        return int.from_bytes(payload, "big", signed=True)
    raise EngineError(f"unknown extension {code} of {len(payload)} bytes")


def pack_beyond(value: Any) -> Any:
    """Return what msgpack is to write for a document's item that it cannot write itself."""
    if type(value) is int:
        return _pack_int(value)
    raise _wrong("a JSON value", value)
