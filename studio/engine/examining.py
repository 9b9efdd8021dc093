"""What the window and the engine say of the doctor's closer look; see `studio.engine.records`."""

from __future__ import annotations

from dataclasses import dataclass

from studio.doctor.closer import Closer
from studio.engine.requests import Json


@dataclass(frozen=True, slots=True)
class Examine:
    """Look closely at a network; Progress comes until Examined or Failed.

    Attributes:
        project: The design, which counts where no run is named.
        run: Take design and best weights of this run; empty takes those that training starts from.
        runs_folder: Where the run is kept.
        folder: Folder of the project file.
    """

    id: int
    project: Json
    run: str = ""
    runs_folder: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """Answer to Examine.

    Attributes:
        run: As in the question.
        closer: What was measured.
    """

    id: int
    run: str
    closer: Closer
