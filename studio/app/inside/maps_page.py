"""One sample through all layers: features from the pixels to the classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea

from studio.app.inside.maps_field import MapsField
from studio.app.inside.page import Page, sample_words
from studio.app.inside.sample_card import SampleCard
from studio.app.inside.sample_choice import SampleChoice
from studio.app.plots.wording import count
from studio.app.theme.tokens import SPACE
from studio.engine.records import LookedInside


class MapsPage(Page):
    """Feature maps by depth: low, middle and high features of one sample."""

    page = "maps"
    name = "maps"
    title = "Feature maps"

    def fill(self) -> None:
        """Put the rows into the body, and beside them the sample."""
        self.sample = SampleChoice(self.name, self)
        self.sample.changed.connect(self.asked)
        self.head.addWidget(self.sample)
        self.head.addStretch(1)
        self.field, self.card = MapsField(), SampleCard(self.body)
        self.rows_view = QScrollArea(self.body)
        self.rows_view.setObjectName("inside.maps.scroll")
        self.rows_view.setFrameShape(QFrame.Shape.NoFrame)
        self.rows_view.setWidgetResizable(True)
        self.rows_view.setWidget(self.field)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * SPACE)
        row.addWidget(self.card)
        row.addWidget(self.rows_view, 1)
        self.field.hovered.connect(self.say)
        self.field.chosen.connect(self.node_chosen)

    def question(self) -> dict[str, object]:
        """Return which sample."""
        return {"sample": self.sample.value()}

    def draw(self, found: LookedInside) -> None:
        """Show the rows, that of the node in sight."""
        maps = found.maps
        assert maps is not None
        self.sample.set_available(found.available)
        self.card.show_sample(maps.seen, 0, sample_words(found, 0))
        self.field.show_layers(maps.layers, found.node)
        self.rows_view.verticalScrollBar().setValue(self.field.top_of(found.node))
        self.describe(f"{sample_words(found, 0)} · each row has its own scale · {found.weights}")
        more = f"{count(maps.left_out)} layers more are left out." if maps.left_out else ""
        self.note(found, more)

    def rows(self) -> Iterable[Sequence[object]]:
        """Return each number that is shown, with its layer, map and place."""
        found = self.found
        if found is None or found.maps is None:
            return
        yield ("layer", "map", "row", "column", "value")
        for layer in found.maps.layers:
            maps = layer.values[None, None] if layer.values.ndim == 1 else layer.values
            maps = maps.reshape(-1, *maps.shape[-2:])
            for index, one in enumerate(maps.astype(float)):
                for at, line in enumerate(one.tolist()):
                    yield from ((layer.node, index, at, column, value) for column, value in enumerate(line))
