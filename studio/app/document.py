"""The one place that holds the current design. Everything on screen listens to it; only it changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QObject, Signal

from studio.app.place import Place, place_of
from studio.graph import levels
from studio.graph.graph import Graph
from studio.graph.history import History
from studio.project.project import Project

Level: TypeAlias = tuple[str, ...]
"""Ids of the instances that lead into a block, from the outermost in; empty for the network itself."""


class Document(QObject):
    """The open project, its past, the file it came from, and the level of it that is on show.

    An edit is a pure function; the document applies it, keeps the value before it for undo, and
    announces both. Views compare the two and touch what differs. `graph` is what the person looks at:
    the network, or the inside of one of its blocks.
    """

    changed = Signal(object, object)
    """(old, new) `Project`: after every edit, undo and redo, and when another project is opened."""

    level_left = Signal()
    """Another level is about to be shown: whoever holds unfinished input commits it to this one."""

    level_changed = Signal()
    """Another level is on show. An undo that takes the level away announces this before `changed`."""

    opened = Signal()
    """Another project was opened: views may forget what they knew of the old one. Follows `changed`."""

    state_changed = Signal()
    """Path, modified mark or history moved: title, undo and redo actions look again."""

    def __init__(self, project: Project | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history: History[Project] = History(project or Project())
        self._path: Path | None = None
        self._shelter: Path | None = None
        self._level: Level = ()
        self._open: tuple[Graph, Level, Graph] | None = None

    @property
    def project(self) -> Project:
        """The current project."""
        return self._history.value

    @property
    def design(self) -> Graph:
        """The whole network: the outermost graph, with all definitions."""
        return self.project.graph

    @property
    def graph(self) -> Graph:
        """What is on show: the network, or the inside of the block at `level`; it has all definitions."""
        design = self.design
        if not self._level:
            return design
        if self._open is None or self._open[0] is not design or self._open[1] != self._level:
            self._open = design, self._level, levels.level(design, self._level)
        return self._open[2]

    @property
    def level(self) -> Level:
        """Where in the network `graph` is."""
        return self._level

    @property
    def place(self) -> Place:
        """What the level on show is called elsewhere, and what its expressions stand for."""
        return place_of(self.design, self._level)

    @property
    def block(self) -> str:
        """Name of the block whose inside is on show; empty for the network itself."""
        found = levels.block_at(self.design, self._level)
        return found.name if found is not None else ""

    @property
    def history(self) -> History[Project]:
        """What undo and redo move along. Read only for views."""
        return self._history

    @property
    def path(self) -> Path | None:
        """The project file; None for a project never saved."""
        return self._path

    @property
    def folder(self) -> Path | None:
        """Where the project's relative paths start: its file's folder, or that of an import's weights."""
        return self._path.parent if self._path is not None else self._shelter

    @property
    def name(self) -> str:
        """What the project is called: as its file, or as its template while it has none."""
        return self._path.stem if self._path is not None else self.project.name

    @property
    def is_modified(self) -> bool:
        """Whether the file differs from what is on screen."""
        return not self._history.is_saved

    def open(
        self, project: Project, path: Path | None, *, saved: bool = True, shelter: Path | None = None
    ) -> None:
        """Show another project, with a fresh history.

        Args:
            project: What is shown.
            path: Its file; None if it has none.
            saved: It is as in the file, or not worth asking about.
            shelter: Folder where its weights wait until it is saved.
        """
        old = self.project
        self._history = History(project)
        if not saved:
            self._history.mark_unsaved()
        self._path, self._shelter = path, shelter
        self._keep_level(())
        self.changed.emit(old, project)
        self.opened.emit()
        self.state_changed.emit()

    def mark_saved(self, path: Path) -> None:
        """Say that the current project is now in this file."""
        self._path = path
        self._history.mark_saved()
        self.state_changed.emit()

    def go_to(self, level: Level) -> None:
        """Show another level.

        Raises:
            GraphError: It leads into no block; nothing is changed then.
        """
        levels.level(self.design, level)
        if level == self._level:
            return
        self.end_gesture()
        self.level_left.emit()
        self._level = level
        self.level_changed.emit()

    def enter(self, node_id: str) -> None:
        """Show the inside of a block of the present level.

        Raises:
            GraphError: The node is a layer, or a block that the project does not define.
        """
        self.go_to((*self._level, node_id))

    def leave(self) -> None:
        """Show the level that the present block lies in."""
        self.go_to(self._level[:-1])

    def edit(self, label: str, change: Callable[[Graph], Graph]) -> None:
        """Change the graph on show; one step of undo, or part of the open gesture.

        Inside a block this changes its definition, and all instances follow.

        Raises:
            GraphError: From the edit, or because a block would contain itself; nothing is changed then.
        """
        self.edit_design(label, lambda design: levels.edit_level(design, self._level, change))

    def edit_design(self, label: str, change: Callable[[Graph], Graph]) -> None:
        """Change the whole network, whatever level is on show.

        Raises:
            GraphError: From the edit, or because a block would contain itself; nothing is changed then.
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
            self._keep_level(self._level)
            self.changed.emit(old, self.project)
        self.state_changed.emit()

    def _keep_level(self, level: Level) -> None:
        """Show this level, or as much of the way to it as there still is."""
        while not levels.is_open(self.design, level):
            level = level[:-1]
        if level != self._level:
            self._level = level
            self.level_changed.emit()
