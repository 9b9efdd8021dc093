"""Several layers in the inspector, driven by keys and mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel

from studio.app.document import Document
from studio.app.facts import Facts
from studio.app.panels.inspector import InspectorPanel
from studio.app.selection import Selection
from studio.graph import edits
from studio.graph.graph import Graph
from studio.project.project import Project

KINDS = ("Conv2d", "Conv2d", "MaxPool2d", "Linear", "Dropout", "ReLU")


@pytest.fixture
def document(qapp):
    """n1 and n2 Conv2d, n3 MaxPool2d, n4 Linear, n5 Dropout, n6 ReLU."""
    graph = Graph()
    for place, kind in enumerate(KINDS):
        graph = edits.add_node(graph, edits.new_node(graph, kind, x=200.0 * place))
    return Document(Project("net", graph))


@pytest.fixture
def selection(document):
    return Selection(document)


@pytest.fixture
def inspector(document, selection, qtbot):
    panel = InspectorPanel(document, selection, Facts())
    qtbot.addWidget(panel)
    panel.resize(296, 1200)
    panel.show()
    return panel


@pytest.fixture
def page(inspector):
    return inspector.selection_page


@pytest.fixture
def write_into(qtbot):
    def write(editor, text):
        field = editor.lineEdit()
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, text)
        qtbot.keyClick(editor, Qt.Key.Key_Return)

    return write


def row(page, name):
    """Return the control for an argument, whichever group it stands in."""
    return next(form.rows[name] for form in page.forms if name in form.rows)


def values(document, name, *ids):
    return [document.graph.node(node_id).arguments.get(name) for node_id in ids]


def set_value(document, node_id, name, value):
    document.edit("Set", lambda graph: edits.set_argument(graph, node_id, name, value))


def test_groups_say_how_many_layers_they_are_about(page, selection):
    selection.set(["n1", "n3", "n4"])
    headings = [form.heading.text() for form in page.forms]
    assert headings == ["All 3 layers", "2 of 3: Conv2d, MaxPool2d", "2 of 3: Conv2d, Linear"]
    assert "kernel_size" in page.forms[1].rows
    assert "bias" in page.forms[2].rows


def test_mixed_values_are_shown_as_mixed(page, selection, document):
    set_value(document, "n1", "kernel_size", 5)
    selection.set(["n1", "n3"])
    field = row(page, "kernel_size").editor
    assert field.text() == ""
    assert field.lineEdit().placeholderText() == "several values"


def test_edit_is_one_step_for_all(page, selection, document, write_into):
    before = document.graph
    selection.set(["n1", "n2", "n3"])
    write_into(row(page, "kernel_size").editor, "7")
    assert values(document, "kernel_size", "n1", "n2", "n3") == [7, 7, 7]
    assert document.history.undo_label == "Set kernel_size"
    document.undo()
    assert document.graph == before


def test_switch_sets_all_that_have_it(page, selection, document, qtbot):
    selection.set(["n1", "n3", "n4"])
    qtbot.mouseClick(row(page, "bias").editor, Qt.MouseButton.LeftButton, pos=QPoint(10, 14))
    assert values(document, "bias", "n1", "n3", "n4") == [False, None, False]
    assert document.history.index == 1


def test_what_cannot_take_it_is_said_and_left_alone(page, selection, document, write_into):
    selection.set(["n1", "n3"])
    write_into(row(page, "padding").editor, "same")
    assert values(document, "padding", "n1", "n3") == ["same", None]
    note = next(form.note for form in page.forms if "padding" in form.rows)
    assert note.text().startswith(f"padding stays as it is in {document.graph.node('n3').name}: it must be")
    assert not note.isHidden()
    write_into(row(page, "padding").editor, "1")
    assert values(document, "padding", "n1", "n3") == [1, 1]
    assert note.isHidden()


def test_relative_edit_changes_each_by_itself(page, selection, document, write_into):
    set_value(document, "n1", "kernel_size", 5)
    set_value(document, "n3", "kernel_size", (2, 4))
    selection.set(["n1", "n3"])
    write_into(row(page, "kernel_size").editor, "*2")
    assert values(document, "kernel_size", "n1", "n3") == [10, (4, 8)]
    assert document.history.index == 3
    assert "*2 doubles it" in row(page, "kernel_size").editor.toolTip()


def test_arrows_change_each_by_itself(page, selection, document, qtbot):
    set_value(document, "n1", "kernel_size", 5)
    set_value(document, "n3", "kernel_size", 2)
    selection.set(["n1", "n3"])
    field = row(page, "kernel_size").editor
    field.setFocus()
    for _ in range(3):
        qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.text() == "+3"
    field.flush()
    assert values(document, "kernel_size", "n1", "n3") == [8, 5]
    assert document.history.undo_label == "Set kernel_size"
    assert document.history.index == 3


def test_reset_brings_each_default_back(page, selection, document, write_into):
    before = document.graph
    selection.set(["n1", "n3"])
    write_into(row(page, "kernel_size").editor, "9")
    menu = row(page, "kernel_size").menu()
    menu.findChild(QAction, "action.argument.reset.kernel_size").trigger()
    assert document.graph == before


def test_refused_value_stays_with_its_reason(page, selection, document, write_into):
    before = document.graph
    selection.set(["n1", "n3"])
    write_into(row(page, "kernel_size").editor, "0")
    assert document.graph is before
    assert row(page, "kernel_size").reason_label.text() == "kernel_size must be at least 1, not 0."


def test_initialization_of_convolution_and_linear_together(page, selection, document):
    selection.set(["n1", "n4"])
    choice = row(page, "weight_init").editor
    choice.activated.emit(choice.findText("kaiming_normal"))
    assert values(document, "weight_init", "n1", "n4") == ["kaiming_normal", "kaiming_normal"]


def test_layers_with_nothing_in_common_say_so(page, selection, document):
    document.edit("Add", lambda graph: edits.add_node(graph, edits.new_node(graph, "ImageInput")))
    selection.set(["n6", "n7"])
    assert page.forms == []
    assert not page._none.isHidden()


def test_names_by_a_pattern_follow_the_network(page, selection, document, qtbot):
    document.edit("Move", lambda graph: edits.move(graph, {"n4": (-500.0, 0.0)}))
    selection.set(["n1", "n3", "n4"])
    qtbot.keyClicks(page.bar.names, "stage{n}")
    qtbot.keyClick(page.bar.names, Qt.Key.Key_Return)
    names = [document.graph.node(node_id).name for node_id in ("n4", "n1", "n3")]
    assert names == ["stage1", "stage2", "stage3"]
    assert document.history.undo_label == "Rename 3 layers"


def test_pattern_without_a_number_is_refused_in_words(page, selection, document, qtbot):
    before = document.graph
    selection.set(["n1", "n3"])
    qtbot.keyClicks(page.bar.names, "stage")
    qtbot.keyClick(page.bar.names, Qt.Key.Key_Return)
    assert document.graph is before
    assert page.bar.reason == "Several layers need {n} in their name: stage{n}."
    qtbot.keyClicks(page.bar.names, "{n}")
    assert page.bar.reason == ""


def test_colour_of_all_is_one_step(page, selection, document):
    selection.set(["n1", "n3"])
    assert page.bar.color.text() == "As its family"
    page.bar.color_menu().findChild(QAction, "action.color.orange").trigger()
    assert [document.graph.node(node_id).look.color for node_id in ("n1", "n3")] == ["orange", "orange"]
    assert page.bar.color.text() == "Orange"
    document.undo()
    assert page.bar.color.text() == "As its family"


def test_colours_are_called_as_in_the_library(page, selection, document):
    selection.set(["n1", "n3"])
    entry = page.bar.color_menu().findChild(QAction, "action.color.input")
    assert entry.text() == "Inputs && parameters"
    entry.trigger()
    assert page.bar.color.text() == "Inputs && parameters"


def test_page_of_one_kind_has_names_and_colour_only_for_several(inspector, selection):
    selection.set(["n1"])
    assert inspector.node_page.together.isHidden()
    selection.set(["n1", "n2"])
    assert inspector.page is inspector.node_page
    assert not inspector.node_page.together.isHidden()


def test_relative_edit_of_layers_of_one_kind(inspector, selection, document, write_into):
    set_value(document, "n1", "out_channels", 48)
    set_value(document, "n2", "out_channels", 10)
    selection.set(["n1", "n2"])
    field = inspector.node_page.form.rows["out_channels"].editor
    write_into(field, "*2")
    assert values(document, "out_channels", "n1", "n2") == [96, 20]
    write_into(field, "/8")
    assert values(document, "out_channels", "n1", "n2") == [12, 20]
    assert "would be 2.5, which is no whole number" in inspector.node_page.note.text()


def test_relative_edit_of_a_single_layer(inspector, selection, document, write_into):
    set_value(document, "n1", "out_channels", 48)
    selection.set(["n1"])
    field = inspector.node_page.form.rows["out_channels"].editor
    write_into(field, "/32")
    reason = inspector.findChild(QLabel, "argument.out_channels.reason")
    assert reason.text() == "out_channels would be 1.5, which is no whole number."
    write_into(field, "/16")
    assert values(document, "out_channels", "n1") == [3]


def test_controls_follow_undo_and_keep_their_place(page, selection, document, write_into):
    selection.set(["n1", "n3"])
    field = row(page, "kernel_size").editor
    write_into(field, "7")
    document.undo()
    assert row(page, "kernel_size").editor is field
    assert field.text() != "7"


def test_unfinished_text_is_committed_to_the_layers_it_was_typed_for(page, selection, document, qtbot):
    selection.set(["n1", "n3"])
    field = row(page, "kernel_size").editor.lineEdit()
    field.selectAll()
    qtbot.keyClicks(field, "9")
    selection.set(["n4", "n6"])
    assert values(document, "kernel_size", "n1", "n3") == [9, 9]
