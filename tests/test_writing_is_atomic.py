"""Every file that the program writes goes through `studio.project.atomic`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "studio"

WRITERS = ("write_text", "write_bytes", "save_file", "savefig", "to_csv", "save_model")
"""Methods and functions that write a file in place."""

ALLOWED = {
    "project/atomic.py": "it is the writer",
    "logs.py": "a log grows at its end",
    "runs/lock.py": "a lock holds nothing",
    "runs/sharing.py": "the archive is written beside its place, synced and renamed",
    "runs/unpacking.py": "a new folder is filled beside its place, synced and renamed",
    "app/theme/icons.py": "the pictures of the program itself, made before it is packed",
}


def written_in_place(tree: ast.AST) -> list[int]:
    """Return the lines of a module that write a file without the writer."""
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Call) and is_writing(node)]


def is_writing(call: ast.Call) -> bool:
    function = call.func
    owner = (
        function.value.id
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name)
        else ""
    )
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in WRITERS:
        return owner != "atomic" and not isinstance(function, ast.Name)
    if name == "open" and owner not in ("os", "webbrowser"):
        modes = [
            one.value
            for one in [*call.args, *(word.value for word in call.keywords)]
            if isinstance(one, ast.Constant)
        ]
        return any(
            isinstance(mode, str) and set(mode) <= set("rwxabt+") and set(mode) & set("wxa+")
            for mode in modes
        )
    return name == "QSaveFile" or (name == "save" and owner == "torch")


@pytest.mark.parametrize(
    ("code", "writes"),
    [
        ("path.write_text('a')", True),
        ("path.open('wb')", True),
        ("open(path, mode='a')", True),
        ("torch.save(x, path)", True),
        ("atomic.write_bytes(path, data)", False),
        ("write_bytes(path, data)", False),
        ("path.open('rb')", False),
        ("path.open()", False),
    ],
)
def test_writing_is_told_from_reading(code: str, writes: bool) -> None:
    assert bool(written_in_place(ast.parse(code))) == writes


def test_no_module_writes_a_file_in_place() -> None:
    found = {}
    for path in ROOT.rglob("*.py"):
        name = path.relative_to(ROOT).as_posix()
        lines = written_in_place(ast.parse(path.read_text(encoding="utf-8")))
        if lines and name not in ALLOWED:
            found[name] = lines
    assert found == {}
