"""The Train menu: the run from its start to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from studio.app.actions import Actions

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow


def add_train_actions(actions: Actions, window: MainWindow) -> None:
    """Add what is done with a run."""
    add, space = actions.add, window.workspace
    add("train.start", "&Train", space.train, "Ctrl+Return")
    add("train.pause", "&Pause or go on", space.pause_or_go_on, "Ctrl+Shift+Return")
    add("train.stop", "&Stop", space.stop, "Ctrl+.")
    add("train.find_lr", "&Find a learning rate…", window.dialogs.find_lr, tip="Look for one before a run")
    tip = "Hold autograd's gradients against finite differences, in float64"
    add("train.check_gradients", "Check &gradients…", window.dialogs.check_gradients, tip=tip)
    tip = "How long each layer takes, forward and backward, and what it keeps"
    add("train.profile", "&Profile layers…", window.dialogs.profile_layers, tip=tip)
    add("train.resume", "&Resume the last run", space.resume_last, tip="Go on where the run stopped")
    tip = "A new run takes over the weights and the optimizer's memory, where they fit"
    add("train.carry_on", "Go on with this &design…", window.dialogs.carry_on, tip=tip)


def fill_train_menu(actions: Actions, menu: QMenu) -> None:
    """Put them in their places."""
    actions.fill(
        menu,
        "train.start",
        "train.pause",
        "train.stop",
        "",
        "train.resume",
        "train.carry_on",
        "",
        "train.find_lr",
        "train.check_gradients",
        "train.profile",
    )


def refresh_train_actions(actions: Actions, window: MainWindow) -> None:
    """Enable what can do something now, and say why the rest cannot."""
    enable, space = actions.enable, window.workspace
    why_not = space.why_not_train()
    enable("train.start", not why_not, why_not)
    for name in ("pause", "stop"):
        enable(f"train.{name}", space.is_training, space.why_not_control())
    enable("train.find_lr", not why_not, why_not)
    enable("train.check_gradients", not why_not, why_not)
    enable("train.profile", not why_not, why_not)
    why_not = _why_not_carry_on(window)
    enable("train.carry_on", not why_not, why_not)
    enable("train.resume", space.can_resume, "There is no stopped run to go on with.")


def _why_not_carry_on(window: MainWindow) -> str:
    """Return why the design cannot go on from the run trained last, in words; empty if it can."""
    space = window.workspace
    if space.is_training:
        return "" if space.state == "paused" else "Pause the run first."
    if not space.run or space.state not in ("finished", "stopped"):
        return "No run of this session has ended yet. The menu of the Runs tab goes on from any run."
    return space.why_not_train()
