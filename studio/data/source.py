"""What stands behind a data set of the list: how its samples are counted, read or made, and fetched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from studio.data.filling import Gap
from studio.data.placing import Placing
from studio.data.words import Words
from studio.project.sample import Sample

if TYPE_CHECKING:
    from studio.data.on_demand import PictureFiles

Options: TypeAlias = dict[str, Any]
"""Every option of a data set with its value, checked by `studio.project.datasets`."""

Progress: TypeAlias = Callable[[float, float, str], None]
"""Told how far a download is: done, total, and what is being done."""

Cancelled: TypeAlias = Callable[[], bool]

Images: TypeAlias = npt.NDArray[np.float32]
Inputs: TypeAlias = Images | npt.NDArray[np.int64]
Labels: TypeAlias = npt.NDArray[np.int64]
Targets: TypeAlias = Labels | npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class RawData:
    """A data set as its source gives it, in memory, before it is split and normalized.

    Attributes:
        inputs: (N, C, H, W) images in [0, 1], (N, E) rows, or samples of another shape; whole numbers,
            such as tokens, are int64.
        targets: (N,) classes, or (N, 1) float32 values.
        test: Inputs and targets of a test set that the source keeps apart, if it does.
        gaps: Features with missing values, which are NaN, and how they are filled.
        placing: What decides beside the seed which part a sample is in; None: nothing.
        words: What the inputs stand for before the training part decides on a vocabulary; None: no words.
        pictures: Where the inputs are read from on demand, and `inputs` is empty; None: they are here.
    """

    inputs: Inputs
    targets: Targets
    test: tuple[Images, Labels] | None = None
    gaps: tuple[Gap, ...] = ()
    placing: Placing | None = None
    words: Words | None = None
    pictures: PictureFiles | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """How a data set is got.

    Attributes:
        count: Samples to be split, and samples of the set's own test set (0: it has none), without
            loading anything.
        load: Read or make it, from its options and the data folder.
        missing: Say what is missing in a folder and how to get it; empty when all is there. None for a
            set that comes with the program.
        fetch: Download what is missing into a folder.
        sample: Say what one sample is like, where that stands in the files; None where the options say it.
        note: Say what the person should know of data that can be used, such as files left out.
        placing: Say what decides the split beside the seed, without loading the samples; None: nothing can.
        features: Say what the numbers of a row are called; None: they have no names.
        has_words: The samples are words or characters, whose vocabulary the training part decides.
    """

    count: Callable[[Options, Path], tuple[int, int]]
    load: Callable[[Options, Path], RawData]
    missing: Callable[[Path], str] | None = None
    fetch: Callable[[Path, Progress, Cancelled], None] | None = None
    sample: Callable[[Options, Path], Sample] | None = None
    note: Callable[[Options, Path], str] | None = None
    placing: Callable[[Options, Path], Placing | None] | None = None
    features: Callable[[Options, Path], tuple[str, ...]] | None = None
    has_words: bool = False
