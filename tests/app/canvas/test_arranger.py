from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.app.canvas import arranger
from studio.app.layout import library
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.node import Edge
from tests.helpers.canvas_table import Table, node


def places(table: Table) -> dict[str, tuple[float, float]]:
    return {i: (n.x, n.y) for i, n in table.graph.nodes.items()}


def shown(table: Table, node_id: str) -> tuple[float, float]:
    corner = table.view.scene.geometry.rect(node_id).topLeft()
    return corner.x(), corner.y()


def wait(qtbot: QtBot, table: Table) -> None:
    qtbot.waitUntil(lambda: not table.view.arranger.is_busy, timeout=10_000)


def test_cards_glide_and_it_is_one_step_of_undo(table: Table, qtbot: QtBot) -> None:
    before = places(table)
    table.view.arranger.arrange()
    qtbot.waitUntil(lambda: shown(table, "n5") != before["n5"])
    assert table.steps == 0
    assert places(table) == before
    wait(qtbot, table)
    assert table.steps == 1
    assert shown(table, "n5") == places(table)["n5"] != before["n5"]
    table.document.undo()
    assert places(table) == before
    assert shown(table, "n5") == before["n5"]


def test_escape_during_the_glide_leaves_no_trace(table: Table, qtbot: QtBot) -> None:
    before = places(table)
    table.view.arranger.arrange()
    qtbot.waitUntil(lambda: shown(table, "n5") != before["n5"])
    table.key(Qt.Key.Key_Escape)
    assert table.steps == 0
    assert shown(table, "n5") == before["n5"]
    QTest.qWait(arranger.GLIDE_MS + 100)
    assert table.steps == 0
    assert places(table) == before


def test_a_press_lets_the_cards_arrive_at_once(table: Table) -> None:
    table.view.arranger.arrange()
    assert table.steps == 0
    table.click(QPointF(900, 650))
    assert table.steps == 1
    assert not table.view.arranger.is_busy


def test_without_animation_cards_jump(table: Table, still: None) -> None:
    table.view.arranger.arrange()
    assert table.steps == 1


def test_selection_alone_is_arranged(table: Table, still: None) -> None:
    before = places(table)
    table.selection.set(["n6", "n7"])
    table.view.arranger.arrange_selection()
    changed = {i for i, place in places(table).items() if place != before[i]}
    assert changed
    assert changed <= {"n6", "n7"}


def test_one_selected_layer_is_too_few(table: Table, qtbot: QtBot) -> None:
    table.selection.set(["n6"])
    with qtbot.waitSignal(table.view.message) as said:
        table.view.arranger.arrange_selection()
    assert "two or more" in said.args[0]
    assert table.steps == 0


@pytest.fixture
def long_table(make_table: Callable[[Graph], Table]) -> Table:
    nodes = [node(f"n{i}", "ReLU", f"relu{i}", 0, i * 9) for i in range(200)]
    return make_table(Graph.of(nodes, [Edge(f"n{i}", "output", f"n{i + 1}", "input") for i in range(199)]))


def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "PROGRAM", "import time; time.sleep(60)")


def test_a_large_network_is_arranged_in_the_background(long_table: Table, qtbot: QtBot) -> None:
    long_table.view.arranger.arrange()
    assert long_table.steps == 0
    assert long_table.view.arranger.is_busy
    wait(qtbot, long_table)
    assert long_table.steps == 1


def test_the_strip_says_so_and_its_button_cancels(
    long_table: Table, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(monkeypatch)
    long_table.view.arranger.arrange()
    button = long_table.view.findChild(QPushButton, "canvas.arranging.cancel")
    qtbot.waitUntil(button.isVisible)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.isVisible()
    assert not long_table.view.arranger.is_busy
    assert long_table.steps == 0


def test_an_edit_meanwhile_drops_the_result_with_a_word(
    long_table: Table, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow(monkeypatch)
    long_table.view.arranger.arrange()
    said: list[str] = []
    long_table.view.message.connect(said.append)
    long_table.document.edit("Nudge", lambda graph: edits.move(graph, {"n0": (-50.0, 0.0)}))
    assert not long_table.view.arranger.is_busy
    assert "changed meanwhile" in said[-1]
    assert long_table.steps == 1


def test_top_down_turns_and_arranges_in_one_step(table: Table, still: None) -> None:
    table.view.arranger.turn()
    assert table.graph.direction == "down"
    image, conv = (table.graph.node(node_id) for node_id in ("n1", "n2"))
    assert conv.y > image.y + 56
    assert table.port("n1", "output", "output").x() == table.port("n2", "input", "input").x()
    table.document.undo()
    assert table.graph.direction == "right"
    assert table.steps == 0
    assert table.port("n1", "output", "output").y() == table.port("n2", "input", "input").y()


def test_a_layer_added_behind_another_goes_below_it_in_a_network_that_runs_down(
    table: Table, still: None
) -> None:
    table.view.arranger.turn()
    table.selection.set(["n4"])
    new = table.view.add_layer("ReLU")
    assert new is not None
    assert table.view.scene.geometry.rect(new).top() > table.view.scene.geometry.rect("n4").bottom()
    assert [edge.source for edge in table.graph.inputs_of(new)] == ["n4"]


def test_ports_in_a_network_that_runs_down_are_apart_and_on_the_edges(table: Table, still: None) -> None:
    table.view.arranger.turn()
    card = table.view.scene.geometry.rect("n7")
    one, other = table.port("n7", "input", "input"), table.port("n7", "input", "target")
    assert one.y() == other.y() == card.top()
    assert card.left() < one.x() < other.x() < card.right()
    assert other.x() - one.x() >= 16
