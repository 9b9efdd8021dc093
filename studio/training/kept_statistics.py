"""Other statistics of batch normalizations written into a run's checkpoint, as an action after training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray
from torch import fx

from studio.compiler import lower
from studio.compiler.draws import own_draws
from studio.data.prepare import prepare
from studio.errors import RunError
from studio.project.project import Project
from studio.runs import batch_statistics
from studio.runs.batch_statistics import TITLES, Method
from studio.runs.checkpoints import Checkpoint
from studio.runs.reader import Which
from studio.runs.store import RunStore
from studio.training import devices, fit
from studio.training.evaluating import BATCH, fill
from studio.training.session import shaped
from studio.training.statistics import Report, norms_of, recalibrate

STATISTICS = ("running_mean", "running_var")


@dataclass(frozen=True, slots=True)
class Kept:
    """What was written.

    Attributes:
        run: Name of the run.
        checkpoint: Which of its checkpoints.
        method: The statistics that it has now.
        layers: Batch normalizations in it.
        samples: Of the training part that they were found on; 0 for those of training.
    """

    run: str
    checkpoint: Which
    method: Method
    layers: int
    samples: int

    def words(self) -> str:
        """Return it in a sentence or two."""
        layers = "1 batch normalization" if self.layers == 1 else f"{self.layers} batch normalizations"
        if self.method == "running":
            return (
                f"{self.checkpoint}: the statistics of {layers} are the {TITLES['running']} again, "
                "byte for byte."
            )
        return (
            f"{self.checkpoint}: the statistics of {layers} were replaced: {TITLES[self.method]} "
            f"({self.samples:,} samples). Those of training are kept beside them."
        )


def keep_statistics(
    store: RunStore,
    name: str,
    method: Method,
    which: Which,
    folder: Path,
    device: str | None = None,
    *,
    report: Report = lambda done, total, label: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Kept:
    """Write the statistics of batch normalizations, found by a method, into a run's checkpoint; tell the run.

    All that reads the checkpoint takes them from then on: evaluation, prediction, export. What a resumed run
    goes on from is another file, and stays. Until all is found nothing is written.

    Args:
        store: The store.
        name: The run.
        method: ``running`` brings those of training back.
        which: ``best``, ``last`` or a step's.
        folder: The project file's folder, where a relative data folder starts.
        device: Instead of the project's.
        report: Is told how far it is.
        cancelled: Is asked before every batch.

    Raises:
        RunError: The run is going on, its checkpoint is missing or damaged, or its network has no batch
            normalization with statistics.
        DataError: The data are missing, or it was cancelled.
    """
    if which == "resume":
        raise RunError("What a run goes on from keeps its own statistics. Choose best or last.")
    with store.at_rest(name) as reader:
        path, project = reader.checkpoint_path(which), reader.project()
        original = batch_statistics.as_trained(path)
        module = _network(project, original)
        layers, samples = len(norms_of(module)), 0
        if not layers:
            raise RunError(
                f'The network of "{name}" has no batch normalization that keeps statistics. There is nothing '
                "to replace."
            )
        found: dict[str, NDArray[Any]] = {}
        if method != "running":
            samples = _find(module, project, method, folder, device, report, cancelled)
            found = _statistics(module)
        batch_statistics.replace(path, found, method)
        kept = Kept(name, which, method, layers, samples)
        store.add_event(name, kept.words())
    return kept


def _network(project: Project, weights: Checkpoint) -> fx.GraphModule:
    with own_draws():
        module = lower.build(project.graph).module
    fill(module, {name: torch.tensor(array) for name, array in weights.tensors.items()})
    return module.eval()


def _find(
    module: fx.GraphModule,
    project: Project,
    method: Method,
    folder: Path,
    device: str | None,
    report: Report,
    cancelled: Callable[[], bool],
) -> int:
    """Recalibrate a network on the training part of its data; return how many samples that has."""
    place = devices.resolve(device or project.training.device)
    data = prepare(project.data, folder, place)
    train = shaped(data.train, fit.input_sample(project.graph), data)
    recalibrate(module.to(place), train, method, BATCH, report=report, cancelled=cancelled)
    return len(train)


def _statistics(module: fx.GraphModule) -> dict[str, NDArray[Any]]:
    """Return the statistics by the names that they have in a `state_dict`; a tied layer has several."""
    norms = {id(norm) for norm in norms_of(module)}
    return {
        f"{name}.{tensor}": getattr(inner, tensor).cpu().numpy()
        for name, inner in module.named_modules(remove_duplicate=False)
        if id(inner) in norms
        for tensor in STATISTICS
    }
