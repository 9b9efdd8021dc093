"""Profile layers…: how long each takes, forward and backward, with bars."""

from __future__ import annotations

from dataclasses import astuple

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QTreeWidgetItem, QWidget

from studio.app.canvas.overlays import human_bytes
from studio.app.document import Document
from studio.app.engine_link import EngineLink
from studio.app.errand_dialog import ErrandDialog, copy_csv
from studio.app.theme.tables import FlatTable
from studio.app.theme.tokens import SPACE
from studio.engine.records import LayersProfiled, LayerTime, ProfileLayers
from studio.project.format import to_data

SIZE = QSize(180 * SPACE, 140 * SPACE)

HEADER = ("Layer", "Forward ms", "Backward ms", "Share", "Output", "Kept")

_FIRST = (
    "Runs every layer by itself, forward and backward, with a batch of the data on the chosen device. "
    "Kept is what stays in memory until the backward pass; neighbours may keep the same."
)


class ProfileDialog(ErrandDialog):
    """Asks the engine for times, and lists them; a click on a title sorts.

    Args:
        document: Whose network and data are used.
        link: To the engine.
        folder: Folder of the project file.
        parent: The window.
    """

    node_chosen = Signal(str)
    """Dotted name of the layer of a row that was chosen."""

    def __init__(
        self, document: Document, link: EngineLink, folder: str, parent: QWidget | None = None
    ) -> None:
        super().__init__("profile", "Profile layers", link, parent)
        self._document, self._folder = document, folder
        self._layers: tuple[LayerTime, ...] = ()
        self.table = self._table()
        self.measure_button = self.button("measure", "Measure", self.measure)
        self.copy_button = self.button("copy", "Copy as CSV", self.copy)
        parts = self.outcome, self.progress, self.table
        self.arrange(parts, self.table, self.copy_button, self.measure_button)
        self.resize(SIZE)
        link.layers_profiled.connect(self._take)
        self.say(_FIRST)
        self.refresh()

    def measure(self) -> None:
        """Ask the engine."""
        self._layers = ()
        self.table.clear()
        self.say("Measuring …")
        self.errand.ask(ProfileLayers, project=to_data(self._document.project), folder=self._folder)

    def copy(self) -> None:
        """Put the table on the clipboard, as CSV."""
        copy_csv(
            [
                ("layer", "forward_s", "backward_s", "output_bytes", "kept_bytes"),
                *map(astuple, self._layers),
            ]
        )

    def refresh(self) -> None:
        """Offer what can be done now."""
        super().refresh()
        self.measure_button.setEnabled(not self.errand.is_going_on)
        self.measure_button.setText("Measure again" if self._layers else "Measure")
        self.copy_button.setEnabled(bool(self._layers))
        self.copy_button.setToolTip("" if self._layers else "Copy as CSV: measure first.")

    def _table(self) -> FlatTable:
        made = FlatTable(
            "profile.table",
            "Time of each layer",
            HEADER,
            numbers=range(1, len(HEADER)),
            stretched=0,
            parent=self,
        )
        made.setSortingEnabled(True)
        made.header().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        made.itemActivated.connect(self._choose)
        made.itemClicked.connect(self._choose)
        return made

    def _take(self, found: LayersProfiled) -> None:
        if not self.errand.is_answered_by(found):
            return
        self._layers = found.layers
        total_s = sum(one.forward_s + one.backward_s for one in found.layers)
        self.table.setSortingEnabled(False)
        for one in found.layers:
            self.table.add(_Row(one, total_s))
        self.table.setSortingEnabled(True)
        self.say(
            f"A batch of {found.batch:,} on {found.device} takes {1e3 * total_s:.2f} ms, layer by layer: "
            f"{1e3 * sum(one.forward_s for one in found.layers):.2f} ms forward."
        )
        self.refresh()

    def _choose(self, item: QTreeWidgetItem) -> None:
        self.node_chosen.emit(item.text(0))


class _Row(QTreeWidgetItem):
    """A layer's line, which sorts by its numbers."""

    def __init__(self, one: LayerTime, total_s: float) -> None:
        took_s = one.forward_s + one.backward_s
        super().__init__(
            [
                one.node,
                f"{1e3 * one.forward_s:.3f}",
                f"{1e3 * one.backward_s:.3f}",
                f"{100 * took_s / total_s:.1f} %" if total_s > 0.0 else "",
                human_bytes(one.output_bytes),
                human_bytes(one.kept_bytes),
            ]
        )
        self._keys = (0.0, one.forward_s, one.backward_s, took_s, one.output_bytes, one.kept_bytes)

    def __lt__(self, other: QTreeWidgetItem) -> bool:
        column = self.treeWidget().sortColumn()
        if column < 1 or not isinstance(other, _Row):
            return self.text(0) < other.text(0)
        return bool(self._keys[column] < other._keys[column])
