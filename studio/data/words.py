"""The words or characters of texts as whole numbers, of a vocabulary that the training part alone decides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from studio.project.sample import Sample
from studio.project.texts import SPECIAL

Integers = npt.NDArray[np.int64]
Targets: TypeAlias = Integers | npt.NDArray[np.float32]

PADDING, UNKNOWN = range(len(SPECIAL))
_WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")


def tokens(text: str, level: str, *, lowercase: bool) -> list[str]:
    """Return the words and marks of a text, or its characters.

    Args:
        text: The text.
        level: ``word`` or ``character``.
        lowercase: Capital letters count as small ones.
    """
    text = text.lower() if lowercase else text
    return _WORD.findall(text) if level == "word" else list(text)


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """All different tokens of a data set, before anybody knows which of them the training part has.

    Attributes:
        names: Sorted; the first has the number 2.
        most: Numbers that the network's vocabulary may have, the two special ones included.
        are_classes: The targets are tokens, too.
    """

    names: tuple[str, ...]
    most: int
    are_classes: bool = False

    def numbers(self, found: Iterable[str]) -> Integers:
        """Return the numbers of tokens."""
        places = {name: number for number, name in enumerate(self.names, len(SPECIAL))}
        return np.array([places.get(token, UNKNOWN) for token in found], np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """What the training part made of them.

    Attributes:
        names: What each number of the network stands for: the special ones, then the most frequent first.
        lookup: The number for the network of each number in `Words`.
        are_classes: The targets are tokens, too.
    """

    names: tuple[str, ...]
    lookup: Integers
    are_classes: bool

    def targets(self, targets: Targets) -> Targets:
        """Return the targets as the network knows them."""
        return self.lookup[np.asarray(targets, np.int64)] if self.are_classes else targets

    def sample(self, sample: Sample) -> Sample:
        """Return what a sample is like that has this vocabulary."""
        classes = tuple(map(shown, self.names)) if self.are_classes else sample.classes
        return replace(
            sample,
            classes=classes,
            vocabulary=len(self.names),
            tokens=self.names,
            next_token=self.are_classes,
        )


def fit(train: npt.NDArray[Any], words: Words) -> Vocabulary:
    """Return the vocabulary of the training part: its most frequent tokens; of equal ones the first by name.

    Shape:
        train: (N, L), numbers in `words`
    """
    special = len(SPECIAL)
    counts = np.bincount(train.ravel(), minlength=special + len(words.names))[special:]
    kept = np.argsort(-counts, kind="stable")[: words.most - special]
    kept = kept[counts[kept] > 0]
    lookup = np.full(special + len(words.names), UNKNOWN, np.int64)
    lookup[PADDING] = PADDING
    lookup[special + kept] = special + np.arange(len(kept))
    return Vocabulary((*SPECIAL, *(words.names[place] for place in kept)), lookup, words.are_classes)


def shown(token: str) -> str:
    """Return a token so that blanks can be seen."""
    return {" ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍"}.get(token, token)


def text_of(numbers: Sequence[int] | Integers, names: Sequence[str], *, level: str) -> str:
    """Return numbers as text: padding left out, and what is unknown as a question mark in a box."""
    said = ["�" if number == UNKNOWN else names[number] for number in map(int, numbers) if number != PADDING]
    return (" " if level == "word" else "").join(said)
