"""What all tests share: no display needed, one thread for torch, and a dressed QApplication."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest

from studio.project import grants
from tests.helpers import real_data

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", autouse=True)
def private_folders(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep settings, caches and state of the person running the tests out of reach."""
    home = tmp_path_factory.mktemp("home")
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        os.environ[name] = str(home / name.lower())
    # What tests write, and the data sets of this machine, may be read; tests of grants take that back.
    for folder in (tmp_path_factory.getbasetemp(), real_data.home()):
        grants.allow(folder, keep=True)


@pytest.fixture
def no_grants(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing outside a project's folder was ever allowed."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-grants"))
    monkeypatch.setattr(grants, "_for_now", set())
    monkeypatch.setattr(grants, "_from_files", set())


gc.disable()
"""As in the window (`studio.app.garbage`): a worker thread must not collect Qt objects."""


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Delete the windows that a test closed, and collect, between tests and on the main thread.

    Outside of an event loop nobody deletes what waits for it: windows would add up, and slow down new ones.
    """
    if "PySide6.QtWidgets" in sys.modules:
        from PySide6.QtCore import QCoreApplication, QEvent

        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    youngest, middle, _ = gc.get_count()
    if youngest > 20_000:
        gc.collect(2 if middle > 10 else 1)


@pytest.fixture
def examples() -> Path:
    """The folder of example projects."""
    return ROOT / "examples"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that writes what golden tests compare with."""
    parser.addoption("--rewrite-golden", action="store_true", help="Write tests/golden anew.")


@pytest.fixture
def rewrite_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written."""
    return bool(request.config.getoption("--rewrite-golden"))


@pytest.fixture(autouse=True)
def _memory_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test says must not depend on how much memory is free here; the tests of that say how much is."""
    monkeypatch.setattr("studio.data.room.free_bytes", lambda: 0)
