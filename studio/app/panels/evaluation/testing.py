"""How samples are tested: crops and scales of each picture, and further runs that vote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from studio.app.theme.polish import label
from studio.app.theme.spin_box import SpinBox
from studio.app.theme.tokens import PANEL_MARGIN, SPACE

MOST_PIXELS = 4096

_CROPS: tuple[tuple[Literal[1, 10], str, str], ...] = (
    (1, "whole picture", "Each picture once; with a crop size its centre"),
    (10, "10 crops", "Corners and centre, each also mirrored: Krizhevsky et al. 2012"),
)


@dataclass(frozen=True, slots=True)
class Testing:
    """What is averaged.

    Attributes:
        crops: 10: corners and centre, also mirrored.
        crop_size: Side of a crop; 0: the picture's.
        scales: Lengths that the shorter side is brought to.
        voters: Names of further runs.
    """

    crops: Literal[1, 10] = 1
    crop_size: int = 0
    scales: tuple[int, ...] = ()
    voters: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What a button says of it."""
        parts = []
        if self.crops == 10:
            parts.append("10 crops")
        if self.crop_size:
            parts.append(f"of {self.crop_size}" if parts else f"centre {self.crop_size}")
        said = [" ".join(parts)] if parts else []
        if self.scales:
            said.append(f"{len(self.scales)} scale{'s' if len(self.scales) > 1 else ''}")
        if self.voters:
            said.append(f"{len(self.voters) + 1} runs")
        return ", ".join(said) or "1 look, 1 run"


class TestingButton(QPushButton):
    """Says how samples are tested, and opens what chooses it."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("evaluation.testing")
        self.setAccessibleName("Crops, scales and runs that are averaged")
        self.setToolTip(
            "Crops and scales of each picture, and further runs, whose probabilities are averaged"
        )
        self._others: tuple[str, ...] = ()
        self._names: list[QCheckBox] = []
        self.popup = QFrame(self, Qt.WindowType.Popup)
        self.popup.setObjectName("evaluation.testing.popup")
        self.popup.setProperty("role", "popup")
        self._build(self.popup)
        self.clicked.connect(self._open)
        self._tell()

    @property
    def testing(self) -> Testing:
        """What is chosen."""
        scales = tuple(int(word) for word in re.findall(r"\d+", self.scales.text()))
        voters = tuple(box.text() for box in self._names if box.isChecked())
        return Testing(self.crops.currentData(), self.crop_size.value(), scales, voters)

    def offer_runs(self, names: Sequence[str]) -> None:
        """Say which runs can vote besides the one that is evaluated; those that stay keep their ticks."""
        if tuple(names) == self._others:
            return
        ticked = {box.text() for box in self._names if box.isChecked()}
        self._others = tuple(names)
        for box in self._names:
            box.deleteLater()
        self._names = []
        for name in names:
            box = QCheckBox(name, self._list)
            box.setObjectName(f"evaluation.voter.{name}")
            box.setChecked(name in ticked)
            box.toggled.connect(self._tell)
            self._lines.insertWidget(len(self._names), box)
            self._names.append(box)
        self._none.setVisible(not names)
        self._tell()

    def reset(self) -> None:
        """Choose one look at each sample, by one run."""
        self.crops.setCurrentIndex(0)
        self.crop_size.setValue(0)
        self.scales.clear()
        for box in self._names:
            box.setChecked(False)
        self._tell()

    def _build(self, popup: QFrame) -> None:
        self.crops = QComboBox(popup)
        self.crops.setObjectName("evaluation.crops")
        for key, title, text in _CROPS:
            self.crops.addItem(title, key)
            self.crops.setItemData(self.crops.count() - 1, text, Qt.ItemDataRole.ToolTipRole)
        self.crop_size = SpinBox(popup)
        self.crop_size.setObjectName("evaluation.crop_size")
        self.crop_size.setRange(0, MOST_PIXELS)
        self.crop_size.setSpecialValueText("as the picture")
        self.crop_size.setSuffix(" px")
        self.crop_size.setToolTip("Side of a crop")
        self.scales = QLineEdit(popup)
        self.scales.setObjectName("evaluation.scales")
        self.scales.setPlaceholderText("as they are; or 224, 256, 384")
        self.scales.setToolTip(
            "Lengths that the shorter side is brought to, one after the other; the network must take "
            "pictures of any size"
        )
        form = QFormLayout()
        form.setSpacing(2 * SPACE)
        for title, field in (
            ("Crops", self.crops),
            ("Crop size", self.crop_size),
            ("Shorter sides", self.scales),
        ):
            field.setAccessibleName(title)
            form.addRow(label(title, "dim", popup), field)
        self._list = QWidget(popup)
        self._lines = QVBoxLayout(self._list)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._none = label("There is no other run with weights.", "dim", self._list)
        self._lines.addWidget(self._none)
        self._lines.addStretch(1)
        room = QScrollArea(popup)
        room.setFrameShape(QFrame.Shape.NoFrame)
        room.setWidgetResizable(True)
        room.setWidget(self._list)
        room.setMaximumHeight(40 * SPACE)
        again = QPushButton("Reset", popup)
        again.setObjectName("evaluation.testing.reset")
        again.setProperty("role", "small")
        again.clicked.connect(self.reset)
        column = QVBoxLayout(popup)
        column.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        column.setSpacing(2 * SPACE)
        column.addLayout(form)
        column.addWidget(label("Vote with", "dim", popup))
        column.addWidget(room, 1)
        column.addWidget(again, 0, Qt.AlignmentFlag.AlignRight)
        self.crops.currentIndexChanged.connect(self._tell)
        self.crop_size.valueChanged.connect(self._tell)
        self.scales.textChanged.connect(self._tell)

    def _open(self) -> None:
        self.popup.adjustSize()
        below = self.mapToGlobal(QPoint(0, self.height()))
        screen = self.screen().availableGeometry()
        bottom = below.y() + self.popup.height()
        y = below.y() if bottom <= screen.bottom() else below.y() - self.height() - self.popup.height()
        self.popup.move(min(below.x(), screen.right() - self.popup.width()), max(y, screen.top()))
        self.popup.show()
        self.crops.setFocus()

    def _tell(self) -> None:
        self.setText(f"{self.testing.words} ▾")
        self.changed.emit()
