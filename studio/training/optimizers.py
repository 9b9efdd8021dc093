"""The optimizers of the settings, as torch has them, in their quickest form for the device."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

from studio.project.config import TrainingConfig

FUSED = ("cpu", "cuda")
"""Devices on which torch updates all parameters of one kind in a single pass over memory."""


def make(
    config: TrainingConfig, parameters: Iterable[nn.Parameter], device: torch.device
) -> torch.optim.Optimizer:
    """Return the optimizer that the settings ask for; it leaves frozen parameters out."""
    parameters = [parameter for parameter in parameters if parameter.requires_grad]
    fused = True if device.type in FUSED else None
    if config.optimizer == "adam":
        return torch.optim.Adam(
            parameters, lr=config.lr, betas=config.betas, weight_decay=config.weight_decay, fused=fused
        )
    return torch.optim.SGD(
        parameters,
        lr=config.lr,
        momentum=config.momentum,
        nesterov=config.nesterov,
        weight_decay=config.weight_decay,
        fused=fused,
    )
