"""One neuron…: weights, bias and g to turn by hand, and what the neuron computes then."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from studio.app.neuron.curve import NeuronCurve
from studio.app.neuron.neuron import ACTIVATIONS, Neuron
from studio.app.neuron.plane import NeuronPlane
from studio.app.panels.number_edit import NumberEdit
from studio.app.plots.wording import number
from studio.app.theme.polish import button_row, framed, label
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.catalog.spec import ArgSpec
from studio.project.logic import TABLES

SIZE = QSize(250 * SPACE, 140 * SPACE)
SIDE_WIDTH = 76 * SPACE
FIELD_WIDTH = 24 * SPACE
SAMPLE = "neuron-logic"

SLIDE, FINE = 5.0, 100
"""Sliders go from −5 to 5, in hundredths; what is typed may lie beyond."""

_FIELDS = (
    ("w1", "w₁", "Weight of the first input"),
    ("w2", "w₂", "Weight of the second input"),
    ("b", "b", "Bias: it shifts the ridge, and nothing else"),
    ("x1", "x₁", "First input"),
    ("x2", "x₂", "Second input"),
    ("slope", "slope", "Of PReLU where a is negative; a network learns it"),
)


class NeuronDialog(QDialog):
    """A neuron with two inputs, in numbers and as pictures."""

    sample_wanted = Signal(str)
    """Key of a sample that trains one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.neuron")
        self.setWindowTitle("One neuron")
        self.resize(SIZE)
        self.neuron = Neuron(b=-0.5)
        self.place = 1.0, 0.0
        self.fields: dict[str, NumberEdit] = {}
        self.sliders: dict[str, QSlider] = {}
        self._rows: dict[str, list[QWidget]] = {}
        self.plane, self.curve = NeuronPlane(self), NeuronCurve(self)
        self.words = label("", "mono", self, wrap=True)
        self.words.setObjectName("neuron.words")
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.activation = self._combo(
            "activation", "Activation g", [(one.title, one.kind) for one in ACTIVATIONS]
        )
        self.function = self._combo(
            "function", "Corners", [("none", ""), *((name.upper(), name) for name in TABLES)]
        )
        self._arrange()
        self.activation.setCurrentIndex(self.activation.findData(self.neuron.kind))
        self.activation.currentIndexChanged.connect(lambda _: self._choose_activation())
        self.function.currentIndexChanged.connect(lambda _: self.refresh())
        self.plane.chosen.connect(lambda x1, x2: self.turn(x1=x1, x2=x2))
        self.refresh()

    def _combo(self, name: str, words: str, items: list[tuple[str, str]]) -> QComboBox:
        combo = QComboBox(self)
        combo.setObjectName(f"neuron.{name}")
        combo.setAccessibleName(words)
        for title, key in items:
            combo.addItem(title, key)
        return combo

    def _arrange(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * SPACE)
        grid.setVerticalSpacing(2 * SPACE)
        grid.setColumnStretch(1, 1)
        self._add_combo(grid, "g", self.activation)
        for name, title, tip in (_FIELDS[5], *_FIELDS[:3]):
            self._add_field(grid, name, title, tip)
        self._add_heading(grid, "Where it is read; or click into the picture")
        for name, title, tip in _FIELDS[3:5]:
            self._add_field(grid, name, title, tip)
        self._add_heading(grid, "Corners to tell apart: true where a > 0")
        self._add_combo(grid, "table", self.function)
        side = QVBoxLayout()
        side.addLayout(grid)
        side.addStretch(1)
        left = QWidget(self)
        left.setFixedWidth(SIDE_WIDTH)
        left.setLayout(side)
        side.setContentsMargins(0, 0, 0, 0)
        pictures = QHBoxLayout()
        pictures.setSpacing(4 * SPACE)
        pictures.addWidget(self.plane, 6)
        pictures.addWidget(self.curve, 5)
        right = QVBoxLayout()
        right.setSpacing(3 * SPACE)
        right.addLayout(pictures, 1)
        right.addWidget(self.words)
        both = QHBoxLayout()
        both.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        both.setSpacing(6 * SPACE)
        both.addWidget(left)
        both.addLayout(right, 1)
        sample = QPushButton("Train one: open the sample", self)
        sample.setObjectName("neuron.sample")
        sample.clicked.connect(self._open_sample)
        close = QPushButton("Close", self)
        close.setObjectName("neuron.close")
        close.clicked.connect(self.accept)
        for button in (sample, close):
            button.setAutoDefault(False)  # Enter is for the fields
        framed(self, both, button_row(sample, close))

    def _add_heading(self, grid: QGridLayout, words: str) -> None:
        grid.setRowMinimumHeight(grid.rowCount(), 2 * SPACE)
        grid.addWidget(label(words, "dim", self, wrap=True), grid.rowCount(), 0, 1, 3)

    def _add_combo(self, grid: QGridLayout, title: str, combo: QComboBox) -> None:
        row = grid.rowCount()
        grid.addWidget(label(title, "argument", self), row, 0)
        grid.addWidget(combo, row, 1, 1, 2)

    def _add_field(self, grid: QGridLayout, name: str, title: str, tip: str) -> None:
        row, words = grid.rowCount(), label(title, "argument", self)
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setObjectName(f"neuron.slider.{name}")
        slider.setRange(round(-SLIDE * FINE), round(SLIDE * FINE))
        slider.setSingleStep(1)
        slider.setPageStep(FINE // 2)
        slider.valueChanged.connect(lambda value, name=name: self._slid(name, value))
        field = NumberEdit(ArgSpec(name, "float", 0.0, tip, minimum=-1e6, maximum=1e6, step=0.1), self)
        field.setObjectName(f"neuron.{name}")
        field.setFixedWidth(FIELD_WIDTH)
        field.committed.connect(lambda value, name=name: self._typed(name, value))
        for widget in (words, slider, field):
            widget.setToolTip(tip)
            widget.setAccessibleName(tip)
        grid.addWidget(words, row, 0)
        grid.addWidget(slider, row, 1)
        grid.addWidget(field, row, 2)
        self.sliders[name], self.fields[name] = slider, field
        self._rows[name] = [words, slider, field]

    def turn(self, **numbers: Any) -> None:
        """Set weights, bias and slope, or ``x1`` and ``x2``, and show what comes of it."""
        self.place = numbers.pop("x1", self.place[0]), numbers.pop("x2", self.place[1])
        self.neuron = replace(self.neuron, **numbers)
        self.refresh()

    def _choose_activation(self) -> None:
        self.neuron = replace(self.neuron, kind=str(self.activation.currentData()))
        self.refresh()

    def _slid(self, name: str, value: int) -> None:
        self.turn(**{name: value / FINE})

    def _typed(self, name: str, value: object) -> None:
        if isinstance(value, int | float):
            self.turn(**{name: float(value)})
        else:
            self.refresh()

    def refresh(self) -> None:
        """Show the neuron as it is."""
        values = {"x1": self.place[0], "x2": self.place[1]}
        for name, slider in self.sliders.items():
            value = values[name] if name in values else float(getattr(self.neuron, name))
            slider.blockSignals(True)
            slider.setValue(round(min(max(value, -SLIDE), SLIDE) * FINE))
            slider.blockSignals(False)
            self.fields[name].show_value(value)
        for widget in self._rows["slope"]:
            widget.setVisible(self.neuron.kind == "PReLU")
        function = str(self.function.currentData())
        self.plane.show_neuron(self.neuron, self.place, function)
        self.curve.show_neuron(self.neuron, self.neuron.a(*self.place))
        self.words.setText("\n".join(self._lines(function)))

    def _lines(self, function: str) -> list[str]:
        neuron, (x1, x2) = self.neuron, self.place
        a, h, slope = neuron.at(x1, x2)
        g = neuron.activation
        low, high = self.plane.value_range
        lines = [
            f"a(x) = b + w₁x₁ + w₂x₂ = {_exact(neuron.b)} + {_factor(neuron.w1)}·{_factor(x1)} + "
            f"{_factor(neuron.w2)}·{_factor(x2)} = {_exact(a)}",
            f"h(x) = g(a) = {_exact(h)}    g′(a) = {_exact(slope)}",
            f"g(a) = {g.formula};  g′ = {g.slope_formula}",
            f"range of g: {g.range_text}, {g.growth}; here {number(low)} to {number(high)}",
        ]
        away = neuron.distance
        if away is None:
            lines.append("without weights there is no ridge: h is the same everywhere")
        else:
            lines.append(f"the line a = 0 lies −b/‖w‖ = {number(away)} along w from the origin")
        if function:
            right = neuron.right_corners(function)
            lines.append(f"{function.upper()}: {right} of 4 corners right")
        return lines

    def _open_sample(self) -> None:
        self.accept()
        self.sample_wanted.emit(SAMPLE)


def _exact(value: float) -> str:
    return f"{value:.12g}".replace("-", "−")


def _factor(value: float) -> str:
    return f"({_exact(value)})" if value < 0 else _exact(value)
