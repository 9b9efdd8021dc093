"""Functions called on tensors: which node each becomes.

What is called with weights (``F.linear(x, self.weight)``) is in `weighted`, indices are in `indexing`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from studio.catalog import registry
from studio.compiler.importing import indexing, weighted
from studio.compiler.importing.layers import plain
from studio.compiler.importing.recorder import Recorder, tensors_in
from studio.compiler.importing.twins import IGNORED, MERGES, NOTHING, TWINS
from studio.compiler.question import BATCH
from studio.graph.node import Value


def record(recorder: Recorder, called: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Any:
    """Write down a call of a function and return what the module's code gets.

    Args:
        recorder: Where to.
        called: The function's name.
        args: As the module's code gave them.
        kwargs: Likewise.
        result: Of the same call on the meta device.

    Raises:
        ImportingError: The catalog has nothing that does this.
    """
    if called in ("__setitem__", "__set__", "copy_", "index_put_"):
        raise recorder.refusal("writes into a tensor; a graph's tensors never change")
    if not tensors_in(result):
        return result  # a question about sizes or number formats
    is_inplace = called.endswith("_") and not called.endswith("__")
    name = called.rstrip("_") if is_inplace else called
    special = _SPECIAL.get(name)
    if special is not None:
        return special(recorder, name, args, kwargs, result)
    if name in weighted.LAYERS:
        return weighted.record(recorder, name, args, kwargs, result)
    if name in NOTHING:
        return _unchanged(recorder, name, args, kwargs, result)
    if name in MERGES:
        return _merge(recorder, name, args, kwargs, result)
    if name in TWINS:
        return _twin(recorder, name, args, {**kwargs, "inplace": True} if is_inplace else kwargs, result)
    raise recorder.refusal(f"calls {called}, for which the catalog has no layer")


def _twin(recorder: Recorder, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Any:
    """Write down a function that does what one layer does."""
    kind, words = TWINS[name]
    source, rest, kwargs = _first(args, kwargs)
    given = _bound(recorder, name, words.split(), rest, kwargs)
    if given.pop("training", True) is False:
        recorder.note(f"{kind} in {recorder.place()} is off in evaluation and was left out.")
        return recorder.same(result, recorder.wire(source))
    if kind == "Pad" and not any(given.get("pad", ())):
        return recorder.same(result, recorder.wire(source))
    if given.get("keepdim") is None:
        given.pop("keepdim", None)
    given = {key: value for key, value in given.items() if key != "inplace" or value}
    if "inplace" in given and _has(kind, "inplace") is False:
        del given["inplace"]
    recorder.emit(kind, [recorder.wire(source)], _allowed(recorder, kind, name, given), [result])
    return result


def _first(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
    """Return the tensor that a function works on, and the other arguments."""
    if args:
        return args[0], args[1:], kwargs
    return kwargs["input"], (), {key: value for key, value in kwargs.items() if key != "input"}


def _bound(
    recorder: Recorder, name: str, words: Sequence[str], args: Sequence[Any], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Return a call's arguments by name; several numbers in a row are one argument: ``x.permute(0, 2, 1)``."""
    if len(words) == 1 and len(args) > 1:
        args = (tuple(args),)
    if len(args) > len(words):
        raise recorder.refusal(f"calls {name} with more arguments than its layer has")
    given = {**dict(zip(words, args, strict=False)), **kwargs}
    unknown = [key for key, value in given.items() if key not in words and key not in IGNORED and value]
    if unknown:
        raise recorder.refusal(f"calls {name} with {unknown[0]}, which its layer does not have")
    return {key: value for key, value in given.items() if key in words or key == "inplace"}


def _allowed(recorder: Recorder, kind: str, name: str, given: dict[str, Any]) -> dict[str, Value]:
    """Return arguments as a node keeps them.

    Raises:
        ImportingError: One of them cannot be so.
    """
    spec = registry.find(kind)
    found: dict[str, Value] = {}
    for key, value in given.items():
        argument = spec.argument(key) if spec is not None else None
        if argument is None:
            continue
        number = argument.coerce(plain(value))
        reason = argument.why_not(number)
        if reason is not None:
            raise recorder.refusal(f"calls {name}, whose {key} {reason}")
        found[key] = number
    return found


def _has(kind: str, argument: str) -> bool:
    spec = registry.find(kind)
    return spec is not None and spec.argument(argument) is not None


def _unchanged(
    recorder: Recorder, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Tensor
) -> Tensor:
    """Pass on what gives the same numbers."""
    wire = recorder.wire(args[0])
    if result.shape != wire.tensor.shape:
        raise recorder.refusal(f"calls {name} to stretch a tensor, for which the catalog has no layer")
    if result.dtype != wire.tensor.dtype:
        raise recorder.refusal(f"changes the number format to {result.dtype}".replace("torch.", ""))
    return recorder.same(result, wire)


def _merge(
    recorder: Recorder, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Tensor
) -> Tensor:
    """Write down a function of several tensors."""
    wires = [recorder.wire(tensor) for tensor in tensors_in((args, kwargs))]
    words = {key: value for key, value in kwargs.items() if not isinstance(value, Tensor) and value}
    if name == "__rmatmul__":
        wires.reverse()
    recorder.emit(MERGES[name], wires, _allowed(recorder, MERGES[name], name, words), [result])
    return result


_ARITHMETIC = {
    "add": "Add",
    "sub": "Subtract",
    "subtract": "Subtract",
    "mul": "Multiply",
    "multiply": "Multiply",
    "div": "Divide",
    "divide": "Divide",
    "true_divide": "Divide",
}


def _arithmetic(
    recorder: Recorder, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Tensor
) -> Tensor:
    """Write down a sum, difference, product or quotient of tensors and numbers."""
    word = name.strip("_")
    turned = word.startswith("r") and name.startswith("__")
    kind = _ARITHMETIC[word[1:] if turned else word.removeprefix("i") if word[0] == "i" else word]
    one, other = args[0], args[1] if len(args) > 1 else kwargs["other"]
    if any(kwargs.get(key) not in (None, 1) for key in ("alpha", "rounding_mode")):
        raise recorder.refusal(f"calls {name} with alpha or rounding_mode, which {kind} does not have")
    if turned:
        one, other = other, one
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        recorder.emit(kind, [recorder.wire(one), recorder.wire(other)], {}, [result])
        return result
    number, source = (float(other), one) if isinstance(one, Tensor) else (float(one), other)
    wire = recorder.wire(source)
    scale_shift = _scale_shift(kind, number, isinstance(one, Tensor))
    if scale_shift == (1.0, 0.0):
        return recorder.same(result, wire)
    if scale_shift == (-1.0, 1.0):
        recorder.emit("OneMinus", [wire], {}, [result])
    elif scale_shift is not None:
        recorder.emit("Affine", [wire], {"scale": scale_shift[0], "shift": scale_shift[1]}, [result])
    else:
        constant = recorder.wire(number)
        pair = [wire, constant] if isinstance(one, Tensor) else [constant, wire]
        recorder.emit(kind, pair, {}, [result])
    return result


def _scale_shift(kind: str, number: float, number_last: bool) -> tuple[float, float] | None:
    """Return an operation with a number as a factor and a term, if it is exactly that."""
    if kind == "Add":
        return 1.0, number
    if kind == "Multiply":
        return number, 0.0
    if kind == "Subtract":
        return (1.0, -number) if number_last else (-1.0, number)
    # Dividing is only the same as multiplying where the inverse is exact.
    is_exact = number != 0 and number_last and math.frexp(abs(number))[0] == 0.5
    return (1.0 / number, 0.0) if is_exact else None


def _negative(recorder: Recorder, name: str, args: tuple[Any, ...], kwargs: Any, result: Tensor) -> Tensor:
    recorder.emit("Affine", [recorder.wire(args[0])], {"scale": -1.0, "shift": 0.0}, [result])
    return result


def _power(recorder: Recorder, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Tensor) -> Tensor:
    exponent = 2.0 if name == "square" else args[1] if len(args) > 1 else kwargs["exponent"]
    if isinstance(exponent, Tensor) or not isinstance(args[0], Tensor):
        raise recorder.refusal("takes a power whose exponent is a tensor")
    recorder.emit("Pow", [recorder.wire(args[0])], {"exponent": float(exponent)}, [result])
    return result


def _list(recorder: Recorder, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Tensor) -> Tensor:
    """Write down what joins a list of tensors."""
    kind = "Stack" if name == "stack" else "Concat"
    tensors, rest, kwargs = (args[0], args[1:], kwargs) if args else (kwargs["tensors"], (), kwargs)
    dim = rest[0] if rest else kwargs.get("dim", kwargs.get("axis", 0))
    wires = [recorder.wire(tensor) for tensor in tensors]
    if len(wires) == 1 and kind == "Concat":
        return recorder.same(result, wires[0])
    recorder.emit(kind, wires, {"dim": dim}, [result])
    return result


def _parts(recorder: Recorder, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Any:
    """Write down what cuts a tensor into parts."""
    words = {"unbind": ["dim"], "chunk": ["chunks", "dim"]}.get(name, ["split_size", "dim"])
    given = {**dict(zip(words, args[1:], strict=False)), **kwargs}
    wire = recorder.wire(args[0])
    dim = given.get("dim", 0)
    if name == "unbind":
        for place, part in enumerate(result):
            recorder.emit("Select", [wire], {"dim": dim, "index": place}, [part])
    elif name == "chunk" and len(result) == given["chunks"]:
        recorder.emit("Chunk", [wire], {"dim": dim, "chunks": len(result)}, result)
    else:
        sizes = tuple(part.shape[dim] for part in result)
        recorder.emit("Split", [wire], {"dim": dim, "split_sizes": sizes}, result)
    return result


def _shape(recorder: Recorder, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Tensor) -> Tensor:
    """Write down a view in another shape."""
    wire = recorder.wire(args[0])
    before, after = tuple(wire.tensor.shape), tuple(result.shape)
    if before == after:
        return recorder.same(result, wire)
    if wire.fixed and before[:1] != after[:1]:
        raise recorder.refusal(f"gives its own tensor of the shape {before} the shape {after}")
    if len(after) == 2 and len(before) > 2 and after[0] == before[0]:
        recorder.emit("Flatten", [wire], {}, [result])
    else:
        recorder.emit("Reshape", [wire], {"shape": after[1:]}, [result])
    return result


def _squeeze(recorder: Recorder, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Tensor) -> Tensor:
    dim = args[1] if len(args) > 1 else kwargs.get("dim")
    wire = recorder.wire(args[0])
    if isinstance(dim, int) and result.shape != wire.tensor.shape:
        recorder.emit("Squeeze", [wire], {"dim": dim}, [result])
        return result
    return _shape(recorder, name, args, kwargs, result)


def _permute(recorder: Recorder, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Tensor) -> Tensor:
    dims = kwargs.get("dims", args[1] if len(args) == 2 else args[1:])
    rank = result.dim()
    if name in ("mT", "t", "adjoint"):
        recorder.emit("Transpose", [recorder.wire(args[0])], {"dim0": -2, "dim1": -1}, [result])
    else:
        order = tuple(dim % rank for dim in dims)
        recorder.emit("Permute", [recorder.wire(args[0])], {"dims": order}, [result])
    return result


def _expand(recorder: Recorder, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Tensor) -> Tensor:
    """Write down a learned tensor that is repeated for every sample."""
    wire = recorder.wire(args[0])
    before, after = tuple(wire.tensor.shape), tuple(result.shape)
    if before == after:
        return recorder.same(result, wire)
    if not (wire.fixed and before[0] == 1 and after == (BATCH, *before[1:])):
        raise recorder.refusal(f"calls {name} to stretch a tensor, for which the catalog has no layer")
    recorder.emit("ExpandToBatch", {"input": wire, "like": recorder.newest()}, {}, [result])
    return result


def _largest(recorder: Recorder, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Any:
    """Write down the largest along a dimension, or of two tensors; where it was is not to be had."""
    if isinstance(result, Tensor):
        wires = [recorder.wire(tensor) for tensor in tensors_in((args, kwargs))]
        if len(wires) != 2:
            raise recorder.refusal("takes the largest number of a whole batch, which mixes samples")
        recorder.emit("Maximum", wires, {}, [result])
        return result
    given = _bound(recorder, name, ["dim", "keepdim"], args[1:], kwargs)
    recorder.emit("AMax", [recorder.wire(args[0])], given, [result[0]])
    return result


_Handler = Callable[[Recorder, str, tuple[Any, ...], dict[str, Any], Any], Any]
_SPECIAL: dict[str, _Handler] = {
    **dict.fromkeys([*_ARITHMETIC, "__radd__", "__rmul__", "__rsub__", "__rdiv__", "__rtruediv__"], _arithmetic),
    **dict.fromkeys(["__add__", "__sub__", "__mul__", "__truediv__", "__iadd__", "__imul__"], _arithmetic),
    **dict.fromkeys(["neg", "negative", "__neg__"], _negative),
    **dict.fromkeys(["pow", "square", "__pow__"], _power),
    **dict.fromkeys(["cat", "concat", "concatenate", "stack"], _list),
    **dict.fromkeys(["chunk", "split", "unbind", "split_with_sizes", "tensor_split"], _parts),
    **dict.fromkeys(["view", "reshape", "reshape_as"], _shape),
    **dict.fromkeys(["permute", "mT", "t"], _permute),
    **dict.fromkeys(["expand", "repeat"], _expand),
    "squeeze": _squeeze,
    "max": _largest,
    "__getitem__": indexing.record,
}
"""Functions that become different nodes depending on how they are called."""
