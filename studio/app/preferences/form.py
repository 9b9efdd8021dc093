"""One page of preferences as controls: what is chosen is in force at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QWidget,
)

from studio.app.preferences.rows import Choice, Number, Page, Row, Switch
from studio.app.settings import Preferences, Settings
from studio.app.theme.polish import label
from studio.app.theme.spin_box import DoubleSpinBox, SpinBox
from studio.app.theme.tokens import FIELD_PADDING, PANEL_MARGIN, PREFERENCE_WIDTH, SPACE

AUTO = ("auto", "auto: the engine decides")
Show = Callable[[Any], None]
Tell = Callable[[object], None]


class PreferenceForm(QWidget):
    """The rows of a page, in step with the settings both ways."""

    def __init__(self, page: Page, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page, self._settings = page, settings
        self.setObjectName(f"preferences.{page.name}")
        self.setAccessibleName(page.title)
        self._show: dict[str, Show] = {}
        self._choices: dict[str, QComboBox] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN, PANEL_MARGIN)
        self._grid.setHorizontalSpacing(4 * SPACE)
        self._grid.setVerticalSpacing(SPACE)
        self._grid.setColumnStretch(2, 1)
        for row in page.rows:
            self._add(row)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        settings.changed.connect(self.refresh)
        self.refresh()

    def _add(self, row: Row) -> None:
        control, show = self._control(row)
        control.setObjectName(f"preferences.{row.name}")
        control.setAccessibleName(row.title)
        control.setAccessibleDescription(row.help)
        control.setToolTip(row.help)
        caption = label(row.title, "", self)
        caption.setBuddy(control)
        top = self._grid.rowCount()
        self._grid.addWidget(caption, top, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(control, top, 1)
        words = label(row.help, "dim", self, wrap=True)
        self._grid.addWidget(words, top + 1, 0, 1, 3)
        self._grid.setRowMinimumHeight(top + 2, 3 * SPACE)
        self._show[row.name] = show

    def _control(self, row: Row) -> tuple[QWidget, Show]:
        """Return a control for a row, and what shows a value in it."""
        tell = lambda value: self._settings.change(**{row.name: value})  # noqa: E731
        if isinstance(row, Choice):
            self._choices[row.name], show = _choice(row, tell)
            return self._choices[row.name], show
        return _switch(tell) if isinstance(row, Switch) else _number(row, tell)

    def offer(self, name: str, options: tuple[tuple[Any, str], ...]) -> None:
        """Offer other options for a choice; what is chosen stays, whether it is among them or not."""
        field, chosen = self._choices[name], getattr(self._settings.preferences, name)
        if chosen not in dict(options):
            options = (*options, (chosen, f"{chosen}, not on this machine now"))
        field.blockSignals(True)
        field.clear()
        for value, words in options:
            field.addItem(words, value)
        field.blockSignals(False)
        self.refresh()

    def refresh(self) -> None:
        """Show what is in force."""
        for name, show in self._show.items():
            show(getattr(self._settings.preferences, name))

    def reset(self) -> None:
        """Go back to the defaults of this page."""
        defaults = Preferences()
        self._settings.change(**{row.name: getattr(defaults, row.name) for row in self.page.rows})

    @property
    def is_default(self) -> bool:
        """Whether nothing on this page was changed."""
        defaults, now = Preferences(), self._settings.preferences
        return all(getattr(now, row.name) == getattr(defaults, row.name) for row in self.page.rows)


def _choice(row: Choice, tell: Tell) -> tuple[QComboBox, Show]:
    field = QComboBox()
    field.setMinimumWidth(PREFERENCE_WIDTH)
    for value, words in row.options or (AUTO,):
        field.addItem(words, value)
    field.activated.connect(lambda place: tell(field.itemData(place)))
    return field, lambda value: field.setCurrentIndex(max(field.findData(value), 0))


def _switch(tell: Tell) -> tuple[QCheckBox, Show]:
    field = QCheckBox()
    field.setProperty("role", "switch")
    field.clicked.connect(lambda on: tell(bool(on)))
    return field, lambda value: field.setChecked(bool(value))


def _number(row: Number, tell: Tell) -> tuple[QAbstractSpinBox, Show]:
    if not row.decimals:
        whole = SpinBox()
        whole.setRange(int(row.minimum), int(row.maximum))
        whole.setSingleStep(int(row.step))
        _dress(whole, row)
        whole.valueChanged.connect(lambda value: tell(int(value / row.scale)))
        return whole, lambda value: whole.setValue(round(value * row.scale))
    field = DoubleSpinBox()
    field.setDecimals(row.decimals)
    field.setRange(row.minimum, row.maximum)
    field.setSingleStep(row.step)
    _dress(field, row)
    field.valueChanged.connect(lambda value: tell(round(value, row.decimals) / row.scale))
    return field, lambda value: field.setValue(value * row.scale)


def _dress(field: SpinBox | DoubleSpinBox, row: Number) -> None:
    field.setSuffix(row.unit)
    field.setSpecialValueText(row.at_least)
    field.setKeyboardTracking(False)
    field.lineEdit().setTextMargins(FIELD_PADDING, 0, 0, 0)
    field.setMinimumWidth(PREFERENCE_WIDTH)
