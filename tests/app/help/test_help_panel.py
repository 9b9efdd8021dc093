"""The help window: opened by F1, by the inspector's button, by menus; walked by links, back and forward."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from studio.app.canvas.menus import menu_at
from studio.app.help.dialog import INDEX, LayerHelp, Visit
from studio.app.main_window import MainWindow
from studio.app.settings import Settings
from studio.catalog.registry import find, get
from studio.engine.records import Checked
from studio.graph.report import NodeReport, Totals
from tests.helpers.fake_client import FakeClient


@pytest.fixture
def window(qtbot, tmp_path):
    window = MainWindow(FakeClient(), Settings(tmp_path / "settings.json"))
    window.workspace.start = lambda: None
    qtbot.addWidget(window, before_close_func=lambda window: window.document.history.mark_saved())
    window.open_sample("cnn-digits")
    window.show()
    qtbot.waitExposed(window)
    return window


def node_id(window: MainWindow, name: str) -> str:
    return next(node.id for node in window.document.graph.nodes.values() if node.name == name)


def press_f1(window: MainWindow) -> LayerHelp:
    window.findChild(QAction, "action.help.layer").trigger()
    panel = window.findChild(LayerHelp, "panel.help")
    assert panel is not None
    return panel


@pytest.fixture
def panel(qtbot):
    opened: list[str] = []
    panel = LayerHelp(
        lambda visit: (find(visit.kind), None), None, lambda link: opened.append(link.toString())
    )
    panel.opened = opened
    qtbot.addWidget(panel)
    return panel


def test_f1_is_the_key_of_help(window):
    assert window.findChild(QAction, "action.help.layer").shortcut().toString() == "F1"


def test_f1_with_nothing_selected_lists_all_layers(window):
    panel = press_f1(window)
    assert panel.isVisible()
    assert not panel.isModal()
    assert "Convolution" in panel.browser.toPlainText()
    assert panel.visit.kind == INDEX


def test_f1_shows_the_selected_node_with_its_numbers(window):
    conv = node_id(window, "conv1")
    window.workspace.facts.update(Checked(1, (), (NodeReport(conv, (16, 8, 8), 144),), Totals()))
    window.workspace.selection.set([conv])
    text = press_f1(window).browser.toPlainText()
    assert "shown for conv1" in text
    assert "144 parameters" in text
    assert "N, 16, 8, 8" in text


def test_open_help_follows_selection_and_facts(window):
    panel = press_f1(window)
    window.workspace.selection.set([node_id(window, "relu1")])
    assert panel.visit.kind == "ReLU"
    relu = node_id(window, "relu1")
    window.workspace.facts.update(Checked(1, (), (NodeReport(relu, (16, 8, 8)),), Totals()))
    assert "N, 16, 8, 8" in panel.browser.toPlainText()


def test_page_is_not_made_anew_while_nothing_on_it_changes(window):
    window.workspace.selection.set([node_id(window, "relu1")])
    panel, pages = press_f1(window), []
    panel.page_shown.connect(pages.append)
    conv = node_id(window, "conv1")
    window.canvas.commands.rename(conv, "stem")
    assert pages == []
    window.canvas.commands.rename(node_id(window, "relu1"), "first")
    assert pages == ["ReLU"]
    assert "shown for first" in panel.browser.toPlainText()


def test_page_of_a_node_that_is_deleted_is_that_of_its_layer(window):
    window.workspace.selection.set([node_id(window, "relu1")])
    panel = press_f1(window)
    window.canvas.delete_selection(True)
    assert "shown for" not in panel.browser.toPlainText()
    assert panel.browser.toPlainText().startswith("ReLU")


def test_block_has_a_page_with_its_own_arguments(window):
    window.open_sample("residual-spirals")
    window.workspace.selection.set([node_id(window, "blocks")])
    text = press_f1(window).browser.toPlainText()
    assert text.startswith("ResidualLinear")
    assert "shown for blocks" in text
    assert "width" in text


def test_inspector_has_a_button_for_it(window):
    window.workspace.selection.set([node_id(window, "pool1")])
    button = window.inspector.findChild(QToolButton, "inspector.help")
    assert button.accessibleName()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.helper.panel.visit.kind == "MaxPool2d"


def test_context_menu_of_a_node_has_help(window):
    place = window.canvas.scene.geometry.rect(node_id(window, "fc")).center()
    menu = menu_at(window.canvas, QPointF(place))
    menu.findChild(QAction, "action.canvas.help").trigger()
    assert window.helper.panel.visit.kind == "Linear"


def test_context_menu_of_the_library_has_help_and_adds(window):
    before = len(window.document.graph)
    menu = window.library.view.menu(get("Dropout"))
    menu.findChild(QAction, "action.library.help").trigger()
    assert window.helper.panel.visit == Visit("Dropout")
    menu.findChild(QAction, "action.library.add").trigger()
    assert len(window.document.graph) == before + 1


def test_f1_in_the_library_is_about_its_current_layer(window):
    window.library.focus_search()
    QTest.keyClicks(window.library.search, "gelu")
    assert press_f1(window).visit.kind == "GELU"


def test_f1_in_the_search_is_about_the_row_it_is_at(window):
    window.canvas.search.open_unplaced(QPoint(100, 100))
    QTest.keyClicks(window.canvas.search.popup.field, "softsign")
    assert press_f1(window).visit == Visit("Softsign")


def test_layer_on_show_can_be_added_in_one_step(window):
    window.workspace.selection.clear()
    panel = press_f1(window)
    assert not panel.add.isVisible()
    panel.show_page("Softsign")
    steps = window.document.history.index
    QTest.mouseClick(panel.add, Qt.MouseButton.LeftButton)
    assert "Softsign" in {node.kind for node in window.document.graph.nodes.values()}
    assert window.document.history.index == steps + 1


def test_links_lead_to_related_layers_and_back_again(panel):
    panel.show_page("ReLU")
    panel.browser.anchorClicked.emit(QUrl("layer:PReLU"))
    assert panel.visit.kind == "PReLU"
    QTest.mouseClick(panel.back, Qt.MouseButton.LeftButton)
    assert panel.visit.kind == "ReLU"
    QTest.mouseClick(panel.forward, Qt.MouseButton.LeftButton)
    assert panel.visit.kind == "PReLU"
    assert not panel.forward.isEnabled()


def test_links_are_reached_by_keyboard(panel, qtbot):
    panel.show_page("Softmax")
    panel.show()
    qtbot.waitExposed(panel)
    panel.browser.setFocus()
    kinds = set()
    for _ in range(12):
        QTest.keyClick(panel.browser, Qt.Key.Key_Tab)
        kinds.add(panel.browser.textCursor().charFormat().anchorHref())
    assert "layer:LogSoftmax" in kinds


def test_reference_opens_outside(panel):
    panel.show_page("GELU")
    panel.browser.anchorClicked.emit(QUrl("https://arxiv.org/abs/1606.08415"))
    assert panel.opened == ["https://arxiv.org/abs/1606.08415"]
    assert panel.visit.kind == "GELU"


@pytest.mark.parametrize(("kind", "has"), [("Tanh", True), ("Conv2d", True), ("Softmax", False)])
def test_page_has_a_picture_where_there_is_one(panel, kind, has):
    panel.show_page(kind)
    assert ("help:picture" in panel.browser.toHtml()) is has


def test_escape_closes_it(panel, qtbot):
    panel.show()
    qtbot.waitExposed(panel)
    QTest.keyClick(panel.browser, Qt.Key.Key_Escape)
    assert not panel.isVisible()
