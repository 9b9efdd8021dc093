from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.app.code import lines
from studio.app.code.editor import CodeEdit


def cursor_in(text: str) -> QTextCursor:
    """Return a cursor in a document; ``|`` stands for its place, two of them for a selection."""
    first, second = text.find("|"), text.rfind("|")
    document = QTextDocument(text.replace("|", ""))
    cursor = QTextCursor(document)
    cursor.keep = document  # type: ignore[attr-defined]
    cursor.setPosition(first)
    if second > first:
        cursor.setPosition(second - 1, QTextCursor.MoveMode.KeepAnchor)
    return cursor


def text_of(cursor: QTextCursor) -> str:
    text = cursor.document().toPlainText()
    place = cursor.position()
    return text if cursor.hasSelection() else f"{text[:place]}|{text[place:]}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a|", "a   |"),
        ("|a", "    |a"),
        ("  |a", "    |a"),
        ("|a\nb|\nc", "    a\n    b\nc"),
        ("|a\n\n|b", "    a\n\nb"),
    ],
)
def test_indent(before: str, after: str) -> None:
    cursor = cursor_in(before)
    lines.indent(cursor)
    assert text_of(cursor) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [("    a|", "a|"), ("  a|", "a|"), ("a|", "a|"), ("|        a\n    b\nc|", "    a\nb\nc")],
)
def test_unindent(before: str, after: str) -> None:
    cursor = cursor_in(before)
    lines.unindent(cursor)
    assert text_of(cursor) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a|b", "a\n|b"),
        ("    a|", "    a\n    |"),
        ("    def f(x):|", "    def f(x):\n        |"),
        ("    if a:  # so|", "    if a:  # so\n        |"),
        ("        return x|", "        return x\n    |"),
        ("    returned = 1|", "    returned = 1\n    |"),
        ("|", "\n|"),
    ],
)
def test_break_line(before: str, after: str) -> None:
    cursor = cursor_in(before)
    lines.break_line(cursor)
    assert text_of(cursor) == after


@pytest.mark.parametrize(
    ("before", "after"), [("        |", "    |"), ("      |a", "    |a"), ("    |a", "|a"), ("   |", "|")]
)
def test_backspace_takes_a_step_of_indent(before: str, after: str) -> None:
    cursor = cursor_in(before)
    assert lines.take_back_indent(cursor)
    assert text_of(cursor) == after


@pytest.mark.parametrize("text", ["|", "|a", "a|", "  a |", "|  |"])
def test_backspace_elsewhere_is_left_to_qt(text: str) -> None:
    assert not lines.take_back_indent(cursor_in(text))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a|", "# a|"),
        ("# a|", "a|"),
        ("#a|", "a|"),
        ("|    a\n        b|", "    # a\n    #     b"),
        ("|    # a\n\n    #     b|", "    a\n\n        b"),
        ("|", "|"),
    ],
)
def test_comment(before: str, after: str) -> None:
    cursor = cursor_in(before)
    lines.comment(cursor)
    assert text_of(cursor) == after


def test_home_goes_to_the_first_word_and_then_to_the_margin() -> None:
    cursor = cursor_in("    abc|")
    lines.go_home(cursor, keep=False)
    assert cursor.position() == 4
    lines.go_home(cursor, keep=False)
    assert cursor.position() == 0


def test_keys_of_the_editor_are_single_steps_of_its_undo(qtbot: QtBot) -> None:
    edit = CodeEdit()
    qtbot.addWidget(edit)
    edit.show_code("class A:\n    pass\n")
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Tab)
    assert edit.toPlainText() == "    class A:\n        pass\n"
    QTest.keyClick(edit, Qt.Key.Key_Backtab)
    QTest.keyClick(edit, Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    assert edit.toPlainText() == "# class A:\n#     pass\n"
    edit.undo()
    assert edit.toPlainText() == "class A:\n    pass\n"
    edit.undo()
    assert edit.toPlainText() == "    class A:\n        pass\n"
    edit.replace_code("x = 1\n")
    edit.undo()
    assert edit.toPlainText() == "    class A:\n        pass\n"
