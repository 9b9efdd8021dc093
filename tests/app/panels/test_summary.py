"""The summary as a person uses it: a real table, and an engine that answers what the test says."""

from __future__ import annotations

import csv
import io
import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester

from studio.app.panels.summary import SummaryPanel
from studio.app.panels.summary_model import (
    LAYER,
    MACS,
    NAME,
    OUTPUT,
    PARAMETERS,
    SHARE_ROLE,
    TRAINABLE,
    SummaryModel,
    natural,
    parent_path,
)
from studio.engine.records import Checked, Summarise, Summarised, SummaryColumns
from studio.graph import edits
from studio.graph.report import Totals
from studio.project.project import Project

COLUMNS = SummaryColumns(
    paths=("n1", "n2", "n2[0]", "n2[0]/n3", "n2[1]", "n2[1]/n3", "n10"),
    names=("image", "layer", "layer.0", "layer.0.conv", "layer.1", "layer.1.conv", "fc"),
    kinds=("ImageInput", "Pair × 2", "Pair", "Conv2d", "Pair", "Conv2d", "Linear"),
    shapes=((3, 8, 8), (4, 8, 8), (4, 8, 8), (4, 8, 8), (4, 8, 8), (4, 8, 8), None),
    fields=(None, (5, 5), (3, 3), (3, 3), (5, 5), (5, 5), None),
    parameters=(0, 300, 100, 100, 200, 200, 700),
    trainable=(0, 200, 0, 0, 200, 200, 700),
    macs=(0, 3000, 1000, 1000, 2000, 2000, 1000),
    activation_bytes=(768, 2048, 1024, 1024, 1024, 1024, 40),
)
TOTALS = Totals(1000, 4000, 2856, 3 * 2**20, 900, 3)


@pytest.fixture
def panel(document, link, qtbot):
    made = SummaryPanel(document, link)
    qtbot.addWidget(made)
    made.resize(1250, 320)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def answer(client, link):
    """Let the engine answer the last question."""

    def reply(columns=COLUMNS, totals=TOTALS):
        client.answers.append(Summarised(client.asked[-1].id, columns, totals, 64))
        link.drain()

    return reply


@pytest.fixture
def model(qapp):
    made = SummaryModel()
    made.show(COLUMNS, TOTALS)
    return made


def names(panel):
    """What stands in the first column, from the top down."""
    return [row.data() for row in panel.model.walk(panel.table.isExpanded)]


def checked(client, link):
    client.answers.append(Checked(99, (), (), Totals()))
    link.drain()


@pytest.mark.parametrize(
    ("path", "parent"), [("n2", ""), ("n2[1]", "n2"), ("n2[1]/n3", "n2[1]"), ("n2/n3[0]/n4", "n2/n3[0]")]
)
def test_a_path_says_what_it_lies_in(path, parent):
    assert parent_path(path) == parent


def test_names_sort_as_people_count():
    assert sorted(["conv10", "Conv2", "conv1b", "conv1"], key=natural) == [
        "conv1",
        "conv1b",
        "Conv2",
        "conv10",
    ]


def test_model_keeps_qts_rules(model):
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.sort(MACS, Qt.SortOrder.DescendingOrder)
    model.set_flat(True)
    model.show(SummaryColumns(), Totals())
    model.show(COLUMNS, TOTALS)
    del tester


def test_the_engine_is_asked_when_it_comes_on_screen(panel, client):
    assert [type(question) for question in client.asked] == [Summarise]


def test_the_engine_is_asked_again_after_a_check_of_another_design(panel, client, link, document):
    checked(client, link)
    assert len(client.asked) == 1
    document.edit("Rename", lambda graph: edits.rename(graph, "n2", "stem"))
    checked(client, link)
    assert len(client.asked) == 2


def test_nothing_is_asked_while_it_is_hidden(panel, client, link, document):
    panel.hide()
    document.edit("Rename", lambda graph: edits.rename(graph, "n2", "stem"))
    checked(client, link)
    assert len(client.asked) == 1
    panel.show()
    assert len(client.asked) == 2


def test_before_the_first_answer_it_says_what_will_come(panel):
    assert panel.empty.text().startswith("The table appears")
    assert panel.table.isHidden()


def test_blocks_are_shut_first_and_open_into_what_is_in_them(panel, answer):
    answer()
    assert names(panel) == ["image", "layer", "fc"]
    panel.table.expandAll()
    assert names(panel) == ["image", "layer", "0", "conv", "1", "conv", "fc"]


def test_cells_are_written_for_people(panel, answer):
    answer()
    layer = panel.model.index(1, 0)
    texts = [layer.siblingAtColumn(column).data() for column in (LAYER, OUTPUT, PARAMETERS, TRAINABLE, MACS)]
    assert texts == ["Pair × 2", "4×8×8", "300", "200", "3,000"]
    assert panel.model.index(2, OUTPUT).data() == "?"
    assert panel.model.index(0, PARAMETERS).data() == ""


def test_frozen_layers_say_so(panel, answer):
    answer()
    panel.layers_only.click()
    assert [panel.model.index(row, TRAINABLE).data() for row in range(4)] == ["", "frozen", "200", "700"]


def test_shares_are_parts_of_the_total(model):
    assert model.data(model.index(1, PARAMETERS), SHARE_ROLE) == pytest.approx(0.3)
    assert model.data(model.index(2, MACS), SHARE_ROLE) == pytest.approx(0.25)
    assert model.data(model.index(2, TRAINABLE), SHARE_ROLE) is None


def test_totals_are_in_sight(panel, answer):
    answer()
    assert panel.totals.texts() == {
        "Name": "Total",
        "Parameters": "1,000",
        "Trainable": "900",
        "MACs": "4,000",
        "Activations": "2.8 KiB",
    }
    assert panel.facts.text().startswith("3 weighted layers deep")
    assert "3.0 MiB to train at batch 64" in panel.facts.text()
    assert "100 parameters frozen" in panel.facts.text()
    assert panel.totals.isVisible()


def click_header(panel, qtbot, column):
    header = panel.table.header()
    place = QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_click_on_a_number_puts_the_largest_first_and_a_third_brings_the_order_back(panel, answer, qtbot):
    answer()
    panel.table.expandAll()
    click_header(panel, qtbot, MACS)
    assert names(panel) == ["layer", "1", "conv", "0", "conv", "fc", "image"]
    click_header(panel, qtbot, MACS)
    assert names(panel) == ["image", "fc", "layer", "0", "conv", "1", "conv"]
    click_header(panel, qtbot, MACS)
    assert names(panel) == ["image", "layer", "0", "conv", "1", "conv", "fc"]


@pytest.mark.parametrize(
    ("column", "first"), [(NAME, "fc"), (LAYER, "image"), (OUTPUT, "fc"), (PARAMETERS, "image")]
)
def test_every_kind_of_column_sorts(model, column, first):
    model.sort(column, Qt.SortOrder.AscendingOrder)
    assert model.index(0, NAME).data() == first


def test_layers_only_lists_them_with_their_whole_names(panel, answer):
    answer()
    panel.layers_only.click()
    assert names(panel) == ["image", "layer.0.conv", "layer.1.conv", "fc"]
    panel.layers_only.click()
    assert names(panel) == ["image", "layer", "fc"]


def test_new_numbers_leave_open_what_is_open(panel, answer, client, link, document):
    answer()
    panel.table.expandAll()
    document.edit("Rename", lambda graph: edits.rename(graph, "n2", "stem"))
    checked(client, link)
    answer(totals=Totals(2000, 4000))
    assert names(panel) == ["image", "layer", "0", "conv", "1", "conv", "fc"]
    assert panel.totals.texts()["Parameters"] == "2,000"


def test_new_rows_leave_open_what_is_still_there(panel, answer, client, link, document):
    answer()
    panel.table.expand(panel.model.index(1, 0))
    document.edit("Rename", lambda graph: edits.rename(graph, "n2", "stem"))
    checked(client, link)
    one_less = {name: getattr(COLUMNS, name)[1:] for name in COLUMNS.__slots__}
    answer(SummaryColumns(**one_less))
    assert names(panel) == ["layer", "0", "1", "fc"]


def test_an_older_answer_is_not_shown(panel, answer, client, link, document):
    first = client.asked[-1]
    document.edit("Rename", lambda graph: edits.rename(graph, "n2", "stem"))
    checked(client, link)
    client.answers.append(Summarised(first.id, COLUMNS, TOTALS, 64))
    link.drain()
    assert panel.model.rowCount() == 0


def test_another_project_empties_the_table(panel, answer, document):
    answer()
    document.open(Project("other"), None)
    assert panel.table.isHidden()
    assert "Nothing to sum up yet" in panel.empty.text()


def test_click_and_enter_choose_the_node(panel, answer, qtbot):
    answer()
    panel.table.expandAll()
    row = panel.model.index(0, 0, panel.model.index(0, 0, panel.model.index(1, 0)))
    with qtbot.waitSignal(panel.node_chosen) as caught:
        place = panel.table.visualRect(row).center()
        qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert caught.args == ["n2[0]/n3"]
    with qtbot.waitSignal(panel.node_chosen) as caught:
        panel.table.setFocus()
        qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    assert caught.args == ["n2[0]/n3"]


def test_csv_holds_plain_numbers(panel, answer, qtbot):
    answer()
    panel.layers_only.click()
    with qtbot.waitSignal(panel.message) as caught:
        panel.csv.click()
    assert caught.args == ["Copied 4 rows as CSV."]
    rows = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    assert rows[1]["name"] == "layer.0.conv"
    assert (rows[1]["output"], rows[1]["macs"], rows[1]["activation_bytes"]) == ("4×8×8", "1000", "1024")


def test_markdown_ends_in_the_totals(panel, answer):
    answer()
    panel.markdown.click()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("| Name | Layer | Output |")
    assert len(lines) == 2 + 3 + 1
    assert lines[-1].startswith("| **Total** |")
    assert "**1,000**" in lines[-1]


def test_menu_opens_and_shuts_blocks(panel, answer):
    answer()
    menu = panel.menu()
    actions = {action.objectName(): action for action in menu.actions()}
    actions["action.summary.expand"].trigger()
    assert len(names(panel)) == 7
    actions["action.summary.collapse"].trigger()
    assert len(names(panel)) == 3


def large(count):
    """As many layers, in blocks of ten."""
    paths = tuple(
        f"n{block}" if not place else f"n{block}/n{place}"
        for block in range(count // 10)
        for place in range(10)
    )
    ones = tuple(range(len(paths)))
    nothing = (None,) * len(paths)
    kinds = ("Conv2d",) * len(paths)
    return SummaryColumns(paths, paths, kinds, nothing, nothing, ones, ones, ones, ones)


def test_ten_thousand_rows_are_shown_and_sorted_at_once(panel, answer):
    answer(large(10_000))
    started = time.perf_counter()
    panel.layers_only.click()
    panel.model.sort(MACS, Qt.SortOrder.DescendingOrder)
    panel.table.grab()
    assert time.perf_counter() - started < 1.0


def test_scrolling_through_ten_thousand_rows_is_smooth(panel, answer):
    answer(large(10_000))
    panel.table.expandAll()
    panel.table.grab()
    bar = panel.table.verticalScrollBar()
    spent = []
    for step in range(30):
        started = time.perf_counter()
        bar.setValue(bar.maximum() * step // 30)
        panel.table.viewport().grab()
        spent.append(time.perf_counter() - started)
    assert sorted(spent)[15] < 0.033


def test_columns_fit_a_narrow_panel(panel, answer, qtbot):
    """At 1280 × 800 the panel is 750 pixels wide: nothing is out of sight there."""
    answer(totals=Totals(900, 4000, 2856, 0, 900, 3))
    panel.resize(752, 300)
    assert panel.table.isColumnHidden(TRAINABLE)  # nothing is frozen: the same numbers again
    qtbot.waitUntil(lambda: panel.table.viewport().width() < 752)
    assert panel.table.header().length() <= panel.table.viewport().width()


def test_a_column_that_was_dragged_keeps_its_width(panel, answer):
    answer()
    panel.table.header().resizeSection(NAME, 333)
    panel.resize(1500, 320)
    assert panel.table.columnWidth(NAME) == 333
