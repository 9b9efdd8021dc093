"""Which parts of a sample the score of a class hangs on: the input's gradient, and Grad-CAM of a layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout

from studio.app.inside.matrix_field import Matrix
from studio.app.inside.overlay import Overlay
from studio.app.inside.page import Page, sample_words
from studio.app.inside.sample_card import SampleCard
from studio.app.inside.sample_choice import SampleChoice
from studio.app.plots.wording import number, percent
from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE
from studio.engine.records import LookedInside
from studio.runs.insights import SaliencyFound

HEAT = "inferno"
PREDICTED = "the predicted one"


class SaliencyPage(Page):
    """A class's score as a function of the picture: where it changes most, where maps speak for it."""

    page = "saliency"
    name = "saliency"
    title = "Saliency"

    def fill(self) -> None:
        """Put sample, gradient and Grad-CAM beside each other."""
        self.sample = SampleChoice(self.name, self)
        self.sample.changed.connect(self.asked)
        self.head.addWidget(self.sample)
        self.head.addWidget(label("class", "argument", self))
        self.target: QComboBox = self.choice("target", "Which class is explained", {})
        self.target.addItem(PREDICTED, -1)
        self.target.activated.connect(lambda _: self.asked.emit())
        self.over = QCheckBox("over the sample", self)
        self.over.setObjectName("inside.saliency.over")
        self.over.setToolTip("Paint the maps over the sample; their colours are exact only without it")
        self.over.toggled.connect(self._lay_over)
        self.head.addWidget(self.over)
        self.head.addStretch(1)
        self.card = SampleCard(self.body)
        self.gradient, self.cam = Overlay("Saliency", self.body), Overlay("Grad-CAM", self.body)
        grid = QGridLayout(self.body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(3 * SPACE)
        grid.addWidget(self.card, 0, 0)
        for column, part in enumerate((self.gradient, self.cam), 1):
            grid.addWidget(part, 0, column)
            grid.setColumnStretch(column, 1)

    def question(self) -> dict[str, object]:
        """Return sample and class."""
        return {"sample": self.sample.value(), "target": self.target.currentData()}

    def draw(self, found: LookedInside) -> None:
        """Show where the score hangs on."""
        one = found.saliency
        assert one is not None
        self.sample.set_available(found.available)
        self._offer(found, len(one.scores))
        self.card.show_sample(one.seen, 0, sample_words(found, 0))
        name = _class(found, one.target)
        best = int(one.scores.argmax())
        predicted = "predicted" if best == one.target else f"predicted: {_class(found, best)}"
        words = f"{sample_words(found, 0)} · score {number(float(one.scores[one.target]))} of class {name}"
        self.describe(f"{words} ({predicted}) · {found.node} · {found.weights}")
        self.gradient.show_map(
            _matrix(one.saliency), one.seen, "Gradient of the score by the input, its size"
        )
        self.cam.show_map(_matrix(one.cam), one.seen, f"Grad-CAM of {found.node}")
        self.note(found, *_notes(found, one))

    def _lay_over(self, over: bool) -> None:
        for part in (self.gradient, self.cam):
            part.lay_over(over)

    def _offer(self, found: LookedInside, classes: int) -> None:
        """Offer each class there is, and keep the choice."""
        chosen = self.target.currentData()
        self.target.clear()
        self.target.addItem(PREDICTED, -1)
        for index in range(classes):
            self.target.addItem(_class(found, index), index)
        self.target.setCurrentIndex(max(self.target.findData(chosen), 0))

    def rows(self) -> Iterable[Sequence[object]]:
        """Return each number of both pictures with its place."""
        found = self.found
        if found is None or found.saliency is None:
            return
        yield ("picture", "row", "column", "value")
        for name, values in (("saliency", found.saliency.saliency), ("grad-cam", found.saliency.cam)):
            for at, line in enumerate(np.atleast_2d(values).astype(float).tolist()):
                yield from ((name, at, column, value) for column, value in enumerate(line))


def _class(found: LookedInside, index: int) -> str:
    return found.classes[index] if index < len(found.classes) else str(index)


def _matrix(values: np.ndarray) -> Matrix | None:
    """Return a map as it is shown, from 0 to its largest number; None if there is none."""
    if not values.size:
        return None
    known = values[np.isfinite(values)]
    high = float(known.max()) if known.size else 0.0
    return Matrix(np.atleast_2d(values), 0.0, high or 1.0, HEAT)


def _notes(found: LookedInside, one: SaliencyFound) -> list[str]:
    notes = []
    if not one.saliency.size:
        notes.append("Whole numbers have no gradient, so there is no saliency.")
    if not one.cam.size:
        notes.append(
            f"{found.node} gives no maps that the score depends on: choose a convolution for Grad-CAM."
        )
    elif not one.cam.any():
        notes.append(f"No map of {found.node} speaks for this class here: Grad-CAM is 0 everywhere.")
    broken = int(np.count_nonzero(~np.isfinite(one.saliency))) + int(np.count_nonzero(~np.isfinite(one.cam)))
    if broken:
        notes.append(f"{broken} numbers are NaN or infinite (red).")
    exact = float((one.saliency == 0).mean()) if one.saliency.size else 0.0
    if exact > 0.5:
        notes.append(f"{percent(exact)} of the gradient is exactly 0.")
    return notes
