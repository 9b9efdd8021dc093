"""Lets exceptions out of what Python code overrides of Qt, on Python 3.11 too.

PySide6 (6.8 to 6.11 at least) puts the override's name into the message of an exception that leaves it.
Before Python 3.12, an exception raised in C, as by a division by zero, is not made yet when nobody caught it
on its way: there is only its text, which PySide6 takes for the exception, and the process dies of it. Caught
and raised again the exception is whole, so every override does that.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

from shiboken6 import Shiboken

NEEDED = sys.version_info < (3, 12)

_C_METHOD = type(Shiboken.Object.__init__), type(str.join)
"""Types of methods that are written in C++."""


def install() -> None:
    """Guard the overrides of all classes that are made from now on."""
    if NEEDED:
        Shiboken.Object.__init_subclass__ = classmethod(_init_subclass)  # type: ignore[assignment]


def guarded(function: Callable[..., Any]) -> FunctionType:
    """Return a function of the same signature that calls another, and raises what it raises as a whole."""
    assert isinstance(function, FunctionType)
    code = function.__code__
    spec = inspect.getfullargspec(function)
    if spec.kwonlyargs or code.co_posonlyargcount:
        return function  # Qt calls by position: there is no such override
    rest = [stars + name for stars, name in (("*", spec.varargs), ("**", spec.varkw)) if name]
    text = ", ".join([*spec.args, *rest])
    source = f"def guard({text}):\n try:\n  return _function({text})\n except BaseException:\n  raise"
    names: dict[str, Any] = {"_function": function}
    # PySide6 counts a slot's arguments by its code, so that only a function made for them will do.
    exec(compile(source, __file__, "exec"), names)
    guard = names["guard"]
    guard.__defaults__ = function.__defaults__
    functools.update_wrapper(guard, function)
    assert isinstance(guard, FunctionType)
    return guard


def _init_subclass(cls: Any, /, **keywords: Any) -> None:
    super(Shiboken.Object, cls).__init_subclass__(**keywords)
    for name, value in list(vars(cls).items()):
        if type(value) is FunctionType and not name.startswith("__") and _is_qts(cls, name):
            setattr(cls, name, guarded(value))


def _is_qts(cls: type, name: str) -> bool:
    """Say whether a method is one of Qt's that a class has anew."""
    return any(isinstance(vars(base).get(name), _C_METHOD) for base in cls.__mro__[1:])
