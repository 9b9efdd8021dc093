"""The sheet on screen: two or three columns, as wide as a printed page."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.app.cheat_sheet.sections import Line, Section, columns
from studio.app.keymap import Keymap, chord_of
from studio.app.theme.polish import framed, label
from studio.app.theme.tokens import CHEAT_COLUMN_WIDTH, CHEAT_SHEET_SIZE, PANEL_MARGIN, SPACE

OPENS = "help.keys"


class CheatSheet(QDialog):
    """All keys and gestures; made anew whenever the keys are others.

    Args:
        sections: Returns what stands on it.
        keymap: Says when keys change, and which keys close it again.
        change: Opens the page where keys are changed.
    """

    def __init__(
        self,
        sections: Callable[[], list[Section]],
        keymap: Keymap,
        change: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.keys")
        self.setWindowTitle("Keyboard and mouse")
        self._sections, self._keymap = sections, keymap
        self._number = 0
        self.area = QScrollArea(self)
        self.area.setObjectName("cheat_sheet.area")
        self.area.setAccessibleName("Keys and gestures")
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.change_button = QPushButton("Change keys…", self)
        self.change_button.setObjectName("cheat_sheet.change")
        self.change_button.clicked.connect(change)
        self.close_button = QPushButton("Close", self)
        self.close_button.setObjectName("cheat_sheet.close")
        self.close_button.clicked.connect(self.close)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 3 * SPACE)
        bottom.addWidget(self.change_button)
        bottom.addStretch(1)
        bottom.addWidget(self.close_button)
        framed(self, self.area, bottom)
        room = parent.size() if parent is not None else QSize(*CHEAT_SHEET_SIZE)
        self.resize(QSize(*CHEAT_SHEET_SIZE).boundedTo(room - QSize(8 * SPACE, 16 * SPACE)))
        keymap.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Write the sheet anew."""
        self._number = self._columns_in_room()
        sheet = QWidget()
        row = QHBoxLayout(sheet)
        row.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        row.setSpacing(8 * SPACE)
        for column in columns(self._sections(), self._number):
            upright = QVBoxLayout()
            upright.setSpacing(4 * SPACE)
            for section in column:
                upright.addWidget(_section(section))
            upright.addStretch(1)
            row.addLayout(upright, 1)
        self.area.setWidget(sheet)

    def _columns_in_room(self) -> int:
        return 3 if self.width() >= 3 * CHEAT_COLUMN_WIDTH else 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Write it in as many columns as there is room for."""
        super().resizeEvent(event)
        if self._number and self._columns_in_room() != self._number:
            self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close by the keys that open it, too."""
        if self._keymap.owner(chord_of(event)) == OPENS:
            self.close()
        else:
            super().keyPressEvent(event)


def _section(section: Section) -> QWidget:
    made = QWidget()
    made.setAccessibleName(section.title)
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACE)
    column.addWidget(label(section.title, "heading"))
    for entry in section.lines:
        does = label(entry.does, "dim", wrap=True)
        does.setAccessibleDescription(" or ".join(entry.ways))
        row = QHBoxLayout()
        row.setSpacing(3 * SPACE)
        row.addWidget(does, 1)
        row.addWidget(_ways(entry), 0, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(row)
    return made


def _ways(entry: Line) -> QWidget:
    """Return the ways to do something, two in a row, to the right."""
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(SPACE)
    for place, way in enumerate(entry.ways):
        column = 1 if place + 1 == len(entry.ways) else place % 2
        grid.addWidget(label(way, "key"), place // 2, column, Qt.AlignmentFlag.AlignRight)
    return made
