"""The one place that holds the current design. Everything on screen listens to it; only it changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.app.place import Place, place_of
from studio.app.sheet import Level, Sheet
from studio.errors import ReadOnlyError
from studio.graph import levels
from studio.graph.graph import Graph
from studio.graph.history import History
from studio.project.project import Project

__all__ = ["Document", "Level"]


class Document(QObject):
    """The open projects, and the one of them on show: what it is, was, and which level of it is seen.

    An edit is a pure function; the document applies it, keeps the value before it for undo, and
    announces both. Views compare the two and touch what differs. `graph` is what the person looks at:
    the network, or the inside of one of its blocks.

    Each open project is a `Sheet`; everything but `sheets` is about the one on show. Another one comes
    on show by `level_left` and `left`, while the old one still is, then `changed` and `opened`.
    """

    changed = Signal(object, object)
    """(old, new) `Project`: after every edit, undo and redo, and when another project comes on show."""

    level_left = Signal()
    """Another level is about to be shown: whoever holds unfinished input commits it to this one."""

    level_changed = Signal()
    """Another level is on show. An undo that takes the level away announces this before `changed`."""

    left = Signal()
    """Another project is about to be shown: views keep by `sheet` what they want to find on return."""

    opened = Signal()
    """Another project is on show, just opened or come back to. Follows `changed`."""

    state_changed = Signal()
    """Path, modified mark or history moved: title, undo and redo actions look again."""

    code_wanted = Signal(str, bool)
    """Path of a custom layer whose code somebody wants to see; and whether to edit it, or to read it."""

    sheets_changed = Signal()
    """A project was opened or closed, or their order is another."""

    def __init__(self, project: Project | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sheet = Sheet(project or Project())
        self._sheets: tuple[Sheet, ...] = (self._sheet,)

    # The project on show --------------------------------------------------------------------------

    @property
    def sheet(self) -> Sheet:
        """The open project on show. Read only for views."""
        return self._sheet

    @property
    def project(self) -> Project:
        """The current project."""
        return self._sheet.project

    @property
    def design(self) -> Graph:
        """The whole network: the outermost graph, with all definitions."""
        return self.project.graph

    @property
    def graph(self) -> Graph:
        """What is on show: the network, or the inside of the block at `level`; it has all definitions."""
        return self._sheet.graph

    @property
    def level(self) -> Level:
        """Where in the network `graph` is."""
        return self._sheet.level

    @property
    def place(self) -> Place:
        """What the level on show is called elsewhere, and what its expressions stand for."""
        return place_of(self.design, self.level)

    @property
    def block(self) -> str:
        """Name of the block whose inside is on show; empty for the network itself."""
        found = levels.block_at(self.design, self.level)
        return found.name if found is not None else ""

    @property
    def history(self) -> History[Project]:
        """What undo and redo move along. Read only for views."""
        return self._sheet.history

    @property
    def path(self) -> Path | None:
        """The project file; None for a project never saved."""
        return self._sheet.path

    @property
    def folder(self) -> Path | None:
        """Where the project's relative paths start: its file's folder, or that of an import's weights."""
        return self._sheet.folder

    @property
    def name(self) -> str:
        """What the project is called: as its file, or as its template while it has none."""
        return self._sheet.name

    @property
    def is_modified(self) -> bool:
        """Whether the file differs from what is on screen."""
        return self._sheet.is_modified

    # All open projects ----------------------------------------------------------------------------

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """All open projects, in the order of their tabs; at least one."""
        return self._sheets

    def find(self, path: Path) -> Sheet | None:
        """Return the open project of a file, if there is one."""
        return next((sheet for sheet in self._sheets if sheet.path == path), None)

    def open(
        self,
        project: Project,
        path: Path | None,
        *,
        saved: bool = True,
        shelter: Path | None = None,
        runs: Path | None = None,
    ) -> None:
        """Open a project beside the others and show it; an empty one that nobody touched makes room.

        Args:
            project: What is shown.
            path: Its file; None if it has none.
            saved: It is as in the file, or not worth asking about.
            shelter: Folder where its weights wait until it is saved.
            runs: Folder where its runs wait until it is saved.
        """
        before = self._sheet
        made = Sheet(project, path, saved=saved, shelter=shelter, runs=runs)
        self._insert(made, self._sheets.index(before) + 1)
        self.show(made)
        if before.is_untouched:
            self.close(before)
        else:
            self.sheets_changed.emit()

    def add(self, project: Project, path: Path | None, place: int) -> Sheet:
        """Open a project beside the others without showing it.

        Args:
            place: Where among the tabs.
        """
        made = Sheet(project, path)
        self._insert(made, place)
        self.sheets_changed.emit()
        return made

    def show(self, sheet: Sheet) -> None:
        """Show another of the open projects, as it was left."""
        if sheet is self._sheet or sheet not in self._sheets:
            return
        self.level_left.emit()
        self.left.emit()
        old, level = self._sheet, self.level
        old.history.end_gesture()
        self._sheet = sheet
        if sheet.level != level:
            self.level_changed.emit()
        self.changed.emit(old.project, sheet.project)
        self.opened.emit()
        self.state_changed.emit()

    def close(self, sheet: Sheet) -> None:
        """Close a project without asking; its neighbour comes on show, or an empty one after the last."""
        if sheet not in self._sheets:
            return
        if len(self._sheets) == 1:
            self._insert(Sheet(Project()), 1)
        place = self._sheets.index(sheet)
        if sheet is self._sheet:
            self.show(self._sheets[place + 1 if place + 1 < len(self._sheets) else place - 1])
        self._sheets = tuple(other for other in self._sheets if other is not sheet)
        self.sheets_changed.emit()

    def move(self, sheet: Sheet, place: int) -> None:
        """Give an open project another place among the tabs."""
        others = [other for other in self._sheets if other is not sheet]
        others.insert(place, sheet)
        self._sheets = tuple(others)
        self.sheets_changed.emit()

    def _insert(self, sheet: Sheet, place: int) -> None:
        self._sheets = (*self._sheets[:place], sheet, *self._sheets[place:])

    # What changes the project on show -------------------------------------------------------------

    def read_again(self, sheet: Sheet, project: Project) -> None:
        """Put what its file holds by now in the place of an open project; its history begins anew."""
        old = sheet.project
        sheet.history = History(project)
        if sheet is self._sheet:
            self._announce(old)
        else:
            sheet.level = ()

    def mark_saved(self, path: Path) -> None:
        """Say that the current project is now in this file."""
        self._sheet.path = path
        self.mark_as_saved()

    def mark_as_saved(self) -> None:
        """Say that the file of the current project holds it as it is."""
        self.history.mark_saved()
        self.state_changed.emit()

    def mark_unsaved(self) -> None:
        """Say that the file of the current project holds something else."""
        self.history.mark_unsaved()
        self.state_changed.emit()

    def go_to(self, level: Level) -> None:
        """Show another level.

        Raises:
            GraphError: It leads into no block; nothing is changed then.
        """
        levels.level(self.design, level)
        if level == self.level:
            return
        self.end_gesture()
        self.level_left.emit()
        self._sheet.level = level
        self.level_changed.emit()

    def enter(self, node_id: str) -> None:
        """Show the inside of a block of the present level.

        Raises:
            GraphError: The node is a layer, or a block that the project does not define.
        """
        self.go_to((*self.level, node_id))

    def leave(self) -> None:
        """Show the level that the present block lies in."""
        self.go_to(self.level[:-1])

    def edit(self, label: str, change: Callable[[Graph], Graph]) -> None:
        """Change the graph on show; one step of undo, or part of the open gesture.

        Inside a block this changes its definition, and all instances follow.

        Raises:
            GraphError: From the edit, because a block would contain itself, or because the project is
                read-only; nothing is changed then.
        """
        self.edit_design(label, lambda design: levels.edit_level(design, self.level, change))

    def edit_design(self, label: str, change: Callable[[Graph], Graph]) -> None:
        """Change the whole network, whatever level is on show.

        Raises:
            GraphError: From the edit, or because a block would contain itself; nothing is changed then.
        """
        self._record(label, lambda project: replace(project, graph=change(project.graph)), self.level)

    def edit_project(self, label: str, change: Callable[[Project], Project]) -> None:
        """Change the network, the data or the training settings; one step of undo, at no level.

        Raises:
            ReadOnlyError: Somebody else has the project open.
        """
        self._record(label, change, None)

    def _record(self, label: str, change: Callable[[Project], Project], where: Level | None) -> None:
        old = self.project
        new = change(old)
        if new == old:
            return
        if self._sheet.is_read_only:
            raise ReadOnlyError(self._sheet.why_read_only)
        self.history.record(new, label, where)
        self._announce(old)

    def begin_gesture(self, label: str) -> None:
        """From here to `end_gesture` all edits are one step of undo."""
        self.history.begin_gesture(label)

    def end_gesture(self) -> None:
        """Close the gesture."""
        self.history.end_gesture()
        self.state_changed.emit()

    def cancel_gesture(self) -> None:
        """Close the gesture and take back what it did."""
        old = self.project
        self.history.cancel_gesture()
        self._announce(old)

    def undo(self) -> None:
        """Take back the last step, and show the level where it was made."""
        self._step(-1)

    def redo(self) -> None:
        """Make the step again that was taken back last, and show the level where it was made."""
        self._step(1)

    def go_to_step(self, index: int) -> None:
        """Go back or forward to a step of the history, and show the level of what changed last on the way.

        What a person sees is what was changed: a step made inside a block is not taken back unseen.
        """
        self.end_gesture()
        self._commit_before(index)
        self._travel(index)

    def _step(self, way: int) -> None:
        self.end_gesture()
        self._commit_before(self.history.index + way)
        self._travel(self.history.index + way)

    def _commit_before(self, index: int) -> None:
        """Let what is typed and not finished become a step, if the way to a step leaves the level on show."""
        if self._level_of_way(index) != self.level:
            self.level_left.emit()

    def _travel(self, index: int) -> None:
        if self._sheet.is_read_only:
            return
        if 0 <= index < len(self.history.entries) and index != self.history.index:
            old, level = self.project, self._level_of_way(index)
            self.history.go_to(index)
            self._announce(old, level)

    def _level_of_way(self, index: int) -> Level:
        """Return where the change was made that one sees last on the way to a step; else where one is."""
        steps, here = self.history.entries, self.history.index
        seen = index if index > here else index + 1
        where = steps[seen].where if index != here and 0 <= seen < len(steps) else None
        return self.level if where is None else where

    def _announce(self, old: Project, level: Level | None = None) -> None:
        if self.project is not old:
            self._keep_level(self.level if level is None else level)
            self.changed.emit(old, self.project)
        self.state_changed.emit()

    def _keep_level(self, level: Level) -> None:
        """Show this level, or as much of the way to it as there still is."""
        while not levels.is_open(self.design, level):
            level = level[:-1]
        if level != self.level:
            self._sheet.level = level
            self.level_changed.emit()
