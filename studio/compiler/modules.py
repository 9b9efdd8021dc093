"""From a layer's spec to the torch module or function it names, with every argument filled in."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from studio.catalog.spec import ArgSpec, Infer, LayerSpec
from studio.compiler.functions import causal_mask
from studio.compiler.types import TensorType
from studio.graph.node import Value

T = TypeVar("T")


@cache
def resolve(target: str) -> Callable[..., Any]:
    """Return the torch class or function that a spec's target names."""
    module, _, name = target.rpartition(".")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


def read_off(infer: Infer, found: TensorType) -> Value:
    """Return what an argument left empty becomes on this input; None where the input does not say."""
    if not found.shape or (found.fixed and len(found.shape) < 2):
        return None
    if found.fixed:
        # A tensor without a batch: what stands where the batch would is no feature.
        found = TensorType(found.shape[1:])
    if infer == "channels":
        return found.shape[0]
    if infer == "normalized" and len(found.shape) == 3:
        return found.shape
    return found.shape[-1]


def fill_in(
    spec: LayerSpec, given: Mapping[str, Value], inputs: Sequence[TensorType]
) -> tuple[dict[str, Value], dict[str, Value]]:
    """Return all argument values, and those of them that were read off the first input."""
    values = spec.values(given)
    inferred = {
        argument.name: read_off(argument.infer, inputs[min(argument.infer_from, len(inputs) - 1)])
        for argument in spec.arguments
        if argument.infer and inputs and values[argument.name] is None
    }
    return {**values, **inferred}, inferred


def keywords(spec: LayerSpec, values: Mapping[str, Value], *, at_call: bool = False) -> dict[str, Any]:
    """Return the arguments to make a module with, or (`at_call`) those to call it with.

    What is at torch's own default is left out, so that an argument that only a later torch knows does
    no harm on this one until somebody sets it.
    """
    given: dict[str, Any] = {} if at_call else dict(spec.fixed)
    for argument in spec.arguments:
        value = values[argument.name]
        if argument.at_call is at_call and (argument.required or value != argument.default):
            given[argument.name] = _as_target_takes(argument, value)
    return given


def _as_target_takes(argument: ArgSpec, value: Value) -> Any:
    """Return an argument's value as torch wants it: a tuple may have to be a list or a tensor."""
    if argument.is_tensor and value is not None:
        return _tensor(value)
    if argument.at_call and argument.type == "pair" and isinstance(value, int):
        return (value,) * argument.items  # a call, unlike a constructor, takes no number for all sides
    return list(value) if argument.is_list and isinstance(value, tuple) else value


def _tensor(value: Value) -> Tensor:
    """Return the numbers of an argument as torch takes class weights."""
    return torch.tensor(value if isinstance(value, tuple) else (value,), dtype=torch.float32)


def make_module(spec: LayerSpec, values: Mapping[str, Value]) -> nn.Module:
    """Return a new module of a layer that is called as one, on the default device."""
    module: nn.Module = resolve(spec.target)(**keywords(spec, values))
    return module


def slices(values: Mapping[str, Value]) -> tuple[Any, ...]:
    """Return the index of a Slice: everything before and behind `dim`, and the part asked for along it."""
    dim = values["dim"]
    assert isinstance(dim, int)
    part = slice(values["start"], values["stop"], values["step"])
    if dim < 0:
        return (..., part, *(slice(None),) * (-dim - 1))
    return (*(slice(None),) * dim, part)


def masked(spec: LayerSpec, values: Mapping[str, Value], inputs: Sequence[T]) -> tuple[T, T] | None:
    """Return between which inputs a causal mask stands, or None if the layer was not asked for one."""
    if spec.causal is None or values[spec.causal[0]] is not True:
        return None
    return masked_ports(spec, inputs)


def masked_ports(spec: LayerSpec, inputs: Sequence[T]) -> tuple[T, T]:
    """Return the query and the key of a layer's self-attention."""
    names = [port.name for port in spec.inputs]
    return inputs[0], inputs[names.index("key") if "key" in names else 0]


def in_order(spec: LayerSpec, given: Mapping[str, Sequence[T]]) -> list[T | None]:
    """Return what comes in at each port, in order; None for an optional port without a wire.

    A port without a wire falls back on another port's, and what is left out at the end is not there.
    """
    found: list[T | None] = []
    by_port: dict[str, Sequence[T]] = {}
    for port in spec.inputs:
        items = given.get(port.name) or by_port.get(port.fallback, ())
        by_port[port.name] = items
        found += items if items or not port.optional else [None]
    while found and found[-1] is None:
        found.pop()
    return found


def call(
    spec: LayerSpec, values: Mapping[str, Value], inputs: Sequence[Tensor | None], module: nn.Module | None
) -> Any:
    """Call a layer on tensors, as the compiled network does, and return whatever comes back."""
    if module is not None:
        given = keywords(spec, values, at_call=True)
        between = masked(spec, values, inputs)
        if between is not None and spec.causal is not None:
            given[spec.causal[1]] = causal_mask(*between)  # type: ignore[arg-type]
        return module(*inputs, **given)
    function = resolve(spec.target) if spec.call in ("function", "fold", "list") else None
    match spec.call:
        case "function":
            assert function is not None
            return function(*inputs, **keywords(spec, values))
        case "fold":
            assert function is not None
            output = inputs[0]
            for other in inputs[1:]:
                output = function(output, other)
            return output
        case "list":
            assert function is not None
            return function(list(inputs), **keywords(spec, values))
        case "reshape":
            assert inputs[0] is not None
            return torch.reshape(inputs[0], (inputs[0].size(0), *sample_shape(values)))
        case "slice":
            assert inputs[0] is not None
            return inputs[0][slices(values)]
        case "expand":
            fixed, like = inputs
            assert fixed is not None
            assert like is not None
            return fixed.expand(like.size(0), *fixed.shape[1:])
        case "parameter" | "constant":
            return torch.empty(sample_shape(values))
    raise AssertionError(spec.call)


def picked(spec: LayerSpec, result: Any) -> tuple[Tensor | None, ...]:
    """Return a layer's outputs in the order of its ports; None where torch gives none."""
    if not spec.picks:
        return (result,)
    found = []
    for port, pick in zip(spec.outputs, spec.picks, strict=True):
        item = result
        for place in pick:
            item = item[place]
        if item is not None and port.name in spec.batch_second:
            item = item.transpose(0, 1)
        found.append(item)
    return tuple(found)


def sample_shape(values: Mapping[str, Value]) -> tuple[int, ...]:
    """Return the sizes a Reshape asks for, an int being one of them."""
    sizes = values["shape"]
    return tuple(sizes) if isinstance(sizes, tuple) else (sizes,)  # type: ignore[arg-type, return-value]


def num_parameters(module: nn.Module) -> int:
    """Return the number of learnable numbers of a module."""
    return sum(math.prod(parameter.shape) for parameter in module.parameters())


def num_bytes(tensors: Sequence[Tensor]) -> int:
    """Return the memory of tensors, or what they would take if they were not on the meta device."""
    return sum(math.prod(tensor.shape) * tensor.element_size() for tensor in tensors)


def meta_tensor(kind: TensorType, batch: int, device: str = "meta") -> Tensor:
    """Return a batch of a type without memory behind it; of a type without a batch, the one tensor."""
    shape = kind.shape if kind.fixed else (batch, *kind.shape)
    return torch.empty(shape, dtype=getattr(torch, kind.dtype), device=device)
