"""A window whose engine says only what a test has it say."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox

from studio.app.main_window import MainWindow
from studio.app.settings import Settings
from studio.engine.records import Check, Checked, StartRun
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.report import NodeReport, Totals
from studio.project.files import write
from studio.project.project import Project
from tests.helpers.fake_client import FakeClient


class Engine(FakeClient):
    """Answers checks when it is told to."""

    def questions(self, kind: type) -> list:
        """Return what was asked of a kind, oldest first."""
        return [asked for asked in self.asked if isinstance(asked, kind)]

    def check(self, parameters: int, question: int = -1, node: str = "n1") -> None:
        """Answer a check: the network has that many parameters, all in one node."""
        asked = self.questions(Check)[question]
        totals = Totals(parameters=parameters)
        report = NodeReport(node, shape=(3,), parameters=parameters)
        self.answers.append(Checked(asked.id, (), (report,), totals, asked.level))

    def last_start(self) -> StartRun:
        return self.questions(StartRun)[-1]


def project(name: str, *kinds: str) -> Project:
    """Return a project with some layers in a row, not wired."""
    graph = Graph()
    for place, kind in enumerate(kinds):
        graph = edits.add_node(graph, edits.new_node(graph, kind, x=200.0 * place, y=80.0))
    return Project(name, graph)


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def window(qtbot, tmp_path, engine) -> Iterator[MainWindow]:
    made = MainWindow(engine, Settings(tmp_path / "settings.json"))
    qtbot.addWidget(made, before_close_func=leave)
    made.resize(1600, 1000)
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: bool(engine.questions(Check)))
    return made


def leave(window: MainWindow) -> None:
    """Let it close without questions."""
    for sheet in window.document.sheets:
        sheet.history.mark_saved()
    window.workspace._set_state(None)


@pytest.fixture
def three(window, tmp_path, examples):
    """Three open projects: digits.flow, other.flow and one never saved; the last is on show."""
    write(project("other", "Linear", "ReLU"), tmp_path / "other.flow")
    window.open_path(Path(shutil.copy(examples / "digits.flow", tmp_path)))
    window.open_path(tmp_path / "other.flow")
    window.projects.new_tab()
    return window.document.sheets


@pytest.fixture
def never_asked(monkeypatch) -> None:
    """No message box may appear."""

    def fail(box: QMessageBox) -> None:
        pytest.fail(f"asked: {box.text()}")

    monkeypatch.setattr(QMessageBox, "exec", fail)
