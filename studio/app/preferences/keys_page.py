"""All actions with their keys, to be searched and changed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.app.actions import Actions
from studio.app.keymap import Chord, spelled
from studio.app.palette.commands import Command
from studio.app.palette.matching import WHOLE, Match, match
from studio.app.preferences.recorder import Recorder
from studio.app.theme.polish import label, set_property
from studio.app.theme.theme import theme
from studio.app.theme.tokens import PANEL_MARGIN, SPACE

TITLE, PATH, KEYS = range(3)
NAME = int(Qt.ItemDataRole.UserRole)
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
HELP = "Enter, or a click on the keys, records new ones; Del takes them away."
NONE = "Choose a command first."


class KeysPage(QWidget):
    """A list of actions; the keys of the chosen one can be recorded, added to, taken away, reset.

    Keys that another action has are taken over only when the person says so.
    """

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preferences.keys")
        self.setAccessibleName("Keys")
        self._actions, self._keymap = actions, actions.keymap
        self._commands: dict[str, Command] = {}
        self._items: dict[str, QTreeWidgetItem] = {}
        self._wanted: tuple[str, Chord, bool] | None = None
        self._recording = ""
        self.search = QLineEdit(self)
        self.list = QTreeWidget(self)
        self.words = label(HELP, "dim", self, wrap=True)
        self.words.setObjectName("keys.words")
        self.take = self._button("take", "Take it over", self._take_over)
        self.keep = self._button("keep", "Keep as it is", self._settle)
        self.record_button = self._button("record", "Record", lambda: self.record(adding=False))
        self.add_button = self._button("add", "Add", lambda: self.record(adding=True))
        self.clear_button = self._button("clear", "Take away", self._clear)
        self.reset_button = self._button("reset", "Reset", self._reset)
        self.reset_all_button = self._button("reset_all", "Reset all", self._reset_all)
        self._build()
        self._keymap.changed.connect(self.refresh)
        theme().changed.connect(self.refresh)

    def _button(self, name: str, text: str, slot: object) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(f"keys.{name}")
        button.setAutoDefault(False)
        button.setProperty("role", "small")
        button.clicked.connect(slot)
        return button

    def _build(self) -> None:
        self.search.setObjectName("keys.search")
        self.search.setAccessibleName("Search actions")
        self.search.setPlaceholderText("Search by name or by keys, such as Ctrl+G…")
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list.setObjectName("keys.list")
        self.list.setAccessibleName("Actions and their keys")
        self.list.setHeaderLabels(("Action", "Menu", "Keys"))
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.header().setStretchLastSection(True)
        for column in (TITLE, PATH):
            self.list.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.list.currentItemChanged.connect(self._current_changed)
        self.list.itemDoubleClicked.connect(lambda *_: self.record(adding=False))
        self.list.itemClicked.connect(self._clicked)
        self.list.installEventFilter(self)
        strip, buttons = QHBoxLayout(), QHBoxLayout()
        for row, parts in (
            (strip, (self.words, self.take, self.keep)),
            (buttons, (self.record_button, self.add_button, self.clear_button, self.reset_button)),
        ):
            row.setSpacing(2 * SPACE)
            for part in parts:
                row.addWidget(part, int(part is self.words))
        buttons.addStretch(1)
        buttons.addWidget(self.reset_all_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, 2 * SPACE)
        whole.setSpacing(2 * SPACE)
        whole.addWidget(self.search)
        whole.addWidget(self.list, 1)
        whole.addLayout(strip)
        whole.addLayout(buttons)

    # The list -------------------------------------------------------------------------------------

    def offer(self, commands: list[Command]) -> None:
        """Show these commands, as far as they are in the table of actions: only those can have keys."""
        known = self._actions.all()
        self._commands = {command.name: command for command in commands if command.name in known}
        self.list.clear()
        self._items = {}
        for name, command in self._commands.items():
            item = QTreeWidgetItem((self._title(name), command.path, ""))
            item.setData(TITLE, NAME, name)
            self.list.addTopLevelItem(item)
            self._items[name] = item
        self.refresh()
        self._filter(self.search.text())

    def refresh(self) -> None:
        """Show the keys in force."""
        for name, item in self._items.items():
            keys, changed = self._keymap.keys(name), self._keymap.is_changed(name)
            item.setText(KEYS, ", ".join(map(spelled, keys)))
            item.setForeground(KEYS, theme().color("accent" if changed else "text"))
            item.setForeground(PATH, theme().color("dim"))
            usual = ", ".join(map(spelled, self._keymap.defaults(name))) or "none"
            item.setToolTip(KEYS, f"Changed; by default: {usual}" if changed else "")
        self._settle()

    def _filter(self, query: str) -> None:
        """Show what fits, by words or by keys, and choose the best of it."""
        keys = query.strip().casefold()
        best: tuple[float, QTreeWidgetItem] | None = None
        for name, item in self._items.items():
            by_keys = Match(WHOLE) if keys and keys in item.text(KEYS).casefold() else None
            found = match(query, self._commands[name].target) or by_keys
            item.setHidden(found is None)
            if found is not None and (best is None or found.score > best[0]):
                best = found.score, item
        self.list.setCurrentItem(best[1] if best is not None else None)  # type: ignore[arg-type]

    @property
    def chosen(self) -> str:
        """Name of the chosen action; empty if none is."""
        item = self.list.currentItem()
        return str(item.data(TITLE, NAME)) if item is not None and not item.isHidden() else ""

    # Changing keys --------------------------------------------------------------------------------

    def record(self, *, adding: bool) -> None:
        """Wait for the keys of the chosen action, in their place of the list."""
        name = self.chosen
        if not name:
            return
        self._settle()
        self._recording = name
        recorder = Recorder(self.list)
        recorder.recorded.connect(lambda keys: self._recorded(name, keys, adding=adding))
        recorder.given_up.connect(self._settle)
        self.list.setItemWidget(self._items[name], KEYS, recorder)
        self.list.scrollToItem(self._items[name])
        recorder.setFocus(Qt.FocusReason.OtherFocusReason)
        self._say(f"Press the keys for {self._title(name)}. Esc keeps it as it is.")

    def _clicked(self, _item: QTreeWidgetItem, column: int) -> None:
        """Record by a click on the keys themselves."""
        if column == KEYS:
            self.record(adding=False)

    def _recorded(self, name: str, keys: Chord, *, adding: bool) -> None:
        """Give the action its keys, unless they are kept for something, or another has them."""
        self._settle()
        why_not, owner = self._keymap.why_not(keys), self._keymap.owner(keys)
        if why_not:
            self._say(why_not, bad=True)
        elif owner is not None and owner != name:
            self._wanted = name, keys, adding
            self._say(f"{spelled(keys)} is {self._title(owner)} already: take it over?", bad=True)
            for button in (self.take, self.keep):
                button.show()
            self.take.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._bind(name, keys, adding=adding)

    def _take_over(self) -> None:
        if self._wanted is not None:
            name, keys, adding = self._wanted
            self._bind(name, keys, adding=adding)

    def _bind(self, name: str, keys: Chord, *, adding: bool) -> None:
        self._keymap.bind(name, (*(self._keymap.keys(name) if adding else ()), keys))
        self._settle()
        self._say(f"{spelled(keys)} is {self._title(name)} now.")
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _clear(self) -> None:
        if self.chosen:
            self._keymap.bind(self.chosen, ())

    def _reset(self) -> None:
        if self.chosen:
            self._keymap.reset(self.chosen)

    def _reset_all(self) -> None:
        self._keymap.reset_all()
        self._say("All actions have their default keys.")

    # What is said ---------------------------------------------------------------------------------

    def _title(self, name: str) -> str:
        return self._actions.title(name)

    def _say(self, words: str, *, bad: bool = False) -> None:
        self.words.setText(words)
        set_property(self.words, "role", "warning" if bad else "dim")

    def _settle(self) -> None:
        """Go back to rest: no recorder, no question, and buttons for what is chosen."""
        self._wanted, self._recording = None, ""
        for item in self._items.values():
            recorder = self.list.itemWidget(item, KEYS)
            if recorder is not None:
                recorder.hide()
                self.list.removeItemWidget(item, KEYS)
        for button in (self.take, self.keep):
            button.hide()
        self._say(HELP)
        name = self.chosen
        title = self._title(name) if name else ""
        keys, changed = self._keymap.keys(name), bool(name) and self._keymap.is_changed(name)
        _enable(self.record_button, bool(name), f"Press the keys for {title}", NONE)
        _enable(self.add_button, bool(name), f"Further keys for {title}", NONE)
        _enable(
            self.clear_button,
            bool(keys),
            f"Leave {title} without keys",
            f"{title} has no keys." if name else NONE,
        )
        usual = f"{title} has its default keys." if name else NONE
        _enable(self.reset_button, changed, f"Give {title} its default keys back", usual)
        some = any(map(self._keymap.is_changed, self._items))
        _enable(
            self.reset_all_button, some, "Give all actions their default keys back", "No keys were changed."
        )

    def _current_changed(self) -> None:
        """Come to rest with another action chosen; the recorder itself makes its row the current one."""
        if not self._recording or self._recording != self.chosen:
            self._settle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Record by Enter, take away by Del, and walk the list from within the search."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        key = Qt.Key(event.key())
        if key in ENTER:
            self.record(adding=False)
        elif watched is self.search and key == Qt.Key.Key_Down:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        elif watched is self.list and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._clear()
        else:
            return super().eventFilter(watched, event)
        return True


def _enable(button: QPushButton, on: bool, tip: str, why_not: str) -> None:
    button.setEnabled(on)
    button.setToolTip(tip if on else why_not)
