"""Indices of tensors: ``x[:, 0]``, ``x[..., ::2, :]``, one node for each dimension that is touched."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from studio.compiler.importing.recorder import Recorder
from studio.compiler.importing.recording import Call, Wire


def record(recorder: Recorder, call: Call) -> Tensor:
    """Write down an index and return its result.

    Raises:
        ImportingError: It picks by another tensor, or takes samples out of the batch.
    """
    source, index = call.args
    result: Tensor = call.result
    items = list(index) if isinstance(index, tuple) else [index]
    state = recorder.turned_over(source)
    if state is not None:
        return _state(recorder, state, items, result)
    wire = recorder.wire(source)
    return _walk(recorder, wire, _spelled_out(recorder, wire, items), result)


def _spelled_out(recorder: Recorder, wire: Wire, items: list[Any]) -> list[Any]:
    """Return an index without ``...``, and with nothing in it but numbers, slices and None."""
    for item in items:
        is_number = isinstance(item, int) and not isinstance(item, bool)
        if not (item is None or item is Ellipsis or isinstance(item, slice) or is_number):
            raise recorder.refusal("picks from a tensor by another tensor or a list; a graph picks by number")
    count = sum(item is not None and item is not Ellipsis for item in items)
    if Ellipsis in items:
        place = items.index(Ellipsis)
        items = [*items[:place], *[slice(None)] * (wire.tensor.dim() - count), *items[place + 1 :]]
    return items


def _walk(recorder: Recorder, wire: Wire, items: list[Any], result: Tensor) -> Tensor:
    """Write down one node for each part of an index that does something; the last gives the result."""
    dim = 0
    nodes: list[tuple[str, dict[str, Any], Any]] = []
    for item in items:
        if item is None:
            nodes.append(("Unsqueeze", {"dim": dim}, (slice(None),) * dim + (None,)))
            dim += 1
        elif isinstance(item, slice):
            if item != slice(None):
                step = {"dim": dim, "start": item.start, "stop": item.stop, "step": item.step or 1}
                nodes.append(("Slice", step, (slice(None),) * dim + (item,)))
            dim += 1
        else:
            nodes.append(("Select", {"dim": dim, "index": item}, (slice(None),) * dim + (item,)))
    if not nodes:
        return recorder.same(result, wire)
    for place, (kind, arguments, index) in enumerate(nodes):
        with recorder.paused():
            part = result if place == len(nodes) - 1 else wire.tensor[index]
        wire = recorder.emit(kind, [wire], arguments, [part]).outputs["output"]
    return result


def _state(recorder: Recorder, state: Wire, items: list[Any], result: Tensor) -> Tensor:
    """Write down the choice of one state of a recurrent layer: ``h[-1]``."""
    if len(items) != 1 or not isinstance(items[0], int):
        raise recorder.refusal("uses several states of a recurrent layer at once; pick one of them: h[-1]")
    recorder.emit("Select", [state], {"dim": 1, "index": items[0]}, [result])
    return result
