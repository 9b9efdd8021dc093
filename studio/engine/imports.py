"""Importing for the window: torchvision's classifiers, as projects with their weights beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.records import (
    FetchWeights,
    ImportNetwork,
    ListNetworks,
    NetworkImported,
    NetworkOffer,
    NetworksListed,
    WeightsFetched,
)
from studio.errors import ImportingError, ProjectError
from studio.project.config import WEIGHTS_SUFFIX, TrainingConfig
from studio.project.format import to_data
from studio.project.matching import data_for
from studio.project.project import Project

if TYPE_CHECKING:
    from torch import nn

    from studio.compiler.importing.importer import Imported
    from studio.compiler.importing.sources import Found


def list_networks(request: ListNetworks) -> NetworksListed:
    """Return what torchvision has."""
    from studio.compiler.importing.torchvision_models import models

    offers = tuple(
        NetworkOffer(
            model.name,
            model.shape,
            model.parameters,
            model.weights,
            model.weights_bytes,
            model.accuracy,
            model.is_here,
        )
        for model in models()
    )
    return NetworksListed(request.id, offers)


def fetch_weights(
    request: FetchWeights, progress: Callable[[float, float, str], None], cancelled: Callable[[], bool]
) -> WeightsFetched:
    """Download a model's trained weights."""
    from studio.compiler.importing.torchvision_models import fetch_weights as fetch

    fetch(request.network, progress, cancelled)
    return WeightsFetched(request.id, request.network)


def import_network(request: ImportNetwork) -> NetworkImported:
    """Return a model as a project, checked against the model; its weights are written to the folder.

    Raises:
        ImportingError: There is no such model, it cannot be drawn, or the weights do not fit it.
        ProjectError: The weights cannot be written.
    """
    from studio.compiler.draws import own_draws
    from studio.compiler.importing import sources
    from studio.compiler.importing.importer import import_module
    from studio.compiler.importing.objective import with_loss

    with own_draws(0):
        found, story = _found(request)
        imported = import_module(found.module, sources.example(",".join(map(str, found.shape or ()))))
    weights = "" if request.weights == "random" else f"{request.network}{WEIGHTS_SUFFIX}"
    if weights:
        _keep(imported, Path(request.folder) / weights)
    notes = (*story, *imported.notes)
    graph = with_loss(imported.graph)
    project = Project(
        request.network,
        graph,
        data_for(graph),
        training=TrainingConfig(initial_weights=weights),
        notes="\n".join([f"Imported from {found.origin}.", *notes]),
    )
    return NetworkImported(request.id, to_data(project), request.network, weights, imported.difference, notes)


def _found(request: ImportNetwork) -> tuple[Found, list[str]]:
    """Return the model with the weights and classes that were asked for, and what to know about these."""
    from studio.compiler.importing import sources
    from studio.compiler.importing.torchvision_models import CLASSES, replace_heads

    found = sources.find(
        f"{sources.TORCHVISION}:{request.network}", "DEFAULT" if request.weights == "pretrained" else None
    )
    story = []
    if request.classes not in (0, CLASSES):
        heads = replace_heads(found.module, request.classes)
        fresh = request.weights == "pretrained"
        story.append(
            f"{' and '.join(heads)}: {request.classes} classes{', with fresh weights' if fresh else ''}."
        )
    if request.weights == "file":
        _fill(found.module, Path(request.file))
        story.append(f"Weights from {Path(request.file).name}.")
    return found, story


def _fill(module: nn.Module, file: Path) -> None:
    """Give a model the weights of a file, every name and every shape."""
    from safetensors.torch import load_file

    from studio.compiler.initial_weights import misfit, shapes_of
    from studio.project.weights import refuse_damaged, weight_shapes

    try:
        refuse_damaged(file.name, file.parent)
        reason = misfit(weight_shapes(file.name, file.parent), shapes_of(module))
    except ProjectError as error:
        raise ImportingError(error.message) from error
    if reason:
        raise ImportingError(
            f'The weights in "{file.name}" are not this network\'s: {reason}. Choose another file, another '
            "network, or another number of classes."
        )
    module.load_state_dict(load_file(file), strict=True)


def _keep(imported: Imported, path: Path) -> None:
    from studio.compiler.importing.weights import to_bytes
    from studio.project.atomic import write_bytes

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProjectError(f'Cannot create "{path.parent}": {error.strerror or error}.') from error
    write_bytes(path, to_bytes(imported.weights))
