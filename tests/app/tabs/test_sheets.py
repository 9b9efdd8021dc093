"""Several projects in one document: what is announced, and that each keeps its own past."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

from studio.app.document import Document
from studio.app.selection import Selection
from studio.graph import edits
from studio.graph.graph import Graph
from studio.project.project import Project
from tests.app.tabs.conftest import project
from tests.helpers.residual import residual_network


def add_relu(graph: Graph) -> Graph:
    return edits.add_node(graph, edits.new_node(graph, "ReLU"))


@pytest.fixture
def document(qapp):
    made = Document()
    made.open(project("a", "Linear"), Path("/somewhere/a.flow"))
    made.open(project("b", "ReLU", "ReLU"), Path("/somewhere/b.flow"))
    return made


def test_open_puts_a_project_beside_the_others_and_shows_it(document):
    assert [sheet.name for sheet in document.sheets] == ["a", "b"]
    assert document.name == "b"


def test_untouched_empty_project_makes_room_but_one_with_a_step_stays(qapp):
    document = Document()
    document.edit("Add", add_relu)
    document.undo()
    document.open(project("a"), None)
    assert len(document.sheets) == 2
    document.close(document.sheets[1])
    document.redo()
    document.open(project("b"), None)
    assert len(document.sheets) == 2


def test_show_announces_like_opening(document, qtbot):
    a, b = document.sheets
    heard = []
    document.level_left.connect(lambda: heard.append(("level left", document.sheet)))
    document.left.connect(lambda: heard.append(("left", document.sheet)))
    document.changed.connect(lambda old, new: heard.append(("changed", old, new)))
    document.opened.connect(lambda: heard.append(("opened", document.sheet)))
    document.show(a)
    assert heard == [
        ("level left", b),
        ("left", b),
        ("changed", b.project, a.project),
        ("opened", a),
    ]


def test_each_project_has_its_own_past(document):
    a, b = document.sheets
    document.edit("Add to b", add_relu)
    document.show(a)
    document.edit("Add to a", add_relu)
    document.edit("Again", add_relu)
    document.undo()
    assert (len(a.graph), len(b.graph)) == (2, 3)
    document.show(b)
    assert document.history.undo_label == "Add to b"
    document.undo()
    assert (len(a.graph), len(b.graph)) == (2, 2)
    assert not b.is_modified
    assert a.is_modified


def test_each_project_comes_back_at_its_level(qapp):
    document = Document()
    document.open(Project("a", residual_network()), None)
    document.enter("n2")
    inside = document.graph
    document.open(Project("b", residual_network()), None)
    assert document.level == ()
    document.show(document.sheets[0])
    assert document.level == ("n2",)
    assert document.graph is inside


def test_gesture_under_way_ends_with_its_project(document):
    a, b = document.sheets
    document.begin_gesture("Move")
    document.edit("Move", lambda graph: edits.move(graph, {"n1": (40.0, 40.0)}))
    document.show(a)
    document.edit("Add", add_relu)
    assert a.history.undo_label == "Add"
    assert b.history.undo_label == "Move"
    document.show(b)
    document.edit("Add", add_relu)
    assert b.history.index == 2


def test_close_shows_the_neighbour_and_an_empty_project_after_the_last(document):
    a, b = document.sheets
    document.show(a)
    document.close(a)
    assert document.sheets == (b,)
    assert document.sheet is b
    document.close(b)
    assert len(document.sheets) == 1
    assert document.sheet.is_untouched


def test_close_of_another_project_leaves_the_one_on_show(document, qtbot):
    a, b = document.sheets
    with qtbot.assertNotEmitted(document.changed):
        document.close(a)
    assert document.sheet is b


def test_move_changes_the_order_only(document):
    a, b = document.sheets
    document.move(b, 0)
    assert document.sheets == (b, a)
    assert document.sheet is b


def test_find_knows_files_that_are_open(document):
    assert document.find(Path("/somewhere/a.flow")) is document.sheets[0]
    assert document.find(Path("/somewhere/c.flow")) is None


def test_selection_is_kept_by_project_though_the_ids_are_the_same(document):
    selection = Selection(document)
    a, b = document.sheets
    selection.set(["n2"])
    document.show(a)
    assert selection.nodes == frozenset()
    selection.set(["n1"])
    document.show(b)
    assert selection.nodes == {"n2"}
    document.show(a)
    assert selection.nodes == {"n1"}


def test_closed_project_is_freed(document):
    gone = weakref.ref(document.sheets[1])
    document.close(document.sheets[1])
    gc.collect()
    assert gone() is None
