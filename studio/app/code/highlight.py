"""Python in colours: the words as pygments tells them apart, in the colours of the theme."""

from __future__ import annotations

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument
from PySide6.QtWidgets import QWidget

from studio.app.theme.contrast import seen_on
from studio.app.theme.theme import theme

READABLE = 4.5
"""Contrast of text, as WCAG 2.2 asks for it (success criterion 1.4.3)."""

Span = tuple[int, int, str]
"""(start, length, role) within a line, in Qt's units."""

ROLES = ("keyword", "name", "builtin", "string", "number", "comment", "foreign")


class CodeHighlighter(QSyntaxHighlighter):
    """Colours a document; what is written over several lines is followed.

    Letters outside of ASCII that are no part of a text or a comment are underlined: a name may look like
    another one.
    """

    def __init__(self, document: QTextDocument, parent: QWidget) -> None:
        super().__init__(parent)
        self._is_stale = True
        self._lines: list[tuple[list[Span], int]] = []
        self._formats: dict[str, QTextCharFormat] = {}
        document.contentsChange.connect(self._forget)  # before Qt's own, which colours the lines
        self.setDocument(document)
        self._dress()
        theme().changed.connect(self._dress)

    def roles(self, line: int) -> list[Span]:
        """Return what a line holds, from 0."""
        self._read()
        return self._lines[line][0] if line < len(self._lines) else []

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        self._read()
        number = self.currentBlock().blockNumber()
        spans, state = self._lines[number] if number < len(self._lines) else ([], 0)
        for start, length, role in spans:
            self.setFormat(start, length, self._formats[role])
        self.setCurrentBlockState(state)  # where it changes, the lines below are coloured anew

    def _read(self) -> None:
        document = self.document()
        if document is not None and self._is_stale:
            self._is_stale = False
            self._lines = spans_of(document.toPlainText())

    def _forget(self, _place: int, _removed: int, _added: int) -> None:
        self._is_stale = True

    def _dress(self) -> None:
        colors = theme().colors
        families = colors.families
        wanted = {
            "keyword": families["normalization"],
            "name": colors.accent,
            "builtin": families["sequence"],
            "string": colors.good,
            "number": families["pooling"],
            "comment": colors.dim,
            "foreign": colors.bad,
        }
        for role, color in wanted.items():
            form = self._formats[role] = QTextCharFormat()
            form.setForeground(QColor(seen_on(color, colors.background, READABLE)))
            if role == "comment":
                form.setFontItalic(True)
            elif role == "name":
                form.setFontWeight(QFont.Weight.DemiBold)
            elif role == "foreign":
                form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
                form.setUnderlineColor(QColor(colors.bad))
        self.rehighlight()


def spans_of(text: str) -> list[tuple[list[Span], int]]:
    """Return what is to be coloured in each line, with a number that says how the line ends.

    The number is another where a text or a comment goes on into the next line.
    """
    # It takes 0.1 s: not before code is shown.
    from pygments.lexers.python import PythonLexer
    from pygments.token import Token

    found: list[tuple[list[Span], int]] = []
    spans: list[Span] = []
    column = 0
    for kind, value in PythonLexer(ensurenl=False, stripnl=False).get_tokens(text):
        role = _role(kind, value, Token)
        for place, part in enumerate(value.split("\n")):
            if place:
                found.append((spans, ROLES.index(role) + 1 if role else 0))
                spans, column = [], 0
            width = _width(part)
            if role and part:
                spans.append((column, width, role))
            column += width
    found.append((spans, 0))
    return found


def _role(kind: object, value: str, token: object) -> str:
    """Return the role of a token; empty for what stays in the colour of the text."""
    tokens = token
    groups = (
        ("comment", tokens.Comment),  # type: ignore[attr-defined]
        ("string", tokens.Literal.String),  # type: ignore[attr-defined]
        ("number", tokens.Literal.Number),  # type: ignore[attr-defined]
        ("keyword", tokens.Keyword),  # type: ignore[attr-defined]
        ("keyword", tokens.Operator.Word),  # type: ignore[attr-defined]
        ("name", tokens.Name.Class),  # type: ignore[attr-defined]
        ("name", tokens.Name.Function),  # type: ignore[attr-defined]
        ("builtin", tokens.Name.Builtin),  # type: ignore[attr-defined]
        ("builtin", tokens.Name.Decorator),  # type: ignore[attr-defined]
    )
    role = next((role for role, group in groups if kind in group), "")
    return "foreign" if role not in ("comment", "string") and not value.isascii() else role


def _width(text: str) -> int:
    """Return how many of Qt's units a text has: letters beyond the first 65,536 count as two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
