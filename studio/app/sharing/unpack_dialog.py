"""A shared project is opened: what is in it, and the folder that it is unpacked to."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from studio.app.background import Background
from studio.app.outcome_dialog import OutcomeDialog
from studio.app.panels.folder_edit import PathField
from studio.app.theme.polish import label
from studio.app.theme.tokens import EXPORT_SIZE, SPACE
from studio.runs import unpacking
from studio.runs.unpacking import Contents


class UnpackDialog(OutcomeDialog):
    """Asks for the folder and unpacks into it.

    Args:
        path: The shared file.
        contents: What it holds.
        parent: The window.
    """

    unpacked = Signal(object)
    """`Path` of the project's file."""

    def __init__(self, path: Path, contents: Contents, parent: QWidget | None = None) -> None:
        super().__init__("unpack", "Open shared project", parent)
        self._path = path
        self._work = Background(self)
        self.words = label(_words(path, contents), "", self, wrap=True)
        self.words.setObjectName("unpack.contents")
        self.field = PathField(str(unpacking.folder_for(path)), self)
        self.field.setObjectName("unpack.folder")
        self.field.setAccessibleName("Folder to unpack to")
        self.field.setToolTip("An empty or a new folder")
        self.choose_button = self.button("choose", "Choose…", self._choose)
        self.choose_button.setProperty("role", "small")
        self.open_button = self.button("open", "Unpack and open", self.unpack)
        self.cancel_button = self.button("cancel", "Cancel", self.reject)
        row = QHBoxLayout()
        row.setSpacing(2 * SPACE)
        row.addWidget(label("folder", "argument", self))
        row.addWidget(self.field, 1)
        row.addWidget(self.choose_button)
        self.progress.setRange(0, 0)
        parts = self.words, row, self.progress, self.outcome
        self.arrange(parts, None, self.cancel_button, self.open_button)
        self.resize(*EXPORT_SIZE)
        self._work.done.connect(self._done)
        self._work.failed.connect(self._failed)
        self._show_busy(busy=False)

    def _choose(self) -> None:
        start = str(Path(self.field.text()).parent)
        chosen = QFileDialog.getExistingDirectory(self, "Folder to unpack to", start)
        if chosen:
            folder = Path(chosen)
            # A folder that holds something else gets one inside it.
            taken = any(folder.iterdir()) if folder.is_dir() else False
            self.field.setText(str(folder / self._path.stem if taken else folder))

    def unpack(self) -> None:
        """Unpack in a thread of its own; the window goes on."""
        text = self.field.text().strip()
        if not text:
            self._failed("Choose a folder.")
            return
        path, folder = self._path, Path(text).expanduser()
        if self._work.start(lambda: str(unpacking.unpack(path, folder))):
            self.say("")
            self._show_busy(busy=True)

    def _show_busy(self, *, busy: bool) -> None:
        self.progress.setVisible(busy)
        for widget in (self.field, self.choose_button, self.open_button, self.cancel_button):
            widget.setEnabled(not busy)

    def reject(self) -> None:
        """Close, unless it is being unpacked."""
        if not self._work.is_busy:
            super().reject()

    def _done(self, place: str) -> None:
        self._show_busy(busy=False)
        self.accept()
        self.unpacked.emit(Path(place))

    def _failed(self, words: str) -> None:
        self.say(words, "bad")
        self._show_busy(busy=False)


def _words(path: Path, contents: Contents) -> str:
    run = f"the run “{contents.run}” with its curves and weights" if contents.run else "no run"
    size = contents.total / 2**20
    return (
        f"“{path.name}” holds the project “{contents.project}” and {run}, {size:,.1f} MB in all. It is "
        "unpacked into a folder and opened from there; nothing in it is run."
    )
