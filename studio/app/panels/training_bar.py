"""The bar above the canvas: start, pause and stop a run, its main settings, and how far it is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pydantic import ValidationError
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QWidget,
)

from studio.app.document import Document
from studio.app.in_force import in_force, preferred
from studio.app.panels.number_edit import NumberEdit
from studio.app.plots.wording import clock, count
from studio.app.theme.polish import label, set_property
from studio.app.theme.theme import theme
from studio.app.theme.tokens import ELSEWHERE_WIDTH, SPACE
from studio.catalog.spec import ArgSpec
from studio.graph.node import Value
from studio.project.config import TrainingConfig
from studio.project.project import Project
from studio.runs.records import RunProgress, RunState

ACTIVE: frozenset[RunState | None] = frozenset({"starting", "running", "paused"})
LIVE: frozenset[RunState | None] = frozenset({"running", "paused"})
"""States in which a run takes a learning rate."""

_FIELDS: tuple[tuple[ArgSpec, str, int], ...] = (
    (ArgSpec("epochs", "int", 20, "Passes over the training data", minimum=1), "Epochs", 13 * SPACE),
    (ArgSpec("batch_size", "int", 64, "Samples of one optimizer step", minimum=1), "Batch", 14 * SPACE),
    (ArgSpec("lr", "float", 0.05, "Learning rate", minimum=0.0, open_range=True), "lr", 17 * SPACE),
)
_PROGRESS_STEPS = 1000
_OPTIMIZERS: Mapping[str, str] = {
    "sgd": "SGD",
    "adam": "Adam",
    "adamw": "AdamW",
    "nadam": "NAdam",
    "rmsprop": "RMSprop",
    "adagrad": "Adagrad",
    "muon": "Muon",
    "kfac": "K-FAC",
    "lbfgs": "L-BFGS",
}
"""Optimizers as their authors write them."""


class TrainingBar(QToolBar):
    """Buttons, settings and progress of training, in one line.

    Settings are edits of the document like any other: one step of undo each. While a run goes on they
    are locked, since it was started with the values they show; all but the learning rate, which then is the
    run's own: it shows what is in force, and can be set for the steps to come.
    """

    train_requested = Signal()
    pause_requested = Signal()
    resume_requested = Signal()
    stop_requested = Signal()
    lr_requested = Signal(float)
    """The run is to go on at another learning rate; the setting stays."""

    elsewhere_chosen = Signal()
    """The person wants to see the project that is being trained while another one is on show."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__("Training", parent)
        self.setObjectName("panel.training")
        self.setMovable(False)
        self._document = document
        self._state: RunState | None = None
        self._progress: RunProgress | None = None
        self._trainable, self._why_not = True, ""
        self._read_only = ""
        self._devices: tuple[str, ...] = ("auto", "cpu")
        self._row = QWidget()
        self._line = QHBoxLayout(self._row)
        self._build()
        self.addWidget(self._row)
        document.changed.connect(self._document_changed)
        theme().changed.connect(self._dress)
        in_force().changed.connect(self._preferences_changed)
        self._show_settings()
        self._show_state()

    @property
    def state(self) -> RunState | None:
        """The state shown."""
        return self._state

    def set_state(self, state: RunState | None) -> None:
        """Show the state of the run; None before the first."""
        if state == "starting" and self._state not in ACTIVE:
            self._progress = None
        self._state = state
        self._show_state()

    def set_progress(self, progress: RunProgress | None) -> None:
        """Show how far the run is; None before its first step."""
        self._progress = progress
        self._show_progress()
        self._show_lr()

    def set_elsewhere(self, words: str) -> None:
        """Say that another project trains, in words that lead there; empty words when none does."""
        metrics = self._elsewhere.fontMetrics()
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, ELSEWHERE_WIDTH)
        self._elsewhere.setText(shown)
        self._elsewhere.setAccessibleName(words)
        self._elsewhere.setToolTip(f"{words}\nClick to go to that project" if words else "")
        self._elsewhere.setVisible(bool(words))
        self._words.setVisible(not words)
        self._leave_out()

    def set_trainable(self, trainable: bool, why_not: str = "") -> None:
        """Say whether Train may be pressed, and else why not."""
        self._trainable, self._why_not = trainable, why_not
        self._show_state()

    def set_devices(self, devices: tuple[str, ...]) -> None:
        """Offer the devices that the engine found, beside ``auto``."""
        self._devices = ("auto", *(device for device in devices if device != "auto"))
        self._show_settings()

    def add_leading(self, actions: Sequence[QAction]) -> None:
        """Put actions before the training buttons: those with an icon as that, the others as words."""
        for place, action in enumerate(actions):
            button = QToolButton()
            button.setDefaultAction(action)
            button.setObjectName(f"bar.{action.objectName()}")
            button.setIconSize(QSize(4 * SPACE, 4 * SPACE))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(action.text().replace("&", ""))
            self._line.insertWidget(place, button)
        self._line.insertWidget(len(actions), _separator())
        self._leave_out()

    def add_trailing(self, action: QAction) -> None:
        """Put an action at the right end, as its icon and its words."""
        button = QToolButton()
        action.setIconText(action.text().replace("&", "").rstrip("…"))
        button.setDefaultAction(action)
        button.setObjectName(f"bar.{action.objectName()}")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(4 * SPACE, 4 * SPACE))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(button.text())
        self._line.addWidget(button)
        self._leave_out()

    # Building ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._row.setObjectName("training.row")
        self._row.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._line.setContentsMargins(3 * SPACE, 0, 3 * SPACE, 0)
        self._line.setSpacing(2 * SPACE)
        self._main = self._button("train", "primary", self._press_main)
        self._stop = self._button("stop", "", self.stop_requested.emit)
        self._stop.setText("Stop")
        self._line.addWidget(_separator())
        self._fields = {
            spec.name: self._field(*definition) for definition in _FIELDS for spec in definition[:1]
        }
        self._device = self._device_field()
        self._line.addWidget(_separator())
        self._bar = QProgressBar()
        self._bar.setRange(0, _PROGRESS_STEPS)
        self._bar.setTextVisible(False)
        self._bar.setMinimumWidth(16 * SPACE)
        self._bar.setObjectName("training.progress")
        self._bar.setAccessibleName("Progress of the run")
        self._line.addWidget(self._bar, 1)
        self._words = label()
        self._words.setObjectName("training.words")
        self._elsewhere = QPushButton()
        self._elsewhere.setObjectName("training.elsewhere")
        self._elsewhere.setProperty("role", "link")
        self._elsewhere.clicked.connect(self.elsewhere_chosen)
        self._elsewhere.hide()
        self._speed = label("", "dim")
        self._speed.setObjectName("training.speed")
        for part in (self._speed, self._optimizer):
            part.setMinimumWidth(1)  # what may be left out keeps no window from being narrow
        self._line.addWidget(self._words)
        self._line.addWidget(self._elsewhere)
        self._line.addWidget(self._speed)

    def _button(self, name: str, role: str, pressed: object) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"training.{name}")
        button.setProperty("role", role)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(4 * SPACE, 4 * SPACE))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(pressed)
        self._line.addWidget(button)
        return button

    def _field(self, spec: ArgSpec, title: str, width: int) -> NumberEdit:
        if spec.name == "lr":
            self._optimizer = label("", "dim")
            self._optimizer.setObjectName("training.optimizer")
            self._optimizer.setToolTip("Set the optimizer in the inspector, with nothing selected")
            self._line.addWidget(self._optimizer)
        field = NumberEdit(spec)
        field.setFixedWidth(width)
        field.setObjectName(f"training.{spec.name}")
        field.setAccessibleName(spec.help)
        field.committed.connect(lambda value: self._edit(spec.name, value))
        field.refused.connect(lambda reason: self._refuse(spec.name, reason))
        self._line.addWidget(self._caption(title, field))
        self._line.addWidget(field)
        return field

    def _device_field(self) -> QComboBox:
        field = QComboBox()
        field.setObjectName("training.device")
        field.setAccessibleName("Device to train on")
        field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        field.textActivated.connect(lambda device: self._edit("device", device))
        self._line.addWidget(self._caption("Device", field))
        self._line.addWidget(field)
        return field

    def _caption(self, title: str, field: QWidget) -> QWidget:
        caption = label(title, "dim")
        caption.setBuddy(field)
        return caption

    # Editing ----------------------------------------------------------------------------------------

    def _edit(self, name: str, value: Value) -> None:
        """Make a setting an edit of the document, unless the configuration refuses it.

        The learning rate of a run that goes on is the run's alone.
        """
        if name == "lr" and self._state in LIVE and isinstance(value, float):
            self.lr_requested.emit(value)
            return

        def change(project: Project) -> Project:
            settings = {**project.training.model_dump(), name: value}
            return replace(project, training=TrainingConfig.model_validate(settings))

        try:
            self._document.edit_project(f"Set {name}", change)
        except ValidationError as error:
            self._refuse(name, error.errors()[0]["msg"])

    def _refuse(self, name: str, reason: str) -> None:
        field = self._fields[name]
        set_property(field, "invalid", bool(reason))
        field.setToolTip(f"{name} {reason}" if reason else self._field_help(name))

    def _press_main(self) -> None:
        wanted = {"running": self.pause_requested, "paused": self.resume_requested}
        wanted.get(self._state or "", self.train_requested).emit()

    # Showing ----------------------------------------------------------------------------------------

    def _document_changed(self, old: Project, new: Project) -> None:
        if old.training is not new.training:
            self._show_settings()

    def _show_settings(self) -> None:
        training = self._document.project.training
        for name, field in self._fields.items():
            field.show_value(getattr(training, name))
            set_property(
                field, "steps", False
            )  # arrows would take half of so narrow a field; keys still work
        self._optimizer.setText(_optimizer_text(training) + ",")
        known = training.device in self._devices
        devices = self._devices if known else (*self._devices, training.device)
        if devices != tuple(self._device.itemText(index) for index in range(self._device.count())):
            self._device.clear()
            self._device.addItems(devices)
        self._device.setCurrentText(training.device)
        self.lock()

    def _show_state(self) -> None:
        state = self._state
        text = {"starting": "Starting", "running": "Pause", "paused": "Resume"}.get(state or "", "Train")
        tip = {
            "starting": "The engine is getting ready: the data and the first step.",
            "running": "Pause at the next step",
            "paused": "Go on training",
        }.get(state or "", "Train this network" if self._trainable else f"Train: {self._why_not}")
        self._main.setText(text)
        self._main.setToolTip(tip)
        self._main.setAccessibleName(text)
        self._main.setEnabled(state in {"running", "paused"} or (state != "starting" and self._trainable))
        active = state in ACTIVE
        self._stop.setEnabled(active)
        tip = "Stop at the next step, and keep a checkpoint" if active else "Stop: nothing is being trained."
        self._stop.setToolTip(tip)
        self.lock()
        self._dress()
        self._show_progress()
        self._show_lr()

    def _dress(self) -> None:
        """Take icons in the theme's colours."""
        icon = "ph.pause-fill" if self._state == "running" else "ph.play-fill"
        self._main.setIcon(theme().icon(icon, "on_accent"))
        self._stop.setIcon(theme().icon("ph.stop-fill"))

    def _preferences_changed(self, _old: object, _new: object) -> None:
        self.lock()

    def lock(self, read_only: str | None = None) -> None:
        """Lock the settings while a run goes on or the project is read-only, and say why.

        Args:
            read_only: Why it is; empty if it can be changed. None leaves that as it was.
        """
        self._read_only = self._read_only if read_only is None else read_only
        active = self._state in ACTIVE
        for name, field in self._fields.items():
            locked = (active or bool(self._read_only)) and not (name == "lr" and self._state in LIVE)
            set_property(field, "locked", locked)
            field.setEnabled(not locked)
            if not field.property("invalid"):
                field.setToolTip(self._field_help(name))
        self._device.setEnabled(not active and not self._read_only)
        set_property(self._device, "locked", not self._device.isEnabled())
        device = self._document.project.training.device
        if self._read_only and not active:
            tip = self._read_only
        elif active:
            tip = f"Device {device}: it cannot change while the run goes on."
        elif device not in self._devices:
            tip = f"The engine found no device {device} on this machine. Choose another one to train."
        else:
            tip = f"Where to train; auto takes {_auto_text(self._devices)}"
        self._device.setToolTip(tip)

    def _field_help(self, name: str) -> str:
        if name == "lr" and self._state in LIVE:
            return "Learning rate in force. Set it for the steps to come; the project keeps its own."
        if self._state in ACTIVE:
            return f"{name}: the run was started with this value. Stop the run to change it."
        if self._read_only:
            return self._read_only
        return next(spec.help for spec, _, _ in _FIELDS if spec.name == name)

    def _show_lr(self) -> None:
        """Show the learning rate in force while a run goes on, else the setting."""
        field, progress = self._fields["lr"], self._progress
        if self._state not in LIVE or progress is None or math.isnan(progress.lr):
            field.show_value(self._document.project.training.lr)
        elif not field.has_pending_text:
            field.show_value(float(f"{progress.lr:.4g}"))
        set_property(field, "steps", False)

    def _show_progress(self) -> None:
        progress, state = self._progress, self._state
        done = progress.step / progress.total_steps if progress and progress.total_steps else 0.0
        self._bar.setValue(round(_PROGRESS_STEPS * min(1.0, 1.0 if state == "finished" else done)))
        self._words.setText(progress_text(state, progress))
        speed = f"{progress.samples_per_s:,.0f} samples/s" if progress and state == "running" else ""
        self._speed.setText(speed)
        self._leave_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what may be missed where the bar is narrow."""
        super().resizeEvent(event)
        self._leave_out()

    def _leave_out(self) -> None:
        """Show the optimizer, and then the speed, only where all the rest has room beside them."""
        optional = (self._optimizer, self._speed)
        gap = self._line.spacing()
        used = self._line.minimumSize().width()
        used -= sum(part.minimumWidth() + gap for part in optional if not part.isHidden())
        for part in optional:
            used += part.sizeHint().width() + gap
            part.setVisible(used <= self.width())


def _separator() -> QFrame:
    line = QFrame()
    line.setProperty("role", "line")
    line.setFixedSize(1, 6 * SPACE)
    return line


def _optimizer_text(training: TrainingConfig) -> str:
    """Return the optimizer in a few words: ``SGD, momentum 0.9``."""
    name = _OPTIMIZERS[training.optimizer]
    if training.optimizer == "sgd" and training.momentum:
        return f"{name}, {'Nesterov' if training.nesterov else 'momentum'} {training.momentum:g}"
    return name


def _auto_text(devices: tuple[str, ...]) -> str:
    """Return what ``auto`` stands for on this machine."""
    device = preferred().device
    return f"{device}, as your preferences say" if device in devices[1:] else "CUDA, then MPS, then the CPU"


def progress_text(state: RunState | None, progress: RunProgress | None) -> str:
    """Return how far a run is in a few words."""
    if state is None:
        return "not trained yet"
    if state == "starting" or progress is None:
        return {"starting": "warming up …", "running": "first steps …"}.get(state, state)
    epoch = f"epoch {count(min(progress.epoch, progress.epochs))} of {count(progress.epochs)}"
    if state == "running":
        return f"{epoch} · {clock(progress.remaining_s)} left"
    if state == "finished":
        return f"finished in {clock(progress.elapsed_s)}"
    return f"{state} in {epoch}"
