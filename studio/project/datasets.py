"""The data sets a project may name: titles, sample shapes, classes and options. No data, and no torch.

The window lists them from here, and `studio.data` loads them; an option is described like a layer's
argument, so it is checked and edited by the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from studio.catalog.spec import ArgSpec
from studio.errors import DataError, nearest
from studio.project import (
    arrays,
    curves,
    generators,
    logic,
    photographs,
    pictures,
    sounds,
    synthetic,
    tables,
    texts,
)
from studio.project.config import DataConfig, OptionValue
from studio.project.generators import SAMPLES, SEED, noise
from studio.project.sample import Sample

_DIGITS = tuple("0123456789")
_CLOTHES = (
    "T-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    """One data set.

    Attributes:
        key: Its name in files.
        title: Its name on screen.
        summary: One line that says what it is.
        sample: What one sample is like; where options decide it, what says so for all their values; None
            where it stands in the files, which `studio.data` reads.
        options: Its own settings, described as a layer's arguments are.
        download: It is fetched from the network, or found in a folder.
        own_files: It is read from files of the person's own, in the project's folder or one it names.
        brings_test: It comes with a test set of its own, so that `test_fraction` does nothing.
    """

    key: str
    title: str
    summary: str
    sample: Sample | Callable[[Mapping[str, OptionValue]], Sample] | None
    options: tuple[ArgSpec, ...] = ()
    download: bool = False
    own_files: bool = False
    brings_test: bool = False

    def option(self, name: str) -> ArgSpec | None:
        """Return one option's spec, or None if the data set has no such option."""
        return next((option for option in self.options if option.name == name), None)

    def values(self, given: Mapping[str, OptionValue]) -> dict[str, OptionValue]:
        """Return every option's value: the one given, else the default.

        Raises:
            DataError: An option that the data set does not have, or a value that it does not allow.
        """
        names = [option.name for option in self.options]
        for name in sorted(given):
            if name not in names:
                raise DataError(
                    f'The data set {self.title} has no option "{name}"{nearest(name, names) or "."} '
                    f"It has {', '.join(names) or 'none'}."
                )
        found: dict[str, OptionValue] = {}
        for option in self.options:
            value = option.coerce(given.get(option.name, option.default))
            reason = option.why_not(value)
            if reason is not None:
                raise DataError(f"The data set {self.title}: {option.name} {reason}.")
            assert isinstance(value, bool | int | float | str)
            found[option.name] = value
        return found


DATASETS: dict[str, DatasetSpec] = {
    spec.key: spec
    for spec in (
        DatasetSpec(
            "digits",
            "Digits 8×8",
            "1,797 handwritten digits of 8×8 pixels, in 17 levels of grey. Comes with the program.",
            Sample((1, 8, 8), _DIGITS),
        ),
        DatasetSpec(
            "iris",
            "Iris",
            "150 flowers of three species, by length and width of sepal and petal. Comes with the program.",
            Sample((4,), ("setosa", "versicolor", "virginica")),
        ),
        DatasetSpec(
            "wine",
            "Wine",
            "178 wines of three growers, by 13 measurements. Comes with the program.",
            Sample((13,), ("class 0", "class 1", "class 2")),
        ),
        DatasetSpec(
            "breast_cancer",
            "Breast cancer",
            "569 tumours, malignant or benign, by 30 measurements of their cells. Comes with the program.",
            Sample((30,), ("malignant", "benign")),
        ),
        DatasetSpec(
            "diabetes",
            "Diabetes",
            "442 patients, by 10 measurements: how far the disease has gone a year later, a value from 25 to "
            "346. Comes with the program.",
            Sample((10,), ()),
        ),
        DatasetSpec(
            "moons",
            "Two moons",
            "Points of the plane on two interleaved half circles.",
            Sample((2,), ("upper", "lower")),
            (SAMPLES, noise(0.2), SEED),
        ),
        DatasetSpec(
            "circles",
            "Circles",
            "Points of the plane on two circles, one inside the other.",
            Sample((2,), ("outer", "inner")),
            (
                SAMPLES,
                noise(0.1),
                ArgSpec(
                    "factor",
                    "float",
                    0.5,
                    "Radius of the inner circle; the outer one's is 1.",
                    minimum=0.0,
                    maximum=1.0,
                    open_range=True,
                    step=0.1,
                ),
                SEED,
            ),
        ),
        DatasetSpec(
            "spirals",
            "Spirals",
            "Points of the plane on two spirals wound into each other.",
            Sample((2,), ("first", "second")),
            (
                SAMPLES,
                noise(0.1),
                ArgSpec(
                    "turns",
                    "float",
                    1.5,
                    "How often each spiral goes round.",
                    minimum=0.25,
                    maximum=5.0,
                    step=0.25,
                ),
                SEED,
            ),
        ),
        DatasetSpec(
            "xor",
            "XOR",
            "Points of the plane in four quadrants; opposite quadrants are one class.",
            Sample((2,), ("same sign", "different sign")),
            (SAMPLES, noise(0.1), SEED),
        ),
        DatasetSpec(logic.KEY, logic.TITLE, logic.SUMMARY, Sample((2,), logic.CLASSES), logic.OPTIONS),
        DatasetSpec(curves.KEY, curves.TITLE, curves.SUMMARY, Sample((1,), ()), curves.OPTIONS),
        *(
            DatasetSpec(drawn.key, drawn.title, drawn.summary, drawn.sample, drawn.options)
            for drawn in generators.GENERATORS
        ),
        DatasetSpec(
            "mnist",
            "MNIST",
            "70,000 handwritten digits of 28×28 pixels; 10,000 of them are for testing.",
            Sample((1, 28, 28), _DIGITS),
            download=True,
            brings_test=True,
        ),
        DatasetSpec(
            "fashion_mnist",
            "Fashion-MNIST",
            "70,000 pictures of clothes of 28×28 pixels; 10,000 of them are for testing.",
            Sample((1, 28, 28), _CLOTHES),
            download=True,
            brings_test=True,
        ),
        DatasetSpec(
            "cifar10",
            "CIFAR-10",
            "60,000 colour photographs of 32×32 pixels, of ten kinds; 10,000 of them are for testing.",
            Sample((3, 32, 32), photographs.CIFAR10),
            download=True,
            brings_test=True,
        ),
        DatasetSpec(
            "cifar100",
            "CIFAR-100",
            "60,000 colour photographs of 32×32 pixels, of a hundred kinds; 10,000 of them are for testing.",
            Sample((3, 32, 32), photographs.CIFAR100),
            download=True,
            brings_test=True,
        ),
        DatasetSpec(
            "svhn",
            "SVHN",
            "99,289 house numbers' digits in colour, of 32×32 pixels; 26,032 of them are for testing.",
            Sample((3, 32, 32), _DIGITS),
            download=True,
            brings_test=True,
        ),
        DatasetSpec(synthetic.KEY, synthetic.TITLE, synthetic.SUMMARY, synthetic.sample, synthetic.OPTIONS),
        DatasetSpec(tables.CSV, tables.TITLE, tables.SUMMARY, None, tables.OPTIONS, own_files=True),
        DatasetSpec(pictures.KEY, pictures.TITLE, pictures.SUMMARY, None, pictures.OPTIONS, own_files=True),
        DatasetSpec(sounds.KEY, sounds.TITLE, sounds.SUMMARY, None, sounds.OPTIONS, own_files=True),
        DatasetSpec(
            texts.CLASSES,
            texts.CLASSES_TITLE,
            texts.CLASSES_SUMMARY,
            None,
            texts.CLASSES_OPTIONS,
            own_files=True,
        ),
        DatasetSpec(
            texts.NEXT, texts.NEXT_TITLE, texts.NEXT_SUMMARY, None, texts.NEXT_OPTIONS, own_files=True
        ),
        DatasetSpec(arrays.KEY, arrays.TITLE, arrays.SUMMARY, None, arrays.OPTIONS, own_files=True),
    )
}
"""Every data set by key, in the order of the list on screen."""


def get(key: str) -> DatasetSpec:
    """Return a data set's spec.

    Raises:
        DataError: There is no such data set.
    """
    spec = DATASETS.get(key)
    if spec is None:
        raise DataError(
            f'There is no data set "{key}"{nearest(key, DATASETS) or "."} There are {", ".join(DATASETS)}.'
        )
    return spec


def options_of(config: DataConfig) -> dict[str, OptionValue]:
    """Return every option of the configured data set, checked, with defaults filled in.

    Raises:
        DataError: An unknown data set or option, or a value out of range.
    """
    return get(config.dataset).values(config.options)


def sample_of(config: DataConfig) -> Sample:
    """Return what one sample of the configured data set is like.

    Raises:
        DataError: An unknown data set or option, a value out of range, options that do not go together, or
            what a sample is like stands in files.
    """
    spec = get(config.dataset)
    options = spec.values(config.options)
    if spec.sample is None:
        raise DataError(
            f"What a sample of {spec.title} is like stands in its file. "
            "Add an input by hand, and match it to the data."
        )
    return spec.sample if isinstance(spec.sample, Sample) else spec.sample(options)
