"""The line above a plot, where there is little room."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from studio.app.plots.legend import Legend


@pytest.mark.parametrize(("width", "fits"), [(120, False), (400, True)], ids=["narrow", "wide"])
def test_calm_words_are_there_whole_or_not_at_all(qtbot: QtBot, width: int, fits: bool) -> None:
    pictures = []
    for subtitle in ("over time", ""):
        legend = Legend("relu1 activations")
        legend.set_title("relu1 activations", subtitle)
        qtbot.addWidget(legend)
        legend.resize(width, 24)
        pictures.append(legend.grab().toImage())
    assert (pictures[0] != pictures[1]) == fits
