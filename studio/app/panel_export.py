"""The menu that takes a panel of the monitor along: as a picture, its numbers, or an animation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QTabWidget, QWidget

from studio.app.animation import save_animation
from studio.app.export_button import ExportButton
from studio.app.monitor import Monitor
from studio.app.panels.plot_panel import PlotPanel
from studio.app.saving import CSV_FILES, PNG_FILES, SVG_FILES, picture_of, png_of
from studio.app.theme.theme import theme


class PanelExport(ExportButton):
    """Saves what the tab on show shows.

    Args:
        tabs: The panels.
        monitor: The runs.
        looks: Returns the steps of an animation.
        parent: Where the button stands.
    """

    def __init__(
        self,
        tabs: QTabWidget,
        monitor: Monitor,
        looks: Callable[[], list[int]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("monitor.export", "action.panel", "Export the panel on show", parent)
        self.setToolTip("The panel on show as a picture, its numbers, or an animation")
        self._tabs, self._monitor, self._looks = tabs, monitor, looks
        self.copy = self.way("copy_picture", "Copy picture", self._copy)
        self.picture = self.way("save_picture", "Save picture (PNG, SVG)…", self._save_picture)
        self.numbers = self.way("save_numbers", "Save numbers (CSV)…", self._save_numbers)
        self.animation = self.way("save_animation", "Save animation (GIF)…", self._save_animation)
        self.menu().aboutToShow.connect(self.refresh)

    @property
    def panel(self) -> QWidget:
        """The panel on show."""
        return self._tabs.currentWidget()

    @property
    def _stem(self) -> str:
        """What a file of the panel on show is called."""
        return self._tabs.tabText(self._tabs.currentIndex()).split()[0].lower()

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
        return picture_of(self.panel)

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

    def _copy(self) -> None:
        QGuiApplication.clipboard().setImage(self.image())
        self.message.emit("The picture is on the clipboard.")

    def _save_picture(self) -> None:
        self.save(f"{self._stem}.png", f"{PNG_FILES};;{SVG_FILES}", self._drawn)

    def _drawn(self, path: Path) -> bytes:
        """Return the picture that a file of this name holds."""
        return self.svg() if path.suffix.lower() == ".svg" else png_of(self.image())

    def _save_numbers(self) -> None:
        table = self.panel.numbers() if isinstance(self.panel, PlotPanel) else None
        if table is not None:
            self.save(f"{self._stem}.csv", CSV_FILES, lambda _: table.csv().encode())

    def _save_animation(self) -> None:
        save_animation(self.panel, self._monitor, self._looks(), self.message.emit)
