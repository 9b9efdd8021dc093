"""Any way back and forth: undo and redo find every step again, to the letter."""

from __future__ import annotations

from tests.torture.trials import Promise, Trials

STEPS = 25
GESTURES = 30


def on_the_value(trials: Trials) -> None:
    """Edit, undo, redo, save and open a document at random."""
    from studio.app.document import Document
    from studio.project.project import Project
    from tests.helpers.canvas_table import small_network
    from tests.helpers.random_editor import RandomEditor

    for attempt in trials:
        with attempt:
            editor = RandomEditor(Document(Project("net", small_network())), attempt.folder(), attempt.random)
            try:
                for _ in range(STEPS):
                    editor.step()
                editor.undo_all_and_redo_all()
            except Exception as error:
                raise AssertionError(f"{error!r} after {', '.join(editor.done[-12:])}") from error


def in_the_window(trials: Trials) -> None:
    """Do anything at all by mouse and keys in the real window, then go all the way back and forth."""
    from tests.helpers.hidden_window import HiddenWindow

    with HiddenWindow(trials.folder) as hidden:
        for attempt in trials:
            with attempt:
                hidden.try_gestures(attempt.random.randrange(10**9), GESTURES)


PROMISES = (
    Promise(
        "undo-exact",
        "After any edits, undos, redos, saves and opens, each step of the history is what it was.",
        10_000,
        on_the_value,
        1_800.0,
    ),
    Promise(
        "undo-in-window",
        "After any gestures in the window, undo leads back to every step, and redo forth again.",
        1_000,
        in_the_window,
        1_800.0,
    ),
)
