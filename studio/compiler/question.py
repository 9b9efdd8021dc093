"""Asking PyTorch about one layer on the meta device, where tensors have shapes but no memory."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from studio.catalog.custom import CODE, CUSTOM
from studio.catalog.spec import LayerSpec
from studio.compiler import custom
from studio.compiler.deadline import OutOfTimeError, time_limit
from studio.compiler.draws import own_draws
from studio.compiler.modules import (
    call,
    make_module,
    meta_tensor,
    num_bytes,
    num_parameters,
    picked,
    resolve,
)
from studio.compiler.saving import NOTHING, Saved, SaveWatch, storage_of
from studio.compiler.types import TensorType
from studio.errors import CodeError
from studio.graph.node import Value

BATCH = 4099
"""Samples in the batch of a question: a prime that no feature is likely to have, so that a layer that
moves or mixes the batch dimension shows."""

FEW = 5
"""Samples in the batch of a question that needs numbers: a prime that few features are."""

LARGEST_ASKED = 2**26
"""Most bytes of a sample that is made on the CPU to ask a module which needs numbers."""

MIXES_SAMPLES = "mixes samples"

_ATTENTION = (
    "MultiheadAttention",
    "ScaledDotProductAttention",
    "TransformerEncoderLayer",
    "TransformerDecoderLayer",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What PyTorch says about a layer with given arguments on given inputs.

    Attributes:
        outputs: What it gives at each port; empty if PyTorch refuses. None at a port where it gives nothing.
        refusal: The first line of PyTorch's refusal, or `MIXES_SAMPLES`; empty if there is none.
        line: The line of a custom layer's code that failed; 0 if it was none.
        parameters: Learnable numbers.
        weight: Those of them that other layers can be tied to: the ``weight``.
        parameter_bytes: Their memory.
        buffer_bytes: Memory of what is kept beside them, such as running statistics.
        macs: Multiply-accumulates for one sample.
        saved: What is kept for the backward pass.
        is_view: The output is the input's memory, seen in another shape or overwritten.
    """

    outputs: tuple[TensorType | None, ...]
    refusal: str = ""
    parameters: int = 0
    weight: int = 0
    parameter_bytes: int = 0
    buffer_bytes: int = 0
    macs: int = 0
    is_view: bool = False
    saved: Saved = NOTHING
    line: int = 0

    @property
    def output(self) -> TensorType | None:
        """What it gives at its first port; None if PyTorch refuses."""
        return self.outputs[0] if self.outputs else None

    @property
    def num_bytes(self) -> int:
        """Memory of all outputs, for one sample."""
        return sum(kind.num_bytes for kind in self.outputs if kind is not None)


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


def ask(spec: LayerSpec, values: Mapping[str, Value], inputs: tuple[TensorType | None, ...]) -> Answer:
    """Build a layer on the meta device, run it in training mode, and report what came out.

    Nothing is allocated and no random number is drawn, however large the layer.
    """
    if spec.kind == CUSTOM:
        return _ask_code(spec, values, inputs)
    try:
        return _ask(spec, values, inputs)
    except Exception as error:  # PyTorch refuses with whatever fits: RuntimeError, TypeError, OverflowError …
        lines = str(error).strip().splitlines()
        words = " ".join(lines[0].split()) if lines else type(error).__name__
        return Answer((), words.replace(str(BATCH), "N"))


def _ask_code(spec: LayerSpec, values: Mapping[str, Value], inputs: tuple[TensorType | None, ...]) -> Answer:
    """Ask a layer whose code a person wrote: it may fail in any way, or never answer."""
    code = str(values[CODE])
    _get_ready()
    try:
        return _ask(spec, values, inputs)
    except (Exception, OutOfTimeError, SystemExit) as error:
        failed: BaseException = error
    if custom.needs_numbers(failed):
        try:
            return _ask_code_with_numbers(spec, values, inputs)
        except (Exception, OutOfTimeError, SystemExit) as error:
            failed = error
    if isinstance(failed, CodeError):
        return Answer((), failed.message, line=failed.line)
    words = re.sub("[0-9]+", _in_batches, custom.said(failed, code))
    return Answer((), words, line=custom.line_of(failed, code))


def _ask(spec: LayerSpec, values: Mapping[str, Value], inputs: tuple[TensorType | None, ...]) -> Answer:
    """Do the work of `ask`, and let PyTorch's refusals through."""
    if spec.call == "module" and getattr(resolve(spec.target), "NEEDS_NUMBERS", False):
        return _ask_with_numbers(spec, values, inputs)
    steps = inputs[0].shape[0] if spec.stepwise and inputs[0] is not None else 1
    if steps > 1:
        return _stretched(spec, _ask(spec, values, tuple(_with_steps(kind, 1) for kind in inputs)), steps)
    device = "cpu" if spec.kind in _ATTENTION else "meta"
    with _without_memory(device), torch.enable_grad():
        with _limit(spec):
            module = make_module(spec, values) if spec.call == "module" else None
        tensors = [None if kind is None else _wire(kind, device) for kind in inputs]
        with _FlopCounter() as counter, SaveWatch() as watch, _limit(spec):
            results = picked(spec, _called(spec, values, tensors, module))
    for result in results:
        if isinstance(result, Tensor) and result.numel() == 0:
            # torch 2.11 lets a window larger than the maps through on meta, if it is so on one side only.
            return Answer((), f"Output size is too small: {tuple(result.shape[1:])}")
    is_fixed = spec.role == "layer" and all(kind is None or kind.fixed for kind in inputs)
    kinds = tuple(_type_of(result, spec, is_fixed) for result in results)
    if any(kind is None and result is not None for kind, result in zip(kinds, results, strict=True)):
        return Answer((), MIXES_SAMPLES)
    parameters = [] if module is None else list(module.parameters())
    buffers = [] if module is None else list(module.buffers())
    own = [results[0]] if spec.call == "parameter" and isinstance(results[0], Tensor) else []
    return Answer(
        kinds,
        "",
        (0 if module is None else num_parameters(module)) + sum(math.prod(one.shape) for one in own),
        math.prod(weight.shape) if isinstance(weight := getattr(module, "weight", None), Tensor) else 0,
        num_bytes(parameters) + num_bytes(own),
        num_bytes(buffers),
        # The formulas count a multiply-accumulate as two operations.
        counter.flops // (2 * BATCH),
        _is_view(results[0], tensors),
        watch.saved(tensors, results[0], [*parameters, *buffers]),
    )


def _in_batches(number: re.Match[str]) -> str:
    """Return a size in an error as a person would say it: 8·4099 is 8 for each of N samples."""
    times, rest = divmod(int(number[0][:18]), BATCH)
    if rest or not times:
        return number[0]
    return "N" if times == 1 else f"N·{times}"


@cache
def _get_ready() -> None:
    """Let PyTorch import what it does for a first question: that takes seconds, and is no layer's fault."""
    with _without_memory("meta"), torch.enable_grad(), _FlopCounter(), SaveWatch():
        torch.sigmoid(torch.empty(2, 2).requires_grad_() @ torch.empty(2, 2))


def _limit(spec: LayerSpec) -> AbstractContextManager[None]:
    """Return a context that ends what a person wrote if it does not end by itself."""
    return time_limit(custom.ASKING_S) if spec.kind == CUSTOM else nullcontext()


def _called(
    spec: LayerSpec,
    values: Mapping[str, Value],
    tensors: Sequence[Tensor | None],
    module: torch.nn.Module | None,
) -> Any:
    """Return what a layer gives; of code that a person wrote, only if that is tensors."""
    result = call(spec, values, tensors, module)
    if spec.kind == CUSTOM:
        custom.check_result(spec, result, str(values[CODE]))
    return result


def _without_memory(device: str) -> Any:
    """Return a context in which tensors have no memory: those of the meta device, or others in disguise.

    On the meta device torch computes attention step by step and keeps a matrix of weights for every head;
    anywhere else it does not. Disguised tensors go the way of real ones, but are slower.
    """
    if device == "meta":
        return torch.device("meta")
    from torch._subclasses.fake_tensor import FakeTensorMode  # takes seconds to import

    return FakeTensorMode()


def _wire(kind: TensorType, device: str = "meta") -> Tensor:
    """Return what comes in from another layer: a tensor that gradients flow through."""
    tensor = meta_tensor(kind, BATCH, device)
    # A copy, because a layer may overwrite its input, which autograd refuses for a tensor made by hand.
    return tensor.requires_grad_().clone() if tensor.is_floating_point() else tensor


def _with_steps(kind: TensorType | None, steps: int) -> TensorType | None:
    """Return the type of sequences with another number of steps."""
    return None if kind is None else replace(kind, shape=(steps, *kind.shape[1:]))


def _stretched(spec: LayerSpec, answer: Answer, steps: int) -> Answer:
    """Return what many steps give, from the answer about one: a thousand would take torch seconds."""
    if not answer.outputs:
        return answer
    outputs = tuple(
        kind if port.name in spec.batch_second else _with_steps(kind, steps)
        for port, kind in zip(spec.outputs, answer.outputs, strict=True)
    )
    saved = replace(answer.saved, own_bytes=answer.saved.own_bytes * steps)
    return replace(answer, outputs=outputs, macs=answer.macs * steps, saved=saved)


def _ask_with_numbers(
    spec: LayerSpec, values: Mapping[str, Value], inputs: tuple[TensorType | None, ...]
) -> Answer:
    """Ask a module that does not run on the meta device with two samples of zeros on the CPU.

    Such modules are fixed features (`studio.compiler.features`): they have no parameters, count no
    multiply-accumulates and take each sample by itself.
    """
    if any(kind is not None and kind.num_bytes > LARGEST_ASKED for kind in inputs):
        return Answer((), "its input is too large")
    with torch.device("cpu"), torch.no_grad():
        module = make_module(spec, values)
        tensors = [
            None if kind is None else torch.zeros_like(meta_tensor(kind, 2), device="cpu") for kind in inputs
        ]
        results = picked(spec, call(spec, values, tensors, module))
    return Answer(tuple(TensorType(tuple(one.shape[1:]), _dtype(one)) for one in results if one is not None))


def _ask_code_with_numbers(
    spec: LayerSpec, values: Mapping[str, Value], inputs: tuple[TensorType | None, ...]
) -> Answer:
    """Ask code that looks at the numbers themselves (``if x.sum() > 0``), with a few samples on the CPU.

    What it draws comes from a generator of its own. Costs are not counted.

    Raises:
        CodeError: The samples would take too much memory.
    """
    if any(kind is not None and FEW * kind.num_bytes > LARGEST_ASKED for kind in inputs):
        raise CodeError("it looks at the numbers of its input, which are too many to try it out")
    with torch.device("cpu"), own_draws(), torch.no_grad(), _limit(spec):
        module = make_module(spec, values)
        tensors = [
            None if kind is None else torch.zeros_like(meta_tensor(kind, FEW), device="cpu")
            for kind in inputs
        ]
        results = picked(spec, _called(spec, values, tensors, module))
    kinds = [TensorType(tuple(one.shape[1:]), _dtype(one)) for one in results if one is not None]
    if any(one is None or one.dim() == 0 or one.shape[0] != FEW for one in results):
        return Answer((), MIXES_SAMPLES)
    parameters, buffers = list(module.parameters()), list(module.buffers())
    return Answer(
        tuple(kinds),
        "",
        num_parameters(module),
        parameter_bytes=num_bytes(parameters),
        buffer_bytes=num_bytes(buffers),
    )


def _type_of(output: Tensor | None, spec: LayerSpec, is_fixed: bool) -> TensorType | None:
    """Return an output's type; None for nothing, or if its dimension 0 is not the batch any more."""
    if output is None:
        return None
    if spec.role == "loss":
        return TensorType((), _dtype(output)) if output.dim() == 0 else None
    if is_fixed:
        return TensorType(tuple(output.shape), _dtype(output), fixed=True)
    if output.dim() == 0 or output.shape[0] != BATCH:
        return None
    return TensorType(tuple(output.shape[1:]), _dtype(output))


def _is_view(output: Tensor | None, inputs: Sequence[Tensor | None]) -> bool:
    return output is not None and any(
        tensor is not None and storage_of(output) == storage_of(tensor) for tensor in inputs
    )


def _dtype(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def is_countable(kind: TensorType) -> bool:
    """Say whether a batch of a type is small enough for torch to count its bytes."""
    return BATCH * math.prod(kind.shape) * 8 < 2**63
