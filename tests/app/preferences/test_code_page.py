"""Code that is trusted: shown, and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app.preferences.code_page import CodePage
from studio.engine.records import Check
from studio.project import atomic, trust
from tests.helpers.custom_code import around_code, layer
from tests.helpers.window import open_window

CODES = [layer(f"return x + {number}") for number in range(3)]


@pytest.fixture(autouse=True)
def _own_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def page(qtbot: QtBot) -> CodePage:
    found = CodePage()
    qtbot.addWidget(found)
    found.show()
    return found


def shown(page: CodePage) -> list[str]:
    return [page.list.item(row).text() for row in range(page.list.count())]


def test_it_says_that_nothing_was_trusted_yet(page: CodePage) -> None:
    assert shown(page) == []
    assert page.state.text() == "No code was trusted yet."
    assert not page.remove_button.isEnabled()


def test_what_is_trusted_meanwhile_stands_there_the_newest_first(page: CodePage) -> None:
    page.hide()
    for number, code in enumerate(CODES):
        trust.store().trust(code, f"layer{number}", "own-layers")
    page.show()
    assert [line.split()[:3] for line in shown(page)] == [
        ["layer2", "in", "own-layers"],
        ["layer1", "in", "own-layers"],
        ["layer0", "in", "own-layers"],
    ]
    assert page.state.isHidden()


def test_exactly_what_was_chosen_is_trusted_no_more(page: CodePage) -> None:
    for number, code in enumerate(CODES):
        trust.store().trust(code, f"layer{number}")
    page.refresh()
    page.list.item(0).setSelected(True)
    page.list.item(2).setSelected(True)
    page.remove_button.click()
    assert [trust.is_trusted(code) for code in CODES] == [False, True, False]
    assert [line.split()[0] for line in shown(page)] == ["layer1"]


def test_a_list_that_cannot_be_written_is_said_and_stays(
    page: CodePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust.store().trust(CODES[0], "layer")
    page.refresh()

    def refuse(*args: object, **kwargs: object) -> None:
        raise trust.ProjectError("The disk is full.")

    monkeypatch.setattr(atomic, "write_bytes", refuse)
    page.list.item(0).setSelected(True)
    page.remove_button.click()
    assert page.state.text() == "The disk is full."
    assert trust.is_trusted(CODES[0])


def test_a_key_that_does_not_count_is_said(page: CodePage) -> None:
    trust.store().trust(CODES[0], "layer")
    trust.store().key_path.write_bytes(b"short")
    page.refresh()
    assert "does not count" in page.state.text()
    assert not trust.is_trusted(CODES[0])


def test_the_design_is_checked_again_at_once(qtbot: QtBot, tmp_path: Path) -> None:
    trust.store().trust(CODES[0], "mine")
    window = open_window(qtbot, tmp_path, around_code(CODES[0], trusted=False))
    QTest.keyClick(window.canvas, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    dialog = window.menus.commands.preferences
    assert dialog is not None
    dialog.show_page("code")
    dialog.code.list.item(0).setSelected(True)
    client = window.workspace.link._client

    def num_checks() -> int:
        return sum(isinstance(one, Check) for one in client.asked)  # type: ignore[attr-defined]

    before = num_checks()
    dialog.code.remove_button.click()
    assert num_checks() == before + 1
    dialog.close()
