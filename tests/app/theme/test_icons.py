import re

import pytest
from PySide6.QtCore import QFile

from studio.app.theme import icons
from studio.app.theme.style_sheet import style_sheet
from studio.app.theme.tokens import DARK, LIGHT

SCHEMES = [("light", LIGHT), ("dark", DARK)]


@pytest.mark.parametrize(("scheme", "colors"), SCHEMES, ids=["light", "dark"])
def test_files_are_what_the_module_would_write(scheme, colors):
    """After a change of shapes or tokens: python -m studio.app.theme.icons."""
    written = {path.stem: path.read_text(encoding="utf-8") for path in (icons.FOLDER / scheme).glob("*.svg")}
    assert written == {name: icons.svg(name, colors) for name in icons.SHAPES}


@pytest.mark.parametrize(("scheme", "colors"), SCHEMES, ids=["light", "dark"])
def test_every_image_of_the_style_sheet_exists(scheme, colors, qapp):
    paths = re.findall(r"url\((.+?)\)", style_sheet(colors, "monospace"))
    assert paths
    assert [path for path in paths if not QFile.exists(path)] == []
    assert all(path.startswith(f"icons:{scheme}/") for path in paths)


@pytest.mark.parametrize("name", sorted(icons.SHAPES))
def test_every_icon_can_be_drawn(name, qapp):
    assert not icons.icon(name, "dark").pixmap(16, 16).isNull()
