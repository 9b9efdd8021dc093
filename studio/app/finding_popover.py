"""The findings about a node beside it, opened by its badge: evidence, remedies, picture and term."""

from __future__ import annotations

from studio.app.canvas.problem_popover import ProblemPopover
from studio.app.canvas.view import CanvasView
from studio.app.doctor import Doctor
from studio.app.panels.finding_card import FindingActions, FindingCard, problem_of
from studio.app.panels.problem_card import ProblemCard
from studio.app.place import path_of_name
from studio.doctor.finding import Finding
from studio.graph.problems import Problem


class FindingPopover(ProblemPopover):
    """Shows one of the findings about a node.

    Args:
        view: The canvas.
        doctor: Has the findings.
        actions: Does what the buttons say.
    """

    def __init__(self, view: CanvasView, doctor: Doctor, actions: FindingActions) -> None:
        self._doctor, self._actions = doctor, actions
        super().__init__(view)
        self.setObjectName("canvas.finding")
        view.badge_pressed.connect(self.open_node)
        view.pressed.connect(self.dismiss)
        doctor.changed.connect(self._findings_changed)

    def findings_of(self, node_id: str) -> tuple[Finding, ...]:
        """Return what is found about a node on show, the worst first."""
        document = self._view.document
        name = document.place.dotted + document.graph.node(node_id).name
        return tuple(finding for finding in self._doctor.findings if finding.name == name)

    def open_node(self, node_id: str) -> None:
        """Show what is found about a node on the canvas."""
        self._all = False
        self._show([self._shown(finding) for finding in self.findings_of(node_id)], 0)

    def _shown(self, finding: Finding) -> Problem:
        return problem_of(finding)

    def _new_card(self) -> ProblemCard:
        return FindingCard(self, wide=False)

    def _show_one(self, problem: Problem) -> None:
        finding = self._finding(problem)
        if finding is not None and isinstance(self.card, FindingCard):
            self.card.show_finding(finding, self._actions.left_to_do(finding))

    def _finding(self, problem: Problem) -> Finding | None:
        found = (one for one in self._doctor.findings if (one.code, one.node) == (problem.code, problem.node))
        return next(found, None)

    def _mend(self, wanted: object) -> None:
        self.dismiss()
        self._actions.act(wanted)

    def _facts_changed(self) -> None:
        """Findings do not hang on what the check says."""

    def _findings_changed(self) -> None:
        """Go when what is shown is not found any more, and show its newest numbers while it is."""
        shown = self.problem
        if shown is None:
            return
        finding = self._finding(shown)
        if finding is None or not path_of_name(self._view.document.design, finding.name):
            self.dismiss()
            return
        if problem_of(finding) != shown:
            place = self._place
            self._problems = (*self._problems[:place], problem_of(finding), *self._problems[place + 1 :])
            self._show_one(problem_of(finding))
            self._fit_height()
