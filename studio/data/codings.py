"""How a column of text becomes numbers for a network: learned from one table, and done to others alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from studio.data.columns import numbers_of, where
from studio.data.table_file import Table, is_missing, is_number
from studio.errors import DataError

MAX_WORDS = 256
"""More different words than this are names of the rows, and say nothing of others."""

MAX_CODES = 65_536
"""The same for whole numbers, which take a row of an embedding each."""


@dataclass(frozen=True, slots=True)
class Coding:
    """What was learned of a column.

    Attributes:
        name: Of the column.
        encoding: ``one_hot``, ``ordinal`` or ``codes``, of words.
        words: In the order of the alphabet; none of a column of numbers. An empty one is a missing field.
        is_loose: What is no number among the numbers is missing.
        is_flagged: Numbers have a second column that says 1 where one is missing.
    """

    name: str
    encoding: str
    words: tuple[str, ...] = ()
    is_loose: bool = False
    is_flagged: bool = False

    @property
    def width(self) -> int:
        """Numbers for each row."""
        if not self.words:
            return 2 if self.is_flagged else 1
        return len(self.words) if self.encoding == "one_hot" else 1

    @property
    def titles(self) -> tuple[str, ...]:
        """What its numbers are called."""
        if self.words and self.encoding == "one_hot":
            return tuple(f"{self.name} = {word or 'missing'}" for word in self.words)
        return (self.name, f"{self.name} is missing") if self.width == 2 else (self.name,)

    def is_missing(self, field: str) -> bool:
        """Say whether a field says nothing."""
        return is_missing(field) or (self.is_loose and not is_number(field))

    def encode(self, table: Table) -> npt.NDArray[np.float32]:
        """Return the column of a table, NaN where a field is missing and that is no word of its own.

        Shape:
            returns: (N, width)

        Raises:
            DataError: There is text among numbers, or a word that was never learned.
        """
        fields = table.columns[table.names.index(self.name)]
        if self.words:
            return self._places(table, fields)
        known = [row for row, field in enumerate(fields) if not self.is_missing(field)]
        remedy = "put it in words or numbers, or leave it out of features"
        values = numbers_of(table, self.name, fields, known, remedy)
        return np.concatenate([values, np.isnan(values)], 1, dtype=np.float32) if self.is_flagged else values

    def _places(self, table: Table, fields: Sequence[str]) -> npt.NDArray[np.float32]:
        place = {word: float(index) for index, word in enumerate(self.words)}
        different = {field: "" if is_missing(field) else field for field in set(fields)}
        if any(word and word not in place for word in different.values()):
            row = next(row for row, field in enumerate(fields) if different[field] not in ("", *place))
            some = ", ".join(word for word in self.words[:8] if word) + (" …" if len(self.words) > 8 else "")
            raise DataError(
                f'{where(table, self.name, row)}: "{fields[row][:40]}" is none of the words that were '
                f"learned: {some}."
            )
        of = {field: place.get(word, np.nan) for field, word in different.items()}
        places = np.array([of[field] for field in fields], np.float32)
        if self.encoding != "one_hot":
            return places[:, None]
        values = np.full((len(fields), len(self.words)), np.nan, np.float32)
        known = ~np.isnan(places)
        values[known] = np.eye(len(self.words), dtype=np.float32)[places[known].astype(np.int64)]
        return values


def learn(
    table: Table, name: str, encoding: str, as_words: bool, as_numbers: bool, *, own_word: bool
) -> Coding:
    """Return how a column is encoded.

    Args:
        table: The table.
        name: Of the column.
        encoding: ``one_hot``, ``ordinal`` or ``codes``.
        as_words: Its numbers are names of something.
        as_numbers: What is no number in it is missing.
        own_word: A missing field is a word of its own; numbers get a second column that says 1 there.

    Raises:
        DataError: It is empty, or has too many words.
    """
    found = Coding(name, encoding, is_loose=as_numbers)
    fields = table.columns[table.names.index(name)]
    known = {field: many for field, many in Counter(fields).items() if not found.is_missing(field)}
    if not known:
        raise DataError(
            f'Column "{name}" is empty. Leave it out: put -{name} in features.', argument="features"
        )
    total = sum(known.values())
    numbers = sum(many for field, many in known.items() if is_number(field))
    has_gaps = total < len(fields)
    if not as_words and 2 * numbers > total:
        return replace(found, is_flagged=own_word and has_gaps)
    words = sorted({*known, ""} if own_word and has_gaps else known)
    most = MAX_CODES if encoding == "codes" else MAX_WORDS
    if len(words) > most:
        raise DataError(
            f'Column "{name}" has {len(words):,} different words, and at most {most:,} can be '
            f"learned from. Leave it out: put -{name} in features.",
            argument="features",
        )
    return replace(found, words=tuple(words))


def as_codes(codings: Sequence[Coding], values: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """Return words as whole numbers for one table of embeddings.

    Each column's numbers come after those of the column before, so that the same number never means two
    words.

    Shape:
        values: (N, E), a place among its column's words each
        returns: the same

    Raises:
        DataError: A column is of numbers, or a value is missing.
    """
    for coding in codings:
        if not coding.words:
            raise DataError(
                f'Column "{coding.name}" holds numbers, and codes are for words alone. Put it in words, '
                "leave it out of features, or set encoding to ordinal.",
                argument="encoding",
            )
    for coding, column in zip(codings, values.T, strict=True):
        if np.isnan(column).any():
            raise DataError(
                f'Column "{coding.name}" has missing values, and codes have no mean. Set missing to '
                "category or drop.",
                argument="missing",
            )
    starts = np.cumsum([0, *(len(coding.words) for coding in codings)], dtype=np.int64)[:-1]
    whole: npt.NDArray[np.int64] = values.astype(np.int64) + starts
    return whole
