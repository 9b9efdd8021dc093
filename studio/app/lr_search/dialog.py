"""Find a learning rate…: two ways to look for one, what they saw, and the one to take."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from studio.app.document import Document
from studio.app.engine_link import EngineLink
from studio.app.errand_dialog import ErrandDialog
from studio.app.lr_search.lr_plot import LrPlot
from studio.app.theme.polish import label, set_property
from studio.app.theme.tokens import SPACE
from studio.engine.records import FindLr, LrFound
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


class LrDialog(ErrandDialog):
    """Asks the engine for a learning rate, and makes it the project's.

    Args:
        document: Whose network, data and settings are used.
        link: To the engine.
        folder: Folder of the project file.
        parent: The window.
    """

    DOING = "Searching,"

    def __init__(
        self, document: Document, link: EngineLink, folder: str, parent: QWidget | None = None
    ) -> None:
        super().__init__("lr", "Find a learning rate", link, parent)
        self._document, self._folder = document, folder
        self._found: LrFound | None = None
        self._methods = QButtonGroup(self)
        self.choices: dict[str, QRadioButton] = {}
        self.plot = LrPlot(self)
        self.search_button = self.button("search", "Search", self.search)
        self.use_button = self.button("use", "Use this", self.use)
        parts = self._choices(), self.plot, self.progress, self.outcome
        self.arrange(parts, self.plot, self.search_button, self.use_button)
        self.resize(SIZE)
        link.lr_found.connect(self._take)
        self.say(
            "Nothing is kept of the search: it trains copies of the network on its data, with its optimizer "
            "and seed."
        )
        self.refresh()

    @property
    def method(self) -> str:
        """The way that is chosen."""
        return next(name for name, choice in self.choices.items() if choice.isChecked())

    def search(self) -> None:
        """Ask the engine."""
        self._found = None
        self.plot.show_found(None)
        self.say("Searching …")
        self.errand.ask(
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

    def refresh(self) -> None:
        """Offer what can be done now."""
        super().refresh()
        busy = self.errand.is_going_on
        self.search_button.setEnabled(not busy)
        self.search_button.setText("Search again" if self._found else "Search")
        for choice in self.choices.values():
            choice.setEnabled(not busy)
        self.use_button.setEnabled(self._found is not None)
        self.use_button.setToolTip(
            "Set the project's learning rate"
            if self._found
            else "Use this: search for a learning rate first."
        )
        first, other = self.search_button, self.use_button
        if self._found:
            first, other = other, first
        set_property(other, "role", "")
        other.setDefault(False)
        self.lead(first)

    def _choices(self) -> QVBoxLayout:
        choices = QVBoxLayout()
        choices.setSpacing(SPACE)
        for name, (title, text) in _METHODS.items():
            choice = QRadioButton(title, self)
            choice.setObjectName(f"lr.method.{name}")
            choice.setAccessibleDescription(text)
            choice.toggled.connect(lambda _on: self.refresh())
            self._methods.addButton(choice)
            self.choices[name] = choice
            choices.addWidget(choice)
            choices.addWidget(label(text, "dim", self, wrap=True))
        self.choices["halving"].setChecked(True)
        return choices

    def _take(self, found: LrFound) -> None:
        if not self.errand.is_answered_by(found):
            return
        self._found = found
        self.plot.show_found(found)
        now = self._document.project.training.lr
        if found.method == "range":
            said = f"The loss falls most steeply at {found.lr:.3g}."
        else:
            said = f"At {found.lr:.3g} the loss does not diverge; {len(found.lrs)} learning rates were tried."
        self.say(f"{said} The project's learning rate is {now:g}.")
        self.refresh()
        self.use_button.setFocus()  # what had the focus was switched off meanwhile
