"""Pictures in one folder for each class, as torchvision's ImageFolder lays them out.

Pictures are decoded once and kept as bytes, so that describing, previewing and training read no file twice.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from studio.data import class_folders, room
from studio.data.class_folders import Listing
from studio.data.on_demand import PictureFiles
from studio.data.placing import Placing
from studio.data.source import Labels, Options, RawData, Source
from studio.errors import DataError
from studio.project.sample import Sample

SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"})
FORMATS = ("BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
"""No other: Pillow goes by what is in a file, and has PostScript run by another program."""

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


def _on_demand(options: Options, listing: Listing) -> PictureFiles | None:
    """Return the files if they are read batch by batch; None if all are read at once."""
    if options["read"] == "once":
        return None
    mode = MODES[options["colour"]]
    shape = (Image.getmodebands(mode), options["size"], options["size"])
    # Not the free memory: a run that is resumed must find the data as it left them.
    there = room.all_bytes()
    fits = not there or len(listing.files) * math.prod(shape) * BYTES_PER_VALUE <= there // 2
    if options["read"] == "auto" and fits:
        return None
    names, _, _ = _listed(listing, options["damaged"])
    return PictureFiles(listing.folder, names, shape, partial(read_picture, size=options["size"], mode=mode))


@lru_cache(maxsize=1)
def _listed(listing: Listing, damaged: str) -> tuple[tuple[str, ...], Labels, tuple[str, ...]]:
    """Return names and labels of files that are read on demand, and which lack a head and are left out."""
    bad = {name for name, _, _ in listing.files if damaged == "skip" and not _has_head(listing.folder / name)}
    kept = [(name, label) for name, label, _ in listing.files if name not in bad]
    class_folders.refuse_unread(listing, [label for _, label in kept], "picture")
    labels = np.array([label for _, label in kept], np.int64)
    return tuple(name for name, _ in kept), labels, tuple(sorted(bad))


def _has_head(path: Path) -> bool:
    """Say whether a file begins as a picture does."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS):
                return True
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        return False


def _found(options: Options, listing: Listing) -> tuple[tuple[str, ...], Labels, tuple[str, ...]]:
    """Return names and labels of the pictures, and which files are left out."""
    if _on_demand(options, listing) is not None:
        return _listed(listing, options["damaged"])
    found = _pictures(options, listing)
    return found.names, found.labels, found.skipped


def _pictures(options: Options, listing: Listing) -> Pictures:
    return _decode(listing, options["size"], options["colour"], options["damaged"])


@lru_cache(maxsize=1)
def _decode(listing: Listing, size: int, colour: str, damaged: str) -> Pictures:
    """Return all pictures; the same files with the same settings are decoded once."""
    channels = Image.getmodebands(MODES[colour])
    needed = len(listing.files) * channels * size**2 * BYTES_PER_VALUE
    what = f"{len(listing.files):,} pictures of {size}×{size}"
    room.refuse_large(needed, what, "Choose a smaller size, or grey, or set read to on_demand.")
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
            with Image.open(path, formats=FORMATS) as image:
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
    listing = list_pictures(folder)
    names, labels, _ = _found(options, listing)
    where = class_folders.placing_of(listing, names, labels, options["group"])
    files = _on_demand(options, listing)
    if files is not None:
        return RawData(np.zeros((0, *files.shape), np.float32), labels, placing=where, pictures=files)
    found = _pictures(options, listing)
    inputs = found.pixels.astype(np.float32)
    inputs /= np.float32(255.0)
    return RawData(inputs, found.labels, placing=where)


def _placing(options: Options, folder: Path) -> Placing | None:
    """Return what the files' names say of where pictures belong."""
    listing = list_pictures(folder)
    names, labels, _ = _found(options, listing)
    return class_folders.placing_of(listing, names, labels, options["group"])


def _sample(options: Options, folder: Path) -> Sample:
    channels = 1 if options["colour"] == "grey" else 3
    return Sample((channels, options["size"], options["size"]), list_pictures(folder).classes)


def _note(options: Options, folder: Path) -> str:
    listing = list_pictures(folder)
    said, files = class_folders.left_out(_found(options, listing)[2]), _on_demand(options, listing)
    if files is None:
        return said
    how = f"Pictures are read batch by batch; up to {files.num_measured:,} of them are measured beforehand."
    return f"{said} {how}".strip()


IMAGE_FOLDER = Source(
    count=lambda options, folder: (len(_found(options, list_pictures(folder))[1]), 0),
    load=_load,
    sample=_sample,
    note=_note,
    placing=_placing,
)
