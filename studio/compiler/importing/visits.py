"""Calls of modules: those that the catalog knows are written down whole, the others are entered."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils import _pytree as pytree

from studio.catalog.spec import LayerSpec
from studio.compiler.importing import blame
from studio.compiler.importing.layers import layer_of, plain, why_not_layer
from studio.compiler.importing.recorder import Recorder, tensors_in
from studio.compiler.importing.recording import Step, Visit, Wire
from studio.errors import ImportingError
from studio.graph.block import FROZEN, TIED_TO
from studio.graph.node import Value


class Visitor:
    """Watches every module of a network being called.

    Args:
        recorder: Where layers are written down.
        module: The network, which is the recorder's own and is changed.
    """

    def __init__(self, recorder: Recorder, module: nn.Module) -> None:
        self._recorder = recorder
        self._module = module
        self._first: dict[str, Step] = {}
        self._failed = ""
        for path, inner in module.named_modules():
            recorder.recording.classes[path] = type(inner).__name__
            inner.forward = partial(self._called, path, inner, inner.forward)

    def run(self, inputs: Sequence[Tensor]) -> Any:
        """Run the module on stand-ins of its inputs and return its result.

        Raises:
            ImportingError: Something in it cannot be drawn, or it fails.
        """
        try:
            with torch.no_grad(), self._recorder:
                return self._module(*inputs)
        except ImportingError:
            raise
        except Exception as error:  # the module's own code runs: anything may happen
            raise blame.failure(error, self._recorder.place(self._failed)) from error

    def _called(
        self, path: str, module: nn.Module, forward: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        if self._recorder.is_paused:
            return forward(*args, **kwargs)
        with self._recorder.paused():
            layer = layer_of(module)
        try:
            if layer is not None:
                return self._layer(path, module, layer, forward, args, kwargs)
            return self._enter(path, module, forward, args, kwargs)
        except Exception:
            self._failed = self._failed or path
            raise

    def _enter(
        self,
        path: str,
        module: nn.Module,
        forward: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        """Look into a module that is no layer."""
        recorder = self._recorder
        reason = why_not_layer(module)
        if reason:
            raise recorder.refusal(f'holds {type(module).__name__} "{path}", and {reason}')
        visit = Visit(_wires(recorder, (args, kwargs)))
        recorder.recording.visits.setdefault(path, []).append(visit)
        recorder.stack.append(path)
        try:
            result = forward(*args, **kwargs)
        finally:
            recorder.stack.pop()
        visit.outputs = _wires(recorder, result)
        return result

    def _layer(
        self,
        path: str,
        module: nn.Module,
        layer: tuple[LayerSpec, dict[str, Value]],
        forward: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        """Write down a call of a layer, and return its result."""
        recorder, (spec, values) = self._recorder, layer
        wires, at_call = _taken_apart(recorder, spec, module, args, kwargs)
        with recorder.paused():
            result = forward(*pytree.tree_map_only(Tensor, _on_meta, args), **kwargs)
            result = _apart_from(result, args, values.get("inplace") is True)
            own = list(module.state_dict())
        arguments = {**values, **at_call, **_settings(spec, module)}
        first = self._first.get(path)
        keys = {key: f"{path}.{key}" if path else key for key in own}
        owner = first if first is not None and keys else recorder.owner_of(module, keys.get("weight", ""))
        if owner is not None:
            arguments.update({TIED_TO: "", "tied_as": "all" if owner is first else "weight"})
        step = recorder.emit(
            spec.kind,
            wires,
            arguments,
            _results(recorder, spec, result),
            path=path if first is None else "",
            keys=keys if first is None else {},
            infer=True,
        )
        step.name = path.rpartition(".")[2] or spec.stem
        step.again = owner
        if first is None:
            self._first[path] = step
        elif keys:
            step.home = path.rpartition(".")[0]
        _remember_states(recorder, spec, result, step)
        return result


def _wires(recorder: Recorder, tree: Any) -> list[Wire]:
    return [recorder.wire(tensor) for tensor in tensors_in(tree) if recorder.is_drawn(tensor)]


def _on_meta(tensor: Tensor) -> Tensor:
    return tensor if tensor.is_meta else tensor.to("meta")


def _taken_apart(
    recorder: Recorder, spec: LayerSpec, module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[dict[str, Wire], dict[str, Value]]:
    """Return the wires of a call by port, and the arguments that are given with every call."""
    signature = inspect.signature(type(module).forward)
    names = list(signature.parameters)[1:]
    bound = dict(list(signature.bind(module, *args, **kwargs).arguments.items())[1:])
    wires: dict[str, Wire] = {}
    by_port: dict[str, Wire] = {}
    for place, port in enumerate(spec.inputs):
        name = port.name if port.name in names else names[place] if place < len(names) else ""
        value = bound.pop(name, None)
        if isinstance(value, Tensor):
            wire = by_port[port.name] = recorder.wire(value)
            if by_port.get(port.fallback) is not wire:
                wires[port.name] = wire
        elif value is not None:
            bound[name] = value
    at_call: dict[str, Value] = {}
    defaults = {name: parameter.default for name, parameter in signature.parameters.items()}
    for name, value in bound.items():
        argument = spec.argument(name)
        if argument is not None and argument.at_call and argument.why_not(plain(value)) is None:
            at_call[name] = plain(value)
        elif not (value is None or _is_zero_state(recorder, name, value) or _is(value, defaults[name])):
            raise recorder.refusal(f"calls {spec.title} with {name}, which a drawn one does not take")
    return wires, at_call


def _is_zero_state(recorder: Recorder, name: str, value: Any) -> bool:
    """Say whether a recurrent layer is given the zeros that it would begin with anyway."""
    tensors = tensors_in(value)
    seen = any(recorder.is_seen(tensor) for tensor in tensors)
    return name == "hx" and not seen and not any(bool(tensor.any()) for tensor in tensors)


def _is(value: Any, default: Any) -> bool:
    return value is default or (type(value) is type(default) and bool(value == default))


def _settings(spec: LayerSpec, module: nn.Module) -> dict[str, Value]:
    """Return what is set on a layer beside its arguments: frozen weights."""
    weights = list(module.parameters())
    is_frozen = bool(weights) and not any(weight.requires_grad for weight in weights)
    return {FROZEN: True} if is_frozen and spec.setting(FROZEN) is not None else {}


def _apart_from(result: Any, args: tuple[Any, ...], inplace: bool) -> Any:
    """Return a result that is a tensor of its own, where a layer hands its input through."""
    given = {id(tensor) for tensor in tensors_in(args)}

    def apart(tensor: Tensor) -> Tensor:
        return torch.ops.aten.alias.default(tensor) if id(tensor) in given else tensor

    return result if inplace else pytree.tree_map_only(Tensor, apart, result)


def _results(recorder: Recorder, spec: LayerSpec, result: Any) -> list[Tensor | None]:
    """Return what a layer gives at each port."""
    if not spec.picks:
        return [result]
    found: list[Tensor | None] = []
    with recorder.paused():
        for port, pick in zip(spec.outputs, spec.picks, strict=True):
            item = _picked(result, pick)
            swapped = item is not None and port.name in spec.batch_second
            found.append(item.transpose(0, 1) if swapped else item)
    return found


def _picked(result: Any, pick: tuple[int, ...]) -> Any:
    for place in pick:
        result = result[place]
    return result


def _remember_states(recorder: Recorder, spec: LayerSpec, result: Any, step: Step) -> None:
    """Let the states of a recurrent layer, whose batch torch puts second, be picked by number."""
    for port, pick in zip(spec.outputs, spec.picks, strict=False):
        if port.name in spec.batch_second and port.name in step.outputs:
            recorder.batch_second(_picked(result, pick), step.outputs[port.name])
