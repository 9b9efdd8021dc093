"""Samples as points, seen through what a layer gives for them: what it tells apart lies apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QHBoxLayout

from studio.app.inside.page import Page, class_of, sample_words
from studio.app.inside.sample_card import SampleCard
from studio.app.inside.scatter import Scatter
from studio.app.panels.surface.painting import colors_again
from studio.app.panels.surface.symbols import Key
from studio.app.plots.wording import count, number, percent
from studio.app.theme.tokens import SPACE
from studio.engine.records import LookedInside
from studio.runs.insights import EmbeddingFound

METHODS = {"pca": "Principal components", "umap": "UMAP"}


class EmbeddingPage(Page):
    """The better a layer tells classes apart, the larger the scatter between them over that within them."""

    page = "embedding"
    name = "embedding"
    title = "Samples as points"

    def fill(self) -> None:
        """Put the points into the body, and beside them the sample that was clicked."""
        self.method = self.choice("method", "How samples become points in the plane", METHODS)
        self.key = Key(self)
        self.head.addWidget(self.key, 1)
        self.scatter, self.card = Scatter(self.body), SampleCard(self.body)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * SPACE)
        row.addWidget(self.scatter, 1)
        row.addWidget(self.card)
        self.method.activated.connect(lambda _: self.asked.emit())
        self.scatter.hovered.connect(self._hovered)
        self.scatter.clicked.connect(self._clicked)

    def question(self) -> dict[str, object]:
        """Return by which method."""
        return {"method": self.method.currentData()}

    def draw(self, found: LookedInside) -> None:
        """Show the points."""
        points = found.embedding
        assert points is not None
        axes = [_axis(*one) for one in zip(points.axes, points.explained.tolist(), strict=True)]
        self.scatter.show_points(points.points, found.labels, (axes[0], axes[1]))
        self.card.show_sample(None, 0, "")
        has_classes = bool((found.labels >= 0).any())
        self.key.show_names(found.classes if has_classes else (), has_points=False)
        self.describe(f"{found.node} · {count(len(found.rows))} samples{_ratio(points)} · {found.weights}")
        self.note(found, *_notes(points, found))

    def _hovered(self, index: int) -> None:
        found = self.found
        if index < 0 or found is None or found.embedding is None:
            self.say("")
            return
        x, y = found.embedding.points[index].tolist()
        self.say(f"{sample_words(found, index)} · ({number(x)}, {number(y)})")

    def _clicked(self, index: int) -> None:
        found = self.found
        if found is not None and found.embedding is not None:
            self.card.show_sample(found.embedding.seen, index, sample_words(found, index))
            self.sample_chosen.emit(int(found.rows[index]))

    def rows(self) -> Iterable[Sequence[object]]:
        """Return a row for each sample."""
        found = self.found
        if found is None or found.embedding is None:
            return
        yield ("sample", "class", *found.embedding.axes)
        for place, (row, point) in enumerate(
            zip(found.rows.tolist(), found.embedding.points.tolist(), strict=True)
        ):
            yield (row, class_of(found, place), *point)


def _axis(name: str, explained: float) -> str:
    return name if math.isnan(explained) else f"{name}, {percent(explained)} of the variance"


def _ratio(points: EmbeddingFound) -> str:
    if math.isnan(points.ratio):
        return ""
    return f" · scatter between classes / within {number(points.ratio)}"


def _notes(points: EmbeddingFound, found: LookedInside) -> list[str]:
    notes = []
    if points.broken:
        notes.append(
            f"{count(points.broken)} samples have no place: the layer gives NaN or infinity for them."
        )
    if points.features == 2:
        notes.append("The layer gives two numbers, and they are shown as they are.")
    elif points.features == 1:
        notes.append("The layer gives one number: the points lie on a line.")
    notes.append(colors_again(found.classes, found.labels, "as triangles"))
    return notes
