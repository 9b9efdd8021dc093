"""The row of the inspector that says what a layer's card shows while the network trains."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QWidget

from studio.app.document import Document
from studio.app.in_force import in_force, preferred
from studio.app.live_pictures import SHORT, TIPS, TITLES, can_show
from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE
from studio.catalog.registry import spec_of
from studio.graph import edits
from studio.graph.node import LivePicture, Node

SEVERAL = "several pictures"


class PictureChoice(QWidget):
    """Chooses the live picture of some layers; each choice is one step of undo."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._ids: tuple[str, ...] = ()
        self.box = QComboBox(self)
        self.box.setObjectName("inspector.picture")
        self.box.setAccessibleName("Live picture")
        self.box.setToolTip("What the card shows while the network trains  (L on the canvas: the next)")
        self.box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(8)
        caption = label("live picture", "argument", self)
        caption.setFixedWidth(25 * SPACE)
        caption.setBuddy(self.box)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * SPACE)
        row.addWidget(caption)
        row.addWidget(self.box, 1)
        self.box.activated.connect(lambda place: self._choose(self.box.itemData(place)))
        in_force().changed.connect(self.refresh)

    def show_nodes(self, ids: tuple[str, ...]) -> None:
        """Be about these layers of the level on show."""
        self._ids = ids
        self.refresh()

    def refresh(self) -> None:
        """Offer what the layers can show, and show what is chosen."""
        nodes = self._nodes()
        blocks = self._document.graph.blocks
        specs = [spec_of(node, blocks) for node in nodes]
        offered = [picture for picture in TITLES if any(not can_show(picture, spec) for spec in specs)]
        self.setVisible(any(not can_show("histogram", spec) for spec in specs))
        families = {spec.family for spec in specs if spec is not None}
        usual = (
            preferred().live_pictures.get(next(iter(families), ""), "auto") if len(families) == 1 else "auto"
        )
        chosen = {node.look.shows for node in nodes}
        self.box.clear()
        self._offer("", "As its family", f"As its family: {TITLES[usual].lower()}")
        for picture in offered:
            self._offer(picture, SHORT[picture], f"{TITLES[picture]}: {TIPS[picture]}")
        if len(chosen) > 1:
            self.box.setPlaceholderText(SEVERAL)
        self.box.setCurrentIndex(self.box.findData(next(iter(chosen))) if len(chosen) == 1 else -1)

    def _offer(self, picture: LivePicture, title: str, tip: str) -> None:
        self.box.addItem(title, picture)
        self.box.setItemData(self.box.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)

    def _nodes(self) -> list[Node]:
        nodes = self._document.graph.nodes
        return [nodes[node_id] for node_id in self._ids if node_id in nodes]

    def _choose(self, picture: LivePicture) -> None:
        ids = [node.id for node in self._nodes()]
        names = self._nodes()[0].name if len(ids) == 1 else f"{len(ids)} layers"
        words = f"Show {TITLES[picture].lower()} on" if picture else "Live picture as its family:"
        self._document.edit(f"{words} {names}", lambda graph: edits.set_look(graph, ids, shows=picture))
