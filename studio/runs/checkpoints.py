"""Weights on disk: safetensors that any tool reads, with a checksum that this one checks.

safetensors neither syncs what it writes nor notices damage inside it. The file is written by
`studio.project.atomic`, and `studio.project.sealed` gives it a SHA-256 of everything else in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt
from safetensors import SafetensorError
from safetensors import numpy as safetensors

from studio.errors import ProjectError, RunError
from studio.project import atomic, sealed


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint file holds.

    Attributes:
        tensors: Arrays by name.
        metadata: Texts by name.
    """

    tensors: dict[str, npt.NDArray[Any]]
    metadata: dict[str, str]


def save(path: Path, tensors: Mapping[str, npt.NDArray[Any]], metadata: Mapping[str, str]) -> None:
    """Write a checkpoint, so that a crash leaves the old file or the new one, whole.

    Args:
        path: Where to.
        tensors: Arrays by name; a view is written as the plain array it looks like.
        metadata: Texts to go with them.

    Raises:
        RunError: It cannot be written.
    """
    plain = {name: array.copy(order="C") for name, array in tensors.items()}
    head, numbers = sealed.seal(safetensors.save(plain, {**metadata, sealed.CHECKSUM: ""}))
    try:
        with atomic.writing(path) as output:
            output.write(head)
            output.write(numbers)
    except ProjectError as error:
        raise RunError(f"{error.message} The checkpoint was not kept.") from error


def load(path: Path) -> Checkpoint:
    """Read a checkpoint and check that it is what was written.

    Raises:
        RunError: It is missing or damaged.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RunError(
            f'The checkpoint "{path.name}" in "{path.parent}" cannot be read: {error.strerror}.'
        ) from error
    try:
        metadata = sealed.texts_of(data)
        tensors = safetensors.load(data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, SafetensorError) as error:
        raise RunError(
            f'The checkpoint "{path.name}" in "{path.parent}" is damaged: {error}. Use another checkpoint of '
            "this run, or train it again."
        ) from error
    return Checkpoint(tensors, metadata)


def metadata(path: Path) -> dict[str, str]:
    """Return the texts of a checkpoint, of which only the header is read; nothing is checked but its form.

    Raises:
        RunError: It is missing, or its header is damaged.
    """
    try:
        return sealed.unchecked_texts(path)
    except OSError as error:
        raise RunError(
            f'The checkpoint "{path.name}" in "{path.parent}" cannot be read: {error.strerror}.'
        ) from error
    except ValueError as error:
        raise RunError(f'The checkpoint "{path.name}" in "{path.parent}" is damaged: {error}.') from error
