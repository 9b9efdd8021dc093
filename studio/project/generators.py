"""Data sets that scikit-learn draws: their options, and what a sample is like. No data, and no NumPy.

Options are called as scikit-learn calls them and stand in its order, but for `samples` and `seed`, which all
data sets of points share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from studio.catalog.spec import ArgSpec
from studio.errors import DataError
from studio.project.config import OptionValue
from studio.project.sample import Sample

SAMPLES = ArgSpec("samples", "int", 1000, "Points in all.", minimum=20, maximum=1_000_000)
SEED = ArgSpec("seed", "int", 0, "Fixes where the points lie.", minimum=0, maximum=2**32 - 1)

MOST_FEATURES = 10_000
MOST_CLASSES = 1000

Values = Mapping[str, OptionValue]


def noise(
    default: float,
    text: str = "Standard deviation of what is added to each coordinate.",
    maximum: float = 10.0,
) -> ArgSpec:
    """Return the option that blurs a data set."""
    return ArgSpec("noise", "float", default, text, minimum=0.0, maximum=maximum, step=0.05)


def _count(name: str, default: int, text: str, minimum: int = 1, maximum: int = MOST_FEATURES) -> ArgSpec:
    return ArgSpec(name, "int", default, text, minimum=minimum, maximum=maximum)


def _positive(name: str, default: float, text: str) -> ArgSpec:
    return ArgSpec(name, "float", default, text, minimum=0.0, open_range=True, maximum=1000.0, step=0.1)


_TARGET_NOISE = noise(0.0, "Standard deviation of what is added to the value.", 1000.0)


@dataclass(frozen=True, slots=True)
class Generator:
    """One function of scikit-learn.

    Attributes:
        key: Its name in files.
        title: Its name on screen.
        summary: One line that says what it draws.
        function: Its name in `sklearn.datasets`.
        sample: What one sample is like; raises for options that do not go together.
        options: Its settings.
    """

    key: str
    title: str
    summary: str
    function: str
    sample: Callable[[Values], Sample]
    options: tuple[ArgSpec, ...]


def _classes(count: OptionValue) -> tuple[str, ...]:
    return tuple(f"class {number}" for number in range(int(count)))


def _classification(options: Values) -> Sample:
    features, informative = int(options["n_features"]), int(options["n_informative"])
    used = informative + int(options["n_redundant"]) + int(options["n_repeated"])
    if used > features:
        raise DataError(
            f"The data set Classification: n_informative, n_redundant and n_repeated are {used} together, "
            f"and n_features is {features}. Raise n_features.",
            argument="n_features",
        )
    clusters = int(options["n_classes"]) * int(options["n_clusters_per_class"])
    if informative < 30 and clusters > 2**informative:
        raise DataError(
            f"The data set Classification: {clusters} clusters need more corners than the "
            f"{2**informative} that n_informative = {informative} gives. Raise n_informative.",
            argument="n_informative",
        )
    return Sample((features,), _classes(options["n_classes"]))


def _regression(options: Values) -> Sample:
    features, informative = int(options["n_features"]), int(options["n_informative"])
    if informative > features:
        raise DataError(
            f"The data set Regression: n_informative is {informative}, and n_features {features}. "
            "Raise n_features.",
            argument="n_features",
        )
    return Sample((features,), ())


def _blobs(options: Values) -> Sample:
    return Sample((int(options["n_features"]),), _classes(options["centers"]))


def _quantiles(options: Values) -> Sample:
    if int(options["n_classes"]) > int(options["samples"]):
        raise DataError(
            "The data set Gaussian quantiles: samples must be at least n_classes.", argument="samples"
        )
    return Sample((int(options["n_features"]),), _classes(options["n_classes"]))


def _friedman1(options: Values) -> Sample:
    return Sample((int(options["n_features"]),), ())


def _four(options: Values) -> Sample:
    return Sample((4,), ())


def _space(options: Values) -> Sample:
    return Sample((3,), ())


def _ten(options: Values) -> Sample:
    return Sample((10,), ("below", "above"))


GENERATORS = (
    Generator(
        "blobs",
        "Blobs",
        "Points around a centre for each class, spread as a normal distribution.",
        "make_blobs",
        _blobs,
        (
            SAMPLES,
            _count("n_features", 2, "Numbers of a point."),
            _count("centers", 3, "Classes, each around a centre.", 2, MOST_CLASSES),
            _positive("cluster_std", 1.0, "Standard deviation of a blob; centres lie in [-10, 10]."),
            SEED,
        ),
    ),
    Generator(
        "classification",
        "Classification",
        "Clusters at the corners of a cube, with features that say something, repeat it, or are noise.",
        "make_classification",
        _classification,
        (
            SAMPLES,
            _count("n_features", 20, "Numbers of a sample; what is left over is noise."),
            _count("n_informative", 2, "Features that tell the classes apart."),
            _count("n_redundant", 2, "Features that are mixtures of the informative ones.", 0),
            _count("n_repeated", 0, "Features that are copies of others.", 0),
            _count("n_classes", 2, "Classes.", 2, MOST_CLASSES),
            _count("n_clusters_per_class", 2, "Clusters of each class.", 1, MOST_CLASSES),
            ArgSpec(
                "flip_y",
                "float",
                0.01,
                "Share of the samples whose class is drawn blindly.",
                minimum=0.0,
                maximum=1.0,
                step=0.01,
            ),
            _positive("class_sep", 1.0, "How far apart the clusters lie."),
            SEED,
        ),
    ),
    Generator(
        "gaussian_quantiles",
        "Gaussian quantiles",
        "One cloud of points, cut into nested shells of equal size, a class each.",
        "make_gaussian_quantiles",
        _quantiles,
        (
            _positive("cov", 1.0, "Variance of the cloud."),
            SAMPLES,
            _count("n_features", 2, "Numbers of a point."),
            _count("n_classes", 3, "Shells.", 2, MOST_CLASSES),
            SEED,
        ),
    ),
    Generator(
        "hastie",
        "Hastie 10-2",
        "Ten normal numbers; the class says whether the sum of their squares is above 9.34.",
        "make_hastie_10_2",
        _ten,
        (SAMPLES, SEED),
    ),
    Generator(
        "regression",
        "Regression",
        "A value that is a weighted sum of some of the features, and noise.",
        "make_regression",
        _regression,
        (
            SAMPLES,
            _count("n_features", 100, "Numbers of a sample."),
            _count("n_informative", 10, "Features that the value depends on."),
            ArgSpec("bias", "float", 0.0, "Added to every value.", minimum=-1e6, maximum=1e6),
            _TARGET_NOISE,
            SEED,
        ),
    ),
    Generator(
        "friedman1",
        "Friedman 1",
        "10 sin(π x₁ x₂) + 20 (x₃ - ½)² + 10 x₄ + 5 x₅; further features say nothing.",
        "make_friedman1",
        _friedman1,
        (SAMPLES, _count("n_features", 10, "Numbers of a sample.", 5), _TARGET_NOISE, SEED),
    ),
    Generator(
        "friedman2",
        "Friedman 2",
        "√(x₁² + (x₂ x₃ - 1 / (x₂ x₄))²): the impedance of a circuit.",
        "make_friedman2",
        _four,
        (SAMPLES, _TARGET_NOISE, SEED),
    ),
    Generator(
        "friedman3",
        "Friedman 3",
        "arctan((x₂ x₃ - 1 / (x₂ x₄)) / x₁): the phase of a circuit.",
        "make_friedman3",
        _four,
        (SAMPLES, _TARGET_NOISE, SEED),
    ),
    Generator(
        "s_curve",
        "S curve",
        "Points of a sheet in space that is bent to an S; the value says where along it they lie.",
        "make_s_curve",
        _space,
        (SAMPLES, noise(0.0), SEED),
    ),
    Generator(
        "swiss_roll",
        "Swiss roll",
        "Points of a sheet in space that is rolled up; the value says where along it they lie.",
        "make_swiss_roll",
        _space,
        (
            SAMPLES,
            noise(0.0),
            ArgSpec("hole", "bool", False, "A rectangle of the sheet is cut out."),
            SEED,
        ),
    ),
)
"""What scikit-learn draws, in the order of the list on screen."""

BY_KEY = {generator.key: generator for generator in GENERATORS}

THEIRS = {"samples": "n_samples", "seed": "random_state"}
"""What scikit-learn calls the options that have names of our own."""
