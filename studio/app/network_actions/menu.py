"""The Network menu: one entry an action, enabled where it can do something, else saying why not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from studio.app.actions import Actions
from studio.app.network_actions.comparison import Comparison
from studio.app.network_actions.notice import Notice
from studio.app.place import name_at
from studio.catalog.spec import ArgSpec
from studio.graph.graph import Graph

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow
    from studio.app.network_actions.dialog import ActionDialog
    from studio.zoo.actions import Action, Change

DELETE = "delete_and_reconnect"
LOOK = "network.look_inside"
STEP, ABLATE = "step_through", "ablate"
UNTRAINED = "No run of this project has weights yet. Train it first."
SELECT = "Select the layers or blocks to delete."
EMPTY = "The canvas is empty."


class NetworkMenu(QObject):
    """Runs the actions of the zoo on the network of a window.

    Args:
        window: Whose network it is.
        actions: Where the entries are kept by name: ``network.remove_shortcuts``.
        menu: Where they stand.

    Attributes:
        dialog: The last one opened.
    """

    def __init__(self, window: MainWindow, actions: Actions, menu: QMenu) -> None:
        super().__init__(window)
        self._window, self._actions, self._menu = window, actions, menu
        self._document = window.document
        self.comparison = Comparison(window.workspace.link, self)
        self.notice = Notice(window.banner, window.document, self.comparison, self)
        self.dialog: ActionDialog | None = None
        self._known: dict[str, Action] = {}
        self._judged: Graph | None = None
        tip = "What its layers make of samples: units, correlations and more, of any checkpoint"
        actions.add(LOOK, "&Look inside…", window.dialogs.look_inside, "Ctrl+Shift+I", tip=tip)
        menu.setToolTipsVisible(True)
        window.first_painted.connect(self.fill)
        menu.aboutToShow.connect(self.refresh)
        window.workspace.selection.changed.connect(self._allow_delete)
        window.document.changed.connect(self._forget)
        window.canvas.ablation_wanted.connect(self.delete_selection)

    def fill(self) -> None:
        """Make the entries; the actions are loaded for it, which the first picture need not wait for."""
        if self._known:
            return
        from studio.zoo.actions import actions

        self._known = actions()
        taken = {"d", "l"}
        for name, action in self._known.items():
            words = with_mnemonic(action.title, taken)
            self._actions.add(f"network.{name}", words, partial(self.run, name), tip=action.summary)
            self._actions.fill(self._menu, f"network.{name}")
        tip = "With their activations, normalizations and dropouts"
        self._actions.add(f"network.{DELETE}", "&Delete and reconnect…", self.delete_selection, tip=tip)
        tip = "One batch box by box, forward and backward"
        words = with_mnemonic("Step through…", taken)
        self._actions.add(f"network.{STEP}", words, self._window.dialogs.step_through, tip=tip)
        tip = "What a trained network loses when layers are left out"
        words = with_mnemonic("Ablation…", taken)
        self._actions.add(f"network.{ABLATE}", words, self._window.dialogs.ablate_run, tip=tip)
        last = f"network.{STEP}", f"network.{ABLATE}"
        self._actions.fill(self._menu, "", f"network.{DELETE}", "", LOOK, *last)
        self._allow_delete()

    # What can be done now -------------------------------------------------------------------------

    def refresh(self) -> None:
        """Enable what can change the network on screen, and say why the rest cannot."""
        self.fill()
        self._allow_delete()
        self._actions.enable(LOOK, bool(len(self._document.design)), EMPTY)
        hindrance = self._window.workspace.why_not_train()
        self._actions.enable(f"network.{STEP}", not hindrance, hindrance)
        self._actions.enable(f"network.{ABLATE}", bool(self._window.runs.evaluated), UNTRAINED)
        if self._judged is self._document.design:
            return
        from studio.app.network_actions.fitting import fitted, why_not

        self._judged = design = self._document.design
        for name, action in self._known.items():
            reason = why_not(fitted(action, design), design)
            self._actions.enable(f"network.{name}", not reason, reason)

    def _forget(self) -> None:
        """Let everything be tried until the menu is opened again: the network is another."""
        if self._judged is not None and self._judged is not self._document.design:
            self._judged = None
            for name in self._known:
                self._actions.enable(f"network.{name}", True)

    def _allow_delete(self) -> None:
        if self._known:
            self._actions.enable(f"network.{DELETE}", bool(self._window.workspace.selection.nodes), SELECT)

    # Acting ---------------------------------------------------------------------------------------

    def run(self, name: str) -> None:
        """Do what has nothing to choose; of everything else show what it would do."""
        from studio.app.network_actions.fitting import fitted, why_not

        space = self._window.workspace
        space.about_to_read.emit()
        design = self._document.design
        action = fitted(self._known[name], design)
        reason = why_not(action, design)
        if reason:
            self._window.banner.show_message(f"{action.title.rstrip('…')}: {reason}")
            return
        self.comparison.begin(self._document.project)
        if action.arguments:
            self._open(action)
        else:
            self._apply(action, action.run(design, {}))

    def delete_selection(self) -> None:
        """Show what goes with the selected layers, and what that saves."""
        from studio.zoo.actions import Action, delete_and_reconnect

        space, document = self._window.workspace, self._document
        space.about_to_read.emit()
        chosen = space.selection.ordered()
        if not chosen:
            self._window.status.say(SELECT)
            return
        names = [name_at(document.design, "/".join((*document.level, node_id))) for node_id in chosen]
        followers = ArgSpec(
            "followers", "bool", True, "Delete the activation, normalization and dropout after each, too."
        )
        what = names[0] if len(names) == 1 else f"{len(names)} layers"
        action = Action(
            DELETE,
            f"Delete {what}…",
            "The layers after the gap are fed by what came before it, and read their sizes off the wire.",
            partial(delete_and_reconnect, names=names),
            (followers,),
        )
        self.comparison.begin(document.project)
        self._open(action)

    def _open(self, action: Action) -> None:
        from studio.app.network_actions.dialog import ActionDialog

        dialog = ActionDialog(action, self._document, self.comparison, self._window)
        dialog.applied.connect(partial(self._apply, action))
        dialog.finished.connect(dialog.deleteLater)
        self.dialog = dialog
        dialog.open()

    def _apply(self, action: Action, change: Change) -> None:
        """Make the change: one step of undo, whatever level is on show."""
        from dataclasses import replace

        made = replace(self._document.project, graph=change.graph)
        self._document.edit_project(action.title.rstrip("…"), lambda _: made)
        if not action.arguments:
            self.comparison.look_at(made)
        self.notice.show(change.text)


def with_mnemonic(title: str, taken: set[str]) -> str:
    """Return a menu's words with an ampersand before the first letter that no other entry has."""
    for place, letter in enumerate(title):
        if letter.isalpha() and letter.casefold() not in taken:
            taken.add(letter.casefold())
            return f"{title[:place]}&{title[place:]}"
    return title
