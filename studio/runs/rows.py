"""Rows of the database, looked at before they are believed: a store comes with its project, from anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from studio.errors import RunError
from studio.runs import database

T = TypeVar("T")

_KINDS: dict[str, tuple[type, ...]] = {
    "i": (int,),
    "r": (int, float),
    "f": (int, float, type(None)),
    "t": (str,),
    "b": (bytes,),
}


def made(rows: Iterable[tuple[Any, ...]], kinds: str, make: Callable[..., T], where: object) -> list[T]:
    """Return what is made of each row.

    Args:
        rows: As SQLite gives them; it keeps anything in any column.
        kinds: A letter for each column: ``i`` whole number, ``r`` number, ``f`` number or NULL, ``t`` text,
            ``b`` bytes.
        make: Is given a row's values.
        where: The folder of the store, for messages.

    Raises:
        RunError: A value is of another kind, or nothing can be made of it.
    """
    found = []
    for row in rows:
        try:
            for value, kind in zip(row, kinds, strict=True):
                if not isinstance(value, _KINDS[kind]):
                    raise TypeError(f"it holds {str(value)[:40]!r} where it cannot stand")
            found.append(make(*row))
        except (ValueError, TypeError, ArithmeticError) as error:
            raise RunError(
                f'"{database.FILE}" in "{where}" is damaged: {error}. Move it away to start a new list; the '
                "checkpoints beside it are untouched."
            ) from error
    return found
