"""The engine as the window sees it: requests out, Qt signals in, on a timer and never more often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from PySide6.QtCore import QObject, QTimer, Signal

from studio.engine.client import EngineClient
from studio.engine.records import (
    BoxShown,
    CarryPlanned,
    Checked,
    DataDescribed,
    DataFetched,
    EngineLost,
    Examined,
    Exported,
    Failed,
    GradientsChecked,
    LayersProfiled,
    LookedAt,
    LookedInside,
    LrFound,
    NetworkImported,
    NetworksListed,
    Predicted,
    Progress,
    Ready,
    Record,
    Request,
    RunAblated,
    RunEvaluated,
    RunStarted,
    StatisticsKept,
    StepsOpened,
    Summarised,
    SurfaceDrawn,
    TableRead,
    Tried,
    WeightsFetched,
)
from studio.runs.records import Live

DRAIN_INTERVAL_MS = 33

CLOSE_S = 6.0
"""How long an engine may take to end before it is made to; a window is gone within 8 s, whatever happens."""


class EngineLink(QObject):
    """Drains an `EngineClient` 30 times a second and says what came.

    Args:
        client: The engine's client; started by `start`.
    """

    ready = Signal(object)
    checked = Signal(object)
    tried = Signal(object)
    summarised = Signal(object)
    looked_at = Signal(object)
    surface_drawn = Signal(object)
    looked_inside = Signal(object)
    data_described = Signal(object)
    table_read = Signal(object)
    data_fetched = Signal(object)
    exported = Signal(object)
    networks_listed = Signal(object)
    weights_fetched = Signal(object)
    network_imported = Signal(object)
    progress = Signal(object)
    lr_found = Signal(object)
    gradients_checked = Signal(object)
    layers_profiled = Signal(object)
    examined = Signal(object)
    steps_opened = Signal(object)
    box_shown = Signal(object)
    run_evaluated = Signal(object)
    run_ablated = Signal(object)
    carry_planned = Signal(object)
    predicted = Signal(object)
    statistics_kept = Signal(object)
    run_started = Signal(object)
    failed = Signal(object)
    live = Signal(object)
    """A `studio.runs.records.Live`: at most the newest of each kind in one turn."""

    lost = Signal(object)
    """`EngineLost`: the engine is gone; `start` starts another."""

    def __init__(self, client: EngineClient, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._client = client
        self._claimed: dict[int, Callable[[Failed], None]] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(DRAIN_INTERVAL_MS)
        self._timer.timeout.connect(self.drain)
        self._signals = {
            Ready: self.ready,
            Checked: self.checked,
            Tried: self.tried,
            Summarised: self.summarised,
            DataDescribed: self.data_described,
            TableRead: self.table_read,
            LookedAt: self.looked_at,
            SurfaceDrawn: self.surface_drawn,
            LookedInside: self.looked_inside,
            DataFetched: self.data_fetched,
            Exported: self.exported,
            NetworksListed: self.networks_listed,
            WeightsFetched: self.weights_fetched,
            NetworkImported: self.network_imported,
            Progress: self.progress,
            LrFound: self.lr_found,
            GradientsChecked: self.gradients_checked,
            LayersProfiled: self.layers_profiled,
            Examined: self.examined,
            StepsOpened: self.steps_opened,
            BoxShown: self.box_shown,
            RunEvaluated: self.run_evaluated,
            RunAblated: self.run_ablated,
            CarryPlanned: self.carry_planned,
            Predicted: self.predicted,
            StatisticsKept: self.statistics_kept,
            RunStarted: self.run_started,
            Failed: self.failed,
            EngineLost: self.lost,
            **dict.fromkeys(get_args(Live), self.live),
        }

    @property
    def alive(self) -> bool:
        """Whether the engine runs or is being started."""
        return self._client.alive

    def start(self) -> None:
        """Start the engine and listen to it."""
        self._client.start()
        self._timer.start()

    def request(self, kind: type[Request], **fields: Any) -> int:
        """Send a request and return its id."""
        return self._client.request(kind, **fields)

    def claim(self, request_id: int, failed: Callable[[Failed], None]) -> None:
        """Have the failure of a request told to whoever asked, instead of everybody."""
        self._claimed[request_id] = failed

    def drain(self) -> None:
        """Announce all that came since the last time."""
        for record in self._client.drain():
            self._announce(record)

    def close(self, timeout_s: float = CLOSE_S) -> None:
        """End the engine; what it still says is not announced."""
        self._timer.stop()
        self._client.close(timeout_s)

    def _announce(self, record: Record) -> None:
        if isinstance(record, Failed) and record.id in self._claimed:
            self._claimed.pop(record.id)(record)
            return
        if isinstance(record, Tried):
            self._claimed.pop(record.id, None)  # a gesture asks often
        signal = self._signals.get(type(record))
        if signal is not None:
            signal.emit(record)
