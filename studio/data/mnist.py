"""MNIST and Fashion-MNIST: found in a folder, or downloaded when the person asks for it.

Addresses and checksums are torchvision's. Files stay gzipped, as they come: a third of a second to read.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.data import downloads, idx
from studio.data.source import Cancelled, Images, Labels, Options, Progress, RawData, Source
from studio.errors import DataError
from studio.project import grants

PARTS = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
SHAPE = (1, 28, 28)


def raw_folder(name: str, folder: Path) -> Path:
    """Return where a set's files lie, or would be put.

    A data folder is laid out as torchvision's (``MNIST/raw``); a folder with the four files themselves
    is taken too.

    Raises:
        GrantError: It is a link to where nobody allowed to read.
    """
    inside = folder / name / "raw"
    grants.refuse_outside(inside, (folder,), f'The folder "{name}/raw"')
    if not inside.is_dir() and all(idx.find(folder, part) for part in PARTS):
        return folder
    return inside


def _missing(name: str, folder: Path) -> str:
    raw = raw_folder(name, folder)
    absent = [part for part in PARTS if idx.find(raw, part) is None]
    if not absent:
        return ""
    found = "nothing is there" if len(absent) == len(PARTS) else f"{absent[0]} is missing"
    return (
        f'{name} is not in "{raw}": {found}. Download it, or set the data folder to one that holds '
        f"{name}/raw with its four files."
    )


def _resources(name: str) -> tuple[list[str], dict[str, str]]:
    """Return torchvision's mirrors and the MD5 of each gzipped file."""
    from torchvision import datasets

    dataset: Any = getattr(datasets, name)
    return list(dataset.mirrors), dict(dataset.resources)


def _count(name: str, options: Options, folder: Path) -> tuple[int, int]:
    raw = raw_folder(name, folder)
    paths = [idx.find(raw, part) for part in PARTS]
    if None in paths:
        return 60_000, 10_000
    return idx.read_shape(paths[0])[0], idx.read_shape(paths[2])[0]  # type: ignore[arg-type]


def _load(name: str, options: Options, folder: Path) -> RawData:
    """Read a set that is there.

    Raises:
        DataError: A file is damaged.
    """
    raw = raw_folder(name, folder)
    checksums = _resources(name)[1]
    arrays = []
    for part in PARTS:
        path = idx.find(raw, part)
        assert path is not None
        arrays.append(idx.read(path, checksums.get(path.name, "")))
    train_images, train_labels, test_images, test_labels = arrays
    return RawData(
        *_pair(name, train_images, train_labels),
        test=_pair(name, test_images, test_labels),
    )


def _pair(name: str, images: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]) -> tuple[Images, Labels]:
    """Return pictures in [0, 1] and their labels.

    Shape:
        images: (N, 28, 28)
        labels: (N,)
        returns: (N, 1, 28, 28) and (N,)
    """
    if images.shape[1:] != SHAPE[1:] or labels.shape != images.shape[:1]:
        raise DataError(
            f"{name}: expected pictures (N, 28, 28) with N labels, found {images.shape} and {labels.shape}. "
            "Delete the files and download them again."
        )
    if labels.size and labels.max() > 9:
        raise DataError(
            f"{name}: expected labels 0 to 9, found {labels.max()}. Delete the files and download them again."
        )
    pictures = images.astype(np.float32).reshape(-1, *SHAPE)
    pictures /= 255.0
    return pictures, labels.astype(np.int64)


def _fetch(name: str, folder: Path, progress: Progress, cancelled: Cancelled) -> None:
    """Download what is missing; a file is either there whole, with the right checksum, or not at all.

    Raises:
        DataError: It was cancelled, no mirror gave the file, or it cannot be written.
    """
    raw = raw_folder(name, folder)
    mirrors, checksums = _resources(name)
    for place, part in enumerate(PARTS):
        if idx.find(raw, part) is not None:
            continue
        file = f"{part}.gz"

        def report(fraction: float, label: str, place: int = place) -> None:
            progress(place + fraction, float(len(PARTS)), label)

        addresses = [f"{mirror}{file}" for mirror in mirrors]
        body = downloads.download(file, addresses, checksums[file], report, cancelled)
        downloads.keep(raw / file, body)
    progress(float(len(PARTS)), float(len(PARTS)), f"{name} is complete")


def _source(name: str) -> Source:
    return Source(partial(_count, name), partial(_load, name), partial(_missing, name), partial(_fetch, name))


MNIST_SETS = {"mnist": _source("MNIST"), "fashion_mnist": _source("FashionMNIST")}
