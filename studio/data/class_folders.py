"""Files in one folder for each class, as torchvision's ImageFolder lays them out: listed, and not opened."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.data import placing
from studio.data.placing import Placing
from studio.data.source import Labels
from studio.errors import DataError
from studio.project import grants

NAMED = 3
"""As many files left out are named in a message."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a folder, in the order of their classes and names.

    Attributes:
        folder: Where they lie.
        classes: Names of the folders, or what names of files say, sorted.
        files: (N,) name below the folder, class, and when it was changed.
        parts: Whether folders of the parts stand around those of the classes.
    """

    folder: Path
    classes: tuple[str, ...]
    files: tuple[tuple[str, int, int], ...]
    parts: bool = False


def list_files(folder: Path, suffixes: Collection[str], what: str) -> Listing:
    """Return the files of a folder with one folder for each class.

    Folders called train, val and test may stand around those of the classes.

    Args:
        folder: The folder.
        suffixes: Of the files that count, in small letters.
        what: The files are, in the plural, for messages.

    Raises:
        DataError: There is no such folder, or it has fewer than two classes, or one without files.
    """
    try:
        folders = _folders(folder, folder)
        around = placing.roots(folders)
        if around is not None:
            folders = [path for root in folders for path in _folders(root, folder)]
        classes = sorted({path.name for path in folders})
        if len(classes) < 2:
            raise DataError(
                f'"{folder}" needs a folder for each class, and has {len(classes)}. Set folder to the one '
                "that holds the classes' folders.",
                argument="folder",
            )
        label_of = {name: label for label, name in enumerate(classes)}
        files = []
        for path in folders:
            found = _files(path, suffixes, folder)
            if not found:
                raise DataError(
                    f'The folder of class "{path.name}" has no {what}. Add some, or take the folder away.',
                    argument="folder",
                )
            files += [_entry(folder, file, label_of[path.name]) for file in found]
    except OSError as error:
        raise _unreadable(folder, error) from error
    return Listing(folder, tuple(classes), tuple(files), around is not None)


def list_named(folder: Path, suffixes: Collection[str], what: str, pattern: str) -> Listing:
    """Return the files of a folder whose names say their classes.

    Args:
        folder: The folder.
        suffixes: Of the files that count, in small letters.
        what: The files are, in the plural, for messages.
        pattern: A regular expression; what its first ( ) finds in a name is the class, else all it finds.

    Raises:
        DataError: There is no such folder, the pattern is none or finds nothing in a name, or there are
            fewer than two classes.
    """
    try:
        found = _files(folder, suffixes, folder)
        entries = [_entry(folder, file, 0) for file in found]
        if not folder.is_dir():
            raise FileNotFoundError
    except OSError as error:
        raise _unreadable(folder, error) from error
    if not entries:
        raise DataError(f'"{folder}" has no {what}. Set folder to where they are.', argument="folder")
    words = placing.words_in([name for name, _, _ in entries], pattern, "label", "its class")
    classes = sorted(set(words))
    if len(classes) < 2:
        raise DataError(
            f'label: "{pattern}" finds the class "{classes[0]}" in every name, and there must be at least 2.',
            argument="label",
        )
    label_of = {name: label for label, name in enumerate(classes)}
    files = sorted(
        (label_of[word], name, changed) for word, (name, _, changed) in zip(words, entries, strict=True)
    )
    return Listing(folder, tuple(classes), tuple((name, label, changed) for label, name, changed in files))


def placing_of(listing: Listing, names: Sequence[str], labels: Labels, group: str) -> Placing | None:
    """Return what the files' names say of where samples belong; None: nothing.

    Args:
        listing: All files.
        names: Of those that could be read.
        labels: Their classes.
        group: A pattern that finds in a name what belongs together; empty: there is none.
    """
    if not listing.parts and not group:
        return None
    groups, parts = None, None
    known: tuple[str, ...] = ()
    if group:
        groups, known = placing.by_names(names, group)
    if listing.parts:
        parts = np.array([placing.NAMES[name.split("/")[0].lower()] for name in names], np.int64)
    return Placing(labels, groups, known, parts)


def left_out(skipped: Sequence[str]) -> str:
    """Return in words which files could not be read; empty if all could."""
    if not skipped:
        return ""
    named = ", ".join(skipped[:NAMED]) + (" …" if len(skipped) > NAMED else "")
    files = "1 damaged file was" if len(skipped) == 1 else f"{len(skipped):,} damaged files were"
    return f"{files} left out: {named}."


def refuse_unread(listing: Listing, labels: Sequence[int], what: str) -> None:
    """Raise for a class of which no file could be read.

    Raises:
        DataError: It names the class.
    """
    lost = set(range(len(listing.classes))) - set(labels)
    if lost:
        raise DataError(
            f'No {what} of class "{listing.classes[min(lost)]}" can be read. Mend them, or take them away.'
        )


def _folders(folder: Path, home: Path) -> list[Path]:
    """Return the folders in one; links among them must stay at home, or lead to where reading is allowed."""
    found = sorted(filter(_is_class, folder.iterdir()), key=lambda path: path.name)
    _refuse_links(found, home)
    return found


def _is_class(path: Path) -> bool:
    """Say whether a folder stands for a class; the runs of a project beside them do not."""
    return path.is_dir() and not path.name.startswith(".") and path.suffix != ".runs"


def _files(folder: Path, suffixes: Collection[str], home: Path) -> list[Path]:
    """Return the files below a folder, and nothing that only has a file's name; links as for folders."""
    found = sorted(
        file
        for file in folder.rglob("*")
        if file.suffix.lower() in suffixes and not file.name.startswith(".")
    )
    _refuse_links(found, home)
    return [file for file in found if file.is_file()]


def _refuse_links(paths: list[Path], home: Path) -> None:
    for path in paths:
        if path.is_symlink():
            grants.refuse_outside(path, (home,), f'"{path.parent.name}/{path.name}"')


def _entry(folder: Path, file: Path, label: int) -> tuple[str, int, int]:
    return file.relative_to(folder).as_posix(), label, file.stat().st_mtime_ns


def _unreadable(folder: Path, error: OSError) -> DataError:
    reason = "there is no such folder" if isinstance(error, FileNotFoundError) else error.strerror
    return DataError(f'Cannot read "{folder}": {reason}. Set folder to where it is.', argument="folder")
