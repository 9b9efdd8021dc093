"""Finding a layer by what a person types: its name, another word for it, or what it does."""

from __future__ import annotations

import re
from collections.abc import Iterable

from studio.catalog.spec import LayerSpec

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+[a-z]?")
EXACT, NAME, WORD, INSIDE, SYNONYM, SUMMARY, NOWHERE = range(7)
"""How well a word fits, best first: it is the name, begins the name, begins a word of the name, stands
inside the name, begins a synonym, begins a word of the summary; or it does not fit."""


def search(layers: Iterable[LayerSpec], query: str) -> list[LayerSpec]:
    """Return the layers that fit a query, best first, otherwise in the catalog's order.

    Words may be written apart (``max pool``); every word has to fit.
    """
    words = query.casefold().split()
    if not words:
        return list(layers)
    ranked = [(rank(spec, words), spec) for spec in layers]
    found = [(score, spec) for score, spec in ranked if score is not None]
    return [spec for _, spec in sorted(found, key=lambda pair: pair[0])]


def rank(spec: LayerSpec, words: list[str]) -> tuple[int, int] | None:
    """Return how well the words fit, smaller is better; None if one does not fit."""
    joined = fit(spec, _plain("".join(words)) or "".join(words))
    if joined <= INSIDE:
        return joined, 0
    fits = [fit(spec, word) for word in words]
    worst = max(fits)
    return None if worst == NOWHERE else (worst, sum(fits))


def fit(spec: LayerSpec, word: str) -> int:
    """Return how well one word fits, as one of the ranks above."""
    names = [_plain(text) for text in (spec.title, spec.kind)]
    if word in names:
        return EXACT
    if any(name.startswith(word) for name in names):
        return NAME
    if any(part.casefold().startswith(word) for part in _WORDS.findall(f"{spec.title} {spec.kind}")):
        return WORD
    if any(word in name for name in names):
        return INSIDE
    if any(part.startswith(word) for synonym in spec.synonyms for part in _parts(synonym)):
        return SYNONYM
    if any(part.startswith(word) for part in _parts(spec.summary)):
        return SUMMARY
    return NOWHERE


def _plain(text: str) -> str:
    """Return a text's letters and digits, in lower case."""
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _parts(text: str) -> list[str]:
    """Return a text as a whole and its words."""
    text = text.casefold()
    return [text, *re.findall(r"\w+", text)]
