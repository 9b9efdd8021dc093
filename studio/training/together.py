"""What networks are worth that vote: the mean of the probabilities of several runs, and of several views."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from studio.errors import DataError, TrainingError
from studio.project.project import Project
from studio.training.evaluating import (
    BATCH,
    Evaluation,
    Part,
    Ready,
    Weights,
    of_classes,
    ready,
    refuse_nonfinite,
)
from studio.training.evaluation import num_inputs
from studio.training.examples import examples_of
from studio.training.objective import as_tuple
from studio.training.scores import Rate
from studio.training.statistics import Choice
from studio.training.views import Views, check, views_of

PLAIN = Views()


@dataclass(frozen=True, slots=True)
class Member:
    """A network that votes.

    Attributes:
        project: Its design, data and settings.
        weights: A `state_dict` of the compiled network.
    """

    project: Project
    weights: Weights


@dataclass(frozen=True, slots=True)
class Together:
    """What was found.

    Attributes:
        evaluation: Of the mean of all probabilities; its loss is their mean negative log-likelihood.
        each: The same of each member alone.
        top1: Mean of the members' top-1 errors, with the 95 % interval of that mean over runs (Student's t);
            None for one member.
    """

    evaluation: Evaluation
    each: tuple[Evaluation, ...]
    top1: Rate | None

    def to_data(self) -> dict[str, Any]:
        """Return it as JSON data."""
        data = self.evaluation.to_data()
        if self.top1 is not None:
            data["each"] = [{"loss": one.loss, "top1_error": _value(one)} for one in self.each]
            data["mean_top1_error"] = {
                "value": self.top1.value, "low": self.top1.low, "high": self.top1.high,
            }  # fmt: skip
        return data


def evaluate_together(
    members: Sequence[Member],
    folder: Path | None,
    part: Part,
    device: str | None = None,
    *,
    views: Views = PLAIN,
    votes: Sequence[float] = (),
    statistics: Choice = "kept",
    report: Callable[[float, float, str], None] = lambda done, total, label: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Together:
    """Return how good classifiers are that vote, all views of a sample counting the same.

    Args:
        members: One or more; each prepares the data by its own settings.
        folder: As `evaluating.evaluate_weights` takes it; so are `part`, `device` and what follows.
        views: What each network is shown of a picture.
        votes: How much each member counts, above 0; none: all the same.

    Raises:
        DataError: The members were not given the same samples, or samples have no such views; and as
            `evaluating.evaluate_weights` raises it.
        RunError: Weights are of another network.
        TrainingError: A network tells no classes apart, or takes pictures of its own size only; or votes are
            not one positive number for each member.
    """
    weights = _votes(votes, len(members))
    total: Tensor | None = None
    first: Ready | None = None
    each = []
    for place, member in enumerate(members):

        def tell(done: float, of: float, label: str, place: int = place) -> None:
            report(place * of + done, len(members) * of, label)

        one = ready(
            member.project, member.weights, folder, part, device, statistics, report=tell, cancelled=cancelled
        )
        first = first or one
        _refuse_others(first, one, members[0].project.data.options == member.project.data.options)
        shares = _shares(one, views, tell, cancelled)
        each.append(_found(one, part, shares))
        total = shares * weights[place] if total is None else total + shares * weights[place]
    assert first is not None, "there is at least one member"
    assert total is not None
    return Together(_found(first, part, total), tuple(each), _mean_top1(each))


def _votes(votes: Sequence[float], count: int) -> list[float]:
    """Return each member's share of the vote; they add up to 1."""
    if not votes:
        return [1.0 / count] * count
    if len(votes) != count or not all(0.0 < vote < math.inf for vote in votes):
        given = ", ".join(f"{vote:g}" for vote in votes)
        raise TrainingError(
            f"{count} runs need {count} votes above 0, and {given} was given.",
            argument="votes",
        )
    return [vote / sum(votes) for vote in votes]


def mean_with_interval(values: Sequence[float]) -> Rate:
    """Return the mean of what several seeds gave, with its 95 % interval by Student's t."""
    from scipy.stats import t

    count = len(values)
    spread = float(np.std(values, ddof=1))
    return Rate(float(np.mean(values)), float(t.ppf(0.975, count - 1)) * spread / count**0.5)


def _mean_top1(each: Sequence[Evaluation]) -> Rate | None:
    return mean_with_interval([_value(one) for one in each]) if len(each) > 1 else None


def _value(found: Evaluation) -> float:
    assert found.top1 is not None, "every member is a classifier"
    return found.top1.value


def _refuse_others(first: Ready, other: Ready, same_options: bool) -> None:
    """Refuse members whose part of the data is another: their votes would be on different samples."""
    same_set = same_options and first.data.dataset == other.data.dataset
    if not same_set or not torch.equal(first.split.targets, other.split.targets):
        raise DataError(
            "These runs were given different samples for this part: their data set, its options, fractions "
            "or seed differ. Only runs on the same samples can vote."
        )
    if first.data.classes != other.data.classes:
        raise DataError("These runs tell different classes apart, so they cannot vote.")


def _shares(
    one: Ready, views: Views, report: Callable[[float, float, str], None], cancelled: Callable[[], bool]
) -> Tensor:
    """Return the probabilities that a network gives, averaged over views.

    Shape:
        returns: (N, C) float64
    """
    found = []
    count = len(one.split)
    check(views, tuple(one.split.span(0, 1)[0].shape[1:]))
    with torch.inference_mode():
        for start in range(0, count, BATCH):
            report(start, count, "samples")
            if cancelled():
                raise DataError("Cancelled.")
            inputs, targets = one.split.span(start, start + BATCH)
            seen = [inputs] if views.are_plain else views_of(inputs, views)
            each = [_probabilities(one, view, targets) for view in seen]
            found.append(torch.stack(each).mean(0))
    return torch.cat(found)


def _probabilities(one: Ready, inputs: Tensor, targets: Tensor) -> Tensor:
    try:
        outputs = as_tuple(one.module(*(inputs,) * num_inputs(one.module)))
    except torch.OutOfMemoryError:
        raise
    except RuntimeError as error:
        own = tuple(one.split.span(0, 1)[0].shape[1:])
        if tuple(inputs.shape[1:]) == own:
            raise
        raise TrainingError(
            f"The network takes pictures of {own[1]} x {own[2]} only, not of {inputs.shape[2]} x "
            f"{inputs.shape[3]}. Crop to its size, or end it with a global pooling."
        ) from error
    refuse_nonfinite(outputs)
    shares = one.objective.probabilities(outputs, targets)
    if shares is None:
        raise TrainingError("The network tells no classes apart, so there are no probabilities to average.")
    return shares


def _found(one: Ready, part: Part, shares: Tensor) -> Evaluation:
    truth = one.split.targets.cpu()
    own = shares.gather(1, truth[:, None])
    loss = float(-own.clamp_min(torch.finfo(own.dtype).tiny).log().mean())
    found = of_classes(part, loss, shares, truth, one.data.classes)
    return replace(found, examples=examples_of(one.split, shares))
