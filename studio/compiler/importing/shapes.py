"""Functions that arrange the same numbers differently, cut them into parts, or repeat them."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from studio.compiler.importing.recorder import Handler, Recorder
from studio.compiler.importing.recording import Call
from studio.compiler.question import BATCH


def _view(recorder: Recorder, call: Call) -> Tensor:
    """Write down a view in another shape: the sizes after the batch, worked out."""
    wire, result = recorder.wire(call.args[0]), call.result
    before, after = tuple(wire.tensor.shape), tuple(result.shape)
    if before == after:
        return recorder.same(result, wire)
    if wire.fixed and before[:1] != after[:1]:
        raise recorder.refusal(f"gives a tensor of its own that has the shape {before} the shape {after}")
    if len(after) == 2 and len(before) > 2 and after[0] == before[0]:
        recorder.emit("Flatten", [wire], {}, [result])
    else:
        recorder.emit("Reshape", [wire], {"shape": after[1:]}, [result])
    return recorder.seen(result)


def _squeeze(recorder: Recorder, call: Call) -> Tensor:
    dim = call.given("input", "dim").get("dim")
    wire = recorder.wire(call.args[0])
    if isinstance(dim, int) and call.result.shape != wire.tensor.shape:
        recorder.emit("Squeeze", [wire], {"dim": dim}, [call.result])
        return recorder.seen(call.result)
    return _view(recorder, call)


def _permute(recorder: Recorder, call: Call) -> Tensor:
    source, result = call.args[0], call.result
    is_turned = call.name in ("t", "T", "mT", "transpose") and result.dim() == 2
    if is_turned and recorder.key(source) is not None:
        return recorder.turned(result, source)
    wire = recorder.wire(source)
    if call.name == "transpose":
        given = call.given("input", "dim0", "dim1")
        recorder.emit("Transpose", [wire], {"dim0": given["dim0"], "dim1": given["dim1"]}, [result])
        return recorder.seen(result)
    if call.name in ("mT", "t", "T"):
        recorder.emit("Transpose", [wire], {"dim0": -2, "dim1": -1}, [result])
        return recorder.seen(result)
    dims = call.kwargs.get("dims", call.args[1] if len(call.args) == 2 else call.args[1:])
    recorder.emit("Permute", [wire], {"dims": tuple(dim % result.dim() for dim in dims)}, [result])
    return recorder.seen(result)


def _expand(recorder: Recorder, call: Call) -> Tensor:
    """Write down a learned tensor that is repeated for every sample."""
    wire, result = recorder.wire(call.args[0]), call.result
    before, after = tuple(wire.tensor.shape), tuple(result.shape)
    if before == after:
        return recorder.same(result, wire)
    if not (wire.fixed and before[0] == 1 and after == (BATCH, *before[1:])):
        raise recorder.refusal(f"calls {call.name} to stretch a tensor, for which the catalog has no layer")
    recorder.emit("ExpandToBatch", {"input": wire, "like": recorder.newest()}, {}, [result])
    return recorder.seen(result)


def _parts(recorder: Recorder, call: Call) -> Any:
    """Write down what cuts a tensor into parts."""
    words = {"unbind": ["dim"], "chunk": ["chunks", "dim"]}.get(call.name, ["split_size", "dim"])
    given = call.given("input", *words)
    wire, result, dim = recorder.wire(given["input"]), call.result, given.get("dim", 0)
    if call.name == "unbind":
        for place, part in enumerate(result):
            recorder.emit("Select", [wire], {"dim": dim, "index": place}, [part])
    elif call.name == "chunk" and len(result) == given["chunks"]:
        recorder.emit("Chunk", [wire], {"dim": dim, "chunks": len(result)}, result)
    else:
        sizes = tuple(part.shape[dim] for part in result)
        recorder.emit("Split", [wire], {"dim": dim, "split_sizes": sizes}, result)
    return result


HANDLERS: dict[str, Handler] = {
    **dict.fromkeys(("view", "reshape", "reshape_as"), _view),
    **dict.fromkeys(("permute", "mT", "t", "T", "transpose"), _permute),
    **dict.fromkeys(("expand", "repeat"), _expand),
    **dict.fromkeys(("chunk", "split", "unbind", "split_with_sizes"), _parts),
    "squeeze": _squeeze,
}
