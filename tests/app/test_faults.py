"""Exceptions that nobody caught: logged, told once, and the program goes on."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from studio import logs
from studio.app.fault_dialog import FaultDialog
from studio.app.faults import MEMORY, Faults, fault_of
from studio.app.main_window import MainWindow
from studio.engine.records import Failed
from studio.errors import ReadOnlyError
from studio.graph import edits
from tests.helpers.canvas_table import small_network
from tests.helpers.window import open_window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> MainWindow:
    return open_window(qtbot, tmp_path, small_network())


@pytest.fixture
def faults(window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Faults]:
    """The real hooks, with a log of their own; pytest's own come back afterwards."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    logs.begin("window")
    faults = Faults(lambda: window)
    faults.install()
    yield faults
    faults.uninstall()
    if faults.dialog is not None:
        faults.dialog.close()
    logs.end()


class Bell(QObject):
    rung = Signal()


def log_text() -> str:
    return logs.log_file("window").read_text()


def shown(qtbot: QtBot, faults: Faults) -> FaultDialog:
    qtbot.waitUntil(lambda: faults.dialog is not None, timeout=20_000)
    assert faults.dialog is not None
    return faults.dialog


def test_an_exception_in_a_slot_is_logged_and_told_once(qtbot, window, faults):
    bell = Bell()

    def ring() -> None:
        raise KeyError("zebra")

    bell.rung.connect(ring)
    for _ in range(30):
        bell.rung.emit()
    dialog = shown(qtbot, faults)
    report = dialog.text.toPlainText()
    assert report.count("KeyError: 'zebra'") == 1
    assert "in ring" in report
    assert "Flowgraph Studio" in report
    assert "went wrong inside the program: 'zebra' (KeyError)" in dialog.title.text()
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().text() == report
    assert log_text().count("Traceback") == 1
    assert "10 times by now" in log_text()
    dialog.close_button.click()
    bell.rung.emit()
    qtbot.waitUntil(lambda: "told before" in window.status.currentMessage())
    assert faults.dialog is None


def test_the_program_is_usable_after_a_fault(qtbot, window, faults):
    QTimer.singleShot(0, window, lambda: 1 // 0)
    shown(qtbot, faults).accept()
    window.document.edit("Rename", lambda graph: edits.rename(graph, "n2", "other"))
    window.document.undo()
    assert window.document.graph.node("n2").name == "conv"


def test_another_fault_joins_the_dialog_that_is_open(qtbot, window, faults):
    QTimer.singleShot(0, window, lambda: 1 // 0)
    dialog = shown(qtbot, faults)
    QTimer.singleShot(0, window, lambda: [][3])
    qtbot.waitUntil(lambda: "IndexError" in dialog.text.toPlainText())
    assert "ZeroDivisionError" in dialog.text.toPlainText()
    assert dialog.windowTitle() == "2 things went wrong"
    assert len(window.findChildren(FaultDialog)) == 1


def test_a_widget_that_fails_at_every_paint_is_told_once(qtbot, window, faults):
    class Broken(QWidget):
        def paintEvent(self, _event: object) -> None:
            raise ValueError("brush")

    broken = Broken(window)
    broken.resize(20, 20)
    broken.show()
    for _ in range(3):
        broken.update()
        qtbot.wait(20)
    dialog = shown(qtbot, faults)
    assert dialog.text.toPlainText().count("in paintEvent") == 1
    broken.hide()


def test_a_fault_on_another_thread_is_told_with_its_name(qtbot, faults):
    thread = threading.Thread(target=lambda: {}["gone"], name="reader")
    thread.start()
    thread.join()
    assert "on the thread reader" in shown(qtbot, faults).text.toPlainText()
    assert "KeyError: 'gone'" in log_text()


def test_memory_that_ran_out_is_said_in_words(qtbot, window, faults):
    def fill() -> None:
        raise MemoryError

    QTimer.singleShot(0, window, fill)
    assert shown(qtbot, faults).title.text() == MEMORY


def test_what_is_meant_for_the_person_is_no_fault(qtbot, window, faults):
    def refuse() -> None:
        raise ReadOnlyError("ada has it open.")

    QTimer.singleShot(0, window, refuse)
    qtbot.waitUntil(lambda: window.banner.text == "ada has it open.", timeout=20_000)
    assert faults.dialog is None
    assert "ada has it open" in log_text()


def test_what_cannot_be_raised_is_logged(faults):
    class Careless:
        def __del__(self) -> None:
            raise OSError("careless")

    Careless()
    assert "OSError: careless" in log_text()
    assert faults.dialog is None


def test_what_qt_says_is_logged(faults, capsys):
    from PySide6.QtCore import qWarning

    qWarning("a pixmap is null")
    assert "WARNING qt: a pixmap is null" in log_text()
    assert "a pixmap is null" in capsys.readouterr().err


def test_hooks_are_given_back(window):
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    faults = Faults(lambda: window)
    faults.install()
    assert sys.excepthook != before[0]
    faults.uninstall()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


def test_a_long_traceback_is_cut_in_the_middle():
    def deep(left: int) -> int:
        return deep(left - 1) if left else 1 // 0

    with pytest.raises(ZeroDivisionError) as caught:
        deep(400)
    fault = fault_of(caught.value)
    assert fault.report.endswith("ZeroDivisionError: integer division or modulo by zero")
    assert fault.report.count("\n") < 450


def test_details_of_the_engine_can_be_copied_and_reported(window):
    window.workspace.refused.emit(Failed(0, "run", "Step 3 failed.", details="Traceback: here"))
    details = [button for button in window.banner.findChildren(QPushButton) if button.text() == "Details"]
    details[0].click()
    dialog = window.findChild(FaultDialog)
    assert dialog is not None
    assert dialog.text.toPlainText() == "Traceback: here"
    dialog.report_button.click()
    report = window.findChild(QWidget, "dialog.problem")
    assert report is not None
    report.close()


def test_a_crash_of_the_last_time_is_mentioned(window, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    logs.log_folder().mkdir(parents=True)
    logs.crash_file("engine", 5).write_text("Fatal Python error: Segmentation fault\n")
    window.notices.tell_crashes()
    assert window.banner.text.startswith("The engine crashed in native code on ")
    shows = [button for button in window.banner.findChildren(QPushButton) if button.text() == "Show report"]
    shows[0].click()
    dialog = window.findChild(FaultDialog)
    assert dialog is not None
    assert "Segmentation fault" in dialog.text.toPlainText()
    dialog.close()
    window.banner.hide()
    window.notices.tell_crashes()
    assert window.banner.text == ""


def test_chronicle_writes_down_what_happened(window, faults):
    window.workspace.refused.emit(Failed(0, "run", "Step 3 failed.", details="Traceback: here"))
    window.files.failed.emit("save", "The disk is full.")
    text = log_text()
    assert "Refused (run): Step 3 failed." in text
    assert "Could not save: The disk is full." in text
    logging.getLogger("studio").debug("unseen")
