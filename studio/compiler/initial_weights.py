"""The weights a project starts from, given to its network: all of them or none, or those that match."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from studio.compiler import lower
from studio.compiler.draws import own_draws
from studio.compiler.shapes import ShapeEngine
from studio.errors import ProjectError
from studio.graph.graph import Graph
from studio.graph.problems import listing
from studio.project.weights import refuse_damaged, weight_shapes, weights_path

Shapes: TypeAlias = Mapping[str, tuple[int, ...]]

Match: TypeAlias = Literal["all", "matching"]

ADVICE = "Choose weights of this very network, or clear the initial weights to start from fresh ones."


@lru_cache(maxsize=2)
def wanted_shapes(graph: Graph, engine: ShapeEngine) -> dict[str, tuple[int, ...]]:
    """Return names and shapes of a network's weights; nothing is allocated, and no random number is drawn.

    Raises:
        CompileError: The graph has errors.
    """
    with own_draws(), torch.device("meta"):
        return shapes_of(lower.build(graph, engine).module)


def shapes_of(module: nn.Module) -> dict[str, tuple[int, ...]]:
    """Return names and shapes of a module's weights."""
    return {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}


def misfit(found: Shapes, wanted: Shapes) -> str:
    """Return why some weights are not those of a network; empty if they are.

    Args:
        found: What a file holds.
        wanted: What the network has.
    """
    missing = [key for key in wanted if key not in found]
    useless = [key for key in found if key not in wanted]
    other = [key for key in wanted if key in found and found[key] != wanted[key]]
    reasons = []
    if missing:
        reasons.append(f"it has no {listing(missing)}")
    if useless:
        reasons.append(f"the network has no {listing(useless)}")
    if other:
        key = other[0]
        more = f", and {len(other) - 1} more of another shape" if len(other) > 1 else ""
        reasons.append(f'"{key}" is {_show(found[key])} there and {_show(wanted[key])} in the network{more}')
    return "; ".join(reasons)


def refuse_misfit(name: str, found: Shapes, wanted: Shapes) -> None:
    """Raise if the weights of a file are not those of a network.

    Raises:
        ProjectError: A name is missing, of no use, or of another shape; the message tells which.
    """
    reason = misfit(found, wanted)
    if reason:
        raise ProjectError(f'The initial weights "{name}" do not fit the network: {reason}. {ADVICE}')


def refuse_strangers(name: str, found: Shapes, wanted: Shapes) -> None:
    """Raise if no weight of a file is one of a network's.

    Raises:
        ProjectError: None has the same name and shape.
    """
    if not any(found.get(key) == shape for key, shape in wanted.items()):
        raise ProjectError(
            f'Nothing in the initial weights "{name}" has the name and shape of a weight of this network: '
            f"{misfit(found, wanted)}. Choose other weights, or clear them to start from fresh ones."
        )


def fill(module: nn.Module, name: str, folder: Path | None, match: Match = "all") -> str:
    """Give a network the weights of a file.

    Args:
        module: Changed in place.
        name: `TrainingConfig.initial_weights`.
        folder: The project file's folder; None is the working directory.
        match: `TrainingConfig.weights_match`.

    Returns:
        What was taken and what stays fresh, in words; empty if all was taken.

    Raises:
        ProjectError: The file is missing, damaged, or holds another network's weights.
    """
    refuse = refuse_misfit if match == "all" else refuse_strangers
    refuse(name, weight_shapes(name, folder), shapes_of(module))
    refuse_damaged(name, folder)
    try:
        state = load_file(weights_path(name, folder))
    except (SafetensorError, OSError, RuntimeError) as error:
        raise ProjectError(f'The initial weights "{name}" cannot be read: {error}. {ADVICE}') from error
    own = module.state_dict()
    fitting = {key: value for key, value in state.items() if key in own and own[key].shape == value.shape}
    module.load_state_dict(fitting, strict=match == "all")
    fresh = [key for key in own if key not in fitting]
    if not fresh:
        return ""
    return f'{len(fitting)} of {len(own)} tensors are those of "{name}"; {listing(fresh)} start fresh.'


def _show(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) if shape else "a single number"
