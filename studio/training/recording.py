"""Forward and backward passes of a batch, recorded as a CUDA graph and replayed as one launch.

A small network's step on a GPU is little more than the time that Python takes to start its kernels; a replay
starts them all at once. What is recorded is only the gradient of one batch: batches are gathered and changed
before it, and regularizer, clipping and optimizer follow it, as in any step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor, nn

from studio.errors import TrainingError
from studio.training.failures import first_line
from studio.training.stepped import Stepped

WARM_UP = 3
"""Steps of a kind that are taken as they are before one is recorded; kernels are chosen and compiled then."""

Kind: TypeAlias = tuple[int, float]
"""Samples of a batch, and their share of the step's."""

Passes: TypeAlias = Callable[[Tensor, Tensor], Stepped]
"""From inputs and targets to what a step gives, with the gradient added to the parameters'."""


@dataclass(slots=True)
class _Recording:
    """A graph, where it reads, and where it writes.

    Attributes:
        numbers: Loss and number of hits, (2,).
        counts: The hits mean something.
    """

    graph: torch.cuda.CUDAGraph
    inputs: Tensor
    targets: Tensor
    numbers: Tensor
    counts: bool


class Recorder:
    """Takes the passes of a step, and replays those that it has recorded.

    The gradients of the parameters stay where they are from the first recording on: `zero` empties them.

    Args:
        parameters: Those that get gradients.
        device: Where they are, a CUDA device.
    """

    def __init__(self, parameters: Sequence[nn.Parameter], device: torch.device) -> None:
        self._device = device
        self._parameters = tuple(parameters)
        self._gradients: list[tuple[nn.Parameter, Tensor]] = []
        self._seen: dict[Kind, int] = {}
        self._recordings: dict[Kind, _Recording] = {}
        self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        self._pool = torch.cuda.graph_pool_handle()

    def zero(self, optimizer: torch.optim.Optimizer) -> None:
        """Empty the gradients, as a step begins."""
        if not self._gradients:
            optimizer.zero_grad()
            return
        for parameter, gradient in self._gradients:
            parameter.grad = gradient
        torch._foreach_zero_([gradient for _, gradient in self._gradients])

    def take(self, share: float, inputs: Tensor, targets: Tensor, passes: Passes) -> Stepped:
        """Add a batch's part of the gradient, and return what it gave; its tensors are the caller's.

        Args:
            share: Of the step's samples that are in this batch.
            inputs: (N, *)
            targets: (N, ...)
            passes: Does it.

        Raises:
            TrainingError: The network cannot be recorded.
        """
        kind = len(inputs), share
        recording = self._recordings.get(kind)
        if recording is None:
            seen = self._seen[kind] = self._seen.get(kind, 0) + 1
            if seen <= WARM_UP:
                stepped = self._warm_up(inputs, targets, passes)
                if seen == WARM_UP:
                    self._settle()
                return stepped
            recording = self._recordings[kind] = self._record(inputs, targets, passes)
        recording.inputs.copy_(inputs)
        recording.targets.copy_(targets)
        recording.graph.replay()
        loss, hits = recording.numbers.clone().unbind()
        return Stepped(loss, None, None, targets, hits if recording.counts else None)

    def _warm_up(self, inputs: Tensor, targets: Tensor, passes: Passes) -> Stepped:
        """Take a step as it is, on the stream where one will be recorded."""
        main = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(main)
        with torch.cuda.stream(self._stream):
            stepped = passes(inputs, targets)
        main.wait_stream(self._stream)
        return stepped

    def _record(self, inputs: Tensor, targets: Tensor, passes: Passes) -> _Recording:
        graph, inputs, targets = torch.cuda.CUDAGraph(), inputs.clone(), targets.clone()
        try:
            with torch.cuda.graph(
                graph, pool=self._pool, stream=self._stream, capture_error_mode="thread_local"
            ):
                stepped = passes(inputs, targets)
                hits = stepped.hits
                known = torch.zeros_like(stepped.loss) if hits is None else hits.to(stepped.loss.dtype)
                numbers = torch.stack([stepped.loss, known])
        except torch.OutOfMemoryError as error:
            self._stand_up()
            raise _not_recorded("the device has too little memory for it.") from error
        except RuntimeError as error:
            self._stand_up()
            raise _not_recorded(first_line(error)) from error
        settled = {id(parameter): gradient for parameter, gradient in self._gradients}
        if any(one.grad is not settled.get(id(one)) for one in self._parameters):
            raise _not_recorded("its gradients do not stay where they are.")
        return _Recording(graph, inputs, targets, numbers, hits is not None)

    def _stand_up(self) -> None:
        """Let the device's generator draw again: a recording that broke off leaves it waiting for its end."""
        generator = torch.cuda.default_generators[self._device.index or 0]
        generator.graphsafe_set_state(generator.clone_state())

    def _settle(self) -> None:
        """Let the gradients that came so far stay where they are."""
        if not self._gradients:
            self._gradients = [(one, one.grad) for one in self._parameters if one.grad is not None]


def _not_recorded(reason: str) -> TrainingError:
    return TrainingError(
        f"The network cannot be recorded as a CUDA graph: {reason} Layers whose course depends on the "
        "numbers they get cannot. Set cuda_graphs to off.",
        argument="cuda_graphs",
    )
