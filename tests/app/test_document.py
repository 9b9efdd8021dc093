from __future__ import annotations

from pathlib import Path

import pytest

from studio.app.document import Document
from studio.app.selection import Selection
from studio.errors import GraphError
from studio.graph import edits
from studio.graph.graph import Graph
from studio.project.project import Project


def add_relu(graph: Graph) -> Graph:
    return edits.add_node(graph, edits.new_node(graph, "ReLU"))


@pytest.fixture
def document(qapp):
    return Document()


def test_edit_announces_old_and_new(document, qtbot):
    before = document.project
    with qtbot.waitSignal(document.changed) as caught:
        document.edit("Add ReLU", add_relu)
    assert caught.args[0] is before
    assert caught.args[1] is document.project
    assert len(document.graph) == 1


def test_edit_without_effect_announces_nothing(document, qtbot):
    with qtbot.assertNotEmitted(document.changed):
        document.edit("Nothing", lambda graph: graph)
    assert not document.history.can_undo


def test_failed_edit_changes_nothing(document):
    before = document.project
    with pytest.raises(GraphError, match='There is no node "n9"'):
        document.edit("Remove", lambda graph: edits.remove_nodes(graph, ["n9"]))
    assert document.project is before


def test_undo_restores_the_value_itself(document):
    before = document.project
    document.edit("Add ReLU", add_relu)
    document.undo()
    assert document.project is before
    document.redo()
    assert len(document.graph) == 1


def test_gesture_is_one_step(document):
    document.edit("Add ReLU", add_relu)
    document.begin_gesture("Move")
    for x in range(10):
        document.edit("Move", lambda graph, x=x: edits.move(graph, {"n1": (float(x), 0.0)}))
    document.end_gesture()
    assert document.history.undo_label == "Move"
    document.undo()
    assert document.graph.node("n1").x == 0.0
    assert document.history.undo_label == "Add ReLU"


def test_cancelled_gesture_goes_back(document):
    document.edit("Add ReLU", add_relu)
    document.begin_gesture("Move")
    document.edit("Move", lambda graph: edits.move(graph, {"n1": (50.0, 0.0)}))
    document.cancel_gesture()
    assert document.graph.node("n1").x == 0.0
    assert document.history.undo_label == "Add ReLU"


def test_modified_follows_save_and_undo(document):
    assert not document.is_modified
    document.edit("Add ReLU", add_relu)
    assert document.is_modified
    document.mark_saved(Path("relu.flow"))
    assert not document.is_modified
    document.undo()
    assert document.is_modified


def test_saving_names_the_project_after_its_file(document):
    document.edit("Add ReLU", add_relu)
    document.mark_saved(Path("folder/relu.flow"))
    assert document.name == "relu"
    assert document.history.undo_label == "Add ReLU"


def test_open_forgets_the_past(document, qtbot):
    document.edit("Add ReLU", add_relu)
    with qtbot.waitSignals([document.changed, document.opened, document.state_changed]):
        document.open(Project(name="other"), Path("other.flow"))
    assert not document.history.can_undo
    assert not document.is_modified


def test_selection_forgets_what_is_gone(document, qtbot):
    selection = Selection(document)
    document.edit("Add ReLU", add_relu)
    selection.set(["n1"])
    with qtbot.waitSignal(selection.changed):
        document.undo()
    assert selection.nodes == frozenset()


def test_selection_announces_only_changes(document, qtbot):
    selection = Selection(document)
    document.edit("Add ReLU", add_relu)
    selection.set(["n1"])
    with qtbot.assertNotEmitted(selection.changed):
        selection.set(["n1"])
    selection.toggle("n1")
    assert selection.single is None
