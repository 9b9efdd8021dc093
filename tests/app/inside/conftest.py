"""The window with an engine that answers what it is told to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app.inside.window import SETTLE_MS, InsideWindow
from studio.app.workspace import Workspace
from studio.engine.records import LookedInside, LookInside
from studio.project.sample_projects import sample_project
from tests.helpers.fake_client import FakeClient

Answer = Callable[..., LookedInside]


@pytest.fixture
def runs() -> list[str]:
    """Names of the runs there are."""
    return []


@pytest.fixture
def space(client: FakeClient) -> Workspace:
    made = Workspace(client)
    made.document.open(sample_project("mlp-moons").project(), None)
    return made


@pytest.fixture
def window(qtbot: QtBot, space: Workspace, runs: list[str]) -> InsideWindow:
    made = InsideWindow(space, lambda _folder: runs)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show_node()
    QTest.qWait(SETTLE_MS * 2)
    return made


@pytest.fixture
def asked(client: FakeClient) -> Callable[[], LookInside]:
    """Returns the last question."""
    return lambda: next(one for one in reversed(client.asked) if isinstance(one, LookInside))


@pytest.fixture
def answer(window: InsideWindow, asked: Callable[[], LookInside]) -> Answer:
    """Answers the last question about four samples, with what is given."""

    def give(**fields: object) -> LookedInside:
        question = asked()
        found = LookedInside(
            question.id, question.page, question.node, "untrained weights", np.array([7, 2, 5, 9]), 60,
            np.array([1, 0, 1, 0]), ("left", "right"),
        )  # fmt: skip
        found = replace(found, **fields)  # type: ignore[arg-type]
        window._space.link.looked_inside.emit(found)
        return found

    return give
