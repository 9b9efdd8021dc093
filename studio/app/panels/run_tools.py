"""What can be done with stored runs: names, tags, notes, the trash, files, and settings taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QMenu, QWidget

from studio.app.background import Background
from studio.app.document import Document
from studio.errors import RunError, StudioError
from studio.project.config import WEIGHTS_SUFFIX
from studio.project.project import Project
from studio.project.weights import copy_as, with_initial_weights
from studio.runs.exporting import Form, export_runs
from studio.runs.store import RunStore

_KEYS = {"rename": Qt.Key.Key_F2, "delete": Qt.Key.Key_Delete}
"""Keys of the table of runs; no shortcuts of the window, where the canvas has them."""


class RunTools(QObject):
    """The menu of chosen runs. Where something fails, the reason is said and nothing is changed.

    Args:
        document: Takes settings and designs of runs back.
        panel: Parent of the dialogs; its keys act on what is chosen in it.
    """

    changed = Signal()
    """The store is not as it was."""

    message = Signal(str)
    compare_wanted = Signal(list)
    """Names of the runs."""

    behind_wanted = Signal(list)
    """Names of the runs to draw behind the curves of the run on show; none for none."""

    log_wanted = Signal()
    """A log of TensorBoard is to be drawn behind the curves."""

    published_wanted = Signal(list)
    """Names of the runs to show beside published error rates."""

    statistics_wanted = Signal(str)
    """Name of the run whose batch normalizations are to have other statistics."""

    ablation_wanted = Signal(str)
    """Name of the run whose network is to be measured with layers left out."""

    carry_on_wanted = Signal(str)
    """Name of the run that the design as it is now is to go on from."""

    design_wanted = Signal(str)
    """Name of the run whose design is to be opened by itself."""

    def __init__(self, document: Document, panel: QWidget) -> None:
        super().__init__(panel)
        self._document, self._panel = document, panel
        self._store: RunStore | None = None
        self._chosen: list[str] = []
        self._exporting = Background(self)
        self._exporting.done.connect(self.message)
        self._exporting.failed.connect(self.message)
        self.actions: dict[str, QAction] = {}
        self.menu = QMenu(panel)
        one, some = self._one, self._some
        self._add("compare", "Compare…", lambda: self.compare_wanted.emit(list(self._chosen)))
        self._add("behind", "Draw behind the curves", lambda: self.behind_wanted.emit(self._chosen))
        self._add("bare", "Draw none behind the curves", lambda: self.behind_wanted.emit([]))
        self._add("log", "Draw a TensorBoard log behind…", self.log_wanted.emit)
        self._add("published", "Beside published errors…", lambda: self.published_wanted.emit(self._chosen))
        self._add("ablate", "Ablation…", one(self.ablation_wanted.emit))
        self._add("statistics", "Batch-norm statistics…", one(self.statistics_wanted.emit))
        self._add("settings", "Use its settings", one(self.use_settings))
        self._add("weights", "Start from its weights", one(self.use_weights))
        self._add("carry_on", "Go on with the design as it is now…", one(self.carry_on_wanted.emit))
        self._add("design", "Open its design in a tab", one(self.design_wanted.emit))
        self.menu.addSeparator()
        self._add("rename", "Rename…", one(self._ask_name))
        self._add("tags", "Tags…", some(self._ask_tags))
        self._add("note", "Note…", one(self._ask_note))
        self.menu.addSeparator()
        self._add("csv", "Export as tables (CSV)…", lambda: self._ask_folder("csv"))
        self._add("tensorboard", "Export for TensorBoard…", lambda: self._ask_folder("tensorboard"))
        self.menu.addSeparator()
        self._add("delete", "Move to the trash", some(self._trash))
        self.trash = self.menu.addMenu("Trash")
        self.trash.setObjectName("runs.trash")
        self.trash.aboutToShow.connect(self._fill_trash)
        self.choose([])

    def set_store(self, store: RunStore | None) -> None:
        """Act on another store."""
        self._store = store

    def choose(self, names: list[str]) -> None:
        """Act on these runs from now on, and say of each action why it cannot be done, if so."""
        self._chosen = names
        for name, action in self.actions.items():
            least, most = {"compare": (2, 8), "csv": (1, 99_999), "tensorboard": (1, 99_999)}.get(
                name, (1, 1)
            )
            if name in ("tags", "delete", "published", "behind"):
                most = 99_999
            if name in ("bare", "log"):
                least, most = 0, 99_999
            wanted = "two runs or more" if least == 2 else "a run" if most > 1 else "one run"
            fits = least <= len(names) <= most
            action.setEnabled(fits)
            action.setToolTip(
                "" if fits else f"{action.text().partition(chr(9))[0].rstrip('…')}: choose {wanted} first."
            )

    def press(self, key: int) -> bool:
        """Do what a key of the table stands for; return whether it stands for anything."""
        name = next((name for name, own in _KEYS.items() if own == key), "")
        if name:
            self.actions[name].trigger()
        return bool(name)

    def show_menu(self, place: QPoint) -> None:
        """Open the menu at a place on the screen."""
        self.menu.exec(place)

    # The actions ------------------------------------------------------------------------------------

    def use_settings(self, name: str) -> None:
        """Make a run's training and data settings the project's: one step of undo."""
        project = self._stored().run(name).project()
        self._document.edit_project(
            f"Settings of {name}", lambda now: replace(now, training=project.training, data=project.data)
        )
        self.message.emit(f"The project has the settings of {name}. Undo brings the old ones back.")

    def use_weights(self, name: str) -> None:
        """Let new runs start from a run's best weights, as far as they fit: a file, and one step of undo."""
        path = self._document.path
        if path is None:
            raise RunError("Save the project first: the weights are kept in a file beside it.")
        kept = self._stored().run(name).checkpoint_path("best")
        file = copy_as(kept, f"{name}{WEIGHTS_SUFFIX}", path.parent)

        def started(now: Project) -> Project:
            training = with_initial_weights(now, file).training
            return replace(now, training=training.model_copy(update={"weights_match": "matching"}))

        self._document.edit_project(f"Start from {name}", started)
        self.message.emit(
            f'New runs start from the weights of {name} ("{file}"), where name and shape are the same. '
            "Network > Replace last layer makes it serve other classes."
        )

    def rename(self, name: str, new: str) -> None:
        """Call a run something else."""
        self._stored().rename(name, new.strip())
        self.changed.emit()

    def tag(self, name: str, text: str) -> None:
        """Give a run the tags that stand in a text, between commas."""
        tags = [tag.strip() for tag in text.split(",") if tag.strip()]
        self._stored().annotate(name, tags=tags)

    def export(self, form: Form, folder: Path) -> None:
        """Write the chosen runs into a folder, beside all else: a long run has a million rows."""
        store = self._stored()
        readers = [store.run(name) for name in self._chosen]

        def write() -> str:
            files = export_runs(readers, folder, form)
            return f'{len(files)} files were written to "{folder}".'

        started = self._exporting.start(write)
        self.message.emit("Exporting …" if started else "An export is under way. Wait until it is done.")

    # Asking -----------------------------------------------------------------------------------------

    def _ask_name(self, name: str) -> None:
        new, ok = QInputDialog.getText(
            self._panel, "Rename the run", "Its new name:", QLineEdit.EchoMode.Normal, name
        )
        if ok and new.strip() != name:
            self.rename(name, new)

    def _ask_tags(self, *names: str) -> None:
        now = ", ".join(self._stored().run(names[0]).info.tags)
        text, ok = QInputDialog.getText(
            self._panel, "Tags", "Words, between commas:", QLineEdit.EchoMode.Normal, now
        )
        if ok:
            for name in names:
                self.tag(name, text)
            self.changed.emit()

    def _ask_note(self, name: str) -> None:
        now = self._stored().run(name).info.note
        text, ok = QInputDialog.getMultiLineText(self._panel, "Note", f"About {name}:", now)
        if ok:
            self._stored().annotate(name, note=text)
            self.changed.emit()

    def _ask_folder(self, form: Form) -> None:
        folder = QFileDialog.getExistingDirectory(self._panel, "Export into the folder")
        if folder:
            self._attempt(lambda: self.export(form, Path(folder)))

    def _trash(self, *names: str) -> None:
        for name in names:
            self._stored().trash(name)
        self.changed.emit()
        self.message.emit(f"Moved to the trash: {', '.join(names)}. The trash of the menu brings it back.")

    def _fill_trash(self) -> None:
        """List what can be brought back."""
        self.trash.clear()
        gone = self._stored().list_runs(trashed=True) if self._store is not None else []
        for info in gone:
            action = self.trash.addAction(f"Bring back {info.name}")
            action.triggered.connect(
                lambda _on=False, name=info.name: self._attempt(lambda: self._restore(name))
            )
        if not gone:
            self.trash.addAction("Nothing was thrown away").setEnabled(False)
            return
        self.trash.addSeparator()
        empty = self.trash.addAction(f"Delete {'it' if len(gone) == 1 else f'all {len(gone)}'} for good")
        empty.setObjectName("runs.empty_trash")
        empty.triggered.connect(lambda: self._attempt(self._empty))

    def _restore(self, name: str) -> None:
        self._stored().restore(name)
        self.changed.emit()

    def _empty(self) -> None:
        count = self._stored().empty_trash()
        self.message.emit(f"{count} {'run' if count == 1 else 'runs'} deleted for good.")

    # How --------------------------------------------------------------------------------------------

    def _add(self, name: str, text: str, slot: Callable[[], None]) -> None:
        key = f"\t{QKeySequence(_KEYS[name]).toString()}" if name in _KEYS else ""
        action = self.menu.addAction(text + key)
        action.setObjectName(f"runs.{name}")
        action.triggered.connect(lambda: self._attempt(slot))
        self.actions[name] = action

    def _one(self, act: Callable[[str], None]) -> Callable[[], None]:
        return lambda: act(self._chosen[0])

    def _some(self, act: Callable[..., None]) -> Callable[[], None]:
        return lambda: act(*self._chosen)

    def _attempt(self, act: Callable[[], None]) -> None:
        """Do something with the store, and say why it could not be done."""
        try:
            act()
        except StudioError as error:
            self.message.emit(error.message)
            self.changed.emit()

    def _stored(self) -> RunStore:
        assert self._store is not None
        return self._store
