"""What can be set on a layer beside its own arguments, folded away until it is wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from studio.app.panels.editors import ChoiceEdit
from studio.app.panels.folded_form import FoldedForm
from studio.app.panels.number_edit import Shown
from studio.catalog.spec import ArgSpec
from studio.graph.block import TIED_TO
from studio.graph.expressions import Scope
from studio.graph.node import Value

Choices = list[tuple[str, Value]]


class MoreSettings(FoldedForm):
    """What can be set on a layer beside its own arguments; open from the start where something is set."""

    def __init__(self, specs: Sequence[ArgSpec], *, is_open: bool, parent: QWidget | None = None) -> None:
        super().__init__("More", "inspector.more", specs, "setting", is_open=is_open, parent=parent)
        self._ties: Choices = []
        self._find_ties: Callable[[], Choices] = list
        self._show_form: Callable[[], None] = lambda: None
        self.opened.connect(self._fill)

    def show_values(
        self,
        values: Mapping[str, Shown],
        problems: Mapping[str, str],
        scope: Scope,
        ties: Callable[[], Choices],
    ) -> None:
        """Show all settings; those that mean nothing beside the others are left out.

        Args:
            ties: Returns the layers whose weights could be used, by name. There may be thousands, so it is
                asked only while they can be seen.
        """
        self._find_ties = ties
        self._show_form = partial(self.form.show_values, values, {}, problems, scope)
        if self.is_open:
            self._refresh_ties()
        self._show_form()
        for name, row in self.form.rows.items():
            row.set_visible(row.differs or means_something(name, values))
        self.count()

    def _refresh_ties(self) -> None:
        """Offer the layers whose weights could be used."""
        tied, ties = self.form.rows.get(TIED_TO), self._find_ties()
        if tied is not None and ties != self._ties and isinstance(tied.editor, ChoiceEdit):
            self._ties = ties
            tied.editor.set_choices([("none", None), *ties])

    def _fill(self, is_open: bool) -> None:
        if is_open:
            self._refresh_ties()
            self._show_form()


def means_something(name: str, values: Mapping[str, Shown]) -> bool:
    """Say whether a setting has any effect beside the others."""
    init = values.get("weight_init")
    match name:
        case "init_mode":
            return not isinstance(init, str) or init.startswith("kaiming")
        case "init_gain":
            return init not in ("default", "lsuv")
        case "regularize_bias":
            return bool(values.get("l1")) or bool(values.get("l2"))
        case "tied_as":
            return values.get(TIED_TO) is not None
    return True
