"""What the two kinds of gradient check share: a network that repeats itself, and what was found of its "
"nodes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import torch
from torch import Tensor, fx

from studio.errors import TrainingError
from studio.training.gradcheck.differences import TensorCheck

INPUT = "input"
"""What the data's own tensor is called among the tensors of a check."""

Progress: TypeAlias = Callable[[float, float, str], None]


@dataclass(frozen=True, slots=True)
class NodeCheck:
    """What was found of one node.

    Attributes:
        node: Its dotted name; empty for what belongs to no node: the network's input.
        tensors: Its parameters, and where it was checked by itself, its inputs.
        note: Why there is nothing to compare; empty where there is.
    """

    node: str
    tensors: tuple[TensorCheck, ...]
    note: str = ""

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong."""
        return all(tensor.verdict != "wrong" for tensor in self.tensors)


@dataclass(slots=True)
class Work:
    """A check that is going on.

    Attributes:
        module: The network, float64.
        coordinates: Compared of each tensor at most.
        seed: Of what random layers draw, and of the choice of coordinates.
        report: Is told how far it is.
        cancelled: Is asked before each comparison.
        total: Of what is reported.
        before: Done before the tensors under way.
        label: What is under way.
    """

    module: fx.GraphModule
    coordinates: int
    seed: int
    report: Progress
    cancelled: Callable[[], bool]
    total: int = 1
    before: int = 0
    label: str = ""
    _buffers: dict[str, Tensor] = field(default_factory=dict)

    def begin(self) -> None:
        """Let what is computed next draw the same numbers as before, from buffers as they were at first.

        They are put back before a pass and not behind it: the backward pass has yet to read them.
        """
        buffers = dict(self.module.named_buffers())
        if not self._buffers:
            self._buffers = {name: value.clone() for name, value in buffers.items()}
        with torch.no_grad():
            for name, value in buffers.items():
                value.copy_(self._buffers[name])
        torch.manual_seed(self.seed)

    def tell(self, done: int) -> None:
        """Pass progress on, and end the check if nobody wants it any more.

        Raises:
            TrainingError: It was cancelled.
        """
        if self.cancelled():
            raise TrainingError("Cancelled.")
        self.report(self.before + done, self.total, self.label)


def as_leaf(parameter: Tensor) -> Tensor:
    """Return a parameter whose numbers lie in a row, so that one of them can be changed in place."""
    if not parameter.is_contiguous():
        parameter.data = parameter.data.contiguous()
    return parameter
