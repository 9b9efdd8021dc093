"""Train a project from Python or the terminal, and what one gets: the run."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor, fx

from studio.compiler import lower
from studio.compiler.draws import own_draws
from studio.data.prepare import prepare
from studio.errors import RunError
from studio.project.project import Project
from studio.runs import batch_statistics, checkpoints
from studio.runs.reader import RunInfo, RunReader, Which
from studio.runs.records import EpochEnded, Surface
from studio.runs.store import RunStore
from studio.runs.surface_timeline import SurfaceTimeline
from studio.training import fit, surfaces
from studio.training.ablation import Ablation, ablate
from studio.training.control import Control
from studio.training.distributed import Team
from studio.training.evaluating import Evaluation, Part, evaluate_weights
from studio.training.insides import Inside
from studio.training.kept_statistics import Kept, keep_statistics
from studio.training.look import Look
from studio.training.loop import Trainer
from studio.training.predicting import Input, Prediction, predict_weights
from studio.training.reporter import Reporter
from studio.training.session import shaped
from studio.training.starting import (
    folder_of_runs,
    open_run,
    raise_failure,
    refuse_errors,
    with_settings,
    without_initial_weights,
)
from studio.training.statistics import Choice, Method, Report, recalibrate
from studio.training.surgery import donor_of
from studio.training.together import PLAIN
from studio.training.views import Views
from studio.training.voting import evaluate_runs


class Run:
    """A run that ended, or one from the store.

    Args:
        reader: The run's records.
    """

    def __init__(self, reader: RunReader) -> None:
        self._reader = reader
        self.name = reader.name
        self.folder = reader.folder

    def __repr__(self) -> str:
        return f"Run({self.name!r}, {self.state}, {len(self.history)} epochs)"

    @property
    def info(self) -> RunInfo:
        """Its line in the list of runs."""
        return self._reader.info

    @property
    def state(self) -> str:
        """``finished``, ``stopped``, ``failed`` …"""
        return self.info.state

    @property
    def message(self) -> str:
        """What it reached, or why it failed."""
        return self.info.message

    @property
    def history(self) -> list[EpochEnded]:
        """The numbers of every epoch, in order."""
        return self._reader.epochs()

    @property
    def best(self) -> EpochEnded | None:
        """The epoch with the lowest validation loss; None before the first."""
        return next((epoch for epoch in reversed(self.history) if epoch.is_best), None)

    def steps(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return the steps with their losses and accuracies.

        Shape:
            returns: three of (K,)
        """
        steps, losses, accuracies = self._reader.steps()
        return torch.from_numpy(steps), torch.from_numpy(losses), torch.from_numpy(accuracies)

    def project(self) -> Project:
        """Return the design and settings it was trained with."""
        return self._reader.project()

    def checkpoint(self, which: Which = "best") -> dict[str, Tensor]:
        """Return the tensors of a checkpoint by name; those of ``best`` and ``last`` are a `state_dict`.

        Raises:
            RunError: There is none, or it is damaged.
        """
        loaded = checkpoints.load(self._reader.checkpoint_path(which))
        return {name: torch.tensor(array) for name, array in loaded.tensors.items()}

    def model(self, which: Which = "best") -> fx.GraphModule:
        """Return the network with a checkpoint's weights, in evaluation mode, on the CPU.

        Raises:
            RunError: There is no such checkpoint, or it is damaged.
        """
        with own_draws():
            module = lower.compile(self.project().graph)
        module.load_state_dict(self.checkpoint(which))
        return module.eval()

    def evaluate(
        self,
        which: Which = "best",
        part: Part = "validation",
        *,
        folder: Path | str | None = None,
        device: str | None = None,
        statistics: Choice = "kept",
        views: Views = PLAIN,
        report: Report = lambda done, total, label: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Evaluation:
        """Return how good a checkpoint's weights are on one part of the data the run was started with.

        Args:
            which: ``best`` or ``last``.
            part: ``validation``, ``train`` or ``test``; the last is for the end, once all is decided.
            folder: The project file's folder, where a relative data folder starts; where the store of runs
                lies if not given.
            device: ``auto``, ``cpu``, ``cuda:0`` …; the project's if not given.
            statistics: Which statistics batch normalizations use; see `studio.training.statistics`.
            views: Crops and scales of each picture whose probabilities are averaged; the loss is then the
                mean negative log-likelihood.
            report: Is told how far it is.
            cancelled: Is asked after every batch.

        Raises:
            StudioError: The checkpoint or the data are missing, outputs are no numbers, or it was cancelled.
        """
        if not views.are_plain:
            return evaluate_runs(
                [self],
                which,
                part,
                folder=folder,
                device=device,
                statistics=statistics,
                views=views,
                report=report,
                cancelled=cancelled,
            ).evaluation
        found = evaluate_weights(
            self.project(),
            self.weights(which, statistics),
            self.home(folder),
            part,
            device,
            statistics=statistics,
            report=report,
            cancelled=cancelled,
        )
        if part == "test":
            self.count_test_look()
        return found

    def ablate(
        self,
        variants: Sequence[Sequence[str]] | None = None,
        which: Which = "best",
        part: Part = "validation",
        *,
        folder: Path | str | None = None,
        followers: bool = True,
        device: str | None = None,
        report: Report = lambda done, total, label: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Ablation:
        """Return how good a checkpoint's network is with layers left out; see `studio.training.ablation`.

        Args:
            variants: Dotted names of what is left out of each; each layer with weights if not given.
            which: ``best`` or ``last``.
            part: ``validation``, ``train`` or ``test``.
            folder: The project file's folder, as in `evaluate`; so are `device`, `report` and `cancelled`.
            followers: Leave out the activation, normalization and dropout after each of them, too.

        Raises:
            StudioError: The checkpoint or the data are missing, or it was cancelled.
        """
        found = ablate(
            self.project(),
            self.checkpoint(which),
            variants,
            self.home(folder),
            followers=followers,
            part=part,
            device=device,
            report=report,
            cancelled=cancelled,
        )
        if part == "test":
            self.count_test_look()
        return found

    def recalibrated(
        self, statistics: Method, which: Which = "best", *, folder: Path | str | None = None
    ) -> fx.GraphModule:
        """Return the network with a checkpoint's weights and other statistics of its batch normalizations.

        Args:
            statistics: ``update_bn`` or ``final_phase``; see `studio.training.statistics`.
            which: ``best`` or ``last``.
            folder: The project file's folder, as in `evaluate`.

        Raises:
            StudioError: The checkpoint or the data are missing.
        """
        project, module = self.project(), self.model(which)
        data = prepare(project.data, self.home(folder))
        recalibrate(module, shaped(data.train, fit.input_sample(project.graph), data), statistics)
        return module

    def keep_statistics(
        self,
        statistics: Method,
        which: Which = "best",
        *,
        folder: Path | str | None = None,
        device: str | None = None,
    ) -> Kept:
        """Write other statistics of batch normalizations into a checkpoint, for all that reads it.

        Args:
            statistics: ``update_bn`` or ``final_phase``; ``running`` brings those of training back.
            which: ``best`` or ``last``.
            folder: The project file's folder, as in `evaluate`; so is `device`.

        Raises:
            StudioError: The checkpoint or the data are missing, the run is going on, or there is no batch
                normalization.
        """
        store = RunStore(self.folder.parent)
        return keep_statistics(store, self.name, statistics, which, self.home(folder), device)

    def predict(
        self, *inputs: Input, which: Which = "best", folder: Path | str | None = None
    ) -> list[Prediction]:
        """Return what a checkpoint's network says about inputs that need not be of the data set.

        Args:
            inputs: Each a picture's file, a ``.npy`` file, an array or a row of numbers, in the units of the
                data set before it is normalized; of a network that learned from a table also tables with its
                columns, each row of which is an input.
            which: ``best`` or ``last``.
            folder: The project file's folder, as in `evaluate`.

        Raises:
            DataError: An input cannot be read, or is not what the network takes.
            StudioError: The checkpoint or the data are missing.
        """
        return predict_weights(self.project(), self.checkpoint(which), self.home(folder), inputs)

    def surface(self, node: str = "", which: Which = "best", *, folder: Path | str | None = None) -> Surface:
        """Return what a checkpoint's network computes over the range of data with one or two features.

        Args:
            node: Name of the node whose units are wanted, too, dotted inside blocks.
            which: ``best`` or ``last``.
            folder: The project file's folder, as in `evaluate`.

        Raises:
            ProbeError: The data have more features.
            StudioError: The checkpoint or the data are missing.
        """
        return surfaces.draw(self.project(), node, self.home(folder), self.checkpoint(which))

    def surface_at(self, step: int, node: str = "") -> Surface:
        """Return what was kept of the network's surface by a step, in levels of a byte or two.

        Args:
            step: Of the optimizer; 0 is before the first.
            node: Name of the node whose units are wanted, too; there are none where they were not kept.

        Raises:
            RunError: The run kept no surfaces.
        """
        timeline = SurfaceTimeline()
        for look in self._reader.surfaces():
            timeline.append(look)
        found = timeline.at(step, node)
        if found is None:
            raise RunError(
                f'The run "{self.name}" kept no surfaces. The window keeps them, and "studio train --watch", '
                "where samples are one or two measurements."
            )
        return found

    def look(
        self,
        which: Which = "best",
        *,
        folder: Path | str | None = None,
        part: Literal["train", "validation"] = "validation",
        samples: int = 256,
    ) -> Look:
        """Return a look inside a checkpoint's network: its units, their correlation, samples as points.

        Args:
            which: ``best`` or ``last``.
            folder: The project file's folder, as in `evaluate`.
            part: Of the data.
            samples: How many, at most.

        Raises:
            StudioError: The checkpoint or the data are missing.
        """
        project, home = self.project(), self.home(folder)
        data, weights = prepare(project.data, home), self.checkpoint(which)
        return Look(Inside(project, data, weights=weights, folder=home, part=part, samples=samples))

    def weights(self, which: Which, statistics: Choice) -> dict[str, Tensor]:
        """Return a checkpoint's weights, with the running averages of training where these are asked for."""
        if statistics != "running":
            return self.checkpoint(which)
        kept = batch_statistics.as_trained(self._reader.checkpoint_path(which))
        return {name: torch.tensor(array) for name, array in kept.tensors.items()}

    def home(self, folder: Path | str | None) -> Path:
        """Return where a relative data folder starts: the folder given, or that of the store of runs."""
        return Path(folder) if folder is not None else self.folder.parent.parent

    def count_test_look(self) -> None:
        """Keep in mind that the test part was looked at."""
        RunStore(self.folder.parent).count_test_look(self.name)


def train(
    project: Project,
    *,
    path: Path | str | None = None,
    folder: Path | str | None = None,
    runs_folder: Path | str | None = None,
    epochs: int | None = None,
    device: str | None = None,
    name: str | None = None,
    resume: str | None = None,
    carry_on: str | None = None,
    reporter: Reporter | None = None,
    control: Control | None = None,
    team: Team | None = None,
) -> Run:
    """Train a project and return the run.

    Args:
        project: What is trained. A resumed run goes on with the design and settings it was started
            with; of this project it takes only the number of epochs.
        path: The project file: data folders and initial weights are looked for beside it, and its runs are
            kept beside it.
        folder: Where the first two are looked for, of a project without a file.
        runs_folder: Where runs are kept instead; without either, ``untitled.runs`` here.
        epochs: Instead of the project's setting.
        device: Likewise.
        name: Of the new run; by default the next of ``run-1``, ``run-2`` …
        resume: Name of a run to go on with.
        carry_on: Name of a run whose weights and optimizer's memory a new one takes over, where they fit.
        reporter: Is told everything as it happens.
        control: A handle to pause and stop it from another thread.
        team: The processes that train together, of which this one is the first; see `following`.

    Raises:
        CompileError: The project has errors; they come along as `problems`. No run is made.
        TrainingError: The run failed; it is kept, with its message.
        StudioError: The data are missing, the run cannot be written, the device is not there.
    """
    store = RunStore(folder_of_runs(project, path, runs_folder))
    if path is not None:
        folder = Path(path).parent
    home = Path(folder) if folder is not None else None
    design = project if resume is None else store.run(resume).project()
    project = with_settings(design, project.training.epochs if epochs is None else epochs, device)
    donor = donor_of(store.run(carry_on)) if carry_on is not None else None
    if donor is not None:
        project = without_initial_weights(project)
    refuse_errors(project if resume is None else without_initial_weights(project), home)
    writer, start = open_run(store, project, name, resume)
    with contextlib.closing(writer):
        outcome = Trainer(
            project,
            home,
            writer=writer,
            reporter=reporter,
            control=control,
            resume=start,
            team=team,
            donor=donor,
        ).run()
    raise_failure(outcome)
    return Run(store.run(writer.name))
