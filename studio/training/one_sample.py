"""One sample through a network as far as one node: a look at a design before it is finished or trained."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, fx

from studio.compiler import initial_weights, lower
from studio.compiler.draws import own_draws
from studio.compiler.lowering import upstream
from studio.compiler.types import TensorType
from studio.data.prepare import PreparedData, Split
from studio.errors import CompileError, ProbeError
from studio.graph import edits, levels
from studio.graph.expansion import ids_on
from studio.graph.graph import Graph
from studio.probes.outputs import output_of
from studio.project.project import Project
from studio.training import fit
from studio.training.evaluation import num_inputs

FRESH, INITIAL, TRAINED = "fresh weights", "the initial weights", "trained weights"
NOISE = "random numbers: the data set does not fit this input"


@dataclass(frozen=True, slots=True)
class OneSample:
    """What a node gives for one sample.

    Attributes:
        output: Without the batch dimension, on the CPU.
        label: Class of the sample; -1 where it has none.
        index: Which sample of its part of the data it is.
        count: How many there are; 0 for random numbers.
        weights: Which weights were used, in words.
        sample: What went in, in words.
    """

    output: Tensor
    label: int
    index: int
    count: int
    weights: str
    sample: str


def look(
    project: Project,
    path: str,
    index: int,
    data: PreparedData | None,
    *,
    folder: Path | None = None,
    trained: Mapping[str, Tensor] | None = None,
) -> OneSample:
    """Run one sample up to a node, in evaluation mode on the CPU.

    Where the network as a whole cannot be compiled yet, only what the node depends on is.

    Args:
        project: The design.
        path: Of the node: ``n3``, or ``n5[0]/n2`` inside a block.
        index: Which sample of the validation part, or of the training part where there is no other; one
            past the end begins anew.
        data: The project's data; None where they cannot be had: random numbers go in.
        folder: The project file's folder, where its initial weights lie.
        trained: Weights of a run; those whose names and shapes fit are used.

    Raises:
        CompileError: What the node depends on has errors.
        ProbeError: The node computes nothing.
    """
    name = levels.name_at(project.graph, path)
    if not name:
        raise ProbeError("The layer is gone.")
    with own_draws(project.training.seed):
        module, weights = _network(project, ids_on(path)[0], folder, trained)
        batch, label, place, count = _sample(project.graph, data, index)
    output = output_of(module.eval(), name, [batch] * num_inputs(module))
    said = f"validation sample {place + 1} of {count}" if count else NOISE
    return OneSample(output[0].detach().float(), label, place, count, weights, said)


def _network(
    project: Project, node_id: str, folder: Path | None, trained: Mapping[str, Tensor] | None
) -> tuple[fx.GraphModule, str]:
    """Return the network, as much of it as can be compiled, with the best weights there are."""
    try:
        module = lower.build(project.graph).module
    except CompileError:
        module = lower.build(_part(project.graph, node_id)).module
    if trained is not None:
        own = module.state_dict()
        fitting = {key: value for key, value in trained.items() if _fits(own.get(key), value)}
        if fitting:
            module.load_state_dict(fitting, strict=False)
            return module, TRAINED if len(fitting) == len(own) else f"{TRAINED} where they fit"
    if project.training.initial_weights:
        training = project.training
        initial_weights.fill(module, training.initial_weights, folder, training.weights_match)
        return module, INITIAL
    return module, FRESH


def _fits(own: Tensor | None, value: Tensor) -> bool:
    return own is not None and own.shape == value.shape


def _part(graph: Graph, node_id: str) -> Graph:
    """Return what a node depends on, and the node."""
    needed = upstream(graph, [node_id])
    return edits.remove_nodes(graph, [other for other in graph.nodes if other not in needed])


def _sample(graph: Graph, data: PreparedData | None, index: int) -> tuple[Tensor, int, int, int]:
    """Return a batch of one, its class, which it is, and of how many."""
    wanted = fit.input_sample(graph)
    part = _part_to_show(data)
    if data is None or part is None or not _suits(wanted, part, data):
        return _random(wanted), -1, 0, 0
    place = index % len(part)
    inputs, _ = part.span(place, place + 1)
    if wanted is not None:
        inputs = inputs.reshape(1, *wanted.shape)
    label = int(part.targets[place]) if data.classes else -1
    return inputs, label, place, len(part)


def _part_to_show(data: PreparedData | None) -> Split | None:
    parts = (data.validation, data.train) if data is not None else ()
    return next((part for part in parts if len(part)), None)


def _suits(wanted: TensorType | None, part: Split, data: PreparedData) -> bool:
    """Say whether the network takes these samples, perhaps flattened."""
    if wanted is None:
        return True
    same_type = wanted.dtype == str(part.dtype).removeprefix("torch.")
    return same_type and wanted.shape in (data.shape, (math.prod(data.shape),))


def _random(wanted: TensorType | None) -> Tensor:
    """Return random numbers of a shape; for whole numbers zeros, which every vocabulary has."""
    if wanted is None:
        raise ProbeError("There is no input that leads here. Wire one up first.")
    if wanted.dtype == "float32":
        return torch.randn(1, *wanted.shape)
    return torch.zeros(1, *wanted.shape, dtype=getattr(torch, wanted.dtype))
