"""Functions called on tensors: which node each becomes.

What is called with weights (``F.linear(x, self.weight)``) is in `weighted`, sums and products are in
`arithmetic`, and other shapes of the same numbers in `shapes` and `indexing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from studio.catalog import registry
from studio.compiler.importing import arithmetic, indexing, shapes, weighted
from studio.compiler.importing.layers import plain
from studio.compiler.importing.recorder import Handler, Recorder, tensors_in
from studio.compiler.importing.recording import Call
from studio.compiler.importing.twins import IGNORED, MERGES, NOTHING, TWINS, WRITERS
from studio.graph.node import Value


def record(recorder: Recorder, call: Call) -> Any:
    """Write down a call of a function and return what the module's code gets.

    Raises:
        ImportingError: The catalog has nothing that does this.
    """
    if call.name in WRITERS:
        raise recorder.refusal("writes into a tensor; a graph's tensors never change")
    if not tensors_in(call.result):
        return call.result  # a question about sizes or number formats
    if call.name.endswith("_") and not call.name.endswith("__"):
        call = Call(call.name.rstrip("_"), call.args, {**call.kwargs, "inplace": True}, call.result)
    handler = _SPECIAL.get(call.name)
    if handler is not None:
        return handler(recorder, call)
    if call.name in weighted.LAYERS:
        return weighted.record(recorder, call)
    if call.name in NOTHING:
        return _unchanged(recorder, call)
    if call.name in MERGES:
        return _merge(recorder, call)
    if call.name in TWINS:
        return _twin(recorder, call)
    raise recorder.refusal(f"calls {call.name}, for which the catalog has no layer")


def _twin(recorder: Recorder, call: Call) -> Any:
    """Write down a function that does what one layer does."""
    kind, words = TWINS[call.name]
    given = _bound(recorder, call, ["input", *words.split()])
    wire = recorder.wire(given.pop("input"))
    if given.pop("training", True) is False:
        recorder.note(f"{kind} in {recorder.place()} is off in evaluation, and was left out.")
        return recorder.same(call.result, wire)
    if kind == "Pad" and not any(given.get("pad", ())):
        return recorder.same(call.result, wire)
    recorder.emit(kind, [wire], _allowed(recorder, kind, call, given), [call.result])
    return call.result


def _bound(recorder: Recorder, call: Call, words: Sequence[str]) -> dict[str, Any]:
    """Return a call's arguments by name; numbers in a row are one argument: ``x.mean(2, 3)``."""
    args = call.args
    if len(words) == 2 and len(args) > 2:
        args = (args[0], tuple(args[1:]))
    given = {**dict(zip(words, args, strict=False)), **call.kwargs}
    unknown = [key for key, value in given.items() if key not in words and key not in IGNORED and value]
    if unknown or len(args) > len(words):
        what = unknown[0] if unknown else f"{len(args)} arguments"
        raise recorder.refusal(f"calls {call.name} with {what}, which its layer does not have")
    return given


def _allowed(recorder: Recorder, kind: str, call: Call, given: dict[str, Any]) -> dict[str, Value]:
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
            raise recorder.refusal(f"calls {call.name}, whose {key} {reason}")
        found[key] = number
    return found


def _unchanged(recorder: Recorder, call: Call) -> Tensor:
    """Pass on what gives the same numbers."""
    wire, result = recorder.wire(call.args[0]), call.result
    if result.shape != wire.tensor.shape:
        raise recorder.refusal(f"calls {call.name} to stretch a tensor, for which the catalog has no layer")
    if result.dtype != wire.tensor.dtype:
        raise recorder.refusal(f"changes the number format to {result.dtype}".replace("torch.", ""))
    return recorder.same(result, wire)


_ALLOWED = ("is_causal", "scale", "dim", "eps")
"""Keywords of functions of several tensors that their layers have."""


def _merge(recorder: Recorder, call: Call) -> Tensor:
    """Write down a function of several tensors."""
    kind, result = MERGES[call.name], call.result
    wires = [recorder.wire(tensor) for tensor in tensors_in((call.args, call.kwargs))]
    if call.name == "__rmatmul__":
        wires.reverse()
    words = {key: value for key, value in call.kwargs.items() if not isinstance(value, Tensor)}
    unknown = [key for key, value in words.items() if value and key not in _ALLOWED]
    if unknown or len(wires) > 3 or len(call.args) > len(wires):
        what = unknown[0] if unknown else "a mask, or dropout"
        raise recorder.refusal(f"calls {call.name} with {what}, which its layer does not have")
    recorder.emit(kind, wires, _allowed(recorder, kind, call, words), [result])
    return recorder.seen(result)


def _list(recorder: Recorder, call: Call) -> Tensor:
    """Write down what joins a list of tensors."""
    kind = "Stack" if call.name == "stack" else "Concat"
    given = call.given("tensors", "dim")
    wires = [recorder.wire(tensor) for tensor in given["tensors"]]
    if len(wires) == 1 and kind == "Concat":
        return recorder.same(call.result, wires[0])
    recorder.emit(kind, wires, {"dim": given.get("dim", given.get("axis", 0))}, [call.result])
    return recorder.seen(call.result)


_SPECIAL: dict[str, Handler] = {
    **arithmetic.HANDLERS,
    **shapes.HANDLERS,
    **dict.fromkeys(("cat", "concat", "concatenate", "stack"), _list),
    "__getitem__": indexing.record,
}
"""Functions that become different nodes depending on how they are called."""
