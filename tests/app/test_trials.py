"""Trials ask the engine little, the most urgent first, and forget when the gesture is over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from studio.app.document import Document
from studio.app.trials import AT_ONCE, MOST_ASKED, Seating, Trials
from studio.engine.records import Trial, Tried
from studio.graph.node import Edge
from studio.project.project import Project
from tests.helpers.canvas_table import small_network

WIRES = tuple(Edge("n1", "output", f"n{number}", "input") for number in range(2, 100))


@dataclass
class Engine:
    """Keeps what it is asked, and answers on demand."""

    trials: Trials
    asked: list[dict[str, Any]] = field(default_factory=list)

    def ask(self, **fields: Any) -> int:
        self.asked.append(fields)
        return len(self.asked)

    def answer(self, question: int = 0) -> None:
        number = question or len(self.asked)
        fields = self.asked[number - 1]
        count = len(fields.get("wires", ())) + len(fields.get("nodes", ()))
        found = tuple(Trial("n", (number, place)) for place in range(count))
        self.trials.take(Tried(number, found))


@pytest.fixture
def engine(qtbot: QtBot) -> Engine:
    trials = Trials(Document(Project("demo", small_network())))
    made = Engine(trials)
    trials.ask = made.ask
    trials.begin(small_network())
    return made


def wait(engine: Engine, qtbot: QtBot, count: int) -> None:
    qtbot.waitUntil(lambda: len(engine.asked) == count)


def test_a_wire_is_asked_about_once(engine: Engine, qtbot: QtBot) -> None:
    assert engine.trials.of_wire(WIRES[0]) is None
    wait(engine, qtbot, 1)
    assert engine.trials.of_wire(WIRES[0]) is None
    with qtbot.waitSignal(engine.trials.changed):
        engine.answer()
    assert engine.trials.of_wire(WIRES[0]) == Trial("n", (1, 0))
    assert [fields["wires"] for fields in engine.asked] == [WIRES[:1]]


def test_the_wire_under_the_mouse_goes_first(engine: Engine, qtbot: QtBot) -> None:
    engine.trials.prepare(WIRES[:20])
    engine.trials.of_wire(WIRES[19])
    wait(engine, qtbot, 1)
    assert engine.asked[0]["wires"] == (WIRES[19], *WIRES[: AT_ONCE - 1])
    engine.trials.of_wire(WIRES[18])
    engine.answer()
    assert engine.asked[1]["wires"][0] == WIRES[18]


def test_one_question_at_a_time_until_all_is_known(engine: Engine, qtbot: QtBot) -> None:
    engine.trials.prepare(WIRES)
    wait(engine, qtbot, 1)
    for _ in range(20):
        engine.answer()
    assert sum(len(fields["wires"]) for fields in engine.asked) == MOST_ASKED


def test_only_the_newest_answer_counts(engine: Engine, qtbot: QtBot) -> None:
    engine.trials.of_wire(WIRES[0])
    wait(engine, qtbot, 1)
    engine.trials.begin(small_network())
    engine.answer(1)
    assert engine.trials.known(WIRES[0]) is None
    engine.trials.of_wire(WIRES[0])
    wait(engine, qtbot, 2)


def test_without_an_answer_the_next_question_is_asked(engine: Engine, qtbot: QtBot) -> None:
    engine.trials.prepare(WIRES[:10])
    wait(engine, qtbot, 1)
    engine.trials.give_up(1)
    assert len(engine.asked) == 2


def test_a_node_on_a_wire_is_asked_about_in_the_network_with_it(engine: Engine, qtbot: QtBot) -> None:
    seat = Seating(WIRES[0], small_network(), "n2")
    assert engine.trials.of_seat(seat) is None
    wait(engine, qtbot, 1)
    assert engine.asked[0]["nodes"] == ("n2",)
    assert engine.asked[0]["project"]["graph"]
    engine.answer()
    assert engine.trials.of_seat(seat) == Trial("n", (1, 0))


def test_without_an_engine_nothing_is_known_and_nothing_breaks(qtbot: QtBot) -> None:
    trials = Trials(Document(Project("demo", small_network())))
    trials.begin(small_network())
    with qtbot.assertNotEmitted(trials.changed, wait=60):
        trials.of_wire(WIRES[0])
    assert trials.known(WIRES[0]) is None
