"""A walk through a project's network with one batch of its data: forward to the loss, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torch import Tensor

from studio.errors import ProbeError
from studio.project.project import Project
from studio.training.plain import plain_session
from studio.training.stepping.passes import BoxByBox

PENALTY = "The penalty on weights is added after the backward pass, and is not in these gradients."


class Walk:
    """Places 0, 1 … are the boxes on the way to the loss; behind that come the same boxes backwards.

    It keeps the numbers of every box until it is dropped: as much memory as a step of training needs.

    Args:
        project: Design, data and settings; it is run on the CPU in training mode.
        folder: The project file's folder.
        samples: The first so many of the training part, not augmented.
        weights: A `state_dict`; those that training starts from if not given.

    Attributes:
        steps: The boxes and what they did.
        samples: How many samples there are.
        note: What to know about the numbers; may be empty.

    Raises:
        StudioError: The project cannot be trained, or the weights are another network's.
    """

    def __init__(
        self,
        project: Project,
        folder: Path | None = None,
        *,
        samples: int = 8,
        weights: Mapping[str, Tensor] | None = None,
    ) -> None:
        with torch.random.fork_rng(devices=[]):
            session = plain_session(project, folder)
        if weights is not None:
            try:
                session.module.load_state_dict(dict(weights))
            except RuntimeError as error:
                raise ProbeError("The weights do not fit the network: it was changed since.") from error
        rows = torch.arange(min(samples, len(session.train)))
        inputs, targets = session.looked_at(rows), session.train.targets.index_select(0, rows)
        self.steps = BoxByBox(
            session.module,
            (inputs,) * session.num_inputs,
            lambda outputs: session.objective.loss(outputs, targets),
            seed=project.training.seed,
        )
        self.samples = len(rows)
        self.note = PENALTY if session.regularizer else ""

    @property
    def num_places(self) -> int:
        """How many places there are, forward and backward."""
        return 2 * len(self.steps.boxes)

    def box_at(self, place: int) -> int:
        """Return the number of the box at a place."""
        return min(place, self.num_places - 1 - place)

    def go_to(self, place: int, enough: Callable[[], bool] = lambda: False) -> int:
        """Compute what is not computed yet up to a place, and return the place that was reached.

        Args:
            place: From 0 to `num_places` - 1.
            enough: Is asked after each box; where it says so, the walk ends early.

        Raises:
            ProbeError: A box failed; the message says which and why.
        """
        place = max(0, min(place, self.num_places - 1))
        steps, count = self.steps, len(self.steps.boxes)
        while len(steps.computed) <= min(place, count - 1):
            self._take(steps.forward, len(steps.computed))
            if enough():
                return min(place, len(steps.computed) - 1)
        while place >= count and steps.remaining > self.box_at(place):
            self._take(steps.backward, steps.remaining - 1)
            if enough():
                return min(place, self.num_places - 1 - steps.remaining)
        return place

    def _take(self, step: Callable[[], object], number: int) -> None:
        try:
            step()
        except (RuntimeError, ValueError, IndexError) as error:  # what torch raises
            name = self.steps.boxes[number].name
            raise ProbeError(f'"{name}" failed on this batch: {error}') from error
