"""Answers what a small network computes over the range of its data."""

from __future__ import annotations

from pathlib import Path

from studio.engine.looking import prepared
from studio.engine.records import DrawSurface, SurfaceDrawn
from studio.project.format import from_data
from studio.runs.store import RunStore
from studio.training import surfaces
from studio.training.run import Run


def draw_surface(request: DrawSurface) -> SurfaceDrawn:
    """Return the surface of a design, or of a run's weights.

    Raises:
        StudioError: It cannot be drawn.
    """
    folder = Path(request.folder) if request.folder else None
    if not request.run:
        project = from_data(request.project)
        kept = f'those in "{project.training.initial_weights}"' if project.training.initial_weights else ""
        surface = surfaces.draw(project, request.node, folder, load=prepared)
        return SurfaceDrawn(request.id, surface, kept or "untrained")
    run = Run(RunStore(Path(request.runs_folder)).run(request.run))
    weights = run.checkpoint(request.checkpoint)
    surface = surfaces.draw(run.project(), request.node, folder, weights, prepared)
    return SurfaceDrawn(request.id, surface, f"{request.checkpoint} of {request.run}")
