"""The surface of a network outside of a run: of a design as training would start it, or with weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from torch import Tensor

from studio.compiler import initial_weights, lower
from studio.compiler.draws import own_draws
from studio.data import datasets
from studio.data.prepare import PreparedData, prepare
from studio.errors import ProbeError
from studio.project.config import DataConfig
from studio.project.project import Project
from studio.runs.records import Surface
from studio.training import fit
from studio.training.evaluating import fill
from studio.training.field import SIDES, FieldProbe, field_of
from studio.training.objective import Objective
from studio.training.session import shaped

Load: TypeAlias = Callable[[DataConfig, Path | None], PreparedData]


def draw(
    project: Project,
    node: str = "",
    folder: Path | None = None,
    weights: Mapping[str, Tensor] | None = None,
    load: Load = prepare,
) -> Surface:
    """Return what a network of one or two inputs computes over the range of its data, on the CPU.

    Args:
        project: Design and data.
        node: Name of the node whose units are wanted, too, dotted inside blocks; empty for none.
        folder: The project file's folder, where relative paths start.
        weights: A `state_dict` of the compiled network; those that training starts from if not given.
        load: Gives the data of some settings; is asked only where they can be drawn.

    Raises:
        ProbeError: The data have more features, or there is no such node.
        StudioError: The design has errors or no loss, the data are missing, or the weights do not fit.
    """
    sample = datasets.sample_of(project.data, folder)
    features = math.prod(sample.shape)
    if features not in SIDES or sample.dtype != "float32":
        raise ProbeError(
            f"A surface is drawn where a sample is one or two measurements; those of {project.data.dataset} "
            f"are {features:,} {'numbers' if sample.dtype == 'float32' else 'tokens'}."
        )
    with own_draws(project.training.seed):
        network = lower.build(project.graph)
    if weights is not None:
        fill(network.module, dict(weights))
    elif project.training.initial_weights:
        initial_weights.fill(
            network.module, project.training.initial_weights, folder, project.training.weights_match
        )
    data = load(project.data, folder)
    wanted = fit.input_sample(project.graph)
    train, validation = (shaped(part, wanted, data) for part in (data.train, data.validation))
    field = field_of(data, train, validation)
    assert field is not None
    return FieldProbe(network.module.eval(), Objective(network.losses), field).surface("", 0, node)
