"""Runs beside published error rates."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from studio.app.published import PublishedErrors
from studio.runs.store import RunStore
from tests.app.panels.test_runs import add


def test_runs_stand_above_the_tables(qtbot: QtBot, tmp_path: Path) -> None:
    store = RunStore(tmp_path / "net.runs")
    add(store, "one", 0.1, [1.0, 0.5])
    dialog = PublishedErrors([store.run("one").info])
    qtbot.addWidget(dialog)
    dialog.show()
    groups = [dialog.table.topLevelItem(place) for place in range(4)]
    assert groups[0].child(0).text(0) == "one"
    assert groups[0].child(0).text(1) == "5.00"  # accuracy 0.95 in its best epoch
    assert groups[1].text(0).startswith("Table 3")
    assert [groups[1].child(3).text(column) for column in range(3)] == ["plain-34", "28.54", "10.02"]
    assert groups[3].child(5).text(1) == "–"


def test_without_runs_there_are_the_tables_alone(qtbot: QtBot) -> None:
    dialog = PublishedErrors([])
    qtbot.addWidget(dialog)
    assert dialog.table.topLevelItemCount() == 3
