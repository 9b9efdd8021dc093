"""Export picture…: how the picture of the network on show is to look, and where it goes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QByteArray, QMimeData, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from studio.app.canvas.heat.heat import Measures
from studio.app.panels.argument_form import ArgumentForm
from studio.app.picture import FORMATS, Picture, write_picture
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import CARD_RADIUS, DARK, LIGHT, PANEL_MARGIN, SPACE, Scheme
from studio.catalog.spec import ArgSpec
from studio.errors import StudioError
from studio.graph.graph import Graph
from studio.graph.node import Value
from studio.graph.report import NodeReport

COPY_SCALE = 2.0
"""Pixels for one of the canvas where nobody chose: sharp on a slide and in print."""

PREVIEW = QSize(560, 300)
SETTINGS = (
    ArgSpec(
        "format",
        "choice",
        "svg",
        "SVG stays sharp at any size; PNG is made of pixels.",
        choices=("svg", "png"),
    ),
    ArgSpec("colours", "choice", "light", "Light for paper, dark for slides.", choices=("light", "dark")),
    ArgSpec(
        "scale",
        "float",
        COPY_SCALE,
        "Pixels for one pixel of the canvas.",
        minimum=0.1,
        maximum=20.0,
        step=0.5,
    ),
    ArgSpec("background", "bool", True, "Lay the canvas's colour under the network; off is transparent."),
    ArgSpec("numbers", "bool", True, "Write shapes on wires and parameter counts in cards."),
)
"""What can be chosen."""


class PictureDialog(QDialog):
    """A preview, a few settings, and buttons that save or copy the picture.

    Args:
        graph: What is drawn.
        reports: What is known of its nodes.
        name: What the file is called unless the person says otherwise.
        folder: Where it goes unless the person says otherwise.
        parent: The window.
    """

    written = Signal(str)
    """A sentence for the status bar: what was written, and how large it is."""

    def __init__(
        self,
        graph: Graph,
        reports: Iterable[NodeReport],
        name: str,
        folder: Path,
        parent: QWidget,
        measures: Measures | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.picture")
        self.setWindowTitle("Export picture")
        self._graph, self._reports = graph, tuple(reports)
        self._name, self._folder = name, folder
        self._measures = measures or Measures()
        self.values: dict[str, Value] = {spec.name: spec.default for spec in SETTINGS}
        self.values["colours"] = theme().scheme
        self.preview = Preview(self)
        self.form = ArgumentForm(SETTINGS, "picture", self)
        self.form.edited.connect(self.set_value)
        self.form.reset_wanted.connect(self._reset)
        self.size_label = label("", "dim", self)
        self.size_label.setObjectName("picture.size")
        self.reason = label("", "bad", self, wrap=True)
        self.reason.setObjectName("picture.reason")
        self.reason.hide()
        self.save_button = self._button("save", "Save…", "primary")
        self.copy_button = self._button("copy", "Copy", "")
        self.cancel_button = self._button("cancel", "Cancel", "")
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self.save)
        self.copy_button.clicked.connect(self.copy)
        self.cancel_button.clicked.connect(self.reject)
        self._arrange()
        self._show()

    def _button(self, name: str, text: str, role: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(f"picture.{name}")
        button.setProperty("role", role)
        button.setAutoDefault(False)
        return button

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * SPACE)
        buttons.addWidget(self.size_label, 1)
        for button in (self.cancel_button, self.copy_button, self.save_button):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        column.setSpacing(3 * SPACE)
        column.addWidget(self.preview, 1)
        column.addWidget(self.form)
        column.addWidget(self.reason)
        column.addLayout(buttons)

    def set_value(self, name: str, value: Value) -> None:
        """Change a setting."""
        self.values = {**self.values, name: value}
        self._show()

    def _reset(self, name: str) -> None:
        self.set_value(name, next(spec.default for spec in SETTINGS if spec.name == name))

    @property
    def scheme(self) -> Scheme:
        """The colours chosen."""
        return "dark" if self.values["colours"] == "dark" else "light"

    @property
    def scale(self) -> float:
        """The scale chosen."""
        return float(str(self.values["scale"]))

    def picture(self) -> Picture:
        """Return the picture as it is set."""
        reports = self._reports if self.values["numbers"] else ()
        background = bool(self.values["background"])
        return Picture(self._graph, reports, self.scheme, background=background, measures=self._measures)

    def _show(self) -> None:
        self.form.show_values(self.values)
        picture = self.picture()
        size = picture.size(self.scale)
        self.size_label.setText(f"{size.width():,} × {size.height():,} pixels")
        self.preview.show_picture(picture, self.scheme, paper=bool(self.values["background"]))
        self._say("")

    def _say(self, reason: str) -> None:
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))

    def save(self) -> None:
        """Ask where to, and write the picture there."""
        self.form.flush()
        ending = f".{self.values['format']}"
        kinds = {".svg": "SVG picture (*.svg)", ".png": "PNG picture (*.png)"}
        ordered = sorted(FORMATS, key=lambda kind: kind != ending)
        start = str(self._folder / f"{self._name}{ending}")
        filters = ";;".join(kinds[kind] for kind in ordered)
        chosen, _ = QFileDialog.getSaveFileName(self, "Export picture", start, filters)
        if not chosen:
            return
        path = Path(chosen)
        self.write(path if path.suffix.lower() in FORMATS else path.with_name(path.name + ending))

    def write(self, path: Path) -> None:
        """Write the picture into a file and close, or say why that cannot be."""
        reports = self._reports if self.values["numbers"] else ()
        background = bool(self.values["background"])
        try:
            size = write_picture(
                self._graph,
                path,
                self.scheme,
                self.scale,
                reports=reports,
                background=background,
                title=self._name,
            )
        except StudioError as error:
            self._say(error.message)
            return
        self.written.emit(f"Wrote {path.name}: {size.width():,} × {size.height():,} pixels.")
        self.accept()

    def copy(self) -> None:
        """Put the picture on the clipboard and close, or say why that cannot be."""
        self.form.flush()
        try:
            size = copy_picture(self.picture(), self.scale)
        except StudioError as error:
            self._say(error.message)
            return
        self.written.emit(f"Copied a picture of {size.width():,} × {size.height():,} pixels.")
        self.accept()


class Preview(QWidget):
    """The picture as small as to fit, on its own paper, or on squares where it is transparent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Preview")
        self.setMinimumSize(PREVIEW)
        self._picture: Picture | None = None
        self._paper = LIGHT.canvas
        self._image: QImage | None = None
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._draw)

    def show_picture(self, picture: Picture, scheme: Scheme, *, paper: bool) -> None:
        """Show a picture."""
        self._picture = picture
        colors = DARK if scheme == "dark" else LIGHT
        self._paper = colors.canvas if paper else theme().colors.background
        self._later.start()

    def _draw(self) -> None:
        if self._picture is not None:
            room = self.width() - 4 * SPACE, self.height() - 4 * SPACE
            self._image = self._picture.thumbnail(*room, self.devicePixelRatioF())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the sheet and the picture on it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sheet = QPainterPath()
        sheet.addRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), CARD_RADIUS, CARD_RADIUS)
        painter.fillPath(sheet, QColor(self._paper))
        painter.setPen(QPen(theme().color("line"), 1, Qt.PenStyle.SolidLine))
        painter.drawPath(sheet)
        if self._image is not None:
            painter.drawImage(2 * SPACE, 2 * SPACE, self._image)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw it anew for the new room."""
        super().resizeEvent(event)
        self._later.start()


def copy_picture(picture: Picture, scale: float = COPY_SCALE) -> QSize:
    """Put a picture on the clipboard, as pixels and as SVG; return its size.

    Raises:
        PictureError: There would be too many pixels.
    """
    image = picture.image(scale)
    mime = QMimeData()
    mime.setImageData(image)
    mime.setData("image/svg+xml", QByteArray(picture.svg(scale)))
    QGuiApplication.clipboard().setMimeData(mime)
    return image.size()
