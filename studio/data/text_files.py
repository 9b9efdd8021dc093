"""Texts with classes from a table or from folders, and one running text in pieces."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from studio.data import class_folders, placing, room, table_file, words
from studio.data.class_folders import Listing
from studio.data.placing import Placing
from studio.data.source import Labels, Options, RawData, Source
from studio.data.words import PADDING, Integers, Words
from studio.errors import DataError
from studio.project.sample import Sample
from studio.project.tables import data_file, unknown_column

SUFFIXES = frozenset({".txt"})
COPIES = 3
BYTES_PER_BYTE = 60
"""Python's list of one text's words or characters takes about so many times the room of the text."""

BLOCKS = 50
"""Stretches of a running text that are in one part each, so that pieces that overlap are never torn apart."""


def classes_raw(options: Options, folder: Path) -> tuple[RawData, Sample]:
    """Return texts with classes, and what a sample is like before the vocabulary is fitted.

    Raises:
        DataError: A file is missing or damaged, or there are fewer than two classes, or a text is empty.
    """
    if options["file"]:
        path = data_file(folder, options["file"], "file")
        table = table_file.read(path, options["delimiter"], options["header"])
        return _of_table(table, *map(options.__getitem__, ("text", "target")), *_how(options))
    return _of_folders(class_folders.list_files(folder, SUFFIXES, "text files"), *_how(options))


def _how(options: Options) -> tuple[str, int, bool, int, str]:
    names = ("level", "length", "lowercase", "max_vocabulary", "padding_side")
    return tuple(options[name] for name in names)


@lru_cache(maxsize=1)
def _of_table(
    table: table_file.Table,
    text: str,
    target: str,
    level: str,
    length: int,
    lower: bool,
    most: int,
    side: str,
) -> tuple[RawData, Sample]:
    text, target = text or table.names[0], target or table.names[-1]
    for name, option in ((text, "text"), (target, "target")):
        if name not in table.names:
            raise unknown_column(name, table.names, option)
    if text == target:
        raise DataError(
            f'Column "{text}" cannot be both the texts and their classes. Name two columns.',
            argument="target",
        )
    texts, said = (table.columns[table.names.index(name)] for name in (text, target))
    for row, (one, label) in enumerate(zip(texts, said, strict=True)):
        if not one or not label:
            raise DataError(
                f'{table.place(row)}: "{target if one else text}" is empty. Fill it in, or delete it.',
                argument="file",
            )
    labels, classes = placing.number_of(said)
    if len(classes) < 2:
        raise DataError(
            f'Every row of "{table.path.name}" has the class "{classes[0]}", and there must be at least 2.',
            argument="target",
        )
    inputs, known = _rows(texts, level, length, lower, most, side)
    return RawData(inputs, labels, words=known), Sample((length,), classes, "int64", most)


@lru_cache(maxsize=1)
def _of_folders(
    listing: Listing, level: str, length: int, lower: bool, most: int, side: str
) -> tuple[RawData, Sample]:
    texts = [_text(listing.folder / name) for name, _, _ in listing.files]
    labels = np.array([label for _, label, _ in listing.files], np.int64)
    inputs, known = _rows(texts, level, length, lower, most, side)
    names = [name for name, _, _ in listing.files]
    where = class_folders.placing_of(listing, names, labels, "")
    return RawData(inputs, labels, placing=where, words=known), Sample(
        (length,), listing.classes, "int64", most
    )


def _rows(
    texts: list[str] | tuple[str, ...], level: str, length: int, lower: bool, most: int, side: str
) -> tuple[Integers, Words]:
    """Return texts as rows of numbers of one length, and what the numbers stand for.

    Shape:
        returns: (N, length)
    """
    needed = len(texts) * length * 8 * COPIES + sum(map(len, texts)) * BYTES_PER_BYTE
    room.refuse_large(needed, f"{len(texts):,} texts of {length:,}", "Choose a shorter length.")
    found = [words.tokens(text, level, lowercase=lower)[:length] for text in texts]
    known = Words(tuple(sorted({token for row in found for token in row})), most)
    numbers = known.numbers(token for row in found for token in row)
    rows = np.full((len(texts), length), PADDING, np.int64)
    done = 0
    for row, said in zip(rows, found, strict=True):
        start = length - len(said) if side == "left" else 0
        row[start : start + len(said)] = numbers[done : done + len(said)]
        done += len(said)
    return rows, known


def read_text(source: str | Path, options: Options, sample: Sample) -> Integers:
    """Return a text that somebody brings along as a sample of the data set.

    Args:
        source: The text, or the path of a .txt file that holds it.
        options: The data set's.
        sample: What its samples are like.

    Shape:
        returns: (1, L)

    Raises:
        DataError: It cannot be read, or is empty.
    """
    is_file = isinstance(source, Path) or source.lower().endswith(".txt")
    text = _text(Path(source)) if is_file else str(source)
    length = sample.shape[0]
    found = words.tokens(text, options["level"], lowercase=options["lowercase"])
    # What follows the end of a running text is asked for; a text with a class begins at its beginning.
    found = found[-length:] if sample.next_token else found[:length]
    if not found:
        raise DataError(f'"{source}" has no word or character to look at.')
    places = {name: number for number, name in enumerate(sample.tokens)}
    row = np.full((1, length), PADDING, np.int64)
    start = 0 if options.get("padding_side") == "right" else length - len(found)
    row[0, start : start + len(found)] = [places.get(token, words.UNKNOWN) for token in found]
    return row


def running_raw(options: Options, folder: Path) -> tuple[RawData, Sample]:
    """Return the pieces of a running text, and what a sample is like before the vocabulary is fitted.

    Raises:
        DataError: The file is missing, damaged, or too short.
    """
    path = data_file(folder, options["file"], "text file")
    state = _state(path)
    step = options["step"] or options["length"]
    names = ("level", "length", "lowercase", "max_vocabulary")
    return _of_file(path, state, step, *(options[name] for name in names))


@lru_cache(maxsize=1)
def _of_file(
    path: Path, state: tuple[int, int], step: int, level: str, length: int, lower: bool, most: int
) -> tuple[RawData, Sample]:
    room.refuse_large(state[1] * BYTES_PER_BYTE, f'Reading "{path.name}"', "Take a part of it.")
    found = words.tokens(_text(path), level, lowercase=lower)
    known = Words(tuple(sorted(set(found))), most, are_classes=True)
    starts, blocks = pieces(len(found), length, step)
    if len(np.unique(blocks)) < 3:
        raise DataError(
            f'"{path.name}" has {len(found):,} {level}s, which is too short for pieces of {length} in three '
            "parts. Choose a shorter length, or a longer text.",
            argument="length",
        )
    what = f"{len(starts):,} pieces of {length:,}"
    room.refuse_large(len(starts) * length * 8 * COPIES, what, "Choose a larger step or a shorter length.")
    numbers = known.numbers(found)
    inputs = numbers[starts[:, None] + np.arange(length)]  # (N, L)
    targets: Labels = numbers[starts + length]
    where = Placing(targets, np.unique(blocks, return_inverse=True)[1].astype(np.int64))
    return RawData(inputs, targets, placing=where, words=known), Sample((length,), (), "int64", most)


def pieces(count: int, length: int, step: int) -> tuple[Integers, Integers]:
    """Return where pieces of a text start, and in which of the text's blocks each lies with what follows it.

    A piece that would reach over the end of its block is left out: no token of a block is in another part.

    Args:
        count: Words or characters of the text.
        length: Of a piece, without what follows it.
        step: From piece to piece.

    Shape:
        returns: (N,) twice
    """
    # A block has room for a piece at least; a short text has fewer blocks.
    size = max(count // BLOCKS, length + 1)
    starts, blocks = [], []
    for block in range(max(count // size, 0)):
        end = count if block == count // size - 1 else (block + 1) * size
        own = np.arange(block * size, end - length, step)
        starts.append(own)
        blocks.append(np.full(len(own), block))
    if not starts:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate(starts).astype(np.int64), np.concatenate(blocks).astype(np.int64)


def _state(path: Path) -> tuple[int, int]:
    """Return what tells that a file changed."""
    try:
        facts = path.stat()
        if path.is_dir():
            raise IsADirectoryError(0, "it is a folder")
    except OSError as error:
        raise _unreadable(path, error) from error
    return facts.st_mtime_ns, facts.st_size


def _text(path: Path) -> str:
    """Return what stands in a file, with every end of a line as one character.

    Raises:
        DataError: It cannot be read, is no UTF-8, or is empty.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _unreadable(path, error) from error
    except UnicodeDecodeError as error:
        raise DataError(
            f'Cannot read "{path.name}": byte {error.start + 1} is no UTF-8 text. Save it as UTF-8.',
            argument="file",
        ) from error
    if not text.strip():
        raise DataError(f'"{path.parent.name}/{path.name}" is empty. Take it away.', argument="file")
    return text


def _unreadable(path: Path, error: OSError) -> DataError:
    reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
    return DataError(f'Cannot read "{path}": {reason}. Check the options file and folder.', argument="file")


TEXT_CLASSES = Source(
    count=lambda options, folder: (len(classes_raw(options, folder)[0].targets), 0),
    load=lambda options, folder: classes_raw(options, folder)[0],
    sample=lambda options, folder: classes_raw(options, folder)[1],
    placing=lambda options, folder: classes_raw(options, folder)[0].placing,
    has_words=True,
)
RUNNING_TEXT = Source(
    count=lambda options, folder: (len(running_raw(options, folder)[0].targets), 0),
    load=lambda options, folder: running_raw(options, folder)[0],
    sample=lambda options, folder: running_raw(options, folder)[1],
    placing=lambda options, folder: running_raw(options, folder)[0].placing,
    has_words=True,
)
