"""Everything the window knows of one run, as arrays that plots read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, cast

import numpy as np

from studio.app.plots.buffers import GrowingBuffer
from studio.app.plots.question import Look, Question
from studio.app.plots.thinned_steps import ThinnedSteps
from studio.app.plots.timeline import HistogramTimeline
from studio.errors import RunError
from studio.runs.filter_timeline import FilterTimeline, packed
from studio.runs.norm_timeline import NormTimeline
from studio.runs.records import (
    CheckpointWritten,
    EpochEnded,
    Filters,
    Histogram,
    Live,
    Maps,
    Norms,
    Predictions,
    Quantity,
    RunChanged,
    RunProgress,
    RunState,
    Steps,
    Surface,
    SurfaceLook,
)
from studio.runs.surface_timeline import SurfaceTimeline

if TYPE_CHECKING:
    from studio.runs.store import RunReader


_Line = TypeVar("_Line", HistogramTimeline, FilterTimeline, NormTimeline, SurfaceTimeline)

Seen: TypeAlias = tuple[str, Quantity]
"""Name of a node, and what of it was looked at."""


class RunData:
    """What one run reported so far. Plain data: it announces nothing, the monitor does.

    Attributes:
        name: Of the run; empty before the first.
        state: Of the run; None before the first.
        message: Why it failed, or what it reached.
        happened: That it was paused, stopped, resumed or failed, by the step after which.
        checkpoints: Steps after which one was written.
        lr_changes: Learning rates that somebody set while it went on, by the step after which.
        rewinds: Counts how often steps were taken back (a run resumed from a checkpoint goes back to
            it): what was made of the arrays must be made anew then, not only continued.
        ask: Is told what is wanted of the store, and gives the answer to `answer` later; None: it is read
            at once.
    """

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.state: RunState | Literal["interrupted"] | None = None
        self.message = ""
        self.device = ""
        self.progress: RunProgress | None = None
        self.epochs: list[EpochEnded] = []
        self.filters: dict[str, Filters] = {}
        self.surface: Surface | None = None
        self.maps: dict[str, Maps] = {}
        self.predictions: Predictions | None = None
        self.lr_changes: dict[int, float] = {}
        self.happened: dict[int, str] = {}
        self.checkpoints = ThinnedSteps()
        self.rewinds = 0
        self._steps = GrowingBuffer(np.int64)
        self._losses = GrowingBuffer(np.float32)
        self._accuracies = GrowingBuffer(np.float32)
        self._lrs = GrowingBuffer(np.float32)
        self._penalties = GrowingBuffer(np.float32)
        self._speed_steps = GrowingBuffer(np.int64)
        self._speeds = GrowingBuffer(np.float32)
        self._timelines: dict[Seen, HistogramTimeline] = {}
        self._norms = NormTimeline()
        self._surfaces = SurfaceTimeline()
        self._filter_timelines: dict[str, FilterTimeline] = {}
        self._stored_outputs: dict[str, Histogram] = {}
        self._reader: RunReader | None = None
        self._asked: dict[Question, list[Any] | None] = {}
        self.ask: Callable[[RunData, Question], None] | None = None

    @property
    def steps(self) -> np.ndarray:
        """Steps with a loss, ascending; (K,) int64."""
        return self._steps.values

    @property
    def losses(self) -> np.ndarray:
        """Training loss at each; (K,) float32."""
        return self._losses.values

    @property
    def accuracies(self) -> np.ndarray:
        """Share of the batch classified correctly at each; (K,) float32, NaN if not a classifier."""
        return self._accuracies.values

    @property
    def lrs(self) -> np.ndarray:
        """Learning rate at each; (K,) float32, NaN where it was not kept."""
        return self._lrs.values

    @property
    def penalties(self) -> np.ndarray:
        """The regularizer's part of each loss; (K,) float32, NaN where it was not kept."""
        return self._penalties.values

    @property
    def speed_steps(self) -> np.ndarray:
        """Steps at which the speed was told, ascending; (K,) int64."""
        return self._speed_steps.values

    @property
    def speeds(self) -> np.ndarray:
        """Samples a second then; (K,) float32."""
        return self._speeds.values

    @property
    def newest_histograms(self) -> dict[str, Histogram]:
        """The newest of each node's output by its name, as far as they were asked for or came live."""
        found = ((seen, timeline.newest) for seen, timeline in self._timelines.items())
        return {
            node: newest
            for (node, quantity), newest in found
            if newest is not None and quantity == "activation"
        }

    def outputs(self) -> dict[str, Histogram]:
        """Return the newest histogram of the output of each node that was looked at, stored ones with it."""
        self._want(Question("outputs"))
        return {**self._stored_outputs, **self.newest_histograms}

    @property
    def norms(self) -> NormTimeline:
        """Norms of parameters, gradients, updates over time; a stored run's are read when asked for."""
        self._want(Question("norms"))
        return self._norms

    @property
    def surfaces(self) -> SurfaceTimeline:
        """Looks at the network's surface over time; a stored run's are read when asked for."""
        self._want(Question("surface"))
        return self._surfaces

    @property
    def marks(self) -> dict[int, str]:
        """What there is to know of some steps: events, and the epoch whose weights are kept as the best."""
        best = [epoch.step for epoch in self.epochs if epoch.is_best]
        return {**({best[-1]: "best"} if best else {}), **self.happened}

    @property
    def looks(self) -> list[int]:
        """Steps at which the run was looked into, ascending: where one can go back to."""
        return sorted({*self.norms.steps.tolist(), *self.surfaces.steps})

    def filter_timeline(self, node: str) -> FilterTimeline:
        """Return the looks at a node's filters over time; a stored run's are read when first asked for."""
        self._want(Question("filters", node))
        return self._filter_timelines.setdefault(node, FilterTimeline())

    @property
    def steps_per_epoch(self) -> float | None:
        """How many steps make an epoch, as soon as that is known."""
        if self.progress is not None and self.progress.epochs and self.progress.total_steps:
            return self.progress.total_steps / self.progress.epochs
        return self.epochs[-1].step / self.epochs[-1].epoch if self.epochs else None

    def timeline(self, node: str, quantity: Quantity = "activation") -> HistogramTimeline | None:
        """Return the histograms of a node over time; a stored run's are read when first asked for."""
        self._want(Question("histograms", node, quantity))
        return self._timelines.get((node, quantity))

    def awaits(self, look: Look, node: str = "", quantity: Quantity = "activation") -> bool:
        """Say whether the store was asked for something, and has not answered yet."""
        return self._asked.get(Question(look, node, quantity)) is not None

    def take(self, record: Live) -> str:
        """Keep what a record says, and return what kind of thing it changed."""
        match record:
            case Steps():
                self._add_steps(record)
                return "steps"
            case EpochEnded():
                self.epochs = [known for known in self.epochs if known.epoch < record.epoch] + [record]
                return "epochs"
            case CheckpointWritten():
                self.checkpoints.append(record.step)
                return "checkpoints"
            case RunProgress():
                self.progress = record
                self._add_speed(record)
                return "progress"
            case Histogram():
                timeline = self.timeline(record.node, record.quantity) or HistogramTimeline()
                timeline.append(record)
                self._timelines[record.node, record.quantity] = timeline
                self._hold(Question("histograms", record.node, record.quantity), record)
                return "histograms"
            case Norms():
                self.norms.append(record)
                self._hold(Question("norms"), record)
                return "norms"
            case Filters():
                self.filters[record.node] = record
                look = packed(record)
                self.filter_timeline(record.node).append(look)
                self._hold(Question("filters", record.node), look)
                return "filters"
            case Surface():
                self.surface = record
                return "surface"
            case SurfaceLook():
                self.surfaces.append(record)
                self._hold(Question("surface"), record)
                return "surface"
            case Maps():
                self.maps[record.node] = record
                return "maps"
            case Predictions():
                self.predictions = record
                return "predictions"
            case RunChanged():
                self._note_change(record)
                self.state, self.message = record.state, record.message
                self.device = record.device or self.device
                if record.lr is not None:
                    self.lr_changes[record.step] = record.lr
                return "state"

    def read(self, reader: RunReader) -> None:
        """Take in what the run store knows of the run. Histograms are read when a node is asked for."""
        self._reader = reader
        self._add_steps(reader.record())
        for epoch in reader.epochs():
            self.take(epoch)
        for event in reader.events():
            self.take(event)
        for checkpoint in reader.checkpoints():
            self.take(checkpoint)
        self.state = reader.info.state

    @property
    def reader(self) -> RunReader | None:
        """What its past is read with; None of a run that is followed from its start."""
        return self._reader

    def answer(self, question: Question, found: list[Any]) -> None:
        """Put what the store had before what came of the run since it was asked.

        Args:
            question: That was asked.
            found: What `Question.read` gave for it.
        """
        records = [*found, *(self._asked.get(question) or ())]
        self._asked[question] = None
        match question.look:
            case "histograms":
                if records:
                    self._timelines[question.node, question.quantity] = _filled(HistogramTimeline(), records)
            case "outputs":
                self._stored_outputs = {one.node: one for one in records}
            case "filters":
                looks = self._filter_timelines[question.node] = _filled(FilterTimeline(), records)
                if looks.steps and question.node not in self.filters:
                    self.filters[question.node] = cast("Filters", looks.at(looks.steps[-1]))
            case "norms":
                self._norms = _filled(NormTimeline(), records)
            case "surface":
                self._surfaces = _filled(SurfaceTimeline(), records)

    def _want(self, question: Question) -> None:
        """Ask the store, once, of a run that is not followed from its start."""
        if self._reader is None or question in self._asked:
            return
        self._asked[question] = []
        if self.ask is not None:
            self.ask(self, question)
            return
        try:
            found = question.read(self._reader)
        except RunError:  # deleted since: the curves in memory stay, pictures never asked for are gone
            found = []
        self.answer(question, found)

    def _hold(self, question: Question, record: object) -> None:
        """Keep what came while the store is being asked for what was before."""
        held = self._asked.get(question)
        if held is not None:
            held.append(record)

    def _add_steps(self, record: Steps) -> None:
        steps = record.steps
        if not len(steps):
            return
        columns = (
            (self._steps, steps),
            (self._losses, record.losses),
            (self._accuracies, record.accuracies),
            (self._lrs, record.lrs),
            (self._penalties, record.penalties),
        )
        kept = int(np.searchsorted(self.steps, steps[0]))
        if kept < len(self._steps):
            for buffer, _ in columns:
                buffer.truncate(kept)
            told = int(np.searchsorted(self.speed_steps, steps[0]))
            self._speed_steps.truncate(told)
            self._speeds.truncate(told)
            self.epochs = [known for known in self.epochs if known.step < steps[0]]
            self.lr_changes = {step: lr for step, lr in self.lr_changes.items() if step < steps[0]}
            self.happened = {step: word for step, word in self.happened.items() if step < steps[0]}
            self.checkpoints.truncate(int(steps[0]))
            self.rewinds += 1
        for buffer, values in columns:
            buffer.append(values)

    def _note_change(self, record: RunChanged) -> None:
        """Keep what happened to the run while it was on its way."""
        goes_on = self.state == "starting" and len(self._steps) > 0 and self.steps[0] <= record.step
        words = {"paused": "paused", "stopped": "stopped", "failed": "failed"}
        word = words.get(record.state, "resumed" if record.state == "running" and goes_on else "")
        if word and record.step:
            self.happened[record.step] = word

    def _add_speed(self, record: RunProgress) -> None:
        """Keep how fast the run is, once for each step at which it is told."""
        if len(self._speed_steps) and record.step <= self.speed_steps[-1]:
            return
        self._speed_steps.append(np.array([record.step], np.int64))
        self._speeds.append(np.array([record.samples_per_s], np.float32))


def _filled(timeline: _Line, records: list[Any]) -> _Line:
    for record in records:
        timeline.append(record)
    return timeline
