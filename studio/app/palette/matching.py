"""How well what is typed fits a command: by the starts of words, initials, parts, or letters in order.

Each word typed must be found somewhere. What is found at the start of a word counts most, what only has
the letters in order counts least; the title counts more than the menu or a synonym.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio.app.palette.synonyms import synonyms_of

WORD = re.compile(r"[^\W_]+|[%+×?#]")

FIRST_WORD = 100.0
WORD_START = 80.0
INITIALS = 70.0
INSIDE = 45.0
SYNONYM = 40.0
ELSEWHERE = 30.0
IN_ORDER = 20.0
WHOLE = 25.0
"""For a word that is typed to its end, on top of the rest."""


@dataclass(frozen=True, slots=True)
class Target:
    """The words of a command, made ready to be compared.

    Attributes:
        title: What it is called, in small letters.
        words: Where each word of the title starts, and the word.
        elsewhere: Words of its menu and its explanation.
        synonyms: Other words for those of the title.
    """

    title: str
    words: tuple[tuple[int, str], ...]
    elsewhere: tuple[str, ...]
    synonyms: tuple[str, ...]

    @classmethod
    def of(cls, title: str, elsewhere: str = "", more: str = "") -> Target:
        """Return the target of a title.

        Args:
            elsewhere: Menu and explanation.
            more: Further words that stand for it.
        """
        small = title.casefold()
        words = tuple((found.start(), found.group()) for found in WORD.finditer(small))
        known = dict.fromkeys(WORD.findall(more.casefold()))
        known.update(dict.fromkeys(synonyms_of(word for _, word in words)))
        return cls(small, words, tuple(WORD.findall(elsewhere.casefold())), tuple(known))


@dataclass(frozen=True, slots=True)
class Match:
    """How well a command fits.

    Attributes:
        score: Higher is better.
        marks: Places of the letters of the title that were found.
    """

    score: float
    marks: frozenset[int] = frozenset()


def match(query: str, target: Target) -> Match | None:
    """Return how well a query fits a target; None if one of its words is not found."""
    typed = WORD.findall(query.casefold())
    score, marks = 0.0, frozenset[int]()
    for word in typed:
        found = _best(word, target)
        if found is None:
            return _initials_of_several(typed, target)
        score, marks = score + found.score, marks | found.marks
    if not typed:
        return Match(0.0)
    return Match(score / len(typed) - len(target.title) / 100.0, marks)


def _best(word: str, target: Target) -> Match | None:
    """Return the best place where one typed word is found."""
    for place, (start, mine) in enumerate(target.words):
        if mine.startswith(word):
            score = (WORD_START if place else FIRST_WORD) + (WHOLE if mine == word else 0.0)
            return Match(score, _span(start, len(word)))
    return (
        _initials(word, target)
        or _inside(word, target)
        or _other_words(word, target)
        or _in_order(word, target)
    )


def _initials(word: str, target: Target) -> Match | None:
    """Find ``gs`` in "Group selection": each letter starts a word, in order."""
    if len(word) < 2:
        return None
    marks, place = [], 0
    for letter in word:
        while place < len(target.words) and not target.words[place][1].startswith(letter):
            place += 1
        if place == len(target.words):
            return None
        marks.append(target.words[place][0])
        place += 1
    return Match(INITIALS, frozenset(marks))


def _initials_of_several(typed: list[str], target: Target) -> Match | None:
    """Find ``z i`` in "Zoom in", where one of the letters alone was not found."""
    return _initials("".join(typed), target) if all(len(word) == 1 for word in typed) else None


def _inside(word: str, target: Target) -> Match | None:
    place = target.title.find(word) if len(word) > 1 else -1
    return Match(INSIDE, _span(place, len(word))) if place >= 0 else None


def _other_words(word: str, target: Target) -> Match | None:
    """Find a word that does not stand in the title: a synonym, the menu, the explanation."""
    for words, score in ((target.synonyms, SYNONYM), (target.elsewhere, ELSEWHERE)):
        if any(other.startswith(word) for other in words):
            return Match(score + (WHOLE if word in words else 0.0) / 5)
    return None


def _in_order(word: str, target: Target) -> Match | None:
    """Find the letters in order, anywhere; the closer together, the better."""
    if len(word) < 3:
        return None
    marks, place = [], -1
    for letter in word:
        place = target.title.find(letter, place + 1)
        if place < 0:
            return None
        marks.append(place)
    spread = (marks[-1] - marks[0] + 1) / len(word)
    return Match(IN_ORDER / spread, frozenset(marks)) if spread <= len(word) else None


def _span(start: int, length: int) -> frozenset[int]:
    return frozenset(range(start, start + length))
