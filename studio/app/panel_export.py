"""The menu that takes a panel of the monitor along: as a picture, its numbers, or an animation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QSize, Signal
from PySide6.QtGui import QAction, QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QTabWidget, QWidget

from studio.app.animation import save_animation
from studio.app.monitor import Monitor
from studio.app.panels.plot_panel import PlotPanel
from studio.app.theme.theme import theme
from studio.errors import StudioError
from studio.project import atomic

SCALE = 2.0
"""Pixels of a picture to one of the screen's."""


class PanelExport(QPushButton):
    """Saves what the tab on show shows.

    Args:
        tabs: The panels.
        monitor: The runs.
        looks: Returns the steps of an animation.
        parent: Where the button stands.

    Attributes:
        folder: Where the dialogs start.
    """

    message = Signal(str)

    def __init__(
        self,
        tabs: QTabWidget,
        monitor: Monitor,
        looks: Callable[[], list[int]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Export", parent)
        self.setObjectName("monitor.export")
        self.setAccessibleName("Export the panel on show")
        self.setToolTip("The panel on show as a picture, its numbers, or an animation")
        self.setProperty("role", "small")
        self.folder = ""
        self._tabs, self._monitor, self._looks = tabs, monitor, looks
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        self.copy = self._action(menu, "copy_picture", "Copy picture", self._copy)
        self.picture = self._action(menu, "save_picture", "Save picture (PNG, SVG)…", self._save_picture)
        self.numbers = self._action(menu, "save_numbers", "Save numbers (CSV)…", self._save_numbers)
        self.animation = self._action(menu, "save_animation", "Save animation (GIF)…", self._save_animation)
        menu.aboutToShow.connect(self.refresh)
        self.setMenu(menu)

    @property
    def panel(self) -> QWidget:
        """The panel on show."""
        return self._tabs.currentWidget()

    def refresh(self) -> None:
        """Offer what the panel on show has."""
        has_numbers = isinstance(self.panel, PlotPanel) and self.panel.numbers() is not None
        self.numbers.setEnabled(has_numbers)
        self.numbers.setToolTip("" if has_numbers else "This panel has no numbers to save yet.")
        several = len(self._looks()) > 1
        self.animation.setEnabled(several)
        self.animation.setToolTip("" if several else "A run has to be looked into at least twice.")

    def image(self) -> QImage:
        """Return the panel on show as a picture, twice as fine as on the screen."""
        size = self.panel.size()
        image = QImage(
            QSize(round(size.width() * SCALE), round(size.height() * SCALE)),
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        image.setDevicePixelRatio(SCALE)
        image.fill(theme().color("panel"))
        self.panel.render(image)
        return image

    def svg(self) -> bytes:
        """Return the panel on show as SVG."""
        buffer, generator = QBuffer(), QSvgGenerator()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        generator.setOutputDevice(buffer)
        generator.setSize(self.panel.size())
        generator.setViewBox(QRect(0, 0, self.panel.width(), self.panel.height()))
        generator.setTitle(self._tabs.tabText(self._tabs.currentIndex()))
        painter = QPainter(generator)
        try:
            painter.fillRect(self.panel.rect(), theme().color("panel"))
            self.panel.render(painter, QPoint())
        finally:
            painter.end()  # an exception that leaves a painter at work takes the program down
        return bytes(buffer.data().data())

    def _action(self, menu: QMenu, name: str, title: str, act: Callable[[], None]) -> QAction:
        action = menu.addAction(title)
        action.setObjectName(f"action.panel.{name}")
        action.triggered.connect(act)
        return action

    def _copy(self) -> None:
        QGuiApplication.clipboard().setImage(self.image())
        self.message.emit("The picture is on the clipboard.")

    def _save_picture(self) -> None:
        path = self._ask("PNG pictures (*.png);;SVG pictures (*.svg)", ".png")
        if path is None:
            return
        if path.suffix.lower() == ".svg":
            self._write(path, self.svg())
            return
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self.image().save(buffer, "PNG")  # type: ignore[call-overload]
        self._write(path, bytes(buffer.data().data()))

    def _save_numbers(self) -> None:
        table = self.panel.numbers() if isinstance(self.panel, PlotPanel) else None
        path = self._ask("CSV files (*.csv)", ".csv") if table is not None else None
        if table is not None and path is not None:
            self._write(path, table.csv().encode())

    def _save_animation(self) -> None:
        save_animation(self.panel, self._monitor, self._looks(), self.message.emit)

    def _ask(self, kinds: str, suffix: str) -> Path | None:
        name = self._tabs.tabText(self._tabs.currentIndex()).split()[0].lower()
        start = str(Path(self.folder) / f"{name}{suffix}")
        chosen, kind = QFileDialog.getSaveFileName(self, "Export", start, kinds)
        if not chosen:
            return None
        path = Path(chosen)
        return path if path.suffix else path.with_suffix(".svg" if "svg" in kind else suffix)

    def _write(self, path: Path, content: bytes) -> None:
        try:
            atomic.write_bytes(path, content)
        except (OSError, StudioError) as error:
            self.message.emit(f'"{path.name}" was not saved: {error}')
        else:
            self.message.emit(f'Saved "{path.name}".')
