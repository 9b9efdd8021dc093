"""What a trained network is worth: a run's weights on one part of its data, with every measure that fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import torch
from torch import Tensor, fx

from studio.compiler import lower
from studio.compiler.draws import own_draws
from studio.data.prepare import PreparedData, Split, prepare
from studio.errors import DataError, RunError, TrainingError
from studio.project.project import Project
from studio.training import class_weights, devices, fit, scores
from studio.training.evaluation import num_inputs
from studio.training.examples import Examples, examples_of
from studio.training.objective import Objective, as_tuple
from studio.training.scores import ClassScores, Integers, Rate, RegressionScores
from studio.training.session import shaped
from studio.training.statistics import Choice, recalibrate

Part: TypeAlias = Literal["train", "validation", "test"]
Weights: TypeAlias = dict[str, Tensor]

BATCH = 256
"""Samples at a time; changes nothing but memory and time."""

TOP = 5

MOST_CONFUSED = 1000
"""Classes of which the matrix is kept: that of 10,000 would take 800 MB, and nobody could look at it."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was found; measures that have no meaning for the network are None.

    Attributes:
        part: The part of the data.
        count: Its samples.
        loss: As in training, of scaled targets if they are, without regularizers and auxiliary heads: the
            mean over samples.
        classes: Names of the classes, of as many as the network has outputs.
        top1: Share of samples whose class is not the one with the largest score.
        top5: Share of samples whose class is not among the five with the largest scores; None with five
            classes or fewer, where it is always 0.
        confusion: (C, C): row is the truth, column the prediction; None above `MOST_CONFUSED` classes.
        per_class: Precision, recall and F1.
        regression: Of a network that gives numbers rather than classes, in the units of the data.
        examples: Samples of each confusion, and those that it was most wrong and most right about.
    """

    part: Part
    count: int
    loss: float
    classes: tuple[str, ...] = ()
    top1: Rate | None = None
    top5: Rate | None = None
    confusion: Integers | None = None
    per_class: ClassScores | None = None
    regression: RegressionScores | None = None
    examples: Examples | None = None

    def to_data(self) -> dict[str, Any]:
        """Return it as JSON data, of which NaN is the one thing that JSON does not have."""
        data: dict[str, Any] = {"split": self.part, "samples": self.count, "loss": self.loss}
        for name, rate in (("top1_error", self.top1), ("top5_error", self.top5)):
            if rate is not None:
                data[name] = {"value": rate.value, "low": rate.low, "high": rate.high}
        if self.per_class is not None:
            each = self.per_class
            columns = (each.precision, each.recall, each.f1, each.support)
            names = ("class", "precision", "recall", "f1", "samples")
            rows = zip(self.classes, *(column.tolist() for column in columns), strict=True)
            data["classes"] = [dict(zip(names, row, strict=True)) for row in rows]
        if self.confusion is not None:
            data["confusion"] = self.confusion.tolist()
        if self.regression is not None:
            data |= {name: getattr(self.regression, name) for name in ("mse", "mae", "r2")}
        return data


def evaluate_weights(
    project: Project,
    weights: Weights,
    folder: Path | None,
    part: Part,
    device: str | None = None,
    *,
    statistics: Choice = "kept",
    report: Callable[[float, float, str], None] = lambda done, total, label: None,
    cancelled: Callable[[], bool] = lambda: False,
    data: PreparedData | None = None,
) -> Evaluation:
    """Return how good a network with these weights is on one part of a project's data.

    Args:
        project: Design, data and settings.
        weights: A `state_dict` of the compiled network.
        folder: The project file's folder, where a relative data folder starts.
        part: No other part is looked at.
        device: Instead of the project's.
        statistics: Which statistics batch normalizations use: those of the weights, or others found on the
            training part first.
        report: Is told how many samples are done, of how many.
        cancelled: Is asked after every batch.
        data: The project's, on that device, where they were prepared before.

    Raises:
        DataError: The data are missing, the part is empty, or it was cancelled.
        RunError: The weights are of another network.
        TrainingError: Outputs are no numbers; there is no loss; the device is not there.
    """
    one = ready(
        project, weights, folder, part, device, statistics, report=report, cancelled=cancelled, data=data
    )
    watch = _Watch(report, cancelled, part, len(one.split))
    return _measure(one, watch)


@dataclass(frozen=True, slots=True)
class Ready:
    """A network with its weights, and the part of the data that it is measured on, on one device.

    Attributes:
        module: The network, in evaluation mode.
        objective: Its losses.
        split: The part, in the shape the network takes.
        data: All of the data.
    """

    module: fx.GraphModule
    objective: Objective
    split: Split
    data: PreparedData


def ready(
    project: Project,
    weights: Weights,
    folder: Path | None,
    part: Part,
    device: str | None,
    statistics: Choice,
    *,
    report: Callable[[float, float, str], None],
    cancelled: Callable[[], bool],
    data: PreparedData | None = None,
) -> Ready:
    """Return what a measurement needs; the arguments and errors are those of `evaluate_weights`."""
    place = devices.resolve(device or project.training.device)
    with own_draws():
        network = lower.build(project.graph)
    fill(network.module, weights)
    module = network.module.to(place).eval()
    if data is None:
        data = prepare(project.data, folder, place)
    wanted = fit.input_sample(project.graph)
    split = shaped(_part_of(data, part), wanted, data)
    if statistics in ("update_bn", "final_phase"):
        train = shaped(data.train, wanted, data)
        recalibrate(module, train, statistics, BATCH, report=report, cancelled=cancelled)
    counts = class_weights.counts(project.training, data.train.targets)
    return Ready(module, Objective(network.losses, counts).to(place), split, data)


def fill(module: fx.GraphModule, weights: Weights) -> None:
    """Give a network its weights.

    Raises:
        RunError: They are of another network.
    """
    try:
        module.load_state_dict(weights)
    except RuntimeError as error:
        raise RunError(f"The weights are of another network: {error}") from error


def _part_of(data: PreparedData, part: Part) -> Split:
    split: Split = getattr(data, part)
    if not len(split):
        raise DataError(
            f"The {part} part of {data.dataset} is empty. Set test_fraction above 0 before training, or "
            "evaluate another part."
        )
    return split


def _measure(one: Ready, watch: _Watch) -> Evaluation:
    """Run a part through a network once, and return what was found."""
    module, objective, split = one.module, one.objective, one.split
    copies, losses, masses, found, shares = num_inputs(module), 0.0, 0.0, [], []
    part = watch.part
    sums: scores.RegressionSums | None = scores.RegressionSums()
    with torch.inference_mode():
        for start in range(0, len(split), BATCH):
            inputs, targets = split.span(start, start + BATCH)
            watch.see(start)
            outputs = as_tuple(module(*(inputs,) * copies))
            refuse_nonfinite(outputs)
            mean, mass = objective.loss(outputs, targets, training=False), float(objective.mass(targets))
            losses, masses = losses + float(mean) * mass, masses + mass
            given = objective.class_scores(outputs, targets)
            if given is not None:
                found.append(given.float().cpu())
                probabilities = objective.probabilities(outputs, targets)
                assert probabilities is not None
                shares.append(probabilities)
                continue
            output, wanted = objective.compared(outputs, targets)
            if sums is None or not wanted.is_floating_point() or wanted.shape != output.shape:
                sums = None
            else:
                pair = (output.float().cpu(), wanted.float().cpu())
                if objective.compares_with_data:
                    pair = (one.data.in_units(pair[0]), one.data.in_units(pair[1]))
                sums.add(pair[0].numpy(), pair[1].numpy())
    loss = losses / masses
    if found:
        scored = of_classes(part, loss, torch.cat(found), split.targets.cpu(), one.data.classes)
        return replace(scored, examples=examples_of(split, torch.cat(shares)))
    return Evaluation(part, len(split), loss, regression=sums.scores() if sums is not None else None)


@dataclass(frozen=True, slots=True)
class _Watch:
    """Tells how far a measurement is, and ends it when nobody wants it any more."""

    report: Callable[[float, float, str], None]
    cancelled: Callable[[], bool]
    part: Part
    total: int

    def see(self, done: int) -> None:
        self.report(done, self.total, "samples")
        if self.cancelled():
            raise DataError("Cancelled.")


def refuse_nonfinite(outputs: tuple[Tensor, ...]) -> None:
    """Raise `TrainingError` for outputs that are no numbers."""
    if not all(bool(torch.isfinite(output).all()) for output in outputs):
        raise TrainingError(
            "The network gives NaN or infinity for some samples, so there is nothing to measure. Evaluate an "
            "earlier checkpoint, or train again with a lower lr."
        )


def of_classes(part: Part, loss: float, given: Tensor, truth: Tensor, classes: tuple[str, ...]) -> Evaluation:
    """Return the measures of a classifier.

    Shape:
        given: (N, C)
        truth: (N,)
    """
    values, targets = given.numpy(), truth.numpy()
    num_classes = values.shape[1]
    places = scores.ranks(values, targets)
    said = values.argmax(axis=1)
    names = classes + tuple(str(index) for index in range(len(classes), num_classes))
    return Evaluation(
        part,
        len(targets),
        loss,
        names[:num_classes],
        scores.rate_of(int(np.count_nonzero(places)), len(targets)),
        scores.rate_of(int((places >= TOP).sum()), len(targets)) if num_classes > TOP else None,
        scores.confusion(said, targets, num_classes) if num_classes <= MOST_CONFUSED else None,
        scores.class_scores(said, targets, num_classes),
    )
