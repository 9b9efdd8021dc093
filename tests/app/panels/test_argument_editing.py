import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QLabel

from studio.graph import edits
from studio.graph.problems import Problem
from studio.graph.report import NodeReport


def editor(inspector, name):
    return inspector.node_page.form.rows[name].editor


def reason(inspector, name):
    return inspector.findChild(QLabel, f"argument.{name}.reason")


@pytest.mark.parametrize(
    ("node", "argument", "text", "value"),
    [
        ("n2", "out_channels", "16", 16),
        ("n2", "kernel_size", "3, 5", (3, 5)),
        ("n2", "padding", "same", "same"),
        ("n4", "negative_slope", "1e-7", 1e-7),
        ("n5", "shape", "64, 8, 8", (64, 8, 8)),
        ("n7", "stride", "3", 3),
    ],
)
def test_typing_sets_the_argument_and_undo_takes_it_back(
    inspector, document, selection, type_into, node, argument, text, value
):
    before = document.graph
    selection.set([node])
    type_into(editor(inspector, argument), text)
    assert document.graph.node(node).arguments[argument] == value
    assert document.history.undo_label == f"Set {argument}"
    document.undo()
    assert document.graph == before


def test_switch_sets_a_bool(inspector, document, selection, qtbot):
    selection.set(["n2"])
    qtbot.mouseClick(editor(inspector, "bias"), Qt.MouseButton.LeftButton, pos=QPoint(10, 14))
    assert document.graph.node("n2").arguments["bias"] is False
    assert editor(inspector, "bias").text() == "off"
    document.undo()
    assert editor(inspector, "bias").isChecked()


def test_choice_sets_a_word_with_the_keyboard(inspector, document, selection, qtbot):
    selection.set(["n8"])
    qtbot.keyClick(editor(inspector, "approximate"), Qt.Key.Key_Down)
    assert document.graph.node("n8").arguments["approximate"] == "tanh"
    document.undo()
    assert editor(inspector, "approximate").currentText() == "none"


def test_a_small_number_is_shown_as_typed(inspector, selection, type_into):
    selection.set(["n4"])
    type_into(editor(inspector, "negative_slope"), "1e-7")
    assert editor(inspector, "negative_slope").text() == "1e-7"


def test_refused_text_stays_with_its_reason_and_changes_nothing(inspector, document, selection, type_into):
    before = document.graph
    selection.set(["n2"])
    type_into(editor(inspector, "kernel_size"), "0")
    assert document.graph is before
    assert editor(inspector, "kernel_size").text() == "0"
    assert editor(inspector, "kernel_size").property("invalid") is True
    assert reason(inspector, "kernel_size").text() == "kernel_size must be at least 1, not 0."
    assert not reason(inspector, "kernel_size").isHidden()


def test_complaint_goes_when_the_text_is_right_again(inspector, document, selection, type_into):
    selection.set(["n2"])
    type_into(editor(inspector, "kernel_size"), "0")
    type_into(editor(inspector, "kernel_size"), "5", commit=False)
    assert reason(inspector, "kernel_size").isHidden()


def test_escape_brings_the_old_value_back(inspector, document, selection, type_into, qtbot):
    selection.set(["n2"])
    type_into(editor(inspector, "kernel_size"), "0")
    qtbot.keyClick(editor(inspector, "kernel_size"), Qt.Key.Key_Escape)
    assert editor(inspector, "kernel_size").text() == "3"
    assert reason(inspector, "kernel_size").isHidden()


def test_inferred_value_is_shown_and_said_to_come_from_the_input(inspector, selection, tell):
    selection.set(["n2"])
    tell(nodes=[NodeReport("n2", (32, 26, 26), 320, 1, 2, (("in_channels", 1),))])
    field = editor(inspector, "in_channels")
    assert field.text() == ""
    assert field.lineEdit().placeholderText() == "1"
    assert "from input" in [label.text() for label in field.findChildren(QLabel)]


def test_emptied_field_goes_back_to_what_is_inferred(inspector, document, selection, type_into):
    selection.set(["n2"])
    type_into(editor(inspector, "in_channels"), "3")
    assert document.graph.node("n2").arguments["in_channels"] == 3
    type_into(editor(inspector, "in_channels"), "")
    assert "in_channels" not in document.graph.node("n2").arguments


def test_presses_of_an_arrow_are_one_step_of_undo(inspector, document, selection, qtbot):
    selection.set(["n2"])
    field = editor(inspector, "out_channels")
    for _ in range(3):
        qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.text() == "35"
    with qtbot.waitSignal(document.changed):
        pass
    assert document.graph.node("n2").arguments["out_channels"] == 35
    document.undo()
    assert "out_channels" not in document.graph.node("n2").arguments


def test_wheel_changes_nothing(inspector, document, selection, qtbot):
    selection.set(["n2"])
    for name in ("out_channels", "padding_mode"):
        field = editor(inspector, name)
        field.setFocus()
        event = QWheelEvent(
            QPointF(5, 5),
            QPointF(5, 5),
            QPoint(0, 0),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        field.wheelEvent(event)
        assert not event.isAccepted()
    inspector.flush()
    assert not document.history.can_undo


def test_unfinished_text_survives_news_about_the_node(inspector, document, selection, tell, type_into):
    selection.set(["n2"])
    type_into(editor(inspector, "out_channels"), "12", commit=False)
    tell(nodes=[NodeReport("n2", (32, 26, 26), 320, 1, 2, (("in_channels", 1),))])
    document.edit("Move", lambda graph: edits.move(graph, {"n2": (50.0, 60.0)}))
    assert editor(inspector, "out_channels").text() == "12"


def test_selecting_another_layer_commits_what_was_typed(inspector, document, selection, type_into):
    selection.set(["n2"])
    type_into(editor(inspector, "out_channels"), "12", commit=False)
    selection.set(["n3"])
    assert document.graph.node("n2").arguments["out_channels"] == 12
    assert "out_channels" not in document.graph.node("n3").arguments
    assert editor(inspector, "out_channels").text() == "32"


def test_reset_brings_the_default_back(inspector, document, selection, type_into):
    selection.set(["n2"])
    type_into(editor(inspector, "stride"), "2")
    row = inspector.node_page.form.rows["stride"]
    assert row.differs
    menu = row.menu()
    action = menu.findChild(QAction, "action.argument.reset.stride")
    assert action.text() == "Reset to 1"
    action.trigger()
    assert "stride" not in document.graph.node("n2").arguments
    assert not row.differs
    menu.deleteLater()


def test_design_undo_works_while_a_field_has_the_focus(inspector, document, selection, type_into, qtbot):
    undo = QAction("Undo", inspector)
    undo.setShortcut(QKeySequence.StandardKey.Undo)
    undo.triggered.connect(document.undo)
    inspector.addAction(undo)
    inspector.activateWindow()
    qtbot.waitActive(inspector)
    selection.set(["n2"])
    field = editor(inspector, "out_channels")
    type_into(field, "12")
    qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "out_channels" not in document.graph.node("n2").arguments
    assert field.text() == "32"


def test_focused_argument_is_explained(inspector, selection, qtbot):
    inspector.activateWindow()
    qtbot.waitActive(inspector)
    selection.set(["n2"])
    editor(inspector, "stride").setFocus()
    assert inspector.node_page.form.help_text().startswith("stride: Step of the filter")
    assert "Default 1." in inspector.node_page.form.help_text()


def test_problem_of_an_argument_stands_at_its_field(inspector, selection, tell):
    selection.set(["n2"])
    tell(problems=[Problem("error", "argument", "stride must be at least 1.", "n2", argument="stride")])
    assert reason(inspector, "stride").text() == "stride must be at least 1."
    tell()
    assert reason(inspector, "stride").isHidden()


def test_editing_several_layers_is_one_step(inspector, document, selection, type_into):
    before = document.graph
    selection.set(["n2", "n3"])
    type_into(editor(inspector, "kernel_size"), "5")
    assert [document.graph.node(node).arguments["kernel_size"] for node in ("n2", "n3")] == [5, 5]
    document.undo()
    assert document.graph == before


def test_differing_values_are_said_to_differ_and_can_be_made_one(inspector, document, selection, type_into):
    document.edit("Set", lambda graph: edits.set_argument(graph, "n3", "kernel_size", 7))
    document.edit("Set", lambda graph: edits.set_argument(graph, "n3", "bias", False))
    selection.set(["n2", "n3"])
    assert editor(inspector, "kernel_size").lineEdit().placeholderText() == "several values"
    assert editor(inspector, "bias").text() == "several values"
    type_into(editor(inspector, "kernel_size"), "7")
    assert document.graph.node("n2").arguments["kernel_size"] == 7
