"""Street View House Numbers: cropped digits of 32×32 pixels, from the set's own MATLAB files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from studio.data import downloads, room
from studio.data.source import Cancelled, Images, Labels, Options, Progress, RawData, Source
from studio.errors import DataError
from studio.project import grants

FILES = {"train": "train_32x32.mat", "test": "test_32x32.mat"}
COUNT = (73_257, 26_032)
COPIES = 3
MOST_BYTES = 2**28


def _missing(folder: Path) -> str:
    files = (grants.regular_file(folder / name, folder) for name in FILES.values())
    absent = [path.name for path in files if not path.is_file()]
    if not absent:
        return ""
    return (
        f'SVHN is not in "{folder}": {absent[0]} is missing. Download it, or set the data folder to one that '
        "holds train_32x32.mat and test_32x32.mat."
    )


def _count(options: Options, folder: Path) -> tuple[int, int]:
    if _missing(folder):
        return COUNT
    from scipy.io import whosmat

    sizes = []
    for name in FILES.values():
        try:
            shapes = {variable: shape for variable, shape, _ in whosmat(folder / name)}
        except Exception as error:
            raise _damaged(name, error) from error
        sizes.append(int(shapes["X"][-1]) if "X" in shapes else 0)
    return sizes[0], sizes[1]


def _load(options: Options, folder: Path) -> RawData:
    """Read a set that is there.

    Raises:
        DataError: A file is damaged, or there is not enough memory.
    """
    room.refuse_large(sum(_count(options, folder)) * 3072 * 4 * COPIES, "SVHN", "Take a smaller data set.")
    train, test = (_pair(folder / name) for name in FILES.values())
    return RawData(*train, test=test)


def _pair(path: Path) -> tuple[Images, Labels]:
    """Return pictures in [0, 1] and their digits; the file calls the digit 0 class 10.

    Shape:
        returns: (N, 3, 32, 32) and (N,)
    """
    from scipy.io import loadmat

    try:
        found: dict[str, Any] = loadmat(path, variable_names=["X", "y"])
        pixels, labels = found["X"], found["y"].ravel().astype(np.int64)
    except Exception as error:
        raise _damaged(path.name, error) from error
    if pixels.shape[:3] != (32, 32, 3) or pixels.ndim != 4 or len(labels) != pixels.shape[3]:
        raise DataError(
            f"SVHN: expected pictures (32, 32, 3, N) with N labels in {path.name}, found {pixels.shape} and "
            f"{labels.shape}. Delete the file and download it again."
        )
    if not len(labels) or labels.min() < 1 or labels.max() > 10:
        raise DataError(f"SVHN: {path.name} must hold labels from 1 to 10. Delete it and download it again.")
    images = np.ascontiguousarray(pixels.transpose(3, 2, 0, 1)).astype(np.float32)
    images /= 255.0
    return images, labels % 10


def _damaged(name: str, error: Exception) -> DataError:
    return DataError(f"SVHN: {name} cannot be read ({error}). Delete it and download it again.")


def _fetch(folder: Path, progress: Progress, cancelled: Cancelled) -> None:
    """Download what is missing.

    Raises:
        DataError: It was cancelled, could not be had, or cannot be written.
    """
    from torchvision import datasets

    for place, (part, name) in enumerate(FILES.items()):
        if (folder / name).is_file():
            continue
        address, _, md5 = datasets.SVHN.split_list[part]

        def report(share: float, label: str, place: int = place) -> None:
            progress(place + share, float(len(FILES)), label)

        body = downloads.download(name, [str(address)], str(md5), report, cancelled, MOST_BYTES)
        downloads.keep(folder / name, body)
    progress(float(len(FILES)), float(len(FILES)), "SVHN is complete")


SVHN = Source(_count, _load, _missing, _fetch)
