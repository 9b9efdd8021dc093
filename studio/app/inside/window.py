"""The window that looks inside a network at rest. It stays open and follows the selection."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from studio.app.inside.embedding_page import EmbeddingPage
from studio.app.inside.maps_page import MapsPage
from studio.app.inside.page import Page
from studio.app.inside.relations_page import RelationsPage
from studio.app.inside.saliency_page import SaliencyPage
from studio.app.inside.source import InsideSource
from studio.app.inside.strongest_page import StrongestPage
from studio.app.inside.units_page import UnitsPage
from studio.app.inside.weights_page import WeightsPage
from studio.app.reading import Reading
from studio.app.theme.polish import button_row, framed, label
from studio.app.theme.spin_box import SpinBox
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.catalog.registry import spec_of
from studio.graph.node import Node

if TYPE_CHECKING:
    from studio.app.workspace import Workspace

SIZE = QSize(280 * SPACE, 165 * SPACE)
PAGES: tuple[type[Page], ...] = (
    UnitsPage,
    RelationsPage,
    EmbeddingPage,
    MapsPage,
    SaliencyPage,
    StrongestPage,
    WeightsPage,
)
PARTS = {"validation": "Validation part", "train": "Training part"}
MOST_RUNS = 20
MOST_SAMPLES = 4096
SETTLE_MS = 120
"""So long after the last change the engine is asked: whoever walks over the canvas wants the last only."""


class InsideWindow(QDialog):
    """Pages about one node, the weights of a run or of the design, and samples of a part of the data.

    Args:
        workspace: Whose design, runs and selection.
        runs: Returns the names of the runs of a folder that have weights, the newest first; it is called
            beside the window's thread.
        parent: The window.
    """

    node_chosen = Signal(str)
    """Dotted name of a layer that is to be selected on the canvas."""

    def __init__(
        self, workspace: Workspace, runs: Callable[[Path], list[str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.inside")
        self.setWindowTitle("Look inside")
        self.setModal(False)
        self.resize(SIZE)
        self._space, self._runs = workspace, runs
        self._reading = Reading(self)
        self.source = InsideSource(workspace, self)
        self._build()
        self._arrange()
        self._connect()

    # Building ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.node = self._combo("node", "Which layer: it follows what is selected on the canvas")
        self.weights = self._combo("weights", "Which weights")
        self.part = self._combo("part", "Which part of the data; the test part stays unseen")
        for key, words in PARTS.items():
            self.part.addItem(words, key)
        self.samples = SpinBox(self)
        self.samples.setObjectName("inside.samples")
        self.samples.setAccessibleName("How many samples, at most")
        self.samples.setToolTip(self.samples.accessibleName())
        self.samples.setRange(1, MOST_SAMPLES)
        self.samples.setValue(self.source.samples)
        self.samples.setKeyboardTracking(False)
        self.again = QPushButton("Look again", self)
        self.again.setObjectName("inside.again")
        self.again.setToolTip("Ask anew: weights of a run that goes on are others by now")
        self.again.setAutoDefault(False)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("inside.tabs")
        self.pages = [kind(self) for kind in PAGES]
        for page in self.pages:
            self.tabs.addTab(page, page.title)
        self.words = label("", "small", self)
        self.close_button = QPushButton("Close", self)
        self.close_button.setObjectName("inside.close")
        self.close_button.setAutoDefault(False)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE_MS)

    def _combo(self, name: str, words: str) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName(f"inside.{name}")
        box.setAccessibleName(words)
        box.setToolTip(words)
        return box

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2 * SPACE)
        for box, share in ((self.node, 2), (self.weights, 2), (self.part, 1)):
            head.addWidget(box, share)
        head.addWidget(self.samples)
        head.addWidget(label("samples", "argument", self))
        head.addWidget(self.again)
        whole = QVBoxLayout()
        whole.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        whole.setSpacing(3 * SPACE)
        whole.addLayout(head)
        whole.addWidget(self.tabs, 1)
        row = button_row(self.close_button)
        row.insertWidget(0, self.words)
        framed(self, whole, row)

    def _connect(self) -> None:
        space = self._space
        self.node.activated.connect(lambda _: space.selection.set([self.node.currentData()]))
        self.weights.activated.connect(lambda _: self._choose_weights())
        self.part.activated.connect(lambda _: self._choose_samples())
        self.samples.valueChanged.connect(lambda _: self._choose_samples())
        self.again.clicked.connect(self.source.again)
        self.close_button.clicked.connect(self.close)
        self.tabs.currentChanged.connect(lambda _: self.refresh())
        self.source.changed.connect(self.refresh)
        self._timer.timeout.connect(self.refresh)
        for page in self.pages:
            page.asked.connect(self.refresh)
            page.message.connect(self.words.setText)
            page.node_chosen.connect(self.node_chosen)
            page.sample_chosen.connect(self._choose_sample)
        space.selection.changed.connect(self._follow)
        space.document.level_changed.connect(self._follow)
        space.document.opened.connect(self._project_opened)
        space.document.changed.connect(lambda _old, _new: self._follow())
        space.facts.changed.connect(lambda _nodes: self._follow())
        space.run_state_changed.connect(lambda _state: self._list_weights())
        space.monitor.changed.connect(lambda kind: self._list_weights() if kind == "run" else None)

    @property
    def page(self) -> Page:
        """The page in front."""
        return self.pages[self.tabs.currentIndex()]

    # What is chosen -----------------------------------------------------------------------------------

    def show_node(self) -> None:
        """Come to the front, about what is selected."""
        self.show()
        self.activateWindow()
        self._follow()

    def turn_to(self, page: str) -> None:
        """Turn to a page by its key; of another the page in front stays."""
        places = {"units": UnitsPage, "correlation": RelationsPage}
        if page in places:
            self.tabs.setCurrentIndex(PAGES.index(places[page]))

    def _follow(self) -> None:
        """Be about the selected node; while none or several are selected, stay with the last."""
        if not self.isVisible():
            return
        graph, selection = self._space.document.graph, self._space.selection
        roles = {node.id: self._role(node) for node in graph.ordered()}
        nodes = [node for node in graph.ordered() if roles[node.id] in ("layer", "input")]
        known = {node.id: node for node in nodes}
        chosen = selection.single if selection.single in known else self.node.currentData()
        if chosen not in known:
            chosen = next((node.id for node in nodes if roles[node.id] == "layer"), None)
        self.node.clear()
        for node in nodes:
            self.node.addItem(node.name, node.id)
        self.node.setCurrentIndex(self.node.findData(chosen))
        dotted = self._space.document.place.dotted
        self.source.node = dotted + known[chosen].name if chosen in known else ""
        self._timer.start()

    def _role(self, node: Node) -> str:
        spec = spec_of(node, self._space.document.design.blocks)
        return spec.role if spec is not None else ""

    def _list_weights(self) -> None:
        """Offer the runs that there are by now, as soon as they are read."""
        if not self.isVisible():
            return
        if not self.weights.count():
            self.weights.addItem("Untrained design")  # chosen by nobody: what is on show comes before it
        folder = self._space.runs_folder
        runs, none = self._runs, list[str]()
        # Of runs that cannot be read the Runs tab says why.
        self._reading.start(lambda: runs(folder), self._show_weights, lambda _words: self._show_weights(none))

    def _show_weights(self, found: list[str]) -> None:
        """Offer the design and the runs; the choice stays, or falls to the run on show or the newest."""
        before = self.source.run, self.source.checkpoint
        kept, runs = self.weights.currentData(), found[:MOST_RUNS]
        shown = self._space.monitor.shown.name or next(iter(runs), "")
        self.weights.clear()
        self.weights.addItem("Untrained design", ("", "best"))
        for run in runs:
            self.weights.addItem(f"Best weights of {run}", (run, "best"))
            self.weights.addItem(f"Last weights of {run}", (run, "last"))
        places = [self.weights.itemData(place) for place in range(self.weights.count())]
        wishes = [tuple(kept)] if kept is not None else []
        place = next((places.index(wish) for wish in (*wishes, (shown, "best")) if wish in places), 0)
        self.weights.setCurrentIndex(place)
        self._take_weights()
        if (self.source.run, self.source.checkpoint) != before:
            self._timer.start()

    def _choose_weights(self) -> None:
        self._take_weights()
        self.refresh()

    def _take_weights(self) -> None:
        self.source.run, self.source.checkpoint = self.weights.currentData() or ("", "best")

    def _choose_sample(self, sample: int) -> None:
        """Let the pages about one sample be about this one."""
        for page in self.pages:
            if isinstance(page, MapsPage | SaliencyPage):
                page.sample.choose(sample)

    def _choose_samples(self) -> None:
        self.source.part, self.source.samples = self.part.currentData(), self.samples.value()
        self.refresh()

    def _project_opened(self) -> None:
        """Be about another project."""
        self.weights.clear()
        self._list_weights()
        self.source.again()
        self._follow()

    # What is shown ------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the page in front, or ask for it."""
        if not self.isVisible():
            return
        page = self.page
        page.turn_to(self.source.node)
        found = self.source.ask(page.page, page.question())
        if found is not None:
            page.show_found(found)
        elif self.source.waits and page.found is not None and page.found.node == self.source.node:
            page.show_waiting(self.source.words)
        else:
            page.show_words(self.source.words)
        self.words.setText("")

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened meanwhile."""
        super().showEvent(event)
        self._list_weights()
        self._follow()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Wait for nothing any more."""
        self.source.stop()
        super().closeEvent(event)
