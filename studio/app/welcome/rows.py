"""Rows of the empty canvas that show as much as there is room for: samples, recent files, keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from studio.app.gallery.pictures import Pictures
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SPACE
from studio.app.welcome.cards import MINIATURE, NARROWEST, SAMPLE_HEIGHT, SampleCard
from studio.project.sample_projects import SampleProject

GAP = 2 * SPACE
LONGEST_NAME = 40
"""Letters of a recent file's name that are shown."""


class SampleRow(QWidget):
    """Cards of samples; those that do not fit are in the menu behind “All samples”."""

    chosen = Signal(str)
    """Key of a sample."""

    def __init__(self, samples: Sequence[SampleProject], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome.samples")
        self.setAccessibleName("Sample projects")
        pictures = Pictures(self, size=(MINIATURE.width(), MINIATURE.height()))
        self.cards = [SampleCard(sample, pictures, self) for sample in samples]
        self.all = QPushButton("All samples", self)
        self.all.setObjectName("welcome.all_samples")
        self.all.setProperty("role", "link")
        self.all.setToolTip("Every sample, by name")
        self.all.clicked.connect(self._open_menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        for card in self.cards:
            row.addWidget(card)
            card.clicked.connect(lambda _=False, key=card.sample.key: self.chosen.emit(key))
        self.setFixedHeight(SAMPLE_HEIGHT)
        pictures.ready.connect(self._picture_ready)
        theme().changed.connect(self.update)

    def minimumSizeHint(self) -> QSize:
        """Return the size of a single card: the others may go."""
        return QSize(NARROWEST, SAMPLE_HEIGHT)

    def shown(self) -> list[SampleCard]:
        """Return the cards that there is room for."""
        return [card for card in self.cards if not card.isHidden()]

    def _picture_ready(self, name: str) -> None:
        for card in self.cards:
            if card.sample.key == name:
                card.update()

    def menu(self) -> QMenu:
        """Return a menu of all samples."""
        menu = QMenu(self)
        menu.setObjectName("welcome.samples_menu")
        menu.setToolTipsVisible(True)
        for card in self.cards:
            action = menu.addAction(card.sample.title)
            action.setToolTip(card.sample.summary)
            action.triggered.connect(lambda _=False, key=card.sample.key: self.chosen.emit(key))
        return menu

    def _open_menu(self) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.all.mapToGlobal(QPoint(0, self.all.height())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many cards as there is room for."""
        super().resizeEvent(event)
        fit = max((self.width() + GAP) // (NARROWEST + GAP), 1)
        for place, card in enumerate(self.cards):
            card.setVisible(place < fit)
        self.all.setVisible(fit < len(self.cards))


class RecentRow(QWidget):
    """The last projects, by name; as many as there is room for."""

    chosen = Signal(object)
    """`Path` of a file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome.recent")
        self.setAccessibleName("Recent files")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4 * SPACE)
        self._heading = label("Recent", "heading", self)
        self._row.addWidget(self._heading)
        self._row.addStretch(1)
        self._paths: tuple[str, ...] = ()
        self.buttons: list[QPushButton] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_paths(self, paths: Sequence[str]) -> None:
        """Show these files, newest first."""
        if tuple(paths) == self._paths:
            return
        self._paths = tuple(paths)
        for button in self.buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self.buttons = [self._button(Path(path)) for path in paths]
        for place, button in enumerate(self.buttons):
            self._row.insertWidget(place + 1, button)
        self._leave_out()

    def _button(self, path: Path) -> QPushButton:
        stem = path.stem
        short = stem if len(stem) <= LONGEST_NAME else f"{stem[: LONGEST_NAME - 1]}…"
        button = QPushButton(short, self)
        button.setObjectName(f"welcome.recent.{stem}")
        button.setProperty("role", "link")
        button.setToolTip(str(path))
        button.setAccessibleName(f"Open {path.name}")
        button.clicked.connect(lambda _=False: self.chosen.emit(path))
        return button

    def _leave_out(self) -> None:
        """Hide what there is no room for; the first always stays."""
        left = self.width() - self._heading.sizeHint().width() - self._row.spacing()
        for place, button in enumerate(self.buttons):
            left -= button.sizeHint().width() + self._row.spacing()
            button.setVisible(place == 0 or left >= 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many as there is room for."""
        super().resizeEvent(event)
        self._leave_out()


class KeyRow(QWidget):
    """The keys that matter, each with what it does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome.keys")
        self.setAccessibleName("Keys")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2 * SPACE)
        self._parts: list[QWidget] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_keys(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show these pairs of a key and what it does."""
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._parts = [self._part(key, does) for key, does in keys]
        for part in self._parts:
            self._row.addWidget(part)
        self._row.addStretch(1)
        self._leave_out()

    def _part(self, key: str, does: str) -> QWidget:
        part = QWidget(self)
        row = QHBoxLayout(part)
        row.setContentsMargins(0, 0, 2 * SPACE, 0)
        row.setSpacing(2 * SPACE)
        row.addWidget(label(key, "key", part))
        row.addWidget(label(does, "dim", part))
        return part

    def _leave_out(self) -> None:
        left = self.width()
        for part in self._parts:
            left -= part.sizeHint().width() + self._row.spacing()
            part.setVisible(left >= 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many as there is room for."""
        super().resizeEvent(event)
        self._leave_out()
