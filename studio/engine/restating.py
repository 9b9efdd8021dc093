"""What window and engine say of batch-norm statistics that a run keeps; see `studio.engine.records`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class KeepStatistics:
    """Write other statistics into a run's checkpoint; Progress comes until StatisticsKept or Failed.

    Attributes:
        run: Name of the run.
        runs_folder: Where it is kept.
        statistics: Found anew on the training part; ``running`` brings those of training back.
        checkpoint: Which weights.
        folder: Folder of the project file, where relative data folders start.
    """

    id: int
    run: str
    runs_folder: str
    statistics: Literal["running", "update_bn", "final_phase"]
    checkpoint: Literal["best", "last"] = "best"
    folder: str = ""


@dataclass(frozen=True, slots=True)
class StatisticsKept:
    """Answer to KeepStatistics.

    Attributes:
        run: As in the question.
        words: What was done.
    """

    id: int
    run: str
    words: str
