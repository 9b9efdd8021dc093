"""What the columns of a table are for, from the question to the edit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.app.column_dialog import ColumnDialog
from studio.app.document import Document
from studio.app.engine_link import EngineLink
from studio.engine.records import Failed, ReadTable, TableColumn, TableRead
from studio.project.config import DataConfig
from tests.helpers.fake_client import FakeClient

Answer = Callable[[object], None]

COLUMNS = (
    TableColumn("who", 0, 0, 12, ("ada", "ben", "cy", "dan")),
    TableColumn("age", 38, 2, 2, ("31", "45")),
    TableColumn("zip", 40, 0, 40, ("1010", "8001", "3000", "4051")),
    TableColumn("ill", 0, 0, 2, ("yes", "no")),
)


@pytest.fixture
def document(qapp: object) -> Document:
    made = Document()
    data = DataConfig(dataset="csv", options={"file": "t.csv", "missing": "mean"})
    made.edit_project("Choose", lambda now: replace(now, data=data))
    return made


@pytest.fixture
def dialog(qtbot: QtBot, link: EngineLink, document: Document) -> ColumnDialog:
    made = ColumnDialog(document, link, "/here")
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def answer(client: FakeClient, link: EngineLink) -> Answer:
    """Let the engine say something."""

    def say(record: object) -> None:
        client.answers.append(record)
        link.drain()

    return say


def pick(dialog: ColumnDialog, name: str, value: str) -> None:
    combo = dialog.findChild(object, name)
    combo.setCurrentIndex(combo.findData(value))
    combo.activated.emit(combo.currentIndex())


def test_the_engine_is_asked_for_the_projects_table(dialog: ColumnDialog, client: FakeClient) -> None:
    (asked,) = client.asked
    assert isinstance(asked, ReadTable)
    assert (asked.data["options"]["file"], asked.folder) == ("t.csv", "/here")
    assert not dialog.use_button.isEnabled()
    assert "not read yet" in dialog.use_button.toolTip()


def test_roles_and_types_are_one_undoable_edit(
    qtbot: QtBot, answer: Answer, dialog: ColumnDialog, client: FakeClient, document: Document
) -> None:
    answer(TableRead(client.asked[0].id, 40, 40, COLUMNS))
    assert dialog.words.text() == "4 columns of 40 rows."
    pick(dialog, "columns.role.who", "group")
    pick(dialog, "columns.role.age", "ignore")
    pick(dialog, "columns.type.zip", "words")
    qtbot.mouseClick(dialog.use_button, Qt.MouseButton.LeftButton)
    assert document.project.data.options == {
        "file": "t.csv",
        "missing": "mean",
        "group": "who",
        "features": "-age",
        "words": "zip",
    }
    document.undo()
    assert document.project.data.options == {"file": "t.csv", "missing": "mean"}


def test_a_new_target_lets_the_old_one_learn(
    answer: Answer, dialog: ColumnDialog, client: FakeClient
) -> None:
    answer(TableRead(client.asked[0].id, 90_000, 10_000, COLUMNS))
    assert "the first 10,000 are counted" in dialog.words.text()
    pick(dialog, "columns.role.age", "target")
    shown = {name: role.currentData() for name, (role, _) in dialog._editors.items()}
    assert shown == {"who": "feature", "age": "target", "zip": "feature", "ill": "feature"}
    pick(dialog, "columns.role.age", "ignore")
    assert not dialog.use_button.isEnabled()
    assert "No column is the target" in dialog.use_button.toolTip()


def test_a_table_that_cannot_be_read_is_said(
    answer: Answer, dialog: ColumnDialog, client: FakeClient
) -> None:
    answer(Failed(client.asked[0].id, "data", 'Cannot read "t.csv".'))
    assert dialog.words.text() == 'Cannot read "t.csv".'
