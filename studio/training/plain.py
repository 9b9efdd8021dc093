"""A project's network, loss and data for those who take them apart: on the CPU, whatever makes a run fast."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from studio.project.project import Project
from studio.training.session import Session, prepare_session

PLAIN = {
    "precision": "float32",
    "compile": False,
    "cuda_graphs": "off",
    "channels_last": False,
    "checkpointing": False,
    "ema_decay": 0.0,
    "device": "cpu",
    "optimizer": "sgd",
}


def plain_session(project: Project, folder: Path | None) -> Session:
    """Return a session on the CPU in plain float32.

    The caller's random numbers are drawn: keep them with `torch.random.fork_rng`.

    Raises:
        StudioError: The project cannot be trained.
    """
    training = project.training.model_copy(update=PLAIN)
    return prepare_session(replace(project, training=training), folder, torch.device("cpu"))
