"""The menus of live pictures: what is chosen is ticked, and what cannot be says why."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QMenu
from pytestqt.qtbot import QtBot

from studio.app.canvas.picture_menu import fill_families_menu, picture_menu
from studio.app.help.page import layer_page
from studio.app.main_window import MainWindow
from studio.catalog import registry
from tests.helpers.drawing import draw
from tests.helpers.window import open_window


def entries(menu: QMenu) -> dict[str, QAction]:
    return {
        one.objectName().removeprefix("action.picture."): one for one in menu.actions() if one.objectName()
    }


def shows(window: MainWindow, node: str) -> str:
    return window.document.graph.node(node).look.shows


def test_menu_inspector_and_families(qtbot: QtBot, tmp_path: Path) -> None:
    graph = draw(
        ("image", "ImageInput", {"channels": 1, "height": 8, "width": 8}),
        ("conv", "Conv2d", "image", {"out_channels": 4}),
        ("relu", "ReLU", "conv"),
        ("relu2", "ReLU", "relu"),
    )
    window = open_window(qtbot, tmp_path, graph)
    view, selection = window.canvas, window.workspace.selection

    selection.set(["relu"])
    menu = picture_menu(view, window)
    found = entries(menu)
    assert found["family"].isChecked()
    assert found["family"].text() == "As its family: what matters"
    assert not found["filters"].isEnabled()
    assert "convolutions" in found["filters"].toolTip()
    found["dead"].trigger()
    assert shows(window, "relu") == "dead"
    assert entries(picture_menu(view, window))["dead"].isChecked()

    every = next(one.menu() for one in menu.actions() if one.menu() is not None)
    assert isinstance(every, QMenu)
    entries(every)["maps"].trigger()
    assert window.settings.preferences.live_pictures == {"activation": "maps"}

    selection.set(["relu", "relu2"])
    assert not any(one.isChecked() for one in entries(picture_menu(view, window)).values())
    selection.set(["relu", "conv"])
    assert entries(picture_menu(view, window))["filters"].isEnabled()

    selection.set(["relu"])
    box = window.inspector.node_page.findChild(QComboBox, "inspector.picture")
    assert box is not None
    assert box.currentData() == "dead"
    assert box.findData("filters") == -1
    box.setCurrentIndex(box.findData("gradient"))
    box.activated.emit(box.currentIndex())
    assert shows(window, "relu") == "gradient"
    window.document.undo()
    assert box.currentData() == "dead"

    families = QMenu(window)
    fill_families_menu(families, window.live_nodes.choose_for_family)
    texts = [one.text() for one in families.actions() if one.menu() is not None]
    assert "Activation: feature maps of a sample" in texts
    entries(families)["action.pictures.reset"].trigger()
    assert window.settings.preferences.live_pictures == {}


def test_help_says_what_a_card_can_show() -> None:
    conv, relu, loss = (layer_page(registry.get(kind)) for kind in ("Conv2d", "ReLU", "CrossEntropyLoss"))
    assert "Learned filters" in conv
    assert "Dead or saturated units" in relu
    assert "Learned filters" not in relu
    assert "On its card" not in loss
