"""What the engine measures on request: learning rates before a run, and what a run's network is worth."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np

from studio.data import datasets, table_rows
from studio.data.rows import read_rows
from studio.engine.records import (
    AblatedVariant,
    AblateRun,
    CheckGradients,
    EvaluateRun,
    Examine,
    Examined,
    FindLr,
    GradientRow,
    GradientsChecked,
    KeepStatistics,
    LayersProfiled,
    LayerTime,
    LrFound,
    Predicted,
    PredictFile,
    ProfileLayers,
    RunAblated,
    RunEvaluated,
    StatisticsKept,
)
from studio.engine.replies import Array
from studio.project import sounds
from studio.project.format import from_data
from studio.project.project import Project
from studio.runs.store import RunStore
from studio.training import kept_statistics
from studio.training.evaluating import Evaluation
from studio.training.examining import examine
from studio.training.gradcheck import checks as gradcheck
from studio.training.lr_search import halve, range_test
from studio.training.predicting import Input
from studio.training.profiling import profile_project
from studio.training.run import Run
from studio.training.views import Views
from studio.training.voting import evaluate_runs

Progress = Callable[[float, float, str], None]


def find_lr(request: FindLr, progress: Progress, cancelled: Callable[[], bool]) -> LrFound:
    """Look for a learning rate.

    Raises:
        StudioError: The project cannot be trained, or no learning rate is any good.
    """
    project = from_data(request.project)
    folder = Path(request.folder) if request.folder else None
    if request.method == "range":
        test = range_test(project, folder, report=progress, cancelled=cancelled)
        return LrFound(request.id, "range", test.lr, test.lrs, test.losses, test.smoothed)
    found = halve(project, folder, share=request.share, report=progress, cancelled=cancelled)
    trials = found.trials
    ends = [float(trial.losses[-10:].mean()) if len(trial.losses) else np.nan for trial in trials]
    return LrFound(
        request.id,
        "halving",
        found.lr,
        np.array([trial.lr for trial in trials]),
        np.array(ends),
        np.array([float(trial.diverged) for trial in trials]),
    )


def look_closely(request: Examine, progress: Progress, cancelled: Callable[[], bool]) -> Examined:
    """Look closely at a network, for the doctor.

    Raises:
        StudioError: The run, its weights or the data are missing, or the project cannot be trained.
    """
    project, weights = from_data(request.project), None
    if request.run:
        run = Run(RunStore(Path(request.runs_folder)).run(request.run))
        project, weights = run.project(), run.checkpoint("best")
    folder = Path(request.folder) if request.folder else None
    found = examine(project, folder, weights, report=progress, cancelled=cancelled)
    return Examined(request.id, request.run, found)


def profile_layers(
    request: ProfileLayers, progress: Progress, cancelled: Callable[[], bool]
) -> LayersProfiled:
    """Measure how long each layer takes.

    Raises:
        StudioError: The project cannot be trained.
    """
    folder = Path(request.folder) if request.folder else None
    found = profile_project(from_data(request.project), folder, report=progress, cancelled=cancelled)
    layers = tuple(LayerTime(*astuple(layer)) for layer in found.layers)
    return LayersProfiled(request.id, found.device, found.batch, layers)


def check_gradients(
    request: CheckGradients, progress: Progress, cancelled: Callable[[], bool]
) -> GradientsChecked:
    """Hold gradients against finite differences.

    Raises:
        StudioError: The project cannot be trained, or there is no such node.
    """
    found = gradcheck.check_gradients(
        from_data(request.project),
        Path(request.folder) if request.folder else None,
        node=request.node,
        alone=request.alone,
        samples=request.samples,
        coordinates=request.coordinates,
        report=progress,
        cancelled=cancelled,
    )
    rows: list[GradientRow] = []
    for node in found.nodes:
        if not node.tensors:
            rows.append(GradientRow(node.node, "", (), 0, 0, 0, 0.0, 0.0, "nothing", node.note))
        rows += [GradientRow(node.node, *astuple(tensor)) for tensor in node.tensors]
    return GradientsChecked(request.id, found.alone, found.samples, tuple(rows))


def evaluate_run(request: EvaluateRun, progress: Progress, cancelled: Callable[[], bool]) -> RunEvaluated:
    """Measure a run's network on a part of its data.

    Raises:
        StudioError: The run, its weights or the data are missing, or outputs are no numbers.
    """
    run, folder = _run_of(request)
    found = _evaluation(request, run, folder, progress, cancelled)
    scores = found.to_data()
    scores.pop("confusion", None)
    some = found.examples
    return RunEvaluated(
        request.id,
        run.name,
        request.part,
        scores,
        found.confusion if found.confusion is not None else np.zeros((0, 0), np.int64),
        _as_shown(some.inputs, run.project()) if some is not None else np.zeros(0, np.float32),
        some.truth if some is not None else np.zeros(0, np.int64),
        some.predicted if some is not None else np.zeros(0, np.int64),
        some.sure if some is not None else np.zeros(0),
        some.num_worst if some is not None else 0,
        some.num_best if some is not None else 0,
    )


def _as_shown(inputs: Array, project: Project) -> Array:
    """Return samples as people look at them, low frequencies of sounds below; none if they are no pictures.

    Shape:
        inputs: (K, *)
        returns: (K, C, H, W), or (0,)
    """
    if inputs.ndim != 4:
        return np.zeros(0, np.float32)
    is_sound = project.data.dataset == sounds.KEY
    return np.ascontiguousarray(inputs[:, :, ::-1]) if is_sound else inputs


def _evaluation(
    request: EvaluateRun, run: Run, folder: Path, progress: Progress, cancelled: Callable[[], bool]
) -> Evaluation:
    """Measure one run, or several that vote."""
    store = RunStore(Path(request.runs_folder))
    runs = [run, *(Run(store.run(name)) for name in request.voters)]
    views = Views(10 if request.crops == 10 else 1, request.crop_size or None, request.scales)
    how: dict[str, Any] = {
        "folder": folder,
        "statistics": request.statistics,
        "views": views,
        "report": progress,
        "cancelled": cancelled,
    }
    if len(runs) == 1:
        return run.evaluate(request.checkpoint, request.part, **how)
    return evaluate_runs(runs, request.checkpoint, request.part, **how).evaluation


def predict_file(request: PredictFile) -> Predicted:
    """Say what a run's network makes of what is in a file.

    Raises:
        StudioError: The file cannot be read or does not fit; the run, its weights or the data are missing.
    """
    run, folder = _run_of(request)
    path = Path(request.path)
    inputs: Sequence[Input] = [path]
    if path.suffix.lower() == ".csv" and not table_rows.takes(run.project().data, path):
        inputs = read_rows(path, math.prod(datasets.sample_of(run.project().data, folder).shape))
    found = run.predict(*inputs, which=request.checkpoint, folder=folder)
    return Predicted(request.id, run.name, request.path, {"samples": [one.to_data() for one in found]})


def ablate_run(request: AblateRun, progress: Progress, cancelled: Callable[[], bool]) -> RunAblated:
    """Measure a run's network with layers left out.

    Raises:
        StudioError: The run, its weights or the data are missing, or it was cancelled.
    """
    run, folder = _run_of(request)
    found = run.ablate(
        request.variants, folder=folder, followers=request.followers, report=progress, cancelled=cancelled
    )
    variants = tuple(AblatedVariant(*astuple(one)) for one in found.variants)
    return RunAblated(request.id, run.name, found.samples, variants)


def keep_statistics(
    request: KeepStatistics, progress: Progress, cancelled: Callable[[], bool]
) -> StatisticsKept:
    """Write other statistics of batch normalizations into a run's checkpoint.

    Raises:
        StudioError: The run is going on, it or the data are missing, or it was cancelled.
    """
    run, folder = _run_of(request)
    kept = kept_statistics.keep_statistics(
        RunStore(Path(request.runs_folder)),
        run.name,
        request.statistics,
        request.checkpoint,
        folder,
        report=progress,
        cancelled=cancelled,
    )
    return StatisticsKept(request.id, run.name, kept.words())


def _run_of(request: AblateRun | EvaluateRun | KeepStatistics | PredictFile) -> tuple[Run, Path]:
    """Return a run, and where relative data folders start."""
    run = Run(RunStore(Path(request.runs_folder)).run(request.run))
    return run, Path(request.folder) if request.folder else Path(request.runs_folder).parent
