"""Offers at the start what was not saved, and whenever it is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from studio.app.recovery.keeper import Keeper

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow
    from studio.app.recovery.dialog import RecoveryDialog


class Recovery(QObject):
    """The keeper of a window, with the dialog that offers what other sessions left.

    Attributes:
        keeper: Writes what is not saved.
        dialog: While something is offered.
    """

    def __init__(self, window: MainWindow, folder: Path | None = None) -> None:
        super().__init__(window)
        self._window = window
        self.keeper = Keeper(window.document, folder, self)
        self.dialog: RecoveryDialog | None = None
        self.keeper.failed.connect(window.status.say)
        window.workspace.training_changed.connect(self.keeper.look_again)

    def offer(self) -> None:
        """Offer what was not saved, if there is anything."""
        found = self.keeper.left()
        if not found or self.dialog is not None:
            return
        from studio.app.recovery.dialog import RecoveryDialog

        self.dialog = RecoveryDialog(found, self.keeper.recover, self.keeper.throw_away, self._window)
        self.dialog.finished.connect(self._finished)
        self.dialog.open()

    def offer_or_say(self) -> None:
        """Offer what was not saved, or say that there is nothing."""
        self.offer()
        if self.dialog is None:
            self._window.status.say("There is nothing to recover: everything was saved or thrown away.")

    def _finished(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None
        self.keeper.wait()
