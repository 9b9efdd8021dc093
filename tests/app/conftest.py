"""What tests of the window share: a dressed application, and no leaked thread."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from studio.app.engine_link import EngineLink
from studio.app.in_force import in_force
from studio.app.theme.theme import theme
from tests.helpers import gui_thread
from tests.helpers.fake_client import FakeClient


@pytest.fixture(scope="session")
def qapp(qapp_args: list[str]) -> QApplication:
    """The application in the light theme, the same on every machine."""
    app = QApplication.instance() or QApplication(qapp_args)
    assert isinstance(app, QApplication)
    theme().install(app, "light")
    return app


@pytest.fixture(autouse=True)
def _preferences_by_default() -> Iterator[None]:
    """No test sees what another prefers."""
    yield
    in_force().forget()


@pytest.fixture(autouse=True)
def waits_for_the_store() -> Iterator[list[str]]:
    """No window reads or writes the store of runs on its own thread; where one does, as it happens."""
    with gui_thread.watched() as found:
        yield found
    assert not found, f"read on the window's thread: {', '.join(dict.fromkeys(found))}"


@pytest.fixture
def client() -> FakeClient:
    """An engine that answers what it is told to."""
    return FakeClient()


@pytest.fixture
def link(client: FakeClient, qapp: QApplication) -> EngineLink:
    """The window's end of that engine."""
    return EngineLink(client)


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    """Fonts and pictures need the application, also where a test shows no widget."""
