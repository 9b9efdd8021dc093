"""Problems as a column of cards. Cards are kept and shown anew, so that focus and place stay."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.app.document import Document
from studio.app.panels.fixes import apply_fix
from studio.app.panels.problem_card import ProblemCard
from studio.app.place import name_at
from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE
from studio.graph.problems import Problem

MOST_SHOWN = 100
"""A person mends the first problems first; thousands of cards would only cost time."""


class ProblemList(QWidget):
    """Cards for some problems, whose buttons mend the design.

    Args:
        wide: Passed on to the cards.
    """

    node_chosen = Signal(str)

    mended = Signal(str)
    """Label of the fix that was carried out."""

    def __init__(self, document: Document, parent: QWidget | None = None, *, wide: bool = False) -> None:
        super().__init__(parent)
        self._document = document
        self._wide = wide
        self._cards: list[ProblemCard] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE)
        self._rest = label("", "dim", self)
        self._refusal = label("", "bad", self, wrap=True)
        self._refusal.setObjectName("problems.refusal")
        self._column.addWidget(self._refusal)
        self._column.addWidget(self._rest)
        self._refusal.hide()
        self._rest.hide()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show these problems, in this order."""
        self._refusal.hide()
        shown = problems[:MOST_SHOWN]
        while len(self._cards) < len(shown):
            self._add_card()
        for place, card in enumerate(self._cards):
            card.setVisible(place < len(shown))
            if place < len(shown):
                card.show_problem(shown[place], name_at(self._document.design, shown[place].node))
        self._rest.setText(f"and {len(problems) - len(shown):,} more")
        self._rest.setVisible(len(problems) > len(shown))

    def cards(self) -> list[ProblemCard]:
        """Return the cards on show, top to bottom."""
        return [card for card in self._cards if not card.isHidden()]

    def _add_card(self) -> None:
        card = ProblemCard(self, wide=self._wide)
        card.chosen.connect(self.node_chosen)
        card.fix_wanted.connect(self._fix)
        self._column.insertWidget(len(self._cards), card)
        self._cards.append(card)

    def _fix(self, fix: object) -> None:
        reason = apply_fix(self._document, fix)  # type: ignore[arg-type]
        self._refusal.setText(reason)
        self._refusal.setVisible(bool(reason))
        if not reason and fix.action != "trust":  # type: ignore[attr-defined]
            self.mended.emit(fix.label)  # type: ignore[attr-defined]
