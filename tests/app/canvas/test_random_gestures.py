"""A thousand random gestures through the real canvas: it shows the network after each, and undo finds back.

A failure prints what was done. `SEEDS` are few, so that the suite stays quick; give more of them by
``CANVAS_SEEDS=0-99`` to hunt.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from studio.graph.graph import Graph
from tests.helpers.canvas_table import Table, small_network
from tests.helpers.random_person import RandomPerson
from tests.helpers.scene_check import check_against_fresh, check_design, check_scene, check_selection

STEPS = 250
EVERY = 5
"""On the way back and forth again so many steps go by without a look."""


def seeds() -> list[int]:
    first, _, last = os.environ.get("CANVAS_SEEDS", "1-4").partition("-")
    return list(range(int(first), int(last or first) + 1))


def check(table: Table) -> None:
    check_scene(table)
    check_selection(table)
    check_design(table.document.design)


@pytest.mark.parametrize("seed", seeds())
def test_any_gestures_keep_canvas_and_network_in_step(
    make_table: Callable[[Graph], Table], qtbot: QtBot, seed: int
) -> None:
    table = make_table(small_network())
    person, start = RandomPerson(table, seed), table.document.project
    try:
        with qtbot.captureExceptions() as raised:
            for number in range(STEPS):
                before, index = table.document.project, table.steps
                person.step()
                assert not raised
                check(table)
                check_against_fresh(table)
                # Two clicks on a card's button are two steps.
                most = 3 if "redo" in person.done[-1] else 2 if "double-click" in person.done[-1] else 1
                assert table.steps <= index + most, "more than one step"
                if table.steps == index:
                    assert table.document.project == before, "something changed without a step"
                if number % 20 == 0:
                    table.view.grab()
            _undo_all_and_redo_all(table, start)
    except Exception as error:
        raise AssertionError(f"seed {seed}: {error}\n" + "\n".join(person.done[-40:])) from error


def _undo_all_and_redo_all(table: Table, start: object) -> None:
    document = table.document
    while document.history.can_redo:
        document.redo()
    end = document.project
    while document.history.can_undo:
        document.undo()
        if table.steps % EVERY == 0:
            check(table)
    check_against_fresh(table)
    assert document.project is start
    while document.history.can_redo:
        document.redo()
        if table.steps % EVERY == 0:
            check(table)
    check_against_fresh(table)
    assert document.project is end
