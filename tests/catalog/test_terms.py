"""Every term has a page, its links lead somewhere, and what its formulas say is so."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import torch

from studio.catalog.registry import find
from studio.catalog.terms import TERMS, Term


@pytest.mark.parametrize("key", TERMS, ids=str)
def test_a_page_is_complete_and_its_links_lead_somewhere(key: str) -> None:
    term = TERMS[key]
    assert term.title.lower() == key or key == "units ignore the input"
    for text in (term.meaning, term.seen, term.helps):
        assert text.endswith((".", ")")), text
        assert len(text) > 40 or text == term.helps
        assert "  " not in text
    assert term.formula
    assert term.reference
    assert set(term.related) <= set(TERMS) - {key}
    assert [kind for kind in term.layers if find(kind) is None] == []


def test_terms_lead_to_each_other_and_none_is_left_alone() -> None:
    reached = {"vanishing gradient"}
    while True:
        more = reached | {other for key in reached for other in TERMS[key].related}
        if more == reached:
            break
        reached = more
    linked = {other for term in TERMS.values() for other in term.related}
    assert set(TERMS) - linked - {"universal approximation"} == set()
    assert len(reached) > len(TERMS) / 2


def test_twenty_sigmoids_leave_what_the_page_says() -> None:
    assert 0.25**20 < 1e-12


@pytest.mark.parametrize("classes", [2, 10, 1000])
def test_two_softmaxes_cannot_be_surer_than_the_page_says(classes: int) -> None:
    sure = torch.zeros(1, classes)
    sure[0, 0] = 1.0  # what a perfect first softmax gives
    loss = float(torch.nn.functional.cross_entropy(sure, torch.tensor([0])))
    assert loss == pytest.approx(math.log(math.e + classes - 1) - 1)
    if classes == 10:
        assert f"{loss:.2f}" == "1.46"


def test_the_loss_of_guessing_is_that_of_the_page() -> None:
    assert re.search(r"2\.30", TERMS["loss at the start"].meaning)
    assert round(math.log(10), 2) == 2.30


def test_a_step_is_stable_below_two_over_the_curvature() -> None:
    curvature = 4.0
    for lr, grows in ((0.49, False), (0.51, True)):
        w = 1.0
        for _ in range(50):
            w -= lr * curvature * w
        assert (abs(w) > 1.0) is grows


def test_class_weights_are_scikits() -> None:
    from sklearn.utils.class_weight import compute_class_weight

    labels = np.repeat([0, 1, 2], [80, 15, 5])
    mine = [100 / (3 * count) for count in (80, 15, 5)]
    assert compute_class_weight("balanced", classes=np.arange(3), y=labels) == pytest.approx(mine)


def test_a_term_is_a_value() -> None:
    assert Term("a", "b", "c", "d", "e") == Term("a", "b", "c", "d", "e")
