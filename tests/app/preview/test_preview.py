"""A look at one layer's output, beside its card in the real window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from studio.app.main_window import MainWindow
from studio.app.settings import Settings
from studio.engine.records import Failed, LookAt, LookedAt
from studio.graph import edits
from studio.project.files import read
from tests.helpers.fake_client import FakeClient


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, client: FakeClient, examples: Path) -> MainWindow:
    window = MainWindow(client, Settings(tmp_path / "settings.json"))
    qtbot.addWidget(window, before_close_func=lambda made: made.document.history.mark_saved())
    window.resize(1600, 1000)
    window.show()
    qtbot.waitExposed(window)
    window.document.open(read(examples / "digits.flow"), None)
    return window


def asked(client: FakeClient) -> LookAt:
    return next(one for one in reversed(client.asked) if isinstance(one, LookAt))


def answer(window: MainWindow, client: FakeClient, values: np.ndarray, **changes: object) -> LookAt:
    question = asked(client)
    given = {
        "node": question.node, "shape": values.shape, "values": values, "low": -1.5, "high": 2.0, "mean": 0.1,
        "std": 0.5, "zeros": 0.25, "finite": True, "label": "7", "index": question.sample, "count": 269,
        "sample": f"validation sample {question.sample + 1} of 269", "weights": "fresh weights",
    } | changes  # fmt: skip
    client.answers.append(LookedAt(question.id, **given))  # type: ignore[arg-type]
    window.workspace.link.drain()
    return question


def open_on(window: MainWindow, name: str) -> str:
    node_id = window.document.graph.named(name).id
    window.workspace.selection.set([node_id])
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_P)
    return node_id


def test_p_asks_and_shows_what_the_layer_gives(window: MainWindow, client: FakeClient) -> None:
    node_id = open_on(window, "conv1")
    card = window.preview.card
    assert card.isVisible()
    assert card.words.text() == "Computing …"
    question = answer(window, client, np.linspace(-1.5, 2, 2048, dtype=np.float32).reshape(32, 8, 8))
    assert (question.node, question.sample, question.run) == (node_id, 0, "")
    assert card.shape.text() == "32×8×8"
    assert card.facts.text() == "−1.5 … 2, 25.0 % zeros\nmean 0.1 ± 0.5"
    assert card.words.text() == "validation sample 1 of 269, class 7; fresh weights"
    assert card.picture.shows_maps
    assert window.canvas.rect().contains(card.geometry())
    node = window.canvas.camera.rect_to_screen(window.canvas.scene.geometry.rect(node_id)).toRect()
    assert not card.geometry().intersects(node)


def test_arrows_go_through_the_samples(window: MainWindow, client: FakeClient) -> None:
    open_on(window, "fc")
    answer(window, client, np.arange(10, dtype=np.float32))
    QTest.keyClick(window.preview.card, Qt.Key.Key_Right)
    assert asked(client).sample == 1
    answer(window, client, np.arange(10, dtype=np.float32))
    button = window.findChild(QToolButton, "preview.before")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked(client).sample == 0


def test_it_follows_the_selection_and_the_design(window: MainWindow, client: FakeClient) -> None:
    open_on(window, "conv1")
    answer(window, client, np.zeros((2, 3, 3), np.float32))
    other = window.document.graph.named("relu1").id
    window.workspace.selection.set([other])
    assert asked(client).node == other
    before = asked(client).id
    window.workspace.facts.changed.emit(frozenset())
    assert asked(client).id > before
    window.document.edit("Delete", lambda graph: edits.remove_nodes(graph, [other]))
    window.workspace.facts.changed.emit(frozenset())
    assert not window.preview.card.isVisible()


def test_why_there_is_nothing_to_show_is_said(window: MainWindow, client: FakeClient) -> None:
    open_on(window, "conv1")
    client.answers.append(Failed(asked(client).id, "compile", 'Conv2d "conv1": expected 3 channels.'))
    window.workspace.link.drain()
    assert window.preview.card.words.text() == 'Conv2d "conv1": expected 3 channels.'
    assert not window.preview.card.picture.isVisible()


def test_escape_closes_and_gives_the_focus_back(window: MainWindow, client: FakeClient) -> None:
    open_on(window, "conv1")
    QTest.keyClick(window.preview.card, Qt.Key.Key_Escape)
    assert not window.preview.card.isVisible()
    assert window.canvas.hasFocus()


def test_a_late_answer_about_another_layer_is_not_shown(window: MainWindow, client: FakeClient) -> None:
    open_on(window, "conv1")
    late = asked(client)
    window.workspace.selection.set([window.document.graph.named("relu1").id])
    client.answers.append(Failed(late.id, "compile", "old"))
    window.workspace.link.drain()
    assert window.preview.card.words.text() == "Computing …"


def test_numbers_that_are_not_finite_are_said(window: MainWindow, client: FakeClient) -> None:
    open_on(window, "fc")
    answer(window, client, np.array([np.nan, np.inf, 1.0], np.float32), finite=False)
    assert window.preview.card.facts.text() == "not all numbers are finite"
    window.preview.card.grab()  # it is painted all the same
