"""The one place that holds the current design. Everything on screen listens to it; only it changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.graph.graph import Graph
from studio.graph.history import History
from studio.project.project import Project


class Document(QObject):
    """The open project, its past, and the file it came from.

    An edit is a pure function; the document applies it, keeps the value before it for undo, and
    announces both. Views compare the two and touch what differs.
    """

    changed = Signal(object, object)
    """(old, new) `Project`: after every edit, undo and redo, and when another project is opened."""

    opened = Signal()
    """Another project was opened: views may forget what they knew of the old one. Follows `changed`."""

    state_changed = Signal()
    """Path, modified mark or history moved: title, undo and redo actions look again."""

    def __init__(self, project: Project | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history: History[Project] = History(project or Project())
        self._path: Path | None = None

    @property
    def project(self) -> Project:
        """The current project."""
        return self._history.value

    @property
    def graph(self) -> Graph:
        """The current network."""
        return self.project.graph

    @property
    def history(self) -> History[Project]:
        """What undo and redo move along. Read only for views."""
        return self._history

    @property
    def path(self) -> Path | None:
        """The project file; None for a project never saved."""
        return self._path

    @property
    def name(self) -> str:
        """What the project is called: as its file, or as its template while it has none."""
        return self._path.stem if self._path is not None else self.project.name

    @property
    def is_modified(self) -> bool:
        """Whether the file differs from what is on screen."""
        return not self._history.is_saved

    def open(self, project: Project, path: Path | None, *, saved: bool = True) -> None:
        """Show another project, with a fresh history."""
        old = self.project
        self._history = History(project)
        if not saved:
            self._history.mark_unsaved()
        self._path = path
        self.changed.emit(old, project)
        self.opened.emit()
        self.state_changed.emit()

    def mark_saved(self, path: Path) -> None:
        """Say that the current project is now in this file."""
        self._path = path
        self._history.mark_saved()
        self.state_changed.emit()

    def edit(self, label: str, change: Callable[[Graph], Graph]) -> None:
        """Change the network; one step of undo, or part of the open gesture.

        Raises:
            GraphError: From the edit; nothing is changed then.
        """
        self.edit_project(label, lambda project: replace(project, graph=change(project.graph)))

    def edit_project(self, label: str, change: Callable[[Project], Project]) -> None:
        """Change the network, the data or the training settings; one step of undo."""
        old = self.project
        new = change(old)
        if new == old:
            return
        self._history.record(new, label)
        self._announce(old)

    def begin_gesture(self, label: str) -> None:
        """From here to `end_gesture` all edits are one step of undo."""
        self._history.begin_gesture(label)

    def end_gesture(self) -> None:
        """Close the gesture."""
        self._history.end_gesture()
        self.state_changed.emit()

    def cancel_gesture(self) -> None:
        """Close the gesture and take back what it did."""
        old = self.project
        self._history.cancel_gesture()
        self._announce(old)

    def undo(self) -> None:
        """Take back the last step."""
        old = self.project
        self._history.undo()
        self._announce(old)

    def redo(self) -> None:
        """Make the step again that was taken back last."""
        old = self.project
        self._history.redo()
        self._announce(old)

    def _announce(self, old: Project) -> None:
        if self.project is not old:
            self.changed.emit(old, self.project)
        self.state_changed.emit()
