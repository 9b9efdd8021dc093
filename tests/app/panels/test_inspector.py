from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from studio.catalog.registry import signature
from studio.graph import edits
from studio.graph.node import Node
from studio.graph.problems import Fix, Problem
from studio.graph.report import NodeReport

FLATTEN = Problem(
    "error",
    "shape",
    'Linear "linear" takes rows.',
    "n6",
    "input",
    suggestion="Insert a Flatten.",
    fixes=(Fix("Insert Flatten", "insert", "n6", "input", "Flatten"),),
)


def wire_conv_to_linear(document):
    document.edit("Wire", lambda graph: edits.connect(graph, "n2", "output", "n6", "input", signature))


def test_page_follows_the_selection(inspector, selection):
    assert inspector.page is inspector.project_page
    selection.set(["n2"])
    assert inspector.page is inspector.node_page
    selection.set(["n2", "n3"])
    assert inspector.page is inspector.node_page
    selection.set(["n2", "n4"])
    assert inspector.page is inspector.selection_page
    selection.clear()
    assert inspector.page is inspector.project_page


def test_renaming_in_place(inspector, document, selection, qtbot):
    selection.set(["n2"])
    field = inspector.node_page.header.name_edit
    field.selectAll()
    qtbot.keyClicks(field, "stem")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert document.graph.node("n2").name == "stem"
    document.undo()
    assert field.text() == "conv2d"


def test_taken_name_is_refused_with_the_reason(inspector, document, selection, qtbot):
    selection.set(["n2"])
    field = inspector.node_page.header.name_edit
    field.selectAll()
    qtbot.keyClicks(field, "conv2d1")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    reason = inspector.findChild(QLabel, "inspector.name.reason")
    assert reason.text() == 'Another layer is called "conv2d1" already.'
    assert document.graph.node("n2").name == "conv2d"
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "conv2d"
    assert reason.isHidden()


def test_costs_are_shown(inspector, selection, tell):
    selection.set(["n2"])
    tell(nodes=[NodeReport("n2", (32, 28, 28), 320, 225792, 100352)])
    assert inspector.node_page.table.facts() == {
        "output": "32 × 28 × 28",
        "parameters": "320",
        "MACs": "225,792",
        "activations": "98.0 KiB",
    }


def test_costs_of_several_layers_are_added(inspector, selection, tell):
    selection.set(["n2", "n3"])
    tell(nodes=[NodeReport("n2", (32, 28, 28), 320, 5, 0), NodeReport("n3", (8, 28, 28), 80, 6, 0)])
    facts = inspector.node_page.table.facts()
    assert (facts["output"], facts["parameters"], facts["MACs"]) == ("several", "400", "11")


def test_fix_button_mends_the_design_and_undo_takes_it_back(inspector, document, selection, tell, qtbot):
    wire_conv_to_linear(document)
    before = document.graph
    selection.set(["n6"])
    tell(problems=[FLATTEN])
    (card,) = inspector.node_page.problems.cards()
    qtbot.mouseClick(card.fixes.buttons()[0], Qt.MouseButton.LeftButton)
    kinds = [document.graph.node(edge.source).kind for edge in document.graph.inputs_of("n6")]
    assert kinds == ["Flatten"]
    document.undo()
    assert document.graph == before


def test_fix_that_no_longer_fits_says_so(inspector, selection, tell, qtbot):
    selection.set(["n6"])
    tell(problems=[FLATTEN])
    qtbot.mouseClick(inspector.node_page.problems.cards()[0].fixes.buttons()[0], Qt.MouseButton.LeftButton)
    refusal = inspector.node_page.findChild(QLabel, "problems.refusal")
    assert refusal.text() == "The wire that the suggestion was about is gone."
    assert not refusal.isHidden()


def test_unknown_layer_is_shown_without_arguments(inspector, document, selection):
    document.edit("Add", lambda graph: edits.add_node(graph, Node("n99", "Conv9d", "future")))
    selection.set(["n99"])
    assert inspector.node_page.form is None
    assert inspector.findChild(QLabel, "inspector.kind").text() == "Conv9d (unknown)"


def test_deleted_layer_leaves_the_inspector(inspector, document, selection, type_into):
    selection.set(["n2"])
    type_into(inspector.node_page.form.rows["out_channels"].editor, "5", commit=False)
    document.edit("Delete", lambda graph: edits.remove_nodes(graph, ["n2"]))
    assert inspector.page is inspector.project_page


def test_several_kinds_are_counted(inspector, selection, tell):
    selection.set(["n2", "n3", "n4"])
    assert inspector.selection_page.title.text() == "3 layers selected"
    assert inspector.selection_page.kinds.facts() == {"Conv2d": "2", "LeakyReLU": "1"}


def test_every_control_has_a_name_for_tests_and_screen_readers(inspector, document, selection):
    for node in document.graph.ordered():
        selection.set([node.id])
        for name, row in inspector.node_page.form.rows.items():
            assert row.editor.objectName() == f"argument.{name}"
            assert row.editor.accessibleName() == name
            assert row.editor.toolTip()


def test_a_long_fix_does_not_push_the_page_out_of_its_panel(inspector, selection, tell, qtbot):
    label = "Add CrossEntropyLoss and Target, and wire both up"
    fix = Fix(label, "insert", "n6", "input", "Flatten")
    tell(problems=[Problem("warning", "loss", "no loss", "n6", fixes=(fix,))])
    selection.set(["n6"])
    page = inspector.node_page
    qtbot.waitUntil(lambda: page.widget().width() == page.viewport().width())
