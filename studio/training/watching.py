"""Looking into a run while it goes on: what is on screen, no more often than the budget allows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor, fx

from studio.errors import StudioError
from studio.probes.activations import ActivationTap
from studio.probes.budget import Budget
from studio.probes.filters import filters_of
from studio.probes.parameters import ParameterTap
from studio.runs.records import Maps, Predictions, Seen, Surface
from studio.training.control import Control, Watched
from studio.training.evaluation import num_inputs
from studio.training.field import FieldProbe
from studio.training.probing import Prober
from studio.training.surface_log import SurfaceLog

Look: TypeAlias = Seen | Surface | Maps | Predictions

PROBING_SHARE = 0.5
"""Of the budget for what samples are run through the network for. Those looks are dearer than the others, and
would make them seldom."""


PROBING_S = 0.04
"""So long may a look at predictions take; of a network that is slower fewer samples are looked at."""


class Watcher:
    """Probes the steps that are due.

    Args:
        module: The network.
        image: Shape of the data's images.
        run: For the records.
        control: Says what is watched.
        send: Takes the records.
        has_parts: Other processes hold parts of the weights: no norms are taken then.
        is_scaled: The loss is scaled, and so are gradients before the optimizer's step: of outputs none are
            taken.
        field: Draws the network's surface; None where the data have more than two features.
        make_prober: Makes what runs samples through the network, once somebody looks at what comes of that.
    """

    def __init__(
        self,
        module: fx.GraphModule,
        image: tuple[int, ...],
        run: str,
        control: Control,
        send: Callable[[Look], None],
        *,
        has_parts: bool = False,
        is_scaled: bool = False,
        field: FieldProbe | None = None,
        make_prober: Callable[[], Prober] | None = None,
    ) -> None:
        self._module = module
        self._image = image
        self._run = run
        self._control = control
        self._send = send
        self._has_parts = has_parts
        self._is_scaled = is_scaled
        self._field = field
        self._make_prober = make_prober
        self._prober: Prober | None = None
        self._watched = Watched()
        self._budget = Budget(0.0)
        self._log: SurfaceLog | None = None
        self._probing = Budget(0.0)
        self._tap: ActivationTap | None = None
        self._parameters: ParameterTap | None = None
        self._is_looking = False
        self._spent_s = 0.0
        self._starting_s = 0.0

    @property
    def spent_s(self) -> float:
        """Time that looking has taken in all."""
        return self._spent_s + self._budget.spent_s + self._probing.spent_s

    def prepare(self, image: Tensor, step: int = 0) -> None:
        """Get ready before the first step, and outside the budget, for what is watched by then.

        The first look of a process costs ten times as much as a later one; a short run would spend its
        budget on it and show nothing more.

        Args:
            image: (1, *), a sample to look at; the network is left as it was.
            step: The last one that was taken.
        """
        self._change(self._control.watch)
        if self._looks_at_parameters:
            self._parameters = ParameterTap(self._module)
            self._parameters.start()
            self._parameters.norms(self._run, 0)
        self._surface(step)
        if self._log is not None:
            self._log.note(step, always=True)
        self._warm_up(step)
        if not self._watched.activations:
            return
        self._tap = self._new_tap()
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
        started = time.perf_counter()
        self._is_looking = self._budget.due(started)
        if not self._is_looking:
            return self._module
        if self._looks_at_parameters:
            self._parameters = self._parameters or ParameterTap(self._module)
            self._parameters.start()
        if self._watched.activations and self._tap is None:
            self._tap = self._new_tap()
        self._starting_s = time.perf_counter() - started
        return self._tap.module if self._tap is not None else self._module

    def finish(self, step: int) -> None:
        """Send what was seen in the step that `start` came before, and what samples give now."""
        if self._log is not None:
            self._log.note(step)
        now_s = time.perf_counter()
        if self._watched.is_probing and self._probing.due(now_s):
            self._warm_up(step)
            started_s = time.perf_counter()
            self._probe(step)
            ended_s = time.perf_counter()
            self._spent_s += started_s - now_s
            self._probing.spend(ended_s, ended_s - started_s)
        if not self._is_looking:
            return
        self._is_looking = False
        started = time.perf_counter()
        cost_s = self._starting_s
        if self._tap is not None:
            for histogram in self._tap.read(self._run, step):
                self._send(histogram)
            cost_s += self._tap.take_seconds()
        self._show_parameters(step)
        self.show_filters(step)
        if self._log is not None:
            self._log.draw_due(started)
        ended = time.perf_counter()
        self._budget.spend(ended, ended - started + cost_s)

    def show_filters(self, step: int) -> None:
        """Send the watched filters, and the surface, as they are."""
        for node in self._watched.filters:
            filters = filters_of(self._module, self._run, node, step, image=self._image)
            if filters is not None:
                self._send(filters)
        surface = self._surface(step)
        if surface is not None:
            self._send(surface)

    def note_end(self, step: int) -> None:
        """Keep the surface of the weights that the run ends with, too."""
        if self._log is not None:
            self._log.note(step, always=True)

    def draw_rest(self) -> None:
        """Draw the surfaces that there was no time for, now that the run is over."""
        if self._log is not None:
            self._log.draw_rest()

    def _surface(self, step: int) -> Surface | None:
        """Return what the network computes over the range of the data, if somebody looks at that."""
        if self._field is None or not self._watched.surface:
            return None
        try:
            with torch.random.fork_rng(devices=[]):  # a FractionalMaxPool2d draws in evaluation, too
                return self._field.surface(self._run, step, self._watched.surface[0])
        except (StudioError, RuntimeError):
            self._field = None  # what cannot be drawn must not end a run; a look without one says why
            return None

    def show_at_rest(self, step: int) -> None:
        """Send all that can be seen between two steps, whatever it costs."""
        self.show_filters(step)
        self._probe(step)

    def _warm_up(self, step: int) -> None:
        """Run the probes once before the first look: that is dear, and the next would come late."""
        if self._prober is not None or self._make_prober is None or not self._watched.is_probing:
            return
        try:
            self._prober = self._make_prober()
            self._prober.fit_to(PROBING_S)
        except (StudioError, RuntimeError):
            self._make_prober = None  # what cannot be seen must not end a run
            return
        send, self._send = self._send, _drop
        self._probe(step)
        self._send = send

    def _probe(self, step: int) -> None:
        """Send what the probe sample and the probe batch give."""
        if not self._watched.is_probing or self._make_prober is None:
            return
        try:
            self._prober = self._prober or self._make_prober()  # of a run that is over, all of the batch
            for maps in self._prober.maps(self._watched.maps, step) if self._watched.maps else ():
                self._send(maps)
            if self._watched.predictions:
                self._send(self._prober.predictions(step))
        except (StudioError, RuntimeError):
            self._make_prober = None  # what cannot be seen must not end a run

    def show_new(self, step: int) -> None:
        """Show a paused run if somebody began to look at something else."""
        if self._control.watch is not self._watched:
            self._change(self._control.watch)
            self.show_at_rest(step)

    def _new_tap(self) -> ActivationTap:
        nodes = self._watched.activations
        return ActivationTap(self._module, nodes, takes_gradients=not self._is_scaled)

    @property
    def _looks_at_parameters(self) -> bool:
        return bool(self._watched.norms or self._watched.weights) and not self._has_parts

    def _show_parameters(self, step: int) -> None:
        """Send how large weights, gradients and updates are."""
        if self._parameters is None or not self._looks_at_parameters:
            return
        norms = self._parameters.norms(self._run, step) if self._watched.norms else None
        if norms is not None:
            self._send(norms)
        for histogram in self._parameters.histograms(self._watched.weights, self._run, step):
            self._send(histogram)

    def _change(self, watched: Watched) -> None:
        """Look at other things from now on."""
        if watched.activations != self._watched.activations:
            self._tap = None
        rest = 1.0 - PROBING_SHARE if watched.is_probing else 1.0
        self._budget = self._renewed(self._budget, watched.budget * rest if watched.is_any else 0.0)
        share = watched.budget * PROBING_SHARE if watched.is_probing else 0.0
        self._probing = self._renewed(self._probing, share)
        if self._field is not None and watched.surfaces and watched.budget > 0.0:
            self._log = self._log or SurfaceLog(self._module, self._field, self._run, self._send)
            self._log.set_share(watched.budget)
        elif not watched.surfaces:
            self._log = None
        self._watched = watched

    def _renewed(self, budget: Budget, share: float) -> Budget:
        """Return what says when to look from now on; the first look comes at once, if it may."""
        if share == budget.share:
            budget.hurry(time.perf_counter())
            return budget
        self._spent_s += budget.spent_s
        return Budget(share)


def _drop(_record: Look) -> None:
    """Take a record that nobody is to see."""
