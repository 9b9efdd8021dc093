"""What happened in a window, for the log: engine, runs, files, refusals."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.engine.records import EngineLost, Failed, Ready
from studio.runs.records import RunState

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow

log = logging.getLogger(__name__)


class Chronicle(QObject):
    """Writes down what a fault may have to do with."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        space = window.workspace
        space.engine_ready.connect(self._ready)
        space.engine_lost.connect(self._lost)
        space.refused.connect(self._refused)
        space.run_state_changed.connect(self._run)
        window.files.failed.connect(lambda what, message: log.warning("Could not %s: %s", what, message))
        window.files.saved.connect(lambda: log.info("Saved %s", window.document.path))
        window.document.opened.connect(lambda: log.info("On show: %s", window.document.path or "no file"))
        window.closed.connect(lambda: log.info("The window was closed."))

    def _ready(self, ready: Ready) -> None:
        log.info("Engine %d is ready: torch %s on %s", ready.pid, ready.torch, ", ".join(ready.devices))

    def _lost(self, lost: EngineLost, run: str) -> None:
        log.error("%s It took the run “%s” along.\n%s", lost.message, run, lost.log)

    def _refused(self, failed: Failed) -> None:
        if failed.code != "cancelled":
            log.warning("Refused (%s): %s\n%s", failed.code, failed.message, failed.details)

    def _run(self, state: RunState | None) -> None:
        log.info("The run “%s” is %s.", self._window.workspace.run, state)
