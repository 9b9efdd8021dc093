"""The tab of the doctor: what goes wrong in the run on screen, why, and buttons that do something about "
"it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from studio.app.canvas.sizes import measured
from studio.app.doctor import Doctor
from studio.app.document import Document
from studio.app.panels.fix_buttons import Labelled
from studio.app.panels.problem_card import ProblemCard
from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE
from studio.doctor.finding import Finding, Look, Remedy
from studio.doctor.treatment import carried_out
from studio.engine.records import Progress
from studio.errors import StudioError
from studio.graph.problems import Problem

_SEE: dict[Look, str] = {
    "curves": "See the curves",
    "activations": "See the activations",
    "gradients": "See the gradients",
    "filters": "See the filters",
}

_CLOSER = "What runs show by themselves. A closer look sends samples through the network."

_CLOSER_TIP = (
    "Units that ignore the input or say the same, evaluation apart from training on the same samples, and "
    "how "
    "much of a batch's gradient is noise"
)

_HEALTHY = (
    "Nothing goes wrong, as far as it was looked at.\n"
    "While a network trains, what keeps it from learning appears here, with what helps: dead or saturated "
    "units, "
    "vanishing or exploding gradients, a wrong learning rate, over- and underfitting."
)


@dataclass(frozen=True, slots=True)
class See:
    """A button that leads to the evidence."""

    label: str
    look: Look
    node: str


class FindingCard(ProblemCard):
    """A finding: its evidence, what it means, its term, and what to do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, wide=True)
        self.setObjectName("finding")

    def show_finding(self, finding: Finding, remedies: tuple[Remedy, ...]) -> None:
        """Show a finding with those of its remedies that are left to do."""
        words = f"{finding.explanation} Term: {finding.term}."
        self.show_problem(
            Problem(finding.severity, finding.code, finding.evidence, finding.node, suggestion=words),
            finding.name or "the whole run",
        )
        buttons: list[Labelled] = list(remedies)
        if finding.look in _SEE:
            buttons.append(See(_SEE[finding.look], finding.look, finding.node))
        self.fixes.show_fixes(buttons)


class DoctorPanel(QWidget):
    """All findings as cards, the worst first."""

    node_chosen = Signal(str)
    """Path of the node whose finding was chosen."""

    look_wanted = Signal(str)
    """Where somebody wants to see the evidence: a `Look`."""

    count_changed = Signal(int)
    """Findings that are more than a note, for the title of the tab."""

    message = Signal(str)

    def __init__(self, doctor: Doctor, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel.doctor")
        self.setProperty("role", "panel")
        self.setAccessibleName("Doctor")
        self.doctor, self._document = doctor, document
        self._cards: list[FindingCard] = []
        self.empty = label(_HEALTHY, "dim", self, wrap=True)
        self.empty.setObjectName("doctor.empty")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words = label(_CLOSER, "dim", self)
        self.words.setObjectName("doctor.words")
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.closer_button = QPushButton("Look closer", self)
        self.closer_button.setObjectName("doctor.closer")
        self.closer_button.setProperty("role", "small")
        self.closer_button.setToolTip(_CLOSER_TIP)
        self.closer_button.clicked.connect(self._look_closer)
        self._arrange()
        doctor.errand.changed.connect(self._show_errand)
        doctor.errand.progressed.connect(self._show_progress)
        doctor.errand.failed.connect(self._say)
        doctor.changed.connect(self.refresh)
        document.changed.connect(lambda _old, _new: self.refresh())
        self.refresh()

    def cards(self) -> list[FindingCard]:
        """Return the cards on show, top to bottom."""
        return [card for card in self._cards if not card.isHidden()]

    def refresh(self) -> None:
        """Show what is found."""
        findings = self.doctor.findings
        while len(self._cards) < len(findings):
            self._add_card()
        for place, card in enumerate(self._cards):
            card.setVisible(place < len(findings))
            if place < len(findings):
                card.show_finding(findings[place], self._left_to_do(findings[place]))
        self.empty.setVisible(not findings)
        self.count_changed.emit(sum(finding.severity != "info" for finding in findings))

    def _look_closer(self) -> None:
        """Begin, or take it back."""
        if self.doctor.errand.cancel():
            self._say("Cancelled.")
        else:
            self.doctor.look_closely()

    def _show_errand(self) -> None:
        busy = self.doctor.errand.is_going_on
        self.closer_button.setText("Cancel" if busy else "Look closer")
        self._say("Looking closer …" if busy else _CLOSER)

    def _show_progress(self, progress: Progress) -> None:
        self._say(f"Looking closer: {progress.label}, {progress.done:.0f} of {progress.total:.0f}")

    def _say(self, words: str) -> None:
        self.words.setText(words)
        self.words.setToolTip(words)

    def _left_to_do(self, finding: Finding) -> tuple[Remedy, ...]:
        """Return the remedies that would change something."""
        training = self._document.project.training
        return tuple(
            remedy
            for remedy in finding.remedies
            if remedy.fixes or any(getattr(training, name) != value for name, value in remedy.settings)
        )

    def _arrange(self) -> None:
        body = QWidget(self)
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 3 * SPACE)
        self._column.setSpacing(SPACE)
        self._column.addStretch(1)
        self._column.addWidget(self.empty)
        self._column.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(body)
        bar = QHBoxLayout()
        bar.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 0)
        bar.setSpacing(2 * SPACE)
        bar.addWidget(self.words, 1)
        bar.addWidget(self.closer_button)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(bar)
        outer.addWidget(area, 1)

    def _add_card(self) -> None:
        card = FindingCard(self)
        card.chosen.connect(self.node_chosen)
        card.fix_wanted.connect(self._act)
        self._column.insertWidget(len(self._cards), card)
        self._cards.append(card)

    def _act(self, wanted: object) -> None:
        """Carry out a remedy, in one step of undo, or lead to the evidence."""
        if isinstance(wanted, See):
            if wanted.node:
                self.node_chosen.emit(wanted.node)
            self.look_wanted.emit(wanted.look)
        elif isinstance(wanted, Remedy):
            try:
                self._document.edit_project(
                    wanted.label, lambda project: carried_out(project, wanted, measured)
                )
            except StudioError as error:
                self.message.emit(error.message)
            else:
                self.message.emit(f"Done: {wanted.label}. It takes effect with the next run.")
