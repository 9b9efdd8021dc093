"""Every tab under the canvas says, while it is empty, what will appear in it and how to get it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from studio.app.main_window import MainWindow
from studio.app.panels.plot_panel import PlotPanel
from studio.app.settings import Settings
from tests.helpers.fake_client import FakeClient


@pytest.fixture
def window(qtbot, tmp_path):
    window = MainWindow(FakeClient(), Settings(tmp_path / "settings.json"))
    window.workspace.start = lambda: None
    qtbot.addWidget(window, before_close_func=lambda window: window.document.history.mark_saved())
    window.show()
    qtbot.waitExposed(window)
    return window


def words(panel: QWidget) -> str:
    if isinstance(panel, PlotPanel):
        panel.build()
    return " ".join(label.text() for label in panel.findChildren(QLabel) if not label.isHidden())


@pytest.mark.parametrize(
    ("panel", "what", "how"),
    [
        ("curves", "the loss of every step", "Press Train"),
        ("curves", "the share of samples", "Press Train"),
        ("activations", "the values that leave it", "Select a layer, and press Train"),
        ("activations", "zeros, mean and spread", "while the network trains"),
        ("filters", "as pictures", "Select a convolution or a linear layer, and press Train"),
        ("problems", "what is wrong", "as soon as the engine is ready"),
        ("summary", "its shape, parameters and cost", "add one"),
        ("runs", "each run is kept here", "Press Train"),
    ],
)
def test_empty_panel_teaches(window, panel, what, how):
    found = getattr(window, panel)
    window.tabs.setCurrentWidget(found)
    said = words(found)
    assert what in said
    assert how in said


@pytest.mark.parametrize("size", [(1600, 1000), (1280, 800)], ids=str)
def test_words_of_empty_panels_are_not_cut_off(window, qtbot, size):
    window.resize(*size)
    for place in range(window.tabs.count()):
        panel = window.tabs.widget(place)
        window.tabs.setCurrentWidget(panel)
        words(panel)
        for label in panel.findChildren(QLabel):
            if label.isVisible() and label.wordWrap():
                qtbot.waitUntil(lambda label=label: label.height() >= label.heightForWidth(label.width()))
