"""Texts stand with their classes in front of them, running text with what comes next."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from studio.app.panels.data_preview import DataPreview
from studio.app.panels.text_view import TextView
from studio.engine.records import DataDescribed


def described(dataset: str, classes: tuple[str, ...] = ("no", "yes")) -> DataDescribed:
    samples, labels = np.zeros((3, 4), np.int64), np.array([1, 0, 1])
    texts = ("<b>good", "bad")
    return DataDescribed(0, dataset, (4,), classes, (3, 1, 1), samples, labels, texts=texts)


@pytest.mark.parametrize(
    ("dataset", "expected"),
    [("text_classes", "yes: <b>good\n\nno: bad"), ("text", "<b>good → yes\n\nbad → no")],
)
def test_texts_are_shown_as_they_are(qtbot: QtBot, dataset: str, expected: str) -> None:
    view = TextView()
    qtbot.addWidget(view)
    view.show_texts(described(dataset))
    assert (view.text(), view.isVisibleTo(None)) == (expected, True)
    view.show_texts(None)
    assert not view.isVisibleTo(None)


def test_an_error_takes_the_texts_away_and_many_classes_are_counted(qtbot: QtBot) -> None:
    preview = DataPreview()
    qtbot.addWidget(preview)
    preview.show_data(described("text", tuple(f"word{number}" for number in range(1000))))
    assert preview.texts.text()
    assert preview.names.text().endswith("word39 and 960 more")
    preview.show_error("lost")
    assert not preview.texts.text()
