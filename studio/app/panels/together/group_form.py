"""The controls for what some layers share: their own arguments at once, the rest folded away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.app.panels.argument_form import ArgumentForm
from studio.app.panels.argument_row import ArgumentRow
from studio.app.panels.more_settings import MoreSettings
from studio.app.panels.number_edit import Shown
from studio.app.panels.together.shared import Group
from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE
from studio.catalog import settings
from studio.graph.block import ENABLED
from studio.graph.expressions import Scope
from studio.graph.node import Value

AT_ONCE = frozenset({ENABLED, settings.FROZEN.name})
"""Settings that stand among the arguments: what one most often wants of several layers."""

FOLDED = frozenset(spec.name for spec in settings.LEARNING) - AT_ONCE

Values: TypeAlias = Mapping[str, Shown]


class GroupForm(QWidget):
    """A heading that says which layers it is about, and a control for each thing they share.

    Args:
        group: The layers and what they share.
        heading: Which layers they are.
    """

    edited = Signal(object, str, object)
    """(group, name, value): the person set an argument of these layers."""

    reset_wanted = Signal(object, str)

    def __init__(self, group: Group, heading: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.group = group
        self.heading = label(heading, "heading", self, wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.heading)
        plain = [spec for spec in group.specs if spec.name not in FOLDED]
        folded = [spec for spec in group.specs if spec.name in FOLDED]
        self.form = ArgumentForm(plain, "together", self)
        column.addWidget(self.form)
        self.form.setVisible(bool(plain))
        self.note = label("", "warning", self, wrap=True)
        self.note.setObjectName("together.kept")
        self.note.hide()
        column.addWidget(self.note)
        self.more = MoreSettings(folded, is_open=False, parent=self) if folded else None
        if self.more is not None:
            column.addWidget(self.more)
        for form in self.forms:
            form.allow_relative()
            form.allow_expressions(inside_block=False)
            form.edited.connect(lambda name, value: self.edited.emit(self.group, name, value))
            form.reset_wanted.connect(lambda name: self.reset_wanted.emit(self.group, name))

    @property
    def forms(self) -> list[ArgumentForm]:
        """The form of what stands there at once, and that of what is folded away."""
        return [self.form] if self.more is None else [self.form, self.more.form]

    @property
    def rows(self) -> dict[str, ArgumentRow]:
        """Every control by the name of its argument."""
        return {name: row for form in self.forms for name, row in form.rows.items()}

    def show_values(
        self, values: Values, inferred: Mapping[str, Value], problems: Mapping[str, str], scope: Scope
    ) -> None:
        """Show what the layers have; where they differ, that they do."""
        self.form.show_values(values, inferred, problems, scope)
        if self.more is not None:
            self.more.show_values(values, problems, scope, list)

    def say(self, words: str) -> None:
        """Say which layers an edit left as they are; empty words when it left none."""
        self.note.setText(words)
        self.note.setVisible(bool(words))

    def flush(self) -> None:
        """Commit what was typed and not finished yet."""
        for form in self.forms:
            form.flush()
