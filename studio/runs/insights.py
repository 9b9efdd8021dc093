"""What a look into a network at rest found, as plain arrays: nothing of it is kept in a run."""

from __future__ import annotations

from dataclasses import dataclass

from studio.runs.records import Array


@dataclass(frozen=True, slots=True)
class UnitsFound:
    """What the units of a node give for some samples, and how they go together.

    A unit that gives several numbers for a sample, as a channel of maps does, stands with one: their mean or
    their largest. The units shown are all, or of very many those that vary the most, in their order.

    Attributes:
        total: How many units the node has.
        units: Numbers of those shown; (U,) int64.
        values: What they give; (U, N) float32, NaN and infinity as they are.
        zeros: Share of exact zeros among all numbers of each unit shown; (U,) float64.
        flat: Share of numbers where the activation's derivative is below 0.01; (U,), NaN for other layers.
        variances: Of each unit shown over the samples, divided by N - 1; (U,) float64.
        correlation: Of the units shown, as `numpy.corrcoef` has it; (U, U) float64, NaN for units that never
            vary or give what is no number.
        active: Units of all that give anything but 0, on the mean over the samples.
        constant: Numbers of units that give the same for every sample, the first of them; (K,) int64.
        constant_values: What that is; (K,) float64.
        num_constant: How many there are of all.
        num_zero: How many of those give nothing but 0.
        broken: Numbers of units that give NaN or infinity, the first of them; (K,) int64.
        num_broken: How many there are of all.
        pairs: Units shown that say the same: their correlation is beyond 0.99 either way, the largest first;
            (P, 2) int64 numbers of units.
        pair_correlations: (P,) float64.
        num_pairs: How many there are.
        mean_correlation: Mean of the sizes of all correlations between two different units; NaN without any.
    """

    total: int
    units: Array
    values: Array
    zeros: Array
    flat: Array
    variances: Array
    correlation: Array
    active: float
    constant: Array
    constant_values: Array
    num_constant: int
    num_zero: int
    broken: Array
    num_broken: int
    pairs: Array
    pair_correlations: Array
    num_pairs: int
    mean_correlation: float


@dataclass(frozen=True, slots=True)
class SamplesSeen:
    """What samples look like, small.

    Attributes:
        pictures: Of images, from the darkest to the brightest of all; (N, C, H, W) uint8 with C of 1 or 3,
            else (0,).
        numbers: Of other samples their first numbers; (N, K) float32, else (0,).
    """

    pictures: Array
    numbers: Array


@dataclass(frozen=True, slots=True)
class EmbeddingFound:
    """Where samples lie, seen through what a node gives for them.

    Attributes:
        points: (N, 2) float64; NaN for samples for which the node gives NaN or infinity.
        axes: What the two directions are called.
        explained: Share of the variance along each; (2,), NaN where that has no meaning.
        features: Numbers for each sample that were looked at.
        ratio: Scatter between the classes over that within them, of all those numbers; NaN without classes.
        broken: How many samples have no place.
        seen: What the samples look like.
    """

    points: Array
    axes: tuple[str, str]
    explained: Array
    features: int
    ratio: float
    broken: int
    seen: SamplesSeen


@dataclass(frozen=True, slots=True)
class LayerMaps:
    """What a layer gives for one sample.

    Attributes:
        node: Its name, dotted inside blocks.
        shape: Of the whole output, without the batch dimension.
        values: What is shown of it, float32: (K, H, W), the first maps, made smaller where they are large; or
            (E,), the first numbers.
        total: How many maps or numbers there are.
        low: Smallest finite number of the whole output.
        high: Largest.
        broken: How many numbers of the whole output are NaN or infinite.
    """

    node: str
    shape: tuple[int, ...]
    values: Array
    total: int
    low: float
    high: float
    broken: int


@dataclass(frozen=True, slots=True)
class MapsFound:
    """What all layers give for one sample, in the order in which they compute.

    Attributes:
        layers: At most some hundreds.
        left_out: How many more there are.
        seen: What the sample looks like.
    """

    layers: tuple[LayerMaps, ...]
    left_out: int
    seen: SamplesSeen


@dataclass(frozen=True, slots=True)
class SaliencyFound:
    """Which parts of a sample the score of a class hangs on.

    Attributes:
        scores: What the network gives; (C,) float32.
        target: The class that is explained.
        saliency: Size of the gradient of its score by the input, the largest over the channels: (H, W) of a
            picture, (E,) of a row, in float32; (0,) where there is none.
        cam: Grad-CAM of the node, (H, W) float32 in its own resolution; (0, 0) where it gives no maps.
        seen: What the sample looks like.
    """

    scores: Array
    target: int
    saliency: Array
    cam: Array
    seen: SamplesSeen


@dataclass(frozen=True, slots=True)
class StrongestFound:
    """The samples for which a unit gives most.

    Attributes:
        unit: Its number.
        total: How many units the node has.
        places: Which of the samples that were looked at, the strongest first; (K,) int64.
        values: What the unit gives for them; (K,) float32.
        share: Share of all samples for which it gives more than 0.
        seen: What they look like, in that order.
    """

    unit: int
    total: int
    places: Array
    values: Array
    share: float
    seen: SamplesSeen


@dataclass(frozen=True, slots=True)
class WeightsFound:
    """The weights of a node, a row to each unit, and how the rows go together.

    Attributes:
        parameter: Which of the node's parameters: ``weight``.
        parameters: All it has with two dimensions or more.
        shape: As torch has it.
        total: How many rows there are.
        units: Numbers of those shown, of very many those of the largest norm, in their order; (U,) int64.
        values: Their weights; (U, F) float32, of very long rows the first.
        width: How long a row is.
        norms: Of each row shown, all of it; (U,) float64.
        correlation: Of the rows shown, as `numpy.corrcoef` has it of all their weights; (U, U) float64, NaN
            for rows that are constant or hold what is no number.
        pairs: Rows shown that are the same but for scale: their correlation is beyond 0.99 either way, the
            largest first; (P, 2) int64 numbers of rows.
        pair_correlations: (P,) float64.
        num_pairs: How many there are.
        num_constant: Rows shown that are constant, those of zeros among them.
        num_broken: Rows shown with NaN or infinity.
        mean_correlation: Mean of the sizes of all correlations between two different rows; NaN without any.
    """

    parameter: str
    parameters: tuple[str, ...]
    shape: tuple[int, ...]
    total: int
    units: Array
    values: Array
    width: int
    norms: Array
    correlation: Array
    pairs: Array
    pair_correlations: Array
    num_pairs: int
    num_constant: int
    num_broken: int
    mean_correlation: float
