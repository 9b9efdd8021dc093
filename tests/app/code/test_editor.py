from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from studio.app.code.editor import CodeEdit
from studio.app.code.highlight import READABLE, ROLES, spans_of
from studio.app.theme.contrast import contrast
from studio.app.theme.theme import theme
from studio.catalog.code_templates import TEMPLATES


@pytest.fixture
def edit(qtbot: QtBot) -> CodeEdit:
    made = CodeEdit()
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    return made


def colors(edit: CodeEdit, line: int) -> dict[str, str]:
    """Return the coloured words of a line, from 0, with their colours."""
    block = edit.document().findBlockByNumber(line)
    layout = block.layout()
    return {
        block.text()[one.start : one.start + one.length]: one.format.foreground().color().name()
        for one in layout.formats()
    }


def test_words_have_roles() -> None:
    found = [
        spans for spans, _ in spans_of('class A:  # why\n    x = "a" + 12\n    """one\n    two"""\nß = 1')
    ]
    assert found[0] == [(0, 5, "keyword"), (6, 1, "name"), (10, 5, "comment")]
    assert (13, 2, "number") in found[1] or (14, 2, "number") in found[1]
    assert found[2][-1][2] == found[3][0][2] == "string"
    assert found[4][0] == (0, 1, "foreign")


def test_letters_that_qt_counts_twice_do_not_shift_the_colours() -> None:
    ((spans, _),) = spans_of('x = "😀"; y = 1')
    assert spans[-1] == (14, 1, "number")


def test_what_is_typed_is_coloured_at_once_and_what_follows_it_too(edit: CodeEdit) -> None:
    edit.show_code("a = 1\nb = 2\n")
    before = colors(edit, 1)
    assert "2" in before
    edit.textCursor().insertText('"""')
    assert list(colors(edit, 1)) == ["b = 2"]
    edit.undo()
    assert colors(edit, 1) == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_colour_can_be_read(edit: CodeEdit, scheme: str) -> None:
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    theme().install(app, scheme)  # type: ignore[arg-type]
    try:
        ground = QColor(theme().colors.background)
        found = {role: edit.highlighter._formats[role].foreground().color() for role in ROLES}
        assert all(contrast(color, ground) >= READABLE for color in found.values())
        assert len({color.name() for color in found.values()}) == len(ROLES)
    finally:
        theme().install(app, "light")  # type: ignore[arg-type]


def test_a_wrong_line_is_marked_until_it_is_right(edit: CodeEdit) -> None:
    edit.show_code("a\nb\nc\n")
    edit.show_error(2, "not so")
    assert (edit.error_line, edit.error) == (2, "not so")
    assert any(mark.cursor.blockNumber() == 1 for mark in edit.extraSelections())
    edit.show_error(0, "")
    assert all(mark.cursor.blockNumber() != 1 for mark in edit.extraSelections())


def test_pasted_tabs_become_spaces(edit: CodeEdit) -> None:
    data = QMimeData()
    data.setText("def f():\r\n\treturn 1")
    edit.insertFromMimeData(data)
    assert edit.toPlainText() == "def f():\n    return 1"


def test_the_numbers_make_room_for_more_lines(edit: CodeEdit) -> None:
    edit.show_code("a\n" * 20)
    narrow = edit.margin_width()
    edit.show_code("a\n" * 2000)
    assert edit.margin_width() > narrow
    edit.grab()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.title)
def test_code_comes_out_as_it_went_in(edit: CodeEdit, template: object) -> None:
    edit.show_code(template.code)  # type: ignore[attr-defined]
    assert edit.toPlainText() == template.code  # type: ignore[attr-defined]


def test_read_only_code_cannot_be_changed_and_lets_the_keyboard_leave(qtbot: QtBot) -> None:
    edit = CodeEdit(read_only=True)
    qtbot.addWidget(edit)
    edit.show_code("a = 1\n")
    qtbot.keyClicks(edit, "xyz")
    assert edit.toPlainText() == "a = 1\n"
    assert edit.tabChangesFocus()
