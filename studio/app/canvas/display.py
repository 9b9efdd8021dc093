"""Shows the network of a document: the part of the canvas that does not edit.

One widget paints everything itself, from cached pixmaps, with a camera of its own. Of the designs that
were measured with 10,000 nodes (a graphics scene with one item a node, with Qt's item caches, with levels
of detail) this was the fastest at every zoom; it also keeps hit tests in NumPy and leaves no second copy
of the design to be kept in step.
"""

from __future__ import annotations

from typing import TypeAlias
from weakref import WeakKeyDictionary

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from studio.app.canvas import words
from studio.app.canvas.breadcrumbs import Breadcrumbs
from studio.app.canvas.camera import NOTCH, Camera
from studio.app.canvas.cards import Badge
from studio.app.canvas.eye import Eye
from studio.app.canvas.family_legend import FamilyLegend
from studio.app.canvas.gestures.gesture import Gesture
from studio.app.canvas.heat.heat import Heat
from studio.app.canvas.heat.legend import HeatLegend
from studio.app.canvas.legend_places import place_legends
from studio.app.canvas.minimap import MiniMap
from studio.app.canvas.scene import Scene
from studio.app.canvas.stage import Stage
from studio.app.document import Document, Level
from studio.app.facts import Facts
from studio.app.in_force import in_force
from studio.app.selection import Selection
from studio.app.settings import Preferences
from studio.app.sheet import Sheet
from studio.app.theme.measures import CRUMBS_AT, MAP_INSET, MAP_NEEDS, TOTALS_HEIGHT, TOTALS_WIDTH
from studio.app.theme.theme import theme
from studio.app.theme.tokens import LEAST_CANVAS
from studio.errors import GraphError
from studio.graph import levels
from studio.graph.expansion import ids_on
from studio.graph.node import Edge

Cameras: TypeAlias = dict[Level, Camera | None]
"""Where the eye was at each level; None where the whole of it was shown."""

NO_EDGES: frozenset[Edge] = frozenset()


class CanvasDisplay(QWidget):
    """Cards, wires and an overview, kept in step with the document.

    Attributes:
        scene: Cards and geometry of what is shown.
        eye: The camera.
        keyboard_node: The node that Tab walked to, while the canvas has the focus.
        is_sharp: The last frame showed every card as it should be: nothing is left to paint.
        heat: What cards and wires show of their costs.
        in_corners: Widgets that lie over the corners, which legends keep clear of.
        follow_size: A new size of the widget fits the network again: until the person moves the eye.
    """

    message = Signal(str)
    """A sentence for the status bar."""

    zoom_changed = Signal(float)

    def __init__(
        self, document: Document, selection: Selection, facts: Facts, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.document, self.selection, self.facts = document, selection, facts
        self.scene = Scene(facts)
        self.eye = Eye(lambda: self.size().toSizeF(), self)
        self.keyboard_node: str | None = None
        self.follow_size = True
        self.is_sharp = False
        self._stage = Stage()
        self._level: Level = document.level
        self._cameras: Cameras = {}
        self._kept: WeakKeyDictionary[Sheet, Cameras] = WeakKeyDictionary()
        self.heat = Heat(self.scene, facts, self)
        self.heat_legend = HeatLegend(self.heat, self)
        self.minimap = MiniMap(self.scene, self.visible_area, self)
        self.breadcrumbs = Breadcrumbs(document, self)
        self.breadcrumbs.move(*CRUMBS_AT)
        self.family_legend = FamilyLegend(self.scene, selection, self)
        self.in_corners: list[QWidget] = [self.breadcrumbs, self.minimap]
        self.setObjectName("canvas")
        self.setAccessibleName("Network")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(*LEAST_CANVAS)
        self._listen()
        self._show_graph()

    def _listen(self) -> None:
        self.document.level_changed.connect(self._show_level)
        self.document.changed.connect(self._show_graph)
        self.breadcrumbs.level_chosen.connect(self.go_to)
        self.document.left.connect(self._keep_cameras)
        self.document.opened.connect(self._show_another)
        self.selection.changed.connect(self._selection_changed)
        self.facts.changed.connect(self._facts_changed)
        theme().changed.connect(self._theme_changed)
        in_force().changed.connect(self._preferences_changed)
        self.eye.changed.connect(self._eye_moved)
        self.heat.changed.connect(self._heat_changed)
        self.eye.zoom_changed.connect(self.zoom_changed)
        self.minimap.centre_requested.connect(
            lambda place: self.set_camera(self.camera.centred(place, self.size().toSizeF()))
        )

    @property
    def camera(self) -> Camera:
        """Where the eye is."""
        return self.eye.camera

    @property
    def gesture(self) -> Gesture | None:
        """What the mouse is doing, to be painted over the network."""
        return None

    @property
    def hidden_edges(self) -> frozenset[Edge]:
        """Wires that the gesture paints itself, or has taken off."""
        return self.gesture.hidden_edges if self.gesture is not None else NO_EDGES

    def paint_controls(self, painter: QPainter) -> None:
        """Paint what can be pressed on the cards: nothing, where nothing can be edited."""

    def set_camera(self, camera: Camera) -> None:
        """Move the eye; from now on a new size of the widget does not move it."""
        self.follow_size = False
        self.eye.look(camera)

    def visible_area(self) -> QRectF:
        """Return the part of the canvas on screen."""
        return self.eye.area

    def wire_path(self, edge: Edge) -> QPainterPath:
        """Return the course of a wire on the canvas; an empty path if it is gone."""
        row = self.scene.geometry.edge_slot(edge)
        return self.scene.geometry.path(row) if row is not None else QPainterPath()

    def set_picture(self, node_name: str, picture: QImage | None) -> None:
        """Show a small live picture in a node, or none."""
        self.scene.set_picture(node_name, picture)
        self.update()

    def set_badge(self, node_name: str, text: str, role: str | None = None) -> None:
        """Show a few words on a node's corner in the colour of a role; empty words take them off."""
        self.scene.set_badge(node_name, Badge(text, role or "warning") if text else None)
        self.update()

    def fit(self, animated: bool = False) -> None:
        """Show the whole network."""
        self.eye.fit(self.scene.extent(), glide=animated and self.isVisible())

    def fit_selection(self) -> None:
        """Show the selected nodes, or the whole network if none is."""
        nodes, marks = self.selection.nodes, self.selection.marks
        if not nodes and not marks:
            self.fit()
            return
        self.follow_size = False
        self.eye.fit(self.scene.extent(nodes, marks), largest=1.5)

    def zoom_in(self) -> None:
        """Zoom in by a step, about the middle."""
        self.follow_size = False
        self.eye.zoom(NOTCH)

    def zoom_out(self) -> None:
        """Zoom out by a step, about the middle."""
        self.follow_size = False
        self.eye.zoom(1 / NOTCH)

    def zoom_reset(self) -> None:
        """Show everything at its own size."""
        self.set_camera(self.camera.at_zoom(1.0, self.eye.middle()))

    def reveal(self, node_id: str) -> None:
        """Select a node and bring it into view."""
        if node_id not in self.scene.geometry:
            return
        self.selection.set([node_id])
        middle = self.scene.geometry.rect(node_id).center()
        camera = self.camera.at_zoom(max(self.camera.zoom, 0.75), self.eye.middle())
        self.follow_size = False
        self.eye.look(camera.centred(middle, self.size().toSizeF()), glide=self.isVisible())

    def reveal_path(self, path: str) -> None:
        """Select the node at a path and bring it into view, going into the block that it is in.

        What is on show already is not left for another instance of the same block.
        """
        document, ids = self.document, ids_on(path)
        try:
            block = levels.block_at(document.design, ids[:-1])
            if block is not levels.block_at(document.design, document.level):
                document.go_to(ids[:-1])
        except GraphError as error:
            self.message.emit(error.message)
            return
        self.reveal(ids[-1])

    def go_to(self, level: Level) -> None:
        """Show another level of the network; say why if it cannot be shown."""
        try:
            self.document.go_to(level)
        except GraphError as error:
            self.message.emit(error.message)

    # What changed elsewhere
    def _show_level(self) -> None:
        """Go to another level: to where the eye was when it was last on show, else to the whole of it."""
        self._cameras[self._level] = None if self.follow_size else self.camera
        self.keyboard_node = None
        self._show_graph()
        self._go_where_it_was()

    def _go_where_it_was(self) -> None:
        self._level = self.document.level
        kept = self._cameras.get(self._level)
        self.follow_size = kept is None
        if kept is None:
            self.fit()
        else:
            self.eye.look(kept, still=True)

    def _show_graph(self) -> None:
        self._stage.forget(self.scene.show(self.document.graph, self.document.place))
        self.heat.refresh()
        self.family_legend.refresh()
        self._place_minimap()
        self._describe()
        self.update()

    def _keep_cameras(self) -> None:
        self._cameras[self._level] = None if self.follow_size else self.camera
        self._kept[self.document.sheet], self._cameras = self._cameras, {}

    def _show_another(self) -> None:
        """Show another project: where the eye was when it was last on show, else the whole of it."""
        self.keyboard_node = None
        self._cameras = self._kept.pop(self.document.sheet, {})
        self._go_where_it_was()

    def _selection_changed(self) -> None:
        if self.selection.single != self.keyboard_node:
            self.keyboard_node = None
        self._describe()
        self.update()

    def _facts_changed(self, node_ids: frozenset[str]) -> None:
        self.scene.refresh(node_ids)
        self.heat.forget()
        self._stage.forget_shapes()
        self._describe()
        self.update()

    def _theme_changed(self) -> None:
        self._stage.clear()
        self.update()

    def _preferences_changed(self, old: Preferences, new: Preferences) -> None:
        """Paint anew what is painted otherwise: another ground, or numbers in other units."""
        if (old.grid_visible, old.grid_size) != (new.grid_visible, new.grid_size):
            self._stage.clear()
        self.heat.forget()
        if old.wire_style != new.wire_style:
            self.scene.set_wire_style(new.wire_style)
        self.update()

    def _eye_moved(self) -> None:
        self._show_minimap()
        self.update()

    def _heat_changed(self) -> None:
        self._place_minimap()
        self.update()

    def _describe(self) -> None:
        self.setAccessibleDescription(words.description(self.scene, self.facts, self.selection))

    def _place_minimap(self) -> None:
        size = self.minimap.size()
        self.minimap.move(self.width() - size.width() - MAP_INSET, self.height() - size.height() - MAP_INSET)
        self._show_minimap()

    def _show_minimap(self) -> None:
        """Show the map where there is room; it goes out of the way of cards when all of them are in view."""
        geometry = self.scene.geometry
        roomy = self.width() >= MAP_NEEDS[0] and self.height() >= MAP_NEEDS[1]
        shown = roomy and len(self.scene.graph) > 0
        if shown and self.visible_area().contains(self.scene.extent()):
            air = MAP_INSET  # the rings of ports stand out of their cards
            near = QRectF(self.minimap.geometry()).adjusted(-air, -air, air, air)
            under = self.camera.rect_to_canvas(near)
            shown = not len(geometry.nodes_in(under)) and not self.scene.marks.covered(under)
        self.minimap.setVisible(shown)
        self.minimap.update()
        self._place_legends()

    def _place_legends(self) -> None:
        """Put the legends at an edge, where they cover no card if there is such a place."""
        taken = [child.geometry() for child in self.in_corners if not child.isHidden()]
        totals = QRect(0, self.height() - TOTALS_HEIGHT, TOTALS_WIDTH, TOTALS_HEIGHT)
        place_legends(self, [self.heat_legend, self.family_legend], [*taken, totals])

    def toggle_legend(self) -> None:
        """Show what the colours of families are, or hide it."""
        self.family_legend.is_on = not self.family_legend.is_on
        self.family_legend.refresh()
        self._place_legends()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a frame; if cards are missing in it, ask for another."""
        painter = QPainter(self)
        try:
            missed = self._stage.paint(self, painter, settled=self.eye.settled)
        finally:
            painter.end()  # an exception that leaves a painter at work takes the program down
        self.is_sharp = self.eye.settled and not missed
        if missed:
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the network fitted until the person has moved the eye."""
        super().resizeEvent(event)
        if self.follow_size:
            self.fit()
        self._place_minimap()
