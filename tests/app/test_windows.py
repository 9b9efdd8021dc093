"""Several windows of one program."""

from __future__ import annotations

import gc
import weakref

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMessageBox

from studio.app.settings import Settings
from studio.app.windows import Windows
from studio.graph import edits
from studio.project.files import write
from tests.app.tabs.conftest import project
from tests.helpers.fake_client import FakeClient


@pytest.fixture
def windows(qapp, qtbot, tmp_path):
    made = Windows(FakeClient, Settings(tmp_path / "settings.json"), qapp)
    first = made.make()
    first.show()
    yield made
    for window in (*made.all, *made._closed):
        for sheet in window.document.sheets:
            sheet.history.mark_saved()
        window.close()
        window.deleteLater()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def two(windows):
    first = windows.all[0]
    act(first, "view.new_window")
    return windows.all


def act(window, name: str) -> None:
    window.findChild(QAction, f"action.{name}").trigger()


def test_new_window_is_empty_and_has_an_engine_of_its_own(two):
    first, second = two
    assert second.isVisible()
    assert second.document.sheet.is_untouched
    assert second.workspace.link is not first.workspace.link
    assert second.pos() != first.pos()


def test_layers_are_pasted_into_another_window(two):
    first, second = two
    first.document.open(project("a", "Conv2d", "ReLU"), None)
    first.document.edit("Name", lambda graph: edits.rename(graph, "n1", "stem"))
    act(first, "edit.select_all")
    act(first, "edit.copy")
    act(second, "edit.paste")
    assert sorted(node.name for node in second.document.graph.nodes.values()) == ["relu", "stem"]
    assert second.document.history.index == 1


def test_layers_are_pasted_into_another_tab(windows):
    window = windows.all[0]
    window.document.open(project("a", "Conv2d", "ReLU"), None)
    act(window, "edit.select_all")
    act(window, "edit.copy")
    window.projects.new_tab()
    act(window, "edit.paste")
    assert sorted(node.kind for node in window.document.graph.nodes.values()) == ["Conv2d", "ReLU"]
    assert window.document.sheet is window.document.sheets[-1]


@pytest.mark.qt_log_ignore("does not support raise", extend=True)
def test_file_that_another_window_has_open_is_gone_to(two, tmp_path):
    first, second = two
    write(project("a", "ReLU"), tmp_path / "a.flow")
    first.open_path(tmp_path / "a.flow")
    first.document.edit("Add", lambda graph: edits.add_node(graph, edits.new_node(graph, "ReLU")))
    kept = first.document.sheet
    first.projects.new_tab()
    assert second.open_path(tmp_path / "a.flow")
    assert first.document.sheet is kept
    assert kept.is_modified
    assert second.document.sheet.is_untouched


def test_saving_over_a_file_of_another_window_is_refused(two, tmp_path):
    first, second = two
    write(project("a", "ReLU"), tmp_path / "a.flow")
    first.open_path(tmp_path / "a.flow")
    before = (tmp_path / "a.flow").read_bytes()
    assert not second.files._write(tmp_path / "a.flow")
    assert "a.flow is open in another window" in second.banner.text
    assert (tmp_path / "a.flow").read_bytes() == before


def test_quit_closes_all_and_remembers_what_was_open_in_any(two, windows, tmp_path):
    first, second = two
    for name in "abc":
        write(project(name, "ReLU"), tmp_path / f"{name}.flow")
    first.open_path(tmp_path / "a.flow")
    second.open_path(tmp_path / "b.flow")
    second.open_path(tmp_path / "c.flow")
    act(second, "file.quit")
    assert windows.all == ()
    found = Settings(tmp_path / "settings.json").preferences
    assert [path[-6:] for path in found.open_projects] == ["a.flow", "b.flow", "c.flow"]
    assert found.shown_project == 2


def test_what_is_open_is_written_down_while_the_program_runs(two, tmp_path, qtbot):
    first, second = two
    for name in "ab":
        write(project(name, "ReLU"), tmp_path / f"{name}.flow")
    first.open_path(tmp_path / "a.flow")
    second.open_path(tmp_path / "b.flow")
    paths = (str(tmp_path / "a.flow"), str(tmp_path / "b.flow"))
    saved = Settings(tmp_path / "settings.json")
    qtbot.waitUntil(lambda: saved._read().open_projects == paths)


def test_window_that_is_closed_is_not_remembered(two, tmp_path, qtbot):
    second = two[1]
    write(project("b", "ReLU"), tmp_path / "b.flow")
    second.open_path(tmp_path / "b.flow")
    saved = Settings(tmp_path / "settings.json")
    qtbot.waitUntil(lambda: saved._read().open_projects == (str(tmp_path / "b.flow"),))
    second.close()
    qtbot.waitUntil(lambda: saved._read().open_projects == ())


def test_quit_stops_at_a_window_that_is_to_stay(two, windows, monkeypatch):
    second = two[1]
    second.document.edit("Add", lambda graph: edits.add_node(graph, edits.new_node(graph, "ReLU")))
    monkeypatch.setattr(QMessageBox, "exec", lambda _box: QMessageBox.StandardButton.Cancel)
    act(second, "file.quit")
    assert windows.all == (second,)
    assert second.isVisible()


def test_closed_window_is_emptied_and_used_again(two, windows, tmp_path, qtbot):
    first, second = two
    write(project("a", "ReLU"), tmp_path / "a.flow")
    second.open_path(tmp_path / "a.flow")
    gone = weakref.ref(second.document.sheet)
    second.close()
    gc.collect()
    assert windows.all == (first,)
    assert gone() is None
    act(first, "view.new_window")
    assert windows.all == (first, second)
    assert second.isVisible()
    assert second.document.sheets == (second.document.sheet,)
    assert second.document.sheet.is_untouched


def test_window_that_is_used_again_keeps_what_is_not_saved(two, windows):
    first, second = two
    second.close()
    act(first, "view.new_window")
    second.document.edit("Add", lambda graph: edits.add_node(graph, edits.new_node(graph, "ReLU")))
    keeper = second.recovery.keeper
    assert keeper._timer.isActive()
    keeper.keep()
    keeper.wait()
    assert keeper._session in keeper.journal.sessions()


def test_window_that_was_closed_while_it_trained_can_train_again(two, monkeypatch):
    first, second = two
    second.document.open(project("a", "ReLU"), None)
    second.workspace.train()
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    second.close()
    act(first, "view.new_window")
    assert not second.workspace.is_busy
    assert second.workspace.state is None


def test_windows_opened_and_closed_again_and_again_leave_nothing_behind(two, windows):
    first, second = two
    second.close()

    def objects() -> int:
        gc.collect()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return sum(len(window.findChildren(QObject)) for window in (first, second))

    before = objects()
    for _ in range(10):
        windows.open_beside(first).close()
    assert objects() <= before
