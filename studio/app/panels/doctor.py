"""The tab of the doctor: what goes wrong in the run on screen, why, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from studio.app.doctor import Doctor
from studio.app.document import Document
from studio.app.panels.finding_card import FindingActions, FindingCard
from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE
from studio.engine.records import Progress

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


class DoctorPanel(QWidget):
    """All findings as cards, the worst first.

    Attributes:
        handler: Does what the buttons of the cards say.
    """

    count_changed = Signal(int)
    """Findings that are more than a note, for the title of the tab."""

    def __init__(self, doctor: Doctor, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel.doctor")
        self.setProperty("role", "panel")
        self.setAccessibleName("Doctor")
        self.doctor, self.handler = doctor, FindingActions(document, self)
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
                card.show_finding(findings[place], self.handler.left_to_do(findings[place]))
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
        card.chosen.connect(self.handler.node_chosen)
        card.fix_wanted.connect(self.handler.act)
        self._column.insertWidget(len(self._cards), card)
        self._cards.append(card)
