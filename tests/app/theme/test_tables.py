"""Tables of lines look the same everywhere."""

from __future__ import annotations

from PySide6.QtWidgets import QHeaderView, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from studio.app.theme.tables import RIGHT, FlatTable


def test_numbers_and_their_titles_stand_at_the_right(qtbot: QtBot) -> None:
    made = FlatTable("some.table", "Some lines", ("Layer", "Time", "Note"), numbers=(1,))
    qtbot.addWidget(made)
    item = QTreeWidgetItem(["fc1", "3", "fast"])
    made.add(item)
    assert made.topLevelItem(0) is item
    assert item.textAlignment(1) == made.headerItem().textAlignment(1) == int(RIGHT)
    assert item.textAlignment(0) != int(RIGHT)
    assert made.header().stretchLastSection()


def test_one_column_takes_the_rest(qtbot: QtBot) -> None:
    made = FlatTable("some.table", "Some lines", ("Layer", "Time"), stretched=0)
    qtbot.addWidget(made)
    assert made.header().sectionResizeMode(0) == QHeaderView.ResizeMode.Stretch
    assert made.header().sectionResizeMode(1) == QHeaderView.ResizeMode.ResizeToContents
    assert not made.header().stretchLastSection()
