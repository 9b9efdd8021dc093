import pytest
from PySide6.QtCore import Qt

from studio.app.panels.problem_list import MOST_SHOWN
from studio.app.panels.problems import ProblemsPanel
from studio.graph.problems import Fix, Problem

ERROR = Problem(
    "error",
    "argument",
    "stride must be at least 1.",
    "n2",
    argument="stride",
    suggestion="Set stride to 1.",
    fixes=(Fix("Set stride to 2", "set", "n2", argument="stride", value=2),),
)
WARNING = Problem("warning", "unreachable", '"relu" leads nowhere.', "n4")
NOTE = Problem("info", "size", "The network is small.")


@pytest.fixture
def panel(document, facts, qtbot):
    made = ProblemsPanel(document, facts)
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    return made


def test_before_the_first_answer_it_promises_nothing(panel):
    assert panel.empty.text().startswith("The network is checked as soon as the engine is ready")


def test_without_problems_it_says_so(panel, tell):
    tell()
    assert panel.empty.text().startswith("No problems: the network is ready to train.")
    assert not panel.empty.isHidden()


def test_counts_are_announced_once(panel, tell, qtbot):
    with qtbot.waitSignal(panel.count_changed) as caught:
        tell(problems=[ERROR, WARNING, NOTE])
    assert caught.args == [1, 1]
    with qtbot.assertNotEmitted(panel.count_changed):
        tell(problems=[ERROR, WARNING])


def test_severity_is_said_in_words(panel, tell):
    tell(problems=[ERROR, WARNING, NOTE])
    names = [card.accessibleName() for card in panel.list.cards()]
    assert names == [
        "Error: stride must be at least 1.",
        'Warning: "relu" leads nowhere.',
        "Note: The network is small.",
    ]


def test_click_leads_to_the_node(panel, tell, qtbot):
    tell(problems=[ERROR, WARNING])
    with qtbot.waitSignal(panel.node_chosen) as caught:
        qtbot.mouseClick(panel.list.cards()[1], Qt.MouseButton.LeftButton)
    assert caught.args == ["n4"]


def test_enter_leads_to_the_node(panel, tell, qtbot):
    tell(problems=[ERROR])
    with qtbot.waitSignal(panel.node_chosen) as caught:
        qtbot.keyClick(panel.list.cards()[0], Qt.Key.Key_Return)
    assert caught.args == ["n2"]


def test_problem_of_the_whole_network_leads_nowhere(panel, tell, qtbot):
    tell(problems=[NOTE])
    with qtbot.assertNotEmitted(panel.node_chosen):
        qtbot.keyClick(panel.list.cards()[0], Qt.Key.Key_Return)


def test_fix_button_is_one_step_that_undo_takes_back(panel, document, tell, qtbot):
    tell(problems=[ERROR])
    qtbot.mouseClick(panel.list.cards()[0].fixes.buttons()[0], Qt.MouseButton.LeftButton)
    assert document.graph.node("n2").arguments["stride"] == 2
    assert document.history.undo_label == "Set stride to 2"
    document.undo()
    assert "stride" not in document.graph.node("n2").arguments


def test_filter_hides_a_severity(panel, tell, qtbot):
    tell(problems=[ERROR, WARNING])
    qtbot.mouseClick(panel.filters["warning"], Qt.MouseButton.LeftButton)
    assert [card.problem for card in panel.list.cards()] == [ERROR]
    qtbot.mouseClick(panel.filters["error"], Qt.MouseButton.LeftButton)
    assert panel.empty.text() == "The filters above hide all problems."


def test_thousands_of_problems_show_the_first(panel, tell):
    tell(problems=[WARNING] * 5000)
    assert len(panel.list.cards()) == MOST_SHOWN
    tell(problems=[ERROR])
    assert [card.problem for card in panel.list.cards()] == [ERROR]


CHOICE = Problem(
    "error",
    "shape",
    "maps into a layer of rows.",
    "n2",
    fixes=(
        Fix("Set stride to 3", "set", "n2", argument="stride", value=3),
        Fix(
            "Set stride & padding to what an even longer label says", "set", "n2", argument="stride", value=4
        ),
    ),
)


def test_each_way_to_mend_it_has_a_button(panel, document, tell, qtbot):
    tell(problems=[CHOICE])
    buttons = panel.list.cards()[0].fixes.buttons()
    assert [button.accessibleName() for button in buttons] == [fix.label for fix in CHOICE.fixes]
    qtbot.mouseClick(buttons[1], Qt.MouseButton.LeftButton)
    assert document.graph.node("n2").arguments["stride"] == 4
    assert document.history.undo_label == CHOICE.fixes[1].label


def test_a_label_without_room_is_elided_and_its_tip_says_all(panel, tell):
    tell(problems=[CHOICE])
    button = panel.list.cards()[0].fixes.buttons()[1]
    assert "&&" in button.text()
    button.resize(120, button.height())
    assert button.text().endswith("…")
    assert button.toolTip() == CHOICE.fixes[1].label
