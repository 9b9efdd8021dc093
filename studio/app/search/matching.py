"""How well a layer answers to what a person types: its name, a part of it, another word, or a slip.

Letters and digits alone count, in any case: ``max pool``, ``MaxPool`` and ``maxpool`` are one word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from studio.catalog.spec import FAMILIES, LayerSpec

_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+[a-z]?")


class Tier(IntEnum):
    """How a word fits, best first.

    It is the name; begins it; is made of the first letters of its words (``bn2``: BatchNorm2d); begins one of
    its words; stands inside it; begins another word for it, or its family's name; has its letters in the
    name, in their order; begins a word of the summary; or is the beginning of the name with a slip.
    """

    EXACT = 0
    PREFIX = 1
    INITIALS = 2
    WORD = 3
    INSIDE = 4
    SYNONYM = 5
    SUBSEQUENCE = 6
    SUMMARY = 7
    TYPO = 8


WORST_NAME = Tier.INSIDE
"""Up to this tier a query of several words may be one word of the name, written apart."""

SHORTEST_INSIDE = 4
"""Fewer letters than these stand inside too many names to mean anything: ``act``, Subtract."""

FORGIVEN = {4: 1, 7: 2}
"""From so many letters on, so many slips."""


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """How well a query fits a layer; the smaller, the better.

    Attributes:
        tier: Of the word that fits worst.
        slack: By how much it is not the name: letters left over or jumped over, and slips.
    """

    tier: Tier
    slack: int = 0


@dataclass(frozen=True, slots=True)
class Words:
    """What a layer can be found by, made ready for comparing."""

    names: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    synonyms: tuple[str, ...]
    summary: tuple[str, ...]


def words_of(spec: LayerSpec) -> Words:
    """Return what a layer can be found by."""
    others = (*spec.synonyms, FAMILIES[spec.family])
    return _words(spec.title, spec.kind.partition(":")[2] or spec.kind, others, spec.summary)


@lru_cache(maxsize=4096)
def _words(title: str, kind: str, others: tuple[str, ...], summary: str) -> Words:
    texts = tuple(dict.fromkeys((title, kind)))
    return Words(
        tuple(plain(text) for text in texts),
        tuple(tuple(part.casefold() for part in _PARTS.findall(text)) for text in texts),
        tuple(dict.fromkeys(found for other in others for found in _starts(other))),
        tuple(_starts(summary)),
    )


def match(spec: LayerSpec, query: str) -> Match | None:
    """Return how well a layer fits a query, of which every word has to fit; None if it does not."""
    found = words_of(spec)
    words = [word for word in map(plain, query.split()) if word]
    if not words:
        return Match(Tier.EXACT)
    joined = _fit(found, "".join(words))
    if joined is not None and (joined.tier <= WORST_NAME or len(words) == 1):
        return joined
    fits = [_fit(found, word) for word in words]
    if any(fit is None for fit in fits):
        return joined
    return Match(max(fit.tier for fit in fits if fit), sum(fit.slack for fit in fits if fit))


def search(layers: Iterable[LayerSpec], query: str) -> list[LayerSpec]:
    """Return the layers that fit a query, best first, otherwise in their order.

    Slips count only where nothing else was meant.
    """
    pairs = [(found, spec) for spec in layers if (found := match(spec, query)) is not None]
    worst = worst_shown(found for found, _ in pairs)
    return [spec for found, spec in sorted(pairs, key=lambda pair: pair[0]) if found.tier <= worst]


def worst_shown(matches: Iterable[Match], *, named: bool = False) -> Tier:
    """Return the worst tier worth showing: slips count only where nothing else was meant.

    Args:
        named: What only has the letters somewhere counts no more than a slip, where a name was meant.
    """
    best = min((found.tier for found in matches), default=Tier.TYPO)
    if named and best <= Tier.SYNONYM:
        return Tier.SYNONYM
    return Tier.TYPO if best == Tier.TYPO else Tier.SUMMARY


def plain(text: str) -> str:
    """Return a text's letters and digits, in lower case."""
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def letters(text: str, query: str) -> tuple[int, ...]:
    """Return the places in a text of the letters that a query found it by; empty if they are not there."""
    places = [place for place, letter in enumerate(text) if plain(letter)]
    name, word = plain(text), plain(query)
    if len(places) != len(name) or not word:
        return ()
    start = name.find(word)
    if start >= 0:
        return tuple(places[start : start + len(word)])
    words = [plain(each) for each in query.split() if plain(each)]
    if len(words) > 1 and all(each in name for each in words):
        return tuple(sorted({place for each in words for place in letters(text, each)}))
    found, here = [], 0
    for letter in word:
        here = name.find(letter, here) + 1
        if not here:
            return ()
        found.append(places[here - 1])
    return tuple(found)


def _starts(text: str) -> list[str]:
    """Return a text and each of its words with what follows, as they may be typed from there on."""
    words = re.findall(r"\w+", text.casefold())
    return [plain("".join(words[place:])) for place in range(len(words))]


def _fit(found: Words, word: str) -> Match | None:
    """Return how well one word fits."""
    if word in found.names:
        return Match(Tier.EXACT)
    for name in found.names:
        if name.startswith(word):
            return Match(Tier.PREFIX, len(name) - len(word))
    if any(_is_initials(parts, word) for parts in found.parts):
        return Match(Tier.INITIALS, len(found.names[0]) - len(word))
    for parts in found.parts:
        if any("".join(parts[place:]).startswith(word) for place in range(1, len(parts))):
            return Match(Tier.WORD)
    if len(word) >= SHORTEST_INSIDE and any(word in name for name in found.names):
        return Match(Tier.INSIDE)
    return _fit_loosely(found, word)


def _fit_loosely(found: Words, word: str) -> Match | None:
    """Return how well a word fits that is no part of the name."""
    others = [len(other) - len(word) for other in found.synonyms if other.startswith(word)]
    if others:
        return Match(Tier.SYNONYM, min(others))
    jumps = [jumped for name in found.names if (jumped := _jumped(name, word)) is not None]
    if jumps:
        return Match(Tier.SUBSEQUENCE, min(jumps))
    if len(word) > 2 and any(start.startswith(word) for start in found.summary):
        return Match(Tier.SUMMARY)
    most = max((slips for length, slips in FORGIVEN.items() if len(word) >= length), default=0)
    fewest = min(_slips(name, word) for name in found.names) if most else 1
    return Match(Tier.TYPO, fewest) if fewest <= most else None


def _is_initials(parts: Sequence[str], word: str) -> bool:
    """Say whether a word is made of beginnings of the first parts, in their order, and of two at least."""
    reached = {0}
    for count, part in enumerate(parts, 1):
        reached = {
            start + length
            for start in reached
            for length in range(1, len(part) + 1)
            if word[start : start + length] == part[:length]
        }
        if count > 1 and len(word) in reached:
            return True
    return False


def _jumped(name: str, word: str) -> int | None:
    """Return how many letters of a name are jumped over to find those of a word, from the first letter on."""
    if len(word) < 2 or name[:1] != word[:1]:
        return None
    place = 0
    for letter in word:
        place = name.find(letter, place) + 1
        if not place:
            return None
    return place - len(word)


def _slips(name: str, word: str) -> int:
    """Return how many letters are wrong, missing, too many or changed round in a name's beginning.

    Optimal string alignment, with what is left of the name for free.
    """
    before: list[int] = []
    row = [0, *range(1, len(name) + 1)]
    for i, letter in enumerate(word, 1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(name, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == name[j - 2] and word[i - 2] == wanted:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return min(row)
