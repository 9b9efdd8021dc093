"""The losses of the steps, left on the device and read out now and then.

Reading a number off a device waits for all that was asked of it; once for many steps costs nothing,
once for each would set the pace.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor

from studio.errors import TrainingError
from studio.runs.records import Steps
from studio.training.stepped import Stepped

CAPACITY = 1024

WAITING = 2**20
"""Numbers in outputs that wait to be judged; more are judged at once, to keep memory small."""

Judge: TypeAlias = Callable[[Tensor, Tensor], Tensor]


class StepLog:
    """Losses on the device, and the epoch's sums on the host.

    Whether samples were classified correctly is found for many steps at once: asked of each, it would cost
    a small network two steps in a hundred.

    Attributes:
        loss_sum: Sum of loss × batch size over the epoch so far, as far as read out.
        correct_sum: Correctly classified samples likewise; NaN if not a classifier.
        samples: Samples behind the sums.

    Args:
        device: Where the losses are.
        judge: Returns which samples are classified correctly, given scores and targets; (N,) bool.
        capacity: Steps that are kept before they must be read out.
    """

    def __init__(self, device: torch.device, judge: Judge, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._nothing = torch.zeros((), device=device)
        self._losses: list[Tensor] = []
        self._penalties: list[Tensor] = []
        self._lrs = np.zeros(capacity, np.float32)
        self._judge = judge
        self._corrects = np.full(capacity, math.nan)
        self._sizes = np.zeros(capacity, np.int64)
        self._waiting: list[tuple[int, Tensor, Tensor]] = []
        self._numbers_waiting = 0
        self._counted: list[int] = []
        self._hits: list[Tensor] = []
        self.loss_sum = 0.0
        self.correct_sum = 0.0
        self.samples = 0

    @property
    def full(self) -> bool:
        """Whether the next step needs a `read` before it."""
        return len(self._losses) == self._capacity

    def add(self, stepped: Stepped, size: int, lr: float) -> None:
        """Keep one step's loss, and until it is judged what it is judged by.

        Args:
            stepped: What the step gave.
            size: Its samples.
            lr: Its learning rate.
        """
        place = len(self._losses)
        self._losses.append(stepped.loss)
        self._penalties.append(self._nothing if stepped.penalty is None else stepped.penalty)
        self._corrects[place] = math.nan
        self._sizes[place] = size
        self._lrs[place] = lr
        if stepped.hits is not None:
            self._counted.append(place)
            self._hits.append(stepped.hits)
        if stepped.scores is not None:
            self._waiting.append((place, stepped.scores, stepped.targets))
            self._numbers_waiting += stepped.scores.numel()
        if self._numbers_waiting > WAITING:
            self._judge_waiting()

    def _judge_waiting(self) -> None:
        """Count the correct samples of the steps that wait for it."""
        if not self._waiting:
            return
        places, scores, targets = zip(*self._waiting, strict=True)
        self._waiting, self._numbers_waiting = [], 0
        hits = self._judge(torch.cat(scores), torch.cat(targets)).cpu().numpy()
        ends = np.cumsum([len(some) for some in scores])
        self._corrects[list(places)] = np.add.reduceat(hits.astype(np.int64), [0, *ends[:-1]])

    def start_epoch(self) -> None:
        """Begin the sums anew."""
        self.loss_sum, self.correct_sum, self.samples = 0.0, 0.0, 0

    def read(self, run: str, step: int) -> Steps | None:
        """Return what was added since the last time, and add it to the sums.

        Args:
            run: For the record.
            step: The last step added.

        Returns:
            None if nothing was added.
        """
        count = len(self._losses)
        if count == 0:
            return None
        self._judge_waiting()
        losses, penalties = _numbers(self._losses), _numbers(self._penalties)
        if self._counted:
            self._corrects[self._counted] = _numbers(self._hits)
        self._losses, self._penalties, self._counted, self._hits = [], [], [], []
        corrects = self._corrects[:count].copy()
        sizes = self._sizes[:count]
        self.loss_sum = _add_up(self.loss_sum, losses * sizes.astype(np.float64))
        self.correct_sum = _add_up(self.correct_sum, corrects)
        self.samples += int(sizes.sum())
        numbers = np.arange(step - count + 1, step + 1, dtype=np.int64)
        accuracies = (corrects / sizes).astype(np.float32)
        return Steps(run, numbers, losses, accuracies, self._lrs[:count].copy(), penalties)


def _numbers(values: list[Tensor]) -> np.ndarray:
    """Fetch many single values at once."""
    return torch.stack(values).cpu().numpy()


def _add_up(total: float, values: np.ndarray) -> float:
    """Add values one after another: when they were read out must not show in the last bit."""
    return float(np.cumsum(np.concatenate(([total], values)))[-1])


def refuse_nonfinite(steps: Steps, epoch: int, lr: float) -> Steps:
    """Return the steps if all their losses are numbers.

    Raises:
        TrainingError: One is NaN or infinite; it carries the step.
    """
    wrong = np.flatnonzero(~np.isfinite(steps.losses))
    if not len(wrong):
        return steps
    step, value = int(steps.steps[wrong[0]]), float(steps.losses[wrong[0]])
    raise TrainingError(
        f"The loss became {show_nonfinite(value)} at step {step} (epoch {epoch}). {advice(lr)}", step=step
    )


def show_nonfinite(value: float) -> str:
    """Return NaN and infinity in words."""
    return "NaN" if math.isnan(value) else "infinite"


def advice(lr: float) -> str:
    """Return what to do about numbers that grew beyond all bounds."""
    return (
        f"The learning rate ({lr:g}) is probably too high for this network: try {lr / 10:g} or less. Data "
        "that are not normalized, or a logarithm or root of 0, do it too."
    )
