"""The style sheet, made from the tokens."""

from __future__ import annotations

from string import Template

from studio.app.theme.tokens import (
    BODY_PX,
    DARK,
    HEADLINE_PX,
    LABEL_PX,
    RADIUS,
    ROW_HEIGHT,
    SMALL_PX,
    TITLE_PX,
    TOOLBAR_HEIGHT,
    Colors,
)

_SHEET = Template("""
QWidget { color: $text; font-size: ${body}px; }
QMainWindow, QDialog, QMessageBox { background: $panel; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 8px; }

QMenuBar { background: $panel; border-bottom: 1px solid $line; padding: 2px 8px; }
QMenuBar::item { color: $dim; padding: 4px 10px; border-radius: ${radius}px; background: transparent; }
QMenuBar::item:selected { background: $raised; color: $text; }
QMenu { background: $panel; border: 1px solid $line; border-radius: ${radius}px; padding: 4px; }
QMenu::item { padding: 6px 28px 6px 24px; border-radius: 4px; }
QMenu::item:selected { background: $accent; color: $on_accent; }
QMenu::item:disabled { color: $faint; background: transparent; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }

QToolBar { background: $panel; border: none; border-bottom: 1px solid $line; spacing: 8px; padding: 0;
    min-height: ${toolbar}px; max-height: ${toolbar}px; }
QToolBar::separator { background: $line; width: 1px; margin: 10px 4px; }
QToolButton, QPushButton { background: $raised; border: 1px solid $line; border-radius: ${radius}px;
    padding: 0 12px; min-height: 28px; }
QToolButton:hover, QPushButton:hover { background: $hover; }
QToolButton:pressed, QPushButton:pressed { background: $line; }
QToolButton:disabled, QPushButton:disabled { color: $faint; }
QToolButton:focus, QPushButton:focus { border: 1px solid $accent; }
QToolButton[role="primary"], QPushButton[role="primary"] { background: $accent; border-color: $accent;
    color: $on_accent; font-weight: 600; }
QToolButton[role="primary"]:disabled, QPushButton[role="primary"]:disabled { background: $raised;
    border-color: $line; color: $faint; }
QToolButton[role="flat"], QPushButton[role="flat"] { background: transparent; border: 1px solid transparent; }
QToolButton[role="flat"]:hover, QPushButton[role="flat"]:hover { background: $raised; }
QPushButton[role="legend"] { background: transparent; border: 1px solid transparent; min-height: 20px;
    padding: 0 8px; font-size: ${small}px; text-align: left; }
QPushButton[role="legend"]:hover { background: $raised; }
QPushButton[role="legend"]:focus { border-color: $accent; }
QToolButton[role="tool"] { background: transparent; border: 1px solid transparent; color: $dim;
    border-radius: 4px; padding: 0 6px; min-height: 18px; font-size: ${small}px; }
QToolButton[role="tool"]:hover { background: $raised; color: $text; }
QToolButton[role="tool"]:checked { background: $raised; border-color: $line; color: $text; }
QToolButton[role="tool"]:focus { border-color: $accent; }
QWidget[role="crumbs"] { background: $canvas; border-radius: ${radius}px; }
QPushButton[role="crumb"] { background: transparent; border: none; color: $dim; padding: 0 4px;
    min-height: 24px; }
QPushButton[role="crumb"]:hover { color: $accent; background: transparent; }
QPushButton[role="crumb"][here="true"] { color: $text; font-weight: 600; }
QToolButton[role="icon"] { background: transparent; border: 1px solid transparent; border-radius: 4px;
    padding: 0; min-height: 0; }
QToolButton[role="icon"]:hover { background: $hover; }
QToolButton[role="icon"]:focus { border-color: $accent; }
QToolButton[role="fold"] { background: transparent; border: 1px solid transparent; color: $dim;
    padding: 0 4px 0 0; min-height: 24px; font-size: ${label}px; }
QToolButton[role="fold"]:hover { color: $text; }
QToolButton[role="fold"]:focus { border-color: $accent; }
QPushButton[role="link"] { background: transparent; border: none; color: $accent; padding: 0;
    text-align: left; }

QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; }
QDockWidget::title { background: $panel; padding: 0; }
QWidget#library, QWidget#inspector, QWidget[role="panel"] { background: $panel; }

QLabel { background: transparent; }
QLabel[role="heading"] { font-weight: 600; font-size: ${body}px; }
QLabel[role="title"] { font-weight: 600; font-size: ${title}px; }
QLabel[role="headline"] { font-weight: 600; font-size: ${headline}px; }
QLabel[role="dim"] { color: $dim; font-size: ${label}px; }
QLabel[role="crumb"] { color: $dim; padding: 0 4px; }
QLabel[role="small"] { color: $dim; font-size: ${small}px; }
QLabel[role="mono"] { font-family: "$mono"; font-size: ${label}px; }
QLabel[role="key"] { font-family: "$mono"; font-size: ${small}px; color: $text; background: $raised;
    border: 1px solid $line; border-radius: 4px; padding: 1px 6px; }
QLabel[role="argument"] { font-family: "$mono"; font-size: ${label}px; color: $dim; }
QLabel[role="bad"] { color: $bad; font-size: ${label}px; }
QLabel[role="warning"] { color: $warning; font-size: ${label}px; }
QFrame[role="line"] { background: $line; border: none; }
QFrame[role="popup"] { background: $panel; border: 1px solid $faint; border-radius: 8px; }
QFrame[role="card"] { background: $panel; border: 1px solid $line; border-radius: 8px; }

QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit { background: $background;
    border: 1px solid $line; border-radius: ${radius}px; padding: 0 8px; min-height: 26px;
    placeholder-text-color: $dim; selection-background-color: $accent; selection-color: $on_accent; }
QPlainTextEdit { padding: 4px; }
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover, QPlainTextEdit:hover { border-color: $faint; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus { border-color: $accent; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled { color: $faint; border-color: $line; }
QAbstractSpinBox[locked="true"]:disabled, QComboBox[locked="true"]:disabled { color: $text;
    background: transparent; border-color: transparent; }
QComboBox[locked="true"]::down-arrow:disabled { image: none; }
QLineEdit[invalid="true"], QAbstractSpinBox[invalid="true"], QComboBox[invalid="true"] {
    border-color: $bad; }
QAbstractSpinBox[inferred="true"] { placeholder-text-color: $text; }
QLineEdit QToolButton { background: transparent; border: none; padding: 0; min-height: 0; }
QAbstractSpinBox QLineEdit { border: none; padding: 0; min-height: 0; background: transparent; }
QAbstractSpinBox { padding: 0; max-height: 26px; }
QAbstractSpinBox[steps="true"] { padding-right: 34px; }
QSpinBox, QDoubleSpinBox { padding-right: 34px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { subcontrol-origin: border; width: 16px;
    height: 26px; border: none; background: transparent; }
QAbstractSpinBox::up-button { subcontrol-position: center right; right: 18px; }
QAbstractSpinBox::down-button { subcontrol-position: center right; right: 4px; }
QAbstractSpinBox[steps="false"]::up-button, QAbstractSpinBox[steps="false"]::down-button { width: 0;
    right: 0; }
QAbstractSpinBox::up-arrow { image: url(icons:$scheme/step-up.svg); width: 12px; height: 12px; }
QAbstractSpinBox::up-arrow:hover { image: url(icons:$scheme/step-up-hover.svg); }
QAbstractSpinBox::up-arrow:disabled, QAbstractSpinBox::up-arrow:off {
    image: url(icons:$scheme/step-up-off.svg); }
QAbstractSpinBox::down-arrow { image: url(icons:$scheme/step-down.svg); width: 12px; height: 12px; }
QAbstractSpinBox::down-arrow:hover { image: url(icons:$scheme/step-down-hover.svg); }
QAbstractSpinBox::down-arrow:disabled, QAbstractSpinBox::down-arrow:off {
    image: url(icons:$scheme/step-down-off.svg); }
QAbstractSpinBox[steps="false"]::up-arrow, QAbstractSpinBox[steps="false"]::down-arrow { image: none;
    width: 0; height: 0; }
QComboBox::drop-down { subcontrol-origin: border; subcontrol-position: center right; border: none;
    width: 24px; }
QComboBox::down-arrow { image: url(icons:$scheme/step-down.svg); width: 12px; height: 12px; }
QComboBox::down-arrow:disabled { image: url(icons:$scheme/step-down-off.svg); }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $line; border-radius: 0;
    selection-background-color: $accent; selection-color: $on_accent; outline: none; padding: 4px; }
QComboBox QAbstractItemView::item { min-height: 26px; padding: 0 8px; border-radius: 4px; }
QComboBox QAbstractItemView::item:selected { background: $accent; color: $on_accent; }

QCheckBox, QRadioButton { spacing: 8px; min-height: 26px; background: transparent; border-radius: 4px;
    border: 1px solid transparent; }
QCheckBox:focus, QRadioButton:focus { border-color: $accent; }
QCheckBox:disabled, QRadioButton:disabled { color: $faint; }
QCheckBox::indicator, QRadioButton::indicator, QTreeView::indicator, QListView::indicator { width: 16px;
    height: 16px; border: 1px solid $faint; border-radius: 4px; background: $background; }
QRadioButton::indicator { border-radius: 9px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked, QTreeView::indicator:checked, QListView::indicator:checked {
    background: $accent; border-color: $accent; image: url(icons:$scheme/check.svg); }
QCheckBox::indicator:indeterminate { background: $accent; border-color: $accent;
    image: url(icons:$scheme/dash.svg); }
QCheckBox::indicator:checked:disabled { background: $raised; border-color: $line;
    image: url(icons:$scheme/check-off.svg); }
QRadioButton::indicator:checked { background: $accent; border-color: $accent;
    image: url(icons:$scheme/dot.svg); }
QCheckBox[role="switch"]::indicator { width: 32px; height: 18px; border: none; background: transparent;
    image: url(icons:$scheme/switch-off.svg); }
QCheckBox[role="switch"]::indicator:checked { image: url(icons:$scheme/switch-on.svg); }
QCheckBox[role="switch"]::indicator:indeterminate { image: url(icons:$scheme/switch-mixed.svg); }

QLineEdit[role="name"] { background: transparent; border-color: transparent; padding: 0 4px;
    font-weight: 600; }
QLineEdit[role="name"]:hover { border-color: $line; }
QLineEdit[role="name"]:focus { background: $background; border-color: $accent; }
QLineEdit[role="name"][invalid="true"] { border-color: $bad; }
QLineEdit[role="expression"] { color: $accent; font-family: "$mono"; font-size: ${label}px; }
QLineEdit[role="cell"] { padding: 0 6px; font-family: "$mono"; font-size: ${label}px; }
QLineEdit[role="cell"]:disabled { background: transparent; border-color: transparent; }
QLabel[role="suffix"] { color: $dim; font-size: ${label}px; background: transparent; }
QLabel[role="argument"][changed="true"] { color: $text; }
QLabel[role="bad-small"] { color: $bad; font-size: ${small}px; }
QLabel[role="value"] { font-family: "$mono"; font-size: ${label}px; }
QFrame[role="problem"] { background: $panel; border: 1px solid $line; border-left: 4px solid $faint;
    border-radius: 8px; }
QFrame[role="problem"][severity="error"] { border-left-color: $bad; }
QFrame[role="problem"][severity="warning"] { border-left-color: $warning; }
QFrame[role="problem"][severity="info"] { border-left-color: $accent; }
QFrame[role="problem"]:hover { background: $raised; }
QFrame[role="problem"]:focus { border-color: $accent; }
QPushButton[role="small"] { min-height: 24px; padding: 0 10px; font-size: ${label}px; }
QPushButton[role="filter"] { min-height: 24px; padding: 0 10px; font-size: ${label}px; color: $dim;
    background: transparent; }
QPushButton[role="filter"]:checked { color: $text; background: $raised; }
QPushButton[role="link"]:focus { text-decoration: underline; }

QTabBar { background: $panel; qproperty-drawBase: 0; }
QTabBar QToolButton { padding: 0; min-height: 20px; }
QTabBar QToolButton::left-arrow { image: url(icons:$scheme/step-left.svg); width: 14px; height: 14px; }
QTabBar QToolButton::right-arrow { image: url(icons:$scheme/step-right.svg); width: 14px; height: 14px; }
QTabBar::tab { background: transparent; color: $dim; padding: 8px 12px; border: none;
    border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:focus { color: $accent; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar[role="projects"] { background: transparent; }
QTabBar[role="projects"]::tear { image: none; width: 0; }
QTabBar[role="projects"]::tab { padding: 1px 2px 1px 8px; margin: 0 2px; border-radius: 4px;
    border: 1px solid transparent; min-height: 18px; }
QTabBar[role="projects"]::tab:hover { background: $raised; }
QTabBar[role="projects"]::tab:selected { background: $raised; color: $text; border: 1px solid $line; }
QTabBar[role="projects"]::tab:focus { border-color: $accent; color: $text; }
QTabBar[role="projects"]::close-button { image: url(icons:$scheme/close.svg); width: 14px; height: 14px;
    border-radius: 3px; subcontrol-position: right; }
QTabBar[role="projects"]::close-button:hover { image: url(icons:$scheme/close-hover.svg);
    background: $line; }
QTabWidget::pane { border: none; border-top: 1px solid $line; background: $panel; }

QTreeView, QListView, QTableView, QListWidget, QTreeWidget { background: $panel; border: none; outline: none;
    alternate-background-color: $panel; }
QTreeView::item, QListView::item { min-height: 24px; padding: 1px 4px; }
QListView::item, QTreeView::item:only-one { border-radius: 4px; }
QTreeView::item:first { border-top-left-radius: 4px; border-bottom-left-radius: 4px; }
QTreeView::item:last { border-top-right-radius: 4px; border-bottom-right-radius: 4px; }
QTreeView::item:hover, QListView::item:hover { background: $raised; }
QTreeView::item:selected, QListView::item:selected, QTableView::item:selected { background: $hover;
    color: $text; }
QTreeView::branch { background: $panel; }
QTreeView::branch:has-children:closed { image: url(icons:$scheme/fold-shut.svg); }
QTreeView::branch:has-children:open { image: url(icons:$scheme/fold-open.svg); }
QHeaderView::section { background: $panel; color: $dim; border: none; border-bottom: 1px solid $line;
    padding: 4px 8px; font-size: ${label}px; }
QTableCornerButton::section { background: $panel; border: none; border-bottom: 1px solid $line; }

QSlider::groove:horizontal { background: $line; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal { background: $accent; width: 14px; height: 14px; margin: -5px 0;
    border-radius: 7px; }
QSlider::handle:horizontal:disabled, QSlider::sub-page:horizontal:disabled { background: $faint; }
QProgressBar { background: $raised; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QStatusBar { background: $panel; border-top: 1px solid $line; color: $dim; font-size: ${label}px; }
QStatusBar QLabel { color: $dim; font-size: ${label}px; padding: 0 6px; }
QStatusBar::item { border: none; }
QTextBrowser { background: $panel; border: none; }
QScrollArea { background: transparent; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 3px; margin: 2px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: $line; }
""")


def style_sheet(colors: Colors, mono: str) -> str:
    """Return the program's style sheet for these colours and this monospaced family.

    Its arrows and ticks are files of `studio.app.theme.icons`, which must be installed before.
    """
    roles = {name: value for name in colors.__slots__ if isinstance(value := getattr(colors, name), str)}
    return _SHEET.substitute(
        roles,
        scheme="dark" if colors is DARK else "light",
        body=BODY_PX,
        headline=HEADLINE_PX,
        title=TITLE_PX,
        label=LABEL_PX,
        small=SMALL_PX,
        radius=RADIUS,
        row=ROW_HEIGHT,
        toolbar=TOOLBAR_HEIGHT,
        mono=mono,
    )
