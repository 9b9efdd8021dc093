"""Train a project in a process beside the one that writes the run."""

from __future__ import annotations

from pathlib import Path

from studio.project import files
from studio.project.project import Project
from studio.runs.store import RunStore
from studio.training.control import Control
from studio.training.distributed import Team
from studio.training.loop import Trainer
from studio.training.starting import raise_failure, with_settings


def follow(
    project: Project,
    team: Team,
    *,
    path: Path,
    epochs: int | None = None,
    resume: str | None = None,
    control: Control | None = None,
) -> None:
    """Train a project beside the process that writes the run; nothing is written or returned here.

    Args:
        project: As the first process has it.
        team: The processes.
        path: The project file.
        epochs: Instead of the project's setting.
        resume: Name of the run that is gone on with.
        control: A handle to stop from another thread.

    Raises:
        StudioError: As `train` does.
    """
    store = RunStore(files.runs_folder(path))
    design = project if resume is None else store.run(resume).project()
    project = with_settings(design, project.training.epochs if epochs is None else epochs, None)
    start = store.run(resume).checkpoint_path("resume") if resume is not None else None
    raise_failure(Trainer(project, path.parent, control=control, resume=start, team=team).run())
