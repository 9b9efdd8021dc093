"""The theme in force: colours, fonts and icons, and the signal that they changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from studio.app.theme import icons
from studio.app.theme.contrast import seen_on
from studio.app.theme.style_sheet import style_sheet
from studio.app.theme.tokens import (
    BODY_PX,
    DARK,
    HEAT_GROWTH,
    HEAT_STEPS,
    LIGHT,
    PALETTE,
    WIRE_WIDTH,
    Colors,
    Scheme,
)
from studio.catalog.registry import find
from studio.graph.block import PREFIX

BLANK_PX = 16

HEAT_NAMES = {f"heat.{step}": step for step in range(-1, HEAT_STEPS)}
"""Names of the colours of costs, beside those that people may choose."""


class Theme(QObject):
    """Light or dark, following the system until the person chooses. One per program: `theme()`."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._choice: Scheme | None = None
        self._scheme: Scheme = "light"
        self._icons_held = False

    @property
    def scheme(self) -> Scheme:
        """What is on screen."""
        return self._scheme

    @property
    def choice(self) -> Scheme | None:
        """What the person chose; None follows the system."""
        return self._choice

    @property
    def colors(self) -> Colors:
        """Colours by role."""
        return DARK if self._scheme == "dark" else LIGHT

    def install(self, app: QApplication, choice: Scheme | None = None) -> None:
        """Dress the program, and follow the system's scheme from now on."""
        app.setStyle("Fusion")
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow_system)
        self.choose(choice)

    def choose(self, choice: Scheme | None) -> None:
        """Use this scheme; None follows the system."""
        self._choice = choice
        self._follow_system()

    @contextmanager
    def painting(self, scheme: Scheme) -> Iterator[None]:
        """Give the colours of a scheme for as long as something is painted that is not on screen."""
        shown, self._scheme = self._scheme, scheme
        try:
            yield
        finally:
            self._scheme = shown

    def color(self, role: str) -> QColor:
        """Return the colour of a role such as ``accent``."""
        return QColor(getattr(self.colors, role))

    def named_color(self, name: str, usual: str) -> QColor:
        """Return the colour a person chose by name: of the palette, or a family's.

        Args:
            name: What is in the file; may be empty, or of a later version.
            usual: Role of the colour otherwise.
        """
        if name in HEAT_NAMES:
            return self.heat_color(HEAT_NAMES[name])
        if name in PALETTE:
            return QColor(seen_on(PALETTE[name], self.colors.card))
        family = self.colors.families.get(name)  # type: ignore[call-overload]
        return QColor(family) if family else self.color(usual)

    def heat_color(self, step: int) -> QColor:
        """Return the colour of a step of the map of costs; below the first one that of nothing."""
        return QColor(self.colors.heat[step]) if step >= 0 else self.color("faint")

    def heat_width(self, step: int) -> float:
        """Return the width of a wire at a step of the map of costs, in canvas pixels."""
        return WIRE_WIDTH * (1.0 + HEAT_GROWTH * max(step, 0))

    def family_color(self, kind: str) -> QColor:
        """Return the colour of a layer's family; an unknown layer's is that of errors."""
        if kind.startswith(PREFIX):
            return QColor(self.colors.families["block"])
        spec = find(kind)
        return QColor(self.colors.families[spec.family] if spec else self.colors.bad)

    def font(self, px: int = BODY_PX, *, bold: bool = False) -> QFont:
        """Return the interface font at a size in pixels."""
        font = QFont(QGuiApplication.font())
        font.setPixelSize(px)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font

    def mono(self, px: int = BODY_PX) -> QFont:
        """Return the font of numbers and argument names, with figures of one width."""
        font = QFont(_mono_family())
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setPixelSize(px)
        return font

    def icon(self, name: str, role: str = "text") -> QIcon:
        """Return an icon of the Phosphor set (``ph.play``) in the colour of a role."""
        if self._icons_held:
            return QIcon(_blank())
        import qtawesome  # 0.2 s: not before the first icon is shown

        return qtawesome.icon(name, color=getattr(self.colors, role), color_disabled=self.colors.faint)

    def hold_icons(self) -> None:
        """Give blank icons until `show_icons`: loading the icon fonts would keep the first window waiting."""
        self._icons_held = True

    def show_icons(self) -> None:
        """Give real icons from now on; those who show some are told by `changed`."""
        if self._icons_held:
            self._icons_held = False
            self.changed.emit()

    def mark(self, name: str) -> QIcon:
        """Return one of the program's own icons (``warning``), which cost nothing to load."""
        return icons.icon(name, self._scheme)

    def _follow_system(self) -> None:
        system = QGuiApplication.styleHints().colorScheme()
        scheme: Scheme = self._choice or ("dark" if system == Qt.ColorScheme.Dark else "light")
        self._scheme = scheme
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.setPalette(self._palette())
            app.setFont(self.font())
            icons.install()
            app.setStyleSheet(style_sheet(self.colors, _mono_family()))
        self.changed.emit()

    def _palette(self) -> QPalette:
        """Return the palette that Fusion paints with where the style sheet is silent."""
        palette, role = QPalette(), QPalette.ColorRole
        for target, name in (
            (role.Window, "panel"),
            (role.WindowText, "text"),
            (role.Base, "raised"),
            (role.AlternateBase, "panel"),
            (role.Text, "text"),
            (role.Button, "raised"),
            (role.ButtonText, "text"),
            (role.ToolTipBase, "raised"),
            (role.ToolTipText, "text"),
            (role.PlaceholderText, "dim"),
            (role.Highlight, "accent"),
            (role.HighlightedText, "on_accent"),
            (role.Link, "accent"),
            (role.Mid, "line"),
        ):
            palette.setColor(target, self.color(name))
        for target in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, target, self.color("faint"))
        return palette


def _blank() -> QPixmap:
    """Return a picture of nothing, so that a button keeps its size when its icon comes."""
    pixmap = QPixmap(BLANK_PX, BLANK_PX)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap


@cache
def _mono_family() -> str:
    """Return the best monospaced family there is."""
    families = set(QFontDatabase.families())
    for wanted in ("JetBrains Mono", "SF Mono", "Cascadia Mono", "Consolas", "DejaVu Sans Mono", "Menlo"):
        if wanted in families:
            return wanted
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()


@cache
def theme() -> Theme:
    """Return the program's theme."""
    return Theme()
