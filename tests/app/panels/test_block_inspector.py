"""The inspector for blocks: instances, the page of a block, settings, and values that are expressions."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from studio.app.document import Document
from studio.app.panels.inspector import InspectorPanel
from studio.app.panels.library_model import LibraryModel
from studio.app.selection import Selection
from studio.graph import edits
from studio.graph.problems import Problem
from studio.project.project import Project
from tests.helpers.residual import node, residual_network


@pytest.fixture
def document(qapp):
    return Document(Project("demo", residual_network()))


@pytest.fixture
def selection(document):
    return Selection(document)


@pytest.fixture
def inspector(document, selection, facts, qtbot):
    panel = InspectorPanel(document, selection, facts)
    qtbot.addWidget(panel)
    panel.resize(296, 900)
    panel.show()
    return panel


@pytest.fixture
def inside(document, selection, inspector):
    """The inspector, inside the block, with the convolution selected."""
    document.enter("n2")
    selection.set(["n2"])
    return inspector


def rows(inspector):
    page = inspector.node_page
    return {**page.form.rows, **(page.more.form.rows if page.more is not None else {})}


def choose(row, name: str) -> None:
    """Choose an entry of a row's context menu."""
    menu = row.menu()
    entry = next(action for action in menu.actions() if action.objectName() == f"action.argument.{name}")
    entry.trigger()
    menu.deleteLater()


def write_expression(qtbot, edit, text: str) -> None:
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def inner(document):
    return document.design.block("Residual").graph


# Instances


def test_instance_shows_arguments_then_repeat_enabled_frozen(inspector, selection):
    selection.set(["n2"])
    assert list(inspector.node_page.form.rows) == ["width", "repeat", "enabled", "frozen"]
    assert inspector.node_page.more is None
    assert inspector.node_page.bar.shared.text().startswith("2 instances share this definition")


def test_repeat_and_argument_of_an_instance_are_set(inspector, document, selection, type_into):
    selection.set(["n2"])
    type_into(rows(inspector)["repeat"].editor, "5")
    type_into(rows(inspector)["width"].editor, "16")
    assert dict(document.graph.node("n2").arguments) == {"repeat": 5, "width": 16}


def test_repeat_of_a_block_without_output_is_refused_at_its_field(inspector, document, selection, type_into):
    document.enter("n2")
    document.edit("Cut", lambda graph: edits.remove_nodes(graph, ["n5"]))
    document.leave()
    selection.set(["n3"])
    type_into(rows(inspector)["repeat"].editor, "2")
    assert "needs an input and an output" in rows(inspector)["repeat"].reason_label.text()
    assert "repeat" not in document.graph.node("n3").arguments


def test_buttons_ask_to_enter_and_to_part(inspector, selection, qtbot):
    selection.set(["n2"])
    bar = inspector.node_page.bar
    with qtbot.waitSignal(inspector.enter_wanted) as entered:
        qtbot.mouseClick(bar.enter, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(inspector.unique_wanted) as parted:
        qtbot.mouseClick(bar.unique, Qt.MouseButton.LeftButton)
    assert entered.args == parted.args == ["n2"]


def test_new_argument_of_a_block_appears_on_its_instance(inspector, document, selection):
    selection.set(["n2"])
    inspector.block_page._document.enter("n2")
    inspector.block_page.arguments.add.click()
    document.leave()
    selection.set(["n2"])
    assert "width2" in inspector.node_page.form.rows


# Settings


def test_settings_are_folded_away_and_open_where_one_is_set(inspector, document, selection):
    selection.set(["n5"])
    more = inspector.node_page.more
    assert more.form.isHidden()
    more.fold.click()
    assert not more.form.isHidden()
    document.edit("Freeze", lambda graph: edits.set_argument(graph, "n5", "frozen", True))
    assert more.fold.text() == "More, 1 set"


def test_settings_without_effect_are_left_out(inspector, document, selection):
    selection.set(["n5"])
    inspector.node_page.more.fold.click()
    found = rows(inspector)
    assert found["init_mode"].editor.isHidden()
    document.edit("Init", lambda graph: edits.set_argument(graph, "n5", "weight_init", "kaiming_normal"))
    assert not found["init_mode"].editor.isHidden()
    assert not found["init_gain"].editor.isHidden()


def test_layer_is_tied_to_another_by_name(inspector, document, selection):
    document.edit("Add", lambda graph: edits.add_node(graph, node("n8", "Linear", "decoder")))
    selection.set(["n8"])
    inspector.node_page.more.fold.click()
    combo = rows(inspector)["tied_to"].editor
    assert [combo.itemText(place) for place in range(combo.count())] == ["none", "fc"]
    combo.setCurrentIndex(1)
    combo.activated.emit(1)
    assert document.graph.node("n8").arguments["tied_to"] == "n5"


def test_layer_that_learns_nothing_can_only_be_switched_off(inspector, document, selection):
    selection.set(["n4"])
    assert list(inspector.node_page.more.form.rows) == ["enabled"]
    inspector.node_page.more.fold.click()
    rows(inspector)["enabled"].editor.click()
    assert document.graph.node("n4").arguments["enabled"] is False


# Expressions


def test_expression_is_shown_with_its_value(inside):
    row = rows(inside)["out_channels"]
    assert row.editor.isHidden()
    assert (row.expression.text(), row.expression.result) == ("=width", "= 8")


def test_expression_is_typed_into_a_number_field(inside, document, type_into):
    type_into(rows(inside)["padding"].editor, "=width // 8")
    assert inner(document).node("n2").arguments["padding"] == "=width // 8"
    assert rows(inside)["padding"].expression.result == "= 1"


def test_plain_value_takes_the_place_of_an_expression(inside, document, qtbot):
    write_expression(qtbot, rows(inside)["out_channels"].expression, "12")
    assert inner(document).node("n2").arguments["out_channels"] == 12
    assert not rows(inside)["out_channels"].editor.isHidden()


@pytest.mark.parametrize(
    ("text", "reason"),
    [("=widht", 'no argument "widht"'), ("=width +", "not an expression"), ("=1 / 0", "divides by zero")],
)
def test_expression_without_value_is_refused_and_stays_to_be_mended(inside, document, qtbot, text, reason):
    before = document.design
    write_expression(qtbot, rows(inside)["out_channels"].expression, text)
    assert reason in rows(inside)["out_channels"].reason_label.text()
    assert rows(inside)["out_channels"].expression.text() == text
    assert document.design is before


def test_switch_becomes_an_expression_by_its_menu(inside, document, qtbot):
    row = rows(inside)["bias"]
    choose(row, "expression.bias")
    write_expression(qtbot, row.expression, "=width > 4")
    assert inner(document).node("n2").arguments["bias"] == "=width > 4"
    assert row.expression.result == "= on"


def test_expression_begun_and_left_is_given_up(inside, qtbot):
    row = rows(inside)["bias"]
    choose(row, "expression.bias")
    qtbot.keyClick(row.expression, Qt.Key.Key_Escape)
    assert row.expression.isHidden()
    assert not row.editor.isHidden()


def test_value_of_an_expression_becomes_plain(inside, document):
    choose(rows(inside)["out_channels"], "plain.out_channels")
    assert inner(document).node("n2").arguments["out_channels"] == 8


def test_exposed_argument_is_one_of_the_block_and_undone_in_one_step(inside, document):
    before = document.design
    choose(rows(inside)["kernel_size"], "expose.kernel_size")
    block = document.design.block("Residual")
    assert block.argument("kernel_size").default == 3
    assert block.graph.node("n2").arguments["kernel_size"] == "=kernel_size"
    document.undo()
    assert document.design == before


def test_concealed_argument_leaves_the_block(inside, document):
    choose(rows(inside)["kernel_size"], "expose.kernel_size")
    choose(rows(inside)["kernel_size"], "conceal.kernel_size")
    assert document.design.block("Residual").argument("kernel_size") is None


def test_nothing_is_exposed_outside_a_block(inspector, selection):
    selection.set(["n5"])
    menu = rows(inspector)["out_features"].menu()
    assert not [action for action in menu.actions() if "expose" in action.objectName()]
    menu.deleteLater()


def test_typed_text_belongs_to_the_level_it_was_typed_at(inside, document, selection, type_into):
    document.level_left.connect(inside.flush)  # as the window does
    type_into(rows(inside)["padding"].editor, "2", commit=False)
    document.leave()
    assert inner(document).node("n2").arguments["padding"] == 2
    assert "padding" not in document.graph.node("n2").arguments


# The page of a block


def test_block_page_stands_for_the_project_inside(inspector, document, selection):
    assert inspector.page is inspector.project_page
    document.enter("n2")
    assert inspector.page is inspector.block_page
    selection.set(["n3"])
    assert inspector.page is inspector.node_page
    document.leave()
    assert inspector.page is inspector.project_page


def edit_cell(qtbot, page, place: int, column: str, text: str) -> None:
    cell = page.arguments.lines[place][column]
    cell.setFocus()
    cell.selectAll()
    qtbot.keyClicks(cell, text)
    qtbot.keyClick(cell, Qt.Key.Key_Return)


def test_argument_is_added_renamed_and_given_limits(inspector, document, qtbot):
    document.enter("n2")
    page = inspector.block_page
    page.arguments.add.click()
    edit_cell(qtbot, page, 1, "name", "rate")
    edit_cell(qtbot, page, 1, "default", "0.5")
    edit_cell(qtbot, page, 1, "max", "1")
    argument = document.design.block("Residual").argument("rate")
    assert (argument.default, argument.maximum) == (0.5, 1)


def test_renamed_argument_is_renamed_in_expressions(inspector, document, qtbot):
    document.enter("n2")
    edit_cell(qtbot, inspector.block_page, 0, "name", "maps")
    assert inner(document).node("n2").arguments["out_channels"] == "=maps"
    assert document.design.node("n2").arguments["maps"] == 8


def test_argument_that_instances_set_differently_stays_with_a_reason(inspector, document):
    document.enter("n2")
    inspector.block_page.arguments.removed.emit("width")
    assert "not all instances have the same value" in inspector.block_page.reason.text()
    assert document.design.block("Residual").argument("width") is not None


def test_limit_that_is_no_number_is_refused_and_the_cell_is_put_back(inspector, document, qtbot):
    document.enter("n2")
    edit_cell(qtbot, inspector.block_page, 0, "min", "few")
    assert "must be a number" in inspector.block_page.reason.text()
    assert inspector.block_page.arguments.lines[0]["min"].text() == "1"


def test_block_is_renamed_and_its_instances_follow(inspector, document, qtbot):
    document.enter("n2")
    inspector.block_page.header.renamed.emit("Basic")
    assert document.design.node("n2").kind == "block:Basic"
    assert document.block == "Basic"
    inspector.block_page.header.renamed.emit("two words")
    assert "cannot be a block's name" in inspector.findChild(QLabel, "block.name.reason").text()


def test_library_offers_the_blocks_of_the_project(qapp):
    model = LibraryModel()
    model.set_blocks(residual_network().blocks)
    assert model.spec(model.index_of("block:Residual")).title == "Residual"
    model.set_query("resid")
    assert model.spec(model.index(0, 0)).kind == "block:Residual"


def test_problem_inside_a_block_is_chosen_by_its_path(inspector, selection, tell, qtbot):
    tell(problems=[Problem("error", "shape", "Wrong.", "n2[1]/n3")])
    selection.set(["n2"])
    (card,) = inspector.node_page.problems.cards()
    with qtbot.waitSignal(inspector.problem_chosen) as chosen:
        qtbot.keyClick(card, Qt.Key.Key_Return)
    assert chosen.args == ["n2[1]/n3"]


def test_empty_repeat_says_what_it_means(inspector, selection):
    selection.set(["n3"])
    assert rows(inspector)["repeat"].editor.lineEdit().placeholderText() == "one"
