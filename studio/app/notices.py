"""What goes wrong, said in the strip above the canvas, with what can be done about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from studio import logs
from studio.app.fault_dialog import FaultDialog
from studio.engine.records import EngineLost, Failed
from studio.errors import ProjectError
from studio.project import grants
from studio.project.project import Project
from studio.runs.records import OUT_OF_MEMORY

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow


UNTOUCHED = "The design is untouched. The report says what was found, for whoever looks for the reason."


class Notices(QObject):
    """Turns refusals, a lost engine and failed files into messages with buttons."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.workspace.engine_lost.connect(self.engine_lost)
        window.workspace.refused.connect(self.refused)
        window.files.failed.connect(self.file_failed)
        window.workspace.data.not_allowed.connect(self.ask_to_allow)
        self._asked: set[tuple[str, str]] = set()

    def tell_crashes(self) -> None:
        """Say that the program crashed the last time, if it did."""
        crashes = logs.take_crashes()
        if not crashes:
            return
        newest = crashes[0]
        when = f"{datetime.fromtimestamp(newest.when):%Y-%m-%d %H:%M}"
        what = "The engine" if newest.part == "engine" else "The program"
        more = f" ({len(crashes)} times in all)" if len(crashes) > 1 else ""
        report = "\n\n".join(crash.text for crash in crashes)
        text = f"{what} crashed in native code on {when}{more}. A report was kept on this computer."
        self._window.banner.show_message(text, ("Show report", lambda: self._details(text, report)))

    def engine_lost(self, lost: EngineLost, run: str) -> None:
        """Say that the engine is gone, and offer to go on with the run it took along."""
        space = self._window.workspace
        buttons = []
        if space.engine_alive:
            text = f"{lost.message} Another one was started; the design is untouched."
        else:
            text = f"{lost.message} Nothing can be checked or trained without it; editing and saving work."
            buttons.append(("Try again", space.start))
            self._window.status.show_state(None)
            self._window.status.show_engine("no engine")
        if run:
            text += f" “{run}” can go on from its last checkpoint."
            buttons.append((f"Resume {run}", partial(self._resume, run)))
        if lost.log:
            buttons.append(("Show its log", lambda: self._details(lost.message, lost.log)))
        self._window.banner.show_message(text, *buttons, role="bad")

    def _resume(self, run: str) -> None:
        """Go on with a run, in the project that it belongs to."""
        if self._window.projects.go_to_training():
            self._window.workspace.resume_run(run)
        else:
            self._window.status.say(f"The project of {run} was closed.")

    def refused(self, failed: Failed) -> None:
        """Say why something was not done, and show the layer it is about."""
        window = self._window
        if failed.code == "grant" and failed.details:
            self._asked.discard((window.document.sheet.file_name, failed.details))
            self.ask_to_allow(failed)
            return
        if failed.node:
            window.canvas.reveal_path(failed.node)
        buttons = []
        if failed.problems:
            buttons.append(("Show problems", lambda: window.tabs.setCurrentWidget(window.problems)))
        size = window.document.project.training.batch_size // 2
        is_own = window.workspace.trained is window.document.sheet
        if failed.code == "run" and OUT_OF_MEMORY in failed.message and is_own and size:
            buttons.append((f"Train with batches of {size}", partial(self._train_with, size)))
        if failed.details:
            buttons.append(("Details", lambda: self._details(failed.message, failed.details)))
        window.banner.show_message(failed.message, *buttons, role="bad")

    def _train_with(self, batch_size: int) -> None:
        """Take smaller batches, in one step of undo, and train again."""

        def smaller(now: Project) -> Project:
            return replace(now, training=now.training.model_copy(update={"batch_size": batch_size}))

        self._window.document.edit_project("Set batch_size", smaller)
        self._window.workspace.train()

    def ask_to_allow(self, failed: Failed) -> None:
        """Ask whether projects may read a folder outside their own; once for each project and folder."""
        window, folder = self._window, failed.details
        asked = (window.document.sheet.file_name, folder)
        if not folder or asked in self._asked:
            return
        self._asked.add(asked)
        text = (
            f"“{asked[0]}” names data outside its own folder: {folder}. Nothing there is read before you "
            "allow it. Do so if you know where this project comes from; it then holds for all projects."
        )
        window.banner.show_message(text, ("Allow this folder", partial(self._allow, folder)))

    def _allow(self, folder: str) -> None:
        space = self._window.workspace
        try:
            grants.allow(folder, keep=True)
        except ProjectError as error:
            self._window.status.say(error.message)
            return
        space.data.describe()
        space.check()

    def file_failed(self, what: str, message: str) -> None:
        """Say why a file could not be opened or saved; offer another place to save."""
        buttons = [("Save as…", self._window.files.save_as)] if what == "save" else []
        self._window.banner.show_message(message, *buttons, role="bad")

    def _details(self, text: str, details: str) -> None:
        dialog = FaultDialog(text, self._window.dialogs.report_problem, self._window, before=UNTOUCHED)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.add(details)
        dialog.open()
