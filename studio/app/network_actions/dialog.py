"""The dialog of an action: what can be chosen, what it would change, and what that costs or saves."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from studio.app.document import Document
from studio.app.network_actions import wording
from studio.app.network_actions.comparison import Comparison
from studio.app.network_actions.table import ComparisonTable
from studio.app.panels.argument_form import ArgumentForm
from studio.app.panels.number_edit import NumberEdit
from studio.app.theme.polish import label, line, set_property
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.errors import StudioError
from studio.graph.node import Value
from studio.project.project import Project
from studio.zoo.actions import Action, Change

WIDTH = 136 * SPACE
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
WAITING = "Asking PyTorch for the shapes of all layers …"
NOTHING = "With these choices nothing would change."
RUNS = "Runs keep the design and the weights they were trained with"
TITLES = {
    "old": "replace",
    "new": "by",
    "per_channel": "slope per channel",
    "drop_bias": "drop biases",
    "by": "blocks a row",
    "average": "average the map",
    "followers": "with what follows",
}
"""What stands before a control; other arguments are called as in a command line."""


class ActionDialog(QDialog):
    """Arguments, a preview computed on a copy, and Apply.

    Args:
        action: What is to be done, fitted to the network.
        document: Holds the network. It is not changed here.
        comparison: Asks for the sizes; it was begun with the document's project.
        parent: The window.

    Attributes:
        values: The arguments as they are set now.
        change: What would come of them; None where the action refuses, or waits for shapes.
    """

    applied = Signal(object)
    """A `Change` that is to be made."""

    def __init__(
        self, action: Action, document: Document, comparison: Comparison, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.action")
        self.setWindowTitle(action.title.rstrip("…"))
        self._action, self._project, self._comparison = action, document.project, comparison
        self.values: dict[str, Value] = {spec.name: spec.default for spec in action.arguments}
        self.change: Change | None = None
        self._problems: dict[str, str] = {}
        self._refusal = ""
        self._just_set = False
        self.form = ArgumentForm(action.arguments, "action.argument", self, titles=TITLES)
        self.sentence = self._label("", "action.sentence")
        self.places = self._label("dim", "action.places")
        self.warning = self._label("warning", "action.warning")
        self.table = ComparisonTable(self)
        self.cancel_button = QPushButton("Cancel", self)
        self.cancel_button.setObjectName("action.cancel")
        self.cancel_button.setAutoDefault(False)
        self.apply_button = QPushButton("Apply", self)
        self.apply_button.setObjectName("action.apply")
        self.apply_button.setProperty("role", "primary")
        self.apply_button.setDefault(True)
        self._arrange()
        self._connect()
        self._build()

    def _label(self, role: str, name: str) -> QLabel:
        made = label("", role, self, wrap=True)
        made.setObjectName(name)
        return made

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * SPACE)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.apply_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        column.setSpacing(3 * SPACE)
        words = QWidget(self)
        lines = QVBoxLayout(words)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(SPACE)
        for widget in (self.sentence, self.places, self.warning):
            lines.addWidget(widget)
        lines.addStretch(1)
        # Room for a few lines, so that an answer moves nothing from under the mouse.
        words.setMinimumHeight(14 * SPACE)
        column.addWidget(label(self._action.summary, "dim", self, wrap=True))
        column.addWidget(self.form)
        column.addWidget(line(self))
        column.addWidget(words)
        column.addWidget(self.table)
        column.addWidget(line(self))
        column.addWidget(label(weights_text(self._project), "small", self, wrap=True))
        column.addStretch(1)
        column.addLayout(buttons)
        self.resize(WIDTH, 0)

    def _connect(self) -> None:
        self.form.edited.connect(self.set_value)
        self.form.reset_wanted.connect(self._reset)
        self._comparison.changed.connect(self._answered)
        self.apply_button.clicked.connect(self.make)
        self.cancel_button.clicked.connect(self.reject)

    # What is chosen -------------------------------------------------------------------------------

    def set_value(self, name: str, value: Value) -> None:
        """Set an argument, and look at what comes of it."""
        self.values = {**self.values, name: value}
        self._just_set = True
        QTimer.singleShot(0, self, self._forget_set)
        self._build()

    def _reset(self, name: str) -> None:
        self.set_value(name, next(spec.default for spec in self._action.arguments if spec.name == name))

    def _forget_set(self) -> None:
        self._just_set = False

    def _answered(self) -> None:
        """Take over sizes; if the action waited for shapes, they are there now."""
        if self._action.needs_shapes and self.change is None and not self._refusal:
            self._build()
        else:
            self._show()

    def _build(self) -> None:
        """Run the action on a copy, or find out why that cannot be."""
        shapes = self._comparison.shapes if self._action.needs_shapes else None
        self.change, self._refusal, self._problems = None, "", {}
        if shapes is not None or not self._action.needs_shapes:
            try:
                self.change = self._action.run(self._project.graph, self.values, shapes)
            except StudioError as error:
                self._refuse(error)
        made = self.change.graph if self.change is not None and self.change.count else None
        self._comparison.look_at(replace(self._project, graph=made) if made is not None else None)
        self._show()

    def _refuse(self, error: StudioError) -> None:
        """Say why the action cannot be: at the field it is about, if that is known."""
        if error.argument in self.values:
            self._problems = {str(error.argument): error.message}
        self._refusal = error.message

    # What would come of it ------------------------------------------------------------------------

    def _show(self) -> None:
        self.form.show_values(self.values, problems=self._problems)
        if "per_channel" in self.form.rows:
            self.form.rows["per_channel"].set_visible(self.values["new"] == "PReLU")
        set_property(self.sentence, "role", "bad" if self._refusal else "")
        self.sentence.setText(self._words())
        self.places.setText(self._places())
        before, after = self._comparison.before, self._comparison.after
        problems = wording.problems_text(wording.new_problems(before, after))
        self.warning.setText(self._comparison.reason or problems)
        self.warning.setVisible(bool(self.warning.text()))
        unchanged = self.change is not None and not self.change.count
        then = before if unchanged else after
        self.table.show_lines(wording.lines(before, then, self._project.training.batch_size))
        self.apply_button.setEnabled(self.can_apply)

    @property
    def can_apply(self) -> bool:
        """Whether there is something to be made."""
        return self.change is not None and self.change.count > 0

    def _words(self) -> str:
        if self._refusal:
            return "" if self._problems else self._refusal
        if self.change is None:
            return WAITING if not self._comparison.reason else ""
        return wording.would(self.change.text) if self.change.count else NOTHING

    def _places(self) -> str:
        if not self.can_apply:
            return ""
        assert self.change is not None
        old, new = self._project.graph, self.change.graph
        places = wording.where(old, new)
        gone = wording.gone(old, new)
        if self._action.name == "delete_and_reconnect" and len(gone) > self.change.count:
            return f"{places} What goes: {', '.join(gone)}."
        return places

    def _grow(self) -> None:
        """Become as high as the words need, and never lower: what is under the mouse stays there."""
        column = self.layout()
        height = column.totalHeightForWidth(self.width()) if column is not None else 0
        if height > self.height():
            self.resize(self.width(), height)

    # Apply ----------------------------------------------------------------------------------------

    def make(self) -> None:
        """Take over what was typed and not finished yet, and make the change if there is one."""
        self.form.flush()
        for row in self.form.rows.values():
            if isinstance(row.editor, NumberEdit) and row.editor.has_pending_text:
                row.editor.setFocus(Qt.FocusReason.OtherFocusReason)
                return
        if self.can_apply:
            self.applied.emit(self.change)
            self.accept()

    def event(self, event: QEvent) -> bool:
        """Make room when words come in."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._grow()
        return done

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the Enter that set a value do no more than that."""
        if event.key() in ENTER and self._just_set:
            return
        super().keyPressEvent(event)


def weights_text(project: Project) -> str:
    """Return what becomes of trained weights when the network is another."""
    file = project.training.initial_weights
    if file:
        return f"{RUNS}. The initial weights in {file} must fit the new network, too, or be cleared."
    return f"{RUNS}; the new network starts with fresh ones."
