"""Answers what is inside a network at rest, for the pages that a person may ask for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from studio.engine.looking import prepared
from studio.engine.records import LookedInside, LookInside
from studio.project.format import from_data
from studio.runs.store import RunStore
from studio.training.insides import Inside, give_up_after
from studio.training.look import Look
from studio.training.run import Run

Report: TypeAlias = Callable[[float, float, str], None]


def look_inside(request: LookInside, progress: Report, cancelled: Callable[[], bool]) -> LookedInside:
    """Return what was asked for.

    Raises:
        StudioError: It cannot be found: the design has errors, the node is gone, the data are missing.
    """
    inside, words = _inside(request, progress, cancelled)
    found = _page(request, Look(inside))
    return LookedInside(
        request.id,
        request.page,
        request.node,
        words,
        inside.rows.numpy(),
        inside.available,
        inside.labels.numpy(),
        inside.data.classes,
        _notes(request, inside),
        **found,
    )


def _inside(request: LookInside, progress: Report, cancelled: Callable[[], bool]) -> tuple[Inside, str]:
    """Return the network with its samples, and which weights it has in words."""
    folder = Path(request.folder) if request.folder else None
    if request.run:
        run = Run(RunStore(Path(request.runs_folder)).run(request.run))
        project, weights = run.project(), run.checkpoint(request.checkpoint)
        folder = folder or Path(request.runs_folder).parent
        words = f"{request.checkpoint} weights of {request.run}"
    else:
        project, weights = from_data(request.project), None
        kept = project.training.initial_weights
        words = f'those in "{kept}"' if kept else "untrained weights"
    inside = Inside(
        project,
        prepared(project.data, folder),
        weights=weights,
        folder=folder,
        part=request.part,
        samples=request.samples,
        sample=request.sample if request.page in ("maps", "saliency") else None,
        enough=give_up_after(),
        cancelled=cancelled,
        report=progress,
    )
    return inside, words


def _page(request: LookInside, look: Look) -> dict[str, Any]:
    """Return the field of the answer that was asked for."""
    match request.page:
        case "units":
            return {"units": look.units(request.node, request.reduction)}
        case "embedding":
            return {"embedding": look.embedding(request.node, request.method)}
        case "maps":
            return {"maps": look.maps()}
        case "saliency":
            return {"saliency": look.saliency(request.node, request.target)}
        case "strongest":
            return {"strongest": look.strongest(request.node, request.unit, request.reduction)}
        case "weights":
            return {"weights_found": look.weights(request.node, request.parameter)}


def _notes(request: LookInside, inside: Inside) -> tuple[str, ...]:
    """Return what to know about the samples."""
    if request.page in ("maps", "saliency"):
        return ()
    wanted = min(request.samples, inside.available)
    if len(inside.rows) < wanted:
        return (f"Only {len(inside.rows):,} of {wanted:,} samples: more would take too long.",)
    return ()
