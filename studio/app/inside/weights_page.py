"""The weights of a layer, a row to each filter or unit, and the correlation of those rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtWidgets import QHBoxLayout

from studio.app.inside.matrix_field import DIVERGING, Matrix, MatrixField
from studio.app.inside.page import Page
from studio.app.panels.amounts import shape_text
from studio.app.panels.surface.units import ColorBar
from studio.app.plots.wording import count, number
from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE
from studio.engine.records import Array, LookedInside
from studio.runs.insights import WeightsFound

MOST_PAIRS = 6
"""Pairs named below the pictures."""


class WeightsPage(Page):
    """Learned weights have structure, and filters that are not each other's copies."""

    page = "weights"
    name = "weights"
    title = "Weights"

    def fill(self) -> None:
        """Put the weights and their correlation beside each other."""
        self.parameter = self.choice("parameter", "Which of the layer's parameters", {})
        self.parameter.activated.connect(lambda _: self.asked.emit())
        self.head.addStretch(1)
        self.bar, self.corr_bar = ColorBar(self), ColorBar(self)
        self.corr_bar.show_range(-1.0, 1.0, DIVERGING)
        self.field = MatrixField("Weights, a row to each unit", self.body)
        self.correlation = MatrixField("Correlation of the rows", self.body)
        for words, bar in (("weights", self.bar), ("correlation", self.corr_bar)):
            self.head.addWidget(label(words, "small", self))
            self.head.addWidget(bar)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * SPACE)
        row.addWidget(self.field, 1)
        row.addWidget(self.correlation, 1)
        self.field.hovered.connect(self._read_weight)
        self.correlation.hovered.connect(self._read_correlation)
        self._varying: Array = np.zeros(0, np.int64)
        self._node = ""

    def question(self) -> dict[str, object]:
        """Return which parameter; the first is the one that is asked for without a name."""
        return {"parameter": self.parameter.currentData() if self.parameter.currentIndex() > 0 else ""}

    def turn_to(self, node: str) -> None:
        """Forget which parameter was chosen of another node."""
        if node != self._node:
            self._node = node
            self.parameter.clear()

    def draw(self, found: LookedInside) -> None:
        """Show both."""
        weights = found.weights_found
        assert weights is not None
        self._offer(weights)
        known = weights.values[np.isfinite(weights.values)]
        most = float(np.abs(known).max()) if known.size else 0.0
        most = most or 1.0
        self.bar.show_range(-most, most, DIVERGING)
        rows = np.flatnonzero(~np.isnan(np.diag(weights.correlation)))
        self._varying = rows
        ends, last = _ends(weights.units), weights.values.shape[1] - 1
        self.field.show_matrix(
            Matrix(
                weights.values,
                -most,
                most,
                DIVERGING,
                ends,
                ("weight 0", f"weight {count(last)}"),
                bars=weights.norms,
                bars_title="norm",
            )
        )
        corr = weights.correlation[np.ix_(rows, rows)]
        between = _ends(weights.units[rows])
        self.correlation.show_matrix(Matrix(corr, -1.0, 1.0, DIVERGING, between, between))
        mean = weights.mean_correlation
        told = "" if np.isnan(mean) else f" · mean |corr| {number(mean)}"
        shape = shape_text(weights.shape)
        self.describe(f"{found.node}.{weights.parameter} · {shape}{told} · {found.weights}")
        self.note(found, *_notes(weights))

    def _offer(self, weights: WeightsFound) -> None:
        self.parameter.clear()
        for one in weights.parameters:
            self.parameter.addItem(one, one)
        self.parameter.setCurrentIndex(self.parameter.findData(weights.parameter))

    def _read_weight(self, row: int, column: int) -> None:
        found = self.found
        if row < 0 or found is None or found.weights_found is None:
            self.say("")
            return
        weights = found.weights_found
        words = f"row {int(weights.units[row])} · norm {number(float(weights.norms[row]))}"
        if column >= 0:
            words = f"{number(float(weights.values[row, column]))} · weight {count(column)} · {words}"
        self.say(words)

    def _read_correlation(self, row: int, column: int) -> None:
        found = self.found
        if row < 0 or column < 0 or found is None or found.weights_found is None:
            self.say("")
            return
        weights, first, second = found.weights_found, self._varying[row], self._varying[column]
        value = number(float(weights.correlation[first, second]), 4)
        self.say(f"corr({int(weights.units[first])}, {int(weights.units[second])}) = {value}")

    def rows(self) -> Iterable[Sequence[object]]:
        """Return a row for each row of weights: norm, correlations, weights."""
        found = self.found
        if found is None or found.weights_found is None:
            return
        weights = found.weights_found
        columns = [f"weight {at}" for at in range(weights.values.shape[1])]
        yield ("row", "norm", *(f"corr with {unit}" for unit in weights.units.tolist()), *columns)
        for at, unit in enumerate(weights.units.tolist()):
            numbers = (*weights.correlation[at].tolist(), *weights.values[at].astype(float).tolist())
            yield (unit, float(weights.norms[at]), *numbers)


def _ends(numbers: Array) -> tuple[str, str]:
    return (f"row {int(numbers[0])}", f"row {int(numbers[-1])}") if len(numbers) else ("", "")


def _notes(weights: WeightsFound) -> list[str]:
    notes = []
    if len(weights.units) < weights.total:
        shown = count(len(weights.units))
        notes.append(f"Shown are the {shown} of {count(weights.total)} rows of the largest norm.")
    if weights.values.shape[1] < weights.width:
        shown, width = count(weights.values.shape[1]), count(weights.width)
        notes.append(
            f"Shown are the first {shown} of {width} weights of a row; norms and correlations are of all."
        )
    if weights.num_pairs:
        pairs = zip(weights.pairs.tolist(), weights.pair_correlations.tolist(), strict=True)
        named = [f"{one} and {two} ({number(corr)})" for (one, two), corr in list(pairs)[:MOST_PAIRS]]
        more = " …" if weights.num_pairs > MOST_PAIRS else ""
        notes.append(f"The same but for scale: {', '.join(named)}{more}.")
    if weights.num_constant:
        notes.append(f"{count(weights.num_constant)} rows are constant, and have no correlation.")
    if weights.num_broken:
        notes.append(f"{count(weights.num_broken)} rows hold NaN or infinity (red).")
    return notes
