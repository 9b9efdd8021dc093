from __future__ import annotations

import pytest

from studio.app.search.fit import Anchor, Level
from studio.app.search.ranking import Candidate, Context, rank
from studio.app.search.usage import Usage
from studio.catalog.registry import get, layers
from studio.graph.graph import Graph
from studio.graph.node import Edge
from studio.zoo.habits import count, of_the_zoo
from tests.helpers.canvas_table import node


def out_of(kind: str, *shape: int) -> Context:
    return Context((Anchor("n1", "giver", kind, "output", get(kind).outputs[0], shape or None),))


def into(kind: str, place: int = 0) -> Context:
    return Context((Anchor("n1", "taker", kind, "input", get(kind).inputs[place]),))


def ranked(context: Context, query: str = "", usage: Usage | None = None) -> list[Candidate]:
    return rank(layers().values(), query, context, usage or Usage(), of_the_zoo())


def kinds(candidates: list[Candidate]) -> list[str]:
    return [candidate.spec.kind for candidate in candidates]


@pytest.mark.parametrize(
    ("context", "first"),
    [
        (out_of("Conv2d", 16, 28, 28), ["BatchNorm2d", "ReLU"]),
        (out_of("ReLU", 16, 28, 28), ["Conv2d", "MaxPool2d"]),
        (out_of("Conv1d", 16, 28), ["BatchNorm1d", "ReLU"]),
        (out_of("Flatten", 400), ["Linear"]),
        (out_of("Target"), ["CrossEntropyLoss", "MSELoss"]),
        (into("CrossEntropyLoss", 1), ["Target"]),
        (into("Linear"), ["Flatten"]),
        (Context(has_input=False), ["ImageInput"]),
    ],
)
def test_what_usually_follows_comes_first(context: Context, first: list[str]) -> None:
    assert kinds(ranked(context))[: len(first)] == first


def test_nothing_is_hidden_and_what_does_not_fit_says_why() -> None:
    found = ranked(out_of("Conv2d", 16, 28, 28))
    assert len(found) == len(layers())
    levels = [candidate.fit.level for candidate in found]
    assert levels == sorted(levels)
    assert set(levels) == {Level.FITS, Level.UNSUITED, Level.UNFIT}
    assert all(candidate.fit.reason for candidate in found if candidate.fit.level != Level.FITS)


def test_fit_comes_before_the_name() -> None:
    assert kinds(ranked(out_of("ReLU", 16, 28, 28), "conv"))[0] == "Conv2d"
    assert kinds(ranked(out_of("ReLU", 16, 28), "conv"))[0] == "Conv1d"
    assert kinds(ranked(out_of("Linear", 10), "bn"))[0] == "BatchNorm1d"


def test_a_full_name_comes_before_fit() -> None:
    first = ranked(out_of("ReLU", 16, 28, 28), "conv1d")[0]
    assert (first.spec.kind, first.fit.level) == ("Conv1d", Level.UNSUITED)


def test_what_merely_mentions_it_does_not_come_before_what_is_called_so() -> None:
    assert kinds(ranked(into("Linear"), "crossent"))[0] == "CrossEntropyLoss"
    assert "Conv2d" in kinds(ranked(out_of("ImageInput", 3, 8, 8), "slide"))


def test_use_decides_among_equals() -> None:
    usage = Usage()
    usage.note("CosineSimilarity")
    context = Context()
    assert kinds(ranked(context, "c"))[0] != "CosineSimilarity"
    assert kinds(ranked(context, "c", usage))[0] == "CosineSimilarity"
    assert kinds(ranked(context, "conv", usage))[0] == "Conv2d"


def test_pins_come_first_among_what_fits() -> None:
    usage = Usage()
    for kind in ("GELU", "Conv1d"):
        usage.toggle_pin(kind)
    found = ranked(out_of("Conv2d", 16, 28, 28), usage=usage)
    assert found[0].spec.kind == "GELU"
    assert found[0].pinned
    unsuited = [candidate for candidate in found if candidate.fit.level == Level.UNSUITED]
    assert unsuited[0].spec.kind == "Conv1d"


def test_what_this_network_does_counts_too() -> None:
    graph = Graph.of(
        [node("n1", "Conv2d", "a", 0, 0), node("n2", "GroupNorm", "b", 0, 0)],
        [Edge("n1", "output", "n2", "input")],
    )
    context = Context(out_of("Conv2d", 16, 28, 28).anchors, own=count([graph]))
    assert kinds(ranked(context))[:2] == ["GroupNorm", "BatchNorm2d"]


def test_what_cannot_be_here_is_last_with_its_reason() -> None:
    context = Context(refused={"BlockInput": "belongs inside a block"})
    last = ranked(context)[-1]
    assert (last.spec.kind, last.fit.reason) == ("BlockInput", "belongs inside a block")
