"""The table that the window asks for: every layer and block, with sums where blocks are."""

from __future__ import annotations

import pytest
from immutables import Map

from studio.engine import answers
from studio.engine.inbox import Inbox
from studio.engine.records import Check, Summarise, Summarised
from studio.graph import edits
from studio.graph.block import INPUT, OUTPUT, Block
from studio.graph.graph import Graph
from studio.graph.node import Edge, Node
from studio.project.format import to_data
from studio.project.project import Project


def row_of_blocks() -> Graph:
    """image (8×6×6) → two blocks of one 3×3 convolution → 8 channels."""
    inside = Graph.of(
        [
            Node("n1", INPUT, "input"),
            Node("n2", "Conv2d", "conv", Map(out_channels=8, kernel_size=3, padding=1, bias=False)),
            Node("n3", OUTPUT, "output"),
        ],
        [Edge("n1", "output", "n2", "input"), Edge("n2", "output", "n3", "input")],
    )
    return Graph.of(
        [
            Node("n1", "ImageInput", "image", Map(channels=8, height=6, width=6)),
            Node("n2", "block:Pair", "layer", Map(repeat=2)),
        ],
        [Edge("n1", "output", "n2", "input")],
        [Block("Pair", inside)],
    )


@pytest.fixture(scope="module")
def answer() -> Summarised:
    request = Summarise(7, to_data(Project("p", row_of_blocks())))
    found = answers.answer(request, answers.Memory())
    assert isinstance(found, Summarised)
    return found


def test_rows_are_the_tree_in_order(answer: Summarised) -> None:
    assert answer.columns.paths == ("n1", "n2", "n2[0]", "n2[0]/n2", "n2[1]", "n2[1]/n2")
    assert answer.columns.names == ("image", "layer", "layer.0", "layer.0.conv", "layer.1", "layer.1.conv")
    assert answer.columns.kinds == ("ImageInput", "Pair × 2", "Pair", "Conv2d", "Pair", "Conv2d")


def test_blocks_hold_the_sum_of_what_is_in_them(answer: Summarised) -> None:
    weights = 8 * 8 * 3 * 3
    assert answer.columns.parameters == (0, 2 * weights, weights, weights, weights, weights)
    assert answer.columns.macs[1] == 2 * weights * 36
    assert answer.totals.parameters == 2 * weights
    assert answer.columns.shapes[2] == (8, 6, 6)


def test_receptive_fields_grow(answer: Summarised) -> None:
    assert answer.columns.fields[3] == (3, 3)
    assert answer.columns.fields[5] == (5, 5)


def test_a_design_just_checked_is_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    memory, project = answers.Memory(), to_data(Project("p", row_of_blocks()))
    answers.answer(Check(1, project), memory)
    monkeypatch.setattr(answers, "analyse", None)  # calling it would raise
    found = answers.answer(Summarise(2, project), memory)
    assert isinstance(found, Summarised)
    assert found.totals.parameters == 2 * 8 * 8 * 3 * 3


def test_a_newer_question_drops_only_those_of_its_subject() -> None:
    inbox = Inbox()
    first, check, other = Summarise(1, {}), Check(2, {}), Summarise(3, {}, "template")
    for request in (first, check, other):
        assert inbox.put(request) == []
    assert inbox.put(Summarise(4, {})) == [first]
    assert [inbox.take(), inbox.take()] == [check, other]


def test_it_says_what_is_wrong_with_the_design() -> None:
    graph = edits.set_argument(row_of_blocks(), "n1", "height", 0)
    found = answers.answer(Summarise(8, to_data(Project("p", graph))), answers.Memory())
    assert isinstance(found, Summarised)
    assert any(problem.severity == "error" and problem.node == "n1" for problem in found.problems)
