"""Menus and the actions in them: what can be done, by which keys, and why not just now."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QActionGroup, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QMessageBox

from studio.app.actions import Actions, plain
from studio.app.canvas.actions import add_canvas_actions
from studio.app.canvas.card_actions import ON_NODES, fill_card_menu
from studio.app.canvas.heat.actions import fill_heat_menus
from studio.app.canvas.rewire_actions import (
    fill_align_menu,
    fill_select_menu,
    fill_wire_menu,
    refresh_rewire_actions,
)
from studio.app.canvas.search_actions import refresh_search_actions
from studio.app.command_menu import SCHEMES, CommandMenu
from studio.app.keymap import Keymap, chord, chord_of
from studio.app.network_actions.menu import NetworkMenu
from studio.app.panel_actions import add_panel_actions
from studio.project.sample_projects import SAMPLES, SampleProject

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow

STANDARD = QKeySequence.StandardKey


class Menus(QObject):
    """Makes a window's actions and menus, and keeps them enabled as far as they can do something.

    Attributes:
        actions: All actions, by name.
        network: The menu of actions on the whole network.
        commands: The palette, which finds all of them by words, and the preferences.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.actions = Actions(window, window.canvas, Keymap(window.settings, window))
        self._add_file_actions()
        self._add_tab_actions()
        self._add_edit_actions()
        add_canvas_actions(self.actions, window.canvas)
        self._add_view_actions()
        self._add_train_actions()
        self._add_command_actions()
        self._add_welcome_actions()
        self._fill_bar()
        window.canvas.arranger.ended.connect(self._refresh_arranging)

    # Actions --------------------------------------------------------------------------------------

    def _add_file_actions(self) -> None:
        add, window = self.actions.add, self._window
        add("file.new", "&New…", window.gallery.open, STANDARD.New, icon="ph.file-plus")
        add("file.open", "&Open…", window.open_project, STANDARD.Open, icon="ph.folder-open")
        add("file.save", "&Save", window.files.save, STANDARD.Save, icon="ph.floppy-disk")
        add("file.save_as", "Save &As…", window.files.save_as, "Ctrl+Shift+S")
        add("file.save_all", "Save a&ll", window.files.save_all, tip="Save all projects with unsaved changes")
        add("file.import", "&Import…", window.imports.open, tip="A network of torchvision, with its weights")
        add("file.export", "&Export…", window.exports.open, tip="As source, ONNX, a program or weights")
        add("file.picture", "Export &picture…", window.pictures.open, "Ctrl+Shift+E")
        tip = "What was not saved when the program ended"
        add("file.recover", "Reco&ver…", window.recovery.offer_or_say, tip=tip)
        add("file.quit", "&Quit", window.quit_wanted.emit, STANDARD.Quit)
        add("help.about", "&About", self._show_about)

    def _add_tab_actions(self) -> None:
        add, projects = self.actions.add, self._window.projects
        tip = "Begin an empty project beside the open ones"
        add("file.new_tab", "New &tab", projects.new_tab, "Ctrl+T", tip=tip)
        add("file.close", "&Close", projects.close, "Ctrl+W", tip="Close the project on show")
        add("tab.next", "Ne&xt project", projects.next, "Ctrl+Tab", "Ctrl+PgDown")
        add("tab.previous", "Pre&vious project", projects.previous, "Ctrl+Shift+Tab", "Ctrl+PgUp")
        add("tab.move_left", "Move project to the &left", partial(projects.move, -1), "Ctrl+Shift+PgUp")
        add("tab.move_right", "Move project to the &right", partial(projects.move, 1), "Ctrl+Shift+PgDown")
        wanted = self._window.new_window_wanted.emit
        add(
            "view.new_window",
            "New &window",
            wanted,
            "Ctrl+Shift+N",
            tip="Open another window beside this one",
        )
        projects.bar.offer_new(self.actions["file.new_tab"])

    def _add_edit_actions(self) -> None:
        add, document = self.actions.add, self._window.document
        add("edit.undo", "&Undo", document.undo, STANDARD.Undo, icon="ph.arrow-u-up-left")
        add("edit.redo", "&Redo", document.redo, "Ctrl+Shift+Z", "Ctrl+Y", icon="ph.arrow-u-up-right")
        add("edit.copy_picture", "Copy as pict&ure", self._window.pictures.copy, "Ctrl+Shift+C")
        tip = "From another project"
        add("block.import", "I&mport blocks…", self._window.import_blocks, tip=tip)

    def _add_view_actions(self) -> None:
        add = self.actions.add
        add("view.search_layers", "Find a &layer", self._window.library.focus_search, "Ctrl+L")

    def _add_train_actions(self) -> None:
        add, space = self.actions.add, self._window.workspace
        add("train.start", "&Train", space.train, "Ctrl+Return")
        add("train.pause", "&Pause or go on", space.pause_or_go_on, "Ctrl+Shift+Return")
        add("train.stop", "&Stop", space.stop, "Ctrl+.")
        add("train.resume", "&Resume the last run", space.resume_last, tip="Go on where the run stopped")

    def _add_command_actions(self) -> None:
        self.commands = CommandMenu(self._window, self.actions)
        self._go_to = add_panel_actions(self.actions, self._window)

    def _add_welcome_actions(self) -> None:
        for sample in SAMPLES:
            open_sample = partial(self._window.open_sample, sample.key)
            self.actions.add(_sample_action(sample), sample.title, open_sample, tip=sample.summary)
        tour = self._window.tour
        tour.step_shown.connect(self.refresh)
        tour.ended.connect(self.refresh)
        tip = "Digits in five minutes; it goes on where you left it"
        self.actions.add("help.tour", "Guided &tour", tour.start, tip=tip)
        self.actions.add("tour.next", "Next step of the tour", tour.next, "Ctrl+Alt+Right")
        self.actions.add("tour.back", "Step back in the tour", tour.back, "Ctrl+Alt+Left")
        tip = "What it does, its formula, shapes and arguments"
        self.actions.add("help.layer", "Help on this &layer", self._window.helper.open, "F1", tip=tip)

    # Menus ----------------------------------------------------------------------------------------

    def _fill_bar(self) -> None:
        bar, actions = self._window.menuBar(), self.actions
        file = bar.addMenu("&File")
        actions.fill(file, "file.new", "file.new_tab")
        actions.fill(file, "file.open")
        self._recent = self._late_menu(file, "Open &recent", self._fill_recent)
        actions.fill(file.addMenu("Open sa&mple"), *map(_sample_action, SAMPLES))
        actions.fill(file, "", "file.save", "file.save_as", "file.save_all", "file.close", "")
        actions.fill(file, "file.import", "file.export", "file.picture", "", "file.recover", "file.quit")
        edit = bar.addMenu("&Edit")
        actions.fill(edit, "edit.undo", "edit.redo", "", "edit.cut", "edit.copy", "edit.copy_picture")
        actions.fill(edit, "edit.paste", "edit.duplicate", "edit.duplicate_with_inputs")
        actions.fill(edit, "edit.delete", "edit.delete_only", "", "edit.rename", "edit.find")
        fill_select_menu(actions, edit.addMenu("&Select"))
        actions.fill(edit, "", "edit.keys", "edit.preferences")
        self._fill_view(bar.addMenu("&View"))
        self._fill_graph(bar.addMenu("&Graph"))
        self.network = NetworkMenu(self._window, actions, bar.addMenu("&Network"))
        actions.fill(bar.addMenu("&Train"), "train.start", "train.pause", "train.stop", "", "train.resume")
        actions.fill(bar.addMenu("&Help"), "help.tour", "help.layer", "help.keys", "", "help.about")
        actions.describe(self._window.canvas.breadcrumbs.up, "block.leave", "Leave the block")
        for each in bar.actions():
            mnemonic = chord(QKeySequence.mnemonic(each.text()))
            self.actions.keymap.fix(mnemonic, f"open the {plain(each.text())} menu")
        leading = [actions[name] for name in ("edit.undo", "edit.redo", "graph.arrange")]
        self._window.training_bar.add_leading(leading)
        self._window.training_bar.add_trailing(actions["view.commands"])

    def _late_menu(self, menu: QMenu, title: str, fill: object) -> QMenu:
        """Return a menu in a menu that is filled when it opens."""
        late = menu.addMenu(title)
        late.aboutToShow.connect(fill)
        return late

    def _fill_graph(self, graph: QMenu) -> None:
        self.actions.fill(
            graph, "graph.add_layer", "graph.connect", "graph.connect_input", "graph.replace", ""
        )
        self.actions.fill(graph, "graph.arrange", "graph.arrange_selection", "graph.direction", "")
        self.actions.fill(graph, "block.bypass", "graph.freeze", "graph.preview", "")
        fill_card_menu(self.actions, graph.addMenu("&Cards"), self._window.canvas)
        self.actions.fill(graph, "", "block.group", "block.ungroup")
        self.actions.fill(graph, "block.make_unique", "block.expand", "block.enter", "block.leave", "")
        self.actions.fill(graph, "block.take_in", "block.move_out", "")
        self.actions.fill(graph, "block.add_input", "block.add_output", "", "block.import", "")
        fill_wire_menu(self.actions, graph.addMenu("&Wires"))
        fill_align_menu(self.actions, graph.addMenu("A&lign"))
        marks = graph.addMenu("&Notes and frames")
        self.actions.fill(marks, "mark.frame", "mark.note", "mark.arrow", "")
        self.actions.fill(marks, "mark.fit", "mark.contents", "mark.next")

    def _fill_view(self, view: QMenu) -> None:
        actions = self.actions
        actions.fill(view, "view.fit", "view.fit_selection", "view.zoom_in", "view.zoom_out")
        actions.fill(view, "view.zoom_reset", "", "view.commands", "view.search_layers", "")
        actions.fill(view.addMenu("&Go to"), *self._go_to)
        actions.fill(view, "view.new_window", "tab.next", "tab.previous")
        actions.fill(view, "tab.move_left", "tab.move_right", "")
        actions.fill(view, "", "problem.next", "problem.previous", "")
        fill_heat_menus(actions, view)
        view.addSeparator()
        for dock in self._window.docks:
            name = f"view.{dock.objectName()}"
            actions.adopt(name, dock.toggleViewAction(), tip=f"Show or hide: {dock.windowTitle()}")
            actions.fill(view, name)
        appearance = view.addMenu("&Theme")
        group = QActionGroup(self)
        for name in SCHEMES:
            group.addAction(actions[f"view.theme_{name}"])
            actions.fill(appearance, f"view.theme_{name}")
        actions[f"view.theme_{self._window.settings.preferences.theme}"].setChecked(True)

    def _fill_recent(self) -> None:
        self._recent.clear()
        for text in self._window.settings.preferences.recent:
            path = Path(text)
            action = self._recent.addAction(f"{path.name}    {path.parent}")
            action.setObjectName(f"action.recent.{path}")
            action.setStatusTip(f"Open {path}")
            action.triggered.connect(lambda _checked=False, path=path: self._window.open_project(path))
        if self._recent.isEmpty():
            nothing = self._recent.addAction("Nothing was opened yet")
            nothing.setToolTip("Projects that are opened or saved will stand here.")
            nothing.setEnabled(False)

    def _show_about(self) -> None:
        QMessageBox.about(
            self._window,
            "Flowgraph Studio",
            "<b>Flowgraph Studio</b><br>Draw a neural network, train it, and see inside it while it learns.",
        )

    # What can be done now -------------------------------------------------------------------------

    def refresh(self) -> None:
        """Enable what can do something, and say why the rest cannot."""
        enable, history, space = self.actions.enable, self._window.document.history, self._window.workspace
        enable("edit.undo", history.can_undo, "Nothing was changed yet.")
        enable("edit.redo", history.can_redo, "Nothing was undone.")
        undo, redo = history.undo_label.lower(), history.redo_label.lower()
        self.actions["edit.undo"].setText(f"&Undo {undo}".rstrip())
        self.actions["edit.redo"].setText(f"&Redo {redo}".rstrip())
        for name in ("tour.next", "tour.back"):
            enable(
                name, self._window.tour.step is not None, "No tour is going on: begin it in the menu Help."
            )
        selected = not space.selection.is_empty
        for name in ("cut", "copy", "duplicate", "delete", "delete_only"):
            enable(f"edit.{name}", selected, "Nothing is selected.")
        enable("edit.rename", space.selection.single is not None, "Select a single layer to rename it.")
        enable("view.fit_selection", selected, "Nothing is selected.")
        for name in ("file.picture", "edit.copy_picture"):
            enable(name, bool(len(self._window.document.graph)), "The canvas is empty.")
        why_not = "A run is going on: import when it is over."
        enable("file.import", not space.is_busy, why_not)
        why_not = "A run is going on: export when it is over." if space.is_busy else "The canvas is empty."
        enable("file.export", bool(len(space.document.design)) and not space.is_busy, why_not)
        self._refresh_blocks()
        for name in ("fit", "contents"):
            enable(f"mark.{name}", bool(space.selection.marks), "Select a frame.")
        marks = bool(space.document.graph.marks)
        enable("mark.next", marks, "There are no frames, notes or arrows here.")
        self._refresh_arranging()
        refresh_rewire_actions(self.actions, self._window.canvas)
        refresh_search_actions(self.actions, self._window.canvas)
        known = space.facts.is_known
        why_not = "Nothing is wrong with the network." if known else "The network has not been checked yet."
        for name in ("next", "previous"):
            enable(f"problem.{name}", bool(space.facts.problems), why_not)
        why_not = space.why_not_train()
        enable("train.start", not why_not, why_not)
        for name in ("pause", "stop"):
            enable(f"train.{name}", space.is_training, space.why_not_control())
        unsaved = any(sheet.is_modified for sheet in space.document.sheets)
        enable("file.save_all", unsaved, "No project has unsaved changes.")
        several = len(space.document.sheets) > 1
        for name in ("next", "previous", "move_left", "move_right"):
            enable(f"tab.{name}", several, "No other project is open.")
        enable("train.resume", space.can_resume, "There is no stopped run to go on with.")

    def why_not_key(self, event: QKeyEvent) -> str:
        """Return why the action that a key stands for can do nothing now; empty if none is kept from it."""
        name = self.actions.keymap.owner(chord_of(event))
        if name is None or self.actions[name].isEnabled():
            return ""
        action = self.actions[name]
        on_canvas = action.shortcutContext() == Qt.ShortcutContext.WidgetShortcut
        if on_canvas and not self._window.canvas.hasFocus():
            return ""
        return f"{self.actions.title(name)}: {action.toolTip()}"

    def _refresh_arranging(self) -> None:
        enable, space = self.actions.enable, self._window.workspace
        enable("graph.arrange", bool(len(space.document.graph)), "The canvas is empty.")
        self.actions["graph.direction"].setChecked(space.document.graph.direction == "down")
        several = len(space.selection.nodes) > 1
        enable("graph.arrange_selection", several, "Select two or more layers to arrange.")

    def _refresh_blocks(self) -> None:
        enable, space, blocks = self.actions.enable, self._window.workspace, self._window.canvas.blocks
        block, inside = blocks.selected is not None, bool(space.document.level)
        enable("block.group", bool(space.selection.nodes), "Select what the block is to be made of.")
        for name in ("ungroup", "make_unique", "enter", "expand"):
            enable(f"block.{name}", block, "Select a single block.")
        for name in ("leave", "add_input", "add_output"):
            enable(f"block.{name}", inside, "Only inside a block.")
        for name in ON_NODES:
            enable(name, bool(space.selection.nodes), "Nothing is selected.")
        enable("graph.preview", space.selection.single is not None, "Select a single layer.")


def _sample_action(sample: SampleProject) -> str:
    """Return the name of the action that opens a sample."""
    return f"sample.{sample.key.replace('-', '_')}"
