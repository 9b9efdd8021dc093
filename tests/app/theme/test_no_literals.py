"""Colours and sizes on screen stand in the theme and nowhere else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import studio.app

ROOM = Path(studio.app.__file__).parent
FILES = [path for path in sorted(ROOM.rglob("*.py")) if "theme" not in path.parts]
SIZES = re.compile(
    r"(set(Fixed|Minimum|Maximum)(Size|Width|Height)|resize|setContentsMargins|set\w*Spacing|setIconSize)"
)
COLOR = re.compile(r"#[0-9a-fA-F]{3,8}")
LEAST = 3
"""0, 1 and 2 are nothing, a hair line, and both of its sides."""


def literals(path: Path) -> Iterator[str]:
    """Yield where a file says a colour, or a size in a call that sets one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and COLOR.fullmatch(node.value):
            yield f"{path.name}:{node.lineno}: {node.value}"
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and SIZES.fullmatch(node.func.attr)
        ):
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                if (
                    isinstance(argument, ast.Constant)
                    and isinstance(argument.value, int)
                    and argument.value >= LEAST
                ):
                    yield f"{path.name}:{node.lineno}: {node.func.attr}({argument.value})"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOM)))
def test_no_colour_and_no_size_outside_the_theme(path: Path) -> None:
    assert not list(literals(path))


def test_a_literal_would_be_found(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text('widget.setFixedSize(12, SPACE)\npen = QColor("#ff0000")\n')
    assert list(literals(bad)) == ["bad.py:1: setFixedSize(12)", "bad.py:2: #ff0000"]
