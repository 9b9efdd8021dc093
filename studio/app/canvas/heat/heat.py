"""What the canvas shows as a heat map just now, kept in step with the network."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject, Signal

from studio.app.canvas.heat.measures import (
    LIVE,
    CardHeat,
    CardMeasure,
    Seen,
    Source,
    WireHeat,
    WireMeasure,
    card_heat,
    nothing_seen,
    wire_heat,
)
from studio.app.canvas.heat.scale import Scale
from studio.app.canvas.scene import Scene
from studio.app.canvas.wire_layer import NO_STEPS
from studio.app.facts import Facts


@dataclass(frozen=True, slots=True)
class Measures:
    """What is shown: by wires, and by cards."""

    wires: WireMeasure = "none"
    cards: CardMeasure = "none"


class Heat(QObject):
    """The measures that a person chose, and what comes of them on the level on show.

    Attributes:
        measures: What is shown.
        seen: What a run shows of nodes; replaced by whoever follows one.
        steps: For each row of wires its step of the colour map; empty while wires show nothing. The same
            object as long as it is the same, so that pictures made with it are kept.
    """

    changed = Signal()
    """Scales, steps or measures are others."""

    def __init__(self, scene: Scene, facts: Facts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scene, self._facts = scene, facts
        self.measures = Measures()
        self.seen: Seen = nothing_seen
        self.steps = NO_STEPS
        self._amounts: dict[Source, int] = {}
        self._of_wires: WireHeat | None = None
        self._of_cards: CardHeat | None = None

    @property
    def scales(self) -> list[tuple[Scale, bool]]:
        """The scales in use, and whether each is that of wires."""
        found = []
        for heat, of_wires in ((self._of_wires, True), (self._of_cards, False)):
            if heat is not None and heat.scale is not None:
                found.append((heat.scale, of_wires))
        return found

    @property
    def is_live(self) -> bool:
        """Whether something is shown that only a run can show."""
        return bool({self.measures.wires, self.measures.cards} & LIVE)

    def show_on_wires(self, measure: WireMeasure) -> None:
        """Show a measure by the colour and the width of wires."""
        self.show_measures(replace(self.measures, wires=measure))

    def show_on_cards(self, measure: CardMeasure) -> None:
        """Show a measure by the colour of cards."""
        self.show_measures(replace(self.measures, cards=measure))

    def show_measures(self, measures: Measures) -> None:
        """Show these measures."""
        self.measures = measures
        self.forget()

    def forget(self) -> None:
        """Look at the network anew: something else is known of it, or the units are others."""
        self._amounts = {}
        self.refresh()

    def refresh(self) -> None:
        """Look at a network that has changed."""
        if self.measures == Measures() and self._of_wires is None and self._of_cards is None:
            return
        graph, facts = self._scene.graph, self._facts
        prefix = self._scene.place.dotted
        cards = card_heat(self.measures.cards, graph, facts, self.seen, prefix)
        if cards != self._of_cards:
            self._of_cards = cards
            self._scene.set_heat(cards)
        self._of_wires = wire_heat(
            self.measures.wires,
            self._scene.geometry.edges,
            graph,
            facts,
            self.seen,
            prefix,
            self._amounts,
        )
        steps = self._of_wires.steps if self._of_wires is not None else NO_STEPS
        if not np.array_equal(steps, self.steps):
            self.steps = steps
        self.changed.emit()
