"""The tour itself: begins, follows what the person does, points, and remembers how far it came.

It never blocks: the dark lets every click through, the note takes no key, and whatever else the person does
is none of its business. It looks at the window from time to time instead of listening to all of it, because
what it points at moves with scrolling, zooming and resizing too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from studio.app.panel_actions import bring_up
from studio.app.tour import snapshot
from studio.app.tour.note import TourNote
from studio.app.tour.snapshot import Snapshot
from studio.app.tour.spotlight import Spotlight
from studio.app.tour.spots import find, is_there, place_note
from studio.app.tour.steps import PROJECT, STEPS, Step

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow

LOOK_MS = 100
LINGER_MS = 900
"""How long a step that is done stays on screen before the tour goes on."""


class Tour(QObject):
    """The guided tour of a window.

    Args:
        steps: What is done in it.
    """

    step_shown = Signal(str)
    """Key of the step that is on show now."""

    ended = Signal()

    def __init__(self, window: MainWindow, steps: Sequence[Step] = STEPS) -> None:
        super().__init__(window)
        self._window, self._steps = window, tuple(steps)
        self._place = -1
        self._start = Snapshot()
        self._was_open = False
        self._lights: Spotlight | None = None
        self.note: TourNote | None = None
        self._look_timer = QTimer(self, interval=LOOK_MS)
        self._look_timer.timeout.connect(self.look)
        self._go_on = QTimer(self, singleShot=True, interval=LINGER_MS)
        self._go_on.timeout.connect(self.next)

    @property
    def step(self) -> Step | None:
        """The step on show; None while there is no tour."""
        return self._steps[self._place] if self._place >= 0 else None

    @property
    def spotlight(self) -> Spotlight | None:
        """The dark over the window, while there is a tour."""
        return self._lights

    # Going through it -----------------------------------------------------------------------------

    def start(self) -> None:
        """Begin, or go on where the tour was left; the network of the tour is opened if it is not on show."""
        if self.step is not None or not self._has_network():
            return
        left_at = self._window.settings.preferences.tour_step
        self._make()
        self._show(left_at if 0 < left_at < len(self._steps) else 0)
        self._look_timer.start()

    def next(self) -> None:
        """Go to the next step; after the last the tour is over."""
        if self.step is None:
            return
        if self._place + 1 < len(self._steps):
            self._show(self._place + 1)
        else:
            self._place = 0
            self.end()

    def back(self) -> None:
        """Go back a step."""
        if self._place > 0:
            self._show(self._place - 1)

    def restart(self) -> None:
        """Go back to the first step."""
        if self.step is not None:
            self._show(0)

    def end(self) -> None:
        """End the tour; the next time it goes on at this step."""
        if self.step is None:
            return
        self._window.settings.change(tour_step=self._place)
        self._place = -1
        self._look_timer.stop()
        self._go_on.stop()
        if self.note is not None and self.note.isAncestorOf(self._window.focusWidget() or self._window):
            self._window.canvas.setFocus()
        for widget in (self._lights, self.note):
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._lights = self.note = None
        for watched in self._watched():
            watched.removeEventFilter(self)
        self.ended.emit()

    def open_network(self) -> None:
        """Open the network of the tour again, and begin the step on show anew."""
        self._window.open_sample(PROJECT)
        if self.step is not None:
            self._show(self._place)

    def _has_network(self) -> bool:
        """See to it that the network of the tour is on show; False if the person kept another."""
        if self._window.document.project.name != PROJECT:
            self._window.open_sample(PROJECT)
        return self._window.document.project.name == PROJECT

    def _make(self) -> None:
        self._lights = Spotlight(self._window)
        note = self.note = TourNote(self._window)
        note.next_wanted.connect(self.next)
        note.back_wanted.connect(self.back)
        note.end_wanted.connect(self.end)
        note.restart_wanted.connect(self.restart)
        note.project_wanted.connect(self.open_network)
        for watched in self._watched():
            watched.installEventFilter(self)

    def _watched(self) -> tuple[QWidget, ...]:
        return self._window, self._window.canvas

    def _show(self, place: int) -> None:
        self._go_on.stop()
        self._place = place
        self._was_open = False  # who comes back to a step that is done is not sent on again
        step = self._steps[place]
        panel = self._window.findChild(QWidget, step.shows) if step.shows else None
        if panel is not None:
            bring_up(panel)
        if step.fits:
            self._window.canvas.fit()
        self._start = snapshot.take(self._window)
        self._window.settings.change(tour_step=place)
        assert self.note is not None
        self.note.show_step(place, len(self._steps), step.title, *map(self._with_keys, (step.why, step.todo)))
        self.look()
        for widget in (self._lights, self.note):
            assert widget is not None
            widget.show()
            widget.raise_()  # a panel that was brought up went over them
        self.step_shown.emit(step.key)

    def _with_keys(self, text: str) -> str:
        """Return a text with the keys of actions in place of their names."""
        return re.sub(r"\{([a-z_.]+)\}", lambda found: self._keys(found[1]), text)

    def _keys(self, name: str) -> str:
        """Return the keys of an action as they are now; its words where it has none."""
        action = self._window.menus.actions[name]
        written = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        return written or action.text().replace("&", "").rstrip("…")

    # Following ------------------------------------------------------------------------------------

    def look(self) -> None:
        """See what is done, what is there, and where it is now."""
        step, note, lights = self.step, self.note, self._lights
        if step is None or note is None or lights is None:
            return
        now = snapshot.take(self._window)
        done = step.done(self._start, now)
        missing = [spot for spot in step.spots if spot[:5] == "node:" and not is_there(self._window, spot)]
        said = "" if done else self._why_not(step, now, missing)
        note.show_state(done, said, bool(missing) and not done)
        note.name_keys(self._keys("tour.back"), self._keys("tour.next"))
        self._point(step, note, lights)
        if not done:
            self._was_open = True
            self._go_on.stop()
        elif self._was_open and step.goes_on and not self._go_on.isActive():
            self._go_on.start()

    def _why_not(self, step: Step, now: Snapshot, missing: list[str]) -> str:
        """Return why a step cannot be done now, in words; empty if it can."""
        if not step.needs(self._start, now):
            return step.instead
        if missing:
            names = " and ".join(spot.partition(":")[2] for spot in missing)
            return f"There is no {names} on the canvas. Undo, open the network again, or go on."
        return ""

    def _point(self, step: Step, note: TourNote, lights: Spotlight) -> None:
        """Put the light on what the step is about, and the note beside it."""
        window = self._window
        lights.setGeometry(window.rect())
        lights.point_at([place for spot in step.spots for place in find(window, spot)])
        note.resize(note.width(), note.heightForWidth(note.width()))
        note.move(place_note(lights.lit, note.size(), window.rect()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow a new size at once, and end with an Escape that nobody else has a use for."""
        if event.type() == QEvent.Type.Resize:
            QTimer.singleShot(0, self, self.look)
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            wants_out = event.key() == Qt.Key.Key_Escape and self._is_free(watched)
            if wants_out:
                self.end()
            return wants_out
        return super().eventFilter(watched, event)

    def _is_free(self, watched: QObject) -> bool:
        """Say whether an Escape means the tour: the canvas has nothing to cancel, leave or let go of."""
        window = self._window
        if watched is not window.canvas:
            return True
        busy = window.canvas.gesture is not None or bool(window.document.level)
        return not busy and window.workspace.selection.is_empty
