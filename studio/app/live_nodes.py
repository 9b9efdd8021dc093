"""Small live pictures on the cards of nodes, as they come: what a person chose, or what matters of each."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage

from studio.app.canvas.cards import FAR_BELOW
from studio.app.canvas.view import CanvasView
from studio.app.in_force import in_force
from studio.app.live_pictures import Pictured
from studio.app.plots.card_pictures import dead_thumbnail, maps_thumbnail, note_thumbnail, spark_thumbnail
from studio.app.plots.live_sparks import spark_of
from studio.app.plots.thumbnails import filters_thumbnail, histogram_thumbnail
from studio.app.plots.wording import count, number, percent
from studio.app.settings import Preferences, Settings
from studio.app.theme.theme import theme
from studio.app.workspace import Workspace
from studio.graph.node import LivePicture

SETTLE_MS = 200
"""So long after the eye or the design moved is it told what is in view."""

REDRAW_MS = 100
"""Pictures are made anew at most so often."""

_KINDS: dict[str, tuple[LivePicture, ...]] = {
    "histograms": ("histogram", "dead", "gradient"),
    "norms": ("gradient",),
    "filters": ("filters",),
    "maps": ("maps",),
    "state": ("histogram", "filters", "maps", "gradient", "dead"),
}
"""Pictures that may be others after a change of the monitor."""


@dataclass(slots=True)
class Shown:
    """What a card shows, and what it was made of."""

    made_of: tuple[object, ...]
    picture: QImage


Draft = tuple[tuple[object, ...], Callable[[], QImage], str]
"""What a picture would be made of, what makes it, and its words."""


class LiveNodes(QObject):
    """Puts the newest picture of each node in view on its card.

    A picture is made when there is something new for it, and only then; cards out of view are left as they
    are until they come into view.

    Args:
        workspace: Whose runs and design.
        canvas: Whose cards.
        settings: Remember what families show.
        parent: The window.
    """

    def __init__(
        self,
        workspace: Workspace,
        canvas: CanvasView,
        settings: Settings | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._canvas, self._settings = workspace, canvas, settings
        self._shown: dict[str, Shown] = {}
        self._stale: set[LivePicture] = set()
        self._settle, self._redraw_soon = QTimer(self), QTimer(self)
        for timer, delay_ms, act in (
            (self._settle, SETTLE_MS, self._look_at_view),
            (self._redraw_soon, REDRAW_MS, self._refresh_stale),
        ):
            timer.setSingleShot(True)
            timer.setInterval(delay_ms)
            timer.timeout.connect(act)
        self._drafts: dict[LivePicture, Callable[[Pictured], Draft | None]] = {
            "histogram": self._histogram,
            "filters": self._filters,
            "maps": self._maps,
            "gradient": self._gradient,
            "dead": self._dead,
        }
        workspace.monitor.changed.connect(self._changed)
        workspace.document.level_changed.connect(self._look_at_view)
        workspace.document.opened.connect(self._show_another)
        workspace.document.changed.connect(lambda _old, _new: self._settle.start())
        canvas.eye.changed.connect(self._settle.start)
        canvas.family_picture_wanted.connect(self.choose_for_family)
        in_force().changed.connect(self._preferences_changed)
        theme().changed.connect(self._redraw)

    def choose_for_family(self, family: str, picture: LivePicture) -> None:
        """Let layers of a family show a live picture from now on; without a family, all show what matters."""
        if self._settings is None:
            return
        chosen = dict(self._settings.preferences.live_pictures) if family else {}
        chosen.pop(family, None)
        if picture != "auto":
            chosen[family] = picture
        self._settings.change(live_pictures=chosen)

    # What changes ---------------------------------------------------------------------------------

    def _changed(self, kind: str) -> None:
        if kind == "run":
            self._clear()
            self.refresh()
        elif kind == "moment":
            self.refresh()
        else:
            self._stale.update(_KINDS.get(kind, ()))
            if self._stale and not self._redraw_soon.isActive():
                self._redraw_soon.start()

    def _preferences_changed(self, old: Preferences, new: Preferences) -> None:
        if old.live_pictures != new.live_pictures:
            self._look_at_view()

    def _show_another(self) -> None:
        """Show the pictures of another project at once: nodes of the same name are not the same."""
        self._clear()
        self._look_at_view()

    def _clear(self) -> None:
        for name in list(self._shown):
            self._take_off(name)

    def _take_off(self, name: str) -> None:
        del self._shown[name]
        self._canvas.scene.picture_words.pop(name, None)
        self._canvas.set_picture(name, None)

    def _redraw(self) -> None:
        """Make all pictures anew, in other colours."""
        for shown in self._shown.values():
            shown.made_of = ()
        self.refresh()

    def _look_at_view(self) -> None:
        """Tell what is in view, and show what there is of it."""
        canvas = self._canvas
        if not canvas.isVisible():
            self._workspace.watching.look_at_view(None)
        elif canvas.camera.zoom < FAR_BELOW:
            self._workspace.watching.look_at_view(frozenset())
        else:
            geometry = canvas.scene.geometry
            rows = geometry.nodes_in(canvas.visible_area()).tolist()
            self._workspace.watching.look_at_view(frozenset(geometry.ids[row] for row in rows))
        self._workspace.watch()
        self.refresh()

    def _refresh_stale(self) -> None:
        stale, self._stale = self._stale, set()
        self.refresh(stale)

    def refresh(self, kinds: set[LivePicture] | None = None) -> None:
        """Show the newest pictures of all in view; of those that may show certain kinds only.

        Cards that are to have a picture no more lose it.
        """
        wanted = {one.name for one in self._workspace.watching.pictured}
        for name in [name for name in self._shown if name not in wanted]:
            self._take_off(name)
        for one in self._workspace.watching.in_view:
            if kinds is None or kinds.intersection(one.pictures):
                self._show(one)

    def _show(self, one: Pictured) -> None:
        """Give a node its picture; where nothing was seen of it yet, none."""
        is_known = self._workspace.monitor.knows(one.name, one.kind)
        drafts = (self._drafts[picture](one) for picture in one.pictures if is_known)
        draft = next(filter(None, drafts), None)
        if draft is None and one.is_chosen:
            draft = self._missing(one)
        old = self._shown.get(one.name)
        if draft is None:
            if old is not None:
                self._take_off(one.name)
            return
        made_of, make, words = draft
        if old is None or old.made_of != made_of:
            self._shown[one.name] = Shown(made_of, make())
            self._canvas.set_picture(one.name, self._shown[one.name].picture)
        self._canvas.scene.picture_words[one.name] = words

    # What is shown --------------------------------------------------------------------------------

    def _histogram(self, one: Pictured) -> Draft | None:
        seen = self._workspace.monitor.histogram(one.name)
        if seen is None:
            return None
        words = (
            f"Values that leave it at step {count(seen.step)}: {number(seen.low)} to {number(seen.high)}, "
            f"mean {number(seen.mean)}, std {number(seen.std)}, {percent(seen.zeros)} zeros"
        )
        return ("histogram", seen.step), lambda: histogram_thumbnail(seen), words

    def _filters(self, one: Pictured) -> Draft | None:
        seen = self._workspace.monitor.filters_of(one.name)
        if seen is None or (not one.is_chosen and len(one.pictures) > 1 and seen.pictures.shape[1] == 1):
            return None  # strips of weights say less than what comes next
        words = (
            f"{len(seen.pictures)} of {count(seen.total)} filters at step {count(seen.step)}, the strongest "
            f"first: black −{number(seen.scale, 2)}, white +{number(seen.scale, 2)}"
        )
        return ("filters", seen.step), lambda: filters_thumbnail(seen), words

    def _maps(self, one: Pictured) -> Draft | None:
        monitor = self._workspace.monitor
        seen = monitor.shown.maps.get(one.name)
        if seen is None or monitor.moment is not None:
            return None
        is_sample = not one.learns and self._canvas.scene.family_of(one.name) == "input"
        what = "numbers" if seen.values.ndim == 1 else "maps"
        words = (
            f"{len(seen.values)} of {count(seen.total)} {what} for the probe sample at step "
            f"{count(seen.step)}: {number(seen.low)} to {number(seen.high)}"
        )
        if seen.broken:
            words += f"; {count(seen.broken)} numbers are NaN or infinite"
        return ("maps", seen.step), lambda: maps_thumbnail(seen, is_sample=is_sample), words

    def _gradient(self, one: Pictured) -> Draft | None:
        spark = spark_of(self._workspace.monitor, one.name)
        if spark is None:
            return None
        key = len(spark.steps), int(spark.steps[-1]), spark.what
        return ("gradient", *key), lambda: spark_thumbnail(spark), spark.words()

    def _dead(self, one: Pictured) -> Draft | None:
        seen = self._workspace.monitor.histogram(one.name)
        if seen is None or (math.isnan(seen.silent) and math.isnan(seen.saturated)):
            return None
        known = (
            ("units have been 0 for hundreds of samples", seen.silent),
            ("values are saturated", seen.saturated),
        )
        words = ", ".join(f"{percent(share)} of its {what}" for what, share in known if not math.isnan(share))
        shares = tuple(-1.0 if np.isnan(one) else round(one, 3) for one in (seen.silent, seen.saturated))
        return ("dead", *shares), lambda: dead_thumbnail(seen), f"{words} (step {count(seen.step)})"

    def _missing(self, one: Pictured) -> Draft | None:
        """Say why a picture that was chosen is not there, once there is a run."""
        monitor, picture = self._workspace.monitor, one.pictures[0]
        if not monitor.shown.name:
            return None
        words = why_missing(
            picture,
            is_first=self._workspace.is_training and monitor.is_live and not len(monitor.shown.norms),
            is_known=monitor.knows(one.name, one.kind),
            back=monitor.moment,
        )
        return ("note", words), lambda: note_thumbnail(words), words


def why_missing(picture: LivePicture, *, is_first: bool, is_known: bool, back: int | None) -> str:
    """Return what a card says in place of a picture of which there is nothing.

    Args:
        picture: What was chosen.
        is_first: The run goes on, and nobody has looked into it yet.
        is_known: The run has this layer.
        back: The step that is looked back to; None: the newest is shown.
    """
    if not is_known:
        return "Not in this run: train anew"
    if is_first:
        return "Waiting for a look …"
    if picture == "maps" and back is not None:
        return "Maps are not kept: go back to Now"
    return {
        "filters": "No filters to show",
        "dead": "Dead units are not known",
    }.get(picture, "Not seen in this run")
