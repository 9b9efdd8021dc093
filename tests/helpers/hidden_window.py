"""The real main window without a test around it, for promises that are tried thousands of times."""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.app.canvas.camera import Camera
from studio.app.main_window import MainWindow
from studio.app.settings import Settings
from studio.app.theme.theme import theme
from studio.engine.client import EngineClient
from studio.project.project import Project
from tests.helpers.canvas_table import Table, small_network
from tests.helpers.fake_client import FakeClient
from tests.helpers.random_editor import written
from tests.helpers.random_person import RandomPerson


class HiddenWindow:
    """A window on the offscreen platform, with an engine that only listens unless another is given.

    Attributes:
        window: The window.
        raised: Exceptions that nobody caught, such as in slots.
    """

    def __init__(self, folder: Path, client: EngineClient | None = None) -> None:
        app = QApplication.instance() or QApplication([])
        assert isinstance(app, QApplication)
        theme().install(app, "light")
        self.raised: list[str] = []
        self._before = sys.excepthook
        sys.excepthook = lambda kind, error, _trace: self.raised.append(f"{kind.__name__}: {error}")
        self._client = client or FakeClient()
        self.window = MainWindow(self._client, Settings(folder / "settings.json"))
        self.window.resize(1600, 1000)
        self.window.show()
        QTest.qWaitForWindowActive(self.window)

    def __enter__(self) -> HiddenWindow:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for sheet in self.window.document.sheets:
            sheet.history.mark_saved()
        self.window.close()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        sys.excepthook = self._before

    def forget(self) -> None:
        """Forget what the engine was asked, where it only listens."""
        if isinstance(self._client, FakeClient):
            self._client.asked.clear()

    def try_gestures(self, seed: int, steps: int) -> None:
        """Show a small network, do so many things at random, and undo and redo all of them.

        Raises:
            AssertionError: A step is not found again as it was, or a slot raised.
        """
        window, document = self.window, self.window.document
        self.raised.clear()
        before = document.sheet
        document.open(Project("demo", small_network()), None)
        document.close(before)
        window.canvas.set_camera(Camera())
        window.canvas.setFocus()
        person = RandomPerson(
            Table(window.canvas, document, window.workspace.selection, window.workspace.facts), seed
        )
        past: dict[int, tuple[object, str]] = {}
        try:
            for _ in range(steps):
                _remember(past, document)
                person.step()
                assert not self.raised, self.raised[0]
            _remember(past, document)
            self._go_back_and_forth(past)
        except AssertionError as error:
            done = "; ".join(person.done[-12:])
            raise AssertionError(f"seed {seed}: {error} after {done}") from error

    def _go_back_and_forth(self, past: dict[int, tuple[object, str]]) -> None:
        document = self.window.document
        while document.history.can_redo:
            document.redo()
        for step, can in ((document.undo, "can_undo"), (document.redo, "can_redo")):
            while getattr(document.history, can):
                step()
                _look(past, document)
                assert not self.raised, self.raised[0]


def _remember(past: dict[int, tuple[object, str]], document: object) -> None:
    """Keep what each step of the history holds now, as text; steps that are gone are forgotten."""
    entries = document.history.entries  # type: ignore[attr-defined]
    for index in [index for index in past if index >= len(entries)]:
        del past[index]
    for index, entry in enumerate(entries):
        if index not in past or past[index][0] is not entry.value:
            past[index] = entry.value, written(entry.value)


def _look(past: dict[int, tuple[object, str]], document: object) -> None:
    index = document.history.index  # type: ignore[attr-defined]
    if index in past:
        assert written(document.project) == past[index][1], f"step {index} is not what it was"  # type: ignore[attr-defined]
    assert document.graph is document.sheet.graph  # type: ignore[attr-defined]
