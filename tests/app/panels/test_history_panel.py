from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app.document import Document
from studio.app.panels.history import ICON_NAME, STATE, WHERE, HistoryPanel
from studio.graph import edits
from studio.project.project import Project
from tests.helpers.canvas_table import small_network
from tests.helpers.residual import residual_network

ROLE = int(Qt.ItemDataRole.AccessibleTextRole)


@pytest.fixture
def document(qapp: object) -> Document:
    return Document(Project("demo", small_network()))


@pytest.fixture
def panel(qtbot: QtBot, document: Document) -> HistoryPanel:
    panel = HistoryPanel(document)
    qtbot.addWidget(panel)
    panel.resize(400, 300)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def do(document: Document, *names: str) -> None:
    for name in names:
        document.edit(f"Rename to {name}", lambda graph, name=name: edits.rename(graph, "n2", name))


def words(panel: HistoryPanel, role: int = int(Qt.ItemDataRole.DisplayRole)) -> list[str]:
    return [panel.model.index(row).data(role) for row in range(panel.model.rowCount())]


def test_empty_history_says_what_will_stand_there(panel: HistoryPanel) -> None:
    assert panel.empty.isVisible()
    assert panel.list.isHidden()


def test_steps_are_listed_with_the_present_one_marked(panel: HistoryPanel, document: Document) -> None:
    do(document, "a", "b")
    document.undo()
    assert words(panel) == ["Beginning", "Rename to a", "Rename to b"]
    assert words(panel, STATE) == ["done", "current", "undone"]
    assert panel.list.currentIndex().row() == 1
    assert words(panel, ICON_NAME)[1:] == ["ph.pencil-simple"] * 2


def test_click_goes_back_and_forward(panel: HistoryPanel, document: Document) -> None:
    do(document, "a", "b", "c")
    for row, name in ((0, "conv"), (2, "b"), (3, "c")):
        place = panel.list.visualRect(panel.model.index(row)).center()
        QTest.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
        assert document.graph.node("n2").name == name
    assert len(document.history.entries) == 4


def test_arrows_choose_and_enter_goes(panel: HistoryPanel, document: Document) -> None:
    do(document, "a", "b", "c")
    panel.list.setFocus()
    QTest.keyClick(panel.list, Qt.Key.Key_Up)
    QTest.keyClick(panel.list, Qt.Key.Key_Up)
    assert document.graph.node("n2").name == "c"
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert document.graph.node("n2").name == "a"


def test_saved_state_is_marked_and_spoken(panel: HistoryPanel, document: Document, tmp_path: Path) -> None:
    do(document, "a")
    document.mark_saved(tmp_path / "a.flow")
    do(document, "b")
    assert [panel.model.is_saved(row) for row in range(3)] == [False, True, False]
    assert words(panel, ROLE)[1] == "Rename to a, done, network, saved"


def test_step_says_at_which_level_it_was_made(panel: HistoryPanel, document: Document) -> None:
    document.open(Project("demo", residual_network()), None)
    document.edit("Move", lambda graph: edits.move(graph, {"n2": (8.0, 8.0)}))
    document.enter("n2")
    do(document, "inner")
    document.edit_project("Set notes", lambda project: replace(project, notes="n"))
    name = document.design.node("n2").name
    assert words(panel, WHERE)[1:] == ["network", f"network › {name}", ""]


def test_another_project_has_its_own_steps(panel: HistoryPanel, document: Document) -> None:
    do(document, "a")
    document.open(Project("other"), None)
    assert panel.model.rowCount() == 1
    assert panel.empty.isVisible()
    document.show(document.sheets[0])
    assert words(panel) == ["Beginning", "Rename to a"]
