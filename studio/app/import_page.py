"""The right side of Import…: the chosen network in numbers, its weights and its classes."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Literal, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.app.panels.amounts import count_text, memory_text, shape_text
from studio.app.panels.argument_form import ArgumentForm
from studio.app.panels.fact_table import FactTable
from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE
from studio.catalog.spec import ArgSpec
from studio.engine.records import NetworkOffer
from studio.graph.node import Value

Weights = Literal["random", "pretrained", "file"]

CLASSES = 1000
"""As torchvision builds them all."""

SPECS = (
    ArgSpec(
        "weights",
        "choice",
        "pretrained",
        "What training starts from.",
        choices=("pretrained", "random", "file"),
    ),
    ArgSpec(
        "classes",
        "int",
        CLASSES,
        f"How many it tells apart. With other than {CLASSES} the last layer is a fresh one.",
        minimum=1,
        maximum=1_000_000,
    ),
)
WORDS = {
    "random": "The network alone: every run draws its weights by the project's seed.",
    "here": "Trained on ImageNet; they are on this computer already.",
    "away": "Trained on ImageNet; {size} are downloaded first.",
    "file": "A .safetensors file with this network's own names and shapes.",
}


class ImportPage(QWidget):
    """Facts and form of one network.

    Args:
        folder: Where files of weights are looked for first.

    Attributes:
        offer: What is shown.
        values: The form's values.
        file: The file of weights that was chosen.
    """

    edited = Signal()

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self.offer: NetworkOffer | None = None
        self.values: dict[str, Value] = {spec.name: spec.default for spec in SPECS}
        self.file: Path | None = None
        self.title = label("", "title", self, wrap=True)
        self.title.setObjectName("import.title")
        self.facts = FactTable("import.facts", self)
        self.form = ArgumentForm(SPECS, "import", self)
        self.words = label("", "dim", self, wrap=True)
        self.words.setMinimumHeight(9 * SPACE)
        self._file_row = QWidget(self)
        self._file_name = label("No file is chosen.", "dim", self._file_row, wrap=True)
        self._file_name.setObjectName("import.file")
        self.choose_button = QPushButton("Choose…", self._file_row)
        self.choose_button.setObjectName("import.choose")
        self.choose_button.setProperty("role", "small")
        self.choose_button.setAutoDefault(False)
        row = QHBoxLayout(self._file_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._file_name, 1)
        row.addWidget(self.choose_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * SPACE)
        for widget in (self.title, self.facts, self.form, self.words, self._file_row):
            column.addWidget(widget)
        self.form.edited.connect(self.set_value)
        self.form.reset_wanted.connect(self._reset)
        self.choose_button.clicked.connect(self._choose)
        self._show()

    @property
    def weights(self) -> Weights:
        """Which weights are wanted."""
        return cast(Weights, self.values["weights"])

    @property
    def classes(self) -> int:
        """How many classes are wanted."""
        found = self.values["classes"]
        assert isinstance(found, int)
        return found

    def show_offer(self, offer: NetworkOffer | None) -> None:
        """Show another network; weights and classes stay as they were set, a file does not."""
        self.offer = offer
        self.file = None
        self._show()

    def weights_are_here(self) -> None:
        """The network's trained weights were downloaded."""
        if self.offer is not None:
            self.offer = replace(self.offer, is_here=True)
            self._show()

    def set_value(self, name: str, value: Value) -> None:
        """Change a setting."""
        self.values = {**self.values, name: value}
        self._show()
        self.edited.emit()

    def set_file(self, path: Path) -> None:
        """Take the weights from a file."""
        self.file, self._folder = path, path.parent
        self._show()
        self.edited.emit()

    def commit(self) -> bool:
        """Take over what was typed and not finished yet; False if there is still something to choose."""
        self.form.flush()
        return not self.why_not()

    def why_not(self) -> str:
        """Return what is missing, in words; empty if it can be imported."""
        if self.offer is None:
            return "Choose a network."
        return "Choose a file of weights." if self.weights == "file" and self.file is None else ""

    def _reset(self, name: str) -> None:
        self.set_value(name, next(spec.default for spec in SPECS if spec.name == name))

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            self, "Choose weights", str(self._folder), "Weights (*.safetensors)"
        )
        if chosen:
            self.set_file(Path(chosen))

    def _show(self) -> None:
        offer = self.offer
        for widget in (self.facts, self.form, self.words):
            widget.setVisible(offer is not None)
        self._file_row.setVisible(offer is not None and self.weights == "file")
        self.title.setText(offer.name if offer is not None else "")
        if offer is None:
            return
        known = not math.isnan(offer.accuracy)
        self.facts.show_facts(
            [
                ("parameters", count_text(offer.parameters)),
                ("trained with images of", shape_text(offer.shape)),
                ("trained weights", offer.weights),
                (
                    "ImageNet top-1 accuracy",
                    f"{offer.accuracy:.2%}".replace("%", " %") if known else "unknown",
                ),
            ]
        )
        self.form.show_values(self.values)
        key = ("here" if offer.is_here else "away") if self.weights == "pretrained" else self.weights
        self.words.setText(WORDS[key].format(size=memory_text(offer.weights_bytes)))
        self._file_name.setText(self.file.name if self.file is not None else "No file is chosen.")
