"""Random samples of any shape: the options of the data set, and what they mean. No data, and no NumPy."""

from __future__ import annotations

import re
from collections.abc import Mapping

from studio.catalog.spec import ArgSpec
from studio.errors import DataError
from studio.project.config import OptionValue
from studio.project.sample import Sample

KEY = "synthetic"
TITLE = "Random samples"
SUMMARY = (
    "Noise with a pattern for each class, in any shape: for trying out a network, its speed and its memory, "
    "not for learning anything."
)
SINGLE = "single"
"""The shape of a sample that is one number."""

MAX_DIMENSIONS = 8
MAX_BYTES = 2**30
"""More than this is refused: splitting and normalizing take a copy each."""

OPTIONS = (
    ArgSpec(
        "shape",
        "text",
        "3,32,32",
        f"Sizes of one sample: 3,224,224 for pictures, 16 for rows or texts, {SINGLE} for one whole number.",
    ),
    ArgSpec(
        "dtype",
        "choice",
        "float32",
        "float32: measurements from 0 to 1. int64: whole numbers, such as tokens.",
        choices=("float32", "int64"),
    ),
    ArgSpec("classes", "int", 10, "Classes in all.", minimum=2, maximum=100_000),
    ArgSpec(
        "vocabulary",
        "int",
        64,
        "With int64, numbers lie below this; with float32 it does nothing.",
        minimum=1,
        maximum=10_000_000,
    ),
    ArgSpec("samples", "int", 256, "Samples in all.", minimum=20, maximum=1_000_000),
    ArgSpec("seed", "int", 0, "Fixes the samples.", minimum=0, maximum=2**32 - 1),
)


def sample(options: Mapping[str, OptionValue]) -> Sample:
    """Return what one sample is like.

    Args:
        options: All of `OPTIONS`, each allowed by itself.

    Raises:
        DataError: The shape is none, does not go with the dtype, or all samples would be too large.
    """
    shape, dtype = parse_shape(str(options["shape"])), str(options["dtype"])
    if not shape and dtype != "int64":
        raise DataError(
            f'The data set {TITLE}: shape "{SINGLE}" is one whole number. Set dtype to int64, or shape to 1.',
            argument="dtype",
        )
    vocabulary = int(options["vocabulary"]) if dtype == "int64" else 0
    found = Sample(shape, tuple(map(str, range(int(options["classes"])))), dtype, vocabulary)
    count = int(options["samples"])
    if count * found.num_bytes > MAX_BYTES:
        raise DataError(
            f"The data set {TITLE}: {count:,} samples of {found.num_bytes / 2**20:,.1f} MiB are more than "
            f"the {MAX_BYTES // 2**20:,} MiB that it may take. Lower samples, or choose a smaller shape.",
            argument="samples",
        )
    return found


def parse_shape(text: str) -> tuple[int, ...]:
    """Return the sizes that a text such as ``3,224,224`` stands for.

    Raises:
        DataError: It stands for none.
    """
    words = [word for word in re.split(r"[\s,×x*]+", text.strip("()[] ")) if word]
    if text.strip() in ("", SINGLE):
        return ()
    is_fine = words and all(re.fullmatch(r"0*[1-9][0-9]{0,8}", word, re.ASCII) for word in words)
    if not is_fine or len(words) > MAX_DIMENSIONS:
        raise DataError(
            f"The data set {TITLE}: shape must be 1 to {MAX_DIMENSIONS} sizes of at least 1, such as "
            f'3,224,224, or "{SINGLE}", not "{text[:40]}".',
            argument="shape",
        )
    return tuple(map(int, words))


def write_shape(shape: tuple[int, ...]) -> str:
    """Return sizes as the option has them."""
    return ",".join(map(str, shape)) or SINGLE
