"""The profile of a project: its network on its device, with a batch of its data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from studio.errors import TrainingError
from studio.probes.profiling import LayerProfile, profile
from studio.project.project import Project
from studio.training import devices
from studio.training.session import prepare_session

Progress = Callable[[float, float, str], None]


@dataclass(frozen=True, slots=True)
class NetworkProfile:
    """How long each layer takes on a batch.

    Attributes:
        layers: In the order of computation.
        device: Where it was measured.
        batch: Samples at once.
    """

    layers: tuple[LayerProfile, ...]
    device: str
    batch: int


def profile_project(
    project: Project,
    folder: Path | None = None,
    *,
    device: str | None = None,
    repeats: int = 7,
    report: Progress = lambda done, total, label: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> NetworkProfile:
    """Measure every layer of a project's network in training mode, in float32, at its batch size.

    Args:
        project: Design, data and settings.
        folder: The project file's folder.
        device: Instead of the project's setting.
        repeats: Passes of which the median is taken.
        report: Is told how far it is.
        cancelled: Is asked before every layer.

    Raises:
        StudioError: The project cannot be trained, or it was cancelled.
    """
    where = devices.resolve(device or project.training.device)

    def told(done: int, total: int, label: str) -> None:
        if cancelled():
            raise TrainingError("Cancelled.")
        report(done, total, label)

    with torch.random.fork_rng(devices=devices.rng_devices(where)):
        session = prepare_session(project, folder, where)
        rows = torch.arange(min(project.training.batch_size, len(session.train)), device=where)
        inputs = session.looked_at(rows)
        layers = profile(session.module, (inputs,) * session.num_inputs, repeats=repeats, report=told)
    return NetworkProfile(tuple(layers), str(where), len(rows))
