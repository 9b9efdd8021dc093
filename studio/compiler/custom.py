"""Custom layers as modules: the one place where a project's code is run, and only if it is trusted.

Whatever makes such a layer (a question about shapes, a compiled network, a copy that is exported) comes
through `make`, and `make` asks `studio.project.trust` each time. The code is a Python module of its own; the
layer is an instance of its class, so that a `state_dict` names its parameters under the node's name.
"""

from __future__ import annotations

import hashlib
import linecache
import sys
import threading
import traceback
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from studio.catalog.code_reading import Declaration, read
from studio.catalog.spec import LayerSpec
from studio.compiler.deadline import OutOfTimeError
from studio.errors import CodeError
from studio.project import trust

ASKING_S = 10.0
"""How long a layer may compute to answer a question about its shapes; PyTorch's own take milliseconds."""

_FILE = "<custom layer "

_classes: dict[str, type[nn.Module]] = {}
_lock = threading.RLock()


def make(code: str, **arguments: Any) -> nn.Module:
    """Return a new layer of trusted code.

    Args:
        code: What it is made of.
        **arguments: Of its `__init__`.

    Raises:
        CodeError: The code is not trusted or cannot be read, or it fails; with the line.
    """
    trust.require(code)
    declared = read(code)
    given = {name: _as_declared(declared, name, value) for name, value in arguments.items()}
    try:
        layer = _class_of(code, declared)(**given)
    except CodeError:
        raise
    except (Exception, SystemExit) as error:
        raise CodeError(said(error, code), line=line_of(error, code)) from error
    if not isinstance(layer, nn.Module):
        raise CodeError(
            f"{declared.name} is no nn.Module. Write: class {declared.name}(nn.Module)", line=declared.line
        )
    if not hasattr(layer, "_parameters"):
        raise CodeError("__init__ does not begin with super().__init__()", line=declared.line)
    return layer


def _as_declared(declared: Declaration, name: str, value: Any) -> Any:
    """Return a value in the form that the code expects: 3 as (3,) where it takes several."""
    spec = next((one for one in declared.arguments if one.name == name), None)
    if (
        spec is None
        or spec.type not in ("ints", "floats")
        or value is None
        or isinstance(value, tuple | list)
    ):
        return value
    return [value] if spec.is_list else (value,)


def _class_of(code: str, declared: Declaration) -> type[nn.Module]:
    """Return the class of a layer; its module is run the first time."""
    with _lock:
        found = _classes.get(code)
        if found is None:
            # On the CPU: a tensor that it makes is kept, and questions are asked where none has numbers.
            with torch.device("cpu"):
                module = _run(code)
            made = vars(module).get(declared.name)
            if not isinstance(made, type):
                raise CodeError(
                    f"{declared.name} is no class any more when the code has run", line=declared.line
                )
            found = _classes[code] = made
        return found


def _run(code: str) -> ModuleType:
    """Run a layer's module; its lines can be found by whoever prints a traceback."""
    file = file_of(code)
    module = ModuleType(f"studio_custom_{_digest(code)}")
    module.__file__ = file
    vars(module)["print"] = _print
    linecache.cache[file] = (len(code), None, [f"{line}\n" for line in code.split("\n")], file)
    sys.modules[module.__name__] = module  # where pickle, dataclasses and inspect look for it
    try:
        exec(compile(code, file, "exec", dont_inherit=True), vars(module))
    except BaseException:
        del sys.modules[module.__name__]
        raise
    return module


def _print(*words: object, **how: Any) -> None:
    """Print on standard error: what a command says on standard output may be read by a program."""
    print(*words, **{"file": sys.stderr, **how})


def file_of(code: str) -> str:
    """Return what tracebacks call the file of a layer's code."""
    return f"{_FILE}{_digest(code)}>"


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def check_result(spec: LayerSpec, result: Any, code: str) -> None:
    """Refuse what a layer gave if it is not the tensors that its code declares.

    Raises:
        CodeError: It is something else.
    """
    count, line = len(spec.outputs), read(code).forward_line
    if count == 1 and not isinstance(result, Tensor):
        raise CodeError(f"forward returned {_kind_of(result)} where a tensor was expected", line=line)
    if count == 1:
        return
    if not isinstance(result, tuple | list) or len(result) != count:
        raise CodeError(f"forward returned {_kind_of(result)} where {count} tensors were expected", line=line)
    for port, item in zip(spec.outputs, result, strict=True):
        if not isinstance(item, Tensor):
            raise CodeError(f'forward returned {_kind_of(item)} as "{port.name}", not a tensor', line=line)


def _kind_of(value: Any) -> str:
    """Return what a value is, in words."""
    if value is None:
        return "nothing"
    if isinstance(value, tuple | list):
        return f"{len(value)} things"
    return f"something of the type {type(value).__name__}"


def needs_numbers(error: BaseException) -> bool:
    """Say whether a layer failed only because tensors have no numbers when shapes are asked."""
    return isinstance(error, RuntimeError) and "meta" in str(error).lower()


def said(error: BaseException, code: str) -> str:
    """Return what an error of a layer's code says, in words that follow the line."""
    if isinstance(error, OutOfTimeError):
        return f"it gave no answer after {ASKING_S:g} seconds. Look for a loop that does not end"
    lines = str(error).strip().splitlines()
    words = " ".join(lines[0].split()).rstrip(".") if lines else ""
    name = type(error).__name__
    return f"{name}: {words}" if words else name


def line_of(error: BaseException, code: str = "") -> int:
    """Return the line of a layer's code at which an error was raised; 0 if it was not raised in it.

    Args:
        error: The error.
        code: The layer's code; empty for that of any custom layer.
    """
    beginning = file_of(code) if code else _FILE
    if isinstance(error, SyntaxError) and (error.filename or "").startswith(beginning):
        return error.lineno or 0
    found = 0
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename.startswith(beginning):
            found = line
    return found
