"""One open project: its past, the file it came from, and the level of it on show when it is on show."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from studio.app.run_home import RunHome
from studio.graph import levels
from studio.graph.graph import Graph
from studio.graph.history import History
from studio.project.lock import Holder, words
from studio.project.project import Project

Level: TypeAlias = tuple[str, ...]
"""Ids of the instances that lead into a block, from the outermost in; empty for the network itself."""


class Sheet:
    """A project that is open in a window, whether it is the one on show or another.

    Only the document changes it. Views that keep something for a sheet (where the eye was, what was
    selected) keep it in a weak dictionary by sheet: a sheet that is closed takes it along.

    Args:
        project: What it begins with.
        path: Its file; None if it has none.
        saved: It is as in the file, or not worth asking about.
        shelter: Folder where its weights wait until it is saved.
        runs: Folder where its runs wait, if it was trained before it was saved.

    Attributes:
        history: What undo and redo move along.
        path: The project file; None for a project never saved.
        shelter: Folder where its weights wait until it is saved.
        home: Where its runs are stored.
        level: The level of it that is on show, or was last.
        holder: Who else has the file open, and keeps this project from being changed; None if nobody does.
    """

    def __init__(
        self,
        project: Project,
        path: Path | None = None,
        *,
        saved: bool = True,
        shelter: Path | None = None,
        runs: Path | None = None,
    ) -> None:
        self.history: History[Project] = History(project)
        if not saved:
            self.history.mark_unsaved()
        self.path = path
        self.shelter = shelter
        self.home = RunHome(runs)
        self.level: Level = ()
        self.holder: Holder | None = None
        self._open: tuple[Graph, Level, Graph] | None = None

    @property
    def project(self) -> Project:
        """The project as it is now."""
        return self.history.value

    @property
    def graph(self) -> Graph:
        """The graph at `level`: the network, or the inside of a block; it has all definitions."""
        design = self.project.graph
        if not self.level:
            return design
        if self._open is None or self._open[0] is not design or self._open[1] != self.level:
            self._open = design, self.level, levels.level(design, self.level)
        return self._open[2]

    @property
    def folder(self) -> Path | None:
        """Where the project's relative paths start: its file's folder, or that of an import's weights."""
        return self.path.parent if self.path is not None else self.shelter

    @property
    def name(self) -> str:
        """What the project is called: as its file, or as its template while it has none."""
        return self.path.stem if self.path is not None else self.project.name

    @property
    def file_name(self) -> str:
        """Name of its file, or of the one that it would get."""
        return self.path.name if self.path is not None else f"{self.project.name}.flow"

    @property
    def is_modified(self) -> bool:
        """Whether the file differs from the project."""
        return not self.history.is_saved

    @property
    def is_read_only(self) -> bool:
        """Whether it may only be looked at."""
        return self.holder is not None

    @property
    def why_read_only(self) -> str:
        """Return why it cannot be changed, and what can be done; empty if it can be."""
        if self.holder is None:
            return ""
        return (
            f"{self.file_name} is read-only here: {words(self.holder)} has it open. "
            "Save it under another name to change it."
        )

    @property
    def is_untouched(self) -> bool:
        """Whether it is as an empty one begins: nothing is lost by putting another in its place."""
        history = self.history
        fresh = self.path is None and not (history.can_undo or history.can_redo)
        return fresh and not self.is_modified and self.project == Project()
