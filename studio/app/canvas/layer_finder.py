"""What the searches for layers have in common: the list, ranked for a context, with help and pins."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect

from studio.app.canvas import adding
from studio.app.search.layer_help import LayerHelp
from studio.app.search.matching import Tier, letters
from studio.app.search.popup import SearchPopup
from studio.app.search.ranking import Candidate, Context, rank
from studio.app.search.row_painting import Row
from studio.app.search.usage import Usage
from studio.catalog.spec import LayerSpec
from studio.zoo.habits import of_the_zoo

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


class LayerFinder(QObject):
    """Opens a list of layers over a canvas.

    Attributes:
        context: Where a layer is wanted now.
    """

    name = ""
    """Object name of the list."""

    title = ""
    """What a screen reader calls it."""

    foot = ""
    """What the keys do."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self.context = Context()
        self._popup: SearchPopup | None = None
        view.document.level_changed.connect(self.close)
        view.document.opened.connect(self.close)

    @property
    def usage(self) -> Usage:
        """What is added often, and pinned."""
        return self._view.usage

    @property
    def popup(self) -> SearchPopup:
        """The search; made when it is first wanted."""
        if self._popup is None:
            self._popup = self._made()
        return self._popup

    @property
    def is_open(self) -> bool:
        """Whether the search is on screen."""
        return self._popup is not None and self._popup.isVisible()

    @property
    def kind(self) -> str:
        """Kind of the layer that the search is at; empty where it is at none."""
        row = self._popup.list.row if self._popup is not None else None
        return row.key.spec.kind if row is not None and isinstance(row.key, Candidate) else ""

    def close(self) -> None:
        """Take the search away, with nothing chosen."""
        if self._popup is not None:
            self._popup.close_search()

    def take(self, candidate: Candidate, stay: bool) -> None:
        """Do with a layer what the search is for; `stay`: it is to stay open."""
        raise NotImplementedError

    def heading(self, candidate: Candidate, query: str) -> str:
        """Return the words over the rows that a layer belongs to; empty where all are alike."""
        raise NotImplementedError

    def offered(self) -> list[LayerSpec]:
        """Return what can be chosen from."""
        return adding.offered(self._view.scene.graph)

    def show_at(self, corner: QPoint, prompt: str, *, beside: bool = False) -> None:
        """Open with the corner at a point of the canvas widget."""
        at = self._view.mapTo(self._view.window(), corner)
        self.popup.open_at(at, prompt, beside=beside)

    def keep_clear_of(self, node_id: str) -> None:
        """Move the list so that a node's card stays in sight."""
        view = self._view
        card = view.eye.goal.rect_to_screen(view.scene.geometry.rect(node_id)).toAlignedRect()
        self.popup.keep_clear_of(QRect(view.mapTo(view.window(), card.topLeft()), card.size()))

    def _made(self) -> SearchPopup:
        popup = SearchPopup(self.name, self.title, self._rows, self._view)
        about = LayerHelp(f"{self.name}.help", popup)
        popup.add_side(about)
        popup.set_foot(self.foot)
        popup.current_changed.connect(partial(_explain, about))
        popup.chosen.connect(self._take)
        popup.pin_wanted.connect(self._pin)
        popup.closed.connect(self._view.let_go)
        return popup

    def _rows(self, query: str) -> Sequence[Row]:
        rows: list[Row] = []
        heading = ""
        for candidate in rank(self.offered(), query, self.context, self.usage, of_the_zoo()):
            over = self.heading(candidate, query)
            if over != heading:
                heading = over
                rows.append(Row(over))
            rows.append(_row(candidate, query))
        return rows

    def _pin(self, row: Row) -> None:
        if isinstance(row.key, Candidate):
            self.usage.toggle_pin(row.key.spec.kind)
            self.popup.search(row.id)

    def _take(self, row: Row, stay: bool) -> None:
        if isinstance(row.key, Candidate):
            self.take(row.key, stay)


def _explain(about: LayerHelp, row: Row | None) -> None:
    candidate = row.key if row is not None else None
    if isinstance(candidate, Candidate):
        about.show_layer(candidate.spec, candidate.fit.reason)
    else:
        about.show_layer(None)


def _row(candidate: Candidate, query: str) -> Row:
    spec, fit = candidate.spec, candidate.fit
    return Row(
        spec.title,
        spec.summary,
        candidate,
        spec.kind,
        family=spec.family,
        reason=fit.reason,
        pinned=candidate.pinned,
        lit=letters(spec.title, query) if candidate.match.tier <= Tier.SUBSEQUENCE else (),
    )
