"""Import…: a network of torchvision's with its weights, made into a project by the engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from studio.app.engine_link import EngineLink
from studio.app.errand import Errand
from studio.app.import_list import ImportList
from studio.app.import_page import ImportPage
from studio.app.panels.amounts import memory_text
from studio.app.theme.polish import button_row, framed, label, set_property
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.engine.records import (
    FetchWeights,
    ImportNetwork,
    ListNetworks,
    NetworkImported,
    NetworkOffer,
    NetworksListed,
    Progress,
    WeightsFetched,
)
from studio.project.format import from_data
from studio.project.project import Project

SIZE = QSize(880, 580)


class ImportDialog(QDialog):
    """Which network, which weights, and what came of it.

    Args:
        create: Makes a project with weights in a folder the one on screen; False if the person kept the old.
        shelter: Folder in which the weights wait until the project is saved.
        link: To the engine.
        folder: Where files of weights are looked for first.
        parent: The window.
    """

    def __init__(
        self,
        create: Callable[[Project, Path], bool],
        shelter: Path,
        link: EngineLink,
        folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.import")
        self.setWindowTitle("Import a network")
        self._create, self._shelter, self._link = create, shelter, link
        self._errand = Errand(link, self)
        self.project: Project | None = None
        self.list = ImportList(self)
        self.page = ImportPage(folder, self)
        self.progress = QProgressBar(self)
        self.progress.setObjectName("import.progress")
        self.progress.setTextVisible(False)
        self.outcome = label("", "", self, wrap=True)
        self.outcome.setObjectName("import.result")
        self.cancel_button = QPushButton("Cancel", self)
        self.cancel_button.setObjectName("import.cancel")
        self.cancel_button.setAutoDefault(False)
        self.import_button = QPushButton("Import", self)
        self.import_button.setObjectName("import.import")
        self.import_button.setProperty("role", "primary")
        self.import_button.setDefault(True)
        self._arrange()
        self._connect()
        self._refresh()
        self.list.search.setFocus()
        self._asked = link.request(ListNetworks)
        link.claim(self._asked, lambda failed: self.list.say(failed.message))

    def _arrange(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(3 * SPACE)
        right.addWidget(self.page)
        right.addStretch(1)
        right.addWidget(self.progress)
        right.addWidget(self.outcome)
        middle = QHBoxLayout()
        middle.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        middle.setSpacing(6 * SPACE)
        middle.addWidget(self.list, 11)
        middle.addLayout(right, 10)
        words = "Networks come from torchvision; no other code is run."
        framed(self, middle, button_row(self.cancel_button, self.import_button, words=words))
        self.resize(SIZE)

    def _connect(self) -> None:
        self.list.chosen.connect(self._choose)
        self.list.taken.connect(self.import_or_open)
        self.page.edited.connect(self._forget)
        self.import_button.clicked.connect(self.import_or_open)
        self.cancel_button.clicked.connect(self._cancel_or_close)
        self.finished.connect(lambda _result: self._errand.cancel())
        self._link.networks_listed.connect(self._listed)
        self._link.weights_fetched.connect(self._fetched)
        self._link.network_imported.connect(self._imported)
        self._errand.changed.connect(self._refresh)
        self._errand.progressed.connect(self._show_progress)
        self._errand.failed.connect(lambda words: self._end(words, bad=True))

    # What the person does -------------------------------------------------------------------------

    def import_or_open(self) -> None:
        """Import what is chosen; or, once it is imported, make it the project on screen."""
        if self.project is not None:
            if self._create(self.project, self._shelter):
                self.accept()
        elif self.import_button.isEnabled() and self.page.commit():
            offer = self.page.offer
            assert offer is not None
            if self.page.weights == "pretrained" and not offer.is_here:
                self._ask(FetchWeights, network=offer.name)
                self._say(f"Downloading the weights of {offer.name} …")
            else:
                self._import()

    def _import(self) -> None:
        page = self.page
        assert page.offer is not None
        self._ask(
            ImportNetwork,
            network=page.offer.name,
            weights=page.weights,
            file=str(page.file) if page.weights == "file" else "",
            classes=page.classes,
            folder=str(self._shelter),
        )
        self._say(f"Drawing {page.offer.name}, and comparing it with the original …")

    def _ask(self, kind: type, **fields: object) -> None:
        self.progress.setRange(0, 0)
        self._errand.ask(kind, **fields)

    def _cancel_or_close(self) -> None:
        if self._errand.cancel():
            self._end("Cancelled.")
        else:
            self.reject()

    def _choose(self, offer: NetworkOffer | None) -> None:
        if offer is not self.page.offer:
            self.page.show_offer(offer)
            self._forget()

    def _forget(self) -> None:
        """What was imported is not what is chosen now."""
        self.project = None
        self._say("")
        self._refresh()

    # What the engine says -------------------------------------------------------------------------

    def _listed(self, listed: NetworksListed) -> None:
        if listed.id == self._asked:
            self.list.show_offers(listed.networks)

    def _show_progress(self, progress: Progress) -> None:
        if progress.total > 0:
            self.progress.setRange(0, 1000)
            self.progress.setValue(round(1000 * progress.done / progress.total))
            done, total = memory_text(int(progress.done)), memory_text(int(progress.total))
            self._say(f"{progress.label}: {done} of {total}")

    def _fetched(self, fetched: WeightsFetched) -> None:
        if self._errand.is_answered_by(fetched):
            self.page.weights_are_here()
            self._import()

    def _imported(self, imported: NetworkImported) -> None:
        if not self._errand.is_answered_by(imported):
            return
        self.project = from_data(imported.project, imported.name)
        equal = (
            "its outputs are equal to the last bit"
            if imported.difference == 0.0
            else f"its outputs differ by {imported.difference:.2g} at most"
        )
        whose = f"It starts from {imported.weights}." if imported.weights else "Each run draws its weights."
        verdict = f"Compared with the original on a random image: {equal}. {whose}"
        self._end("\n".join([verdict, *imported.notes]))

    # What is shown --------------------------------------------------------------------------------

    def _end(self, words: str, *, bad: bool = False) -> None:
        self._say(words, bad=bad)
        self._refresh()
        self.import_button.setFocus()  # what had the focus was switched off meanwhile

    def _say(self, words: str, *, bad: bool = False) -> None:
        set_property(self.outcome, "role", "bad" if bad else "")
        self.outcome.setText(words)

    def _refresh(self) -> None:
        """Say on the buttons what can be done now."""
        busy = self._errand.is_going_on
        self.progress.setVisible(busy)
        self.list.setEnabled(not busy)
        self.page.setEnabled(not busy)
        reason = self.page.why_not()
        self.import_button.setEnabled(not busy and not reason)
        self.import_button.setText("Open as a new project" if self.project is not None else "Import")
        self.import_button.setToolTip(reason)
        self.cancel_button.setText("Cancel" if busy or self.project is None else "Close")
