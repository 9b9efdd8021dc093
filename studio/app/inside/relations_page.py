"""Correlation of units, their variance, and those that ignore the input or say the same as another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QTreeWidget, QTreeWidgetItem

from studio.app.inside.matrix_field import DIVERGING, Matrix, MatrixField
from studio.app.inside.page import Page
from studio.app.panels.surface.units import ColorBar
from studio.app.plots.wording import count, number
from studio.app.theme.tokens import SPACE
from studio.engine.records import Array, LookedInside
from studio.runs.insights import UnitsFound

LIST_WIDTH = 76 * SPACE
MOST_LISTED = 200


class RelationsPage(Page):
    """Units should be uncorrelated and vary: each is to say something, and something of its own."""

    page = "units"
    name = "relations"
    title = "Correlation"

    def fill(self) -> None:
        """Put the matrix into the body, and beside it the units that are worth a word."""
        self.bar = ColorBar(self)
        self.bar.show_range(-1.0, 1.0, DIVERGING)
        self.head.addStretch(1)
        self.head.addWidget(self.bar)
        self.field = MatrixField("Correlation of every pair of units", self.body)
        self.list = QTreeWidget(self.body)
        self.list.setObjectName("inside.relations.list")
        self.list.setAccessibleName("Units that ignore the input, and units that say the same")
        self.list.setHeaderLabels(["Units", "Value"])
        self.list.setFixedWidth(LIST_WIDTH)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.header().setStretchLastSection(False)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * SPACE)
        row.addWidget(self.field, 1)
        row.addWidget(self.list)
        self.field.hovered.connect(self._hovered)
        self._varying: Array = np.zeros(0, np.int64)

    def question(self) -> dict[str, object]:
        """Return what the units' page asks by default: both are of one answer."""
        return {"reduction": "mean"}

    def draw(self, found: LookedInside) -> None:
        """Show the correlation of those units that have one."""
        units = found.units
        assert units is not None
        self._varying = np.flatnonzero(~np.isnan(np.diag(units.correlation)))
        rows = self._varying
        mean = "" if np.isnan(units.mean_correlation) else f" · mean |corr| {number(units.mean_correlation)}"
        self.describe(f"{found.node} · {count(len(rows))} of {count(units.total)} units{mean}")
        self.field.show_matrix(
            Matrix(
                units.correlation[np.ix_(rows, rows)],
                -1.0,
                1.0,
                DIVERGING,
                _ends(units.units[rows]),
                _ends(units.units[rows]),
                bars=units.variances[rows],
                bars_title="variance",
            )
        )
        self._list(units)
        self.note(found, *_notes(units, len(rows), len(found.rows)))

    def _list(self, units: UnitsFound) -> None:
        self.list.clear()
        constant = [
            (f"unit {unit}", f"always {number(value)}")
            for unit, value in zip(units.constant.tolist(), units.constant_values.tolist(), strict=True)
        ]
        pairs = [
            (f"{first} and {second}", number(corr, 4))
            for (first, second), corr in zip(
                units.pairs.tolist(), units.pair_correlations.tolist(), strict=True
            )
        ]
        broken = [(f"unit {unit}", "NaN or ∞") for unit in units.broken.tolist()]
        self._group("Ignore the input", constant, units.num_constant)
        self._group("Say the same", pairs, units.num_pairs)
        if units.num_broken:
            self._group("Give no number", broken, units.num_broken)

    def _group(self, title: str, lines: list[tuple[str, str]], total: int) -> None:
        group = QTreeWidgetItem([f"{title}: {count(total) if total else 'none'}", ""])
        group.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.list.addTopLevelItem(group)
        group.setFirstColumnSpanned(True)
        for words in lines[:MOST_LISTED]:
            group.addChild(QTreeWidgetItem(list(words)))
        if total > MOST_LISTED:
            group.addChild(QTreeWidgetItem([f"and {count(total - MOST_LISTED)} more", ""]))
        group.setExpanded(True)

    def _hovered(self, row: int, column: int) -> None:
        found = self.found
        if row < 0 or found is None or found.units is None:
            self.say("")
            return
        units, first = found.units, int(self._varying[row])
        if column < 0:
            self.say(f"unit {int(units.units[first])} · variance {number(float(units.variances[first]))}")
            return
        second = int(self._varying[column])
        value = number(float(units.correlation[first, second]), 4)
        self.say(f"corr({int(units.units[first])}, {int(units.units[second])}) = {value}")

    def rows(self) -> Iterable[Sequence[object]]:
        """Return a row for each unit: its variance, and its correlation with every other."""
        found = self.found
        if found is None or found.units is None:
            return
        units = found.units
        yield ("unit", "variance", *units.units.tolist())
        for place, unit in enumerate(units.units.tolist()):
            yield (unit, float(units.variances[place]), *units.correlation[place].tolist())


def _ends(numbers: Array) -> tuple[str, str]:
    return (f"unit {int(numbers[0])}", f"unit {int(numbers[-1])}") if len(numbers) else ("", "")


def _notes(units: UnitsFound, shown: int, samples: int) -> list[str]:
    found = []
    if samples < 2:
        found.append("A correlation takes two samples.")
    elif not shown:
        found.append("No unit varies, so there is no correlation.")
    if len(units.units) < units.total:
        found.append(
            f"Pairs were looked for among the {count(len(units.units))} units that vary the most; units that "
            "ignore the input among all."
        )
    if units.num_constant or units.num_broken:
        found.append("Units that never vary or give no number stand apart in the list.")
    return found
