"""Looking into a run while it goes on: what is on screen, no more often than the budget allows."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import Tensor, fx

from studio.probes.activations import ActivationTap
from studio.probes.budget import Budget
from studio.probes.filters import filters_of
from studio.runs.records import ActivationHistogram, Filters
from studio.training.control import Control, Watched
from studio.training.evaluation import num_inputs


class Watcher:
    """Probes the steps that are due.

    Args:
        module: The network.
        image: Shape of the data's images.
        run: For the records.
        control: Says what is watched.
        send: Takes the records.
    """

    def __init__(
        self,
        module: fx.GraphModule,
        image: tuple[int, ...],
        run: str,
        control: Control,
        send: Callable[[ActivationHistogram | Filters], None],
    ) -> None:
        self._module = module
        self._image = image
        self._run = run
        self._control = control
        self._send = send
        self._watched = Watched()
        self._budget = Budget(0.0)
        self._tap: ActivationTap | None = None
        self._spent_s = 0.0
        self._building_s = 0.0

    @property
    def spent_s(self) -> float:
        """Time that looking has taken in all."""
        return self._spent_s + self._budget.spent_s

    def prepare(self, image: Tensor) -> None:
        """Get ready before the first step, and outside the budget, for what is watched by then.

        The first look of a process costs ten times as much as a later one; a short run would spend its
        budget on it and show nothing more.

        Shape:
            image: (1, *), a sample to look at; the network is left as it was
        """
        self._change(self._control.watch)
        if not self._watched.activations:
            return
        self._tap = ActivationTap(self._module, self._watched.activations)
        self._tap.module.eval()
        try:
            with torch.no_grad():
                self._tap.module(*([image] * num_inputs(self._module)))
            self._tap.read(self._run, 0)
        except RuntimeError:
            self._tap = None  # the first step fails as well, and explains it
        else:
            self._tap.take_seconds()
            self._tap.module.train()
        self._module.train()

    def start(self) -> fx.GraphModule:
        """Return the network to run this step with: one that is looked into, if it is time."""
        if self._control.watch is not self._watched:
            self._change(self._control.watch)
        if not self._budget.due(time.perf_counter()):
            return self._module
        if self._tap is None:
            started = time.perf_counter()
            self._tap = ActivationTap(self._module, self._watched.activations)
            self._building_s = time.perf_counter() - started
        return self._tap.module

    def finish(self, network: fx.GraphModule, step: int) -> None:
        """Send what was seen, if `network` is one that is looked into."""
        if self._tap is None or network is not self._tap.module:
            return
        started = time.perf_counter()
        for histogram in self._tap.read(self._run, step):
            self._send(histogram)
        self.show_filters(step)
        ended = time.perf_counter()
        self._budget.spend(ended, ended - started + self._tap.take_seconds() + self._building_s)
        self._building_s = 0.0

    def show_filters(self, step: int) -> None:
        """Send the watched filters as they are."""
        for node in self._watched.filters:
            filters = filters_of(self._module, self._run, node, step, image=self._image)
            if filters is not None:
                self._send(filters)

    def show_new_filters(self, step: int) -> None:
        """Send the filters of a paused run if somebody began to look at others."""
        if self._control.watch is not self._watched:
            self._change(self._control.watch)
            self.show_filters(step)

    def _change(self, watched: Watched) -> None:
        """Look at other things from now on."""
        if watched.activations != self._watched.activations:
            self._tap = None
        self._spent_s += self._budget.spent_s
        looking = watched.activations or watched.filters
        self._budget = Budget(watched.budget if looking else 0.0)
        self._watched = watched
