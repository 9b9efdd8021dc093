"""Find a learning rate…: two ways to look for one, what they saw, and the one to take."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from studio.app.document import Document
from studio.app.engine_link import EngineLink
from studio.app.errand import Errand
from studio.app.lr_search.lr_plot import LrPlot
from studio.app.theme.polish import button_row, framed, label, set_property
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.engine.records import FindLr, LrFound, Progress
from studio.project.format import to_data

SIZE = QSize(760, 520)

_METHODS = {
    "halving": (
        "Halve until it learns",
        "On a tenth of the data: start at 10, and take half until the loss no longer runs away.",
    ),
    "range": (
        "Range test",
        "Let the learning rate grow from step to step, and take it where the loss falls most steeply.",
    ),
}


class LrDialog(QDialog):
    """Asks the engine for a learning rate, and makes it the project's.

    Args:
        document: Whose network, data and settings are used.
        link: To the engine.
        folder: Folder of the project file.
        parent: The window.
    """

    def __init__(
        self, document: Document, link: EngineLink, folder: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.lr")
        self.setWindowTitle("Find a learning rate")
        self._document, self._folder = document, folder
        self._errand = Errand(link, self)
        self._found: LrFound | None = None
        self._methods = QButtonGroup(self)
        self.choices: dict[str, QRadioButton] = {}
        self.plot = LrPlot(self)
        self.progress = QProgressBar(self)
        self.progress.setObjectName("lr.progress")
        self.progress.setTextVisible(False)
        self.outcome = label("", "", self, wrap=True)
        self.outcome.setObjectName("lr.result")
        self.search_button = self._button("search", "Search", self.search)
        self.use_button = self._button("use", "Use this", self.use)
        self.cancel_button = self._button("cancel", "Close", self._cancel_or_close)
        self._arrange()
        link.lr_found.connect(self._take)
        self._errand.changed.connect(self._refresh)
        self._errand.progressed.connect(self._show_progress)
        self._errand.failed.connect(lambda words: self._say(words, wrong=True))
        self.finished.connect(lambda _result: self._errand.cancel())
        self._say(
            "Nothing is kept of the search: it trains copies of the network on its data, with its optimizer "
            "and seed."
        )
        self._refresh()

    @property
    def method(self) -> str:
        """The way that is chosen."""
        return next(name for name, choice in self.choices.items() if choice.isChecked())

    def search(self) -> None:
        """Ask the engine."""
        self._found = None
        self.plot.show_found(None)
        self._say("Searching …")
        self._errand.ask(
            FindLr, project=to_data(self._document.project), method=self.method, folder=self._folder
        )

    def use(self) -> None:
        """Make what was found the project's learning rate: one step of undo."""
        found = self._found
        if found is None:
            return
        lr = float(f"{found.lr:.3g}")
        self._document.edit_project(
            "Set lr", lambda now: replace(now, training=now.training.model_copy(update={"lr": lr}))
        )
        self.accept()

    # Building ---------------------------------------------------------------------------------------

    def _button(self, name: str, text: str, pressed: object) -> QPushButton:
        made = QPushButton(text, self)
        made.setObjectName(f"lr.{name}")
        made.setAutoDefault(False)
        made.clicked.connect(pressed)
        return made

    def _arrange(self) -> None:
        choices = QVBoxLayout()
        choices.setSpacing(SPACE)
        for name, (title, text) in _METHODS.items():
            choice = QRadioButton(title, self)
            choice.setObjectName(f"lr.method.{name}")
            choice.setAccessibleDescription(text)
            choice.toggled.connect(lambda _on: self._refresh())
            self._methods.addButton(choice)
            self.choices[name] = choice
            choices.addWidget(choice)
            choices.addWidget(label(text, "dim", self, wrap=True))
        self.choices["halving"].setChecked(True)
        upper = QVBoxLayout()
        upper.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        upper.setSpacing(3 * SPACE)
        upper.addLayout(choices)
        upper.addWidget(self.plot, 1)
        upper.addWidget(self.progress)
        upper.addWidget(self.outcome)
        framed(self, upper, button_row(self.cancel_button, self.search_button, self.use_button))
        self.resize(SIZE)

    # What comes -------------------------------------------------------------------------------------

    def _take(self, found: LrFound) -> None:
        if not self._errand.is_answered_by(found):
            return
        self._found = found
        self.plot.show_found(found)
        now = self._document.project.training.lr
        if found.method == "range":
            said = f"The loss falls most steeply at {found.lr:.3g}."
        else:
            said = f"At {found.lr:.3g} the loss does not diverge; {len(found.lrs)} learning rates were tried."
        self._say(f"{said} The project's learning rate is {now:g}.")
        self._refresh()
        self.use_button.setFocus()  # what had the focus was switched off meanwhile

    def _show_progress(self, progress: Progress) -> None:
        self.progress.setRange(0, round(progress.total))
        self.progress.setValue(round(progress.done))
        self._say(f"Searching, {progress.label} …")

    def _cancel_or_close(self) -> None:
        if self._errand.cancel():
            self._say("Cancelled.")
        else:
            self.reject()

    def _say(self, words: str, *, wrong: bool = False) -> None:
        set_property(self.outcome, "role", "bad" if wrong else "dim")
        self.outcome.setText(words)

    def _refresh(self) -> None:
        """Offer what can be done now."""
        busy = self._errand.is_going_on
        self.progress.setVisible(busy)
        self.search_button.setEnabled(not busy)
        self.search_button.setText("Search again" if self._found else "Search")
        for choice in self.choices.values():
            choice.setEnabled(not busy)
        self.cancel_button.setText("Cancel" if busy else "Close")
        self.use_button.setEnabled(self._found is not None)
        self.use_button.setToolTip(
            "Set the project's learning rate"
            if self._found
            else "Use this: search for a learning rate first."
        )
        first = self.use_button if self._found else self.search_button
        for button in (self.use_button, self.search_button):
            set_property(button, "role", "primary" if button is first else "")
            button.setDefault(button is first)
