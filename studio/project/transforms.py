"""The transforms a project may name: titles, arguments, what they do to shapes. No data, and no torch.

They are described like layers and data sets, so that one description feeds the window, files and checks;
`studio.data.transforms` carries them out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from pydantic import Field, model_serializer, model_validator

from studio.catalog.arguments import ArgSpec
from studio.errors import DataError, nearest
from studio.graph.node import Value
from studio.project.sample import Sample
from studio.project.setting_types import Config

Shape: TypeAlias = tuple[int, ...]
Arguments: TypeAlias = Mapping[str, Any]

MOST = 32
"""Transforms in a list."""

MOST_WHITENED = 4096
"""Numbers of a sample that whitening takes: it works with a matrix of as many rows and columns."""


def _side(name: str, default: int, text: str, least: int = 1) -> ArgSpec:
    return ArgSpec(name, "int", default, text, minimum=least, maximum=10_000, unit="px")


def _share(name: str, default: float, text: str) -> ArgSpec:
    return ArgSpec(name, "float", default, text, minimum=0.0, maximum=1.0, step=0.1)


def _alpha(default: float, text: str) -> ArgSpec:
    return ArgSpec("alpha", "float", default, text, minimum=0.0, maximum=100.0, open_range=True, step=0.1)


@dataclass(frozen=True, slots=True)
class TransformSpec:
    """One kind of transform.

    Attributes:
        kind: Its name in files: torchvision's class in small letters where there is one.
        title: Its name on screen.
        summary: One line that says what it does.
        arguments: What can be set.
        is_random: It is drawn anew for every batch of training; validation, test and predictions get what
            stands in for it: nothing, or a fixed resize and crop.
        for_pictures: It takes (C, H, W) only.
        mixes: It mixes samples with one another, and so their targets.
        size: Returns height and width after it, given those before; None leaves them.
        reference: Where to read about it.
    """

    kind: str
    title: str
    summary: str
    arguments: tuple[ArgSpec, ...] = ()
    is_random: bool = True
    for_pictures: bool = True
    mixes: bool = False
    size: Callable[[Arguments, int, int], tuple[int, int]] | None = None
    reference: str = ""

    def argument(self, name: str) -> ArgSpec | None:
        """Return one argument's spec, or None if there is no such argument."""
        return next((spec for spec in self.arguments if spec.name == name), None)


def _resized(arguments: Arguments, height: int, width: int) -> tuple[int, int]:
    """Return the size whose shorter side is `size`, as torchvision rounds it."""
    size, shorter = arguments["size"], min(height, width)
    longer = int(size * max(height, width) / shorter)
    return (size, longer) if height <= width else (longer, size)


def _cut(arguments: Arguments, height: int, width: int) -> tuple[int, int]:
    size, padding = arguments["size"], arguments.get("padding", 0)
    if size > min(height, width) + 2 * padding:
        raise ValueError(f"cannot cut {size}×{size} out of {height}×{width} with a padding of {padding}")
    if arguments.get("fill") == "reflect" and padding >= min(height, width):
        raise ValueError(f"cannot reflect {padding} pixels of {height}×{width}")
    return (size, size) if size else (height, width)


def _jittered(arguments: Arguments, height: int, width: int) -> tuple[int, int]:
    size, low, high = arguments["size"], arguments["min_size"], arguments["max_size"]
    if not size <= low <= high:
        raise ValueError(f"needs size ≤ min_size ≤ max_size, not {size}, {low}, {high}")
    return size, size


TRANSFORMS: dict[str, TransformSpec] = {
    spec.kind: spec
    for spec in (
        TransformSpec(
            "random_horizontal_flip",
            "Flip",
            "Mirrors samples left to right.",
            (_share("p", 0.5, "Share of the samples that are mirrored."),),
        ),
        TransformSpec(
            "random_crop",
            "Random crop",
            "Pads, and cuts out at a place of each sample's own; the middle in evaluation.",
            (
                _side("size", 0, "Side of what is cut out; 0: as large as the sample is.", 0),
                ArgSpec(
                    "padding", "int", 4, "Put around each side first.", minimum=0, maximum=1000, unit="px"
                ),
                ArgSpec(
                    "fill",
                    "choice",
                    "zero",
                    "What the padding is made of: black, the border's mirror image, or its last pixel.",
                    choices=("zero", "reflect", "edge"),
                ),
            ),
            size=_cut,
            reference="He et al. 2016, CIFAR: pad 4, crop 32",
        ),
        TransformSpec(
            "random_shortest_size",
            "Scale jitter",
            "Resizes each sample to a random size, and cuts out a square at random.",
            (
                _side("min_size", 256, "Shortest shorter side."),
                _side("max_size", 480, "Longest shorter side."),
                _side("size", 224, "Side of the square."),
            ),
            size=_jittered,
            reference="Simonyan & Zisserman 2015; He et al. 2016: [256, 480]",
        ),
        TransformSpec(
            "random_rotation",
            "Rotation",
            "Turns each sample by an angle of its own.",
            (
                ArgSpec(
                    "degrees",
                    "float",
                    15.0,
                    "Most, either way.",
                    minimum=0.0,
                    maximum=180.0,
                    unit="°",
                    step=5.0,
                ),
            ),
        ),
        TransformSpec(
            "color_noise",
            "PCA colour noise",
            "Moves each sample's colours along the directions in which colours vary.",
            (
                ArgSpec(
                    "sigma",
                    "float",
                    0.1,
                    "Standard deviation, in eigenvalues of the colours' covariance on the training part.",
                    minimum=0.0,
                    maximum=100.0,
                    step=0.05,
                ),
            ),
            reference="Krizhevsky et al. 2012, section 4.1",
        ),
        TransformSpec(
            "random_erasing",
            "Erasing",
            "Covers a rectangle of some samples.",
            (
                _share("p", 0.5, "Share of the samples."),
                _share("min_area", 0.02, "Smallest share of the area."),
                _share("max_area", 0.33, "Largest share of the area."),
                ArgSpec(
                    "fill",
                    "choice",
                    "mean",
                    "What covers it: the sample's mean, zero, or noise.",
                    choices=("mean", "zero", "noise"),
                ),
            ),
            reference="Zhong et al. 2020",
        ),
        TransformSpec(
            "rand_augment",
            "RandAugment",
            "Does some of 14 changes of shape and colour to each sample.",
            (
                ArgSpec("num_ops", "int", 2, "Changes to each sample.", minimum=1, maximum=14),
                ArgSpec("magnitude", "int", 9, "How strong they are, of 30.", minimum=0, maximum=30),
            ),
            reference="Cubuk et al. 2020",
        ),
        TransformSpec(
            "mixup",
            "Mixup",
            "Blends samples and their targets in pairs.",
            (_alpha(0.2, "The share is drawn from Beta(alpha, alpha), once a batch as in the paper."),),
            for_pictures=False,
            mixes=True,
            reference="Zhang et al. 2018",
        ),
        TransformSpec(
            "cutmix",
            "CutMix",
            "Puts a rectangle of another sample in, and mixes targets by its area.",
            (_alpha(1.0, "The area is drawn from Beta(alpha, alpha), once a batch as in the paper."),),
            mixes=True,
            reference="Yun et al. 2019",
        ),
        TransformSpec(
            "resize",
            "Resize",
            "Brings the shorter side to a size.",
            (_side("size", 256, "The shorter side."),),
            is_random=False,
            size=_resized,
        ),
        TransformSpec(
            "center_crop",
            "Centre crop",
            "Cuts a square out of the middle.",
            (_side("size", 224, "Its side."),),
            is_random=False,
            size=_cut,
        ),
        TransformSpec(
            "normalize",
            "Normalize",
            "Subtracts and divides by given numbers, one a channel.",
            (
                ArgSpec("mean", "floats", 0.5, "What is subtracted.", max_items=1000),
                ArgSpec(
                    "std",
                    "floats",
                    0.5,
                    "What is divided by.",
                    minimum=0.0,
                    open_range=True,
                    max_items=1000,
                ),
            ),
            is_random=False,
            for_pictures=False,
        ),
        TransformSpec(
            "pixel_mean",
            "Per-pixel mean",
            "Subtracts the training part's mean of every pixel.",
            is_random=False,
            for_pictures=False,
            reference="Krizhevsky et al. 2012, section 2",
        ),
        TransformSpec(
            "whitening",
            "Whitening",
            "Makes all numbers of a sample uncorrelated, with variance 1 on the training part.",
            (
                ArgSpec(
                    "method",
                    "choice",
                    "zca",
                    "zca stays as close to the sample as can be; pca turns it to the principal components.",
                    choices=("zca", "pca"),
                ),
                ArgSpec(
                    "eps",
                    "float",
                    0.0,
                    "Added to every variance; above 0, directions of little variance are not blown up.",
                    minimum=0.0,
                    maximum=1e6,
                    step=0.01,
                ),
            ),
            is_random=False,
            for_pictures=False,
            reference="Cov^-1/2 (x - E); costs d³ for d numbers a sample, once",
        ),
    )
}
"""Every transform by kind, in the order of the menu: random ones, then fixed ones."""


class Transform(Config):
    """One transform of a list: ``{"kind": "random_crop", "padding": 4}`` in files.

    Attributes:
        kind: See `TRANSFORMS`.
        arguments: Those that are set; the others have their defaults.
    """

    kind: str
    arguments: dict[str, Any] = Field(default_factory=dict)

    @classmethod
    def of(cls, kind: str, **arguments: Value) -> Transform:
        """Return a transform with some arguments set."""
        return cls.model_validate({"kind": kind, **arguments})

    @property
    def spec(self) -> TransformSpec:
        """What is known of its kind."""
        return TRANSFORMS[self.kind]

    @property
    def values(self) -> dict[str, Any]:
        """Every argument's value: the one given, else the default."""
        return {
            spec.name: spec.coerce(self.arguments.get(spec.name, spec.default))
            for spec in self.spec.arguments
        }

    @model_validator(mode="before")
    @classmethod
    def _checked(cls, found: Any) -> Any:
        if isinstance(found, str):
            found = {"kind": found}
        if not isinstance(found, dict):
            return found
        kind = found.get("kind")
        spec = TRANSFORMS.get(kind) if isinstance(kind, str) else None
        if spec is None:
            hint = nearest(str(kind), TRANSFORMS).removesuffix("?") or f"; there are {', '.join(TRANSFORMS)}"
            raise ValueError(f'has no known kind: "{str(kind)[:40]}"{hint}')
        given = {name: value for name, value in found.items() if name != "kind"}
        return {"kind": kind, "arguments": _checked_arguments(spec, given)}

    @model_serializer
    def _flat(self) -> dict[str, Any]:
        return {"kind": self.kind, **self.arguments}


def _checked_arguments(spec: TransformSpec, given: Mapping[str, Any]) -> dict[str, Value]:
    """Return the arguments that are set and not at their defaults."""
    found = {}
    for name, value in given.items():
        argument = spec.argument(name)
        if argument is None:
            names = [one.name for one in spec.arguments]
            known = nearest(name, names).removesuffix("?") or f"; it has {', '.join(names) or 'no arguments'}"
            raise ValueError(f'({spec.kind}) has no argument "{name[:40]}"{known}')
        kept = argument.coerce(tuple(value) if isinstance(value, list) else value)
        reason = argument.why_not(kept)
        if reason is not None:
            raise ValueError(f"({spec.kind}): {name} {reason}")
        if kept != argument.default:
            found[name] = kept
    return found


def sample_after(transforms: Iterable[Transform], sample: Sample) -> Sample:
    """Return what a sample is like once it is transformed.

    Raises:
        DataError: A transform cannot be done to such samples; its `argument` is ``transforms[2]``.
    """
    shape = sample.shape
    for place, transform in enumerate(transforms):
        try:
            shape = _shape_after(transform, shape, sample.dtype)
        except ValueError as error:
            raise refused(place, transform, str(error)) from error
    return replace(sample, shape=shape)


def refused(place: int, transform: Transform, reason: str) -> DataError:
    """Return the error that a transform of the list cannot be done."""
    title = transform.spec.title
    return DataError(f"Transform {place + 1}, {title}, {reason}.", argument=f"transforms[{place}]")


def _shape_after(transform: Transform, shape: Shape, dtype: str) -> Shape:
    spec, values = transform.spec, transform.values
    if dtype != "float32":
        raise ValueError("takes measurements, and these samples are whole numbers")
    if spec.for_pictures and len(shape) != 3:
        raise ValueError(f"takes pictures, and a sample has the shape {shape}")
    if spec.kind == "rand_augment" and shape[0] not in (1, 3):
        raise ValueError(f"takes pictures with 1 or 3 channels, not {shape[0]}")
    if spec.kind == "normalize":
        for name in ("mean", "std"):
            count = len(values[name]) if isinstance(values[name], tuple) else 1
            if count not in (1, shape[0]):
                raise ValueError(f"has {count} numbers in {name} for {shape[0]} channels")
    size = math.prod(shape)
    if spec.kind == "whitening" and size > MOST_WHITENED:
        raise ValueError(f"takes samples of at most {MOST_WHITENED:,} numbers, and these have {size:,}")
    if spec.kind == "random_erasing" and values["min_area"] > values["max_area"]:
        raise ValueError("has a min_area above its max_area")
    return (shape[0], *spec.size(values, *shape[1:])) if spec.size is not None else shape
