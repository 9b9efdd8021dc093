"""Pictures in one folder for each class, as torchvision's ImageFolder lays them out.

Pictures are decoded once and kept as bytes, so that describing, previewing and training read no file twice.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from studio.data import class_folders, room
from studio.data.class_folders import Listing
from studio.data.placing import Placing
from studio.data.source import Options, RawData, Source
from studio.errors import DataError
from studio.project.sample import Sample

SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"})
MODES = {"rgb": "RGB", "grey": "L"}
BYTES_PER_VALUE = 1 + 3 * 4
"""Of a decoded byte: itself, and as float32 as read, as split and as normalized."""


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """What was decoded.

    Attributes:
        names: Of the files below the folder.
        skipped: Those that could not be read.

    Shape:
        pixels: (N, C, H, W) uint8
        labels: (N,)
    """

    pixels: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    names: tuple[str, ...]
    skipped: tuple[str, ...]


def list_pictures(folder: Path) -> Listing:
    """Return the pictures of a folder; see `class_folders.list_files`."""
    return class_folders.list_files(folder, SUFFIXES, "pictures")


def _pictures(options: Options, folder: Path) -> Pictures:
    return _decode(list_pictures(folder), options["size"], options["colour"], options["damaged"])


@lru_cache(maxsize=1)
def _decode(listing: Listing, size: int, colour: str, damaged: str) -> Pictures:
    """Return all pictures; the same files with the same settings are decoded once."""
    channels = Image.getmodebands(MODES[colour])
    needed = len(listing.files) * channels * size**2 * BYTES_PER_VALUE
    what = f"{len(listing.files):,} pictures of {size}×{size}"
    room.refuse_large(needed, what, "Choose a smaller size, or grey.")
    pixels = np.empty((len(listing.files), channels, size, size), np.uint8)
    labels: list[int] = []
    names, skipped = [], []
    for name, label, _ in listing.files:
        try:
            pixels[len(labels)] = read_picture(listing.folder / name, size, MODES[colour])
            labels.append(label)
            names.append(name)
        except DataError:
            if damaged == "error":
                raise
            skipped.append(name)
    class_folders.refuse_unread(listing, labels, "picture")
    return Pictures(pixels[: len(labels)], np.array(labels, np.int64), tuple(names), tuple(skipped))


def read_picture(path: Path, size: int, mode: str) -> npt.NDArray[np.uint8]:
    """Return a picture, upright as its camera was held, its middle cut out and resized.

    Args:
        path: The file.
        size: Height and width.
        mode: Pillow's: ``RGB`` or ``L``.

    Shape:
        returns: (C, size, size)

    Raises:
        DataError: It is damaged, or no picture.
    """
    try:
        with warnings.catch_warnings():
            # What Pillow warns of is a picture so large that it may be meant to fill the memory.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                upright = ImageOps.exif_transpose(image).convert(mode)
        fitted = ImageOps.fit(upright, (size, size), Image.Resampling.BILINEAR)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Warning) as error:
        raise DataError(
            f'"{path.parent.name}/{path.name}" cannot be read as a picture: {error}. '
            "Mend it, take it away, or set damaged to skip.",
            argument="damaged",
        ) from error
    pixels = np.asarray(fitted, np.uint8)
    return pixels[None] if mode == "L" else pixels.transpose(2, 0, 1)


def _load(options: Options, folder: Path) -> RawData:
    found = _pictures(options, folder)
    inputs = found.pixels.astype(np.float32)
    inputs /= np.float32(255.0)
    return RawData(inputs, found.labels, placing=_placing(options, folder))


def _placing(options: Options, folder: Path) -> Placing | None:
    """Return what the files' names say of where pictures belong."""
    found = _pictures(options, folder)
    return class_folders.placing_of(list_pictures(folder), found.names, found.labels, options["group"])


def _sample(options: Options, folder: Path) -> Sample:
    channels = 1 if options["colour"] == "grey" else 3
    return Sample((channels, options["size"], options["size"]), list_pictures(folder).classes)


def _note(options: Options, folder: Path) -> str:
    return class_folders.left_out(_pictures(options, folder).skipped)


IMAGE_FOLDER = Source(
    count=lambda options, folder: (len(_pictures(options, folder).labels), 0),
    load=_load,
    sample=_sample,
    note=_note,
    placing=_placing,
)
