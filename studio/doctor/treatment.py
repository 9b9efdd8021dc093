"""Carrying out what a finding suggests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from studio.catalog import registry
from studio.doctor.finding import Remedy
from studio.graph.graph import Graph
from studio.graph.placement import mend, usual_size
from studio.graph.pushing import SizeOf
from studio.project.config import DataConfig, TrainingConfig
from studio.project.project import Project


def carried_out(
    project: Project, remedy: Remedy, sizes: Callable[[Graph], SizeOf] = lambda _graph: usual_size
) -> Project:
    """Return a project with a remedy carried out; neighbours make room for layers that it puts in.

    Raises:
        GraphError: The design has changed since, so that it no longer fits.
    """
    graph = project.graph
    for fix in remedy.fixes:
        graph = mend(graph, fix, registry.signatures(graph), sizes)
    training = TrainingConfig.model_validate({**project.training.model_dump(), **dict(remedy.settings)})
    data = DataConfig.model_validate({**project.data.model_dump(), **dict(remedy.data)})
    return replace(project, graph=graph, training=training, data=data)
