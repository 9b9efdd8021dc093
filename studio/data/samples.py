"""Samples that lie elsewhere than on the device: the small interface by which batches are asked of them.

Data that fit live on the device as one tensor, and a batch is an `index_select`. Data that do not stay in
main memory, or in files that are read on demand: all that training asks of those is a `Samples`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor


class Samples(Protocol):
    """Inputs of one part of the data, given batch by batch.

    `batch` is called from a thread that prepares batches ahead of the step, one call at a time. It must give
    the same numbers for the same rows whenever it is asked: a resumed run asks again.

    Attributes:
        shape: Of one sample.
        dtype: Of its numbers.
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one sample."""

    @property
    def dtype(self) -> torch.dtype:
        """Of its numbers."""

    def __len__(self) -> int: ...

    def batch(self, rows: Tensor) -> Tensor:
        """Return some samples, in main memory.

        Shape:
            rows: (N,) int64, in main memory
            returns: (N, *shape)

        Raises:
            DataError: One cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class HostSamples:
    """Samples in main memory.

    Shape:
        inputs: (N, *)
    """

    inputs: Tensor

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one sample."""
        return tuple(self.inputs.shape[1:])

    @property
    def dtype(self) -> torch.dtype:
        """Of its numbers."""
        return self.inputs.dtype

    def __len__(self) -> int:
        return self.inputs.shape[0]

    def batch(self, rows: Tensor) -> Tensor:
        """Return some samples; see `Samples.batch`."""
        return self.inputs.index_select(0, rows)


@dataclass(frozen=True, slots=True)
class Split:
    """One part of the data: on the device, or streamed to it.

    Attributes:
        samples: Where the inputs come from if they are streamed; `inputs` is empty then. `take` and `span`
            give batches on the device either way.

    Shape:
        inputs: (N, *shape) float32, or int64 for whole numbers such as tokens; (0, *shape) if streamed
        targets: (N,) int64 classes, or (N, 1) float32 values; always on the device
    """

    inputs: Tensor
    targets: Tensor
    samples: Samples | None = None

    def __len__(self) -> int:
        return self.targets.shape[0]

    @property
    def dtype(self) -> torch.dtype:
        """Of the inputs."""
        return self.inputs.dtype

    def take(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return inputs and targets of some samples, on the device.

        Shape:
            rows: (N,) int64
            returns: (N, *shape) and (N, ...)
        """
        rows = rows.to(self.targets.device)
        if self.samples is None:
            inputs = self.inputs.index_select(0, rows)
        else:
            # Samples of an earlier form of the same size are told apart by nothing but their shape.
            found = self.samples.batch(rows.cpu())
            inputs = found.reshape(len(rows), *self.inputs.shape[1:]).to(self.inputs.device)
        return inputs, self.targets.index_select(0, rows)

    def span(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        """Return inputs and targets of samples that lie side by side, on the device.

        Shape:
            returns: (N, *shape) and (N, ...)
        """
        if self.samples is None:
            return self.inputs[start:stop], self.targets[start:stop]
        return self.take(torch.arange(start, min(stop, len(self))))

    def reshaped(self, shape: tuple[int, ...]) -> Split:
        """Return the part with samples of another shape and the same numbers."""
        return replace(self, inputs=self.inputs.reshape(self.inputs.shape[0], *shape))
