"""What the panels of the window say to each other, and to the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.app.finding_popover import FindingPopover
from studio.app.foreign_log import ForeignLogs
from studio.app.place import path_of_name
from studio.doctor.finding import Look

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow


class PanelConnections(QObject):
    """Joins the window's panels to the canvas, the status bar and the work that goes on.

    Args:
        window: The window, once all its parts are made.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        space = window.workspace
        window.library.layer_chosen.connect(lambda kind: window.canvas.add_layer(kind, None))
        window.problems.node_chosen.connect(window.canvas.reveal_path)
        window.gradients.node_chosen.connect(self.reveal_name)
        window.problems.count_changed.connect(self._problem_count_changed)
        actions = window.doctor.handler
        actions.node_chosen.connect(window.canvas.reveal_path)
        actions.look_wanted.connect(self._show_evidence)
        actions.term_wanted.connect(lambda term: window.helper.open_term(term))
        actions.message.connect(window.status.say)
        self.findings = FindingPopover(window.canvas, window.doctor.doctor, actions)
        window.doctor.count_changed.connect(self._finding_count_changed)
        for problems in (window.problems.list, window.inspector.node_page.problems):
            problems.mended.connect(lambda label: window.status.say(f"Done: {label}."))
        window.summary.node_chosen.connect(window.canvas.reveal_path)
        window.summary.message.connect(window.status.say)
        window.evaluation.message.connect(window.status.say)
        window.panel_export.message.connect(window.status.say)
        window.surface.message.connect(window.status.say)
        window.surface.sample_wanted.connect(window.open_sample)
        window.pictures.message.connect(window.status.say)
        window.exports.message.connect(window.status.say)
        window.preview.message.connect(window.status.say)
        window.document.code_wanted.connect(window.dialogs.show_code)
        QGuiApplication.instance().applicationStateChanged.connect(self._look_for_trust)  # type: ignore[union-attr]
        window.canvas.preview_wanted.connect(window.preview.toggle)
        window.canvas.inside_wanted.connect(lambda: window.dialogs.look_inside())
        window.canvas.message.connect(window.status.say)
        window.canvas.zoom_changed.connect(window.status.show_zoom)
        window.training_bar.train_requested.connect(space.train)
        window.training_bar.pause_requested.connect(space.pause)
        window.training_bar.lr_requested.connect(space.set_lr)
        window.training_bar.resume_requested.connect(space.go_on)
        window.training_bar.stop_requested.connect(space.stop)
        window.runs.run_chosen.connect(space.show_run)
        window.runs.run_opened.connect(self._show_run)
        window.runs.resume_requested.connect(space.resume_run)
        window.runs.tools.message.connect(window.status.say)
        window.runs.tools.compare_wanted.connect(window.dialogs.compare_runs)
        window.runs.tools.behind_wanted.connect(space.show_behind)
        self._logs = ForeignLogs(space.monitor, window.status.say, window)
        window.runs.tools.log_wanted.connect(self._logs.ask)
        window.runs.tools.published_wanted.connect(window.dialogs.show_published)
        window.runs.tools.ablation_wanted.connect(window.dialogs.ablate_run)
        window.runs.tools.statistics_wanted.connect(self._choose_statistics)
        window.runs.tools.carry_on_wanted.connect(window.dialogs.carry_on)
        window.runs.tools.design_wanted.connect(window.open_design)

    def _look_for_trust(self, state: Qt.ApplicationState) -> None:
        """Ask again when the person comes back, perhaps from a terminal where code was trusted."""
        space = self._window.workspace
        waits = any(problem.code == "untrusted" for problem in space.facts.problems)
        if state == Qt.ApplicationState.ApplicationActive and waits:
            space.checks.ask_soon()

    def _show_run(self, name: str) -> None:
        self._window.workspace.show_run(name)
        self._window.tabs.setCurrentWidget(self._window.curves)

    def _choose_statistics(self, name: str) -> None:
        self._window.workspace.show_run(name)
        self._window.tabs.setCurrentWidget(self._window.evaluation)
        self._window.evaluation.choose_statistics()

    def reveal_name(self, name: str) -> None:
        """Select the node of a dotted name, as a run has it, if the design still has it."""
        path = path_of_name(self._window.document.design, name)
        if path:
            self._window.canvas.reveal_path(path)
        else:
            self._window.status.say(f'The design has no "{name}" any more.')

    def _show_evidence(self, look: Look) -> None:
        """Bring forward in what the evidence of a finding can be seen."""
        window = self._window
        tabs: dict[str, QWidget] = {
            "curves": window.curves,
            "activations": window.activations,
            "gradients": window.gradients,
        }
        if look in tabs:
            window.tabs.setCurrentWidget(tabs[look])
        elif look == "data":
            window.inspector.project_page.data.show_statistics()
        elif look in ("units", "correlation"):
            window.dialogs.look_inside(look)
        else:
            window.canvas.setFocus()

    def _finding_count_changed(self, count: int) -> None:
        tabs, panel = self._window.tabs, self._window.doctor
        tabs.setTabText(tabs.indexOf(panel), f"Doctor {count}" if count else "Doctor")

    def _problem_count_changed(self, errors: int, warnings: int) -> None:
        tabs, panel = self._window.tabs, self._window.problems
        tabs.setTabText(tabs.indexOf(panel), f"Problems {errors + warnings}")
