"""What several selected layers get together beside their arguments: names by a pattern, and a colour."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QMenu, QSizePolicy, QToolButton, QWidget

from studio.app.canvas.color_menu import color_menu, swatch, title_of
from studio.app.document import Document
from studio.app.layout.walk import walk_order
from studio.app.theme.polish import label, set_property
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SPACE
from studio.errors import GraphError
from studio.graph import edits
from studio.graph.node import Node
from studio.graph.renaming import names_by, rename_all

NAMES_TIP = "{n} stands for 1, 2, 3 along the network, {name} for each one's name, {kind} for its kind"


class PatternEdit(QLineEdit):
    """A field for a pattern of names; Enter gives them, Escape empties the field."""

    given = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setPlaceholderText("conv{n}")
        self.setToolTip(NAMES_TIP)
        self.setAccessibleName("Names by a pattern")
        self.setAccessibleDescription(NAMES_TIP)
        self.returnPressed.connect(lambda: self.given.emit(self.text().strip()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Empty the field on Escape."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self.textEdited.emit("")
            return
        super().keyPressEvent(event)


class TogetherBar(QWidget):
    """Names and colour of several layers; each change is one step of undo.

    Args:
        prefix: Begins the object names of its parts.
    """

    def __init__(self, document: Document, prefix: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._document = document
        self._ids: tuple[str, ...] = ()
        self.names = PatternEdit(self)
        self.names.setObjectName(f"{prefix}.names")
        self.color = QToolButton(self)
        self.color.setObjectName(f"{prefix}.color")
        self.color.setAccessibleName("Colour")
        self.color.setToolTip("Colour of the selected layers on the canvas")
        self.color.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.color.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._reason = label("", "bad-small", self, wrap=True)
        self._reason.setObjectName(f"{prefix}.names.reason")
        self._arrange()
        self.color.clicked.connect(self._open_colors)
        self.names.given.connect(self._rename)
        self.names.textEdited.connect(lambda _text: self._refuse(""))
        theme().changed.connect(self.refresh)

    @property
    def reason(self) -> str:
        """Why the names were not given; empty if nothing was refused."""
        return self._reason.text()

    def show_nodes(self, ids: tuple[str, ...]) -> None:
        """Be about these layers of the level on show."""
        if ids != self._ids:
            self._ids = ids
            self.names.clear()
            self._refuse("")
        self.refresh()

    def refresh(self) -> None:
        """Show the colour that the layers have now."""
        color = self._color()
        self.color.setText("several colours" if color is None else title_of(color).replace("&", "&&"))
        self.color.setIcon(swatch(color) if color else QIcon())

    def color_menu(self) -> QMenu:
        """Return the menu of colours."""
        return color_menu(self, self._paint, self._color())

    def _color(self) -> str | None:
        """Return the name of the colour that all have, empty for that of their family; None for several."""
        colors = {node.look.color for node in self._nodes()}
        return colors.pop() if len(colors) == 1 else None

    def _open_colors(self) -> None:
        menu = self.color_menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.color.mapToGlobal(self.color.rect().bottomLeft()))

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(3 * SPACE)
        grid.setVerticalSpacing(SPACE)
        grid.setColumnMinimumWidth(0, 25 * SPACE)
        grid.setColumnStretch(1, 1)
        for place, (title, field) in enumerate((("names", self.names), ("colour", self.color))):
            caption = label(title, "argument", self)
            caption.setBuddy(field)
            grid.addWidget(caption, 2 * place, 0)
            grid.addWidget(field, 2 * place, 1)
        grid.addWidget(self._reason, 1, 0, 1, 2)
        self._reason.hide()

    def _nodes(self) -> Sequence[Node]:
        nodes = self._document.graph.nodes
        return [nodes[node_id] for node_id in self._ids if node_id in nodes]

    def _rename(self, pattern: str) -> None:
        graph = self._document.graph
        chosen = {node.id for node in self._nodes()}
        nodes = [graph.node(node_id) for node_id in walk_order(graph) if node_id in chosen]
        try:
            names = names_by(pattern, nodes)
            self._document.edit(f"Rename {len(nodes)} layers", lambda graph: rename_all(graph, names))
        except GraphError as error:
            self._refuse(error.message)
            return
        self._refuse("")

    def _paint(self, name: str) -> None:
        ids = [node.id for node in self._nodes()]
        self._document.edit(f"Colour {len(ids)} layers", lambda graph: edits.set_look(graph, ids, color=name))

    def _refuse(self, reason: str) -> None:
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))
        set_property(self.names, "invalid", bool(reason))
