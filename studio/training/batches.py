"""Batches by the numbers of their samples: gathered on the device, or off it and ahead of the step."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol, TypeAlias

import torch
from torch import Tensor

from studio.data.samples import Samples, Split
from studio.errors import StudioError, TrainingError

AHEAD = 3
"""Batches that are prepared before they are asked for."""

BULK, BULK_BYTES = 32, 2**26
"""At most as many batches, and about as many bytes of them, are gathered at once on a GPU."""

Key: TypeAlias = tuple[int, int]


class Batches(Protocol):
    """Where a run's batches come from."""

    def begin(self, order: Iterable[Tensor]) -> None:
        """Say which batches will be taken from now on, one after another."""

    def take(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return inputs and targets of a batch; the inputs hold until the next batch is taken.

        Shape:
            rows: (N,) int64, samples of the batch
            returns: (N, *) and (N, ...)
        """
        ...

    def close(self) -> None:
        """Prepare no more."""


def batches_of(part: Split) -> Batches:
    """Return what gives the batches of a part of the data."""
    if part.samples is not None:
        return StreamedBatches(part, part.samples)
    return ResidentBatches(part) if part.targets.device.type == "cpu" else BulkBatches(part)


class ResidentBatches:
    """Gathers batches of a part of the data into memory that is used again and again.

    Fresh memory for each batch would be handed out by the system page by page, which takes a tenth of the
    gathering.

    Args:
        part: On the device.
    """

    def __init__(self, part: Split) -> None:
        self._inputs, self._targets = part.inputs, part.targets
        self._rooms: dict[int, Tensor] = {}

    def begin(self, order: Iterable[Tensor]) -> None:
        """Nothing needs to be prepared."""

    def close(self) -> None:
        """Nothing was prepared."""

    def take(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return inputs and targets of a batch; see `Batches.take`."""
        count = len(rows)
        room = self._rooms.get(count)
        if room is None:
            room = self._rooms[count] = self._inputs.new_empty((count, *self._inputs.shape[1:]))
        torch.index_select(self._inputs, 0, rows, out=room)
        return room, self._targets.index_select(0, rows)


class BulkBatches:
    """Gathers many batches of a part of the data at once, on a device that is slow to start and quick to do.

    A batch that was not foretold, or is taken again, is gathered when it is asked for.

    Args:
        part: On the device.
    """

    def __init__(self, part: Split) -> None:
        self._inputs, self._targets = part.inputs, part.targets
        nbytes = part.inputs[:1].nbytes
        self._most = max(BULK_BYTES // max(nbytes, 1), 1)
        self._coming: Iterator[Tensor] = iter(())
        self._ready: deque[tuple[Key, Tensor, Tensor]] = deque()

    def begin(self, order: Iterable[Tensor]) -> None:
        """Gather batches of an order from now on; what was gathered of another is dropped."""
        self._ready.clear()
        self._coming = iter(tuple(order))

    def close(self) -> None:
        """Gather no more."""
        self.begin(())

    def take(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return inputs and targets of a batch; see `Batches.take`."""
        if not self._ready:
            self._gather()
        if self._ready and self._ready[0][0] == _key(rows):
            _, inputs, targets = self._ready.popleft()
            return inputs, targets
        return self._inputs.index_select(0, rows), self._targets.index_select(0, rows)

    def _gather(self) -> None:
        """Gather the next few batches."""
        parts: list[Tensor] = []
        count = 0
        while count < self._most and len(parts) < BULK and (rows := next(self._coming, None)) is not None:
            parts.append(rows)
            count += len(rows)
        if not parts:
            return
        rows, sizes = torch.cat(parts), [len(one) for one in parts]
        inputs = self._inputs.index_select(0, rows).split(sizes)  # type: ignore[no-untyped-call]
        targets = self._targets.index_select(0, rows).split(sizes)  # type: ignore[no-untyped-call]
        self._ready.extend(zip(map(_key, parts), inputs, targets, strict=True))


class StreamedBatches:
    """Gathers batches of data that do not fit on the device in a thread of its own, ahead of the step.

    On CUDA a batch is gathered into pinned memory and copied by a stream beside the one that computes. A
    batch that was not foretold, or is taken again, is gathered when it is asked for.

    Args:
        part: Its targets are on the device.
        samples: Its inputs.
    """

    def __init__(self, part: Split, samples: Samples) -> None:
        self._samples = samples
        self._targets = part.targets
        self._shape = tuple(part.inputs.shape[1:])
        self._device = part.targets.device
        self._stream = _new_stream(self._device) if self._device.type == "cuda" else None
        self._pool: ThreadPoolExecutor | None = None
        self._coming: Iterator[tuple[Tensor, Tensor]] = iter(())
        self._ready: deque[tuple[Key, Future[Tensor]]] = deque()

    def begin(self, order: Iterable[Tensor]) -> None:
        """Prepare the batches of an order from now on; what was prepared of another is dropped."""
        for _, one in self._ready:
            one.cancel()
        self._ready.clear()
        parts = list(order)
        # The device is asked for the numbers once in an epoch.
        numbers = torch.split(torch.cat(parts).cpu(), [len(rows) for rows in parts]) if parts else ()
        self._coming = iter(zip(parts, numbers, strict=True))
        self._pool = self._pool or ThreadPoolExecutor(1, "batches")
        for _ in range(AHEAD):
            self._prepare_next()

    def take(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return inputs and targets of a batch; see `Batches.take`."""
        inputs = self._prepared(rows)
        if inputs is None:
            inputs = self._checked(lambda: self._gather(rows.cpu()))
        if self._stream is not None:
            inputs.record_stream(torch.cuda.current_stream(self._device))
        return inputs, self._targets.index_select(0, rows)

    def close(self) -> None:
        """Prepare no more."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _prepared(self, rows: Tensor) -> Tensor | None:
        """Return the inputs of the batch that comes next if it is the one asked for."""
        if not self._ready or self._ready[0][0] != _key(rows):
            return None
        _, coming = self._ready.popleft()
        self._prepare_next()
        return self._checked(coming.result)

    def _prepare_next(self) -> None:
        upcoming = next(self._coming, None)
        if upcoming is not None and self._pool is not None:
            rows, numbers = upcoming
            self._ready.append((_key(rows), self._pool.submit(self._gather, numbers)))

    def _gather(self, numbers: Tensor) -> Tensor:
        """Return the inputs of a batch on the device; the thread that gathers ahead waits for the copy."""
        inputs = self._samples.batch(numbers).reshape(len(numbers), *self._shape)
        if self._stream is None:
            return inputs.to(self._device)
        with torch.cuda.stream(self._stream):
            moved = inputs.pin_memory().to(self._device, non_blocking=True)
        self._stream.synchronize()
        return moved

    @staticmethod
    def _checked(gather: Callable[[], Tensor]) -> Tensor:
        """Return a batch, or say in words why it could not be prepared."""
        try:
            return gather()
        except StudioError:
            raise
        except Exception as error:
            reason = str(error).strip() or type(error).__name__
            raise TrainingError(
                f"A batch could not be prepared: {reason} ({type(error).__name__}). Mend the data, "
                "and resume the run from its last checkpoint."
            ) from error


def _new_stream(device: torch.device) -> torch.cuda.Stream:
    return torch.cuda.Stream(device)  # type: ignore[no-untyped-call]


def _key(rows: Tensor) -> Key:
    """Return what tells the batches of an epoch's order apart: their place in it."""
    return rows.data_ptr(), len(rows)
