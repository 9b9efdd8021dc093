"""Who may import whom: the contracts of pyproject.toml, and what fresh processes really load."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TORCH = {"torch", "torchvision", "sklearn"}
QT = {"PySide6", "pyqtgraph", "shiboken6", "qtawesome"}


def loaded_after(code: str) -> set[str]:
    """Return the top-level modules of a fresh process that ran some code."""
    result = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{code}\nimport json, sys\n"
            "sys.stderr.write(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))",
        ],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return set(json.loads(result.stderr.splitlines()[-1]))


def modules_of(room: str) -> list[str]:
    """Return the dotted names of all modules in a room."""
    files = sorted((ROOT / "studio" / room).rglob("*.py"))
    names = (".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files)
    return [name.removesuffix(".__init__") for name in names if not name.endswith("__main__")]


def test_rooms_import_only_what_stands_to_their_right() -> None:
    result = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as run; run()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("room", ["graph", "catalog", "zoo", "project", "runs"])
def test_room_of_plain_values_loads_neither_torch_nor_qt(room: str) -> None:
    found = loaded_after("\n".join(f"import {name}" for name in modules_of(room)))
    assert not found & (TORCH | QT)


def test_window_loads_qt_and_no_torch() -> None:
    found = loaded_after("\n".join(f"import {name}" for name in modules_of("app")))
    assert "PySide6" in found
    assert not found & TORCH


def test_engine_of_the_window_loads_neither_torch_nor_qt() -> None:
    names = ("records", "codec", "link", "mailbox", "client", "child", "process_client")
    found = loaded_after("\n".join(f"import studio.engine.{name}" for name in names))
    assert not found & (TORCH | QT)


@pytest.mark.parametrize("room", ["compiler", "data", "probes", "training", "engine"])
def test_headless_room_loads_no_qt(room: str) -> None:
    found = loaded_after("\n".join(f"import {name}" for name in modules_of(room)))
    assert not found & QT


@pytest.mark.parametrize(
    "package",
    ["studio", *(f"studio.{p.name}" for p in (ROOT / "studio").iterdir() if (p / "__init__.py").exists())],
)
def test_packages_themselves_load_nothing_heavy(package: str) -> None:
    found = loaded_after(f"import {package}")
    qt = set() if package == "studio.app" else QT  # it mends an error of PySide6 before anything uses it
    assert not found & (TORCH | qt | {"pydantic", "networkx", "numpy"})


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["train", "--help"],
        ["templates"],
        ["new", "mlp", "-o", "{tmp}/new.flow"],
        ["runs", "{tmp}/some.flow"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_quick_commands_load_neither_torch_nor_qt(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "some.runs").mkdir()
    arguments = [word.format(tmp=tmp_path) for word in arguments]
    found = loaded_after(f"from studio.cli.main import main\nassert main({arguments!r}) == 0")
    assert not found & (TORCH | QT)


def test_help_loads_no_libraries_but_click() -> None:
    found = loaded_after("from studio.cli.main import main\nassert main(['--help']) == 0")
    assert not found & {"rich", "pydantic", "numpy", "networkx", "immutables", "msgpack", "platformdirs"}
