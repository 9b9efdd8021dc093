"""The surface of the network and of a layer's units, with what says where they come from."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from studio.app.panels.surface.line_field import LineField
from studio.app.panels.surface.plane_field import PlaneField
from studio.app.panels.surface.saving import SaveSurface
from studio.app.panels.surface.source import SurfaceSource
from studio.app.panels.surface.symbols import Key
from studio.app.panels.surface.units import ColorBar, UnitTiles
from studio.app.plots.legend import Legend
from studio.app.plots.scheduler import RepaintScheduler, repaint_scheduler
from studio.app.plots.wording import count, number, percent
from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE
from studio.graph.problems import listing
from studio.runs.records import Surface
from studio.runs.surface_table import farthest_point, points_right

PURPOSE = (
    "Networks whose samples are one or two numbers can be seen whole: the regions of the classes or the "
    "curve of the function, with the data upon it, and the surface of every unit."
)
NO_UNITS = "Select a layer: what each of its units computes appears here."
SAMPLE = "residual-spirals"
_CHOICES = {"best": "Best weights", "last": "Last weights", "design": "Untrained design"}


class SurfaceView(QWidget):
    """The network's surface at the left, those of the selected layer's units at the right.

    Args:
        source: Where they come from.
        scheduler: Says when to repaint.
        parent: The panel.
    """

    message = Signal(str)
    sample_wanted = Signal(str)
    """Key of a sample whose surface can be seen."""

    def __init__(
        self,
        source: SurfaceSource,
        scheduler: RepaintScheduler | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("plot.surface")
        self.source = source
        self._scheduler = scheduler or repaint_scheduler()
        self._notes = {"network": "", "units": ""}
        self._build()
        self._arrange()
        self._connect()
        self.refresh()

    def _build(self) -> None:
        self.legend, self.units_legend = Legend("Surface"), Legend("Units")
        self.key, self.scale, self.bar = Key(self), ColorBar(self), ColorBar(self)
        self.plane, self.line, self.tiles = PlaneField(self), LineField(self), UnitTiles(self)
        self.no_units = label(NO_UNITS, "dim", self, wrap=True)
        self.no_units.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.choice = QComboBox(self)
        self.choice.setObjectName("plot.surface.choice")
        self.choice.setAccessibleName("Which weights")
        for key, words in _CHOICES.items():
            self.choice.addItem(words, key)
        self.before = self._tool("a", "before", "Pre-activation a(x) = b + Σ wᵢ xᵢ; a line where it is 0")
        self.after = self._tool("h = g(a)", "after", "Activation h(x) = g(a(x))")
        self.after.setChecked(True)
        self.body = QWidget(self)
        self.save = SaveSurface(self.body, self)
        self.empty = QWidget(self)
        self.empty_words = label("", "dim", self.empty, wrap=True)
        self.empty_words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.offer = QPushButton("Open the spirals sample", self.empty)
        self.offer.setObjectName("plot.surface.sample")
        self.offer.setProperty("role", "link")

    def _tool(self, text: str, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setCheckable(True)
        button.setAutoExclusive(True)
        button.setProperty("role", "tool")
        button.setObjectName(f"plot.surface.{name}")
        button.setAccessibleName(tip)
        button.setToolTip(tip)
        return button

    def _arrange(self) -> None:
        head, units_head = QHBoxLayout(), QHBoxLayout()
        for widget in (self.legend, self.scale, self.key, self.choice, self.save):
            head.addWidget(widget, 100 if widget is self.legend else 0)
            if widget is self.legend:
                head.addStretch(1)  # keeps the rest at the right while there is nothing to say
        for part in (self.units_legend, self.bar, self.before, self.after):
            units_head.addWidget(part, 1 if part is self.units_legend else 0)
        units = QVBoxLayout()
        units.addLayout(units_head)
        units.addWidget(self.tiles, 1)
        units.addWidget(self.no_units, 1)
        both = QHBoxLayout(self.body)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(5 * SPACE)
        for field in (self.plane, self.line):
            both.addWidget(field, 1)
        both.addLayout(units, 2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        for layout in (head, units_head, units, whole):
            layout.setSpacing(2 * SPACE)
        whole.addLayout(head)
        whole.addWidget(self.body, 1)
        whole.addWidget(self.empty, 1)
        middle = QVBoxLayout(self.empty)
        middle.addStretch(1)
        middle.addWidget(self.empty_words)
        middle.addWidget(self.offer, 0, Qt.AlignmentFlag.AlignHCenter)
        middle.addStretch(1)

    def _connect(self) -> None:
        self.source.changed.connect(lambda: self._scheduler.mark(self))
        self.choice.activated.connect(lambda _: self.source.choose(self.choice.currentData()))
        self.before.toggled.connect(lambda _: self._show_units(self.source.surface))
        self.offer.clicked.connect(lambda: self.sample_wanted.emit(SAMPLE))
        self.save.message.connect(self.message)
        self.plane.hovered.connect(lambda note: self._note("network", note))
        self.line.hovered.connect(lambda note: self._note("network", note))
        self.tiles.hovered.connect(lambda note: self._note("units", note))

    @property
    def words(self) -> str:
        """Titles, notes and names of the colours, or why there is nothing."""
        if self.body.isHidden():
            return self.empty_words.text()
        return " ".join((self.legend.text, self.key.words, self.units_legend.text))

    def refresh(self) -> None:
        """Redraw from the source."""
        surface = self.source.surface
        self.body.setVisible(surface is not None)
        self.empty.setVisible(surface is None)
        self._show_choice()
        self.save.show_surface(surface)
        for part in (self.legend, self.key):
            part.setVisible(surface is not None)
        if surface is None:
            self.scale.hide()
            self.empty_words.setText(f"{self.source.words}\n{PURPOSE}".strip())
            return
        is_plane = surface.outputs.ndim == 3
        self.plane.setVisible(is_plane)
        self.line.setVisible(not is_plane)
        (self.plane if is_plane else self.line).show_surface(surface)
        has_heights = is_plane and not surface.classes
        self.scale.setVisible(has_heights)
        if has_heights:
            self.scale.show_range(*self.plane.value_range)
        self.key.show_names(surface.classes, has_points=len(surface.points) > 0)
        self._show_units(surface)
        self._note("network", self._notes["network"])

    def _show_choice(self) -> None:
        """Say which weights are shown, and which there are to choose from."""
        is_live, has_run = self.source.is_live, self.source.has_run
        if self.source.moment is not None:
            self.choice.setEnabled(False)
            self.choice.setItemText(0, "Looking back")
            self.choice.setCurrentIndex(0)
            self.choice.setToolTip("What was kept of the run at that step is shown. Now leads back.")
            return
        self.choice.setEnabled(not is_live and has_run)
        self.choice.setItemText(0, "This moment" if is_live else _CHOICES["best"])
        shown = "best" if is_live else self.source.choice if has_run else "design"
        self.choice.setCurrentIndex(list(_CHOICES).index(shown))
        self.choice.setToolTip(
            "The run goes on: the weights of this moment are shown."
            if is_live
            else "Of the run on show, or the design as training would start it"
            if has_run
            else "There is no run yet: train, or choose one under Runs."
        )

    def _show_units(self, surface: Surface | None) -> None:
        has_both = surface is not None and len(surface.before) > 0
        has_units = surface is not None and surface.total > 0
        before = has_both and self.before.isChecked()
        self.tiles.show_units(surface, before=before)
        self.tiles.setVisible(has_units)
        self.no_units.setText(self._why_no_units(surface))
        self.no_units.setVisible(not has_units)
        for button in (self.before, self.after):
            button.setVisible(has_units)
            button.setEnabled(has_both)
        self.before.setToolTip(
            self.before.accessibleName() if has_both or surface is None else _one_value(surface)
        )
        self.bar.setVisible(has_units and surface is not None and surface.outputs.ndim == 3)
        self.bar.show_range(*self.tiles.value_range)
        self._note("units", self._notes["units"])

    def _why_no_units(self, surface: Surface | None) -> str:
        kept = self.source.kept
        if surface is None or not surface.node or not kept:
            return NO_UNITS
        return f"Of {surface.node} no units were kept with the run, but of {listing(kept)}."

    def _note(self, which: str, note: str) -> None:
        """Write what is shown into the legends, and at their right end what is under the pointer."""
        self._notes[which] = note
        surface = self.source.surface
        if surface is None:
            return
        if which == "network":
            title = "Regions" if surface.classes else "Surface" if surface.outputs.ndim == 3 else "Curve"
            self.legend.set_title(title, _fit_words(self.source.words, surface) if not note else "")
            self.legend.set_entries((), note)
            self.legend.setToolTip(self.legend.text)
        else:
            self.units_legend.set_title(*self._unit_words(surface) if not note else ("", ""))
            self.units_legend.set_entries((), note)

    def _unit_words(self, surface: Surface) -> tuple[str, str]:
        if not surface.total:
            return "Units", ""
        names = " → ".join(filter(None, (surface.before_name, surface.after_name)))
        shown = self.tiles.shown if self.tiles.isVisible() else len(surface.after)
        if shown >= surface.total:
            return names, f"{count(surface.total)} units"
        return names, f"{count(shown)} of {count(surface.total)} units"

    def showEvent(self, event: QShowEvent) -> None:
        """Look, now that it is on screen."""
        super().showEvent(event)
        self.source.look(looks=True)
        self._scheduler.mark(self)

    def hideEvent(self, event: QHideEvent) -> None:
        """Look no more."""
        super().hideEvent(event)
        self.source.look(looks=False)


def _fit_words(words: str, surface: Surface) -> str:
    """Return where a surface comes from, and how well it fits the points that are shown."""
    right, farthest = points_right(surface), farthest_point(surface)
    if right is not None:
        return f"{words} · {percent(right[0] / max(right[1], 1))} right"
    return f"{words} · points within {number(farthest)}" if farthest is not None else words


def _one_value(surface: Surface) -> str:
    return f"No activation comes right behind {surface.after_name}: its units have one value."
