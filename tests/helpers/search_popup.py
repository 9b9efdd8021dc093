"""Hands on a search that floats over a canvas."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.app.search.popup import SearchPopup

NO_KEYS = Qt.KeyboardModifier.NoModifier


def type_in(popup: SearchPopup, words: str) -> None:
    assert popup.isVisible()
    QTest.keyClicks(popup.field, words)


def press(popup: SearchPopup, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    assert popup.isVisible()
    QTest.keyClick(popup.field, key, keys)


def titles(popup: SearchPopup) -> list[str]:
    assert popup.isVisible()
    return [row.title for row in popup.list.rows.rows if row.key is not None]


def headings(popup: SearchPopup) -> list[str]:
    assert popup.isVisible()
    return [row.title for row in popup.list.rows.rows if row.key is None]
