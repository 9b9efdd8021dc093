"""Other statistics of batch normalizations in a checkpoint, and the way back to those of training.

    best.safetensors            the weights, with the statistics last chosen; its metadata name them
    best.running.safetensors    the running averages of training, as long as others stand in the checkpoint

The averages are set aside before the checkpoint is replaced, and each file is written whole or not at all.
What lies aside counts only while the checkpoint itself says that its statistics are others: a run that goes
on writes a new checkpoint, with its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from studio.errors import RunError
from studio.runs import checkpoints
from studio.runs.checkpoints import Checkpoint

Method: TypeAlias = Literal["running", "update_bn", "final_phase"]
"""The running averages of training; algorithm 2 of the paper; layer by layer over all training data."""

TITLES: dict[Method, str] = {
    "running": "running averages of training",
    "update_bn": "update_bn, means over mini-batches",
    "final_phase": "final phase, layer by layer over all training data",
}

KEY = "statistics"
"""In the metadata of a checkpoint: which statistics it has, where they are not those of training."""

_ORIGIN = ("epoch", "step")
_SUFFIX = ".running.safetensors"


def method_of(path: Path) -> Method:
    """Return which statistics a checkpoint has; only its header is read.

    Raises:
        RunError: It is missing or damaged.
    """
    return _method(checkpoints.metadata(path), path)


def as_trained(path: Path) -> Checkpoint:
    """Return a checkpoint with the running averages of training, whichever it has now.

    Raises:
        RunError: It, or what was set aside, is missing or damaged.
    """
    kept = checkpoints.load(path)
    if _method(kept.metadata, path) == "running":
        return kept
    aside = checkpoints.load(_aside(path))
    if any(aside.metadata.get(name, "") != kept.metadata.get(name, "") for name in _ORIGIN):
        raise RunError(
            f'The running averages in "{_aside(path).name}" are not those of "{path.name}". Resume the run, '
            "or train it again, to have them anew."
        )
    metadata = {name: text for name, text in kept.metadata.items() if name != KEY}
    return Checkpoint(_exchanged(kept.tensors, aside.tensors, path), metadata)


def replace(path: Path, tensors: Mapping[str, npt.NDArray[Any]], method: Method) -> None:
    """Write other statistics into a checkpoint; ``running`` brings those of training back, byte for byte.

    Args:
        path: The checkpoint. Nobody else may be writing it.
        tensors: The new statistics, by the names that they have in it; none for ``running``.
        method: How they were found.

    Raises:
        RunError: It is missing or damaged, has no such tensors, or cannot be written. Then it is as it was.
    """
    original = as_trained(path)
    if method == "running":
        checkpoints.save(path, original.tensors, original.metadata)
        _aside(path).unlink(missing_ok=True)
        return
    exchanged = _exchanged(original.tensors, tensors, path)
    origin = {name: original.metadata.get(name, "") for name in _ORIGIN}
    checkpoints.save(_aside(path), {name: original.tensors[name] for name in tensors}, origin)
    checkpoints.save(path, exchanged, {**original.metadata, KEY: method})


def _method(metadata: Mapping[str, str], path: Path) -> Method:
    found = metadata.get(KEY, "running")
    for method in TITLES:
        if found == method:
            return method
    raise RunError(f'The checkpoint "{path.name}" has statistics that this version does not know: "{found}".')


def _exchanged(
    tensors: Mapping[str, npt.NDArray[Any]], others: Mapping[str, npt.NDArray[Any]], path: Path
) -> dict[str, npt.NDArray[Any]]:
    """Return tensors with some replaced by others of the same name, shape and type."""
    for name, other in others.items():
        if name not in tensors or np.shape(tensors[name]) != other.shape:
            raise RunError(f'The checkpoint "{path.name}" is of another network: it has no such "{name}".')
    return {name: others.get(name, tensor) for name, tensor in tensors.items()}


def _aside(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(".safetensors") + _SUFFIX)
