"""Saying what of a module cannot be drawn, and where: the module, and the line of its source."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

from studio.errors import ImportingError

ADVICE = "Write that part with layers of the catalog, or import the modules around it."
_OURS = Path(__file__).resolve().parent
_TORCH = Path(torch.__file__).resolve().parent

_VALUES = ("meta tensor", "data dependent", "data-dependent", "meta device", "on non-meta")


def name_of(function: Any) -> str:
    """Return what a function of torch is called: ``relu`` for all of its forms, ``T`` for a property."""
    name = str(getattr(function, "__name__", function))
    if name in ("__get__", "__set__"):
        return str(getattr(getattr(function, "__self__", None), "__name__", name))
    return name


def failure(error: Exception, place: str) -> ImportingError:
    """Return the error that says in which module, and at which line of it, a run has failed.

    Args:
        error: What was raised.
        place: The module, in words.
    """
    line = _line(traceback.walk_tb(error.__traceback__))
    text = " ".join(str(error).split())[:300] or type(error).__name__
    if any(word in text.lower() for word in _VALUES):
        return ImportingError(
            f"{place} looks at the values of a tensor{line}, and what it computes depends on them; "
            f"a graph is the same for all values. {ADVICE}"
        )
    return ImportingError(
        f"{place} failed on the example{line}: {type(error).__name__}: {text} "
        "Check the example's shape, and that the module runs on a batch of several samples."
    )


def line_of_caller() -> str:
    """Return the line of the module's source that is running, to be put behind a sentence."""
    frames = list(traceback.walk_stack(None))
    return _line(reversed(frames))


def _line(frames: Iterable[tuple[Any, int]]) -> str:
    """Return the innermost line that is neither torch's nor ours; empty if there is none."""
    found = ""
    for frame, number in frames:
        path = Path(frame.f_code.co_filename)
        if path.exists() and not {_OURS, _TORCH} & set(path.resolve().parents) and "studio" not in path.parts:
            found = f" ({path.name}, line {number})"
    return found
