"""A changed design goes on from a run: what has the name and shape that it had keeps weights and memory.

A new run begins, so that the old one stays what it was. Its weights, buffers and the optimizer's memory are
the old run's wherever they fit. It counts on from the epoch in which the old one was stopped, so that
schedules go on where they were; after a run that had come to its end it counts from the beginning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from studio.compiler import lower
from studio.compiler.draws import own_draws
from studio.compiler.initial_weights import shapes_of, wanted_shapes
from studio.compiler.shapes import ShapeEngine
from studio.compiler.training_memory import states_of
from studio.errors import RunError, TrainingError
from studio.project.config import TrainingConfig
from studio.project.project import Project
from studio.runs import checkpoints
from studio.runs.carried import Carried
from studio.runs.reader import RunReader
from studio.training import optimizers
from studio.training.optimizer_state import lay_as_parameters, optimizer_state
from studio.training.session import Session
from studio.training.snapshot import Position, position_of

Shapes = Mapping[str, tuple[int, ...]]

WHOLE = frozenset({"lbfgs", "kfac"})
"""Optimizers whose memory is of the network as a whole, and no use to another one."""


@dataclass(frozen=True, slots=True)
class Donor:
    """A run that another goes on from.

    Attributes:
        name: Its name.
        project: Its design and settings.
        checkpoint: Where its weights and its optimizer's memory lie.
        is_over: It had come to its end, by its epochs or by early stopping.
    """

    name: str
    project: Project
    checkpoint: Path
    is_over: bool = True


def donor_of(reader: RunReader) -> Donor:
    """Return a stored run as one to go on from.

    Raises:
        RunError: It has no checkpoint with the optimizer's memory.
    """
    path, is_over = reader.checkpoint_path("resume"), reader.info.state == "finished"
    return Donor(reader.name, reader.project(), path, is_over)


def position_after(donor: Donor, epochs: int, batches: int) -> Position:
    """Return where a run that goes on from another begins to count: at the start of the epoch it was in.

    Args:
        donor: The other run.
        epochs: Of the whole new run.
        batches: Steps of its epoch.

    Raises:
        RunError: The checkpoint cannot be read.
    """
    if donor.is_over:
        return Position()
    stood = position_of(checkpoints.load(donor.checkpoint))
    if stood.epoch > epochs:
        return Position()
    return Position(epoch=stood.epoch, step=(stood.epoch - 1) * batches)


def plan(project: Project, source: str, then: Project) -> Carried:
    """Return what a project would take over from a run, as far as the designs tell.

    Args:
        project: The design as it is now.
        source: The run's name.
        then: The run's design and settings.

    Raises:
        CompileError: The design has errors.
    """
    engine = ShapeEngine()
    before, now = wanted_shapes(then.graph, engine), wanted_shapes(project.graph, engine)
    note = _why_no_memory(then.training, project.training)
    old, new = (set() if note else set(_parameters(one)) for one in (then, project))
    return _compared(source, before, now, old & new, note)


def carry(session: Session, donor: Donor) -> Carried:
    """Give a session that has not begun what fits of a run, and return what that was.

    Raises:
        RunError: The checkpoint cannot be read.
        TrainingError: The network lies in parts on several processes.
    """
    if session.is_sharded:
        raise TrainingError("A network in parts cannot go on from another run. Train it in one process.")
    found = checkpoints.load(donor.checkpoint).tensors
    weights = {
        name.removeprefix("model."): torch.tensor(array)
        for name, array in found.items()
        if name.startswith("model.")
    }
    if not weights:
        raise RunError(f'The checkpoint of "{donor.name}" holds no weights to go on from.')
    memory: dict[str, dict[str, Any]] = {}
    note = _why_no_memory(donor.project.training, session.config)
    if not note:
        memory = _memory(donor.project, found)
    own = shapes_of(session.module)
    trained = {name: tuple(value.shape) for name, value in weights.items()}
    carried = _compared(donor.name, trained, own, _fitting(session, memory), note)
    session.module.load_state_dict({name: weights[name] for name in carried.kept}, strict=False)
    _remember(session, {name: memory[name] for name in carried.remembered})
    if session.average is not None:
        current = dict(session.module.named_parameters())
        session.average.load({**session.average.tensors(), **current, "steps": torch.tensor(0)})
    return carried


def _compared(source: str, before: Shapes, now: Shapes, remembered: set[str], note: str) -> Carried:
    """Return what stays, comes and goes."""
    kept = tuple(name for name, shape in now.items() if before.get(name) == shape)
    return Carried(
        source,
        kept,
        tuple(name for name in now if name not in kept),
        tuple(sorted(name for name in before if name not in kept)),
        tuple(name for name in kept if name in remembered),
        note,
    )


def _why_no_memory(then: TrainingConfig, now: TrainingConfig) -> str:
    """Return why the optimizer's memory is of no use, in words; empty if it is."""
    if then.optimizer != now.optimizer:
        return f"The optimizer starts fresh: it was {then.optimizer}, and is {now.optimizer}."
    if now.optimizer in WHOLE:
        return f"The optimizer starts fresh: what {now.optimizer} remembers is of the whole network."
    if not states_of(then) or not states_of(now):
        return f"There is nothing to remember for {now.optimizer} with these settings."
    return ""


def _parameters(project: Project) -> list[str]:
    """Return what the optimizer of a project numbers, in its order."""
    with own_draws():
        network = lower.build(project.graph)
    optimizer = optimizers.make(project.training, network.module, torch.device("cpu"), network.rates)
    names = {id(value): name for name, value in network.module.named_parameters()}
    return [names[id(value)] for group in optimizer.param_groups for value in group["params"]]


def _memory(project: Project, found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what the optimizer of a run remembers of each parameter, by its name."""
    prefix = "optimizer."
    tensors: dict[str, Tensor] = {
        name.removeprefix(prefix): torch.tensor(array)
        for name, array in found.items()
        if name.startswith(prefix)
    }
    names = _parameters(project)
    return {names[index]: values for index, values in optimizer_state(tensors).items()}


def _fitting(session: Session, memory: Mapping[str, dict[str, Any]]) -> set[str]:
    """Return the parameters that have the memory's keys and shapes: a matrix that Muon turned has others."""
    learnable = {name: one for name, one in session.module.named_parameters() if one.requires_grad}
    return {
        name
        for name, values in memory.items()
        if name in learnable and all(_suits(value, learnable[name]) for value in values.values())
    }


def _suits(value: Any, parameter: Tensor) -> bool:
    return not isinstance(value, Tensor) or value.dim() == 0 or value.shape == parameter.shape


def _remember(session: Session, memory: Mapping[str, dict[str, Any]]) -> None:
    """Put memory into the session's optimizer; parameters that have none begin as at the first step."""
    if not memory:
        return
    optimizer = session.optimizer
    names = {id(value): name for name, value in session.module.named_parameters()}
    order = [value for group in optimizer.param_groups for value in group["params"]]
    whole = optimizer.state_dict()
    state = dict(whole["state"])
    for index, parameter in enumerate(order):
        known = memory.get(names[id(parameter)])
        if known is not None:
            state[index] = known
        elif session.config.optimizer == "sgd":
            # torch updates all at once, and takes no list in which some have a buffer and some have none.
            state[index] = {"momentum_buffer": torch.zeros_like(parameter)}
    optimizer.load_state_dict({"state": state, "param_groups": whole["param_groups"]})
    lay_as_parameters(optimizer)
