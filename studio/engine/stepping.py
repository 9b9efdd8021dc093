"""Answers what each box of a network does with a batch, one after the other."""

from __future__ import annotations

import math
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from studio.engine.looking import shown
from studio.engine.records import (
    BoxShown,
    CloseSteps,
    Done,
    Numbers,
    OpenSteps,
    StepsOpened,
    TakeSteps,
    TensorShown,
)
from studio.errors import ProbeError
from studio.project.format import from_data
from studio.runs.store import RunStore
from studio.training.run import Run
from studio.training.stepping.seen import Seen, seen
from studio.training.stepping.walk import Walk

TURN_S = 0.5
"""After so long a walk to a far place says where it is: other questions wait behind it."""


class Stepping:
    """The walk that is open, of which there is one at most: it keeps the numbers of all boxes."""

    def __init__(self) -> None:
        self._walk: Walk | None = None
        self._session = 0

    def open(self, request: OpenSteps) -> StepsOpened:
        """Begin a walk.

        Raises:
            StudioError: The project cannot be trained; the run, its weights or the data are missing.
        """
        self._walk = None
        folder, project = Path(request.folder) if request.folder else None, from_data(request.project)
        kept = project.training.initial_weights
        weights, words = None, f'the weights in "{kept}"' if kept else "untrained weights"
        if request.run:
            run = Run(RunStore(Path(request.runs_folder)).run(request.run))
            project, weights, words = run.project(), run.checkpoint("best"), f"best weights of {run.name}"
        walk = Walk(project, folder, samples=request.samples, weights=weights)
        self._walk, self._session = walk, request.id
        names = tuple(box.name for box in walk.steps.boxes)
        return StepsOpened(request.id, names, walk.samples, words, walk.note)

    def take(self, request: TakeSteps) -> BoxShown:
        """Go on to a place, or as far as one turn gets.

        Raises:
            ProbeError: The walk is over, or a box failed.
        """
        walk = self._walk
        if walk is None or request.session != self._session:
            raise ProbeError("This walk through the network is over. Begin a new one.")
        end = time.monotonic() + TURN_S
        place = walk.go_to(request.place, lambda: time.monotonic() > end)
        number = walk.box_at(place)
        box, steps = walk.steps.boxes[number], walk.steps
        return BoxShown(
            request.id,
            request.session,
            place,
            number,
            ", ".join(str(layer) for layer in box.layers(steps.flat)),
            box.code,
            math.nan if steps.loss is None else float(steps.loss),
            tuple(_shown(one) for one in seen(steps, number)),
        )

    def close(self, request: CloseSteps) -> Done:
        """Let go of a walk."""
        if request.session == self._session:
            self._walk = None
        return Done(request.id)


def _shown(one: Seen) -> TensorShown:
    first = one.role in ("input", "output") or (one.tensor.ndim > 1 and one.role == "line")
    gradient = None if one.gradient is None else numbers(one.gradient, first=first)
    dtype = str(one.tensor.dtype).removeprefix("torch.")
    shape = tuple(one.tensor.shape)
    return TensorShown(one.role, one.name, shape, dtype, numbers(one.tensor, first=first), gradient)


def numbers(tensor: Tensor, *, first: bool) -> Numbers:
    """Return what a tensor holds.

    Args:
        tensor: (N, *)
        first: Show the first sample only.
    """
    tensor = tensor.abs() if tensor.is_complex() else tensor
    values = tensor.detach().float()
    finite = torch.isfinite(values)
    known = values[finite] if values.numel() else values.reshape(-1)
    facts = (math.nan,) * 4
    if known.numel():
        facts = float(known.min()), float(known.max()), float(known.mean()), float(known.norm())
    part = values[0] if first and values.ndim and len(values) else values
    picture = shown(part).numpy() if part.numel() else np.zeros(0, np.float32)
    return Numbers(*facts, bool(finite.all()), picture)
