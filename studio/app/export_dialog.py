"""Export…: the network as Python source, ONNX, a torch.export program or weights, written by the engine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.app.engine_link import EngineLink
from studio.app.outcome_dialog import OutcomeDialog
from studio.app.panels.argument_form import ArgumentForm
from studio.app.theme.polish import label
from studio.app.theme.tokens import EXPORT_SIZE, SPACE
from studio.catalog.spec import ArgSpec
from studio.engine.records import EngineLost, Export, Exported, Failed
from studio.graph.node import Value
from studio.project.format import to_data
from studio.project.project import Project

FRESH = "fresh"
INITIAL = "initial"
ENDINGS = {"python": ".py", "onnx": ".onnx", "pt2": ".pt2", "safetensors": ".safetensors"}
WORDS = {
    "python": "Readable source: one class for each block, and a training script, without this program.",
    "onnx": "A file for other runtimes, such as ONNX Runtime.",
    "pt2": "A torch.export program: PyTorch runs it without any source.",
    "safetensors": "The weights alone, under the names that the source gives them.",
}


class ExportDialog(OutcomeDialog):
    """Form, weights, and what came of it.

    Args:
        project: What is written.
        runs: Names of runs whose weights can be taken, the newest first.
        runs_folder: Where they are kept.
        folder: Where the file goes unless the person says otherwise.
        link: To the engine.
        parent: The window.
        home: Where the project's relative paths start.
    """

    written = Signal(str)
    """A sentence for the status bar."""

    def __init__(
        self,
        project: Project,
        runs: Sequence[str],
        runs_folder: Path,
        folder: Path,
        link: EngineLink,
        parent: QWidget | None = None,
        home: str = "",
    ) -> None:
        super().__init__("export", "Export network", parent)
        self._project, self._runs_folder, self._folder, self._link = project, runs_folder, folder, link
        self._request, self._home = 0, home
        self._untrained = INITIAL if project.training.initial_weights else FRESH
        choices = (self._untrained, *runs)
        self.values: dict[str, Value] = {"format": "python", "weights": choices[1] if runs else choices[0]}
        weights = f"Of a run, with the design it was trained with; {self._untrained}: as before training."
        self.form = ArgumentForm(
            (
                ArgSpec("format", "choice", "python", "What is written.", choices=tuple(ENDINGS)),
                ArgSpec("weights", "choice", self._untrained, weights, choices=choices),
            ),
            "export",
            self,
        )
        self.words = label("", "dim", self, wrap=True)
        self.words.setMinimumHeight(9 * SPACE)
        self.export_button = self.button("save", "Export…", self.ask)
        self.close_button = self.button("close", "Close", self.reject)
        self.progress.setRange(0, 0)
        parts = self.form, self.words, self.progress, self.outcome
        self.arrange(parts, None, self.close_button, self.export_button)
        self.resize(*EXPORT_SIZE)
        self._connect()
        self._show()

    def _connect(self) -> None:
        self.form.edited.connect(self.set_value)
        self.form.reset_wanted.connect(self._reset)
        self._link.exported.connect(self._exported)
        self._link.lost.connect(self._lost)

    def set_value(self, name: str, value: Value) -> None:
        """Change a setting."""
        self.values = {**self.values, name: value}
        self.say("")
        self._show()

    def _reset(self, name: str) -> None:
        self.set_value(name, {"format": "python", "weights": self._untrained}[name])

    def _show(self) -> None:
        self.form.show_values(self.values)
        self.words.setText(WORDS[str(self.values["format"])])
        busy = bool(self._request)
        self.progress.setVisible(busy)
        self.form.setEnabled(not busy)
        self.export_button.setEnabled(not busy)

    def ask(self) -> None:
        """Ask where to, and have it written there."""
        form = str(self.values["format"])
        start = str(self._folder / f"{self._project.name}{ENDINGS[form]}")
        chosen, _ = QFileDialog.getSaveFileName(self, "Export network", start, f"{form} (*{ENDINGS[form]})")
        if chosen:
            path = Path(chosen)
            self.write(path if path.suffix else path.with_name(path.name + ENDINGS[form]))

    def write(self, path: Path) -> None:
        """Have the engine write the network into a file."""
        run = str(self.values["weights"])
        self._request = self._link.request(
            Export,
            project=to_data(self._project),
            form=self.values["format"],
            path=str(path),
            run="" if run == self._untrained else run,
            runs_folder=str(self._runs_folder),
            folder=self._home,
        )
        self._link.claim(self._request, self._failed)
        self.say("Writing the network, and running what was written …")
        self._show()

    def _exported(self, answer: Exported) -> None:
        if answer.id == self._request:
            name = Path(answer.path).name
            equal = (
                "its outputs are equal to the last bit"
                if answer.difference == 0.0
                else f"the largest difference of its outputs is {answer.difference:.2g} of the largest output"
            )
            self._end("\n".join([f"Wrote {name}: it was run, and {equal}.", *answer.remarks]), "")
            self.written.emit(f"Wrote {name}.")

    def _failed(self, failed: Failed) -> None:
        if failed.id == self._request:
            self._end(failed.message, "bad")

    def _lost(self, lost: EngineLost) -> None:
        if self._request:
            self._end(f"The engine ended while it was writing: {lost.message}", "bad")

    def _end(self, words: str, role: str) -> None:
        self._request = 0
        self.say(words, role)
        self._show()
