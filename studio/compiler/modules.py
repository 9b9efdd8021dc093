"""From a layer's spec to the torch module or function it names, with every argument filled in."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn

from studio.catalog.spec import Infer, LayerSpec
from studio.compiler.types import TensorType
from studio.graph.node import Value


@cache
def resolve(target: str) -> Callable[..., Any]:
    """Return the torch class or function that a spec's target names."""
    module, _, name = target.rpartition(".")
    found: Callable[..., Any] = getattr(import_module(module), name)
    return found


def read_off(infer: Infer, found: TensorType) -> Value:
    """Return what an argument left empty becomes on this input; None where the input does not say."""
    if not found.shape:
        return None
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
        argument.name: read_off(argument.infer, inputs[0])
        for argument in spec.arguments
        if argument.infer and inputs and values[argument.name] is None
    }
    return {**values, **inferred}, inferred


def keywords(spec: LayerSpec, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the arguments to call the target with.

    What is at torch's own default is left out, so that an argument that only a later torch knows does
    no harm on this one until somebody sets it.
    """
    return {
        argument.name: values[argument.name]
        for argument in spec.arguments
        if argument.required or values[argument.name] != argument.default
    }


def make_module(spec: LayerSpec, values: Mapping[str, Value]) -> nn.Module:
    """Return a new module of a layer that is called as one, on the default device."""
    module: nn.Module = resolve(spec.target)(**keywords(spec, values))
    return module


def call(
    spec: LayerSpec, values: Mapping[str, Value], inputs: Sequence[Tensor], module: nn.Module | None
) -> Tensor:
    """Call a layer on tensors, as the compiled network does."""
    if module is not None:
        output = module(*inputs)
    elif spec.call == "fold":
        output = inputs[0]
        for other in inputs[1:]:
            output = resolve(spec.target)(output, other)
    elif spec.call == "list":
        output = resolve(spec.target)(list(inputs), **keywords(spec, values))
    else:
        output = resolve(spec.target)(inputs[0], (inputs[0].size(0), *sample_shape(values)))
    assert isinstance(output, Tensor)
    return output


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


def meta_tensor(kind: TensorType, batch: int) -> Tensor:
    """Return a batch of a type without memory behind it."""
    return torch.empty((batch, *kind.shape), dtype=getattr(torch, kind.dtype), device="meta")
