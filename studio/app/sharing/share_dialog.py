"""Share…: the project on show, a run of it and that run's weights in one file for another machine."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.app.background import Background
from studio.app.outcome_dialog import OutcomeDialog
from studio.app.panels.argument_form import ArgumentForm
from studio.app.theme.polish import label
from studio.app.theme.tokens import EXPORT_SIZE
from studio.catalog.spec import ArgSpec
from studio.graph.node import Value
from studio.project.files import SHARED_SUFFIX
from studio.project.project import Project
from studio.runs import sharing
from studio.runs.reader import RunInfo
from studio.runs.store import RunStore

NONE = "no run"
WORDS = (
    "Packs the design, its settings and the chosen run, curves and weights, into one file that opens on any "
    "machine. Data are not packed, and neither is what tells of this machine."
)


class ShareDialog(OutcomeDialog):
    """Which run goes along, and what came of it.

    Args:
        project: What is packed, as it is on screen.
        runs: That can go along, the newest first.
        store: Where they are kept.
        home: Where the project's relative paths start; None for one without a place.
        parent: The window.
    """

    written = Signal(str)
    """A sentence for the status bar."""

    def __init__(
        self,
        project: Project,
        runs: Sequence[RunInfo],
        store: RunStore,
        home: Path | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("share", "Share project", parent)
        self._project, self._store, self._home = project, store, home
        self._runs = {info.name: info for info in runs}
        self._cancelled = threading.Event()
        self._work = Background(self)
        self.run = next(iter(self._runs), NONE)
        help_text = "Its curves, design and weights go along; no run: the design alone."
        choices = (*self._runs, NONE)
        self.form = ArgumentForm((ArgSpec("run", "choice", NONE, help_text, choices=choices),), "share", self)
        self.words = label(WORDS, "dim", self, wrap=True)
        self.facts = label("", "", self, wrap=True)
        self.facts.setObjectName("share.facts")
        self.share_button = self.button("save", "Share…", self.ask)
        self.close_button = self.button("close", "Close", self.reject)
        self.progress.setRange(0, 0)
        parts = self.words, self.form, self.facts, self.progress, self.outcome
        self.arrange(parts, None, self.close_button, self.share_button)
        self.resize(*EXPORT_SIZE)
        self.form.edited.connect(lambda _name, value: self.choose(value))
        self.form.reset_wanted.connect(lambda _name: self.choose(NONE))
        self._work.done.connect(self._done)
        self._work.failed.connect(self._failed)
        self._show()

    def choose(self, run: Value) -> None:
        """Choose the run that goes along."""
        self.run = str(run)
        self.say("")
        self._show()

    def ask(self) -> None:
        """Ask where to, and write it there."""
        folder = self._home or Path.home()
        start = str(folder / f"{self._project.name}{SHARED_SUFFIX}")
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Share project", start, f"Shared projects (*{SHARED_SUFFIX})"
        )
        if chosen:
            path = Path(chosen)
            self.write(path if path.suffix == SHARED_SUFFIX else path.with_name(path.name + SHARED_SUFFIX))

    def write(self, path: Path) -> None:
        """Pack in a thread of its own; the window goes on."""
        run = "" if self.run == NONE else self.run
        self._cancelled.clear()

        def work() -> str:
            made = sharing.share(
                self._project,
                path,
                home=self._home,
                store=self._store,
                run=run,
                cancelled=self._cancelled.is_set,
            )
            size = path.stat().st_size
            return "\n".join((f"Wrote {path.name}, {_bytes(size)}.", *made.notes))

        if self._work.start(work):
            self.say("Packing …")
            self._show(busy=True)

    def reject(self) -> None:
        """Close; what is being packed is given up, and nothing is left of it."""
        self._cancelled.set()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """As `reject`."""
        self._cancelled.set()
        super().closeEvent(event)

    def _show(self, *, busy: bool = False) -> None:
        self.form.show_values({"run": self.run})
        self.facts.setText(_facts(self._runs.get(self.run)))
        self.progress.setVisible(busy)
        self.form.setEnabled(not busy)
        self.share_button.setEnabled(not busy)
        self.close_button.setText("Cancel" if busy else "Close")

    def _done(self, words: str) -> None:
        self.say(words, "")
        self._show()
        self.written.emit(words.partition("\n")[0])

    def _failed(self, words: str) -> None:
        self.say(words, "bad")
        self._show()


def _facts(info: RunInfo | None) -> str:
    """Return what a run reached, in a line."""
    if info is None:
        return "The design and its settings alone."
    epochs = "1 epoch" if info.epochs == 1 else f"{info.epochs:,} epochs"
    said = [info.state, epochs]
    if math.isfinite(info.best_val_loss):
        said.append(f"best validation loss {info.best_val_loss:.4g}")
    if math.isfinite(info.best_val_accuracy):
        said.append(f"accuracy {info.best_val_accuracy:.2%}")
    return f"{info.name}: {', '.join(said)}."


def _bytes(count: int) -> str:
    return f"{count / 2**20:,.1f} MB" if count >= 2**20 else f"{max(count / 1024, 0.1):,.1f} kB"
