"""All promises, in the order of the table."""

from __future__ import annotations

from importlib import import_module

from tests.torture.trials import Promise

MODULES: tuple[str, ...] = (
    "saving",
    "editing",
    "training",
    "disk",
    "undoing",
    "closing",
    "leaking",
    "mutants",
)
"""Modules of this folder, each with a tuple `PROMISES`."""


def promises() -> list[Promise]:
    """Return every promise.

    Raises:
        ValueError: Two have the same name.
    """
    found = [one for name in MODULES for one in import_module(f"tests.torture.{name}").PROMISES]
    names = [one.name for one in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"Two promises are called {', '.join(twice)}.")
    return found


def find(name: str) -> Promise:
    """Return the promise of a name.

    Raises:
        ValueError: There is none.
    """
    found = {one.name: one for one in promises()}
    if name not in found:
        raise ValueError(f'There is no promise "{name}"; there are {", ".join(found)}.')
    return found[name]
