"""The learning rate over the steps of a run: torch's schedulers as functions of the place in the run.

Being functions, they keep nothing: a run that is resumed, or looked at from the middle, finds the same rate.
Only the plateau depends on what was measured; what it remembers is part of the run's position.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass

from studio.project.config import TrainingConfig

DIV_FACTOR, FINAL_DIV_FACTOR = 25.0, 1e4
"""One-cycle starts at the learning rate over the first, and ends at its start over the second (torch's)."""

THRESHOLD = 1e-4
"""By which share a loss must be lower to end a plateau (torch's)."""


@dataclass(slots=True)
class Plateau:
    """What waits for a lower validation loss.

    Attributes:
        factor: What the learning rate was multiplied with so far.
        best: Lowest loss.
        waited: Epochs since then.
    """

    factor: float = 1.0
    best: float = math.inf
    waited: int = 0

    def see(self, loss: float, config: TrainingConfig) -> None:
        """Take in an epoch's validation loss; after too many without a lower one the rate falls."""
        if loss < self.best * (1.0 - THRESHOLD):
            self.best, self.waited = loss, 0
            return
        self.waited += 1
        if self.waited > config.plateau_patience:
            self.factor, self.waited = self.factor * config.gamma, 0


class Schedule:
    """The learning rate at each step.

    Args:
        config: The settings.
        batches: Steps of an epoch.
    """

    def __init__(self, config: TrainingConfig, batches: int) -> None:
        self._config = config
        self._batches = max(batches, 1)
        self._steps = total_steps(config, batches)
        self._per_step = config.schedule_by == "step" or config.schedule == "one_cycle"

    @property
    def is_constant(self) -> bool:
        """Whether the rate never changes by itself."""
        return self._config.schedule == "constant" and not self._config.warmup_steps

    def lr(self, step: int, plateau: Plateau, base: float) -> float:
        """Return the learning rate of a step.

        Args:
            step: Steps that were done before it.
            plateau: What was measured so far.
            base: What the settings call the learning rate, or what it was set to since.
        """
        place = step if self._per_step else step // self._batches
        total = self._steps if self._per_step else math.ceil(self._steps / self._batches)
        lr = self._scheduled(place, total, plateau, base)
        warmup = self._config.warmup_steps
        return lr * min(1.0, (step + 1) / warmup) if warmup else lr

    def _scheduled(self, place: int, total: int, plateau: Plateau, base: float) -> float:
        config = self._config
        match config.schedule:
            case "step":
                return base * float(config.gamma ** (place // config.step_size))
            case "multistep":
                return base * float(config.gamma ** bisect_right(config.milestones, place))
            case "plateau":
                return max(base * plateau.factor, min(config.min_lr, base))
            case "cosine":
                low = min(config.min_lr, base)
                return low + (base - low) * (1.0 + math.cos(math.pi * place / total)) / 2.0
            case "exponential":
                return float(base * config.total_factor ** (-place / max(total - 1, 1)))
            case "one_cycle":
                return one_cycle(place, total, base, config.pct_start)
        return base


def one_cycle(place: int, total: int, highest: float, pct_start: float) -> float:
    """Return the learning rate of torch's `OneCycleLR` with its cosine, without its cycle of the momentum."""
    start = highest / DIV_FACTOR
    end = start / FINAL_DIV_FACTOR
    top, last = pct_start * total - 1.0, float(total - 1)
    if place <= top:
        return _between(start, highest, place / top if top > 0.0 else 1.0)
    return _between(highest, end, (place - top) / (last - top) if last > top else 1.0)


def _between(start: float, end: float, share: float) -> float:
    return end + (start - end) / 2.0 * (1.0 + math.cos(math.pi * min(share, 1.0)))


def total_steps(config: TrainingConfig, batches: int) -> int:
    """Return the steps of a whole run."""
    steps = config.epochs * batches
    return min(steps, config.max_steps) if config.max_steps else steps
