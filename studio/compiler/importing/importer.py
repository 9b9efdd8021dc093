"""From a PyTorch module to a graph: record a run, arrange it, draw it, and check that it is the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy
from torch.utils import _pytree as pytree

from studio.compiler.importing import functions, hierarchy, parity, states
from studio.compiler.importing.definitions import Definitions
from studio.compiler.importing.drafts import Drafting
from studio.compiler.importing.entries import entry
from studio.compiler.importing.recorder import Recorder
from studio.compiler.importing.recording import Recording, Step, Wire
from studio.compiler.importing.visits import Visitor
from studio.compiler.question import BATCH
from studio.errors import ImportingError
from studio.graph.graph import Graph


@dataclass(frozen=True)
class Imported:
    """A module as a graph.

    Attributes:
        graph: Its hierarchy as nested blocks.
        weights: The module's own tensors, by their names in the compiled graph: what `load_state_dict` of
            the compiled graph takes with ``strict=True``.
        difference: Largest difference of any number of the outputs on the example; 0.0 is bit-equal.
        notes: What a person should know: weights that are called otherwise, parts that were left out.
    """

    graph: Graph
    weights: dict[str, Tensor]
    difference: float
    notes: tuple[str, ...] = ()

    @property
    def is_bit_equal(self) -> bool:
        """Whether the compiled graph gives exactly the module's outputs."""
        return self.difference == 0.0


def import_module(module: nn.Module, example_inputs: Tensor | Sequence[Tensor]) -> Imported:
    """Return a module as a graph that computes the same, with the module's hierarchy and weights.

    The module runs on the meta device (shapes without memory), as in training, so that auxiliary heads and
    dropout are seen; if that does not give the same network, as in evaluation. Then the compiled graph and
    the module run on the example in evaluation mode and are compared. The module itself is left as it was.

    Args:
        module: What to import.
        example_inputs: One tensor for each input, with the batch as dimension 0; sizes that the module
            works out from them are fixed in the graph.

    Raises:
        ImportingError: Something in it cannot be drawn; the message says what, and where it is.
    """
    inputs = (example_inputs,) if isinstance(example_inputs, Tensor) else tuple(example_inputs)
    module = getattr(module, "_orig_mod", module)  # what torch.compile wraps
    _check(module, inputs)
    try:
        return _imported(module, inputs, training=True)
    except ImportingError as error:
        failure = error
    found = _imported(module, inputs, training=False)
    note = f"It is drawn as it is in evaluation, because in training: {failure.message}"
    return replace(found, notes=(note, *found.notes))


def _check(module: nn.Module, inputs: Sequence[Any]) -> None:
    """Refuse what is no module that can be looked into, and examples without a batch."""
    if not isinstance(module, nn.Module):
        raise ImportingError(f"Only a torch.nn.Module can be imported, not {type(module).__name__}.")
    if any(isinstance(part, torch.jit.ScriptModule) for part in module.modules()):
        raise ImportingError("TorchScript cannot be looked into. Import the Python module it was made from.")
    if any(is_lazy(tensor) for tensor in [*module.parameters(), *module.buffers()]):
        raise ImportingError("Some weights have no size yet. Run the module once on an example first.")
    for place, tensor in enumerate(inputs):
        if not isinstance(tensor, Tensor) or tensor.dim() == 0:
            found = "a number" if isinstance(tensor, Tensor) else type(tensor).__name__
            raise ImportingError(
                f"Example input {place + 1} is {found}. Give a tensor for each input, with the batch first."
            )


def _imported(module: nn.Module, inputs: Sequence[Tensor], training: bool) -> Imported:
    """Import a module as it is in training or in evaluation."""
    recording = record(module, inputs, training)
    arranged = hierarchy.arrange(recording)
    drafting = Drafting(recording, arranged)
    graph = Definitions().graph(drafting.draft())
    tensors = module.state_dict()
    weights = {name: _at_least_a_row(tensors[key]) for name, key in drafting.keys.items()}
    network = parity.loaded(graph, weights)
    used = [place for place, step in enumerate(recording.inputs) if step in set(recording.steps)]
    found = parity.compare(module, network, inputs, used)
    if not found.is_close:
        where = f' The first layer that differs is "{found.first}".' if found.first else ""
        raise ImportingError(
            f"The graph that was drawn does not compute what {type(module).__name__} computes: the outputs "
            f"differ by {found.difference:.3g}.{where} Does it do something that depends on the values, or "
            "write into its tensors?"
        )
    notes = [*recording.notes, *_about_weights(tensors, drafting.keys)]
    notes += [
        f"No output depends on input {place + 1}; it was left out."
        for place in range(len(inputs))
        if place not in used
    ]
    if found.difference:
        notes.append(f"The outputs differ by {found.difference:.3g} at most, from a different order of sums.")
    return Imported(graph, weights, found.difference, tuple(notes))


def record(module: nn.Module, inputs: Sequence[Tensor], training: bool) -> Recording:
    """Return what a module does on inputs like these, without what leads to no output.

    Raises:
        ImportingError: Something in it cannot be recorded.
    """
    copied = states.meta_copy(module).train(training)
    recorder = Recorder(copied, dict(module.state_dict(keep_vars=True)), functions.record)
    visitor = Visitor(recorder, copied)
    stands = [states.meta_like(tensor, BATCH) for tensor in inputs]
    for place, (tensor, stand) in enumerate(zip(inputs, stands, strict=True)):
        kind, arguments = entry(tensor)
        step = recorder.emit(kind, [], arguments, [stand])
        step.name = kind.removesuffix("Input").lower() if len(inputs) == 1 else f"input{place + 1}"
        recorder.recording.inputs.append(step)
    result = visitor.run(stands)
    recorder.recording.outputs = _named(recorder, result)
    if not recorder.recording.outputs:
        raise ImportingError(f"{type(module).__name__} gives no tensor that depends on its inputs.")
    return _without_loose_ends(recorder.recording)


def _named(recorder: Recorder, result: Any) -> list[tuple[str, Wire]]:
    """Return the outputs of a module with a name for each: ``logits``, or ``output``."""
    found: list[tuple[str, Wire]] = []
    leaves, _ = pytree.tree_flatten(result)
    fields = getattr(type(result), "_fields", None) or (list(result) if isinstance(result, Mapping) else [])
    for place, leaf in enumerate(leaves):
        if isinstance(leaf, Tensor) and recorder.is_seen(leaf):
            own = str(fields[place]) if len(fields) == len(leaves) else ""
            found.append(
                (own or ("output" if len(leaves) == 1 else f"output{place + 1}"), recorder.wire(leaf))
            )
    return found


def _without_loose_ends(recording: Recording) -> Recording:
    """Drop the layers that no output depends on, and say so of those with weights."""
    live: set[Step] = set()
    waiting = [wire.source for _, wire in recording.outputs]
    while waiting:
        step = waiting.pop()
        if step not in live:
            live.add(step)
            waiting += [wire.source for _, wire in step.inputs]
            waiting += [step.again] if step.again is not None else []
    recording.steps = [step for step in recording.steps if step in live]
    return recording


def _at_least_a_row(tensor: Tensor) -> Tensor:
    """Return a weight as a node holds it, which has at least one dimension; counters stay numbers."""
    return tensor.reshape(1) if tensor.dim() == 0 and tensor.is_floating_point() else tensor


def _about_weights(tensors: Mapping[str, Tensor], keys: Mapping[str, str]) -> list[str]:
    """Return notes about weights that are called otherwise, and about those that are not used."""
    notes = []
    renamed = [(key, name) for name, key in keys.items() if name != key]
    if renamed:
        examples = ", ".join(f"{key} → {name}" for key, name in renamed[:3])
        notes.append(f"{len(renamed)} weights are called otherwise in the graph: {examples}.")
    unused = [key for key in tensors if key not in set(keys.values())]
    if unused:
        more = f" and {len(unused) - 3} more" if len(unused) > 3 else ""
        notes.append(f"No output depends on {', '.join(unused[:3])}{more}; they were left out.")
    return notes
