"""When a run ends, other than by its number of epochs or by hand."""

from __future__ import annotations

import math

from studio.project.config import TrainingConfig
from studio.training.snapshot import Position


def before(config: TrainingConfig, position: Position) -> str:
    """Return why a run that is gone on with has ended already, as a sentence; empty if it has not."""
    ended = after_step(config, position, position.seconds)
    return ended or (_early(config, position, position.epoch - 1) if position.batch == 0 else "")


def after_epoch(config: TrainingConfig, position: Position, val_loss: float, val_accuracy: float) -> str:
    """Return why a run ends after an epoch, as a sentence; empty if it goes on.

    Args:
        config: The settings.
        position: How far it is; `position.epoch` is the epoch that ended.
        val_loss: Of the epoch.
        val_accuracy: Likewise; NaN if the network is no classifier.
    """
    if config.target_loss and val_loss <= config.target_loss:
        return f"The validation loss reached its target of {config.target_loss:g}."
    if config.target_accuracy and not math.isnan(val_accuracy) and val_accuracy >= config.target_accuracy:
        return f"The validation accuracy reached its target of {config.target_accuracy:.1%}."
    return _early(config, position, position.epoch)


def _early(config: TrainingConfig, position: Position, epoch: int) -> str:
    waited = epoch - position.best_epoch
    if config.patience and position.best_epoch and waited >= config.patience:
        epochs = "1 epoch" if waited == 1 else f"{waited} epochs"
        return f"Stopped early: {epochs} brought no lower validation loss."
    return ""


def after_step(config: TrainingConfig, position: Position, seconds: float) -> str:
    """Return why a run ends between two steps, as a sentence; empty if it goes on.

    Args:
        config: The settings.
        position: How far it is.
        seconds: That it was trained for, all sessions together.
    """
    if config.max_steps and position.step >= config.max_steps:
        return f"The limit of {config.max_steps:,} steps was reached."
    if config.max_minutes and seconds >= 60.0 * config.max_minutes:
        return f"The limit of {config.max_minutes:g} minutes was reached."
    return ""
