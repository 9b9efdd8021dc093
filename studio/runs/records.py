"""What a run reports while it goes on: frozen records of plain numbers and arrays.

The training loop and the probes make them; the run store keeps what must last; the engine sends the
newest to the window. No record holds a tensor.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]


STEP_COLUMNS = ("steps", "losses", "accuracies", "lrs", "penalties")
"""Arrays of `Steps`, in the order of its fields."""


def _nothing() -> Array:
    return np.zeros(0, np.float32)


RunState: TypeAlias = Literal["starting", "running", "paused", "finished", "stopped", "failed"]


OUT_OF_MEMORY = "ran out of memory"
"""In what a run tells that failed so: a smaller batch may do."""


@dataclass(frozen=True, slots=True)
class RunChanged:
    """A run entered another state. Never dropped.

    Attributes:
        message: Why it failed, or what it reached.
        node: Name of the node it failed in, if known.
        device: Where it runs.
        lr: Learning rate that somebody set just then; None where none was set.
    """

    run: str
    state: RunState
    step: int
    epoch: int
    message: str = ""
    node: str = ""
    details: str = ""
    device: str = ""
    lr: float | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """Training losses since the last such record; the mailbox joins them, so none is lost.

    Attributes:
        steps: Optimizer steps, counted from 1; (K,) int64.
        losses: Mean loss of the batch at each; (K,) float32.
        accuracies: Share of the batch classified correctly at each; (K,) float32, NaN if not a classifier.
        lrs: Learning rate of each; (K,) float32, NaN where it was not kept.
        penalties: The regularizer's part of each loss, λΩ; (K,) float32, NaN where it was not kept.
    """

    run: str
    steps: Array
    losses: Array
    accuracies: Array
    lrs: Array = field(default_factory=_nothing)
    penalties: Array = field(default_factory=_nothing)

    def __post_init__(self) -> None:
        """Say of what was not given that it was not kept."""
        for name in ("lrs", "penalties"):
            if not getattr(self, name).size and self.steps.size:
                object.__setattr__(self, name, np.full(self.steps.shape, np.nan, np.float32))


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """One pass over the data is done and validated. Never dropped.

    Attributes:
        epoch: Counted from 1.
        train_loss: Mean over the epoch's batches, in training mode.
        val_loss: Over the validation part, in evaluation mode.
        train_accuracy: In [0, 1]; NaN if not a classifier.
        is_best: Its validation loss is the lowest so far.
    """

    run: str
    epoch: int
    step: int
    train_loss: float
    val_loss: float
    train_accuracy: float
    val_accuracy: float
    is_best: bool


@dataclass(frozen=True, slots=True)
class CheckpointWritten:
    """The state after a step is on disk, whole; a later one may have taken its place since. Never dropped."""

    run: str
    step: int


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far the run is. The newest replaces the older."""

    run: str
    step: int
    total_steps: int
    epoch: int
    epochs: int
    elapsed_s: float
    remaining_s: float
    samples_per_s: float
    watching: float
    """Share of training time that probes took, in [0, 1]."""

    lr: float = math.nan
    """Learning rate of the last step."""


Quantity: TypeAlias = Literal["activation", "weight", "gradient"]


@dataclass(frozen=True, slots=True)
class Histogram:
    """Distribution of a quantity of a node at one step. The newest of each and step bucket stays.

    Attributes:
        node: Name of the node.
        low: Left edge of the first bin.
        high: Right edge of the last bin.
        counts: (B,) int64.
        zeros: Share of exact zeros, in [0, 1].
        mean: Of the sampled values.
        std: Of the sampled values.
        quantity: Its output on the training batch, its weight, or its weight's gradient.
        silent: Of an output, share of its units that have been 0 for some hundred samples on end; NaN where
            that says nothing.
        saturated: Of the output of a sigmoid, tanh or the like, share of values at which its derivative is
            below a hundredth; NaN for others.
        gradient: Of an output, Euclidean norm of the loss's gradient with respect to it; NaN where there is
            none.
    """

    run: str
    node: str
    step: int
    low: float
    high: float
    counts: Array
    zeros: float
    mean: float
    std: float
    quantity: Quantity = "activation"
    silent: float = math.nan
    saturated: float = math.nan
    gradient: float = math.nan


@dataclass(frozen=True, slots=True)
class Norms:
    """How large parameters, their gradients and their changes are at one step.

    Attributes:
        parameters: Their dotted names, in the order in which the network computes.
        sizes: Numbers in each; (P,) int64.
        weights: Euclidean norm of each after the step; (P,) float32.
        gradients: Of the gradient that the optimizer was given; (P,) float32, NaN where there was none,
            infinite where it holds what is no number.
        updates: Of what the step changed; (P,) float32.
    """

    run: str
    step: int
    parameters: tuple[str, ...]
    sizes: Array
    weights: Array
    gradients: Array
    updates: Array


@dataclass(frozen=True, slots=True)
class Filters:
    """Learned weights of a node as small pictures. The newest of each node replaces the older.

    Attributes:
        node: Name of the node.
        pictures: (K, H, W) or (K, H, W, 3) float32, as they are (not scaled).
        scale: Largest absolute weight shown.
        total: Number of filters there are; K may be fewer.
        order: Index of each shown filter in the layer, sorted by norm, largest first.
    """

    run: str
    node: str
    step: int
    pictures: Array
    scale: float
    total: int
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Surface:
    """What a network of one or two inputs computes over the range of its data. The newest replaces the older.

    Places are in rows from the lowest value of the second feature, in each row from the lowest of the first.
    Those of the units are every second one of the outputs' in the plane, and the same on a line.

    Attributes:
        node: Name of the node whose units are shown; empty: none are.
        lows: Ends of each feature's axis, in the units of the data set.
        highs: Likewise.
        classes: Names of the classes; empty where outputs are values.
        outputs: Probability of each class, or values; (K, S) or (K, S, S) float32.
        before: a of each unit, what goes into its activation; (U, T) or (U, T, T) float32, with U of 0 where
            there is none.
        after: h = g(a) of each unit; likewise.
        before_name: Name of the node that gives a; empty where there is none.
        after_name: Name of the node that gives h; empty where there are no units.
        total: Number of units there are; U may be fewer.
        points: Samples of the data; (N, E) float32.
        truth: Class or value of each; (N,) float32.
        held_out: Whether each is of the validation part; (N,) bool.
        said: The class that the network takes for each, or its first value; (N,) float32.
    """

    run: str
    step: int
    node: str
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    classes: tuple[str, ...]
    outputs: Array
    before: Array
    after: Array
    before_name: str
    after_name: str
    total: int
    points: Array
    truth: Array
    held_out: Array
    said: Array


@dataclass(frozen=True, slots=True)
class Levels:
    """Several pictures or curves in one or two bytes to a number: what a screen can show apart.

    Attributes:
        levels: 1 for the lowest of each to the largest there is for its highest, 0 for what is no finite
            number; (N, S) uint16 of curves, (N, S, S) uint8 of pictures.
        lows: Lowest value of each; (N,) float32.
        highs: Highest; (N,) float32.
    """

    levels: Array
    lows: Array
    highs: Array


@dataclass(frozen=True, slots=True)
class LayerLook:
    """What the units of one layer compute, as `Surface` has it.

    Attributes:
        before_name: Name of the node that gives a; empty where there is none.
        after_name: Name of the node that gives h.
        total: Number of units there are; fewer may be kept.
        before: a of each unit; none where there is none.
        after: h of each.
    """

    before_name: str
    after_name: str
    total: int
    before: Levels
    after: Levels


@dataclass(frozen=True, slots=True)
class SurfaceLook:
    """A surface with the units of several layers, small enough to be kept with the run.

    Attributes:
        outputs: As `Surface` has them.
        said: Likewise.
        layers: In the order in which they compute.
    """

    run: str
    step: int
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    classes: tuple[str, ...]
    points: Array
    truth: Array
    held_out: Array
    outputs: Levels
    said: Array
    layers: tuple[LayerLook, ...]


@dataclass(frozen=True, slots=True)
class Maps:
    """What a node gives for the probe sample. The newest of each node replaces the older; none is kept.

    Attributes:
        node: Name of the node.
        shape: Of the whole output, without the batch dimension.
        values: What is shown of it, float32: (K, H, W), the first maps, made smaller where they are large; or
            (E,), the first numbers.
        total: How many maps or numbers there are.
        low: Smallest finite number of the whole output; 0 if it has none.
        high: Largest.
        broken: How many numbers of the whole output are NaN or infinite.
    """

    run: str
    node: str
    step: int
    shape: tuple[int, ...]
    values: Array
    total: int
    low: float
    high: float
    broken: int


@dataclass(frozen=True, slots=True)
class Predictions:
    """What a classifier says of the probe batch, in evaluation. The newest replaces the older; none is kept.

    Attributes:
        part: Part of the data that the batch is of.
        total: Samples of that part; the batch may be fewer.
        classes: Names of the classes that have one.
        num_classes: How many are told apart.
        truth: Class of each sample; (N,) int64.
        predicted: Class that each is given; (N,) int64, -1 where outputs are no numbers.
        sure: Probability of that class; (N,) float32.
        own: Probability of the true class; (N,) float32.
        loss: Mean over the samples; NaN where outputs are no numbers.
        worst: Places of the samples whose true class has the least probability, the least first; (K,) int64.
        samples: Those, as the network takes them, but small: (K, C, H, W) float32 of pictures, else (K, F),
            their first numbers.
        note: Why there is nothing of all this; empty if there is.
    """

    run: str
    step: int
    part: Literal["train", "validation"]
    total: int
    classes: tuple[str, ...]
    num_classes: int
    truth: Array
    predicted: Array
    sure: Array
    own: Array
    loss: float
    worst: Array
    samples: Array
    note: str = ""


Seen: TypeAlias = Histogram | Norms | Filters | SurfaceLook
"""What a run keeps of looks into it, thinned with age."""

Live: TypeAlias = (
    RunChanged | Steps | EpochEnded | CheckpointWritten | RunProgress | Seen | Surface | Maps | Predictions
)


def join_steps(parts: Sequence[Steps]) -> Steps:
    """Return several records of one run as one."""
    if len(parts) == 1:
        return parts[0]
    return Steps(
        parts[0].run,
        *(np.concatenate([getattr(part, name) for part in parts]) for name in STEP_COLUMNS),
    )


def choose_steps(record: Steps, wanted: Array) -> Steps:
    """Return some of the steps, by number or by truth value."""
    return Steps(record.run, *(getattr(record, name)[wanted] for name in STEP_COLUMNS))
