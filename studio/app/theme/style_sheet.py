"""The style sheet, made from the tokens."""

from __future__ import annotations

from string import Template

from studio.app.theme.tokens import BODY_PX, LABEL_PX, RADIUS, ROW_HEIGHT, SMALL_PX, TOOLBAR_HEIGHT, Colors

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

QToolBar { background: $panel; border: none; border-bottom: 1px solid $line; spacing: 8px; padding: 0 12px;
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
QPushButton[role="link"] { background: transparent; border: none; color: $accent; padding: 0;
    text-align: left; }

QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; }
QDockWidget::title { background: $panel; padding: 0; }
QWidget#library, QWidget#inspector, QWidget[role="panel"] { background: $panel; }

QLabel { background: transparent; }
QLabel[role="heading"] { font-weight: 600; font-size: ${body}px; }
QLabel[role="dim"] { color: $dim; font-size: ${label}px; }
QLabel[role="small"] { color: $dim; font-size: ${small}px; }
QLabel[role="mono"] { font-family: "$mono"; font-size: ${label}px; }
QLabel[role="argument"] { font-family: "$mono"; font-size: ${label}px; color: $dim; }
QLabel[role="bad"] { color: $bad; font-size: ${label}px; }
QLabel[role="warning"] { color: $warning; font-size: ${label}px; }
QFrame[role="line"] { background: $line; border: none; }
QFrame[role="card"] { background: $panel; border: 1px solid $line; border-radius: 8px; }

QLineEdit, QSpinBox, QDoubleSpinBox, QAbstractSpinBox, QComboBox, QPlainTextEdit { background: $raised;
    border: 1px solid $line; border-radius: ${radius}px; padding: 0 8px; min-height: 26px;
    selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QAbstractSpinBox:focus, QComboBox:focus,
    QPlainTextEdit:focus { border: 1px solid $accent; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled { color: $faint; }
QLineEdit[invalid="true"] { border: 1px solid $bad; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $line;
    selection-background-color: $accent; selection-color: $on_accent; outline: none; padding: 4px; }
QCheckBox { spacing: 8px; min-height: 26px; background: transparent; }

QTabBar { background: $panel; }
QTabBar::tab { background: transparent; color: $dim; padding: 8px 12px; border: none;
    border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabWidget::pane { border: none; border-top: 1px solid $line; background: $panel; }

QTreeView, QListView, QTableView, QListWidget, QTreeWidget { background: $panel; border: none; outline: none;
    alternate-background-color: $panel; }
QTreeView::item, QListView::item { min-height: 24px; padding: 1px 4px; border-radius: 4px; }
QTreeView::item:hover, QListView::item:hover { background: $raised; }
QTreeView::item:selected, QListView::item:selected, QTableView::item:selected { background: $hover;
    color: $text; }
QTreeView::branch { background: $panel; }
QHeaderView::section { background: $panel; color: $dim; border: none; border-bottom: 1px solid $line;
    padding: 4px 8px; font-size: ${label}px; }

QProgressBar { background: $raised; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QStatusBar { background: $panel; border-top: 1px solid $line; color: $dim; font-size: ${label}px; }
QStatusBar QLabel { color: $dim; font-size: ${label}px; padding: 0 6px; }
QStatusBar::item { border: none; }
QScrollArea { background: transparent; border: none; }
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
    """Return the program's style sheet for these colours and this monospaced family."""
    roles = {name: value for name in colors.__slots__ if isinstance(value := getattr(colors, name), str)}
    return _SHEET.substitute(
        roles,
        body=BODY_PX,
        label=LABEL_PX,
        small=SMALL_PX,
        radius=RADIUS,
        row=ROW_HEIGHT,
        toolbar=TOOLBAR_HEIGHT,
        mono=mono,
    )
