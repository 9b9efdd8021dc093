"""What stands between a project and its run: settings, a place in the store, and reasons to refuse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from studio.errors import CompileError, StudioError, TrainingError
from studio.graph.problems import has_errors
from studio.project import files
from studio.project.config import TrainingConfig
from studio.project.project import Project
from studio.project.wording import explain
from studio.runs.store import RunStore
from studio.runs.writer import RunWriter
from studio.training import devices
from studio.training.fit import check_project
from studio.training.loop import Outcome


def without_initial_weights(project: Project) -> Project:
    """Return a project as a run that goes on needs it: it has weights of its own."""
    return replace(project, training=project.training.model_copy(update={"initial_weights": ""}))


def refuse_errors(project: Project, folder: Path | None) -> None:
    """Raise for a project that cannot be trained, before a run is made of it."""
    analysis = check_project(project, folder)
    if not has_errors(analysis.problems):
        return
    first = analysis.problems[0]
    more = sum(problem.severity == "error" for problem in analysis.problems) - 1
    text = " ".join(part for part in (first.message, first.suggestion) if part)
    raise CompileError(
        f"The project cannot be trained. {text}" + (f" ({more} more)" if more else ""),
        problems=analysis.problems,
        node_id=first.node or None,
    )


def folder_of_runs(project: Project, path: Path | str | None, runs_folder: Path | str | None) -> Path:
    """Return where the runs of a project are kept: beside its file, unless somebody says where."""
    if runs_folder is not None:
        return Path(runs_folder)
    return files.runs_folder(Path(path)) if path is not None else Path(f"{project.name}.runs")


def with_settings(project: Project, epochs: int, device: str | None) -> Project:
    """Return the project with other settings.

    Raises:
        TrainingError: A setting is out of its range.
    """
    settings = project.training.model_dump()
    settings |= {"epochs": epochs, "device": device or project.training.device}
    try:
        return replace(project, training=TrainingConfig.model_validate(settings))
    except ValidationError as error:
        raise TrainingError(explain(error, TrainingConfig, "training.")) from error


def open_run(
    store: RunStore, project: Project, name: str | None, resume: str | None
) -> tuple[RunWriter, Path | None]:
    """Return the writer of a new or a resumed run, and the checkpoint to go on from."""
    device = str(devices.resolve(project.training.device))
    if resume is None:
        return store.create_run(name or "", project, device, project.training.seed), None
    start = store.run(resume).checkpoint_path("resume")
    return store.reopen_run(resume), start


def raise_failure(outcome: Outcome) -> None:
    """Raise what made a run fail."""
    if outcome.error is None:
        return
    if isinstance(outcome.error, StudioError):
        raise outcome.error
    raise TrainingError(outcome.message, step=outcome.step) from outcome.error
