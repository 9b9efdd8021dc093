"""What every transform is: a change for evaluation, and a random one for batches of training."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Self

import torch
from torch import Tensor

from studio.data.transforms.draw import Draw


@dataclass(slots=True)
class Batch:
    """A batch on its way through the transforms.

    Attributes:
        inputs: (N, *)
        partners: Which sample of the batch each is mixed with, (N,) int64; None if nothing is mixed.
        share: Of each sample itself; its partner has the rest.
    """

    inputs: Tensor
    partners: Tensor | None = None
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Step:
    """One transform, ready to be done. The base changes nothing."""

    @property
    def is_random(self) -> bool:
        """Whether it is drawn anew for every batch of training."""
        return False

    def evaluated(self, inputs: Tensor) -> Tensor:
        """Return samples as evaluation sees them.

        Shape:
            inputs: (N, *)
        """
        return inputs

    def changed(self, inputs: Tensor, draw: Draw) -> Tensor:
        """Return samples as one batch of training sees them.

        Shape:
            inputs: (N, *)
        """
        return self.evaluated(inputs)

    def augmented(self, batch: Batch, draw: Draw) -> Batch:
        """Return a batch of training, which may be mixed."""
        return replace(batch, inputs=self.changed(batch.inputs, draw))

    def to(self, device: torch.device) -> Self:
        """Return the same with what was fitted on a device."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        moved = {name: value for name, value in own.items() if isinstance(value, Tensor)}
        if device.type == "mps":  # which knows no float64
            moved = {name: value.float() for name, value in moved.items()}
        return replace(self, **{name: value.to(device) for name, value in moved.items()})


@dataclass(frozen=True, slots=True)
class RandomStep(Step):
    """A transform that is drawn anew for every batch, and by itself does nothing in evaluation."""

    @property
    def is_random(self) -> bool:
        """Whether it is drawn anew for every batch of training."""
        return True


def per_sample(values: Tensor) -> Tensor:
    """Return one value a sample in a shape that meets pictures.

    Shape:
        values: (N,)
        returns: (N, 1, 1, 1)
    """
    return values[:, None, None, None]
