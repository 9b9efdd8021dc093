"""The run on screen: live records become arrays, and plots are told, at most 30 times a second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from PySide6.QtCore import QObject, QTimer, Signal

from studio.app.past import Past
from studio.app.place import node_of_name
from studio.app.plots.run_data import RunData
from studio.graph.graph import Graph
from studio.graph.node import Node
from studio.runs.records import Filters, Histogram, Live, Quantity, RunChanged, RunProgress, Surface

if TYPE_CHECKING:
    from studio.runs.store import RunReader

Kind: TypeAlias = Literal[
    "run",
    "behind",
    "state",
    "epochs",
    "steps",
    "checkpoints",
    "progress",
    "histograms",
    "norms",
    "filters",
    "surface",
    "maps",
    "predictions",
    "moment",
]

KINDS: tuple[Kind, ...] = get_args(Kind)
"""In the order in which they are announced."""

_INTERVAL_MS = 33


class Runs:
    """Runs of one project: the one last trained, the one shown (perhaps an older one), and some behind it.

    Attributes:
        design: What the one last trained was started from; None where that is not known.
        since: What came of the one last trained while its past is read; None when nothing is awaited.
    """

    def __init__(self) -> None:
        self.design: Graph | None = None
        self.live = RunData()
        self.shown = self.live
        self.behind: tuple[RunData, ...] = ()
        self.since: list[Live] | None = None


def stored(reader: RunReader) -> RunData:
    """Return a run as the store has it; a long one takes a while, and any thread may do it.

    Raises:
        RunError: It is gone.
    """
    found = RunData(reader.name)
    found.read(reader)
    return found


class Monitor(QObject):
    """Model of the runs of the project on show: the one last trained, and the one that views show.

    The trained run's records are kept whichever is shown, so one can look at yesterday's run, or at
    another project, and come back without a gap. Views read `shown`; they never keep arrays of it
    across a change.
    """

    changed = Signal(str)
    """One of `KINDS`, about the run shown. Several changes of a kind within 33 ms are announced once."""

    watch_wanted = Signal()
    """Somebody looks at other surfaces than before, or at predictions, or no more."""

    message = Signal(str)
    """Why something of a stored run cannot be shown."""

    live_changed = Signal()
    """State or progress of the run being trained moved, of whichever project. Joined like `changed`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = self._fed = Runs()
        self._surface: tuple[str, ...] = ()
        self._predictions = False
        self._pending: set[str] = set()
        self._live_pending = False
        self._moment: int | None = None
        self.past = Past(self)
        self.past.answered.connect(self._past_answered)
        self.past.failed.connect(self.message)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_INTERVAL_MS)
        self._timer.timeout.connect(self.announce)

    @property
    def runs(self) -> Runs:
        """The runs of the project on show."""
        return self._runs

    @property
    def shown(self) -> RunData:
        """The run on screen; an empty one before the first."""
        return self._runs.shown

    @property
    def live(self) -> RunData:
        """The run last trained of the project on show; an empty one before the first."""
        return self._runs.live

    @property
    def fed(self) -> Runs:
        """The runs of the project that is trained."""
        return self._fed

    @property
    def behind(self) -> tuple[RunData, ...]:
        """Stored runs whose curves are drawn behind those of the run on screen."""
        return self._runs.behind

    @property
    def is_live(self) -> bool:
        """Whether the run on screen is the one being trained."""
        return self._runs.shown is self._runs.live

    @property
    def progress(self) -> RunProgress | None:
        """How far the run last trained of the project on show is."""
        return self._runs.live.progress

    @property
    def fed_progress(self) -> RunProgress | None:
        """How far the run being trained is, of whichever project."""
        return self._fed.live.progress

    @property
    def filters(self) -> dict[str, Filters]:
        """The newest filters of each node by its name, of the run on screen."""
        return self._runs.shown.filters

    @property
    def newest_histograms(self) -> dict[str, Histogram]:
        """The newest histogram of each node by its name, of the run on screen."""
        return self._runs.shown.newest_histograms

    @property
    def watched_surface(self) -> tuple[str, ...]:
        """Name of the node whose units' surfaces are on screen, perhaps an empty one; none if nothing is."""
        return self._surface

    def watch_surface(self, *nodes: str) -> None:
        """Say whose surfaces are on screen; nothing at all: none are."""
        if nodes != self._surface:
            self._surface = nodes
            self.watch_wanted.emit()

    @property
    def watches_predictions(self) -> bool:
        """Whether what the network says of the probe batch is on screen."""
        return self._predictions

    def watch_predictions(self, on: bool) -> None:
        """Say whether what the network says of the probe batch is on screen."""
        if on != self._predictions:
            self._predictions = on
            self.watch_wanted.emit()

    @property
    def moment(self) -> int | None:
        """The step that is looked back to; None: what is newest is shown."""
        return self._moment

    def look_back(self, step: int | None) -> None:
        """Show what was seen of the run on screen by a step; None shows what is newest, as it comes."""
        if step != self._moment:
            self._moment = step
            self._note("moment")

    def histogram(self, node: str, quantity: Quantity = "activation") -> Histogram | None:
        """Return a node's histogram at the moment that is looked back to, or the newest."""
        timeline = self.shown.timeline(node, quantity)
        if timeline is None:
            return None
        return timeline.newest if self._moment is None else timeline.at(self._moment)

    def filters_of(self, node: str) -> Filters | None:
        """Return a node's filters at the moment that is looked back to, or the newest."""
        timeline = self.shown.filter_timeline(node)
        return self.shown.filters.get(node) if self._moment is None else timeline.at(self._moment)

    def surface_of(self, node: str) -> Surface | None:
        """Return the surface, with a node's units, at the moment that is looked back to, or the newest."""
        if self._moment is None:
            return self.shown.surface
        return self.shown.surfaces.at(self._moment, node)

    def show_runs(self, runs: Runs) -> None:
        """Show the runs of another project; where records go stays as it is."""
        if runs is not self._runs:
            self._runs = runs
            self._show(runs.shown)

    def feed(self, runs: Runs, design: Graph | None = None) -> None:
        """Let records go to the runs of this project from now on, which is trained as it is designed now."""
        self._fed = runs
        runs.design = design or runs.design

    def knows(self, node: str, kind: str) -> bool:
        """Say whether the run on show has a node of a dotted name that is of a kind, as far as is known.

        A design goes on being edited while it trains: another layer may have the name of one that is gone.
        """
        found = self._trained(node)
        return found == "" or (found is not None and found.kind == kind)

    def lacks(self, node: str) -> bool:
        """Say whether the run on show has no node of a dotted name, as far as is known."""
        return self._trained(node) is None

    def _trained(self, node: str) -> Node | Literal[""] | None:
        """Return the node of a dotted name that the run on show has; empty where that is not known."""
        design = self._runs.design
        return node_of_name(design, node) if self.is_live and design is not None else ""

    def start(self, run: str) -> bool:
        """Follow a run of the project that is fed, and show it there.

        Returns:
            Whether it begins without a past. One that is resumed keeps what is in memory where this window
            trained it before; else its past is to be read, see `await_past`.
        """
        fed = self._fed
        afresh = run != fed.live.name
        if afresh:
            fed.live, fed.since = RunData(run), None
        fed.live.state = "starting"
        fed.shown = fed.live
        if fed is self._runs:
            self._show(fed.live)
        return afresh

    def await_past(self) -> None:
        """Keep what comes of the run being trained from now on, for `join`."""
        self._fed.since = []

    def join(self, runs: Runs, past: RunData | None) -> None:
        """Put the past of the run that a project trains before what came of it meanwhile.

        Steps that it repeats replace the old ones.

        Args:
            runs: Of the project.
            past: The run as the store has it; None where it cannot be read.
        """
        since, runs.since = runs.since, None
        if since is None or past is None or past.name != runs.live.name:
            return
        past.ask = self.past.ask
        past.state, was_shown = "starting", runs.shown is runs.live
        for record in since:
            past.take(record)
        runs.live = past
        if was_shown:
            runs.shown = past
            if runs is self._runs:
                self._show(past)

    def take(self, record: Live) -> None:
        """Keep a live record. A run that starts is followed; late records of an older one are dropped."""
        live = self._fed.live
        if record.run != live.name:
            starts = isinstance(record, RunChanged) and record.state == "starting"
            if live.name and not starts:
                return
            self.start(record.run)
        kind = self._fed.live.take(record)
        if self._fed.since is not None:
            self._fed.since.append(record)
        on_screen = self._fed is self._runs and self.is_live
        self._note(kind if on_screen else None, live=kind in {"state", "progress"})

    def show_stored(self, run: RunData) -> None:
        """Show a run that was read from the store; where it is the one being trained, that as it is now."""
        if run.name == self._runs.live.name:
            self.show_live()
        else:
            self._show(run)

    def show_behind(self, runs: Sequence[RunData]) -> None:
        """Draw the curves of runs behind those of the run on screen, and no others any more."""
        self._runs.behind = tuple(runs)
        self._note("behind")

    def add_behind(self, run: RunData) -> None:
        """Draw the curves of one more run behind those of the run on screen."""
        self._runs.behind = (*self._runs.behind, run)
        self._note("behind")

    def show_live(self) -> None:
        """Show the run being trained again."""
        if not self.is_live:
            self._show(self._runs.live)

    def announce(self) -> None:
        """Tell listeners now what has changed since the last time."""
        self._timer.stop()
        pending, self._pending = self._pending, set()
        live, self._live_pending = self._live_pending, False
        for kind in KINDS:
            if kind in pending:
                self.changed.emit(kind)
        if live:
            self.live_changed.emit()

    def _past_answered(self, run: RunData, look: Kind) -> None:
        if run is self.shown:
            self._note(look)

    def _show(self, run: RunData) -> None:
        run.ask = self.past.ask
        self._runs.shown = run
        self._moment = None
        self._pending.update(KINDS)
        self._note("run", live=True)

    def _note(self, kind: str | None, *, live: bool = False) -> None:
        if kind is not None:
            self._pending.add(kind)
        self._live_pending |= live
        if (self._pending or self._live_pending) and not self._timer.isActive():
            self._timer.start()
