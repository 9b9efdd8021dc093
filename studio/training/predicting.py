"""What a trained network says about samples that somebody brings along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from studio.compiler import lower
from studio.compiler.draws import own_draws
from studio.data import audio_folder, datasets, single, table_rows, text_files
from studio.data.prepare import PreparedData, Split, prepare
from studio.data.single import Input as Input
from studio.data.source import Inputs
from studio.errors import TrainingError
from studio.project.datasets import options_of
from studio.project.project import Project
from studio.project.sample import Sample
from studio.training import fit
from studio.training.evaluating import TOP, Weights, fill
from studio.training.evaluation import num_inputs
from studio.training.objective import Objective, as_tuple
from studio.training.session import shaped


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a network says about one sample.

    Attributes:
        label: Name of the most probable class; empty for a network that tells no classes apart.
        top: The five most probable classes with their probabilities, the most probable first.
        probabilities: (C,) of all classes, which add up to 1; empty likewise.
        output: What the network gave, without the batch dimension; values are in the units of the data.
    """

    label: str
    top: tuple[tuple[str, float], ...]
    probabilities: npt.NDArray[np.float64]
    output: npt.NDArray[np.float32]

    def to_data(self) -> dict[str, Any]:
        """Return it as JSON data."""
        if not self.top:
            return {"output": self.output.tolist()}
        return {
            "label": self.label,
            "top": [{"class": name, "probability": value} for name, value in self.top],
        }


def predict_weights(
    project: Project, weights: Weights, folder: Path | None, inputs: Sequence[Input]
) -> list[Prediction]:
    """Return what a network with these weights says about each input, on the CPU.

    Inputs are transformed and normalized as in evaluation, with the statistics of the training part.

    Args:
        project: Design, data and settings.
        weights: A `state_dict` of the compiled network.
        folder: The project file's folder, where a relative data folder starts.
        inputs: See `studio.data.single.read`; of a network that learned from a table also tables, each row of
            which is an input; of one that learned from texts also a text or the path of a .txt file; of
            one that learned from sounds the path of a WAV file.

    Raises:
        DataError: An input cannot be read or does not fit, or the data set is missing.
        RunError: The weights are of another network.
        TrainingError: An output is no number, or there is no loss that says what outputs mean.
    """
    sample = datasets.sample_of(project.data, folder)
    raw = np.concatenate([_read(source, project, folder, sample) for source in inputs])
    data = prepare(project.data, folder)
    ready = torch.from_numpy(data.ready(raw))
    targets = torch.zeros(len(raw), dtype=torch.int64) if data.classes else torch.zeros(len(raw), 1)
    split = shaped(Split(ready, targets), fit.input_sample(project.graph), data)
    with own_draws():
        network = lower.build(project.graph)
    fill(network.module, weights)
    with torch.inference_mode():
        module = network.module.eval()
        outputs = as_tuple(module(*(split.inputs,) * num_inputs(module)))
        objective = Objective(network.losses)
        given, _ = objective.compared(outputs, split.targets)
        if not bool(torch.isfinite(given).all()):
            raise TrainingError("The network gives NaN or infinity for this input. Take another checkpoint.")
        shares = objective.probabilities(outputs, split.targets)
        if objective.compares_with_data and not data.classes:
            given = data.in_units(given)
    return [
        _prediction(given[index], shares[index] if shares is not None else None, data)
        for index in range(len(raw))
    ]


def _read(source: Input, project: Project, folder: Path | None, sample: Sample) -> Inputs:
    """Return one sample, or all rows of a table that has the columns of the one that was learned from."""
    if isinstance(source, str | Path) and table_rows.takes(project.data, Path(source)):
        return table_rows.read(project.data, folder, Path(source))
    if isinstance(source, str | Path) and audio_folder.takes(project.data.dataset, Path(source)):
        where = datasets.data_folder(project.data, folder)
        return audio_folder.read_one(Path(source), options_of(project.data), where)
    if sample.tokens and isinstance(source, str | Path):
        return text_files.read_text(source, options_of(project.data), sample)
    return single.read(source, sample)


def _prediction(output: Tensor, shares: Tensor | None, data: PreparedData) -> Prediction:
    """Return what is said of one sample.

    Shape:
        output: (*)
        shares: (C,)
    """
    plain = output.float().numpy()
    if shares is None:
        return Prediction("", (), np.zeros(0), plain)
    values = shares.numpy()
    order = np.argsort(-values, kind="stable")[:TOP]
    top = tuple((_name(int(index), data.classes), float(values[index])) for index in order)
    return Prediction(top[0][0], top, values, plain)


def _name(index: int, classes: tuple[str, ...]) -> str:
    return classes[index] if index < len(classes) else str(index)
