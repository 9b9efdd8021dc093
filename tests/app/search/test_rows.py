from __future__ import annotations

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from studio.app.search.row_painting import Row
from studio.app.search.rows import RowList, RowModel


def test_rows_are_a_sound_model(qapp: QApplication) -> None:
    model = RowModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show([Row("Over"), Row("One", key=1), Row("Two", "what it is", key=2, reason="why not")])
    assert tester.model() is model
    assert [row.spoken for row in model.rows[1:]] == ["One", "Two, why not"]


@pytest.mark.parametrize("by", [1, -1, 3, -3, 100, -100])
def test_steps_never_stop_at_a_heading(qapp: QApplication, by: int) -> None:
    found = RowList()
    found.show_rows([Row("Over"), Row("One", key=1), Row("Between"), Row("Two", key=2), Row("After")])
    for _ in range(6):
        found.step(by)
        assert found.row is not None
        assert found.row.key is not None


def test_a_list_of_nothing_has_no_row(qapp: QApplication) -> None:
    found = RowList()
    found.show_rows([])
    found.step(1)
    found.step(-5)
    assert found.row is None


def test_the_kept_row_stays_the_current_one(qapp: QApplication) -> None:
    found = RowList()
    rows = [Row(name, key=name, id=name) for name in ("one", "two")]
    found.show_rows(rows, keep="two")
    assert found.row == rows[1]
    found.show_rows(rows, keep="gone")
    assert found.row == rows[0]
