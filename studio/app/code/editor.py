"""A small editor for Python: line numbers, indents, colours, and errors at their lines."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QToolTip, QWidget

from studio.app.code import lines
from studio.app.code.highlight import CodeHighlighter
from studio.app.theme.theme import theme
from studio.app.theme.tokens import LABEL_PX, SPACE

MARK = 2 * SPACE
"""Room for the mark of an error beside a line's number."""


class CodeEdit(QPlainTextEdit):
    """Holds the code of a layer.

    Tab and Shift+Tab indent what is selected, Enter keeps the indent, Ctrl+/ comments out. Ctrl+Tab leaves
    the editor.
    """

    def __init__(self, parent: QWidget | None = None, *, read_only: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("code.edit")
        self.setAccessibleName("Code")
        self.setAccessibleDescription("Python. Ctrl+Tab leaves the editor.")
        self.setReadOnly(read_only)
        if read_only:
            # With a cursor, so that it can be read and copied with the keyboard.
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse
            )
            self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._error_line, self._error = 0, ""
        self._margin = _LineNumbers(self)
        self.highlighter = CodeHighlighter(self.document(), self)
        self.blockCountChanged.connect(self._fit_margin)
        self.updateRequest.connect(self._scroll_margin)
        self.cursorPositionChanged.connect(self._mark_lines)
        theme().changed.connect(self._dress)
        self._dress()

    @property
    def error_line(self) -> int:
        """The line that is marked, from 1; 0 if none is."""
        return self._error_line

    @property
    def error(self) -> str:
        """What is wrong with the marked line."""
        return self._error

    def show_code(self, code: str) -> None:
        """Show other code; nothing of it can be undone."""
        self.setPlainText(code)
        self.document().setModified(False)
        self.show_error(0, "")

    def replace_code(self, code: str) -> None:
        """Put other code in the place of all, as one step of the editor's own undo."""
        cursor = self.textCursor()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(code)
        cursor.movePosition(QTextCursor.MoveOperation.Start)
        self.setTextCursor(cursor)

    def show_error(self, line: int, message: str) -> None:
        """Mark a line, from 1, as wrong; 0 takes the mark off."""
        self._error_line, self._error = line, message
        self._mark_lines()
        self._margin.update()

    def go_to_line(self, line: int) -> None:
        """Put the cursor on a line, from 1, and bring it into view."""
        block = self.document().findBlockByNumber(max(line, 1) - 1)
        if block.isValid():
            self.setTextCursor(QTextCursor(block))
            self.centerCursor()

    # Typing ---------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Indent, keep indents, and comment out; the rest is typing as anywhere."""
        if self.isReadOnly() or not self._act(event):
            super().keyPressEvent(event)

    def _act(self, event: QKeyEvent) -> bool:
        key, with_control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        cursor = self.textCursor()
        if key == Qt.Key.Key_Tab and with_control:
            self.focusNextChild()
        elif key == Qt.Key.Key_Backtab and with_control:
            self.focusPreviousChild()
        elif key == Qt.Key.Key_Tab:
            lines.indent(cursor)
        elif key == Qt.Key.Key_Backtab:
            lines.unindent(cursor)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not with_control:
            lines.break_line(cursor)
            self.ensureCursorVisible()
        elif key == Qt.Key.Key_Backspace and not event.modifiers():
            return lines.take_back_indent(cursor)
        elif key == Qt.Key.Key_Home and not with_control:
            lines.go_home(cursor, keep=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            self.setTextCursor(cursor)
        elif key == Qt.Key.Key_Slash and with_control:
            lines.comment(cursor)
        else:
            return False
        event.accept()
        return True

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste with spaces for tabs, as everything here is indented."""
        if source.hasText():
            self.textCursor().insertText(source.text().replace("\r\n", "\n").expandtabs(lines.INDENT))
            self.ensureCursorVisible()

    # Lines ----------------------------------------------------------------------------------------

    def margin_width(self) -> int:
        """Return how wide the column of line numbers is."""
        digits = max(2, len(str(self.blockCount())))
        return MARK + 3 * SPACE + self.fontMetrics().horizontalAdvance("9") * digits

    def paint_margin(self, event: QPaintEvent) -> None:
        """Paint the numbers of the lines on show, and the mark of the wrong one."""
        colors = theme()
        painter = QPainter(self._margin)
        painter.fillRect(event.rect(), colors.color("panel"))
        painter.setFont(self.font())
        block, here = self.firstVisibleBlock(), self.textCursor().blockNumber()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= event.rect().bottom():
            height, number = self.blockBoundingRect(block).height(), block.blockNumber()
            # The last block is higher than its line.
            line = min(round(height), self.fontMetrics().lineSpacing())
            box = QRect(0, round(top), self._margin.width() - 2 * SPACE, line)
            if number + 1 == self._error_line:
                colors.mark("error").paint(painter, QRect(SPACE // 2, box.y(), 3 * SPACE, box.height()))
            painter.setPen(colors.color("text" if number == here else "dim"))
            painter.drawText(
                box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(number + 1)
            )
            top += height
            block = block.next()
        painter.end()

    def _fit_margin(self) -> None:
        self.setViewportMargins(self.margin_width(), 0, 0, 0)
        self._place_margin()

    def _place_margin(self) -> None:
        inside = self.contentsRect()
        self._margin.setGeometry(QRect(inside.left(), inside.top(), self.margin_width(), inside.height()))

    def _scroll_margin(self, rect: QRect, dy: int) -> None:
        if dy:
            self._margin.scroll(0, dy)
        else:
            self._margin.update(0, rect.y(), self._margin.width(), rect.height())

    def _mark_lines(self) -> None:
        """Show where the cursor is, and which line is wrong."""
        marks = [] if self.isReadOnly() else [self._line_mark(self.textCursor(), theme().color("panel"))]
        block = self.document().findBlockByNumber(self._error_line - 1)
        if self._error_line and block.isValid():
            ground = theme().color("bad")
            ground.setAlphaF(0.14)
            marks.append(self._line_mark(QTextCursor(block), ground))
            cursor = QTextCursor(block)
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            wave = QTextEdit.ExtraSelection()
            wave.cursor = cursor
            form = QTextCharFormat()
            form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            form.setUnderlineColor(theme().color("bad"))
            wave.format = form
            marks.append(wave)
        self.setExtraSelections(marks)
        self._margin.update()

    @staticmethod
    def _line_mark(cursor: QTextCursor, color: QColor) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        form = QTextCharFormat()
        form.setBackground(color)
        form.setProperty(QTextFormat.Property.FullWidthSelection, True)
        mark.format = form
        cursor = QTextCursor(cursor)
        cursor.clearSelection()
        mark.cursor = cursor
        return mark

    def _dress(self) -> None:
        self.setFont(theme().mono(LABEL_PX + 1))
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(" ") * lines.INDENT)
        self._fit_margin()
        self._mark_lines()

    # Events ---------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Say what is wrong where the mouse rests on the wrong line."""
        if isinstance(event, QHelpEvent):
            line = self.cursorForPosition(self.viewport().mapFromParent(event.pos())).blockNumber() + 1
            is_wrong = self._error_line and line == self._error_line
            QToolTip.showText(event.globalPos(), self._error if is_wrong else "", self)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the column of numbers beside the text."""
        super().resizeEvent(event)
        self._place_margin()


class _LineNumbers(QWidget):
    """The column beside the text."""

    def __init__(self, editor: CodeEdit) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        return QSize(self._editor.margin_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._editor.paint_margin(event)
