"""One argument in a form: its name, its control, the expression that may stand in its place, the reason."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QGridLayout, QMenu, QWidget

from studio.app.panels.editors import Editor, TextEdit, editor_for
from studio.app.panels.expression_edit import ExpressionEdit, why_not
from studio.app.panels.number_edit import LISTS, Mixed, NumberEdit, Shown
from studio.app.panels.together.relative import HINT
from studio.app.panels.value_text import write
from studio.app.theme.polish import label, set_property
from studio.catalog.spec import ArgSpec, show
from studio.errors import GraphError
from studio.graph.expressions import Scope, evaluate, is_expression
from studio.graph.node import Value


class ArgumentRow(QObject):
    """One argument: its name, its control, and the reason why something was not taken."""

    edited = Signal(str, object)
    """(name, value)"""

    reset_wanted = Signal(str)
    expose_wanted = Signal(str)
    """The argument is to become one of the block around it."""

    conceal_wanted = Signal(str)
    """The argument is to follow the block's no longer."""

    focused = Signal(object)
    """Its `ArgSpec`, when the control gets the focus."""

    def __init__(
        self, spec: ArgSpec, prefix: str, grid: QGridLayout, place: int, parent: QWidget, title: str = ""
    ) -> None:
        super().__init__(parent)
        self.spec = spec
        self.inside_block = False
        self.takes_expressions = False
        self._value: Shown = None
        self._problem = ""
        self._scope: Scope = {}
        self._visible = True
        self._grid, self._place, self._prefix = grid, place, prefix
        self.expression: ExpressionEdit | None = None
        self.name_label = label(title or spec.name, "argument", parent)
        self.editor: Editor = editor_for(spec, parent)
        self.reason_label = label("", "bad-small", parent, wrap=True)
        self.reason_label.setObjectName(f"{prefix}.{spec.name}.reason")
        self.reason_label.hide()
        self._dress(self.editor, f"{prefix}.{spec.name}")
        self.name_label.setBuddy(self.editor)
        self.name_label.setToolTip(spec.help)
        self.name_label.installEventFilter(self)
        if isinstance(self.editor, NumberEdit):
            self.editor.lineEdit().installEventFilter(self)
        grid.addWidget(self.name_label, 2 * place, 0)
        grid.addWidget(self.editor, 2 * place, 1)
        grid.addWidget(self.reason_label, 2 * place + 1, 0, 1, 2)
        self.editor.committed.connect(lambda value: self.edited.emit(spec.name, value))
        self.editor.refused.connect(self.refuse)

    def _dress(self, widget: QWidget, name: str) -> None:
        widget.setObjectName(name)
        widget.setAccessibleName(self.spec.name)
        widget.setAccessibleDescription(self.spec.help)
        widget.setToolTip(self.spec.help)
        widget.installEventFilter(self)

    @property
    def differs(self) -> bool:
        """Whether the value is not the default."""
        return isinstance(self._value, Mixed) or self._value != self.spec.coerce(self.spec.default)

    @property
    def is_expression(self) -> bool:
        """Whether the value on show is an expression."""
        return not isinstance(self._value, Mixed) and is_expression(self._value)

    def allow_expressions(self, allowed: bool, *, inside_block: bool) -> None:
        """Say whether the value may be an expression, and whether there is a block to follow."""
        self.takes_expressions, self.inside_block = allowed, inside_block
        if isinstance(self.editor, NumberEdit):
            self.editor.why_not_expression = self._why_not if allowed else None

    def allow_relative(self) -> None:
        """Let ``*2`` and ``+1`` change the number that is there."""
        if isinstance(self.editor, NumberEdit) and self.spec.type not in LISTS:
            self.editor.takes_relative = True
            self.editor.setToolTip(f"{self.spec.help}\n{HINT}")

    def show_value(self, value: Shown, inferred: Value, problem: str, scope: Scope | None = None) -> None:
        """Show a value, and what is wrong with it.

        Args:
            scope: What the names in an expression stand for.
        """
        if value != self._value:
            self.refuse("")
        self._value, self._problem, self._scope = value, problem, scope or {}
        if self.is_expression:
            self._expression_edit().show_expression(str(value), self._scope)
        else:
            self.editor.show_value(value, inferred)
        self._show_control(self.is_expression)
        set_property(self.name_label, "changed", self.differs)
        if not self._has_pending_text():
            self._complain(problem)

    def flush(self) -> None:
        """Commit what was typed and not finished yet."""
        self._control().flush()

    def _has_pending_text(self) -> bool:
        control = self._control()
        return isinstance(control, NumberEdit | TextEdit | ExpressionEdit) and control.has_pending_text

    def _control(self) -> Editor | ExpressionEdit:
        """Return the control in use."""
        if self.expression is not None and not self.expression.isHidden():
            return self.expression
        return self.editor

    def _expression_edit(self) -> ExpressionEdit:
        if self.expression is None:
            parent = self.name_label.parentWidget()
            made = self.expression = ExpressionEdit(self.spec, self._why_not, parent)
            self._dress(made, f"{self._prefix}.{self.spec.name}.expression")
            made.committed.connect(lambda value: self.edited.emit(self.spec.name, value))
            made.refused.connect(self.refuse)
            made.given_up.connect(lambda: self._show_control(False))
            self._grid.addWidget(made, 2 * self._place, 1)
            QWidget.setTabOrder(self.editor, made)
        return self.expression

    def _show_control(self, expression: bool) -> None:
        """Show the argument's own control, or the one for expressions."""
        if self.expression is not None:
            self.expression.setVisible(expression and self._visible)
        self.editor.setVisible(not expression and self._visible)

    def _why_not(self, text: str) -> str | None:
        return why_not(text, self._scope)

    def refuse(self, reason: str) -> None:
        """Show why what was typed is not taken; an empty reason takes it back."""
        self._complain(f"{self.spec.name} {reason}." if reason else self._problem)

    def _complain(self, text: str) -> None:
        set_property(self._control(), "invalid", bool(text))
        self.reason_label.setText(text)
        self.reason_label.setVisible(bool(text) and self._visible)

    def set_visible(self, visible: bool) -> None:
        """Show or hide the whole row."""
        self._visible = visible
        self.name_label.setVisible(visible)
        self._show_control(self.is_expression)
        self.reason_label.setVisible(visible and bool(self.reason_label.text()))

    def menu(self) -> QMenu:
        """Return the control's context menu."""
        control = self._control()
        if isinstance(control, NumberEdit):
            menu = control.lineEdit().createStandardContextMenu()
            menu.addSeparator()
            for word in self.spec.choices:
                menu.addAction(f"Set to {word}", partial(self._set, word))
        elif isinstance(control, ExpressionEdit | TextEdit):
            menu = control.createStandardContextMenu()
            menu.addSeparator()
        else:
            menu = QMenu(control)
        if self.takes_expressions:
            self._add_expression_entries(menu)
        reset = menu.addAction(f"Reset to {show(self.spec.default)}", self._reset)
        reset.setObjectName(f"action.argument.reset.{self.spec.name}")
        reset.setEnabled(self.differs)
        return menu

    def _add_expression_entries(self, menu: QMenu) -> None:
        """Add what makes a value an expression, and back."""
        name = self.spec.name
        if self.is_expression:
            value = self._result()
            entry = menu.addAction(f"Use its value, {write(value) or 'auto'}", partial(self._set, value))
            entry.setObjectName(f"action.argument.plain.{name}")
            if self.inside_block:
                entry = menu.addAction(
                    "Take off the block's arguments", lambda: self.conceal_wanted.emit(name)
                )
                entry.setObjectName(f"action.argument.conceal.{name}")
        else:
            entry = menu.addAction("Use an expression…", self._begin_expression)
            entry.setObjectName(f"action.argument.expression.{name}")
            if self.inside_block:
                entry = menu.addAction("Expose as block argument", lambda: self.expose_wanted.emit(name))
                entry.setObjectName(f"action.argument.expose.{name}")
        menu.addSeparator()

    def _result(self) -> Value:
        """Return what the expression comes to; where it comes to nothing, the default."""
        try:
            return evaluate(str(self._value), self._scope)
        except GraphError:
            return self.spec.default

    def _begin_expression(self) -> None:
        value = self._value
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        text = f"={write(value)}" if is_number else "="  # type: ignore[arg-type]
        self.editor.discard()
        edit = self._expression_edit()
        self._show_control(True)
        edit.begin(text)

    def _set(self, value: Value) -> None:
        self._control().discard()
        self.edited.emit(self.spec.name, value)

    def _reset(self) -> None:
        self._control().discard()
        self.reset_wanted.emit(self.spec.name)

    def _open_menu(self, place: QPoint) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice the focus, and open our own context menu."""
        if event.type() == QEvent.Type.FocusIn:
            self.focused.emit(self.spec)
        if isinstance(event, QContextMenuEvent):
            self._open_menu(event.globalPos())
            return True
        return super().eventFilter(watched, event)
