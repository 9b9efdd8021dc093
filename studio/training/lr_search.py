"""Looking for a learning rate before a run: by halving, as the lecture does it, and by a range test.

Both train copies of the network on the project's own data, optimizer and seed, and leave nothing behind.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.data.prepare import Split
from studio.errors import DataError, TrainingError
from studio.project.project import Project
from studio.training import devices
from studio.training.joined import Joined
from studio.training.optimizers import set_lr
from studio.training.precision import Precision
from studio.training.session import Session, prepare_session
from studio.training.stepper import Stepper

Method: TypeAlias = Literal["halving", "range"]
Report: TypeAlias = Callable[[float, float, str], None]
Curve: TypeAlias = NDArray[np.float64]

STEPS = 100
"""Of each trial of a halving, at most; fewer where the part of the data is smaller."""

HALVINGS = 40

SMOOTHING = 0.95
"""Share of the average that stays at each step of a range test."""

DIVERGED = 4.0
"""A range test ends where the smoothed loss is as many times its lowest."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Some steps at one learning rate.

    Attributes:
        lr: The learning rate.
        losses: Of its steps; (K,), cut off where one was no number.
        diverged: The loss ended no lower than it began.
    """

    lr: float
    losses: Curve
    diverged: bool


@dataclass(frozen=True, slots=True)
class Halving:
    """What the lecture's search tried.

    Attributes:
        lr: The first learning rate at which the loss did not diverge.
        trials: In order; the last is the one taken.
    """

    lr: float
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True)
class RangeTest:
    """Losses while the learning rate grew from step to step.

    Attributes:
        lr: Where the smoothed loss fell most steeply over the logarithm of the learning rate.
        lrs: (K,)
        losses: (K,)
        smoothed: Exponential average of the losses without the bias of its start; (K,)
    """

    lr: float
    lrs: Curve
    losses: Curve
    smoothed: Curve


class _Copies:
    """Trains one network from its initial weights again and again.

    Args:
        session: Whose network, data and optimizer are used.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self._start = {name: value.clone() for name, value in session.module.state_dict().items()}

    def steps(self, count: int) -> Iterator[Tensor]:
        """Yield the samples of so many steps, epoch after epoch."""
        epochs = (self.session.order(epoch) for epoch in itertools.count(1))
        return itertools.islice(itertools.chain.from_iterable(epochs), count)

    def fresh(self) -> Stepper:
        """Return what takes steps from the initial weights."""
        session = self.session
        session.module.load_state_dict(self._start)
        optimizer = session.optimizer
        for part in optimizer.parts if isinstance(optimizer, Joined) else (optimizer,):
            part.state.clear()
        torch.manual_seed(session.config.seed)
        return Stepper(replace(session, precision=Precision(session.config.precision, session.device)))


@contextmanager
def _copies_of(project: Project, folder: Path | None, share: float) -> Iterator[_Copies]:
    """Yield copies of a network, with a part of its data; the caller's random numbers stay as they were."""
    device = devices.resolve(project.training.device)
    plain = project.training.model_copy(update={"ema_decay": 0.0})
    with torch.random.fork_rng(devices=devices.rng_devices(device)):
        yield _Copies(_part(prepare_session(replace(project, training=plain), folder, device), share))


def _part(session: Session, share: float) -> Session:
    """Return a session with a part of the training data, chosen by its seed."""
    count = max(round(len(session.train) * share), 1)
    if count >= len(session.train):
        return session
    generator = torch.Generator().manual_seed(session.config.seed)
    rows = torch.randperm(len(session.train), generator=generator)[:count]
    train = Split(*session.train.take(rows))
    size = session.config.batch_size * session.config.accumulate
    # A last batch of one sample is more than batch normalization can take.
    used = count - count % size if count > size else count
    return replace(session, train=train, used=used, batches=math.ceil(used / size))


def halve(
    project: Project,
    folder: Path | None = None,
    *,
    start: float = 10.0,
    share: float = 0.1,
    steps: int = STEPS,
    report: Report = lambda done, total, label: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Halving:
    """Return the first of `start`, `start` / 2, `start` / 4 … at which the loss does not diverge.

    Args:
        project: What would be trained.
        folder: The project file's folder.
        start: Where to begin: too large.
        share: Part of the training data that is used, in (0, 1].
        steps: Of each trial.
        report: Is told what is done of how much.
        cancelled: Is asked after every trial.

    Raises:
        DataError: The data are missing; or it was cancelled.
        CompileError: The network has errors.
        TrainingError: The loss diverges at every learning rate.
    """
    _check(share, steps)
    with _copies_of(project, folder, share) as copies:
        count = min(steps, max(copies.session.batches, 10))
        trials: list[Trial] = []
        for number in range(HALVINGS):
            if cancelled():
                raise DataError("Cancelled.")
            lr = start / 2**number
            report(number, HALVINGS, f"lr {lr:.4g}")
            trials.append(_trial(copies, lr, count))
            if not trials[-1].diverged:
                return Halving(lr, tuple(trials))
    raise TrainingError(
        f"The loss diverges at every learning rate from {start:g} down to {trials[-1].lr:g}. Look for a NaN "
        "in the data, or a logarithm or root of 0 in the network.",
        argument="lr",
    )


def _trial(copies: _Copies, lr: float, count: int) -> Trial:
    stepper = copies.fresh()
    set_lr(copies.session.optimizer, lr)
    rows = enumerate(copies.steps(count))
    steps = [stepper.take(copies.session.module, some, step).loss for step, some in rows]
    losses = torch.stack(steps).cpu().double()
    finite = torch.isfinite(losses)
    if not bool(finite.all()):
        first = int(finite.int().argmin())
        return Trial(lr, losses[:first].numpy(), diverged=True)
    few = max(count // 10, 1)
    return Trial(lr, losses.numpy(), bool(losses[-few:].mean() >= losses[:few].mean()))


def range_test(
    project: Project,
    folder: Path | None = None,
    *,
    low: float = 1e-6,
    high: float = 10.0,
    steps: int = 200,
    report: Report = lambda done, total, label: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> RangeTest:
    """Return the losses while the learning rate grows by the same factor at every step; Smith 2017.

    Args:
        project: What would be trained.
        folder: The project file's folder.
        low: The first learning rate.
        high: The last, unless the loss diverges before.
        steps: How many.
        report: Is told what is done of how much.
        cancelled: Is asked after every step.

    Raises:
        DataError: The data are missing; or it was cancelled.
        CompileError: The network has errors.
        TrainingError: The bounds make no sense, or the loss is no number from the start.
    """
    _check(1.0, steps)
    if not 0.0 < low < high:
        raise TrainingError(
            f"The learning rate must grow, from above 0: not from {low:g} to {high:g}.", argument="low"
        )
    lrs = low * (high / low) ** (np.arange(steps) / max(steps - 1, 1))
    losses: list[float] = []
    with _copies_of(project, folder, 1.0) as copies:
        stepper = copies.fresh()
        for number, rows in enumerate(copies.steps(steps)):
            if cancelled():
                raise DataError("Cancelled.")
            set_lr(copies.session.optimizer, float(lrs[number]))
            loss = float(stepper.take(copies.session.module, rows, number).loss)
            report(number + 1, steps, f"lr {lrs[number]:.2e}")
            if not math.isfinite(loss):
                break
            losses.append(loss)
            smooth = smoothed_losses(np.array(losses))
            if number > 10 and smooth[-1] > DIVERGED * smooth.min():
                break
    if len(losses) < 3:
        raise TrainingError(
            f"The loss is no number within {len(losses) + 1} steps, even at a learning rate of {low:g}. Look "
            "for a NaN in the data, or a logarithm or root of 0 in the network.",
            argument="lr",
        )
    lrs = lrs[: len(losses)]
    return RangeTest(steepest(lrs, smooth), lrs, np.array(losses), smooth)


def smoothed_losses(losses: Curve) -> Curve:
    """Return the exponential average of losses, without the bias of its start at 0."""
    found, average = np.empty_like(losses), 0.0
    for place, loss in enumerate(losses):
        average = SMOOTHING * average + (1 - SMOOTHING) * float(loss)
        found[place] = average / (1 - SMOOTHING ** (place + 1))
    return found


def steepest(lrs: Curve, smoothed: Curve) -> float:
    """Return the learning rate at which a loss falls most steeply over log lr, before its lowest point."""
    end = max(int(smoothed.argmin()) + 1, 3)
    slopes = np.gradient(smoothed[:end], np.log(lrs[:end]))
    return float(lrs[int(slopes.argmin())])


def _check(share: float, steps: int) -> None:
    if not 0.0 < share <= 1.0:
        raise TrainingError(f"The part of the data must be above 0 and at most 1, not {share:g}.")
    if steps < 3:
        raise TrainingError(f"A search needs at least 3 steps, not {steps}.", argument="steps")
