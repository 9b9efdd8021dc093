"""Whole projects in a window: opening, switching, closing, and what belongs to each."""

from __future__ import annotations

import gc
import weakref

import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from studio import zoo
from studio.app.main_window import MainWindow
from studio.app.settings import Settings
from studio.engine.records import Check, DescribeData, Summarise
from studio.graph import edits
from studio.project.files import read, write
from studio.project.project import Project
from tests.app.tabs.conftest import project


def action(window: MainWindow, name: str) -> QAction:
    found = window.findChild(QAction, f"action.{name}")
    assert found is not None, name
    return found


def add_relu(graph):
    return edits.add_node(graph, edits.new_node(graph, "ReLU"))


def test_file_that_is_open_is_gone_to_and_keeps_what_is_not_saved(window, three, tmp_path, never_asked):
    window.document.show(three[1])
    window.document.edit("Add", add_relu)
    changed = window.document.project
    window.document.show(three[0])
    assert window.open_path(tmp_path / "other.flow")
    assert window.document.sheet is three[1]
    assert window.document.project is changed
    assert window.document.is_modified
    assert len(window.document.sheets) == 3


def test_save_as_onto_a_file_that_is_open_in_another_tab_is_refused(window, three, tmp_path):
    before = (tmp_path / "other.flow").read_bytes()
    window.document.show(three[0])
    assert not window.files._write(tmp_path / "other.flow")
    assert "other.flow is open in another tab" in window.banner.text
    assert (tmp_path / "other.flow").read_bytes() == before
    assert window.document.path == tmp_path / "digits.flow"


def test_camera_selection_and_page_are_kept_by_project(window, three):
    document, canvas = window.document, window.canvas
    document.show(three[0])
    window.workspace.selection.set(["n3"])
    window.tabs.setCurrentWidget(window.problems)
    canvas.set_camera(canvas.camera.at_zoom(2.0, QPointF(10, 10)))
    there = canvas.camera
    document.show(three[1])
    assert window.workspace.selection.nodes == frozenset()
    assert canvas.camera != there
    window.tabs.setCurrentWidget(window.runs)
    document.show(three[0])
    assert canvas.camera == there
    assert window.workspace.selection.nodes == {"n3"}
    assert window.tabs.currentWidget() is window.problems
    assert window.inspector.page is window.inspector.node_page
    assert window.inspector.node_page.header.name_edit.text() == document.graph.node("n3").name


def test_unfinished_input_belongs_to_the_project_that_is_left(window, three):
    document = window.document
    document.show(three[1])
    window.workspace.selection.set(["n1"])
    field = window.inspector.node_page.form.rows["out_features"].editor.lineEdit()
    field.selectAll()
    QTest.keyClicks(field, "77")
    document.show(three[0])
    assert three[1].graph.node("n1").arguments["out_features"] == 77
    assert three[1].history.undo_label == "Set out_features"
    assert not three[0].is_modified


def test_gesture_under_way_is_given_up_with_its_project(window, three):
    document, canvas = window.document, window.canvas
    document.show(three[1])
    before = document.project
    place = canvas.camera.to_screen(canvas.scene.geometry.rect("n1").center()).toPoint()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=place)
    for step in range(1, 5):
        QTest.mouseMove(canvas, place + (canvas.rect().center() - place) * step / 4)
    document.show(three[0])
    assert canvas.gesture is None
    assert three[1].project is before
    assert not three[1].history.can_undo
    assert not three[0].is_modified


def kinds_of(data: dict) -> list[str]:
    """Return the kinds in a project as the engine got it."""
    return [node["kind"] for node in data["graph"]["nodes"].values()]


# What the engine says -----------------------------------------------------------------------------


def test_check_answered_late_never_marks_another_project(window, three, engine):
    document, facts = window.document, window.workspace.facts
    document.show(three[1])
    asked = len(engine.questions(Check)) - 1
    document.show(three[0])
    engine.check(5000, question=asked)
    window.workspace.link.drain()
    assert facts.totals.parameters == 0
    assert facts.report("n1") is None
    engine.check(1234)
    window.workspace.link.drain()
    assert facts.totals.parameters == 1234


def test_facts_come_back_with_their_project(window, three, engine):
    document, facts = window.document, window.workspace.facts
    document.show(three[1])
    engine.check(8256)
    window.workspace.link.drain()
    document.show(three[0])
    assert not facts.is_known
    assert facts.report("n1") is None
    document.show(three[1])
    assert facts.is_known
    assert facts.report("n1").parameters == 8256
    assert facts.totals.parameters == 8256


def test_switching_asks_once(window, three, engine):
    checks, descriptions = len(engine.questions(Check)), len(engine.questions(DescribeData))
    window.document.show(three[0])
    QTest.qWait(100)  # longer than edits are waited for
    assert len(engine.questions(Check)) == checks + 1
    assert len(engine.questions(DescribeData)) == descriptions + 1


def test_switching_asks_about_the_project_now_on_show(window, three, engine):
    window.document.show(three[1])
    asked = engine.questions(Check)[-1]
    assert kinds_of(asked.project) == ["Linear", "ReLU"]
    assert asked.folder == str(three[1].folder)


def test_data_of_the_same_name_elsewhere_are_asked_about_again(window, engine, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write(project("net", "ReLU"), tmp_path / name / "net.flow")
        window.open_path(tmp_path / name / "net.flow")
    folders = [asked.folder for asked in engine.questions(DescribeData)]
    assert folders[-2:] == [str(tmp_path / "a"), str(tmp_path / "b")]


def test_summary_on_show_follows_the_project(window, three, engine):
    window.tabs.setCurrentWidget(window.summary)
    window.document.show(three[1])
    window.tabs.setCurrentWidget(window.summary)
    asked = engine.questions(Summarise)[-1]
    assert kinds_of(asked.project) == ["Linear", "ReLU"]


# Closing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("button", "closed", "saved"),
    [
        (QMessageBox.StandardButton.Save, True, True),
        (QMessageBox.StandardButton.Discard, True, False),
        (QMessageBox.StandardButton.Cancel, False, False),
    ],
    ids=["save", "discard", "cancel"],
)
def test_closing_a_changed_project_asks_about_it(window, three, monkeypatch, tmp_path, button, closed, saved):
    before = (tmp_path / "other.flow").read_bytes()
    window.document.show(three[1])
    window.document.edit("Add", add_relu)
    window.document.show(three[0])
    asked = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box.text()) or button)
    assert window.projects.close(three[1]) is closed
    assert asked == ["Save the changes to “other”?"]
    assert (three[1] not in window.document.sheets) is closed
    assert ((tmp_path / "other.flow").read_bytes() != before) is saved


def test_closing_the_window_remembers_what_was_open(window, three, tmp_path, never_asked):
    window.document.show(three[1])
    assert window.close()
    found = Settings(tmp_path / "settings.json").preferences
    assert found.open_projects == (str(tmp_path / "digits.flow"), str(tmp_path / "other.flow"))
    assert found.shown_project == 1


def test_only_an_empty_project_is_closed_without_effect(window):
    assert window.projects.close()
    assert len(window.document.sheets) == 1
    assert window.document.sheet.is_untouched
    assert not action(window, "tab.next").isEnabled()


# Several projects edited in turn ------------------------------------------------------------------


def test_three_projects_edited_in_turn_keep_apart(window, three, tmp_path):
    """Edit a little of each, again and again, in every order; save all; compare every value."""
    document = window.document
    document.show(three[0])
    document.open(Project("resnet18", zoo.build("resnet18")), None)
    digits, empty, big = three[0], three[2], document.sheet
    document.close(three[1])
    values = {sheet: [sheet.project] for sheet in (digits, empty, big)}
    for turn in (digits, big, empty, big, digits, empty, digits, big, empty):
        document.show(turn)
        assert document.project is values[turn][-1]
        document.edit("Add ReLU", add_relu)
        values[turn].append(document.project)
    for turn in (big, digits, empty) * 3:
        document.show(turn)
        assert document.project is values[turn][document.history.index]
        action(window, "edit.undo").trigger()
        assert document.project is values[turn][document.history.index]
    for turn in (empty, big, digits):
        document.show(turn)
        assert document.project is values[turn][0]
        assert not document.history.can_undo
        while document.history.can_redo:
            action(window, "edit.redo").trigger()
        assert document.project is values[turn][-1]
        assert set(window.canvas.scene.graph.nodes) == set(document.graph.nodes)
        assert window.files._write(tmp_path / f"saved-{turn.name}.flow")
        assert read(document.path).graph == values[turn][-1].graph
    assert not any(sheet.is_modified for sheet in document.sheets)


def test_projects_opened_and_closed_leave_nothing_behind(window, tmp_path, never_asked):
    write(project("one", "Linear", "ReLU", "Conv2d"), tmp_path / "one.flow")

    def visit() -> weakref.ref:
        window.open_path(tmp_path / "one.flow")
        window.workspace.selection.set(["n1", "n2"])
        found = weakref.ref(window.document.sheet)
        window.projects.new_tab()
        window.projects.close(found())
        return found

    def objects() -> int:
        gc.collect()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return len(window.findChildren(QObject))

    for _ in range(5):
        visit()
    before = objects()
    gone = [visit() for _ in range(50)]
    assert objects() <= before
    assert [found for found in gone if found() is not None] == []
