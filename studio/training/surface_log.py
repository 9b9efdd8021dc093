"""Surfaces that are kept with a run: weights are copied as it goes on, and drawn when there is time for it.

A copy of a small network's weights takes some microseconds, drawing its surface ten milliseconds and more. So
copies are taken evenly over the run, and drawn one after the other: within the budget of looking while the
network trains, and what is left within a moment once the run is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import Tensor, fx

from studio.errors import StudioError
from studio.probes.budget import Budget
from studio.runs.records import SurfaceLook
from studio.runs.surface_timeline import MAX_SURFACES
from studio.training.field import FieldProbe

SHARE = 0.5
"""Of the budget of looking that drawing takes at most."""

REST_S = 3.0
"""After the end of a run, for what was not drawn by then."""

MOST_BYTES = 2**25
"""Of copies that wait at a time; of a network so large that not even two fit, none are taken."""


class SurfaceLog:
    """Looks at the surface of one run, an even choice over its steps.

    Args:
        module: The network.
        field: Draws its surface.
        run: For the records.
        send: Takes the records, in the order of their steps.
        share: Of training time that all looking may take.
    """

    def __init__(
        self, module: fx.GraphModule, field: FieldProbe, run: str, send: Callable[[SurfaceLook], None]
    ) -> None:
        self._module, self._field, self._run, self._send = module, field, run, send
        self._budget = Budget(0.0)
        self._steps: list[int] = []
        self._waiting: dict[int, dict[str, Tensor]] = {}
        self._gap = 1
        self._next = 0
        self._cost_s = 0.0
        size = sum(value.numel() * value.element_size() for value in _state(module).values())
        self._most = min(MAX_SURFACES, MOST_BYTES // max(size, 1))

    def set_share(self, share: float) -> None:
        """Say which share of training time all looking may take from now on."""
        self._budget = Budget(SHARE * share)

    def note(self, step: int, *, always: bool = False) -> None:
        """Copy the weights, if the step is one of those that are to be kept.

        Args:
            step: The last one that was taken.
            always: It is: the first and the last.
        """
        if step < self._next and not always:
            return
        if self._most < 2 or step in self._waiting:
            return
        self._waiting[step] = {name: value.detach().clone() for name, value in _state(self._module).items()}
        self._steps = [kept for kept in self._steps if kept < step] + [step]
        if len(self._steps) > self._most:
            for dropped in self._steps[1:-1:2]:
                self._waiting.pop(dropped, None)
            self._steps = [kept for place, kept in enumerate(self._steps) if place % 2 == 0 or kept == step]
            self._gap *= 2
        self._next = step + self._gap

    def draw_due(self, now_s: float) -> float:
        """Draw the first look that waits, if the budget allows it; return the seconds that took.

        Args:
            now_s: On the clock of `time.perf_counter`.
        """
        if not self._waiting or not self._budget.due(now_s):
            return 0.0
        self._draw(min(self._waiting))
        self._budget.spend(now_s + self._cost_s, self._cost_s)
        return self._cost_s

    def draw_rest(self) -> None:
        """Draw what waits, or, where that takes too long, an even choice with the last."""
        steps = sorted(self._waiting)
        if steps and not self._cost_s:
            self._draw(steps.pop(0))
        count = max(int(REST_S / max(self._cost_s, 1e-6)), 1)
        if count < len(steps):
            last = len(steps) - 1
            steps = [steps[round((place + 1) * last / count)] for place in range(count)]
        for step in steps:
            self._draw(step)
        self._waiting.clear()

    def _draw(self, step: int) -> None:
        started = time.perf_counter()
        weights = self._waiting.pop(step)
        try:
            with torch.random.fork_rng(devices=[]):  # a FractionalMaxPool2d draws in evaluation, too
                look = self._field.look(self._run, step, weights)
        except (StudioError, RuntimeError):
            self._most = 0  # what cannot be drawn must not end a run; a look without one says why
            self._waiting.clear()
            return
        self._send(look)
        self._cost_s = time.perf_counter() - started


def _state(module: fx.GraphModule) -> dict[str, Tensor]:
    """Return weights and buffers by name, shared ones once."""
    return {**dict(module.named_parameters()), **dict(module.named_buffers())}
