"""The window: puts the pieces together and gives every one of them its place. It decides nothing."""

from __future__ import annotations

from base64 import b64decode, b64encode
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QKeySequence, QPaintEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QLabel,
    QMainWindow,
    QMessageBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from studio import zoo
from studio.app.actions import Actions
from studio.app.banner import Banner
from studio.app.canvas.view import CanvasView
from studio.app.live_nodes import LiveNodes
from studio.app.panels.activations import ActivationsPanel
from studio.app.panels.curves import CurvesPanel
from studio.app.panels.filters import FiltersPanel
from studio.app.panels.inspector import InspectorPanel
from studio.app.panels.library import LibraryPanel
from studio.app.panels.problems import ProblemsPanel
from studio.app.panels.runs import RunsPanel
from studio.app.panels.training_bar import TrainingBar
from studio.app.project_files import ProjectFiles
from studio.app.settings import Settings
from studio.app.theme.theme import theme
from studio.app.theme.tokens import INSPECTOR_WIDTH, LIBRARY_WIDTH
from studio.app.workspace import Workspace, watched_nodes
from studio.engine.client import EngineClient
from studio.engine.records import EngineLost, Failed, Ready
from studio.project.project import Project
from studio.runs.records import RunState

STANDARD = QKeySequence.StandardKey
STATE_TEXT = {
    None: "ready",
    "starting": "warming up",
    "running": "training",
    "paused": "paused",
    "finished": "finished",
    "stopped": "stopped",
    "failed": "failed",
}
STATE_ROLE = {"running": "good", "starting": "good", "paused": "warning", "failed": "bad"}


class MainWindow(QMainWindow):
    """Flowgraph Studio's window.

    Args:
        client: The engine; started once the window has been painted.
        settings: What the window remembers.
    """

    first_painted = Signal()
    """The window was painted for the first time; what takes a while may start."""

    def __init__(self, client: EngineClient, settings: Settings | None = None) -> None:
        super().__init__()
        self.setObjectName("window")
        self.settings = settings or Settings()
        self.workspace = Workspace(client, self)
        self.document = self.workspace.document
        self.files = ProjectFiles(self.document, self.settings, self)
        self.actions_ = Actions(self)
        self._painted = False
        self._build_panels()
        self._build_actions()
        self._build_menus()
        self._build_status_bar()
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
        centre = QWidget(self)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.canvas, 1)
        self.setCentralWidget(centre)

        self.library = LibraryPanel(self)
        self.inspector = InspectorPanel(space.document, space.selection, space.facts, self)
        self.training_bar = TrainingBar(space.document, self)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("panel.monitor")
        self.curves = CurvesPanel(space.monitor, self)
        self.activations = ActivationsPanel(space.monitor, self)
        self.filters = FiltersPanel(space.monitor, self)
        self.problems = ProblemsPanel(space.document, space.facts, self)
        self.runs = RunsPanel(space.document, space.runs_folder, self)
        for panel, title in (
            (self.curves, "Curves"),
            (self.activations, "Activations"),
            (self.filters, "Filters"),
            (self.problems, "Problems"),
            (self.runs, "Runs"),
        ):
            self.tabs.addTab(panel, title)
        self.live_nodes = LiveNodes(space, self.canvas, self)

        self.addToolBar(Qt.ToolBarArea.TopToolBarArea, self.training_bar)
        areas = Qt.DockWidgetArea
        self.setCorner(Qt.Corner.BottomLeftCorner, areas.LeftDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, areas.RightDockWidgetArea)
        self._library_dock = self._dock("library", "Layers", self.library, areas.LeftDockWidgetArea)
        self._inspector_dock = self._dock("inspector", "Inspector", self.inspector, areas.RightDockWidgetArea)
        self._monitor_dock = self._dock("monitor", "Monitor", self.tabs, areas.BottomDockWidgetArea)

    def _dock(self, name: str, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock.{name}")
        dock.setTitleBarWidget(QWidget(dock))
        dock.setWidget(panel)
        self.addDockWidget(area, dock)
        return dock

    def _build_actions(self) -> None:
        add, canvas, space = self.actions_.add, self.canvas, self.workspace
        add("file.new", "&New", self.new_project, STANDARD.New, icon="ph.file-plus")
        add("file.open", "&Open…", self.open_project, STANDARD.Open, icon="ph.folder-open")
        add("file.save", "&Save", self.files.save, STANDARD.Save, icon="ph.floppy-disk")
        add("file.save_as", "Save &As…", self.files.save_as, "Ctrl+Shift+S")
        add("file.quit", "&Quit", self.close, STANDARD.Quit)
        add("edit.undo", "&Undo", self.document.undo, STANDARD.Undo, icon="ph.arrow-u-up-left")
        add("edit.redo", "&Redo", self.document.redo, "Ctrl+Shift+Z", "Ctrl+Y", icon="ph.arrow-u-up-right")
        add("edit.cut", "Cu&t", canvas.cut, STANDARD.Cut)
        add("edit.copy", "&Copy", canvas.copy, STANDARD.Copy)
        add("edit.paste", "&Paste", canvas.paste, STANDARD.Paste)
        add("edit.duplicate", "&Duplicate", canvas.duplicate, "Ctrl+D")
        add("edit.delete", "De&lete, closing the gap", lambda: canvas.delete_selection(True))
        add("edit.delete_only", "Delete, leaving the gap", lambda: canvas.delete_selection(False))
        add("edit.select_all", "Select &all", canvas.select_all, STANDARD.SelectAll)
        add("view.fit", "&Fit network", canvas.fit, "Home", icon="ph.corners-out")
        add("view.fit_selection", "Fit &selection", canvas.fit_selection, "Shift+Home")
        add("view.zoom_in", "Zoom &in", canvas.zoom_in, STANDARD.ZoomIn, "Ctrl+=")
        add("view.zoom_out", "Zoom &out", canvas.zoom_out, STANDARD.ZoomOut)
        add("view.zoom_reset", "&100 %", canvas.zoom_reset, "Ctrl+0")
        add("view.search_layers", "Find a &layer", self.library.focus_search, "Ctrl+L")
        add("graph.arrange", "&Arrange", canvas.arrange, "Ctrl+Shift+A", icon="ph.tree-structure")
        add("train.start", "&Train", space.train, "Ctrl+Return")
        add("train.pause", "&Pause or go on", self._pause_or_go_on, "Ctrl+Shift+Return")
        add("train.stop", "&Stop", space.stop, "Ctrl+.")
        add("train.resume", "&Resume the last run", self._resume_last, tip="Go on where the run stopped")
        add("help.about", "&About", self._show_about)
        for scheme in ("system", "light", "dark"):
            choose = partial(self._choose_theme, scheme)
            add(f"view.theme_{scheme}", scheme.capitalize(), choose, checkable=True)

    def _build_menus(self) -> None:
        bar, actions = self.menuBar(), self.actions_
        file = bar.addMenu("&File")
        actions.fill(file, "file.new")
        self._templates_menu = file.addMenu("New from &template")
        self._templates_menu.aboutToShow.connect(self._fill_templates)
        actions.fill(file, "file.open")
        self._recent_menu = file.addMenu("Open &recent")
        self._recent_menu.aboutToShow.connect(self._fill_recent)
        actions.fill(file, "", "file.save", "file.save_as", "", "file.quit")
        edit = bar.addMenu("&Edit")
        actions.fill(edit, "edit.undo", "edit.redo", "", "edit.cut", "edit.copy", "edit.paste")
        actions.fill(edit, "edit.duplicate", "edit.delete", "edit.delete_only", "", "edit.select_all")
        view = bar.addMenu("&View")
        actions.fill(view, "view.fit", "view.fit_selection", "view.zoom_in", "view.zoom_out")
        actions.fill(view, "view.zoom_reset", "", "view.search_layers", "")
        for dock in (self._library_dock, self._inspector_dock, self._monitor_dock):
            toggle = dock.toggleViewAction()
            toggle.setObjectName(f"action.view.{dock.objectName()}")
            view.addAction(toggle)
        appearance = view.addMenu("&Theme")
        group = QActionGroup(self)
        for scheme in ("system", "light", "dark"):
            group.addAction(actions[f"view.theme_{scheme}"])
            actions.fill(appearance, f"view.theme_{scheme}")
        actions[f"view.theme_{self.settings.preferences.theme}"].setChecked(True)
        self.training_bar.add_leading([actions["edit.undo"], actions["edit.redo"], actions["graph.arrange"]])
        actions.fill(bar.addMenu("&Graph"), "graph.arrange")
        actions.fill(bar.addMenu("&Train"), "train.start", "train.pause", "train.stop", "", "train.resume")
        actions.fill(bar.addMenu("&Help"), "help.about")

    def _build_status_bar(self) -> None:
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        self._state_label = QLabel("starting the engine …", self)
        self._state_label.setObjectName("status.state")
        self._speed_label = QLabel("", self)
        self._speed_label.setObjectName("status.speed")
        self._saved_label = QLabel("", self)
        self._saved_label.setObjectName("status.saved")
        self._zoom_label = QLabel("100 %", self)
        self._zoom_label.setObjectName("status.zoom")
        bar.addWidget(self._state_label)
        bar.addWidget(self._speed_label)
        bar.addPermanentWidget(self._saved_label)
        bar.addPermanentWidget(self._zoom_label)

    def _connect(self) -> None:
        space, document = self.workspace, self.document
        document.state_changed.connect(self._refresh_title)
        document.state_changed.connect(self._refresh_actions)
        document.opened.connect(self._project_opened)
        document.changed.connect(lambda _old, _new: self._show_node())
        space.selection.changed.connect(self._selection_changed)
        space.facts.changed.connect(lambda _nodes: self._refresh_actions())
        space.run_state_changed.connect(self._run_state_changed)
        space.engine_ready.connect(self._engine_ready)
        space.engine_lost.connect(self._engine_lost)
        space.refused.connect(self._show_refusal)
        space.message.connect(self._say)
        space.data_described.connect(self.inspector.show_data)
        space.data_failed.connect(self.inspector.show_data_error)
        space.progress.connect(self.inspector.show_progress)
        space.monitor.live_changed.connect(self._show_progress)
        self.inspector.download_requested.connect(space.fetch_data)
        self.inspector.download_cancelled.connect(space.cancel_fetch)
        space.about_to_read.connect(self.inspector.flush)
        self.files.about_to_read.connect(self.inspector.flush)
        self.library.layer_chosen.connect(lambda kind: self.canvas.add_layer(kind, None))
        self.problems.node_chosen.connect(self.canvas.reveal)
        self.problems.count_changed.connect(self._problem_count_changed)
        self.canvas.message.connect(self._say)
        self.canvas.zoom_changed.connect(lambda zoom: self._zoom_label.setText(f"{zoom * 100:.0f} %"))
        self.canvas.search_requested.connect(lambda _place: self.library.focus_search())
        self.training_bar.train_requested.connect(space.train)
        self.training_bar.pause_requested.connect(space.pause)
        self.training_bar.resume_requested.connect(space.go_on)
        self.training_bar.stop_requested.connect(space.stop)
        self.runs.run_chosen.connect(self._show_run)
        self.runs.resume_requested.connect(space.resume_run)
        self.files.failed.connect(self._file_failed)
        self.files.saved.connect(lambda: self._say("Saved."))

    # What the person does -------------------------------------------------------------------------

    def open_path(self, path: Path) -> bool:
        """Open a project file; False, with a message on screen, if that failed."""
        return self.files.open(path)

    def new_project(self, project: Project | None = None) -> None:
        """Start an empty project, or one from a template."""
        if self._may_stop_training():
            self.files.new(project)

    def open_project(self) -> None:
        """Ask for a project and open it."""
        if self._may_stop_training():
            self.files.open()

    def _open_recent(self, path: Path) -> None:
        if self._may_stop_training():
            self.files.open(path)

    def _may_stop_training(self) -> bool:
        """Ask before leaving a project whose run is going on; stop the run if the person agrees."""
        if not self.workspace.is_training:
            return True
        answer = QMessageBox.question(
            self,
            "A run is going on",
            f"“{self.workspace.run}” is training. Stop it? A checkpoint is kept, and it can be resumed.",
        )
        if answer != QMessageBox.StandardButton.Yes:
            return False
        self.workspace.stop()
        return True

    def _pause_or_go_on(self) -> None:
        if self.workspace.state == "paused":
            self.workspace.go_on()
        else:
            self.workspace.pause()

    def _resume_last(self) -> None:
        if self.workspace.run:
            self.workspace.resume_run(self.workspace.run)

    def _show_run(self, name: str) -> None:
        self.workspace.show_run(name)
        self.tabs.setCurrentWidget(self.curves)

    def _choose_theme(self, scheme: str) -> None:
        theme().choose(None if scheme == "system" else scheme)  # type: ignore[arg-type]
        self.settings.change(theme=scheme)

    def _show_about(self) -> None:
        QMessageBox.about(
            self,
            "Flowgraph Studio",
            "<b>Flowgraph Studio</b><br>Draw a neural network, train it, and see inside it while it learns.",
        )

    def _fill_recent(self) -> None:
        self._recent_menu.clear()
        for text in self.settings.preferences.recent:
            path = Path(text)
            action = self._recent_menu.addAction(f"{path.name}    {path.parent}")
            action.triggered.connect(lambda _checked=False, path=path: self._open_recent(path))
        if self._recent_menu.isEmpty():
            self._recent_menu.addAction("Nothing was opened yet").setEnabled(False)

    def _fill_templates(self) -> None:
        self._templates_menu.clear()
        for template in zoo.templates():
            action: QAction = self._templates_menu.addAction(template.title)
            action.setObjectName(f"action.file.template.{template.name}")
            action.setToolTip(template.summary)
            action.triggered.connect(lambda _checked=False, name=template.name: self._new_from(name))

    def _new_from(self, name: str) -> None:
        self.new_project(Project(name=name, graph=zoo.build(name)))

    # What happens ---------------------------------------------------------------------------------

    def _project_opened(self) -> None:
        self.runs.set_folder(self.workspace.runs_folder)
        self._speed_label.clear()
        self.banner.hide()
        self.canvas.fit()

    def _selection_changed(self) -> None:
        self._show_node()
        self._refresh_actions()

    def _show_node(self) -> None:
        """Point the plots at the selected node; if it has nothing to show, at the first that has."""
        activations, filters = watched_nodes(self.document.graph, self.workspace.selection.single)
        self.curves.set_node(next(iter(activations), ""))
        self.activations.set_node(next(iter(activations), ""))
        self.filters.set_node(next(iter(filters), ""))

    def _run_state_changed(self, state: RunState | None) -> None:
        self.training_bar.set_state(state)
        self._state_label.setText(f"●  {STATE_TEXT[state]}")
        role = STATE_ROLE.get(state or "", "dim")
        self._state_label.setStyleSheet(f"color: {getattr(theme().colors, role)}")
        if state in ("finished", "stopped", "failed", "starting"):
            self.runs.set_folder(self.workspace.runs_folder)
        self._refresh_actions()

    def _show_progress(self) -> None:
        progress = self.workspace.monitor.progress
        if progress is None:
            return
        self.training_bar.set_progress(progress)
        self._speed_label.setText(
            f"{progress.samples_per_s:,.0f} samples/s    watching costs {progress.watching * 100:.1f} %"
        )

    def _engine_ready(self, ready: Ready) -> None:
        self.training_bar.set_devices(ready.devices)
        self.inspector.set_devices(ready.devices)
        if not self.workspace.is_training:
            self._state_label.setText(f"ready    torch {ready.torch} on {ready.default_device}")

    def _engine_lost(self, lost: EngineLost, run: str) -> None:
        if not self.workspace.engine_alive:
            text = (
                f"The engine could not be started: {lost.message}. The design can still be edited and saved."
            )
            self._state_label.setText("no engine")
            buttons = [("Try again", self.workspace.start)]
        else:
            text = f"The engine stopped: {lost.message}. Another one was started; the design is untouched."
            buttons = []
        if run:
            text += f" “{run}” can go on from its last checkpoint."
            buttons.append((f"Resume {run}", lambda: self.workspace.resume_run(run)))
        if lost.log:
            buttons.append(("Show its log", lambda: self._show_details("Engine log", lost.message, lost.log)))
        self.banner.show_message(text, *buttons, role="bad")

    def _show_refusal(self, failed: Failed) -> None:
        if failed.node:
            self.canvas.reveal(failed.node)
        buttons = []
        if failed.problems:
            buttons.append(("Show problems", lambda: self.tabs.setCurrentWidget(self.problems)))
        if failed.details:
            buttons.append(("Details", lambda: self._show_details("Report", failed.message, failed.details)))
        self.banner.show_message(failed.message, *buttons, role="bad")

    def _show_details(self, title: str, text: str, details: str) -> None:
        box = QMessageBox(QMessageBox.Icon.Information, title, text, QMessageBox.StandardButton.Close, self)
        box.setDetailedText(details)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _file_failed(self, what: str, message: str) -> None:
        buttons = [("Save as…", self.files.save_as)] if what == "save" else []
        self.banner.show_message(message, *buttons, role="bad")

    def _problem_count_changed(self, errors: int, warnings: int) -> None:
        self.tabs.setTabText(self.tabs.indexOf(self.problems), f"Problems {errors + warnings}")

    def _say(self, text: str) -> None:
        self.statusBar().showMessage(text, 6000)

    def _refresh_title(self) -> None:
        document = self.document
        name = document.path.name if document.path else f"{document.name}.flow"
        self.setWindowTitle(f"{name}[*] — Flowgraph Studio")
        self.setWindowModified(document.is_modified)
        self._saved_label.setText("unsaved changes" if document.is_modified else "saved")

    def _refresh_actions(self) -> None:
        enable, history, space = self.actions_.enable, self.document.history, self.workspace
        enable("edit.undo", history.can_undo, "Nothing was changed yet.")
        enable("edit.redo", history.can_redo, "Nothing was undone.")
        undo, redo = self.actions_["edit.undo"], self.actions_["edit.redo"]
        undo.setText(f"&Undo {history.undo_label.lower()}" if history.can_undo else "&Undo")
        redo.setText(f"&Redo {history.redo_label.lower()}" if history.can_redo else "&Redo")
        selected = bool(space.selection.nodes or space.selection.edges)
        for name in ("cut", "copy", "duplicate", "delete", "delete_only"):
            enable(f"edit.{name}", selected, "Nothing is selected.")
        enable("view.fit_selection", selected, "Nothing is selected.")
        enable("train.start", space.can_train and not space.is_training, self._why_no_training())
        enable("train.pause", space.is_training, "Nothing is being trained.")
        enable("train.stop", space.is_training, "Nothing is being trained.")
        stopped = space.state in ("stopped", "failed") and bool(space.run)
        enable("train.resume", stopped, "There is no stopped run to go on with.")
        self.training_bar.set_trainable(space.can_train, self._why_no_training())

    def _why_no_training(self) -> str:
        if self.workspace.is_training:
            return "A run is going on."
        errors = [problem for problem in self.workspace.facts.problems if problem.severity == "error"]
        if not errors:
            return ""
        return f"{len(errors)} problem{'s keep' if len(errors) > 1 else ' keeps'} this network from training."

    # Opening and closing --------------------------------------------------------------------------

    def _restore(self) -> None:
        self.resize(1600, 1000)
        preferences = self.settings.preferences
        if preferences.geometry:
            self.restoreGeometry(QByteArray(b64decode(preferences.geometry)))
        if not (preferences.layout and self.restoreState(QByteArray(b64decode(preferences.layout)))):
            horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
            self.resizeDocks([self._library_dock], [LIBRARY_WIDTH], horizontal)
            self.resizeDocks([self._inspector_dock], [INSPECTOR_WIDTH], horizontal)
            self.resizeDocks([self._monitor_dock], [self.height() * 3 // 10], vertical)

    def _after_first_paint(self) -> None:
        theme().show_icons()
        self.workspace.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and start what may take a while once the window is on screen."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.first_painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved changes and a run that goes on, then end the engine, bounded."""
        if not self._may_stop_training() or not self.files.may_leave():
            event.ignore()
            return
        self.settings.change(
            geometry=b64encode(bytes(self.saveGeometry().data())).decode(),
            layout=b64encode(bytes(self.saveState().data())).decode(),
        )
        self.hide()
        self.workspace.close()
        event.accept()
