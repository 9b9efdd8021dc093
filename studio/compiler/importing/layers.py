"""From a module to the catalog's layer of its class, with the arguments that it was made with."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn

from studio.catalog import registry
from studio.catalog.spec import ArgSpec, LayerSpec
from studio.compiler.modules import make_module, resolve
from studio.graph.node import Value

_READERS: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("TransformerEncoderLayer", "d_model"): lambda module: module.self_attn.embed_dim,
    ("TransformerEncoderLayer", "nhead"): lambda module: module.self_attn.num_heads,
    ("TransformerEncoderLayer", "dim_feedforward"): lambda module: module.linear1.out_features,
    ("TransformerEncoderLayer", "dropout"): lambda module: module.dropout.p,
    ("TransformerEncoderLayer", "activation"): lambda module: _function_name(module.activation),
    ("TransformerEncoderLayer", "layer_norm_eps"): lambda module: module.norm1.eps,
    ("TransformerEncoderLayer", "bias"): lambda module: module.linear1.bias is not None,
    ("TransformerDecoderLayer", "d_model"): lambda module: module.self_attn.embed_dim,
    ("TransformerDecoderLayer", "nhead"): lambda module: module.self_attn.num_heads,
    ("TransformerDecoderLayer", "dim_feedforward"): lambda module: module.linear1.out_features,
    ("TransformerDecoderLayer", "dropout"): lambda module: module.dropout.p,
    ("TransformerDecoderLayer", "activation"): lambda module: _function_name(module.activation),
    ("TransformerDecoderLayer", "layer_norm_eps"): lambda module: module.norm1.eps,
    ("TransformerDecoderLayer", "bias"): lambda module: module.linear1.bias is not None,
    ("MultiheadAttention", "bias"): lambda module: module.in_proj_bias is not None,
    ("ShiftedWindowAttention", "dim"): lambda module: module.qkv.in_features,
    ("ShiftedWindowAttention", "qkv_bias"): lambda module: module.qkv.bias is not None,
    ("ShiftedWindowAttention", "proj_bias"): lambda module: module.proj.bias is not None,
    ("ShiftedWindowAttentionV2", "dim"): lambda module: module.qkv.in_features,
    ("ShiftedWindowAttentionV2", "qkv_bias"): lambda module: module.qkv.bias is not None,
    ("ShiftedWindowAttentionV2", "proj_bias"): lambda module: module.proj.bias is not None,
    ("RelativePositionalMultiHeadAttention", "feat_dim"): lambda module: module.merge.out_features,
    ("FrozenBatchNorm2d", "num_features"): lambda module: module.weight.shape[0],
}
"""Arguments that a module does not keep under their own name."""


def _by_class() -> dict[type, tuple[LayerSpec, ...]]:
    """Return the catalog's layers by the class that they are made of, as far as it can have instances."""
    return _classes(frozenset(home for home in _homes() if home in sys.modules))


@cache
def _homes() -> dict[str, list[LayerSpec]]:
    """Return the layers that are modules, by the Python module that their class is found in."""
    found: dict[str, list[LayerSpec]] = {}
    for spec in registry.layers().values():
        if spec.call == "module" and spec.role == "layer":
            found.setdefault(spec.target.rpartition(".")[0], []).append(spec)
    return found


@cache
def _classes(loaded: frozenset[str]) -> dict[type, tuple[LayerSpec, ...]]:
    """Return the layers of some Python modules by class; importing the others would take seconds."""
    found: dict[type, tuple[LayerSpec, ...]] = {}
    for spec in (spec for home in sorted(loaded) for spec in _homes()[home]):
        try:
            made_of = resolve(spec.target)
        except AttributeError:
            continue  # of a later torch
        if isinstance(made_of, type):
            found[made_of] = (*found.get(made_of, ()), spec)
    return found


def layer_of(module: nn.Module) -> tuple[LayerSpec, dict[str, Value]] | None:
    """Return the layer that a module is, with every argument; None if it is none of the catalog's.

    A subclass that computes nothing else is taken for its base. That the arguments were read rightly is
    seen from a new module made with them: it must describe itself, and its weights, in the same words.
    """
    base = _base_of(module)
    for spec in _by_class()[base] if base is not None else ():
        values = _read(module, spec)
        if values is not None and _is_like(module, spec, values):
            return spec, {
                argument.name: argument.coerce(values[argument.name]) for argument in spec.arguments
            }
    return None


def why_not_layer(module: nn.Module) -> str:
    """Return what is special about a module of a class that the catalog has; empty if it has not."""
    base = _base_of(module)
    if base is None:
        return ""
    spec = _by_class()[base][0]
    for argument in spec.arguments:
        value = plain(_value(module, spec, argument))
        reason = argument.why_not(argument.coerce(value)) if value is not _NOTHING else None
        if reason is not None:
            return f"{argument.name} {reason}"
    for name, wanted in spec.fixed:
        if getattr(module, name, wanted) != wanted:
            return f"{name} must be {wanted}, not {getattr(module, name)}"
    return f"it is set up as {spec.title} cannot be: {module.extra_repr()[:200]}"


def given(
    spec: LayerSpec, values: dict[str, Value], inferred: dict[str, Value] | None = None
) -> dict[str, Value]:
    """Return the arguments that a node must keep: neither torch's defaults nor what the wire says anyway."""
    return {
        argument.name: values[argument.name]
        for argument in spec.arguments
        if not _same(values[argument.name], argument.coerce(argument.default))
        and not (inferred and argument.infer and _one(values[argument.name]) == _one(inferred[argument.name]))
    }


def _base_of(module: nn.Module) -> type | None:
    """Return the class of the catalog that a module is of, if it computes what that computes."""
    own = type(module)
    base = next((found for found in own.__mro__ if found in _by_class()), None)
    if base is None or own.forward is not base.forward:  # type: ignore[attr-defined]
        return None
    return base


_NOTHING = object()
"""No plain value."""


def _read(module: nn.Module, spec: LayerSpec) -> dict[str, Value] | None:
    """Return the arguments of a module, or None if one of them cannot be so in the catalog."""
    values: dict[str, Value] = {}
    for argument in spec.arguments:
        value = plain(_value(module, spec, argument))
        if value is _NOTHING:
            return None
        if argument.why_not(argument.coerce(value)) is not None:
            return None
        values[argument.name] = value
    return values


def _value(module: nn.Module, spec: LayerSpec, argument: ArgSpec) -> Any:
    reader = _READERS.get((spec.kind, argument.name))
    if reader is not None:
        return reader(module)
    if argument.at_call:
        return argument.default
    found = getattr(module, argument.name, argument.default)
    if argument.type == "bool" and not argument.optional and (found is None or isinstance(found, Tensor)):
        return found is not None
    return found


def plain(value: Any) -> Any:
    """Return a value as a node can keep it; something that no argument allows, if it cannot."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list):
        items = tuple(plain(item) for item in value)
        return _NOTHING if any(item is _NOTHING for item in items) else items
    return _NOTHING


def _is_like(module: nn.Module, spec: LayerSpec, values: dict[str, Value]) -> bool:
    """Say whether a module made with these arguments is just like this one, but for the weights."""
    if any(getattr(module, name, wanted) != wanted for name, wanted in spec.fixed):
        return False
    try:
        with torch.device("meta"):
            made = make_module(spec, values)
    except Exception:  # whatever torch thinks fit to refuse with
        return False
    return _description(made) == _description(module)


def _description(module: nn.Module) -> tuple[Any, ...]:
    """Return what tells a module from others of its class: settings, inner modules, weights."""
    extra = next(found for found in type(module).__mro__ if found in _by_class()).extra_repr(module)  # type: ignore[attr-defined]
    children = [(name, repr(child)) for name, child in module.named_children()]
    shapes = {key: tuple(value.shape) for key, value in module.state_dict().items()}
    return extra, children, shapes


def _one(value: Value) -> Value:
    """Return a number for a row of one."""
    return value[0] if isinstance(value, tuple) and len(value) == 1 else value


def _same(one: Value, other: Value) -> bool:
    return one == other and type(one) is type(other)


def _function_name(function: Any) -> Value:
    """Return ``relu`` for whatever function or module that is."""
    return str(getattr(function, "__name__", type(function).__name__)).lower()
