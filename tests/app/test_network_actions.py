"""The Network menu: what each entry would change, is refused for, and does as one step of undo."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QPushButton

from studio import zoo
from studio.app.document import Document
from studio.app.main_window import MainWindow
from studio.app.network_actions import wording
from studio.app.network_actions.comparison import Comparison
from studio.app.network_actions.dialog import NOTHING, WAITING, ActionDialog, weights_text
from studio.app.network_actions.fitting import EMPTY, fitted, why_not
from studio.app.network_actions.menu import SELECT, with_mnemonic
from studio.app.settings import Settings
from studio.engine.local import LocalClient
from studio.engine.records import EngineLost, Failed, Ready, Summarise, Summarised, SummaryColumns
from studio.graph import edits
from studio.graph.graph import Graph
from studio.graph.problems import Problem
from studio.graph.report import Totals
from studio.project.project import Project
from studio.project.weights import with_initial_weights
from studio.zoo.actions import Action, actions

PATIENCE_MS = 90_000
RESNET = zoo.build("cifar_resnet", n=1)
MLP = zoo.build("mlp")
ALEXNET = zoo.build("alexnet")


def tell(client, link, record):
    client.answers.append(record)
    link.drain()


def answer(request, parameters, problems=(), columns=None):
    return Summarised(request.id, columns or SummaryColumns(), Totals(parameters=parameters), 64, problems)


def action_for(name: str, design: Graph) -> Action:
    return fitted(actions()[name], design)


# What suits a network ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "design", "reason"),
    [
        ("remove_shortcuts", MLP, "This network has no shortcuts."),
        ("insert_batch_norm", RESNET, "Every convolution of this network is normalized already."),
        ("switch_shortcuts", MLP, 'No block of this network has an argument "shortcut"'),
        ("multiply_depth", MLP, "Nothing in this network is repeated."),
        ("deepen_with_identity", ALEXNET, "No row of residual blocks"),
        ("replace_activation", zoo.build("softmax_regression"), "This network has no activations."),
        ("multiply_width", zoo.build("softmax_regression"), "No layer of this network has a width."),
        ("convert_fc_to_conv", Graph(), EMPTY),
    ],
)
def test_what_cannot_change_a_network_says_why(name, design, reason):
    assert why_not(action_for(name, design), design).startswith(reason)


def test_no_linear_layer_after_a_flatten_leaves_nothing_to_convert():
    design = edits.remove_nodes(ALEXNET, [ALEXNET.named("flatten").id])
    assert why_not(actions()["convert_fc_to_conv"], design) == (
        "This network has no Linear layer after a Flatten."
    )


@pytest.mark.parametrize(
    "name", ["replace_activation", "remove_shortcuts", "multiply_width", "multiply_depth"]
)
def test_what_can_change_a_network_gives_no_reason(name):
    assert why_not(action_for(name, RESNET), RESNET) == ""


def test_choices_are_those_of_the_network_and_the_first_does_something():
    found = action_for("replace_activation", zoo.build("mlp", activation="Tanh"))
    assert found.arguments[0].choices == ("Tanh",)
    assert found.arguments[0].default == "Tanh"
    option = action_for("switch_shortcuts", RESNET).arguments[0]
    assert actions()["switch_shortcuts"].run(RESNET, {"option": option.default}).count > 0


# Words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name, action in actions().items() if not action.needs_shapes])
def test_every_action_is_announced_before_it_is_done(name):
    action = action_for(name, RESNET)
    done = action.run(RESNET, {}).text
    verb = wording.would(done).partition(" ")[0]
    assert verb.endswith("s")
    assert verb != done.partition(" ")[0]


def test_both_verbs_of_a_sentence_change():
    assert wording.would('Deleted "fc7" and closed the gaps.') == 'Deletes "fc7" and closes the gaps.'


def test_places_name_blocks_with_their_uses():
    change = action_for("replace_activation", RESNET).run(RESNET, {})
    assert wording.where(RESNET, change.graph) == "In the block BasicBlock (3 uses) and the network itself."
    assert wording.where(RESNET, RESNET) == ""


@pytest.mark.parametrize(
    ("old", "new", "text"), [(5000, 1000, "−4,000"), (1, 65, "+64"), (7, 7, "same"), (None, 7, "")]
)
def test_differences_have_a_sign(old, new, text):
    assert wording.difference(old, new) == text


def test_only_new_errors_are_told():
    old, new = Problem("error", "n1", "Old."), Problem("error", "n2", "New.")
    hint = Problem("warning", "n2", "Hint.")
    question = Summarise(1, {})
    found = wording.new_problems(answer(question, 1, (old,)), answer(question, 1, (old, new, hint)))
    assert found == (new,)
    assert wording.problems_text(found) == "It would have 1 new problem: New."


def test_mnemonics_differ():
    taken = {"r"}
    assert [with_mnemonic(title, taken) for title in ("Remove", "Replace")] == ["R&emove", "Re&place"]


# Asking the engine -------------------------------------------------------------------------------------


def test_both_sides_are_asked_under_subjects_of_their_own(client, link):
    comparison = Comparison(link)
    comparison.begin(Project("p", MLP))
    comparison.look_at(Project("p", RESNET))
    assert [request.subject for request in client.asked] == ["action before", "action after"]
    tell(client, link, answer(client.asked[1], 5))
    assert comparison.before is None
    assert comparison.after.totals.parameters == 5


def test_answers_to_older_questions_do_not_count(client, link):
    comparison = Comparison(link)
    comparison.look_at(Project("p", MLP))
    comparison.look_at(Project("p", RESNET))
    tell(client, link, answer(client.asked[0], 5))
    tell(client, link, Failed(1, "superseded", "Moot."))
    assert comparison.after is None
    assert comparison.reason == ""


def test_a_refusal_is_told_here_and_nowhere_else(client, link, qtbot):
    comparison = Comparison(link)
    comparison.look_at(Project("p", MLP))
    with qtbot.assertNotEmitted(link.failed):
        tell(client, link, Failed(1, "problems", "Too large."))
    assert comparison.reason == "Too large."


def test_the_next_engine_is_asked_again(client, link):
    comparison = Comparison(link)
    comparison.look_at(Project("p", MLP))
    tell(client, link, EngineLost("killed"))
    tell(client, link, Ready(0, 1, "2", ("cpu",), "cpu"))
    assert len(client.asked) == 2
    tell(client, link, answer(client.asked[1], 5))
    assert comparison.after.totals.parameters == 5


# The dialog --------------------------------------------------------------------------------------------


@pytest.fixture
def open_dialog(qtbot, link):
    def opened(name: str, graph: Graph) -> ActionDialog:
        document = Document(Project("net", graph))
        comparison = Comparison(link)
        comparison.begin(document.project)
        dialog = ActionDialog(action_for(name, graph), document, comparison)
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.open()
        return dialog

    return opened


def test_the_preview_follows_the_arguments_and_changes_nothing(open_dialog, client, link):
    dialog = open_dialog("multiply_width", MLP)
    dialog.set_value("factor", 0.5)
    assert dialog.sentence.text() == "Multiplies the width of 1 layer by 0.5."
    assert dialog.places.text() == "In the network itself."
    before, after = client.asked[0], client.asked[-1]
    tell(client, link, answer(before, 50_890))
    tell(client, link, answer(after, 25_450))
    assert dialog.table.lines()["parameters"] == ("50,890", "25,450", "−25,440")
    assert dialog._project.graph is MLP


def test_the_slope_is_asked_for_only_where_there_is_one(open_dialog):
    dialog = open_dialog("replace_activation", MLP)
    assert dialog.form.rows["per_channel"].editor.isVisible()
    dialog.set_value("new", "Tanh")
    assert not dialog.form.rows["per_channel"].editor.isVisible()


def test_choices_that_change_nothing_cannot_be_applied(open_dialog, qtbot):
    dialog = open_dialog("replace_activation", MLP)
    dialog.set_value("new", "ReLU")
    assert dialog.sentence.text() == NOTHING
    assert not dialog.apply_button.isEnabled()
    with qtbot.assertNotEmitted(dialog.applied):
        dialog.make()


def test_a_refusal_stands_where_it_belongs(open_dialog):
    dialog = open_dialog("deepen_with_identity", RESNET)
    dialog.set_value("by", 10**6)
    assert dialog.form.rows["by"].reason_label.text().endswith("by must be at most 1000, not 1000000.")
    assert dialog.sentence.text() == ""
    assert not dialog.can_apply


def test_a_refusal_of_the_network_is_a_sentence(open_dialog):
    dialog = open_dialog("multiply_depth", MLP)
    assert dialog.sentence.text().startswith("Nothing in this network is repeated.")
    assert dialog.sentence.property("role") == "bad"


def test_an_unfinished_number_is_taken_over_by_apply(open_dialog, qtbot):
    dialog = open_dialog("multiply_width", MLP)
    field = dialog.form.rows["factor"].editor
    field.setFocus()
    QTest.keyClick(field.lineEdit(), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field.lineEdit(), "4")
    with qtbot.waitSignal(dialog.applied) as applied:
        dialog.apply_button.click()
    assert applied.args[0].text == "Multiplied the width of 1 layer by 4."


def test_what_needs_shapes_waits_for_them(open_dialog, client, link):
    dialog = open_dialog("convert_fc_to_conv", ALEXNET)
    assert dialog.sentence.text() == WAITING
    assert not dialog.apply_button.isEnabled()
    flat = [("n6", (256, 6, 6)), ("n6/n6", (256, 6, 6)), ("n6/n7", (256, 6, 6)), ("n6/n5", (256, 6, 6))]
    paths, shapes = zip(*flat, strict=True)
    rest = {name: (0,) * len(flat) for name in ("parameters", "trainable", "macs", "activation_bytes")}
    names = ("",) * len(flat)
    columns = SummaryColumns(paths, names, names, shapes, (None,) * len(flat), **rest)
    tell(client, link, answer(client.asked[0], 1, columns=columns))
    assert dialog.sentence.text() == "Turns 3 fully connected layers into convolutions."
    assert dialog.apply_button.isEnabled()


def test_new_problems_are_told_before_they_are_made(open_dialog, client, link):
    dialog = open_dialog("multiply_width", MLP)
    tell(client, link, answer(client.asked[0], 1))
    tell(client, link, answer(client.asked[-1], 1, (Problem("error", "n1", "It does not fit."),)))
    assert dialog.warning.text() == "It would have 1 new problem: It does not fit."
    assert dialog.apply_button.isEnabled()


def test_a_file_of_initial_weights_has_to_fit_the_new_network():
    assert weights_text(Project("p")).endswith("the new network starts with fresh ones.")
    project = with_initial_weights(Project("p"), "old.safetensors")
    assert "initial weights in old.safetensors must fit" in weights_text(project)


# The window --------------------------------------------------------------------------------------------


def leave(window: MainWindow) -> None:
    window.workspace.close()
    window.document.history.mark_saved()


@pytest.fixture
def window(qtbot, tmp_path):
    made = MainWindow(LocalClient(), Settings(tmp_path / "settings.json"))
    qtbot.addWidget(made, before_close_func=leave)
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: made.findChild(QAction, "action.network.remove_shortcuts") is not None)
    return made


def show(window: MainWindow, graph: Graph) -> None:
    window.document.open(Project("net", graph), None)


def look(window: MainWindow) -> None:
    """Open the menu, as far as its entries notice."""
    menu = next(menu for menu in window.menuBar().findChildren(QMenu) if menu.title() == "&Network")
    menu.aboutToShow.emit()


def entry(window: MainWindow, name: str) -> QAction:
    found = window.findChild(QAction, f"action.network.{name}")
    assert found is not None
    return found


def test_entries_say_why_they_cannot_be_chosen(window):
    show(window, MLP)
    look(window)
    shortcuts = entry(window, "remove_shortcuts")
    assert not shortcuts.isEnabled()
    assert shortcuts.toolTip() == shortcuts.statusTip() == "This network has no shortcuts."
    assert entry(window, "multiply_width").isEnabled()
    assert entry(window, "delete_and_reconnect").toolTip() == SELECT
    show(window, RESNET)
    look(window)
    assert shortcuts.isEnabled()


def test_removing_shortcuts_is_one_step_and_the_notice_takes_it_back(qtbot, window):
    show(window, RESNET)
    kept = RESNET.named("conv1").id
    window.workspace.selection.set([kept])
    entry(window, "remove_shortcuts").trigger()
    assert window.document.history.undo_label == "Remove shortcuts"
    assert window.workspace.selection.single == kept
    assert window.banner.text.startswith("Removed 3 shortcuts.")
    qtbot.waitUntil(lambda: "parameters" in window.banner.text, timeout=PATIENCE_MS)
    assert window.banner.text == "Removed 3 shortcuts. It has 75,290 parameters as before."
    window.findChild(QPushButton, "banner.undo").click()
    assert window.document.design is RESNET
    assert window.banner.text == ""


def test_the_notice_goes_with_the_next_edit(window):
    show(window, RESNET)
    entry(window, "remove_shortcuts").trigger()
    window.document.edit("Move", lambda graph: edits.move(graph, {"n1": (5.0, 5.0)}))
    assert window.banner.text == ""


def test_what_was_disabled_may_be_tried_again_on_another_network(window):
    show(window, MLP)
    look(window)
    show(window, RESNET)
    assert entry(window, "remove_shortcuts").isEnabled()


def test_what_no_longer_suits_says_so_above_the_canvas(window):
    show(window, MLP)
    entry(window, "remove_shortcuts").trigger()
    assert window.banner.text == "Remove shortcuts: This network has no shortcuts."
    assert not window.document.history.can_undo


@pytest.mark.parametrize(
    ("names", "fewer"), [(["fc7"], 16_781_312), (["conv3", "conv4", "fc6", "fc7"], 51_110_656)]
)
def test_the_ablations_of_alexnet_show_what_they_save(qtbot, window, names, fewer):
    show(window, ALEXNET)
    window.workspace.selection.set([ALEXNET.named(name).id for name in names])
    window.canvas.ablation_wanted.emit()
    dialog = window.menus.network.dialog
    lines = dialog.table.lines
    qtbot.waitUntil(lambda: lines()["parameters"][2] != "", timeout=PATIENCE_MS)
    assert lines()["parameters"] == ("60,965,224", f"{60_965_224 - fewer:,}", f"−{fewer:,}")
    dialog.make()
    assert not {node.name for node in window.document.graph.nodes.values()} & set(names)
    assert len(window.workspace.selection.nodes) == 0
    window.document.undo()
    assert window.document.design is ALEXNET


def test_inside_a_block_the_definition_changes_and_followers_go_along(window):
    show(window, ALEXNET)
    window.document.go_to((ALEXNET.named("conv5").id,))
    conv = window.document.graph.named("conv").id
    window.workspace.selection.set([conv])
    entry(window, "delete_and_reconnect").trigger()
    dialog = window.menus.network.dialog
    assert dialog.places.text().startswith("In the block ConvLayer (5 uses)")
    assert "What goes: conv, relu, norm." in dialog.places.text()
    dialog.make()
    assert window.document.level == (ALEXNET.named("conv5").id,)
    assert {node.name for node in window.document.graph.nodes.values()} == {"input", "pool", "output"}


def test_sizes_are_the_engines_and_shown_facts_stay(qtbot, window):
    show(window, MLP)
    facts = window.workspace.facts
    qtbot.waitUntil(lambda: facts.totals.parameters == 50_890, timeout=PATIENCE_MS)
    entry(window, "multiply_width").trigger()
    lines = window.menus.network.dialog.table.lines
    qtbot.waitUntil(lambda: lines()["parameters"] == ("50,890", "101,770", "+50,880"), timeout=PATIENCE_MS)
    assert facts.totals.parameters == 50_890
    window.menus.network.dialog.make()
    qtbot.waitUntil(lambda: facts.totals.parameters == 101_770, timeout=PATIENCE_MS)
    assert window.banner.text.endswith("Parameters 50,890 → 101,770 (+50,880).")


def test_shapes_for_convolutions_come_from_the_engine(qtbot, window):
    show(window, zoo.build("lenet5"))
    entry(window, "convert_fc_to_conv").trigger()
    dialog = window.menus.network.dialog
    qtbot.waitUntil(lambda: dialog.can_apply, timeout=PATIENCE_MS)
    dialog.make()
    kinds = [node.kind for node in window.document.design.nodes.values()]
    assert "Linear" not in kinds
    assert window.banner.text.startswith("Turned 3 fully connected layers into convolutions.")
