"""The handle on a run that goes on in another thread: pause, resume, stop, and what to look at."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Watched:
    """What somebody looks at.

    Attributes:
        activations: Names of nodes whose activation histogram is wanted.
        filters: Names of nodes whose learned filters are wanted.
        budget: Share of training time that looking may take.
        weights: Names of nodes of whose weights and gradients histograms are wanted.
        norms: Whether the norms of all parameters, gradients and updates are wanted.
        surface: Name of the node whose units' surfaces are wanted beside the network's, or an empty one; no
            item at all: nobody looks at surfaces.
        surfaces: Whether looks at the network's surface are to be kept with the run, where it can be drawn.
        maps: Names of nodes of which it is wanted what they give for the probe sample.
        predictions: Whether it is wanted what the network says of the probe batch.
    """

    activations: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    budget: float = 0.02
    weights: tuple[str, ...] = ()
    norms: bool = False
    surface: tuple[str, ...] = ()
    surfaces: bool = False
    maps: tuple[str, ...] = ()
    predictions: bool = False

    @property
    def is_any(self) -> bool:
        """Say whether there is anything to look at."""
        shown = self.activations or self.filters or self.weights or self.surface
        return bool(shown or self.norms or self.surfaces)

    @property
    def is_probing(self) -> bool:
        """Say whether samples are to be run through the network only for looking."""
        return bool(self.maps or self.predictions)


class Control:
    """Requests to a run. Any thread may make them; the run looks at every step.

    Attributes:
        pending: The run has something to obey. A plain attribute, so that looking costs nothing.
        watch: What somebody looks at; replaced as a whole.
        lr: The learning rate that somebody set and the run has not taken up yet.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paused = False
        self._stopped = False
        self.pending = False
        self.watch = Watched()
        self.lr: float | None = None

    @property
    def paused(self) -> bool:
        """Whether the run is to wait."""
        return self._paused and not self._stopped

    @property
    def stopped(self) -> bool:
        """Whether the run is to end."""
        return self._stopped

    def pause(self) -> None:
        """Let the run wait before its next step."""
        self._set(paused=True, stopped=self._stopped)

    def resume(self) -> None:
        """Let a paused run go on."""
        self._set(paused=False, stopped=self._stopped)

    def stop(self) -> None:
        """Let the run end before its next step, with a checkpoint; a paused one too."""
        self._set(paused=self._paused, stopped=True)

    def set_lr(self, lr: float) -> None:
        """Let the run go on from its next step as if its settings had said another learning rate.

        Raises:
            ValueError: It is not above 0.
        """
        if not 0.0 < lr <= 1e6:
            raise ValueError(f"lr must be above 0 and at most a million, not {lr:g}")
        with self._changed:
            self.lr = lr
            self.pending = True
            self._changed.notify_all()

    def take_lr(self) -> float | None:
        """Return the learning rate that is to be taken up, once; None if there is none."""
        with self._changed:
            lr, self.lr = self.lr, None
            self.pending = self._paused or self._stopped
            return lr

    def set_watch(
        self,
        activations: tuple[str, ...] = (),
        filters: tuple[str, ...] = (),
        budget: float = 0.02,
        *,
        weights: tuple[str, ...] = (),
        norms: bool = False,
        surface: tuple[str, ...] = (),
        surfaces: bool = False,
        maps: tuple[str, ...] = (),
        predictions: bool = False,
    ) -> None:
        """Say what is looked at from now on."""
        share = min(max(budget, 0.0), 0.5)
        self.watch = Watched(
            tuple(activations),
            tuple(filters),
            share,
            tuple(weights),
            norms,
            tuple(surface),
            surfaces,
            tuple(maps),
            predictions,
        )

    def wait(self, timeout_s: float) -> bool:
        """Wait while the run is paused, for a limited time; say whether it still is."""
        with self._changed:
            self._changed.wait_for(lambda: not self.paused, timeout_s)
            return self.paused

    def _set(self, *, paused: bool, stopped: bool) -> None:
        with self._changed:
            self._paused, self._stopped = paused, stopped
            self.pending = paused or stopped or self.lr is not None
            self._changed.notify_all()
