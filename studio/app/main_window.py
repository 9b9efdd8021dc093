"""The window: puts the pieces together and gives every one of them its place. It decides nothing."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from studio.app.banner import Banner
from studio.app.block_import import import_blocks
from studio.app.canvas.view import CanvasView
from studio.app.changed_file import ChangedFile
from studio.app.chronicle import Chronicle
from studio.app.dialogs import Dialogs
from studio.app.doctor import Doctor
from studio.app.file_drops import FileDrops
from studio.app.help.helper import Helper
from studio.app.in_force import in_force
from studio.app.live_heat import LiveHeat
from studio.app.live_nodes import LiveNodes
from studio.app.menus.bar import Menus
from studio.app.monitor_tabs import MonitorTabs
from studio.app.network_export import NetworkExport
from studio.app.network_import import NetworkImport
from studio.app.new_project import NewProject
from studio.app.notices import Notices
from studio.app.panel_connections import PanelConnections
from studio.app.panel_export import PanelExport
from studio.app.panels.activations import ActivationsPanel
from studio.app.panels.curves import CurvesPanel
from studio.app.panels.doctor import DoctorPanel
from studio.app.panels.evaluation.panel import EvaluationPanel
from studio.app.panels.filters import FiltersPanel
from studio.app.panels.gradients import GradientsPanel
from studio.app.panels.history import HistoryPanel
from studio.app.panels.inspector import InspectorPanel
from studio.app.panels.library import LibraryPanel
from studio.app.panels.objective import ObjectivePanel
from studio.app.panels.predictions import PredictionsPanel
from studio.app.panels.problems import ProblemsPanel
from studio.app.panels.runs import RunsPanel
from studio.app.panels.summary import SummaryPanel
from studio.app.panels.surface.panel import SurfacePanel
from studio.app.panels.time_bar import TimeBar
from studio.app.panels.training_bar import TrainingBar
from studio.app.picture_export import PictureExport
from studio.app.preview.preview import Preview
from studio.app.project_files import ProjectFiles
from studio.app.read_only import ReadOnly
from studio.app.reading import Reading
from studio.app.recovery.offer import Recovery
from studio.app.search.usage import Usage
from studio.app.settings import Settings
from studio.app.sharing.sharing import Sharing
from studio.app.status_bar import StatusBar
from studio.app.tabs.projects import Projects
from studio.app.theme.theme import theme
from studio.app.theme.tokens import INSPECTOR_WIDTH, LIBRARY_WIDTH, WINDOW_SIZE
from studio.app.tour.tour import Tour
from studio.app.welcome.first_steps import FirstSteps
from studio.app.workspace import Workspace
from studio.engine.client import EngineClient
from studio.engine.records import Ready
from studio.errors import ProjectError
from studio.project.project import Project
from studio.project.sample_projects import sample_project
from studio.runs.records import RunState
from studio.runs.store import RunStore


class MainWindow(QMainWindow):
    """Flowgraph Studio's window.

    Args:
        client: The engine; started once the window has been painted.
        settings: What the window remembers.
    """

    first_painted = Signal()
    """The window was painted for the first time; what takes a while may start."""

    new_window_wanted = Signal()
    """The person wants another window beside this one."""

    quit_wanted = Signal()
    """The person wants to end the program."""

    closed = Signal()
    """The window was closed, and its engine with it."""

    def __init__(self, client: EngineClient, settings: Settings | None = None) -> None:
        super().__init__()
        self.setObjectName("window")
        self.settings = settings or Settings()
        in_force().follow(self.settings)
        self.workspace = Workspace(client, self)
        self.document = self.workspace.document
        self.files = ProjectFiles(self.document, self.settings, self)
        self.status = StatusBar(self)
        self.setStatusBar(self.status)
        self._painted = False
        self._told_to_end = False
        self._reading = Reading(self)
        self._build_panels()
        self.gallery = NewProject(self.new_project, self.workspace.link, self)
        self.pictures = PictureExport(self.document, self.workspace.facts, self, self.canvas.heat)
        self.exports = NetworkExport(self.workspace, self)
        self.imports = NetworkImport(self.new_project, self.workspace, self)
        self.dialogs = Dialogs(self)
        self.projects = Projects(self)
        self.sharing = Sharing(self)
        FileDrops(self)
        self.helper = Helper(self)
        self.recovery = Recovery(self)
        self.tour = Tour(self)
        self.menus = Menus(self)
        self.notices = Notices(self)
        self.chronicle = Chronicle(self)
        self.first_steps = FirstSteps(self)
        self._connect()
        self.first_painted.connect(self._after_first_paint)
        self._restore()
        self._refresh_title()
        self._refresh_actions()

    # Building -------------------------------------------------------------------------------------

    def _build_panels(self) -> None:
        space = self.workspace
        self.banner = Banner(self)
        self.canvas = CanvasView(space.document, space.selection, space.facts, self)
        self.canvas.usage = Usage(self.settings)
        self.canvas.trials.ask_through(space.link)
        centre = QWidget(self)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.read_only = ReadOnly(self)
        column.addWidget(self.read_only.strip)
        self.changed_file = ChangedFile(self)
        column.addWidget(self.changed_file.strip)
        column.addWidget(self.banner)
        column.addWidget(self.canvas, 1)
        self.setCentralWidget(centre)

        self.library = LibraryPanel(space.document, self)
        self.inspector = InspectorPanel(space.document, space.selection, space.facts, self)
        self.training_bar = TrainingBar(space.document, self)
        self.tabs = MonitorTabs(self)
        self.tabs.setObjectName("panel.monitor")
        self.curves = CurvesPanel(space.monitor, self)
        self.objective = ObjectivePanel(space.monitor, space.document, self)
        self.activations = ActivationsPanel(space.monitor, self)
        self.gradients = GradientsPanel(space.monitor, self)
        self.filters = FiltersPanel(space.monitor, self)
        self.predictions = PredictionsPanel(space.monitor, self)
        self.surface = SurfacePanel(space, self)
        self.problems = ProblemsPanel(space.document, space.facts, self)
        self.doctor = DoctorPanel(Doctor(space, self.canvas, self), space.document, self)
        self.summary = SummaryPanel(space.document, space.link, self)
        self.evaluation = EvaluationPanel(space.link, self)
        self.history = HistoryPanel(space.document, self)
        self.runs = RunsPanel(space.document, space.runs_folder, self)
        for panel, title in (
            (self.curves, "Curves"),
            (self.objective, "Objective"),
            (self.activations, "Activations"),
            (self.gradients, "Gradients"),
            (self.filters, "Filters"),
            (self.predictions, "Predictions"),
            (self.surface, "Surface"),
            (self.doctor, "Doctor"),
            (self.problems, "Problems"),
            (self.summary, "Summary"),
            (self.runs, "Runs"),
            (self.evaluation, "Evaluation"),
            (self.history, "History"),
        ):
            self.tabs.addTab(panel, title)
        self.inspector.mark_page.contents = self.canvas.marks.contents
        self.inspector.mark_page.fit_wanted.connect(self.canvas.marks.fit)
        self.inspector.mark_page.contents_wanted.connect(self.canvas.marks.select_contents)
        self.live_nodes = LiveNodes(space, self.canvas, self.settings, self)
        self.live_heat = LiveHeat(space, self.canvas, self)
        self.preview = Preview(space, self.canvas)

        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self.training_bar)
        areas = Qt.DockWidgetArea
        self.setCorner(Qt.Corner.BottomLeftCorner, areas.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, areas.RightDockWidgetArea)
        self.docks = (
            self._dock("library", "Layers", self.library, areas.LeftDockWidgetArea),
            self._dock("inspector", "Inspector", self.inspector, areas.RightDockWidgetArea),
            self._dock("monitor", "Monitor", self._monitor_panel(), areas.BottomDockWidgetArea),
        )

    def _monitor_panel(self) -> QWidget:
        """Return the tabs with the bar under them that goes back in time."""
        monitor = self.workspace.monitor
        self.panel_export = PanelExport(self.tabs, monitor, lambda: self.time_bar.looks, self)
        self.time_bar = TimeBar(monitor, self.panel_export, self)
        panel = QWidget(self)
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.time_bar)
        return panel

    def _dock(self, name: str, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock.{name}")
        dock.setTitleBarWidget(QWidget(dock))
        dock.setWidget(panel)
        self.addDockWidget(area, dock)
        return dock

    def _connect(self) -> None:
        self._connect_project()
        self._connect_inspector()
        self.connections = PanelConnections(self)

    def _connect_project(self) -> None:
        space, document = self.workspace, self.document
        document.state_changed.connect(self._refresh_title)
        document.state_changed.connect(self._refresh_actions)
        document.sheets_changed.connect(self._refresh_actions)
        document.left.connect(self.banner.hide)
        document.opened.connect(self._project_opened)
        document.changed.connect(lambda _old, _new: self._show_node())
        document.level_left.connect(self.inspector.flush)
        document.level_changed.connect(self._show_node)
        document.level_changed.connect(self._refresh_actions)
        space.selection.changed.connect(self._selection_changed)
        space.facts.changed.connect(lambda _nodes: self._refresh_actions())
        space.run_state_changed.connect(self._run_state_changed)
        space.training_changed.connect(self._refresh_actions)
        space.engine_ready.connect(self._engine_ready)
        space.message.connect(self.status.say)
        space.data.described.connect(self.inspector.show_data)
        space.data.failed.connect(self.inspector.show_data_error)
        space.data.progress.connect(self.inspector.show_progress)
        space.monitor.live_changed.connect(self._show_progress)
        space.monitor.live_changed.connect(self._show_evaluation)
        space.monitor.changed.connect(lambda _kind: self._show_evaluation())
        space.about_to_read.connect(self.inspector.flush)
        self.runs.listed.connect(self._show_evaluation)
        self.runs.listed.connect(self._refresh_actions)

    def _connect_inspector(self) -> None:
        space = self.workspace
        self.inspector.download_requested.connect(space.data.fetch)
        self.inspector.problem_chosen.connect(self.canvas.reveal_path)
        self.inspector.enter_wanted.connect(self.canvas.blocks.enter)
        self.inspector.unique_wanted.connect(lambda _node: self.canvas.blocks.make_unique())
        self.inspector.download_cancelled.connect(space.data.cancel)
        self.inspector.draw_requested.connect(space.data.draw_again)
        self.inspector.project_page.data.columns_requested.connect(self.dialogs.choose_columns)
        self.inspector.project_page.data.statistics_requested.connect(self.dialogs.show_statistics)
        self.files.about_to_read.connect(self.inspector.flush)
        self.files.saved.connect(self._saved)

    # What the person does -------------------------------------------------------------------------

    def open_path(self, path: Path) -> bool:
        """Open a project file; False, with a message on screen, if that failed."""
        return self.files.open(path)

    def new_project(self, project: Project | None = None, shelter: Path | None = None) -> bool:
        """Start a project in a tab of its own: empty, from a template or imported."""
        return self.files.new(project, shelter)

    def open_project(self, path: Path | None = None) -> None:
        """Open a project in a tab of its own, asking which if none is given."""
        self.files.open(path)

    def open_sample(self, key: str) -> None:
        """Open a copy of a sample project, which is without a file until it is saved."""
        try:
            project = sample_project(key).project()
        except ProjectError as error:
            self.files.failed.emit("open", error.message)
            return
        self.new_project(project)

    def import_blocks(self) -> None:
        """Take over blocks of another project, asking which."""
        import_blocks(self.canvas.blocks, self.workspace.folder, self)

    # What happens ---------------------------------------------------------------------------------

    def _project_opened(self) -> None:
        self.runs.set_folder(self.workspace.runs_folder)
        self._show_evaluation()
        self._show_progress()

    def _saved(self) -> None:
        self.runs.set_folder(self.workspace.runs_folder)
        self.status.say("Saved.")

    def _selection_changed(self) -> None:
        self._show_node()
        self._refresh_actions()

    def _show_node(self) -> None:
        """Point the plots at the selected node; if it has nothing to show, at the first that has."""
        activations, filters = self.workspace.watching.names()
        self.curves.set_node(next(iter(activations), ""))
        self.activations.set_node(next(iter(activations), ""))
        self.filters.set_node(next(iter(filters), ""))
        self.gradients.set_node(next(iter(self.workspace.watching.weights()), ""))
        self.surface.set_node(next(iter((*activations, *filters)), ""))

    def _run_state_changed(self, state: RunState | None) -> None:
        self.training_bar.set_state(state)
        self.status.show_state(state)
        if state in ("finished", "stopped", "failed", "starting"):
            self.runs.set_folder(self.workspace.runs_folder)
        self._refresh_actions()

    def _show_progress(self) -> None:
        progress = self.workspace.monitor.progress
        self.training_bar.set_progress(progress)
        self.status.show_speed(progress)

    def _show_evaluation(self) -> None:
        """Let the run on screen be the one that is evaluated; without one, the newest."""
        space = self.workspace
        run = space.monitor.shown.name or self.runs.newest
        self.evaluation.set_run(run, str(space.runs_folder), space.folder, self.runs.evaluated)

    def open_design(self, name: str) -> None:
        """Open the design of a stored run in a tab of its own, as a project without a file."""
        store = RunStore(self.workspace.runs_folder)
        self._reading.start(
            lambda: store.run(name).project(),
            lambda project: self.new_project(replace(project, name=name)),
            self.status.say,
        )

    def _engine_ready(self, ready: Ready) -> None:
        self.training_bar.set_devices(ready.devices)
        self.inspector.set_devices(ready.devices)
        self.status.show_engine(f"ready    torch {ready.torch} on {ready.default_device}")

    def _refresh_title(self) -> None:
        document = self.document
        name = document.path.name if document.path else f"{document.name}.flow"
        mark = " (read-only)" if document.sheet.is_read_only else ""
        self.setWindowTitle(f"{name}[*]{mark} — Flowgraph Studio")
        self.setWindowModified(document.is_modified)
        self.status.show_saved(not document.is_modified, read_only=document.sheet.is_read_only)

    def _refresh_actions(self) -> None:
        self.menus.refresh()
        self.read_only.refresh()
        why_not = self.workspace.why_not_train()
        self.training_bar.set_trainable(not why_not, why_not)

    # Opening and closing --------------------------------------------------------------------------

    def _restore(self) -> None:
        self.resize(*WINDOW_SIZE)
        preferences = self.settings.preferences
        if preferences.geometry:
            self.restoreGeometry(QByteArray(b64decode(preferences.geometry)))
        if not (preferences.layout and self.restoreState(QByteArray(b64decode(preferences.layout)))):
            horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
            library, inspector, monitor = self.docks
            self.resizeDocks([library, inspector], [LIBRARY_WIDTH, INSPECTOR_WIDTH], horizontal)
            self.resizeDocks([monitor], [self.height() * 3 // 10], vertical)

    def _after_first_paint(self) -> None:
        theme().show_icons()
        self.workspace.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Say why a key does nothing, where its action cannot be done just now."""
        reason = self.menus.why_not_key(event)
        if reason:
            self.status.say(reason)
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and start what may take a while once the window is on screen."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def end(self) -> bool:
        """Close because the system says so: a run is stopped with a checkpoint without asking.

        Unsaved changes are still asked about.

        Returns:
            Whether it was closed.
        """
        self._told_to_end = True
        self._told_to_end = self.close()
        return self._told_to_end

    def begin_again(self) -> None:
        """Start once more what `close` ended."""
        self._told_to_end = False
        self.recovery.keeper.begin_again()
        self.workspace.start()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes and a run that goes on, then end the engine, bounded."""
        if not self.projects.may_close_all(told_to=self._told_to_end):
            event.ignore()
            return
        self.settings.change(
            geometry=b64encode(bytes(self.saveGeometry().data())).decode(),
            layout=b64encode(bytes(self.saveState().data())).decode(),
        )
        self.hide()
        self.recovery.keeper.close()
        self.workspace.close()
        self.files.locks.release_all()
        event.accept()
        self.closed.emit()
