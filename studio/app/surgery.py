"""Go on with the design as it is now…: what a new run would take over from an old one, and its start."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QAbstractItemView, QDialog, QPushButton, QTreeWidgetItem, QVBoxLayout, QWidget

from studio.app.errand import Errand
from studio.app.theme.polish import button_row, framed, label, set_property
from studio.app.theme.tables import FlatTable
from studio.app.theme.theme import theme
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.app.workspace import Workspace
from studio.engine.records import CarryPlanned, PlanCarry
from studio.project.format import to_data
from studio.runs.carried import Carried

SIZE = QSize(170 * SPACE, 130 * SPACE)

HEADER = ("Tensor", "Weights", "Optimizer's memory")
ROLES = {"kept": "good", "fresh": "warning", "dropped": "dim"}


class SurgeryDialog(QDialog):
    """Lists what is kept, what starts fresh and what is dropped, and starts the run.

    Args:
        space: Whose design is trained.
        run: Name of the run to go on from; one that is paused is stopped first.
        parent: The window.
    """

    def __init__(self, space: Workspace, run: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.surgery")
        self.setWindowTitle("Go on with the design as it is now")
        self._space, self._run = space, run
        self._is_stopping = False
        self._planned: Carried | None = None
        self._errand = Errand(space.link, self)
        self.words = label("", "", self, wrap=True)
        self.words.setObjectName("surgery.words")
        self.table = self._table()
        self.train_button = self._button("train", "Train", self.train)
        self.cancel_button = self._button("cancel", "Cancel", self.reject)
        self._arrange()
        space.link.carry_planned.connect(self._take)
        space.training_changed.connect(self._train_when_stopped)
        self._errand.failed.connect(lambda words: self._say(words, "bad"))
        self.finished.connect(lambda _result: self._errand.cancel())
        self._say("Comparing the designs …", "dim")
        self._refresh()

    def compare(self) -> None:
        """Ask what would be taken over."""
        self._errand.ask(
            PlanCarry,
            project=to_data(self._space.document.project),
            run=self._run,
            runs_folder=str(self._space.runs_folder),
        )

    def train(self) -> None:
        """Begin the new run, once the old one has stopped."""
        if self._space.is_training:
            self._is_stopping = True
            self._say(f"Stopping {self._run} with a checkpoint …", "dim")
            self._refresh()
            self._space.stop()
        else:
            self._begin()

    # Building ---------------------------------------------------------------------------------------

    def _table(self) -> FlatTable:
        made = FlatTable("surgery.table", "Tensors that are kept, fresh and dropped", HEADER, parent=self)
        made.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        return made

    def _button(self, name: str, text: str, pressed: object) -> QPushButton:
        made = QPushButton(text, self)
        made.setObjectName(f"surgery.{name}")
        made.setAutoDefault(False)
        made.clicked.connect(pressed)
        return made

    def _arrange(self) -> None:
        upper = QVBoxLayout()
        upper.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        upper.setSpacing(3 * SPACE)
        upper.addWidget(self.words)
        upper.addWidget(self.table, 1)
        framed(self, upper, button_row(self.cancel_button, self.train_button))
        set_property(self.train_button, "role", "primary")
        self.train_button.setDefault(True)
        self.resize(SIZE)

    # What comes -------------------------------------------------------------------------------------

    def _take(self, planned: CarryPlanned) -> None:
        if not self._errand.is_answered_by(planned):
            return
        found = self._planned = planned.carried
        for state, names in (("fresh", found.fresh), ("kept", found.kept), ("dropped", found.dropped)):
            for name in names:
                memory = "kept" if name in found.remembered else ""
                item = QTreeWidgetItem([name, state, memory])
                item.setForeground(1, theme().color(ROLES[state]))
                item.setToolTip(0, name)
                self.table.add(item)
        total = len(found.kept) + len(found.fresh)
        said = f"A new run begins: {len(found.kept)} of {total} tensors go on as {found.source} left them."
        if self._space.is_training:
            said += f" {found.source} is stopped first, with a checkpoint."
        said += " It counts on from the epoch in which that was stopped, or from the first if it had ended."
        self._say(f"{said} {found.note}".strip())
        self._refresh()

    def _train_when_stopped(self) -> None:
        if self._is_stopping and not self._space.is_busy:
            self._begin()

    def _begin(self) -> None:
        self._is_stopping = False
        self.accept()
        self._space.carry_on(self._run)

    def _say(self, words: str, role: str = "") -> None:
        set_property(self.words, "role", role)
        self.words.setText(words)

    def _refresh(self) -> None:
        known = self._planned is not None
        self.train_button.setEnabled(known and not self._is_stopping)
        reason = "The run is being stopped." if self._is_stopping else "The designs are being compared."
        self.train_button.setToolTip("" if known and not self._is_stopping else reason)
