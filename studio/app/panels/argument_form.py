"""A form made from argument specs: names at the left, controls at the right, reasons under them.

It serves layers, data sets and training settings alike, since all are described by `ArgSpec`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from studio.app.panels.argument_row import ArgumentRow
from studio.app.panels.number_edit import MIXED, Shown
from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE
from studio.catalog.spec import ArgSpec, show
from studio.graph.expressions import Scope
from studio.graph.node import Value


class ArgumentForm(QWidget):
    """Controls for some arguments, and one line of help for the one in use.

    Args:
        specs: The arguments, top to bottom.
        prefix: Begins the object names of the controls: ``argument`` gives ``argument.stride``.
        titles: What stands before a control where that is not the argument's name.
        resting: The help's text until a control is used for the first time.
    """

    edited = Signal(str, object)
    """(name, value): the person set an argument to a value that its spec allows."""

    reset_wanted = Signal(str)
    """The person wants an argument's default back."""

    expose_wanted = Signal(str)
    """An argument is to become one of the block around it."""

    conceal_wanted = Signal(str)
    """An argument is to follow the block's no longer."""

    def __init__(
        self,
        specs: Sequence[ArgSpec],
        prefix: str,
        parent: QWidget | None = None,
        *,
        titles: Mapping[str, str] | None = None,
        resting: str = "",
    ) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(3 * SPACE)
        grid.setVerticalSpacing(SPACE)
        grid.setColumnMinimumWidth(0, 25 * SPACE)
        grid.setColumnStretch(1, 1)
        self.rows: dict[str, ArgumentRow] = {}
        self._titles = dict(titles or {})
        for place, spec in enumerate(specs):
            row = ArgumentRow(spec, prefix, grid, place, self, self._titles.get(spec.name, ""))
            row.edited.connect(self.edited)
            row.reset_wanted.connect(self.reset_wanted)
            row.expose_wanted.connect(self.expose_wanted)
            row.conceal_wanted.connect(self.conceal_wanted)
            row.focused.connect(self._explain)
            self.rows[spec.name] = row
        self._help = label(resting, "dim", self, wrap=True)
        self._help.setObjectName(f"{prefix}.help")
        self._help.setVisible(bool(resting))
        grid.addWidget(self._help, 2 * len(specs), 0, 1, 2)

    def show_values(
        self,
        values: Mapping[str, Shown],
        inferred: Mapping[str, Value] | None = None,
        problems: Mapping[str, str] | None = None,
        scope: Scope | None = None,
    ) -> None:
        """Show all values; a field with unfinished text keeps it while its value stays.

        Args:
            scope: What the names in expressions stand for.
        """
        for name, row in self.rows.items():
            problem = (problems or {}).get(name, "")
            row.show_value(values.get(name), (inferred or {}).get(name), problem, scope)

    def allow_expressions(self, *, inside_block: bool) -> None:
        """Let values be expressions; inside a block they can follow its arguments."""
        for row in self.rows.values():
            row.allow_expressions(True, inside_block=inside_block)

    def allow_relative(self) -> None:
        """Let ``*2`` and ``+1`` change the numbers that are there."""
        for row in self.rows.values():
            row.allow_relative()

    def refuse(self, name: str, reason: str) -> None:
        """Say at a control why its value was not taken after all."""
        self.rows[name].refuse(reason)

    def flush(self) -> None:
        """Commit what was typed and not finished yet."""
        for row in self.rows.values():
            row.flush()

    def help_text(self) -> str:
        """Return the line of help that is shown."""
        return self._help.text()

    def _explain(self, spec: ArgSpec) -> None:
        unit = f" In {spec.unit}." if spec.unit else ""
        default = "" if spec.default is None else f" Default {show(spec.default)}."
        # It stands under all controls, so that showing it moves none of them from under the mouse.
        title = self._titles.get(spec.name, spec.name)
        self._help.setText(f"{title}: {spec.help}{unit}{default}")
        self._help.show()


def common(values: Sequence[Value]) -> Shown:
    """Return the value that all share, or `MIXED`."""
    first = values[0]
    return first if all(value == first for value in values) else MIXED
