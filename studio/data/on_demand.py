"""Pictures that stay in their files until a batch asks for them, so that a set may be of any size."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from studio.data.source import Images, Inputs

if TYPE_CHECKING:
    import torch
    from torch import Tensor

READERS = 4
"""Threads that decode one batch; Pillow lets others run while it decodes."""

MOST_MEASURED, MEASURED_BYTES = 2048, 2**28
"""So many pictures of the training part, and so many bytes of them, tell its mean and standard deviation."""

Read: TypeAlias = Callable[[Path], npt.NDArray[np.uint8]]


@dataclass(frozen=True, slots=True, eq=False)
class PictureFiles:
    """The pictures of a data set.

    Attributes:
        folder: Where they lie.
        names: Of the files below it.
        shape: (C, H, W) of a picture as it is read.
        read: Decode a file; raises DataError, in words, where it is damaged or gone.
    """

    folder: Path
    names: tuple[str, ...]
    shape: tuple[int, ...]
    read: Read

    def take(self, rows: npt.NDArray[np.int64]) -> Images:
        """Return some pictures.

        Shape:
            rows: (N,)
            returns: (N, C, H, W), in [0, 1]

        Raises:
            DataError: One cannot be read.
        """
        found = np.empty((len(rows), *self.shape), np.float32)
        paths = [self.folder / self.names[row] for row in rows.tolist()]
        with ThreadPoolExecutor(READERS, "pictures") as pool:
            for place, pixels in enumerate(pool.map(self.read, paths)):
                found[place] = pixels
        found /= np.float32(255.0)
        return found

    @property
    def num_measured(self) -> int:
        """How many pictures are looked at beforehand."""
        return max(1, min(MOST_MEASURED, MEASURED_BYTES // (4 * int(np.prod(self.shape)))))


@dataclass(frozen=True, slots=True, eq=False)
class PictureSamples:
    """One part of them, as the network gets it: what `studio.data.samples.Samples` asks for.

    Attributes:
        files: All pictures.
        rows: Which of them are in this part, in its order.
        shape: Of one sample.
        ready: Transform and normalize some of them.
    """

    files: PictureFiles
    rows: npt.NDArray[np.int64]
    shape: tuple[int, ...]
    ready: Callable[[Inputs], Inputs]

    @property
    def dtype(self) -> torch.dtype:
        """Of its numbers."""
        import torch  # late: data sets are described without it

        return torch.float32

    def __len__(self) -> int:
        return len(self.rows)

    def batch(self, rows: Tensor) -> Tensor:
        """Return some samples; see `Samples.batch`."""
        import torch

        taken = self.files.take(self.rows[rows.numpy()])
        return torch.from_numpy(np.ascontiguousarray(self.ready(taken), np.float32))
