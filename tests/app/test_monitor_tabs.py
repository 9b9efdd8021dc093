"""Panels in windows of their own, and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio import zoo
from studio.app.main_window import MainWindow
from studio.app.panel_actions import go_to
from tests.helpers.window import open_window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    return open_window(qtbot, tmp_path, zoo.build("mlp", input_shape=(1, 8, 8)))


def titles(window: MainWindow) -> list[str]:
    return [window.tabs.tabText(place) for place in range(window.tabs.count())]


def test_a_double_click_takes_a_panel_out_and_closing_brings_it_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    before, tabs = titles(window), window.tabs
    place = tabs.tabBar().tabRect(tabs.indexOf(window.gradients)).center()
    qtbot.mouseDClick(tabs.tabBar(), Qt.MouseButton.LeftButton, pos=place)
    own = tabs.window_of(window.gradients)
    assert own is not None
    assert own.isVisible()
    assert window.gradients.window() is own
    assert titles(window) == before
    own.close()
    assert tabs.window_of(window.gradients) is None
    assert window.gradients.window() is window
    assert titles(window) == before
    assert tabs.widget(tabs.indexOf(window.gradients)) is window.gradients


def test_the_page_in_its_place_brings_it_back(qtbot: QtBot, window: MainWindow) -> None:
    window.tabs.setCurrentWidget(window.filters)
    window.tabs.take_out(window.filters)
    assert window.tabs.currentWidget() is window.filters
    button = window.tabs.findChild(QPushButton, "monitor.bring_back")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.tabs.currentWidget() is window.filters
    assert window.filters.window() is window


def test_who_asks_for_the_panel_gets_its_window(qtbot: QtBot, window: MainWindow) -> None:
    window.tabs.take_out(window.doctor)
    own = window.tabs.window_of(window.doctor)
    assert own is not None
    own.hide()
    window.tabs.setCurrentWidget(window.doctor)
    assert own.isVisible()
    own.hide()
    go_to(window.doctor)
    assert own.isVisible()
    window.connections._finding_count_changed(3)
    assert "Doctor 3" in titles(window)


def test_another_project_and_back_leave_it_out(window: MainWindow) -> None:
    window.tabs.setCurrentWidget(window.curves)
    window.tabs.take_out(window.curves)
    first = window.document.sheet
    window.new_project()
    window.document.show(first)
    assert window.tabs.currentWidget() is window.curves
    assert window.tabs.window_of(window.curves) is not None


def test_twice_is_once(window: MainWindow) -> None:
    window.tabs.take_out(window.curves)
    own = window.tabs.window_of(window.curves)
    window.tabs.take_out(window.curves)
    assert window.tabs.window_of(window.curves) is own
    window.tabs.bring_back(window.curves)
    window.tabs.bring_back(window.curves)
    assert window.curves.window() is window
