"""Step through…: one batch box by box, forward to the loss and back with gradients."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from studio.app.document import Document
from studio.app.engine_link import EngineLink
from studio.app.errand import Errand
from studio.app.plots.wording import number
from studio.app.preview.output_picture import OutputPicture
from studio.app.stepping.tensor_table import TensorTable
from studio.app.theme.elided import ElidedLabel
from studio.app.theme.polish import button_row, framed, label, set_property
from studio.app.theme.spin_box import SpinBox
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.engine.records import BoxShown, CloseSteps, Numbers, OpenSteps, StepsOpened, TakeSteps
from studio.project.format import to_data

SIZE = QSize(274 * SPACE, 112 * SPACE)
MOST_SAMPLES = 256
LOSS = "loss"

_TIPS = {
    "back": "The box before",
    "step": "The next box; behind the loss, the same boxes backwards",
    "end": "All boxes up to the loss",
    "backward": "All gradients, down to the input",
    "anew": "Begin with these weights and samples, and with the design as it is now",
}
_WORDS = {"loss": "The losses, of what the network gave", "input": "What goes in"}
_NOT_BEGUN = "Begin first."


class StepDialog(QDialog):
    """Goes through the network while the person may work on: it is not modal.

    Args:
        document: Whose network and data are used.
        link: To the engine, which keeps the numbers until the dialog is closed.
        folder: Folder of the project file.
        run: A run whose best weights can be taken; empty: none.
        runs_folder: Where it is kept.
        parent: The window.
    """

    node_chosen = Signal(str)
    """Dotted name of the node whose box is on show."""

    def __init__(
        self,
        document: Document,
        link: EngineLink,
        folder: str,
        run: str = "",
        runs_folder: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.steps")
        self.setWindowTitle("Step through")
        self._document, self._link, self._folder = document, link, folder
        self._run, self._runs_folder = run, runs_folder
        self._errand = Errand(link, self)
        self._session = 0
        self._boxes: tuple[str, ...] = ()
        self._place = self._wanted = -1
        self._said = ""
        self._build()
        self._arrange()
        link.steps_opened.connect(self._opened)
        link.box_shown.connect(self._shown)
        document.changed.connect(self._design_changed)
        self.table.tensor_chosen.connect(self._show_picture)
        self._errand.changed.connect(self._refresh)
        self._errand.failed.connect(self._failed)
        link.lost.connect(self._lost)
        self.finished.connect(self._let_go)
        self._refresh()

    def place_below(self, window: QWidget) -> None:
        """Stand at the lower edge of the window, so that the canvas with the box on it stays in view."""
        area = window.geometry()
        left = area.center().x() - self.width() // 2
        self.move(max(area.left(), left), max(area.top(), area.bottom() - self.height() - PANEL_MARGIN))

    # Acting -----------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin a walk with the weights and samples that are chosen."""
        self._let_go()
        self._say("Beginning …")
        self._errand.ask(
            OpenSteps,
            project=to_data(self._document.project),
            samples=self.samples.value(),
            folder=self._folder,
            run=self.weights.currentData(),
            runs_folder=self._runs_folder,
        )

    def go_to(self, place: int) -> None:
        """Go to a place of the walk."""
        self._wanted = max(0, min(place, 2 * len(self._boxes) - 1))
        self._errand.ask(TakeSteps, session=self._session, place=self._wanted)

    def step(self) -> None:
        """Go on by one box."""
        self.go_to(self._place + 1)

    def step_back(self) -> None:
        """Show the box before."""
        self.go_to(self._place - 1)

    def to_the_end(self) -> None:
        """Go forward to the loss."""
        self.go_to(len(self._boxes) - 1)

    def backward(self) -> None:
        """Go all the way, to the gradients of the input."""
        self.go_to(2 * len(self._boxes) - 1)

    # Building ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.weights = QComboBox(self)
        self.weights.setObjectName("steps.weights")
        self.weights.setAccessibleName("Weights")
        self.weights.addItem("Weights that training starts from", "")
        if self._run:
            self.weights.addItem(f"Best weights of {self._run}", self._run)
            self.weights.setCurrentIndex(1)
        self.samples = SpinBox(self)
        self.samples.setObjectName("steps.samples")
        self.samples.setAccessibleName("Samples in the batch")
        self.samples.setRange(2, MOST_SAMPLES)
        self.samples.setValue(8)
        self.samples.setSuffix(" samples")
        self.title = label("", "heading", self)
        self.code = ElidedLabel("mono", self)
        self.progress = QProgressBar(self)
        self.progress.setObjectName("steps.progress")
        self.progress.setAccessibleName("Boxes gone through")
        self.progress.setTextVisible(False)
        self.table = TensorTable(self)
        self.picture = OutputPicture(self)
        self.caption = label("", "dim", self, wrap=True)
        self.words = label("", "dim", self, wrap=True)
        self.words.setObjectName("steps.words")
        self.anew_button = self._button("anew", "Begin anew", self.begin)
        self.back_button = self._button("back", "Back", self.step_back)
        self.step_button = self._button("step", "Step", self.step)
        self.end_button = self._button("end", "To the end", self.to_the_end)
        self.backward_button = self._button("backward", "Backward", self.backward)
        self.close_button = self._button("close", "Close", self.reject)

    def _button(self, name: str, text: str, pressed: object) -> QPushButton:
        made = QPushButton(text, self)
        made.setObjectName(f"steps.{name}")
        made.setAutoDefault(False)
        made.clicked.connect(pressed)
        return made

    def _arrange(self) -> None:
        choices, middle, side = QHBoxLayout(), QHBoxLayout(), QVBoxLayout()
        choices.setSpacing(2 * SPACE)
        for choice in (self.weights, self.samples, self.anew_button):
            choices.addWidget(choice)
        choices.addStretch(1)
        side.setSpacing(SPACE)
        side.addWidget(self.picture)
        side.addWidget(self.caption)
        side.addStretch(1)
        middle.setSpacing(3 * SPACE)
        middle.addWidget(self.table, 1)
        middle.addLayout(side)
        upper = QVBoxLayout()
        upper.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        upper.setSpacing(2 * SPACE)
        upper.addLayout(choices)
        for widget in (self.title, self.code, self.progress):
            upper.addWidget(widget)
        upper.addLayout(middle, 1)
        upper.addWidget(self.words)
        moves = self.back_button, self.step_button, self.end_button, self.backward_button
        framed(self, upper, button_row(self.close_button, *moves))
        set_property(self.step_button, "role", "primary")
        self.step_button.setDefault(True)
        self.resize(SIZE)

    # What comes -------------------------------------------------------------------------------------

    def _opened(self, opened: StepsOpened) -> None:
        if not self._errand.is_answered_by(opened):
            return
        self._session, self._boxes, self._place = opened.id, opened.boxes, -1
        self._said = " ".join(
            filter(None, (f"One batch of {opened.samples} samples, {opened.weights}.", opened.note))
        )
        self._say(self._said)
        self.go_to(0)

    def _shown(self, shown: BoxShown) -> None:
        if not self._errand.is_answered_by(shown):
            return
        self._place = shown.place
        name, backward = self._boxes[shown.box], shown.place >= len(self._boxes)
        way = "Backward" if backward else "Forward"
        self.title.setText(f"{way}, box {shown.box + 1} of {len(self._boxes)}: {name}")
        layer = " ".join(shown.layer.split())
        code = "; ".join(shown.code) or _WORDS["loss" if name == LOSS else "input"]
        self.code.setText(f"{code}    # {layer}" if layer else code)
        self.progress.setRange(0, 2 * len(self._boxes) - 1)
        self.progress.setValue(shown.place)
        self.table.show_box(shown, name, backward=backward)
        loss = "" if math.isnan(shown.loss) else f" The loss is {number(shown.loss, 6)}."
        self._say(self._said + loss)
        if name != LOSS:
            self.node_chosen.emit(name)
        self._refresh()
        if shown.place != self._wanted:
            self.go_to(self._wanted)

    def _show_picture(self, title: str, numbers: Numbers) -> None:
        self.picture.show_values(numbers.values, numbers.low, numbers.high)
        scale = f"{number(numbers.low)} to {number(numbers.high)}"
        self.caption.setText(f"{title}: {scale}.")

    def _failed(self, words: str) -> None:
        self._say(words, "bad")
        self._wanted = self._place

    def _lost(self) -> None:
        self._session, self._boxes, self._place = 0, (), -1
        self._refresh()

    def _design_changed(self) -> None:
        if self._session:
            self._said = "The design was changed: this is the network as it was. Begin anew to follow it."
            self._say(self._said)

    def _let_go(self) -> None:
        """Have the engine forget the walk."""
        self._errand.cancel()
        if self._session:
            self._link.request(CloseSteps, session=self._session)
        self._session, self._boxes, self._place = 0, (), -1

    def _say(self, words: str, role: str = "dim") -> None:
        set_property(self.words, "role", role)
        self.words.setText(words)

    def _refresh(self) -> None:
        """Offer what can be done now."""
        last, begun = 2 * len(self._boxes) - 1, bool(self._session)
        at_end = "All boxes were gone through."
        offers = {
            self.back_button: ("back", self._place > 0, "This is the first box."),
            self.step_button: ("step", self._place < last, at_end),
            self.end_button: ("end", self._place < len(self._boxes) - 1, "The loss was computed."),
            self.backward_button: ("backward", self._place < last, at_end),
        }
        for button, (name, possible, why_not) in offers.items():
            button.setEnabled(begun and possible)
            button.setToolTip(_TIPS[name] if begun and possible else why_not if begun else _NOT_BEGUN)
        self.anew_button.setToolTip(_TIPS["anew"])
