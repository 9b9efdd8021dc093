"""The File menu: projects and their files, and what goes in and out of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from studio.app.actions import ACTION, Actions
from studio.project.sample_projects import SAMPLES, SampleProject

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow

STANDARD = QKeySequence.StandardKey
BUSY = "A run is going on: {} when it is over."
EMPTY = "The canvas is empty."


def add_file_actions(actions: Actions, window: MainWindow) -> None:
    """Add what is done with whole projects."""
    add = actions.add
    add("file.new", "&New…", window.gallery.open, STANDARD.New, icon="ph.file-plus")
    tip = "Begin an empty project beside the open ones"
    add("file.new_tab", "New &tab", window.projects.new_tab, "Ctrl+T", tip=tip)
    add("file.open", "&Open…", window.open_project, STANDARD.Open, icon="ph.folder-open")
    add("file.save", "&Save", window.files.save, STANDARD.Save, icon="ph.floppy-disk")
    add("file.save_as", "Save &As…", window.files.save_as, "Ctrl+Shift+S")
    add("file.save_all", "Save a&ll", window.files.save_all, tip="Save all projects with unsaved changes")
    add("file.close", "&Close", window.projects.close, "Ctrl+W", tip="Close the project on show")
    add("file.import", "&Import…", window.imports.open, tip="A network of torchvision, with its weights")
    add("file.export", "&Export…", window.exports.open, tip="As source, ONNX, a program or weights")
    tip = "The project, a run and its weights in one file for another machine"
    add("file.share", "S&hare…", window.sharing.share, tip=tip)
    add("file.picture", "Export &picture…", window.pictures.open, "Ctrl+Shift+E")
    tip = "What was not saved when the program ended"
    add("file.recover", "Reco&ver…", window.recovery.offer_or_say, tip=tip)
    add("file.quit", "&Quit", window.quit_wanted.emit, STANDARD.Quit)
    for sample in SAMPLES:
        open_sample = partial(window.open_sample, sample.key)
        add(_sample_action(sample), sample.title, open_sample, tip=sample.summary)
    window.projects.bar.offer_new(actions["file.new_tab"])


def fill_file_menu(actions: Actions, window: MainWindow, menu: QMenu) -> None:
    """Put them in their places."""
    actions.fill(menu, "file.new", "file.new_tab", "file.open")
    recent = menu.addMenu("Open &recent")
    recent.aboutToShow.connect(partial(_fill_recent, window, recent))
    actions.fill(menu.addMenu("Open sa&mple"), *map(_sample_action, SAMPLES))
    actions.fill(menu, "", "file.save", "file.save_as", "file.save_all", "file.close", "")
    actions.fill(
        menu, "file.import", "file.export", "file.picture", "file.share", "", "file.recover", "file.quit"
    )


def refresh_file_actions(actions: Actions, window: MainWindow) -> None:
    """Enable what can do something now, and say why the rest cannot."""
    enable, space, document = actions.enable, window.workspace, window.document
    enable("file.picture", bool(len(document.graph)), EMPTY)
    enable("file.import", not space.is_busy, BUSY.format("import"))
    why_not = BUSY.format("export") if space.is_busy else EMPTY
    enable("file.export", bool(len(document.design)) and not space.is_busy, why_not)
    enable("file.save", not document.sheet.is_read_only, document.sheet.why_read_only)
    enable("file.share", bool(len(document.design)), EMPTY)
    unsaved = any(sheet.is_modified for sheet in document.sheets)
    enable("file.save_all", unsaved, "No project has unsaved changes.")


def _fill_recent(window: MainWindow, menu: QMenu) -> None:
    """Offer the projects opened last; the menu is filled when it opens."""
    menu.clear()
    for text in window.settings.preferences.recent:
        path = Path(text)
        action = menu.addAction(f"{path.name}    {path.parent}")
        action.setObjectName(f"{ACTION}recent.{path}")
        action.setStatusTip(f"Open {path}")
        action.triggered.connect(lambda _checked=False, path=path: window.open_project(path))
    if menu.isEmpty():
        nothing = menu.addAction("Nothing was opened yet")
        nothing.setToolTip("Projects that are opened or saved will stand here.")
        nothing.setEnabled(False)


def _sample_action(sample: SampleProject) -> str:
    """Return the name of the action that opens a sample."""
    return f"sample.{sample.key.replace('-', '_')}"
