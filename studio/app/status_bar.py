"""The strip at the bottom: what the engine does, how fast, whether the file is up to date, the zoom."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from studio.app.theme.theme import theme
from studio.runs.records import RunProgress, RunState

MESSAGE_MS = 6000

_WORDS: dict[RunState, str] = {
    "starting": "warming up",
    "running": "training",
    "paused": "paused",
    "finished": "finished",
    "stopped": "stopped",
    "failed": "failed",
}
_ROLES = {"running": "good", "starting": "good", "paused": "warning", "failed": "bad"}


class StatusBar(QStatusBar):
    """Plain words, each with a place of its own; passing messages lie over them for a while."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._state: RunState | None = None
        self._engine = self._elsewhere = ""
        self._labels = {name: QLabel("", self) for name in ("state", "speed", "saved", "zoom")}
        for name, label in self._labels.items():
            label.setObjectName(f"status.{name}")
        self.addWidget(self._labels["state"])
        self.addWidget(self._labels["speed"])
        self.addPermanentWidget(self._labels["saved"])
        self.addPermanentWidget(self._labels["zoom"])
        self.show_engine("starting the engine …")
        self.show_zoom(1.0)
        theme().changed.connect(self._dress)

    def show_state(self, state: RunState | None) -> None:
        """Show what the run of the project on show does; None when there is none."""
        self._state = state
        self._write()

    def show_engine(self, words: str) -> None:
        """Show what the engine does while there is no run."""
        self._engine = words
        self._write()

    @property
    def engine(self) -> str:
        """What was said of the engine last."""
        return self._engine

    def show_elsewhere(self, project: str) -> None:
        """Show that another project is being trained; an empty name when none is."""
        self._elsewhere = project
        self._write()

    def show_speed(self, progress: RunProgress | None) -> None:
        """Show how fast the run is, and what looking inside costs it."""
        words = ""
        if progress is not None:
            share = 100 * progress.watching
            words = f"{progress.samples_per_s:,.0f} samples/s    watching costs {share:.1f} %"
        self._labels["speed"].setText(words)

    def show_saved(self, saved: bool, *, read_only: bool = False) -> None:
        """Show whether the file is what is on screen, or that it cannot be changed here."""
        self._labels["saved"].setText(
            "unsaved changes" if not saved else "read-only" if read_only else "saved"
        )

    def show_zoom(self, zoom: float) -> None:
        """Show the canvas's zoom."""
        self._labels["zoom"].setText(f"{100 * zoom:.0f} %")

    def say(self, words: str) -> None:
        """Show a passing message."""
        self.showMessage(words, MESSAGE_MS)

    def _write(self) -> None:
        words = self._engine if self._state is None else f"●  {_WORDS[self._state]}"
        if self._elsewhere:
            words = f"●  training {self._elsewhere}"
        self._labels["state"].setText(words)
        self._dress()

    def _dress(self) -> None:
        role = "good" if self._elsewhere else _ROLES.get(self._state or "", "dim")
        self._labels["state"].setStyleSheet(f"color: {getattr(theme().colors, role)}")
