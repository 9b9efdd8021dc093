from __future__ import annotations

import pytest

from studio.app.search.matching import Match, Tier, letters, match, search, words_of
from studio.catalog.registry import get, layers
from studio.catalog.spec import LayerSpec


@pytest.mark.parametrize(
    ("kind", "query", "tier"),
    [
        ("Conv2d", "conv2d", Tier.EXACT),
        ("Conv2d", "Conv", Tier.PREFIX),
        ("BatchNorm2d", "bn2", Tier.INITIALS),
        ("BatchNorm2d", "batn2d", Tier.INITIALS),
        ("LeakyReLU", "lrelu", Tier.INITIALS),
        ("MaxPool2d", "pool", Tier.WORD),
        ("MaxPool2d", "pool 2d", Tier.WORD),
        ("ConvTranspose2d", "ranspose", Tier.INSIDE),
        ("Linear", "dense", Tier.SYNONYM),
        ("Linear", "connected", Tier.SYNONYM),
        ("BatchNorm2d", "normalization", Tier.SYNONYM),
        ("BatchNorm2d", "bchnm", Tier.SUBSEQUENCE),
        ("BatchNorm2d", "bacthnorm", Tier.TYPO),
        ("Linear", "lienar", Tier.TYPO),
    ],
)
def test_how_a_word_fits(kind: str, query: str, tier: Tier) -> None:
    found = match(get(kind), query)
    assert found is not None
    assert found.tier == tier


@pytest.mark.parametrize("query", ["xyz", "linearr conv", "liner1234"])
def test_what_does_not_fit(query: str) -> None:
    assert match(get("Linear"), query) is None


def test_nothing_typed_fits_everything() -> None:
    assert match(get("Linear"), "  ") == Match(Tier.EXACT)


def test_slips_count_only_where_nothing_else_was_meant() -> None:
    found = [spec.kind for spec in search(layers().values(), "conv1d")]
    assert found[0] == "Conv1d"
    assert "Conv2d" not in found
    assert search(layers().values(), "cnov2d")[0].kind == "Conv2d"


def test_a_shorter_name_fits_a_beginning_better() -> None:
    one, other = (LayerSpec(kind, kind, "shape", "", "") for kind in ("Pool", "Pooling"))
    assert search([other, one], "poo") == [one, other]


def test_a_block_is_found_by_its_name_alone() -> None:
    spec = LayerSpec("block:Bottleneck", "Bottleneck", "block", "", "")
    assert words_of(spec).names == ("bottleneck",)
    assert match(spec, "block:") == Match(Tier.SYNONYM, 1)


@pytest.mark.parametrize(
    ("title", "query", "lit"),
    [
        ("BatchNorm2d", "bn2", "BN2"),
        ("BatchNorm2d", "norm", "Norm"),
        ("MaxPool2d", "max pool", "MaxPool"),
        ("MaxPool2d", "2d max", "Max2d"),
        ("Block input", "blockin", "Blockin"),
        ("Linear", "dense", ""),
        ("Linear", "", ""),
    ],
)
def test_letters_that_were_typed(title: str, query: str, lit: str) -> None:
    assert "".join(title[place] for place in letters(title, query)) == lit
