"""What keys do to lines of code, on a text cursor: each is one step of the editor's undo."""

from __future__ import annotations

from PySide6.QtGui import QTextBlock, QTextCursor

INDENT = 4
"""Spaces of one step."""


def indent(cursor: QTextCursor) -> None:
    """Indent the selected lines; without a selection, go on to the next step."""
    if not cursor.hasSelection():
        cursor.insertText(" " * (INDENT - cursor.positionInBlock() % INDENT))
        return
    cursor.beginEditBlock()
    for block in _blocks(cursor):
        if block.text().strip():
            QTextCursor(block).insertText(" " * INDENT)
    cursor.endEditBlock()


def unindent(cursor: QTextCursor) -> None:
    """Take a step of indent off the selected lines, or off the line of the cursor."""
    cursor.beginEditBlock()
    for block in _blocks(cursor):
        _remove(block, _spaces(block.text()[:INDENT]))
    cursor.endEditBlock()


def break_line(cursor: QTextCursor) -> None:
    """Begin a line with the indent of this one; a step more after a colon, a step less after a return."""
    before = cursor.block().text()[: cursor.positionInBlock()] if not cursor.hasSelection() else ""
    if cursor.hasSelection():
        start = cursor.document().findBlock(cursor.selectionStart())
        before = start.text()[: cursor.selectionStart() - start.position()]
    words = before.split("#")[0].rstrip()
    depth = _spaces(before)
    if words.endswith(":"):
        depth += INDENT
    elif words.split()[:1] and words.split()[0] in ("return", "pass", "raise", "break", "continue"):
        depth = max(0, depth - INDENT)
    cursor.insertText("\n" + " " * depth)


def take_back_indent(cursor: QTextCursor) -> bool:
    """Delete back to the step of indent before the cursor; return False where that is not at hand."""
    before = cursor.block().text()[: cursor.positionInBlock()]
    if cursor.hasSelection() or not before or before.strip(" "):
        return False
    for _ in range((len(before) - 1) % INDENT + 1):
        cursor.deletePreviousChar()
    return True


def go_home(cursor: QTextCursor, *, keep: bool) -> None:
    """Go to the first word of the line; from there, to its beginning.

    Args:
        keep: The selection grows.
    """
    mode = QTextCursor.MoveMode.KeepAnchor if keep else QTextCursor.MoveMode.MoveAnchor
    block = cursor.block()
    first = block.position() + _spaces(block.text())
    cursor.setPosition(block.position() if cursor.position() == first else first, mode)


def comment(cursor: QTextCursor) -> None:
    """Comment the selected lines out; back in, if all of them are."""
    blocks = [block for block in _blocks(cursor) if block.text().strip()]
    if not blocks:
        return
    cursor.beginEditBlock()
    if all(block.text().lstrip().startswith("#") for block in blocks):
        for block in blocks:
            place = block.text().index("#")
            inner = QTextCursor(block)
            inner.setPosition(block.position() + place)
            width = 2 if block.text()[place : place + 2] == "# " else 1
            inner.movePosition(
                QTextCursor.MoveOperation.NextCharacter, QTextCursor.MoveMode.KeepAnchor, width
            )
            inner.removeSelectedText()
    else:
        depth = min(_spaces(block.text()) for block in blocks)
        for block in blocks:
            inner = QTextCursor(block)
            inner.setPosition(block.position() + depth)
            inner.insertText("# ")
    cursor.endEditBlock()


def _blocks(cursor: QTextCursor) -> list[QTextBlock]:
    """Return the lines that are selected; one in which the selection only ends at its beginning is not."""
    document = cursor.document()
    start, stop = cursor.selectionStart(), cursor.selectionEnd()
    block, last = document.findBlock(start), document.findBlock(stop)
    if stop > start and stop == last.position():
        last = last.previous()
    found = [block]
    while block != last and block.isValid():
        block = block.next()
        found.append(block)
    return found


def _remove(block: QTextBlock, count: int) -> None:
    cursor = QTextCursor(block)
    cursor.movePosition(QTextCursor.MoveOperation.NextCharacter, QTextCursor.MoveMode.KeepAnchor, count)
    cursor.removeSelectedText()


def _spaces(text: str) -> int:
    return len(text) - len(text.lstrip(" "))
