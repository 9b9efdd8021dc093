"""Sums, differences, products, quotients and powers of tensors and numbers."""

from __future__ import annotations

import math
from typing import Any

from torch import Tensor

from studio.compiler.importing.recorder import Handler, Recorder, tensors_in
from studio.compiler.importing.recording import Call

_KINDS = {
    "add": "Add",
    "sub": "Subtract",
    "subtract": "Subtract",
    "mul": "Multiply",
    "multiply": "Multiply",
    "div": "Divide",
    "divide": "Divide",
    "truediv": "Divide",
    "true_divide": "Divide",
}


def _arithmetic(recorder: Recorder, call: Call) -> Tensor:
    """Write down an operation of two tensors, or of a tensor and a number."""
    word = call.name.strip("_")
    turned = word not in _KINDS and word.startswith("r")
    kind = _KINDS[word[1:] if turned else word if word in _KINDS else word.removeprefix("i")]
    given = call.given("input", "other")
    one, other = given["input"], given["other"]
    if given.get("alpha", 1) != 1 or given.get("rounding_mode") is not None:
        raise recorder.refusal(f"calls {call.name} with alpha or rounding_mode, which {kind} does not have")
    if turned:
        one, other = other, one
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        recorder.emit(kind, [recorder.wire(one), recorder.wire(other)], {}, [call.result])
        return recorder.seen(call.result)
    return _with_number(recorder, kind, one, other, call.result)


def _with_number(recorder: Recorder, kind: str, one: Any, other: Any, result: Tensor) -> Tensor:
    """Write down an operation of a tensor and a number, in either order."""
    is_last = isinstance(one, Tensor)
    wire, number = recorder.wire(one if is_last else other), float(other if is_last else one)
    line = _line(kind, number, is_last)
    if line == (1.0, 0.0):
        return recorder.same(result, wire)
    if line == (-1.0, 1.0):
        recorder.emit("OneMinus", [wire], {}, [result])
    elif line is not None:
        recorder.emit("Affine", [wire], {"scale": line[0], "shift": line[1]}, [result])
    else:
        constant = recorder.wire(number)
        recorder.emit(kind, [wire, constant] if is_last else [constant, wire], {}, [result])
    return result


def _line(kind: str, number: float, is_last: bool) -> tuple[float, float] | None:
    """Return an operation with a number as a factor and a term, if it is exactly that."""
    if kind == "Add":
        return 1.0, number
    if kind == "Multiply":
        return number, 0.0
    if kind == "Subtract":
        return (1.0, -number) if is_last else (-1.0, number)
    # Dividing is only the same as multiplying where the inverse is exact.
    is_exact = number != 0 and is_last and math.frexp(abs(number))[0] == 0.5
    return (1.0 / number, 0.0) if is_exact else None


def _negative(recorder: Recorder, call: Call) -> Tensor:
    recorder.emit("Affine", [recorder.wire(call.args[0])], {"scale": -1.0, "shift": 0.0}, [call.result])
    return recorder.seen(call.result)


def _power(recorder: Recorder, call: Call) -> Tensor:
    given = call.given("input", "exponent")
    exponent = 2.0 if call.name == "square" else given["exponent"]
    if isinstance(exponent, Tensor) or not isinstance(given["input"], Tensor):
        raise recorder.refusal("takes a power whose exponent is a tensor")
    recorder.emit("Pow", [recorder.wire(given["input"])], {"exponent": float(exponent)}, [call.result])
    return recorder.seen(call.result)


def _largest(recorder: Recorder, call: Call) -> Any:
    """Write down the largest along a dimension, or of two tensors; where it was is not to be had."""
    if not isinstance(call.result, Tensor):
        given = call.given("input", "dim", "keepdim")
        arguments = {"dim": given["dim"], "keepdim": bool(given.get("keepdim", False))}
        recorder.emit("AMax", [recorder.wire(given["input"])], arguments, [call.result[0]])
        return call.result
    wires = [recorder.wire(tensor) for tensor in tensors_in((call.args, call.kwargs))]
    if len(wires) != 2:
        raise recorder.refusal("takes the largest number of a whole batch, which mixes samples")
    recorder.emit("Maximum", wires, {}, [call.result])
    return call.result


def _norm(recorder: Recorder, call: Call) -> Tensor:
    """Write down the length of the rows along a dimension."""
    words = ("input", "p", "dim", "keepdim") if call.name == "norm" else ("input", "ord", "dim", "keepdim")
    given = call.given(*words)
    order, dim = given.get(words[1], 2.0), given.get("dim")
    order = 2.0 if order in ("fro", None) else order
    if dim is None or not isinstance(order, int | float):
        raise recorder.refusal(f"calls {call.name} without dim, or with {order}; say both in numbers")
    keep = bool(given.get("keepdim", False))
    arguments = {"ord": float(order), "dim": dim, "keepdim": keep}
    recorder.emit("VectorNorm", [recorder.wire(given["input"])], arguments, [call.result])
    return recorder.seen(call.result)


def _normalize(recorder: Recorder, call: Call) -> Tensor:
    """Write down the division of rows by their length, as torch does it in steps."""
    given = call.given("input", "p", "dim", "eps")
    wire, dim = recorder.wire(given["input"]), given.get("dim", 1)
    order, eps = float(given.get("p", 2.0)), float(given.get("eps", 1e-12))
    lengths = wire.tensor.norm(order, dim, keepdim=True)
    arguments = {"ord": order, "dim": dim, "keepdim": True}
    length = recorder.emit("VectorNorm", [wire], arguments, [lengths]).outputs["output"]
    least = recorder.emit("Clamp", [length], {"min": eps}, [lengths.clamp_min(eps)]).outputs["output"]
    recorder.emit("Divide", [wire, least], {}, [call.result])
    return recorder.seen(call.result)


_WITH_NUMBERS = [
    *_KINDS,
    *(f"__{form}{word}__" for word in ("add", "sub", "mul", "div", "truediv") for form in ("", "r", "i")),
]

HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(_WITH_NUMBERS, _arithmetic),
    **dict.fromkeys(("neg", "negative", "__neg__"), _negative),
    **dict.fromkeys(("pow", "square", "__pow__"), _power),
    **dict.fromkeys(("norm", "linalg_vector_norm"), _norm),
    "normalize": _normalize,
    "max": _largest,
}
