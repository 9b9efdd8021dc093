import pytest
from PySide6.QtCore import QEvent, QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel

from studio.app.panels.library import LibraryPanel
from studio.app.panels.library_model import LAYER_MIME, LibraryModel
from studio.app.panels.library_view import card_pixmap
from studio.app.search.matching import search
from studio.app.theme.theme import theme
from studio.catalog.registry import get, layers
from studio.catalog.spec import FAMILIES, LayerSpec


def spec(title, synonyms=(), summary="Nothing."):
    return LayerSpec(title, title, "shape", "", summary, synonyms=synonyms)


@pytest.fixture
def panel(qapp, qtbot):
    made = LibraryPanel()
    qtbot.addWidget(made)
    made.resize(216, 800)
    made.show()
    made.activateWindow()
    qtbot.waitActive(made)
    made.focus_search()
    return made


def test_prefix_beats_word_beats_synonym_beats_summary():
    in_summary = spec("Alpha", summary="Has a pool of things.")
    in_synonyms = spec("Beta", synonyms=("pooling",))
    in_words = spec("MaxPool2d")
    at_start = spec("PoolAll")
    found = search([in_summary, in_synonyms, in_words, at_start, spec("Other")], "pool")
    assert found == [at_start, in_words, in_synonyms, in_summary]


@pytest.mark.parametrize("query", ["maxpool", "max pool", "MAX POOL", "maxp"])
def test_words_may_be_written_apart(query):
    assert search(layers().values(), query)[0].kind == "MaxPool2d"


def test_every_word_has_to_fit():
    assert search([spec("MaxPool2d"), spec("AvgPool2d")], "pool avg") == [spec("AvgPool2d")]


@pytest.mark.parametrize("kind", sorted(layers()))
def test_every_layer_is_found_first_by_its_title(kind):
    assert search(layers().values(), get(kind).title)[0].title == get(kind).title


def test_model_is_sound(qapp, qtbot):
    model = LibraryModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_query("conv")
    model.set_query("")
    assert tester.model() is model


def test_families_stand_in_the_order_of_the_catalog(qapp):
    model = LibraryModel()
    titles = [model.index(row, 0).data() for row in range(model.rowCount())]
    assert titles == list(FAMILIES.values())
    kinds = [
        model.spec(model.index(row, 0, model.index(family, 0))).kind
        for family in range(model.rowCount())
        for row in range(model.rowCount(model.index(family, 0)))
    ]
    order = list(FAMILIES)
    assert kinds == sorted(layers(), key=lambda kind: order.index(get(kind).family))


def test_dragged_layer_carries_its_kind(qapp):
    model = LibraryModel()
    index = model.index_of("Conv2d")
    assert bytes(model.mimeData([index]).data(LAYER_MIME).data()) == b"Conv2d"
    assert model.flags(index) & Qt.ItemFlag.ItemIsDragEnabled
    assert not model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsDragEnabled
    assert not card_pixmap(get("Conv2d"), 2.0).isNull()


def test_tooltip_tells_what_it_does(qapp):
    model = LibraryModel()
    tip = model.index_of("Conv2d").data(Qt.ItemDataRole.ToolTipRole)
    assert tip.startswith(get("Conv2d").summary)
    assert get("Conv2d").formula in tip


def test_double_click_chooses(panel, qtbot):
    index = panel.model.index_of("Linear")
    panel.view.scrollTo(index)
    place = panel.view.visualRect(index).center()
    with qtbot.waitSignal(panel.layer_chosen) as caught:
        qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert caught.args == ["Linear"]


def test_search_then_enter_chooses_the_best(panel, qtbot):
    qtbot.keyClicks(panel.search, "avg pool")
    with qtbot.waitSignal(panel.layer_chosen) as caught:
        qtbot.keyClick(panel.search, Qt.Key.Key_Return)
    assert caught.args == ["AvgPool2d"]


def test_arrows_lead_into_the_list_and_back(panel, qtbot):
    qtbot.keyClicks(panel.search, "pool")
    qtbot.keyClick(panel.search, Qt.Key.Key_Down)
    assert panel.view.hasFocus()
    qtbot.keyClick(panel.view, Qt.Key.Key_Down)
    with qtbot.waitSignal(panel.layer_chosen) as caught:
        qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    assert caught.args == [panel.model.spec(panel.model.index(1, 0)).kind]
    qtbot.keyClick(panel.view, Qt.Key.Key_Up)
    qtbot.keyClick(panel.view, Qt.Key.Key_Up)
    assert panel.search.hasFocus()


def test_letters_typed_in_the_list_go_on_in_the_search(panel, qtbot):
    panel.view.setFocus()
    qtbot.keyClick(panel.view, Qt.Key.Key_R)
    assert panel.search.text() == "r"
    assert panel.search.hasFocus()


def test_escape_clears_the_search(panel, qtbot):
    qtbot.keyClicks(panel.search, "pool")
    qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    assert panel.search.text() == ""
    assert panel.model.rowCount() == len(FAMILIES)


def test_nothing_found_says_so_with_a_hint(panel, qtbot):
    qtbot.keyClicks(panel.search, "123conv2d")
    assert panel.view.isHidden()
    assert panel.empty.text() == "No layer matches '123conv2d'.\n\nDid you mean \"Conv2d\"?"


def test_a_slip_finds_what_was_meant(panel, qtbot):
    qtbot.keyClicks(panel.search, "cnov2d")
    assert panel.model.spec(panel.model.index(0, 0)).kind == "Conv2d"


def test_folded_family_stays_folded_after_a_search(panel, qtbot):
    family = panel.model.index(1, 0)
    qtbot.mouseClick(
        panel.view.viewport(), Qt.MouseButton.LeftButton, pos=panel.view.visualRect(family).center()
    )
    assert not panel.view.isExpanded(panel.model.index(1, 0))
    qtbot.keyClicks(panel.search, "pool")
    qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    assert not panel.view.isExpanded(panel.model.index(1, 0))
    assert panel.view.isExpanded(panel.model.index(0, 0))


def test_current_layer_is_explained(panel):
    panel.view.setCurrentIndex(panel.model.index_of("Conv2d"))
    shown = [label.text() for label in panel.help.findChildren(QLabel)]
    assert shown == ["Conv2d", get("Conv2d").summary, get("Conv2d").formula]
    panel.view.setCurrentIndex(QModelIndex())


def test_theme_may_change_after_a_panel_is_gone(qapp, qtbot):
    made = LibraryPanel()
    made.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    theme().choose("dark")
    theme().choose("light")
