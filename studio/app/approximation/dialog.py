"""Universal approximation…: a curve, one hidden layer, and how the error falls with its units."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from studio.app.approximation.fit import SIZES, Fit, fit, sweep
from studio.app.approximation.plots import FitPlot, SweepPlot
from studio.app.neuron.neuron import ACTIVATIONS
from studio.app.plots.legend import Entry, Legend
from studio.app.plots.wording import number
from studio.app.theme.polish import button_row, framed, label
from studio.app.theme.spin_box import SpinBox
from studio.app.theme.tokens import PANEL_MARGIN, SPACE
from studio.project.curves import FORMULAS

SIZE = QSize(240 * SPACE, 130 * SPACE)
SAMPLE = "curve-tanh"
START = 8

_HOW = (
    "One hidden layer with a linear output approximates any continuous function on an interval, given enough "
    "units (Hornik 1991). Here nothing is trained: the hidden units are drawn at random, and the output's "
    "weights are the solution of a linear problem. That weights exist does not say that training finds them."
)


class ApproximationDialog(QDialog):
    """A network with one hidden layer beside the curve that it approximates."""

    sample_wanted = Signal(str)
    """Key of a sample that trains one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.approximation")
        self.setWindowTitle("Universal approximation")
        self.resize(SIZE)
        self.seed = 0
        self.errors: tuple[float, ...] = ()
        self._swept: tuple[object, ...] = ()
        self.plot, self.sweep = FitPlot(self), SweepPlot(self)
        self.legend, self.sweep_legend = Legend("Curve"), Legend("Largest error")
        self.legend.set_entries(
            (Entry("validation", "function"), Entry("text", "network"), Entry("faint", "hidden units"))
        )
        self.function = self._combo("function", "Function", [(text, name) for name, text in FORMULAS.items()])
        self.activation = self._combo(
            "activation", "Activation of the hidden units", [(one.title, one.kind) for one in ACTIVATIONS]
        )
        self.units = SpinBox(self)
        self.units.setRange(SIZES[0], SIZES[-1])
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(SIZES[0], SIZES[-1])
        for widget, name in ((self.units, "units"), (self.slider, "slider")):
            widget.setObjectName(f"approximation.{name}")
            widget.setAccessibleName("Hidden units")
            widget.setValue(START)
        self.words = label("", "mono", self, wrap=True)
        self.words.setObjectName("approximation.words")
        self.activation.setCurrentIndex(self.activation.findData("Tanh"))
        self._arrange()
        self._connect()
        self.refresh()

    def _combo(self, name: str, words: str, items: list[tuple[str, str]]) -> QComboBox:
        combo = QComboBox(self)
        combo.setObjectName(f"approximation.{name}")
        combo.setAccessibleName(words)
        combo.setToolTip(words)
        for title, key in items:
            combo.addItem(title, key)
        return combo

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2 * SPACE)
        for widget in (label("f(x) =", "argument", self), self.function, label("g", "argument", self)):
            head.addWidget(widget)
        for widget in (self.activation, label("hidden units", "argument", self)):
            head.addWidget(widget)
        head.addWidget(self.slider, 1)
        head.addWidget(self.units)
        pictures = QHBoxLayout()
        pictures.setSpacing(5 * SPACE)
        for legend, plot, share in ((self.legend, self.plot, 3), (self.sweep_legend, self.sweep, 2)):
            column = QVBoxLayout()
            column.setSpacing(SPACE)
            column.addWidget(legend)
            column.addWidget(plot, 1)
            pictures.addLayout(column, share)
        whole = QVBoxLayout()
        whole.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        whole.setSpacing(3 * SPACE)
        whole.addLayout(head)
        whole.addLayout(pictures, 1)
        whole.addWidget(self.words)
        whole.addWidget(label(_HOW, "dim", self, wrap=True))
        self.again = self._button("again", "Draw other units")
        self.sample = self._button("sample", "Train one: open the sample")
        self.close_button = self._button("close", "Close")
        framed(self, whole, button_row(self.again, self.sample, self.close_button))

    def _button(self, name: str, words: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setObjectName(f"approximation.{name}")
        button.setAutoDefault(False)
        return button

    def _connect(self) -> None:
        self.slider.valueChanged.connect(self.units.setValue)
        self.units.valueChanged.connect(self.slider.setValue)
        self.units.valueChanged.connect(lambda _: self.refresh())
        self.function.currentIndexChanged.connect(lambda _: self.refresh())
        self.activation.currentIndexChanged.connect(lambda _: self.refresh())
        self.again.clicked.connect(self.draw_again)
        self.sample.clicked.connect(self._open_sample)
        self.close_button.clicked.connect(self.accept)

    def draw_again(self) -> None:
        """Draw another hidden layer."""
        self.seed += 1
        self.refresh()

    def refresh(self) -> None:
        """Show the network that is chosen, and the errors of all sizes."""
        function, kind = str(self.function.currentData()), str(self.activation.currentData())
        found = fit(function, kind, self.units.value(), self.seed)
        if self._swept != (function, kind, self.seed):
            self._swept, self.errors = (function, kind, self.seed), sweep(function, kind, self.seed)
        self.plot.show_fit(found)
        self.sweep.show_errors(self.errors, self.units.value(), found.error)
        self.words.setText(self._line(found, kind))

    def _line(self, found: Fit, kind: str) -> str:
        count = len(found.weights)
        line = (
            f"{count} hidden units: at most {number(found.error)} away, at x = {number(found.worst)}.  "
            f"{SIZES[0]} to {SIZES[-1]} units: {number(self.errors[0], 2)} to {number(self.errors[-1], 2)}."
        )
        if kind == "Identity":
            line += "  Linear units make a line, however many they are."
        return line

    def _open_sample(self) -> None:
        self.accept()
        self.sample_wanted.emit(SAMPLE)
