"""Every finding has evidence, an explanation, a picture and a term; and a remedy where there is one."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import studio.doctor
from studio.catalog.terms import TERMS
from studio.doctor.finding import PICTURES

FOLDER = Path(studio.doctor.__file__).parent

WITHOUT_REMEDY = {"weights-stay", "first-loss", "input-not-normalized", "duplicate-units"}
"""What a button cannot mend, or only a setting that is not training's."""


def findings() -> list[tuple[str, dict[str, ast.expr]]]:
    """Return code and arguments of every `Finding(...)` in the doctor's source."""
    names = [
        "severity", "code", "title", "evidence", "explanation", "term", "node", "name", "look", "remedies",
    ]  # fmt: skip
    found = []
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Finding":
                given = dict(zip(names, node.args, strict=False))
                given |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
                found.append((ast.literal_eval(given["code"]), given))
    return found


FINDINGS = findings()


def test_all_that_the_issue_asks_for_are_there() -> None:
    assert {code for code, _ in FINDINGS} == {
        "dead-units", "saturated-units", "vanishing-gradient", "exploding-gradient", "duplicate-units",
        "ignores-input", "weights-stay", "diverges", "oscillates", "steps-too-large", "steps-too-small",
        "overfits", "underfits", "first-loss", "input-not-normalized", "norm-after-activation",
        "softmax-twice", "dropout-before-norm", "imbalance", "train-eval-difference", "gradient-noise",
    }  # fmt: skip


@pytest.mark.parametrize(("code", "given"), FINDINGS, ids=[code for code, _ in FINDINGS])
def test_it_leads_to_a_picture_and_to_a_page(code: str, given: dict[str, ast.expr]) -> None:
    assert ast.literal_eval(given["term"]) in TERMS
    look = ast.literal_eval(given["look"]) if "look" in given else "curves"
    assert look in PICTURES
    assert {"evidence", "explanation", "title"} <= given.keys()
    has_node = "node" in given
    assert has_node == ("name" in given)
    if look in ("units", "correlation", "activations", "design"):
        assert has_node  # a picture of one layer has to say which
    assert ("remedies" in given) == (code not in WITHOUT_REMEDY)
