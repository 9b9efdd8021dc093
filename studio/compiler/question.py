"""Asking PyTorch about one layer on the meta device, where tensors have shapes but no memory."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from studio.catalog.spec import LayerSpec
from studio.compiler.modules import call, make_module, meta_tensor, num_bytes, num_parameters
from studio.compiler.types import TensorType
from studio.graph.node import Value

BATCH = 4099
"""Samples in the batch of a question: a prime that no feature is likely to have, so that a layer that
moves or mixes the batch dimension shows."""

MIXES_SAMPLES = "mixes samples"


@dataclass(frozen=True, slots=True)
class Answer:
    """What PyTorch says about a layer with given arguments on given inputs.

    Attributes:
        output: What it gives; None if PyTorch refuses.
        refusal: The first line of PyTorch's refusal, or `MIXES_SAMPLES`; empty if there is none.
        parameters: Learnable numbers.
        parameter_bytes: Their memory.
        buffer_bytes: Memory of what is kept beside them, such as running statistics.
        macs: Multiply-accumulates for one sample.
        is_view: The output is the input's memory, seen in another shape or overwritten.
    """

    output: TensorType | None
    refusal: str = ""
    parameters: int = 0
    parameter_bytes: int = 0
    buffer_bytes: int = 0
    macs: int = 0
    is_view: bool = False


class _FlopCounter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts floating-point operations with torch's own formulas.

    `torch.utils.flop_counter.FlopCounterMode` would do it too, but it hooks every module of the process
    to know where it is, and a network may be training on another thread of this one.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.flops = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        output = func(*args, **(kwargs or {}))
        formula = flop_registry.get(func._overloadpacket)
        if formula is not None:
            self.flops += formula(*args, **(kwargs or {}), out_val=output)
        return output


def ask(spec: LayerSpec, values: Mapping[str, Value], inputs: tuple[TensorType, ...]) -> Answer:
    """Build a layer on the meta device, run it in training mode, and report what came out.

    Nothing is allocated and no random number is drawn, however large the layer.
    """
    try:
        return _ask(spec, values, inputs)
    except Exception as error:  # PyTorch refuses with whatever fits: RuntimeError, TypeError, OverflowError …
        lines = str(error).strip().splitlines()
        words = " ".join(lines[0].split()) if lines else type(error).__name__
        return Answer(None, words.replace(str(BATCH), "N"))


def _ask(spec: LayerSpec, values: Mapping[str, Value], inputs: tuple[TensorType, ...]) -> Answer:
    """Do the work of `ask`, and let PyTorch's refusals through."""
    with torch.device("meta"), torch.no_grad():
        module = make_module(spec, values) if spec.call == "module" else None
        tensors = [meta_tensor(kind, BATCH) for kind in inputs]
        with _FlopCounter() as counter:
            output = call(spec, values, tensors, module)
    if output.numel() == 0:
        # torch 2.11 lets a window larger than the maps through on meta, if it is so on one side only.
        return Answer(None, f"Output size is too small: {tuple(output.shape[1:])}")
    kind = _loss_type(output) if spec.role == "loss" else _batch_type(output)
    if kind is None:
        return Answer(None, MIXES_SAMPLES)
    parameters = [] if module is None else list(module.parameters())
    buffers = [] if module is None else list(module.buffers())
    return Answer(
        kind,
        "",
        0 if module is None else num_parameters(module),
        num_bytes(parameters),
        num_bytes(buffers),
        # The formulas count a multiply-accumulate as two operations.
        counter.flops // (2 * BATCH),
        any(_shares_memory(output, tensor) for tensor in tensors),
    )


def _batch_type(output: Tensor) -> TensorType | None:
    """Return the type of a batch of outputs, or None if dimension 0 is not the batch any more."""
    if output.dim() == 0 or output.shape[0] != BATCH:
        return None
    return TensorType(tuple(output.shape[1:]), _dtype(output))


def _loss_type(output: Tensor) -> TensorType | None:
    """Return the type of a loss, or None if it is not a single number."""
    return TensorType((), _dtype(output)) if output.dim() == 0 else None


def _dtype(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _shares_memory(one: Tensor, other: Tensor) -> bool:
    """Say whether two tensors lie in the same memory; on the meta device too."""
    return bool(one.untyped_storage()._cdata == other.untyped_storage()._cdata)


def is_countable(kind: TensorType) -> bool:
    """Say whether a batch of a type is small enough for torch to count its bytes."""
    return BATCH * math.prod(kind.shape) * 8 < 2**63
