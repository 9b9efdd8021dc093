"""A project: everything a `.flow` file holds, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, field

from studio.graph.graph import Graph
from studio.project.config import DataConfig, TrainingConfig


@dataclass(frozen=True)
class Project:
    """A design with the data and the settings it is trained with.

    The file it was read from is not part of it: `studio.load` knows the path, the value does not.

    Attributes:
        name: Shown in the title; the file's name without its ending.
        graph: The network.
        data: Which data.
        training: How it is trained.
        notes: Free text.
    """

    name: str = "untitled"
    graph: Graph = field(default_factory=Graph)
    data: DataConfig = field(default_factory=DataConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    notes: str = ""
