"""Watching a module run once, without memory or values, and writing down every layer that it calls.

The module runs on the meta device as ordinary Python: sizes are numbers, so that arithmetic and decisions
about them are simply gone afterwards, and whatever wants to see a *value* (``if x.sum() > 0``) cannot, and
is named. torch tells a `TorchFunctionMode` of every function that is called on tensors; calls of modules
are seen by a wrapper round each ``forward`` (`studio.compiler.importing.visits`). The batch is given a
prime number of samples, which no feature is likely to have, so that a tensor whose dimension 0 is not the
batch any more shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from immutables import Map
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils import _pytree as pytree

from studio.catalog import registry
from studio.catalog.spec import LayerSpec
from studio.compiler.importing import blame, states
from studio.compiler.importing.layers import given
from studio.compiler.importing.recording import Call, Recording, Step, Wire
from studio.compiler.modules import fill_in
from studio.compiler.question import BATCH
from studio.compiler.types import TensorType
from studio.errors import ImportingError
from studio.graph.node import Node, Value


class Recorder(TorchFunctionMode):
    """What the module's tensors stand for while it runs, and what was seen so far.

    Args:
        module: What will run, already without memory.
        weights: The real module's tensors by key.
        handle: Writes down a call of a function, and returns what the module's code gets.

    Attributes:
        recording: What was seen so far.
        stack: Paths of the modules that are running, from the outermost in.
    """

    def __init__(self, module: nn.Module, weights: Mapping[str, Tensor], handle: Handler) -> None:
        super().__init__()
        self.recording = Recording()
        self.stack = [""]
        self._handle = handle
        self._weights = weights
        self._keys = states.keys_of(module)
        self._wires: dict[int, Wire] = {}
        self._kept: list[Tensor] = []
        self._read: set[Wire] = set()
        self._second: dict[int, Wire] = {}
        self._turned: dict[int, Tensor] = {}
        self._refused: dict[int, ImportingError] = {}
        self._paused = False

    @property
    def here(self) -> str:
        """Path of the module that is running."""
        return self.stack[-1]

    def place(self, path: str | None = None) -> str:
        """Return where something happened: ``"layer1.0" (BasicBlock)``."""
        found = self.here if path is None else path
        name = self.recording.classes.get(found, "module")
        return f'"{found}" ({name})' if found else f"{name} itself"

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Record a call of a function on tensors."""
        words = kwargs or {}
        if self._paused or not any(self.is_seen(tensor) for tensor in tensors_in((args, words))):
            return func(*args, **words)
        stands = pytree.tree_map_only(Tensor, self._on_meta, (args, words))
        result = func(*stands[0], **stands[1])
        try:
            return self._handle(self, Call(blame.name_of(func), args, words, result))
        except ImportingError as error:
            if not tensors_in(result):
                raise
            # It may well lead to nothing: whoever needs the result says what was wrong.
            for tensor in tensors_in(result):
                self._kept.append(tensor)
                self._wires.pop(id(tensor), None)
                self._refused[id(tensor)] = error
            return result

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Write nothing down for a while: a layer of the catalog is running."""
        before, self._paused = self._paused, True
        try:
            yield
        finally:
            self._paused = before

    @property
    def is_paused(self) -> bool:
        """Whether nothing is written down."""
        return self._paused

    def is_seen(self, tensor: Tensor) -> bool:
        """Say whether a tensor depends on the inputs or on weights."""
        known = (self._wires, self._keys, self._second, self._turned, self._refused)
        return any(id(tensor) in found for found in known)

    def is_drawn(self, tensor: Tensor) -> bool:
        """Say whether a tensor has a wire already."""
        return id(tensor) in self._wires

    def key(self, tensor: Any) -> str | None:
        """Return the key in the ``state_dict`` of a parameter or buffer; None for any other tensor."""
        return None if id(tensor) in self._wires else self._keys.get(id(tensor))

    def wire(self, tensor: Any) -> Wire:
        """Return what a tensor of the module's code stands for; its own weights and constants become nodes.

        Raises:
            ImportingError: It is a constant that no node can give.
        """
        found = self._wires.get(id(tensor))
        if found is not None:
            return found
        self._refuse(tensor)
        turned = self._turned.get(id(tensor))
        if turned is not None:
            arguments = {"dim0": -2, "dim1": -1}
            return self.emit("Transpose", [self.wire(turned)], arguments, [tensor]).outputs["output"]
        key = self._keys.get(id(tensor))
        if key is not None:
            kind = "Parameter" if isinstance(tensor, nn.Parameter) else "Constant"
            return self._tensor(kind, tensor, self._weights.get(key), key)
        if isinstance(tensor, Tensor):
            return self._tensor("Constant", states.meta_like(tensor), tensor)
        return self._tensor("Constant", torch.empty((1,), device="meta"), torch.tensor([float(tensor)]))

    def _refuse(self, tensor: Any) -> None:
        """Say what is wrong with a tensor that has no wire."""
        if id(tensor) in self._second:
            raise self.refusal("uses the states of a recurrent layer as a whole; pick one of them: h[-1]")
        if id(tensor) in self._refused:
            raise self._refused[id(tensor)]

    def _tensor(self, kind: str, stand: Tensor, values: Tensor | None, key: str = "") -> Wire:
        """Write down the node of a weight, a buffer or a constant, and return what it gives."""
        shape = tuple(stand.shape) or (1,)
        if not stand.is_floating_point():
            what, form = f'the tensor "{key}"' if key else "a constant", str(stand.dtype)
            raise self.refusal(f"uses {what} of {form.removeprefix('torch.')}, where a node holds float32")
        fill = states.filling(values, shape, kind) if values is not None else {"shape": shape}
        if fill is None and not key:
            raise self.refusal("uses a constant of more numbers than a node holds; make it a buffer")
        keys = {"": key} if key in self._weights else {}
        given: dict[str, Value] = dict(fill or {"shape": shape})
        if kind == "Constant" and not keys:
            given = {**given, "persistent": False}
        step = self.emit(kind, [], given, [stand], path=key, keys=keys)
        if key and not stand.dim():
            self.note(f"{key} is a single number, and a row of one in the graph.")
        return step.outputs["output"]

    def turned(self, result: Tensor, weight: Tensor) -> Tensor:
        """Remember a weight that is turned over; a layer may be tied to it."""
        self._kept.append(result)
        self._turned[id(result)] = weight
        return result

    def weight_turned(self, tensor: Any) -> Tensor | None:
        """Return the weight that a tensor is, turned over; None if it is something else."""
        return self._turned.get(id(tensor))

    def owner_of(self, module: nn.Module, key: str) -> Step | None:
        """Return the layer that a module's weight belongs to, if that is called otherwise than `key`."""
        first = self._keys.get(id(getattr(module, "weight", None)), key)
        return self.user_of(first) if first != key else None

    def user_of(self, key: str) -> Step | None:
        """Return the layer that has a tensor of the ``state_dict`` as its own; None if none has run."""
        return next((step for step in self.recording.steps if key in step.keys.values()), None)

    def batch_second(self, tensor: Tensor, wire: Wire) -> None:
        """Remember a tensor whose dimension 1 is the batch, and the wire that carries it turned over."""
        self._kept.append(tensor)
        self._second[id(tensor)] = wire

    def turned_over(self, tensor: Any) -> Wire | None:
        """Return the wire that carries a tensor with its first two dimensions exchanged, if there is one."""
        return self._second.get(id(tensor))

    def newest(self) -> Wire:
        """Return the newest tensor that has a batch dimension, if possible of the running module."""
        found = [
            (step.home == self.here, place, wire)
            for place, step in enumerate(self.recording.steps)
            for wire in step.outputs.values()
            if not wire.fixed
        ]
        return max(found, key=lambda item: item[:2])[2]

    def emit(
        self,
        kind: str,
        inputs: Sequence[Wire] | Mapping[str, Wire],
        arguments: Mapping[str, Value],
        results: Sequence[Tensor | None],
        *,
        path: str = "",
        keys: Mapping[str, str] | None = None,
        infer: bool = False,
    ) -> Step:
        """Write down a layer that ran.

        Args:
            kind: The catalog's name.
            inputs: What went in: at the ports in order, or by port.
            arguments: All that are not the default.
            results: What came out, in the order of the ports.
            path: Of the module or parameter it stands for.
            keys: Its part of the ``state_dict``, see `Step.keys`.
            infer: Leave out arguments that the catalog reads off the wire.

        Raises:
            ImportingError: The catalog has no such layer, or the result has lost the batch dimension.
        """
        spec = registry.find(kind)
        if spec is None:
            raise self.refusal(f"needs the layer {kind}, which the catalog does not have")
        by_port = list(inputs.items()) if isinstance(inputs, Mapping) else _at_ports(spec, inputs)
        read_off = fill_in(spec, {}, [_type(wire) for _, wire in by_port])[1] if infer else {}
        settings = {name: value for name, value in arguments.items() if spec.argument(name) is None}
        own = given(spec, spec.values(arguments), read_off)
        step = Step(kind, {**own, **settings}, by_port, home=self.here, path=path, keys=dict(keys or {}))
        step.name = path.rpartition(".")[2] or spec.stem
        self._keep_wires_whole(step)
        self._read.update(wire for _, wire in by_port)
        fixed = spec.role != "input" and all(wire.fixed for _, wire in by_port)
        for port, tensor in zip(_outputs(step), results, strict=False):
            if tensor is not None:
                self._bind(step, port, tensor, fixed)
        self.recording.steps.append(step)
        return step

    def same(self, tensor: Tensor, wire: Wire) -> Tensor:
        """Let a tensor stand for what another one stood for: nothing was computed."""
        self._kept.append(tensor)
        self._wires[id(tensor)] = wire
        self._refused.pop(id(tensor), None)
        return tensor

    def seen(self, tensor: Any) -> Tensor:
        """Return a result that was written down."""
        assert isinstance(tensor, Tensor)
        return tensor

    def refusal(self, what: str) -> ImportingError:
        """Return the error that says what cannot be drawn, and where it is."""
        return ImportingError(f"{self.place()} {what}{blame.line_of_caller()}. {blame.ADVICE}")

    def note(self, text: str) -> None:
        """Tell the person something, once."""
        if text not in self.recording.notes:
            self.recording.notes.append(text)

    def _on_meta(self, tensor: Tensor) -> Tensor:
        return tensor if tensor.is_meta else tensor.to("meta")

    def _keep_wires_whole(self, step: Step) -> None:
        """Let a layer overwrite its input only if nobody has read it: a wire keeps what it carries."""
        if step.arguments.get("inplace") is True and any(wire in self._read for _, wire in step.inputs):
            del step.arguments["inplace"]

    def _bind(self, step: Step, port: str, tensor: Tensor, fixed: bool) -> None:
        if not fixed and (tensor.dim() == 0 or tensor.shape[0] != BATCH):
            sizes = ", ".join("N" if size == BATCH else str(size) for size in tensor.shape)
            raise self.refusal(
                f"gives ({sizes}) from {step.kind}: dimension 0 is not the batch any more, so that samples "
                "are mixed or stand elsewhere"
            )
        wire = Wire(tensor, fixed, step, port)
        step.outputs[port] = wire
        self.same(tensor, wire)


Handler = Callable[[Recorder, Call], Any]


def tensors_in(tree: Any) -> list[Tensor]:
    """Return all tensors in arguments or a result, in order."""
    return [leaf for leaf in pytree.tree_leaves(tree) if isinstance(leaf, Tensor)]


def _at_ports(spec: LayerSpec, wires: Sequence[Wire]) -> list[tuple[str, Wire]]:
    """Return wires with the ports they enter, in order; a variadic port takes all that are left."""
    found: list[tuple[str, Wire]] = []
    rest = list(wires)
    for port in spec.inputs:
        count = len(rest) if port.variadic else min(1, len(rest))
        found += [(port.name, wire) for wire in rest[:count]]
        rest = rest[count:]
    return found


def _outputs(step: Step) -> list[str]:
    """Return the names of a layer's output ports; some layers have as many as an argument says."""
    spec = registry.spec_of(Node("n1", step.kind, "node", Map(step.arguments)), {})
    return [port.name for port in spec.outputs] if spec is not None else []


def _type(wire: Wire) -> TensorType:
    return TensorType(wire.sample_shape, wire.dtype, wire.fixed)
