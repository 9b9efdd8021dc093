"""A finding as a card, and what its buttons do: remedies, the way to the picture, and to the term."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from studio.app.canvas.sizes import measured
from studio.app.document import Document
from studio.app.panels.fix_buttons import Labelled
from studio.app.panels.problem_card import ProblemCard
from studio.doctor.finding import Finding, Look, Remedy
from studio.doctor.treatment import carried_out
from studio.errors import StudioError
from studio.graph.problems import Problem

SEE: dict[Look, str] = {
    "curves": "See the curves",
    "activations": "See the activations",
    "gradients": "See the gradients",
    "units": "See the units",
    "correlation": "See the correlation",
    "data": "See the data",
    "design": "See it on the canvas",
}


@dataclass(frozen=True, slots=True)
class See:
    """A button that leads to the evidence."""

    label: str
    look: Look
    node: str


@dataclass(frozen=True, slots=True)
class Explain:
    """A button that leads to the help page of a term."""

    label: str
    term: str


def problem_of(finding: Finding) -> Problem:
    """Return a finding as problems are shown."""
    words = f"{finding.explanation} Term: {finding.term}."
    return Problem(finding.severity, finding.code, finding.evidence, finding.node, suggestion=words)


class FindingCard(ProblemCard):
    """A finding: its evidence, what it means, its term, and what to do.

    Args:
        wide: As `ProblemCard` has it.
    """

    def __init__(self, parent: QWidget | None = None, *, wide: bool = True) -> None:
        super().__init__(parent, wide=wide)
        self.setObjectName("finding")

    def show_finding(self, finding: Finding, remedies: tuple[Remedy, ...]) -> None:
        """Show a finding with those of its remedies that are left to do."""
        self.show_problem(problem_of(finding), finding.name or "the whole run")
        buttons: list[Labelled] = list(remedies)
        buttons.append(See(SEE[finding.look], finding.look, finding.node))
        buttons.append(Explain(f"What is this: {finding.term}", finding.term))
        self.fixes.show_fixes(buttons)


class FindingActions(QObject):
    """Does what the buttons of findings say, wherever they stand.

    Args:
        document: What remedies change.
        parent: Who shows findings.
    """

    node_chosen = Signal(str)
    """Path of the node whose finding was chosen."""

    look_wanted = Signal(str)
    """Where somebody wants to see the evidence: a `Look`."""

    term_wanted = Signal(str)
    """Key of a term that somebody wants to read about."""

    message = Signal(str)

    def __init__(self, document: Document, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document

    def left_to_do(self, finding: Finding) -> tuple[Remedy, ...]:
        """Return the remedies that would change something."""
        project = self._document.project
        return tuple(remedy for remedy in finding.remedies if remedy.changes(project))

    def act(self, wanted: object) -> None:
        """Carry out a remedy, in one step of undo; or lead to the evidence, or to the term."""
        if isinstance(wanted, See):
            if wanted.node:
                self.node_chosen.emit(wanted.node)
            self.look_wanted.emit(wanted.look)
        elif isinstance(wanted, Explain):
            self.term_wanted.emit(wanted.term)
        elif isinstance(wanted, Remedy):
            try:
                self._document.edit_project(
                    wanted.label, lambda project: carried_out(project, wanted, measured)
                )
            except StudioError as error:
                self.message.emit(error.message)
            else:
                self.message.emit(f"Done: {wanted.label}. It takes effect with the next run.")
