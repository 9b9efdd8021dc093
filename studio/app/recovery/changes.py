"""What an unsaved project has different from its file, in lines to read."""

from __future__ import annotations

from pathlib import Path

from studio.errors import ProjectError
from studio.graph.graph import Graph
from studio.project.files import read
from studio.project.project import Project
from studio.project.recovery import Unsaved
from studio.runs.comparing import design_difference, settings_difference

MOST_LINES = 200


def changes_of(unsaved: Unsaved) -> list[str]:
    """Return a line for each change: ``+`` is new, ``-`` is gone, ``~`` is another; at least one line.

    A project without a file is compared with an empty one.
    """
    if not unsaved.path:
        return _shortened(design_difference(Graph(), unsaved.project.graph)) or ["It is empty."]
    try:
        saved = read(Path(unsaved.path))
    except ProjectError as error:
        return [f"Its file cannot be compared. {error.message}"]
    return _shortened(_differences(saved, unsaved.project))


def _differences(saved: Project, now: Project) -> list[str]:
    lines = design_difference(saved.graph, now.graph)
    for setting in settings_difference((saved, now)):
        before, after = setting.values
        lines.append(f"~ {setting.name} {before} → {after}")
    if saved.notes != now.notes:
        lines.append("~ notes")
    if lines:
        return lines
    if saved.graph == now.graph:
        return ["It is as in its file."]
    return ["Only where things stand on the canvas, and how they look."]


def _shortened(lines: list[str]) -> list[str]:
    more = len(lines) - MOST_LINES
    return lines if more <= 0 else [*lines[:MOST_LINES], f"and {more} more"]
