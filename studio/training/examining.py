"""The doctor's closer look at a network at rest: its units, its two modes, and the noise of its gradients."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from studio.data.prepare import prepare
from studio.doctor.closer import Closer, UnitFacts
from studio.doctor.watch import worth_watching
from studio.errors import ProbeError, TrainingError
from studio.project.project import Project
from studio.training.insides import Inside, units_of
from studio.training.objective import as_tuple
from studio.training.session import Session, prepare_session

SAMPLES = 256

BATCHES = 8
"""Batches whose losses and gradients are compared."""

MOST_LAYERS = 24

Progress = Callable[[float, float, str], None]


def examine(
    project: Project,
    folder: Path | None = None,
    weights: Mapping[str, Tensor] | None = None,
    *,
    report: Progress = lambda done, total, label: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Closer:
    """Look closely at a network with samples of its training data, on the CPU.

    Args:
        project: Design, data and settings.
        folder: The project file's folder.
        weights: A `state_dict`; those that training starts from if not given.
        report: Is told how far it is.
        cancelled: Is asked before every layer and batch.

    Raises:
        StudioError: The project cannot be trained, or it was cancelled.
    """
    layers = worth_watching(project.graph)[:MOST_LAYERS]
    total = len(layers) + BATCHES

    def told(done: int, label: str) -> None:
        if cancelled():
            raise TrainingError("Cancelled.")
        report(done, total, label)

    data = prepare(project.data, folder)
    inside = Inside(project, data, weights=weights, folder=folder, part="train", samples=SAMPLES)
    units = []
    for place, name in enumerate(layers):
        told(place, name)
        facts = _facts(inside, name)
        if facts is not None:
            units.append(facts)
    with torch.random.fork_rng(devices=[]):
        session = _session(project, folder)
        if weights is not None:
            session.module.load_state_dict(dict(weights))
        train, evaluated, noise = _batches(session, lambda done: told(len(layers) + done, "batches"))
    told(total, "")
    return Closer(len(inside.rows), tuple(units), train, evaluated, noise)


def _facts(inside: Inside, name: str) -> UnitFacts | None:
    """Return what the units of a layer do; None for an input, and what has no units."""
    try:
        if inside.node(name).op == "placeholder":
            return None
        found = units_of(inside, name)
    except ProbeError:
        return None
    constant = tuple(int(unit) for unit in found.constant)
    pairs = tuple((int(one), int(other)) for one, other in found.pairs)
    return UnitFacts(name, found.total, constant, pairs)


def _session(project: Project, folder: Path | None) -> Session:
    plain: dict[str, object] = {"device": "cpu", "precision": "float32", "ema_decay": 0.0}
    plain |= {"compile": False, "cuda_graphs": "off"}
    training = project.training.model_copy(update=plain)
    return prepare_session(replace(project, training=training), folder, torch.device("cpu"))


def _batches(session: Session, told: Callable[[int], None]) -> tuple[float, float, float]:
    """Return the mean loss in training and in evaluation mode, and the gradient's noise over its signal."""
    module, parameters = session.module, [one for one in session.module.parameters() if one.requires_grad]
    buffers = {name: value.clone() for name, value in module.named_buffers()}
    rows = [part for part in session.order(1)[:BATCHES] if len(part) == len(session.order(1)[0])]
    train, evaluated, gradients = [], [], []
    for place, part in enumerate(rows):
        told(place)
        inputs, targets = session.looked_at(part), session.train.targets.index_select(0, part)
        module.train()
        loss = session.objective.loss(as_tuple(module(*(inputs,) * session.num_inputs)), targets)
        found = torch.autograd.grad(loss, parameters, allow_unused=True)
        gradients.append(torch.cat([_flat(one, of) for one, of in zip(found, parameters, strict=True)]))
        train.append(float(loss.detach()))
        _put_back(module, buffers)
        module.eval()
        with torch.no_grad():
            outputs = as_tuple(module(*(inputs,) * session.num_inputs))
            evaluated.append(float(session.objective.loss(outputs, targets, training=False)))
    count = len(rows)
    if not count:
        return math.nan, math.nan, math.nan
    return sum(train) / count, sum(evaluated) / count, noise_of(gradients)


def noise_of(gradients: list[Tensor]) -> float:
    """Return the variance of batches' gradients over the square of the gradient that they share.

    Both are estimated without bias: the square of the mean has a part of the variance in it.

    Shape:
        gradients: of (P,)
    """
    count = len(gradients)
    if count < 2:
        return math.nan
    stacked = torch.stack(gradients).double()
    mean = stacked.mean(0)
    variance = float((stacked - mean).square().sum() / (count - 1))
    shared = float(mean.square().sum()) - variance / count
    if variance == 0.0:
        return 0.0
    return variance / shared if shared > 0.0 else math.inf


def _flat(gradient: Tensor | None, parameter: nn.Parameter) -> Tensor:
    return torch.zeros(parameter.numel()) if gradient is None else gradient.reshape(-1)


def _put_back(module: nn.Module, buffers: Mapping[str, Tensor]) -> None:
    with torch.no_grad():
        for name, value in module.named_buffers():
            value.copy_(buffers[name])
