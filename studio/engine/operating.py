"""What window and engine say of a changed design that goes on from a run; see `studio.engine.records`."""

from __future__ import annotations

from dataclasses import dataclass

from studio.engine.requests import Json
from studio.runs.carried import Carried


@dataclass(frozen=True, slots=True)
class PlanCarry:
    """Ask what a design would take over from a run. Answered by CarryPlanned.

    Attributes:
        project: The design as it is now.
        run: Name of the run.
        runs_folder: Where it is kept.
    """

    id: int
    project: Json
    run: str
    runs_folder: str


@dataclass(frozen=True, slots=True)
class CarryPlanned:
    """Answer to PlanCarry.

    Attributes:
        carried: As a new run would begin.
    """

    id: int
    carried: Carried
