"""An exception that leaves an override of Qt is told, whatever raised it; the process lives on."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QGraphicsItem, QWidget

from studio.app import overrides
from studio.app.overrides import guarded

PROGRAM = """
import sys
from studio.app import overrides
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
import shiboken6

def by_python():
    raise ValueError("python")

def deleted():
    gone = QObject()
    shiboken6.delete(gone)
    gone.objectName()

raisers = [by_python, lambda: 1 / 0, lambda: [][1], lambda: int("x"), lambda: len(3), deleted]
sys.excepthook = lambda kind, error, trace: print(kind.__name__, flush=True)

class Widget(QWidget):
    def paintEvent(self, event):
        if raisers:
            raisers.pop()()

class Child(Widget):
    pass

app = QApplication([])
child = Child()
child.show()
timer = QTimer(interval=5)
timer.timeout.connect(lambda: child.update() if raisers else app.quit())
timer.start()
app.exec()
print("alive")
"""


def test_exceptions_of_python_and_of_c_leave_a_paint_event_and_the_program_goes_on() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False
    )
    said = [line for line in done.stdout.splitlines() if line]
    names = ["RuntimeError", "TypeError", "ValueError", "IndexError", "ZeroDivisionError", "ValueError"]
    assert (done.returncode, said) == (0, [*names, "alive"]), done.stderr


def test_a_guard_has_the_signature_of_what_it_guards() -> None:
    def method(self: Any, index: int, role: int = 7, *more: int) -> tuple[int, ...]:
        """Say something."""
        return index, role, *more

    guard = guarded(method)
    assert guard(None, 1) == (1, 7)
    assert guard(None, 1, role=2) == (1, 2)
    assert guard(None, 1, 2, 3) == (1, 2, 3)
    assert (guard.__name__, guard.__doc__) == ("method", "Say something.")
    assert guard.__code__.co_argcount == method.__code__.co_argcount


def test_what_is_raised_is_raised_as_it_was() -> None:
    def method(self: Any) -> float:
        return 1 / 0

    with pytest.raises(ZeroDivisionError, match="division by zero"):
        guarded(method)(None)


@pytest.mark.skipif(not overrides.NEEDED, reason="this Python makes exceptions whole")
def test_only_what_qt_has_too_is_guarded() -> None:
    class Item(QGraphicsItem):
        def boundingRect(self) -> Any: ...

        def own(self) -> None: ...

    class Other(Item):
        def boundingRect(self) -> Any: ...

    assert hasattr(Item.boundingRect, "__wrapped__")
    assert hasattr(Other.boundingRect, "__wrapped__")
    assert not hasattr(Item.own, "__wrapped__")


def test_slots_and_signals_work_as_before(qtbot: Any) -> None:
    heard: list[Any] = []

    class Sender(QObject):
        said = Signal(bool, int)

    class Receiver(QWidget):
        def close(self) -> bool:
            heard.append("closed")
            return True

        @Slot(bool)
        def setVisible(self, shown: bool) -> None:
            heard.append(shown)

    sender, receiver = Sender(), Receiver()
    sender.said.connect(receiver.close)
    sender.said.connect(receiver.setVisible)
    sender.said.emit(True, 3)
    assert heard == ["closed", True]


def test_arguments_are_given_by_name_too() -> None:
    nowhere = QModelIndex()

    class Rows(QAbstractListModel):
        def rowCount(self, parent: Any = nowhere) -> int:
            return 2

        def data(self, index: Any, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
            return index.row() if role == Qt.ItemDataRole.DisplayRole else None

    rows = Rows()
    assert rows.rowCount() == 2
    assert rows.data(rows.index(1, 0)) == 1
    assert rows.data(rows.index(1, 0), role=Qt.ItemDataRole.ToolTipRole) is None
