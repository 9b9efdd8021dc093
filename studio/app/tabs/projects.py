"""The open projects of a window: their tabs, closing them, and going from one to another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox

from studio.app.panels.training_bar import progress_text
from studio.app.sheet import Sheet
from studio.app.tabs.kept_page import KeptPage
from studio.app.tabs.session import Session
from studio.app.tabs.sheet_bar import SheetBar
from studio.project.project import Project

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow


class Projects(QObject):
    """What a person does with whole projects in a window.

    Attributes:
        bar: Their tabs.
        session: Which of them come back at the next start.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._document, self._space = window, window.document, window.workspace
        self.bar = SheetBar(self._document, self._space.trains, window.menuBar())
        self.session = Session(self._document, window.settings, self)
        KeptPage(self._document, window.tabs)
        self.bar.close_wanted.connect(self.close)
        self.session.missed.connect(window.banner.show_message)
        self._space.training_changed.connect(self.bar.refresh)
        self._space.training_changed.connect(self._show_training)
        self._space.monitor.live_changed.connect(self._show_training)
        self._document.opened.connect(self._show_training)
        self._document.sheets_changed.connect(self._show_training)
        window.training_bar.elsewhere_chosen.connect(self.go_to_training)

    def new_tab(self) -> None:
        """Begin an empty project in a tab of its own."""
        self._document.open(Project(), None)

    def close(self, sheet: Sheet | None = None) -> bool:
        """Close a project, the one on show unless given; False if the person kept it."""
        sheet = sheet or self._document.sheet
        return self.may_stop_training(sheet) and self._window.files.close(sheet)

    def close_all(self) -> None:
        """Close every project without asking; an empty one is on show then."""
        self._document.open(Project(), None)
        for sheet in self._document.sheets:
            if sheet is not self._document.sheet:
                self._document.close(sheet)
        self._window.banner.hide()

    def next(self) -> None:
        """Show the project of the next tab; after the last, the first."""
        self._step(1)

    def previous(self) -> None:
        """Show the project of the tab before; before the first, the last."""
        self._step(-1)

    def move(self, way: int) -> None:
        """Give the project on show a place further to the left (-1) or to the right (1)."""
        sheets = self._document.sheets
        place = sheets.index(self._document.sheet) + way
        if 0 <= place < len(sheets):
            self._document.move(self._document.sheet, place)

    def go_to_training(self) -> bool:
        """Show the project that the engine trains, or trained last; False if it was closed."""
        sheet = self._space.trained
        if sheet is not None:
            self._document.show(sheet)
        return sheet is not None

    def restore(self, path: Path | None) -> None:
        """Open what was open the last time, and a project that is asked for."""
        self.session.restore_shown()
        self._window.first_painted.connect(self.session.restore_others)
        if path is not None:
            self._window.open_path(path)

    def may_close_all(self, *, told_to: bool = False) -> bool:
        """Ask about the run that goes on and about unsaved changes; False keeps the window open.

        Args:
            told_to: The system wants the program to end: the run is stopped without a question.
        """
        trained = self._space.trained
        if (
            self._space.is_busy
            and trained is not None
            and not told_to
            and not self.may_stop_training(trained)
        ):
            return False
        if not self._window.files.may_leave_all():
            return False
        self.session.remember()
        return True

    def may_stop_training(self, sheet: Sheet) -> bool:
        """Ask before leaving a project whose run is going on; stop the run if the person agrees."""
        if not self._space.trains(sheet):
            return True
        answer = QMessageBox.question(
            self._window,
            "A run is going on",
            f"“{sheet.name}” is training. Stop it? A checkpoint is kept, and it can be resumed.",
        )
        if answer != QMessageBox.StandardButton.Yes:
            return False
        self._space.stop()
        return True

    def _step(self, way: int) -> None:
        sheets = self._document.sheets
        place = sheets.index(self._document.sheet) + way
        self._document.show(sheets[place % len(sheets)])

    def _show_training(self) -> None:
        """Say in the training bar which project trains, while another one is on show."""
        space, words = self._space, ""
        if space.is_busy and not space.is_training:
            progress = progress_text(space.trained_state, space.monitor.fed_progress)
            words = f"{space.training_name}: {progress}"
        self._window.training_bar.set_elsewhere(words)
        self._window.status.show_elsewhere(space.training_name if words else "")
