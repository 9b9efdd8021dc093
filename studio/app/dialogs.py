"""The window's dialogs about runs, data and single units, each imported when it is first wanted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog

from studio.app.reading import Reading
from studio.app.theme.theme import theme
from studio.catalog import registry
from studio.catalog.custom import code_of
from studio.engine.records import DataDescribed
from studio.project.project import Project
from studio.runs.store import RunStore

if TYPE_CHECKING:
    from studio.app.inside.window import InsideWindow
    from studio.app.main_window import MainWindow


class Dialogs:
    """Opens them over the window, and lets go of them when they are closed.

    Args:
        window: Their parent, whose project they are about.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._inside: InsideWindow | None = None
        self._reading = Reading(window)

    def compare_runs(self, names: list[str]) -> None:
        """Show the curves of stored runs over each other, and what they have different."""
        from studio.app.run_compare import CompareDialog, read_runs  # pyqtgraph: 0.3 s and more

        store = self._store()
        self._window.status.say("Reading the runs …")
        self._reading.start(
            lambda: read_runs(store, names),
            lambda runs: self._opened_comparison(CompareDialog(runs, self._window)),
            self._window.status.say,
        )

    def _opened_comparison(self, dialog: QDialog) -> None:
        self._window.status.say("")
        self._open(dialog)

    def show_published(self, names: list[str]) -> None:
        """Show runs beside published error rates."""
        from studio.app.published import PublishedErrors

        store = self._store()
        self._reading.start(
            lambda: [store.run(name).info for name in names],
            lambda infos: self._open(PublishedErrors(infos, self._window)),
            self._window.status.say,
        )

    def report_problem(self) -> None:
        """Show what a report of a problem would hold."""
        from studio.app.problem_report.contents import collect
        from studio.app.problem_report.dialog import ProblemDialog

        window = self._window
        self._open(ProblemDialog(collect(window.document.project, self._state()), window))

    def _state(self) -> dict[str, str]:
        """Return what is known of the machine and the engine."""
        window, screen = self._window, self._window.screen()
        size = screen.size()
        return {
            "screen": f"{size.width()} × {size.height()} at {screen.devicePixelRatio():g}, {theme().scheme}",
            "Qt": f"{qVersion()} on {QGuiApplication.platformName()}",
            "engine": window.status.engine,
            "devices": ", ".join(window.workspace.devices) or "not known",
            "run": str(window.workspace.trained_state or "none"),
        }

    def find_lr(self) -> None:
        """Look for a learning rate."""
        from studio.app.lr_search.dialog import LrDialog  # pyqtgraph: 0.3 s and more

        window, space = self._window, self._window.workspace
        window.inspector.flush()
        self._open(LrDialog(window.document, space.link, space.folder, window))

    def profile_layers(self) -> None:
        """Measure how long each layer takes."""
        from studio.app.profile_dialog import ProfileDialog

        window, space = self._window, self._window.workspace
        window.inspector.flush()
        dialog = ProfileDialog(window.document, space.link, space.folder, window)
        dialog.node_chosen.connect(window.connections.reveal_name)
        self._open(dialog)

    def check_gradients(self) -> None:
        """Hold gradients against finite differences; the selected layer can be checked alone."""
        from studio.app.gradient_check import GradientDialog

        window, space = self._window, self._window.workspace
        window.inspector.flush()
        dialog = GradientDialog(window.document, space.link, space.folder, self._selected_layer(), window)
        dialog.node_chosen.connect(window.connections.reveal_name)
        self._open(dialog)

    def ablate_run(self, name: str = "") -> None:
        """Measure a run's network with layers left out; by default that of the run on show, or the newest."""
        from studio.app.ablation import AblationDialog

        window, space = self._window, self._window.workspace
        known = window.runs.evaluated
        name = name or (space.run if space.run in known else next(iter(known), ""))
        if not name:
            window.status.say("No run of this project has weights yet. Train it first.")
            return
        store, folder = self._store(), space.folder

        def show(project: Project) -> None:
            dialog = AblationDialog(space.link, project.graph, name, str(store.folder), folder, window)
            dialog.node_chosen.connect(window.connections.reveal_name)
            self._open(dialog)

        self._reading.start(lambda: store.run(name).project(), show, window.status.say)

    def carry_on(self, name: str = "") -> None:
        """Let the design as it is now go on from a run: by default the one trained last."""
        from studio.app.surgery import SurgeryDialog

        window, space = self._window, self._window.workspace
        run = name or space.run
        if space.is_busy and not (space.is_training and run == space.run):
            window.status.say(space.why_not_train())
            return
        window.inspector.flush()
        dialog = SurgeryDialog(space, run, window)
        self._open(dialog)
        dialog.compare()

    def step_through(self) -> None:
        """Go through the network box by box; the window stays open to work in."""
        from studio.app.stepping.dialog import StepDialog

        window, space = self._window, self._window.workspace
        open_one = window.findChild(QDialog, "dialog.steps")
        if open_one is not None and open_one.isVisible():
            open_one.activateWindow()
            return
        window.inspector.flush()
        run = space.run if space.state in ("finished", "stopped") else ""
        dialog = StepDialog(window.document, space.link, space.folder, run, str(space.runs_folder), window)
        dialog.node_chosen.connect(window.connections.reveal_name)
        dialog.finished.connect(dialog.deleteLater)
        dialog.place_below(window)
        dialog.show()
        dialog.begin()

    def show_code(self, path: str, to_edit: bool) -> None:
        """Show the code of a custom layer: to edit it, or to read it before it is trusted."""
        from studio.app.code.place import CodePlace
        from studio.app.code.trust_dialog import TrustDialog

        window, space = self._window, self._window.workspace
        place, design = CodePlace.of(path), window.document.design
        node = place.node(design)
        if node is None:
            window.status.say("The layer is there no more.")
            return
        if to_edit:
            self.edit_code(path)
            return
        dialog = TrustDialog(code_of(node), node.name, window.document.name, place.others(design), window)
        dialog.trusted.connect(space.check)
        dialog.trusted.connect(window.inspector.node_page.refresh)
        dialog.edit_wanted.connect(lambda: self.edit_code(path))
        self._open(dialog)

    def edit_code(self, path: str) -> None:
        """Open the editor of a custom layer, or bring the one that is open to the front."""
        from studio.app.code.dialog import CodeDialog
        from studio.app.code.place import CodePlace

        window = self._window
        for dialog in window.findChildren(CodeDialog):
            if dialog.isVisible() and dialog.place == CodePlace.of(path) and dialog.node() is not None:
                dialog.activateWindow()
                return
        window.inspector.flush()
        dialog = CodeDialog(window.workspace, path, window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()

    def edit_selected_code(self) -> None:
        """Open the editor of the selected custom layer."""
        document, single = self._window.document, self._window.workspace.selection.single
        if single is not None:
            self.show_code("/".join((*document.level, single)), True)

    def choose_columns(self) -> None:
        """Let the person say what the columns of their table are for."""
        from studio.app.column_dialog import ColumnDialog

        window, space = self._window, self._window.workspace
        window.inspector.flush()
        self._open(ColumnDialog(window.document, space.link, space.folder, window))

    def show_statistics(self, title: str, described: DataDescribed) -> None:
        """Show what was counted and measured of the data."""
        from studio.app.data_statistics import DataStatistics

        self._open(DataStatistics(title, described, self._window))

    def show_neuron(self) -> None:
        """Let the person turn a single neuron by hand."""
        from studio.app.neuron.dialog import NeuronDialog

        dialog = NeuronDialog(self._window)
        dialog.sample_wanted.connect(self._window.open_sample)
        self._open(dialog)

    def show_approximation(self) -> None:
        """Let the person see how the error falls with the number of hidden units."""
        from studio.app.approximation.dialog import ApproximationDialog

        dialog = ApproximationDialog(self._window)
        dialog.sample_wanted.connect(self._window.open_sample)
        self._open(dialog)

    def look_inside(self, page: str = "") -> None:
        """Open the window that looks into the network, or bring it to the front; it stays beside this one.

        Args:
            page: Key of the page to turn to; empty: as it was left.
        """
        if self._inside is None:
            from studio.app.inside.window import InsideWindow  # pyqtgraph's colours: 0.3 s and more

            window = self._window
            self._inside = InsideWindow(window.workspace, runs_with_weights, window)
            self._inside.node_chosen.connect(window.connections.reveal_name)
        self._inside.show_node()
        self._inside.turn_to(page)

    def _selected_layer(self) -> str:
        """Return the dotted name of the selected layer; empty where none is, or it is a block."""
        document, selected = self._window.document, self._window.workspace.selection.single
        if selected is None or selected not in document.graph:
            return ""
        node = document.graph.node(selected)
        spec = registry.find(node.kind)
        is_layer = spec is not None and spec.role == "layer"
        return document.place.dotted + node.name if is_layer else ""

    def _store(self) -> RunStore:
        return RunStore(self._window.workspace.runs_folder)

    @staticmethod
    def _open(dialog: QDialog) -> None:
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def runs_with_weights(folder: Path) -> list[str]:
    """Return the names of the runs with an epoch behind them, the newest first; any thread may ask.

    The list of runs may be hidden, and so behind.

    Raises:
        RunError: The store cannot be read.
    """
    return [info.name for info in reversed(RunStore(folder).list_runs()) if info.epochs]
