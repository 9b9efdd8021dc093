"""A term is explained in words, with its formula and where to read more; all are listed."""

from __future__ import annotations

from collections.abc import Callable

from studio.catalog.terms import TERMS


def test_a_term_is_explained(studio: Callable) -> None:
    said = studio("explain", "Vanishing gradient")
    assert said.code == 0
    assert said.out.startswith("Vanishing gradient\n")
    for part in ("∂L/∂h(k) = W(k+1)ᵀ", "What helps:", "Hochreiter 1998", "Related: exploding gradient"):
        assert part in said.out
    assert max(map(len, said.out.splitlines())) <= 110


def test_all_terms_are_listed(studio: Callable) -> None:
    assert studio("explain").out.splitlines() == sorted(TERMS)
    assert studio("explain", "--json").json == {"terms": sorted(TERMS)}
    assert studio("explain", "momentum", "--json").json["title"] == "Momentum"


def test_an_unknown_term_is_said_in_words(studio: Callable) -> None:
    refused = studio("explain", "vanishing gradiant")
    assert refused.code == 2
    assert 'no term "vanishing gradiant"' in refused.err
    assert "vanishing gradient" in refused.err
