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

from studio.data import placing, room
from studio.data.placing import Placing
from studio.data.source import Options, RawData, Source
from studio.errors import DataError
from studio.project.sample import Sample

SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"})
MODES = {"rgb": "RGB", "grey": "L"}
BYTES_PER_VALUE = 1 + 3 * 4
"""Of a decoded byte: itself, and as float32 as read, as split and as normalized."""

NAMED = 3
"""As many damaged files are named in a message."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The picture files of a folder, in the order of their classes and names.

    Attributes:
        folder: Where they lie.
        classes: Names of the folders, sorted.
        files: (N,) name below the folder, class, and when it was changed.
        parts: Whether folders of the parts stand around those of the classes.
    """

    folder: Path
    classes: tuple[str, ...]
    files: tuple[tuple[str, int, int], ...]
    parts: bool = False


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
    """Return the pictures of a folder with one folder for each class.

    Folders called train, val and test may stand around those of the classes.

    Raises:
        DataError: There is no such folder, or it has fewer than two classes, or one without pictures.
    """
    try:
        folders = _folders(folder)
        around = placing.roots(folders)
        if around is not None:
            folders = [path for root in folders for path in _folders(root)]
        classes = sorted({path.name for path in folders})
        if len(classes) < 2:
            raise DataError(
                f'"{folder}" needs a folder for each class, and has {len(classes)}. Set folder to the one '
                "that holds the classes' folders.",
                argument="folder",
            )
        files = [entry for path in folders for entry in _files(folder, path, classes.index(path.name))]
    except OSError as error:
        reason = "there is no such folder" if isinstance(error, FileNotFoundError) else error.strerror
        raise DataError(
            f'Cannot read "{folder}": {reason}. Set folder to where it is.', argument="folder"
        ) from error
    return Listing(folder, tuple(classes), tuple(files), around is not None)


def _folders(folder: Path) -> list[Path]:
    return sorted(filter(_is_class, folder.iterdir()), key=lambda path: path.name)


def _is_class(path: Path) -> bool:
    """Say whether a folder stands for a class; the runs of a project beside them do not."""
    return path.is_dir() and not path.name.startswith(".") and path.suffix != ".runs"


def _files(folder: Path, path: Path, label: int) -> list[tuple[str, int, int]]:
    found = sorted(
        file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and not file.name.startswith(".")
    )
    if not found:
        raise DataError(
            f'The folder of class "{path.name}" has no pictures. Add some, or take the folder away.',
            argument="folder",
        )
    return [(file.relative_to(folder).as_posix(), label, file.stat().st_mtime_ns) for file in found]


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
    lost = set(range(len(listing.classes))) - set(labels)
    if lost:
        raise DataError(
            f'No picture of class "{listing.classes[min(lost)]}" can be read. '
            "Mend them, or take the folder away."
        )
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
    listing, found = list_pictures(folder), _pictures(options, folder)
    if not listing.parts and not options["group"]:
        return None
    groups, parts = None, None
    names: tuple[str, ...] = ()
    if options["group"]:
        groups, names = placing.by_names(found.names, options["group"])
    if listing.parts:
        parts = np.array([placing.NAMES[name.split("/")[0].lower()] for name in found.names], np.int64)
    return Placing(found.labels, groups, names, parts)


def _sample(options: Options, folder: Path) -> Sample:
    channels = 1 if options["colour"] == "grey" else 3
    return Sample((channels, options["size"], options["size"]), list_pictures(folder).classes)


def _note(options: Options, folder: Path) -> str:
    skipped = _pictures(options, folder).skipped
    if not skipped:
        return ""
    named = ", ".join(skipped[:NAMED]) + (" …" if len(skipped) > NAMED else "")
    files = "1 damaged file was" if len(skipped) == 1 else f"{len(skipped):,} damaged files were"
    return f"{files} left out: {named}."


IMAGE_FOLDER = Source(
    count=lambda options, folder: (len(_pictures(options, folder).labels), 0),
    load=_load,
    sample=_sample,
    note=_note,
    placing=_placing,
)
