"""Every finding has evidence, an explanation, a picture and a term; and a remedy where there is one."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import studio.doctor
from studio import zoo
from studio.catalog.terms import TERMS
from studio.doctor.case import of_design
from studio.doctor.closer import Closer, UnitFacts
from studio.doctor.diagnosis import diagnose
from studio.doctor.finding import PICTURES, Finding, Remedy
from studio.doctor.treatment import carried_out
from studio.project.config import DataConfig
from studio.project.project import Project

FOLDER = Path(studio.doctor.__file__).parent

WITHOUT_REMEDY = {"weights-stay", "first-loss"}
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


def copied() -> tuple[Project, list[Finding]]:
    """Return a design, and what is found where 8 of its 32 units say the same."""
    graph = zoo.build("mlp", input_shape=(1, 8, 8), hidden=(32, 16))
    project = Project("copies", graph, DataConfig(dataset="digits"))
    facts = UnitFacts("relu1", 32, (), tuple((0, other) for other in range(1, 9)))
    return project, diagnose(replace(of_design(project), closer=Closer(256, (facts,))))


def test_copies_are_kept_from_relying_on_each_other() -> None:
    project, (finding,) = copied()
    assert (finding.code, finding.picture) == ("duplicate-units", "Network > Look inside, Correlation, relu1")
    (remedy,) = finding.remedies
    assert remedy.label == 'Insert Dropout behind "relu1"'
    changed = carried_out(project, remedy)
    (dropout,) = (node for node in changed.graph.nodes.values() if node.kind == "Dropout")
    (edge,) = changed.graph.inputs_of(dropout.id)
    assert changed.graph.node(edge.source).name == "relu1"
    assert remedy.changes(project)


def test_a_setting_of_the_data_is_a_remedy() -> None:
    project, _ = copied()
    remedy = Remedy("Standardize the inputs", data=(("normalization", "standardize"),))
    raw = replace(project, data=DataConfig(dataset="digits", normalization="none"))
    changed = carried_out(raw, remedy)
    assert changed.data.normalization == "standardize"
    assert (remedy.changes(raw), remedy.changes(changed)) == (True, False)
    assert (changed.graph, changed.training) == (raw.graph, raw.training)
