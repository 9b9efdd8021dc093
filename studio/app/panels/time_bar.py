"""The bar under the plots that goes back in time: a slider over all that was seen of the run on screen."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSlider, QWidget

from studio.app.monitor import Monitor
from studio.app.plots.wording import count
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SPACE

PLAY_S = 8.0
"""How long playing a whole run takes."""

TICK_MS = 50

_LEAST_LOOKS = 2


class TimeBar(QWidget):
    """Sets which moment of the run the monitor looks back to.

    The slider is hidden while the run on screen was looked into fewer than two times. At its right end it
    follows what is newest.

    Args:
        monitor: The runs.
        export: Stands at the right end.
        parent: The dock.
    """

    moved = Signal()
    """Another moment was chosen by hand or by playing."""

    def __init__(
        self, monitor: Monitor, export: QWidget | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("monitor.time")
        self.setProperty("role", "panel")
        self.setAccessibleName("Time")
        self._monitor = monitor
        self._is_moving = False
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._advance)
        self.play_button = self._button("play", "", "Play the run from its start, or from the chosen step")
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setObjectName("time.slider")
        self.slider.setAccessibleName("Step that is looked back to")
        self.slider.setToolTip(
            "Drag to look back: histograms, filters, norms, surfaces and nodes show that step"
        )
        self.slider.valueChanged.connect(self._slid)
        self.words = label("", "dim", self)
        self.words.setObjectName("time.step")
        self.words.setMinimumWidth(44 * SPACE)
        self.now_button = self._button("now", "Now", "Show what is newest again")
        self.play_button.clicked.connect(self.play_or_pause)
        self.now_button.clicked.connect(self.show_now)
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * SPACE, 0, 3 * SPACE, SPACE)
        row.setSpacing(2 * SPACE)
        row.addWidget(self.play_button)
        row.addWidget(self.slider, 1)
        for part in (self.words, self.now_button):
            row.addWidget(part)
        if export is not None:
            row.addWidget(export, 0, Qt.AlignmentFlag.AlignRight)
        monitor.changed.connect(self._on_changed)
        theme().changed.connect(self._show_play)
        self._show_play()
        self.refresh()

    @property
    def looks(self) -> list[int]:
        """Steps at which the run on screen was looked into, ascending."""
        return self._monitor.shown.looks

    @property
    def is_playing(self) -> bool:
        """Whether time goes on by itself."""
        return self._timer.isActive()

    def play_or_pause(self) -> None:
        """Let time go on from the chosen step, from the start if that is the last; or stop."""
        if self.is_playing:
            self._stop()
            return
        if self._monitor.moment is None or self.slider.value() == self.slider.maximum():
            self.slider.setValue(0)
        self._timer.start()
        self._show_play()

    def show_now(self) -> None:
        """Show what is newest, and follow it."""
        self._stop()
        self._monitor.look_back(None)
        self.refresh()

    def refresh(self) -> None:
        """Take in how far the run is."""
        looks = self.looks
        for part in (self.play_button, self.slider, self.words, self.now_button):
            part.setVisible(len(looks) >= _LEAST_LOOKS)
        self._is_moving = True
        self.slider.setRange(0, max(len(looks) - 1, 0))
        moment = self._monitor.moment
        if moment is None or not looks:
            self.slider.setValue(self.slider.maximum())
        self._is_moving = False
        step = looks[-1] if moment is None and looks else moment or 0
        self.words.setText(f"step {count(step)} of {count(looks[-1])}" if looks else "")
        self.now_button.setEnabled(moment is not None)
        self.now_button.setToolTip(
            "Show what is newest again" if moment is not None else "What is newest is on show."
        )

    def _slid(self, place: int) -> None:
        """Look back to the look that the slider stands at."""
        if self._is_moving:
            return
        looks = self.looks
        if looks:
            self._monitor.look_back(looks[min(place, len(looks) - 1)])
            self.refresh()
            self.moved.emit()

    def _advance(self) -> None:
        """Go on a little while playing, and stop at the end."""
        last = self.slider.maximum()
        stride = max(1, round(last * TICK_MS / (1000 * PLAY_S)))
        self.slider.setValue(min(self.slider.value() + stride, last))
        if self.slider.value() >= last:
            self.show_now()

    def _stop(self) -> None:
        self._timer.stop()
        self._show_play()

    def _show_play(self) -> None:
        self.play_button.setIcon(theme().icon("ph.pause-fill" if self.is_playing else "ph.play-fill"))
        self.play_button.setAccessibleName("Pause" if self.is_playing else "Play")

    def _button(self, name: str, text: str, tip: str) -> QPushButton:
        made = QPushButton(text, self)
        made.setObjectName(f"time.{name}")
        made.setProperty("role", "small")
        made.setAccessibleName(tip)
        made.setToolTip(tip)
        return made

    def _on_changed(self, kind: str) -> None:
        if kind == "run":
            self._stop()
        if kind in {"run", "norms", "surface", "moment"}:
            self.refresh()
