"""The note of the tour: what to do now and why, how far the tour is, and the way back, on and out."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.app.theme.polish import label, set_property
from studio.app.theme.theme import theme
from studio.app.theme.tokens import ICON, SPACE, TOUR_NOTE_WIDTH


class TourNote(QFrame):
    """A card beside what is lit. It never takes the keyboard by itself."""

    back_wanted = Signal()
    next_wanted = Signal()
    end_wanted = Signal()
    restart_wanted = Signal()
    project_wanted = Signal()
    """The network of the tour is to be opened again."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("tour.note")
        self.setAccessibleName("Guided tour")
        self.setProperty("role", "popup")
        self.setFixedWidth(TOUR_NOTE_WIDTH)
        self.progress = label("", "small", self)
        self.progress.setObjectName("tour.progress")
        self.title = label("", "title", self, wrap=True)
        self.title.setObjectName("tour.title")
        self.text = label("", "", self, wrap=True)
        self.text.setObjectName("tour.text")
        self.todo = label("", "heading", self, wrap=True)
        self.todo.setObjectName("tour.todo")
        self._mark = QLabel(self)
        self._mark.setFixedSize(ICON, ICON)
        self.said = label("", "dim", self, wrap=True)
        self.said.setObjectName("tour.said")
        self.project = self._button("project", "Open the digits network", "small", self.project_wanted)
        self.restart = self._button("restart", "Start over", "link", self.restart_wanted)
        self.end = self._button("end", "End tour", "link", self.end_wanted)
        self.back = self._button("back", "Back", "", self.back_wanted)
        self.next = self._button("next", "Next", "", self.next_wanted)
        self._is_done: bool | None = None
        self._arrange()
        theme().changed.connect(self._dress)

    def show_step(self, place: int, count: int, title: str, why: str, todo: str) -> None:
        """Show a step.

        Args:
            place: Its number, from 0.
            count: How many there are.
            title: What it is about.
            why: What it is good to know.
            todo: What to do.
        """
        self.progress.setText(f"{place + 1} of {count}")
        self.title.setText(title)
        self.text.setText(why)
        self.todo.setText(todo)
        self.back.setEnabled(place > 0)
        self.back.setToolTip("" if place else "This is the first step.")
        self.restart.setVisible(place > 0)
        self._is_last = place == count - 1
        self.end.setVisible(not self._is_last)
        self._is_done = None
        self.setAccessibleDescription(f"{place + 1} of {count}. {title}. {why} {todo}")

    def show_state(self, done: bool, said: str, missing: bool) -> None:
        """Show whether the step is done.

        Args:
            done: It is.
            said: Why it cannot be done now; empty if it can.
            missing: What it is about is not on show, so the network of the tour may be opened again.
        """
        self.said.setText(said or ("Done." if done and not self._is_last else ""))
        self.said.setVisible(bool(self.said.text()))
        self._mark.setVisible(done and not said and not self._is_last)
        self.project.setVisible(missing)
        if done != self._is_done:
            self._is_done = done
            words = "Finish" if self._is_last else "Next" if done else "Skip this step"
            self.next.setText(words)
            set_property(self.next, "role", "primary" if done else "")
            self._dress()

    def name_keys(self, back: str, on: str) -> None:
        """Say on the buttons which keys do the same."""
        for button, keys in ((self.next, on), (self.back, back)):
            button.setToolTip(f"{button.text()}  ({keys})" if keys else "")
        self.end.setToolTip("The tour goes on here next time  (Esc)")

    def _button(self, name: str, words: str, role: str, wanted: SignalInstance) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(f"tour.{name}")
        button.setProperty("role", role)
        button.clicked.connect(wanted)
        return button

    def _arrange(self) -> None:
        top, state, bottom = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.progress)
        top.addStretch(1)
        top.addWidget(self.restart)
        state.setSpacing(2 * SPACE)
        state.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        state.addWidget(self.said, 1)
        bottom.setSpacing(2 * SPACE)
        bottom.addWidget(self.end)
        bottom.addStretch(1)
        bottom.addWidget(self.back)
        bottom.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACE, 3 * SPACE, 4 * SPACE, 4 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addLayout(top)
        column.addWidget(self.title)
        column.addWidget(self.text)
        column.addWidget(self.todo)
        column.addLayout(state)
        column.addWidget(self.project)
        column.addSpacing(SPACE)
        column.addLayout(bottom)

    def _dress(self) -> None:
        self._mark.setPixmap(theme().mark("good").pixmap(ICON, ICON))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """End the tour with Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.end_wanted.emit()
        else:
            super().keyPressEvent(event)
