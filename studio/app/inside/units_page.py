"""Units × samples: what each unit gives for each sample, and how many of them are silent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtWidgets import QHBoxLayout

from studio.app.inside.matrix_field import DIVERGING, SEQUENTIAL, Matrix, MatrixField, value_range
from studio.app.inside.page import Page, class_of, sample_words
from studio.app.panels.surface.painting import colors_again
from studio.app.panels.surface.symbols import Key
from studio.app.panels.surface.units import ColorBar
from studio.app.plots.wording import count, number, percent
from studio.engine.records import Array, LookedInside
from studio.runs.insights import UnitsFound

REDUCTIONS = {"mean": "Mean over positions", "max": "Largest over positions"}
SAMPLE_ORDERS = {"class": "Samples by class", "activity": "Samples by activity", "drawn": "Samples as drawn"}
UNIT_ORDERS = {"number": "Units by number", "activity": "Units by activity", "zeros": "Units by zeros"}


class UnitsPage(Page):
    """The picture of a good layer is sparse: few units are active for a sample, each for few samples."""

    page = "units"
    name = "units"
    title = "Units × samples"

    def fill(self) -> None:
        """Put choices into the line above, and the matrix below."""
        self.key, self.bar = Key(self), ColorBar(self)
        self.field = MatrixField("What each unit gives for each sample", self.body)
        self.reduction = self.choice(
            "reduction",
            "How a unit with several numbers for a sample, a channel, stands with one",
            REDUCTIONS,
        )
        self.samples_by = self.choice("samples_by", "Order of the samples", SAMPLE_ORDERS)
        self.units_by = self.choice("units_by", "Order of the units", UNIT_ORDERS)
        self.head.addWidget(self.key, 1)
        self.head.addWidget(self.bar)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.field)
        self.reduction.activated.connect(lambda _: self.asked.emit())
        for order in (self.samples_by, self.units_by):
            order.activated.connect(lambda _: self._arrange())
        self.field.hovered.connect(self._hovered)
        self.field.clicked.connect(self._clicked)
        self._unit_order: Array = np.zeros(0, np.int64)
        self._sample_order: Array = np.zeros(0, np.int64)

    def question(self) -> dict[str, object]:
        """Return how positions become one number."""
        return {"reduction": self.reduction.currentData()}

    def draw(self, found: LookedInside) -> None:
        """Show the matrix."""
        units = found.units
        assert units is not None
        shown = len(units.units)
        some = f"{count(shown)} of {count(units.total)} units" if shown < units.total else f"{shown} units"
        samples = f"{count(len(found.rows))} of {count(found.available)} samples"
        active = f"{number(units.active)} of {count(units.total)} active for a sample"
        self.describe(f"{found.node} · {some} · {samples} · {active} · {found.weights}")
        self.key.show_names(found.classes if bool((found.labels >= 0).any()) else (), has_points=False)
        self.note(found, *_notes(units), colors_again(found.classes, found.labels, "half as high"))
        self._arrange()

    def _arrange(self) -> None:
        """Put rows and columns in the order that is chosen, and paint."""
        found = self.found
        if found is None or found.units is None:
            return
        units = found.units
        values = np.nan_to_num(np.asarray(units.values, np.float64), posinf=0.0, neginf=0.0)
        self._unit_order = _order(self.units_by.currentData(), units, values)
        self._sample_order = _sample_order(self.samples_by.currentData(), found.labels, values)
        rows, columns = self._unit_order, self._sample_order
        low, high, colors = _scale(units.values)
        has_classes = bool((found.labels >= 0).any())
        self.bar.show_range(low, high, colors)
        self.field.show_matrix(
            Matrix(
                units.values[np.ix_(rows, columns)],
                low,
                high,
                colors,
                _ends("unit", units.units[rows]),
                (self.samples_by.currentText(), ""),
                found.labels[columns] if has_classes else np.zeros(0, np.int64),
                100.0 * units.zeros[rows],
                "zeros in %",
            )
        )

    def _hovered(self, row: int, column: int) -> None:
        found = self.found
        if row < 0 or found is None or found.units is None:
            self.say("")
            return
        units, place = found.units, int(self._unit_order[row])
        words = f"unit {int(units.units[place])} · {percent(float(units.zeros[place]))} zeros"
        flat = float(units.flat[place])
        if not np.isnan(flat):
            words += f" · {percent(flat)} saturated"
        if column >= 0:
            sample = int(self._sample_order[column])
            value = number(float(units.values[place, sample]))
            words = f"{value} · {words} · {sample_words(found, sample)}"
        self.say(words)

    def _clicked(self, _row: int, column: int) -> None:
        if self.found is not None and column >= 0:
            sample = int(self.found.rows[int(self._sample_order[column])])
            self.sample_chosen.emit(sample)
            self.say(f"Feature maps and Saliency now show sample {sample}.")

    def rows(self) -> Iterable[Sequence[object]]:
        """Return a row for each unit, in the order of their numbers."""
        found = self.found
        if found is None or found.units is None:
            return
        names = (f"{row} {class_of(found, at)}".strip() for at, row in enumerate(found.rows.tolist()))
        yield ("unit", "share of zeros", "share saturated", "variance", *names)
        units = found.units
        for place, unit in enumerate(units.units.tolist()):
            facts = (units.zeros[place], units.flat[place], units.variances[place])
            yield (unit, *map(float, facts), *units.values[place].astype(float).tolist())


def _order(how: str, units: UnitsFound, values: Array) -> Array:
    if how == "activity":
        return np.argsort(-np.abs(values).mean(1), kind="stable")
    if how == "zeros":
        return np.argsort(units.zeros, kind="stable")
    return np.arange(len(values))


def _sample_order(how: str, labels: Array, values: Array) -> Array:
    if how == "activity":
        return np.argsort(-np.abs(values).mean(0), kind="stable")
    if how == "class":
        return np.argsort(labels, kind="stable")
    return np.arange(len(labels))


def _scale(values: Array) -> tuple[float, float, str]:
    """Return the ends of the colours: from 0 on, or as far below 0 as above it."""
    low, high = value_range(values)
    if low < 0.0:
        most = max(-low, high)
        return -most, most, DIVERGING
    return 0.0, high if high > 0.0 else 1.0, SEQUENTIAL


def _ends(word: str, numbers: Array) -> tuple[str, str]:
    return (f"{word} {int(numbers[0])}", f"{word} {int(numbers[-1])}") if len(numbers) else ("", "")


def _notes(units: UnitsFound) -> list[str]:
    """Return what a person would not see in the picture."""
    found = []
    if len(units.units) < units.total:
        found.append(f"Shown are the {count(len(units.units))} units that vary the most.")
    flat = units.flat[~np.isnan(units.flat)]
    if len(flat):
        found.append(f"Saturated, where the derivative is below 0.01: {percent(float(flat.mean()))}.")
    if units.num_constant:
        found.append(f"{count(units.num_constant)} units give the same for every sample (see Correlation).")
    if units.num_broken:
        named = ", ".join(map(str, units.broken[:8].tolist()))
        more = " …" if units.num_broken > 8 else ""
        found.append(f"{count(units.num_broken)} units give NaN or infinity (red): {named}{more}.")
    return found
