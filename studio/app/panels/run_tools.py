"""What can be done with stored runs: names, tags, notes, the trash, files, and settings taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QMenu, QWidget

from studio.app.background import Background
from studio.app.document import Document
from studio.app.reading import Reading
from studio.errors import RunError, StudioError
from studio.project.config import WEIGHTS_SUFFIX
from studio.project.project import Project
from studio.project.weights import copy_as, with_initial_weights
from studio.runs.exporting import Form, export_runs
from studio.runs.reader import RunInfo
from studio.runs.store import RunStore

_KEYS = {"rename": Qt.Key.Key_F2, "delete": Qt.Key.Key_Delete}
"""Keys of the table of runs; no shortcuts of the window, where the canvas has them."""


T = TypeVar("T")


class RunTools(QObject):
    """The menu of chosen runs. Where something fails, the reason is said and nothing is changed.

    The store is read and written beside the window's thread, one thing after the other.

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
        self._known: dict[str, RunInfo] = {}
        self._work, self._listing = Reading(self), Reading(self)
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

    @property
    def is_busy(self) -> bool:
        """Whether something is being read or written."""
        return self._work.is_busy or self._listing.is_busy

    def set_store(self, store: RunStore | None) -> None:
        """Act on another store."""
        self._store = store

    def know(self, infos: Iterable[RunInfo]) -> None:
        """Take over what the list says of the runs."""
        self._known = {info.name: info for info in infos}

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
        store, sheet = self._stored(), self._document.sheet

        def take(project: Project) -> None:
            if self._document.sheet is not sheet:
                return
            self._document.edit_project(
                f"Settings of {name}", lambda now: replace(now, training=project.training, data=project.data)
            )
            self.message.emit(f"The project has the settings of {name}. Undo brings the old ones back.")

        self._do(lambda: store.run(name).project(), take)

    def use_weights(self, name: str) -> None:
        """Let new runs start from a run's best weights, as far as they fit: a file, and one step of undo."""
        path = self._document.path
        if path is None:
            raise RunError("Save the project first: the weights are kept in a file beside it.")
        store, sheet, folder = self._stored(), self._document.sheet, path.parent

        def take(file: str) -> None:
            if self._document.sheet is not sheet:
                return
            self._document.edit_project(f"Start from {name}", lambda now: _starting_from(now, file))
            self.message.emit(
                f'New runs start from the weights of {name} ("{file}"), where name and shape are the same. '
                "Network > Replace last layer makes it serve other classes."
            )

        self._do(
            lambda: copy_as(store.run(name).checkpoint_path("best"), f"{name}{WEIGHTS_SUFFIX}", folder),
            take,
        )

    def rename(self, name: str, new: str) -> None:
        """Call a run something else."""
        store = self._stored()
        self._change(lambda: store.rename(name, new.strip()))

    def tag(self, names: Iterable[str], text: str) -> None:
        """Give runs the tags that stand in a text, between commas."""
        store, tags = self._stored(), [tag.strip() for tag in text.split(",") if tag.strip()]

        def write() -> None:
            for name in names:
                store.annotate(name, tags=tags)

        self._change(write)

    def export(self, form: Form, folder: Path) -> None:
        """Write the chosen runs into a folder, beside all else: a long run has a million rows."""
        store, names = self._stored(), list(self._chosen)

        def write() -> str:
            files = export_runs([store.run(name) for name in names], folder, form)
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
        known = self._known.get(names[0])
        now = ", ".join(known.tags) if known is not None else ""
        text, ok = QInputDialog.getText(
            self._panel, "Tags", "Words, between commas:", QLineEdit.EchoMode.Normal, now
        )
        if ok:
            self.tag(names, text)

    def _ask_note(self, name: str) -> None:
        known, store = self._known.get(name), self._stored()
        now = known.note if known is not None else ""
        text, ok = QInputDialog.getMultiLineText(self._panel, "Note", f"About {name}:", now)
        if ok:
            self._change(lambda: store.annotate(name, note=text))

    def _ask_folder(self, form: Form) -> None:
        folder = QFileDialog.getExistingDirectory(self._panel, "Export into the folder")
        if folder:
            self._attempt(lambda: self.export(form, Path(folder)))

    def _trash(self, *names: str) -> None:
        store = self._stored()

        def write() -> None:
            for name in names:
                store.trash(name)

        said = f"Moved to the trash: {', '.join(names)}. The trash of the menu brings it back."
        self._change(write, said)

    def _fill_trash(self) -> None:
        """List what can be brought back, as soon as it is read."""
        if self._store is None:
            self._show_trash([])
            return
        store = self._store
        self._note_trash("Reading the runs …")
        self._listing.start(lambda: store.list_runs(trashed=True), self._show_trash, self._note_trash)

    def _note_trash(self, words: str) -> None:
        self.trash.clear()
        self.trash.addAction(words).setEnabled(False)

    def _show_trash(self, gone: list[RunInfo]) -> None:
        self.trash.clear()
        for info in gone:
            action = self.trash.addAction(f"Bring back {info.name}")
            action.triggered.connect(
                lambda _on=False, name=info.name: self._attempt(lambda: self._restore(name))
            )
        if not gone:
            self._note_trash("Nothing was thrown away")
            return
        self.trash.addSeparator()
        empty = self.trash.addAction(f"Delete {'it' if len(gone) == 1 else f'all {len(gone)}'} for good")
        empty.setObjectName("runs.empty_trash")
        empty.triggered.connect(lambda: self._attempt(self._empty))

    def _restore(self, name: str) -> None:
        store = self._stored()
        self._change(lambda: store.restore(name))

    def _empty(self) -> None:
        def said(count: int) -> None:
            self.message.emit(f"{count} {'run' if count == 1 else 'runs'} deleted for good.")

        self._do(self._stored().empty_trash, said)

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
            self._refused(error.message)

    def _change(self, write: Callable[[], None], said: str = "") -> None:
        """Write into the store, and tell that it is not as it was."""

        def take(_done: None) -> None:
            self.changed.emit()
            if said:
                self.message.emit(said)

        self._do(write, take)

    def _do(self, work: Callable[[], T], take: Callable[[T], None]) -> None:
        """Read or write the store beside the window's thread, one thing at a time: no write may be lost."""
        if self._work.is_busy:
            self.message.emit("The last change of the runs is not done yet. Try again in a moment.")
            return
        self._work.start(work, lambda found: self._attempt(lambda: take(found)), self._refused)

    def _refused(self, words: str) -> None:
        self.message.emit(words)
        self.changed.emit()

    def _stored(self) -> RunStore:
        assert self._store is not None
        return self._store


def _starting_from(project: Project, file: str) -> Project:
    """Return a project whose new runs start from what fits in a file of weights."""
    training = with_initial_weights(project, file).training
    return replace(project, training=training.model_copy(update={"weights_match": "matching"}))
