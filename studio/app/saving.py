"""Widgets as pictures, and the one way in which pictures and tables are saved under a name asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from studio.app.theme.theme import theme
from studio.errors import StudioError
from studio.project import atomic

SCALE = 2.0
"""Pixels of a saved picture to one of the screen's."""

CSV_FILES = "CSV files (*.csv)"
PNG_FILES = "PNG pictures (*.png)"
SVG_FILES = "SVG pictures (*.svg)"


def picture_of(widget: QWidget) -> QImage:
    """Return a widget as a picture, twice as fine as on the screen."""
    size = widget.size()
    image = QImage(
        QSize(round(size.width() * SCALE), round(size.height() * SCALE)),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    image.setDevicePixelRatio(SCALE)
    image.fill(theme().color("panel"))
    widget.render(image)
    return image


def png_of(image: QImage) -> bytes:
    """Return a picture as the content of a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def save_as(parent: QWidget, start: Path, kinds: str, content: Callable[[Path], bytes]) -> str:
    """Ask for a file and write into it; return in words what became of it, nothing if nobody chose one.

    Args:
        parent: Of the dialog.
        start: What the dialog begins with. A name without an ending gets that of the kind that is chosen, or
            else of this one.
        kinds: Of files, as Qt wants them.
        content: Makes what is written, once the name is known.
    """
    chosen, kind = QFileDialog.getSaveFileName(parent, "Export", str(start), kinds)
    if not chosen:
        return ""
    path = Path(chosen)
    path = path if path.suffix else path.with_suffix(_ending(kind) or start.suffix)
    try:
        atomic.write_bytes(path, content(path))
    except (OSError, StudioError) as error:
        return f'"{path.name}" was not saved: {error}'
    return f'Saved "{path.name}".'


def _ending(kind: str) -> str:
    """Return the ending of a kind such as ``SVG pictures (*.svg)``."""
    return kind.partition("*")[2].rstrip(")")
