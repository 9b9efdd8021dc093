"""What the engine answers when it has measured or computed something; see `studio.engine.records`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.engine.replies import Array
from studio.engine.requests import Json
from studio.runs.records import Surface


@dataclass(frozen=True, slots=True)
class LrFound:
    """Answer to FindLr.

    Attributes:
        method: As in the question.
        lr: The learning rate to take.
        lrs: Those that were tried; (K,) float64.
        losses: At each; (K,) float64. Of a halving, the mean over the last steps of each trial, NaN where the
            loss ended as no number.
        smoothed: Of a range test: the losses' average; (K,). Of a halving: 1 where the loss diverged, else 0.
    """

    id: int
    method: str
    lr: float
    lrs: Array
    losses: Array
    smoothed: Array


@dataclass(frozen=True, slots=True)
class GradientRow:
    """How well the gradient of one tensor was met.

    Attributes:
        node: Dotted name of the node it belongs to; empty for the network's input.
        tensor: Its name; empty where there was nothing to compare.
        checked: Coordinates compared.
        total: Coordinates there are.
        kinks: Coordinates left out because the function has a kink there.
        error: Relative; NaN where it is no number.
        worst: The largest difference.
        verdict: As in `studio.training.gradcheck.differences`; ``nothing``: there was nothing to compare.
        note: Why.
    """

    node: str
    tensor: str
    shape: tuple[int, ...]
    checked: int
    total: int
    kinks: int
    error: float
    worst: float
    verdict: Literal["right", "wrong", "tiny", "unused", "nothing"]
    note: str = ""


@dataclass(frozen=True, slots=True)
class LayerTime:
    """How long a layer takes on a batch, and what it keeps; as `studio.probes.profiling.LayerProfile`."""

    node: str
    forward_s: float
    backward_s: float
    output_bytes: int
    kept_bytes: int


@dataclass(frozen=True, slots=True)
class LayersProfiled:
    """Answer to ProfileLayers.

    Attributes:
        device: Where it was measured.
        batch: Samples at once.
        layers: In the order of computation.
    """

    id: int
    device: str
    batch: int
    layers: tuple[LayerTime, ...]


@dataclass(frozen=True, slots=True)
class GradientsChecked:
    """Answer to CheckGradients.

    Attributes:
        alone: Each layer was checked by itself.
        samples: Of the data that were run.
        rows: In the order of computation.
    """

    id: int
    alone: bool
    samples: int
    rows: tuple[GradientRow, ...]


@dataclass(frozen=True, slots=True)
class RunEvaluated:
    """Answer to EvaluateRun.

    Attributes:
        run: As in the question.
        scores: As ``studio evaluate --json`` gives them, without the confusions.
        confusion: (C, C) int64: row is the truth, column the prediction; (0, 0) if it is no classifier.
        samples: Of the worst and the best samples of a classifier of pictures, and of some of each confusion,
            what went in, as it is shown; (K, C, H, W) float32, or (0,).
        truth: Class of each; (K,) int64.
        predicted: The class it was given; (K,) int64.
        sure: Probability of that; (K,) float64.
        num_worst: How many of them are the worst.
        num_best: How many come then as the best; the rest are of the confusions.
    """

    id: int
    run: str
    part: str
    scores: Json
    confusion: Array
    samples: Array
    truth: Array
    predicted: Array
    sure: Array
    num_worst: int
    num_best: int


@dataclass(frozen=True, slots=True)
class Predicted:
    """Answer to PredictFile.

    Attributes:
        run: As in the question; so is `path`.
        predictions: ``{"samples": [...]}``: each as ``studio predict --json`` gives it.
    """

    id: int
    run: str
    path: str
    predictions: Json


@dataclass(frozen=True, slots=True)
class SurfaceDrawn:
    """Answer to DrawSurface.

    Attributes:
        surface: What the network computes; its step is 0.
        weights: Which weights were used, in words.
    """

    id: int
    surface: Surface
    weights: str


@dataclass(frozen=True, slots=True)
class LookedAt:
    """Answer to LookAt: what a node gives for one sample.

    Attributes:
        node: As in the question.
        shape: Of the whole output, without the batch dimension.
        values: What is shown of it, float32: (K, H, W) for maps, of which there are at most some dozens, made
            smaller where they are large; (E,) for a row of numbers.
        low: Smallest number of the whole output; so are the next: largest, mean, standard deviation.
        zeros: Share of exact zeros.
        finite: Whether all numbers are.
        label: Class of the sample, by name; empty where it has none.
        sample: What went in, in words; `index` of `count`, 0 for random numbers.
        weights: Which weights were used, in words.
    """

    id: int
    node: str
    shape: tuple[int, ...]
    values: Array
    low: float
    high: float
    mean: float
    std: float
    zeros: float
    finite: bool
    label: str
    index: int
    count: int
    sample: str
    weights: str
