"""torchvision's classifiers: which there are, their trained weights from the network, other classes.

Trained weights are downloaded only when the person asks for it, to where torchvision itself looks for
them, and are kept only if their checksum is the one in their name.
"""

from __future__ import annotations

import hashlib
import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from studio.compiler.importing.sources import sample_shape, torchvision_names
from studio.errors import ImportingError, ProjectError
from studio.project import atomic

CHUNK = 2**18
TIMEOUT_S = 30.0
CLASSES = 1000
"""Classes of every one of these models as torchvision builds it: ImageNet's."""

_CHECKSUM = re.compile(r"-([0-9a-f]{8,64})\.")

Report = Callable[[float, float, str], None]


@dataclass(frozen=True, slots=True)
class Model:
    """One of torchvision's classifiers.

    Attributes:
        name: As torchvision calls it.
        shape: Shape of the images it was trained with, (C, H, W).
        parameters: Learnable numbers.
        weights: Name of its best trained weights.
        weights_bytes: Size of their file.
        accuracy: Share of ImageNet's validation images that they classify rightly; NaN if nobody says.
        is_here: Whether the file is on this computer.
    """

    name: str
    shape: tuple[int, ...]
    parameters: int
    weights: str
    weights_bytes: int
    accuracy: float
    is_here: bool


def models() -> list[Model]:
    """Return all of torchvision's classifiers."""
    return [_model(name) for name in torchvision_names()]


def _model(name: str) -> Model:
    entry = _entry(name)
    scores = entry.meta.get("_metrics", {}).get("ImageNet-1K", {})
    return Model(
        name,
        sample_shape(name),
        int(entry.meta["num_params"]),
        str(entry.name),
        round(float(entry.meta.get("_file_size", 0.0)) * 2**20),
        float(scores.get("acc@1", float("nan"))) / 100,
        weights_file(name).is_file(),
    )


def _entry(name: str) -> Any:
    """Return the entry of a model's best weights."""
    from torchvision import models as library

    return library.get_model_weights(name).DEFAULT


def weights_file(name: str) -> Path:
    """Return where torchvision looks for a model's best weights."""
    return Path(torch.hub.get_dir()) / "checkpoints" / str(_entry(name).url).rpartition("/")[2]


def fetch_weights(name: str, progress: Report, cancelled: Callable[[], bool]) -> Path:
    """Download a model's best weights, unless they are on this computer.

    Args:
        name: As torchvision calls it.
        progress: Called with bytes done, bytes in all (0 if unknown) and words.
        cancelled: Asked between two pieces; what came so far is thrown away.

    Raises:
        ImportingError: It was cancelled, the network does not give it, the file came damaged, or the disk
            does not take it.
    """
    path, url = weights_file(name), str(_entry(name).url)
    if path.is_file():
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic.writing(path) as output:
            digest = _download(url, output, name, progress, cancelled)
            wanted = _CHECKSUM.search(path.name)
            if wanted is not None and not digest.startswith(wanted.group(1)):
                raise ImportingError(f"The weights of {name} came damaged from {_host(url)}. Try again.")
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", None) or error
        raise ImportingError(
            f"The weights of {name} could not be downloaded from {_host(url)} ({reason}). Check the "
            f'connection and try again, import with random weights, or put the file "{path.name}" into '
            f'"{path.parent}".'
        ) from error
    except OSError as error:
        raise ImportingError(
            f'The weights of {name} could not be kept in "{path.parent}": {error.strerror or error}.'
        ) from error
    except ProjectError as error:
        raise ImportingError(f"The weights of {name} could not be kept. {error.message}") from error
    return path


def _download(
    url: str, output: atomic.Output, name: str, progress: Report, cancelled: Callable[[], bool]
) -> str:
    """Write what an address gives into a file, and return its SHA-256."""
    digest, done = hashlib.sha256(), 0
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as response:
        total = int(response.headers.get("Content-Length") or 0)
        while chunk := response.read(CHUNK):
            if cancelled():
                raise ImportingError("The download was cancelled.")
            output.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            progress(float(done), float(total), f"Downloading the weights of {name}")
    if total and done < total:
        raise http.client.IncompleteRead(b"", total - done)
    return digest.hexdigest()


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


def replace_heads(module: nn.Module, classes: int) -> list[str]:
    """Let a classifier tell other classes apart: its last layers become fresh ones of another width.

    Args:
        module: Changed in place; random numbers are drawn.
        classes: How many.

    Returns:
        Names of the layers that are fresh now.

    Raises:
        ImportingError: It has no layer that gives ImageNet's classes.
    """
    parts = list(module.named_modules())
    heads: list[tuple[str, nn.Module]] = [
        (name, nn.Linear(part.in_features, classes, part.bias is not None))
        for name, part in parts
        if isinstance(part, nn.Linear) and part.out_features == CLASSES
    ]
    if not heads:
        heads = [
            (name, nn.Conv2d(part.in_channels, classes, 1, bias=part.bias is not None))
            for name, part in parts
            if isinstance(part, nn.Conv2d) and part.out_channels == CLASSES and part.kernel_size == (1, 1)
        ]
    if not heads:
        raise ImportingError(
            f"{type(module).__name__} has no layer of {CLASSES} classes. Import it as it is, and change its "
            "last layer on the canvas."
        )
    for name, head in heads:
        parent, _, child = name.rpartition(".")
        setattr(module.get_submodule(parent), child, head)
    return [name for name, _ in heads]
