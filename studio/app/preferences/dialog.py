"""The preferences: pages of what can be chosen. There is nothing to confirm: all is in force at once."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.app.actions import Actions
from studio.app.palette.commands import Command
from studio.app.preferences.code_page import CodePage
from studio.app.preferences.folders_page import FoldersPage
from studio.app.preferences.form import AUTO, PreferenceForm
from studio.app.preferences.keys_page import KeysPage
from studio.app.preferences.rows import PAGES
from studio.app.settings import Settings
from studio.app.theme.polish import framed
from studio.app.theme.theme import theme
from studio.app.theme.tokens import ICON, PAGES_WIDTH, PREFERENCES_SIZE, ROW_HEIGHT, SPACE

FOLDERS, CODE, KEYS = "folders", "code", "keys"


class PreferencesDialog(QDialog):
    """A list of pages and the one that is chosen. The window behind it goes on working.

    Args:
        settings: What is chosen.
        actions: Those whose keys can be changed.
    """

    def __init__(self, settings: Settings, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dialog.preferences")
        self.setWindowTitle("Preferences")
        self._settings = settings
        self.pages = QListWidget(self)  # made in the order in which Tab walks them
        self.stack = QStackedWidget(self)
        self.forms = {page.name: PreferenceForm(page, settings, self.stack) for page in PAGES}
        self.folders = FoldersPage(self.stack)
        self.code = CodePage(self.stack)
        self.keys = KeysPage(actions, self.stack)
        self.reset_button = QPushButton("Reset this page", self)
        self.close_button = QPushButton("Close", self)
        self._icons = {
            **{page.name: page.icon for page in PAGES},
            FOLDERS: "ph.folder-open",
            CODE: "ph.code",
            KEYS: "ph.keyboard",
        }
        self._build()
        settings.changed.connect(self._refresh)
        theme().changed.connect(self._dress)
        self._dress()
        self.pages.setCurrentRow(0)

    def _build(self) -> None:
        self.pages.setObjectName("preferences.pages")
        self.pages.setAccessibleName("Pages")
        self.pages.setFixedWidth(PAGES_WIDTH)
        self.pages.setIconSize(QSize(ICON, ICON))
        for page in (*self.forms.values(), self.folders, self.code, self.keys):
            item = QListWidgetItem(page.accessibleName(), self.pages)
            item.setSizeHint(QSize(0, ROW_HEIGHT))
            self.stack.addWidget(page)
        self.pages.currentRowChanged.connect(self._turn)
        self.reset_button.setObjectName("preferences.reset")
        self.reset_button.clicked.connect(self._reset)
        self.close_button.setObjectName("preferences.close")
        self.close_button.clicked.connect(self.close)
        for button in (self.reset_button, self.close_button):
            button.setAutoDefault(False)
        upright = QFrame(self)
        upright.setProperty("role", "line")
        upright.setFixedWidth(1)
        self._arrange(upright)
        self.resize(*PREFERENCES_SIZE)

    def _arrange(self, upright: QFrame) -> None:
        left, middle, bottom = QVBoxLayout(), QHBoxLayout(), QHBoxLayout()
        left.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        left.addWidget(self.pages)
        middle.setSpacing(0)
        middle.addLayout(left)
        middle.addWidget(upright)
        middle.addWidget(self.stack, 1)
        bottom.setContentsMargins(3 * SPACE, 3 * SPACE, 3 * SPACE, 3 * SPACE)
        bottom.addWidget(self.reset_button)
        bottom.addStretch(1)
        bottom.addWidget(self.close_button)
        framed(self, middle, bottom)

    def offer(self, commands: list[Command], devices: tuple[str, ...]) -> None:
        """Take the commands that there are, and the devices that the engine found."""
        self.keys.offer(commands)
        others = tuple((device, device) for device in devices if device != AUTO[0])
        self.forms["training"].offer("device", (AUTO, *others))

    def show_page(self, name: str) -> None:
        """Turn to a page: ``general``, ``canvas``, ``training``, ``folders``, ``code`` or ``keys``."""
        self.pages.setCurrentRow([*self.forms, FOLDERS, CODE, KEYS].index(name))

    @property
    def page(self) -> QWidget | None:
        """The page on show."""
        return self.stack.currentWidget()

    def _turn(self, row: int) -> None:
        self.stack.setCurrentIndex(row)
        self._refresh()

    def _refresh(self) -> None:
        """Offer to reset the page on show, if anything on it was changed; keys have buttons of their own."""
        form = self.page
        self.reset_button.setVisible(isinstance(form, PreferenceForm))
        if isinstance(form, PreferenceForm):
            self.reset_button.setEnabled(not form.is_default)
            same = f"{form.accessibleName()}: nothing was changed on this page."
            self.reset_button.setToolTip(same if form.is_default else "Go back to the defaults of this page")

    def _reset(self) -> None:
        if isinstance(self.page, PreferenceForm):
            self.page.reset()

    def _dress(self) -> None:
        for row, icon in enumerate(self._icons.values()):
            self.pages.item(row).setIcon(theme().icon(icon, "dim"))

    def showing(self) -> None:
        """Come to the front, with the keyboard in the list of pages or the search of keys."""
        self.show()
        self.activateWindow()
        page = self.page
        target = page.search if isinstance(page, KeysPage) else self.pages
        target.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
