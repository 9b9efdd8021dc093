"""JSON without its loopholes: bounded in size and depth, no duplicate keys, finite numbers only.

Python's own parser takes ``NaN``, ``1e999``, duplicate keys and any depth, and needs seconds and
hundreds of megabytes for what a hostile file can hold. So size and structure are measured first, on
the bytes, and only then is anything parsed.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from studio.errors import ProjectError

MAX_BYTES = 32 * 2**20
MAX_DEPTH = 64
MAX_CONTAINERS = 500_000
MAX_ITEMS = 2_000_000
MAX_DIGITS = 300

_STRUCTURE = b'"[]{},'
_NOISE = bytes(set(range(256)) - set(_STRUCTURE))
_CHUNK = 2**20


def parse(data: bytes) -> Any:
    """Return what a JSON document holds.

    Raises:
        ProjectError: It is not JSON, or larger, deeper or looser than we allow.
    """
    if not data.strip():
        raise ProjectError("The file is empty.")
    if len(data) > MAX_BYTES:
        raise ProjectError(
            f"The file is too large for a project: more than the {MAX_BYTES // 2**20} MB that are allowed."
        )
    text = _decode(data)
    _measure(data)
    repeated: list[tuple[dict[str, Any], str]] = []

    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            repeated.append((found, _first_repeated(pairs)))
        return found

    try:
        document = json.loads(
            text,
            object_pairs_hook=collect,
            parse_constant=_refuse_constant,
            parse_float=_float,
            parse_int=_int,
        )
    except json.JSONDecodeError as error:
        raise ProjectError(
            f"The file is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}. "
            "It may be cut off or damaged; correct it there, or take a backup."
        ) from error
    if repeated:
        _refuse_repeated(document, *repeated[0])
    return document


def write(data: Any) -> str:
    """Return the one text that stands for some JSON data: sorted keys, two spaces, a final newline.

    Raises:
        ProjectError: The data holds something that JSON has no form for, such as NaN.
    """
    try:
        text = json.dumps(data, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (ValueError, TypeError, RecursionError) as error:
        raise ProjectError(f"The project holds a value that no file can hold: {error}.") from error
    return f"{text}\n"


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ProjectError(
            f"The file is not text in UTF-8: byte {error.start + 1}, in line {line}, is "
            f"0x{data[error.start]:02x}. Choose a project file, or save it as UTF-8."
        ) from error


def _measure(data: bytes) -> None:
    """Refuse a document that is nested too deeply or holds too much, without parsing it.

    Only brackets, commas and quotes are looked at, a chunk at a time. Backslashes make sense within
    texts only: where one stands elsewhere, the parser stops there too, whatever is counted after it.
    """
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    depth = containers = items = 0
    in_text = False
    for start in range(0, len(data), _CHUNK):
        pieces = data[start : start + _CHUNK].translate(None, _NOISE).split(b'"')
        outside = b"".join(pieces[in_text::2])
        in_text ^= len(pieces) % 2 == 0
        items += outside.count(b",")
        containers += outside.count(b"[") + outside.count(b"{")
        if containers > MAX_CONTAINERS or items > MAX_ITEMS:
            raise ProjectError(
                "The file holds far more than a project can: over "
                f"{MAX_CONTAINERS:,} lists and objects, or {MAX_ITEMS:,} values."
            )
        depth = _follow_depth(outside, depth)


def _follow_depth(structure: bytes, depth: int) -> int:
    """Return the depth after some brackets.

    Raises:
        ProjectError: It went too deep in between.
    """
    for byte in structure.replace(b",", b""):
        depth += 1 if byte in b"[{" else -1
        if depth > MAX_DEPTH:
            raise ProjectError(
                f"The file is nested more than {MAX_DEPTH} levels deep. No project is; choose another file."
            )
    return depth


def _refuse_constant(text: str) -> NoReturn:
    raise ProjectError(
        f"The file holds {text}. Only finite numbers are allowed; correct it and open it again."
    )


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        _refuse_constant(text[:40])
    return value


def _int(text: str) -> int:
    # Python refuses to read very long numbers, and no setting needs one.
    if len(text) > MAX_DIGITS:
        raise ProjectError(
            f"The file holds a number of {len(text)} digits ({text[:20]}…); {MAX_DIGITS} are allowed."
        )
    return int(text)


def _first_repeated(pairs: list[tuple[str, Any]]) -> str:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            return key
        seen.add(key)
    raise AssertionError("no key is repeated")


def _refuse_repeated(document: Any, place: dict[str, Any], key: str) -> NoReturn:
    path = _path_to(document, place)
    # An object that is itself the loser of a repetition is not in the document any more.
    where = f" in {'.'.join(path)}" if path else " at the top" if path == [] else ""
    raise ProjectError(f'The key "{key[:80]}" stands twice{where}. Remove one of the two.')


def _path_to(value: Any, wanted: Any) -> list[str] | None:
    """Return the keys that lead to one object inside JSON data, or None if it is not there."""
    if value is wanted:
        return []
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        path = _path_to(child, wanted) if isinstance(child, dict | list) else None
        if path is not None:
            return [str(key), *path]
    return None
