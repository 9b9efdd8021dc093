"""A strip above the canvas for what a person must know and may act on, without a dialog in the way."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from studio.app.theme.theme import theme
from studio.app.theme.tokens import SPACE


class Banner(QFrame):
    """One message with buttons; hidden until something is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAccessibleName("Message")
        self._icon = QLabel(self)
        self._text = QLabel(self)
        self._text.setObjectName("banner.text")
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._buttons = QHBoxLayout()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4 * SPACE, 2 * SPACE, 4 * SPACE, 2 * SPACE)
        layout.setSpacing(3 * SPACE)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addLayout(self._buttons)
        self._role = "warning"
        self._stays = False
        theme().changed.connect(self._dress)
        self.hide()

    @property
    def text(self) -> str:
        """The message on screen; empty when nothing is shown."""
        return self._text.text() if not self.isHidden() else ""

    def show_message(
        self,
        text: str,
        *buttons: tuple[str, Callable[[], object]],
        role: str = "warning",
        stays: bool = False,
    ) -> None:
        """Show a message; each button does its thing and closes the strip.

        Args:
            text: What happened and what can be done.
            buttons: Label and what it does; a Close button is there, too.
            role: ``warning``, ``bad`` or ``accent``: the colour.
            stays: It tells of a state: no button closes it, and there is none to close it with.
        """
        self._stays = stays
        self._role = role
        self._text.setText(text)
        while (item := self._buttons.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for label, act in buttons if stays else (*buttons, ("Close", lambda: None)):
            self._add_button(label, act)
        self._dress()
        self.show()

    def _add_button(self, label: str, act: Callable[[], object]) -> None:
        button = QPushButton(label, self)
        button.setObjectName(f"banner.{label.lower().replace(' ', '-')}")

        def press() -> None:
            self.setHidden(not self._stays)
            act()

        button.clicked.connect(press)
        self._buttons.addWidget(button)

    def _dress(self) -> None:
        colors = theme().colors
        color = getattr(colors, self._role)
        self.setStyleSheet(
            f"Banner {{ background: {colors.raised}; border-left: 4px solid {color};"
            f" border-bottom: 1px solid {colors.line}; }}"
        )
        name = {"bad": "ph.warning-octagon", "accent": "ph.info"}.get(self._role, "ph.warning")
        self._icon.setPixmap(theme().icon(name, self._role).pixmap(18, 18))
