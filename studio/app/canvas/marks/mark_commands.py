"""What a person can do with frames, notes and arrows, each as one step of undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF

from studio.app.canvas.commands import Commands
from studio.app.canvas.grid import snapped
from studio.app.canvas.marks.mark_painting import needed_height
from studio.app.canvas.marks.mark_scene import box, contents
from studio.app.canvas.scene import Scene
from studio.app.selection import Selection
from studio.app.theme.measures import ARROW_WAY, FRAME_SIZE, GRID, NOTE_SIZE
from studio.app.theme.tokens import MARK_TITLE
from studio.graph import marks as mark_edits
from studio.graph.graph import Graph
from studio.graph.mark import Mark, MarkKind

AROUND = 3.0 * GRID
"""Room between a frame and what it is drawn around."""

SMALLEST = 4.0 * GRID
TITLES: dict[MarkKind, str] = {"frame": "Frame", "note": "Note", "arrow": ""}


class MarkCommands:
    """Edits of the marks at the level on show.

    Args:
        commands: The other edits; they make steps, and say what could not be done.
    """

    def __init__(self, scene: Scene, selection: Selection, commands: Commands) -> None:
        self._scene, self._selection, self._commands = scene, selection, commands

    @property
    def single(self) -> str | None:
        """The one mark that is selected, and nothing else; or None."""
        marks, others = self._selection.marks, self._selection.nodes or self._selection.edges
        return next(iter(marks)) if len(marks) == 1 and not others else None

    def add_frame(self, middle: QPointF) -> str | None:
        """Add a frame around what is selected, else around a point; select it, and return its id."""
        chosen = self._scene.extent(self._selection.nodes, self._selection.marks)
        if chosen.isEmpty():
            width, height = FRAME_SIZE
            place = QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)
        else:
            place = _around(chosen)
        return self._add("frame", place)

    def add_note(self, corner: QPointF) -> str | None:
        """Add a note with its top left corner at a point; select it, and return its id."""
        return self._add("note", QRectF(corner.x(), corner.y(), *NOTE_SIZE))

    def add_arrow(self, start: QPointF) -> str | None:
        """Add an arrow that begins at a point; with a node selected it points there.

        Where a note and a node are selected, it leads from the one to the other.
        """
        node, mark = self._selection.single, next(iter(self._selection.marks), None)
        stop = start + QPointF(*ARROW_WAY)
        if node is not None:
            card = self._scene.geometry.rect(node)
            begin = box(self._scene.marks[mark]).center() if mark else card.topLeft() - QPointF(*ARROW_WAY)
            if mark:
                begin = _edge_towards(box(self._scene.marks[mark]), card.center())
            start, stop = begin, _edge_towards(card, begin)
        return self._add("arrow", QRectF(start.x(), start.y(), stop.x() - start.x(), stop.y() - start.y()))

    def _add(self, kind: MarkKind, place: QRectF) -> str | None:
        corner = _on_grid(place.topLeft()) if kind != "arrow" else place.topLeft()
        mark = Mark("", kind, TITLES[kind], corner.x(), corner.y(), place.width(), place.height())
        made = mark_edits.next_mark_id(self._commands.graph)
        if not self._commands.attempt(f"Add {kind}", lambda graph: mark_edits.add_mark(graph, mark)):
            return None
        self._selection.set(marks=[made])
        return made

    def set_text(self, mark_id: str, text: str) -> None:
        """Write in a mark; a note grows until all of it can be read."""
        mark = mark_edits.find_mark(self._commands.graph, mark_id)
        height = max(mark.height, needed_height(text, mark.width)) if mark.kind == "note" else mark.height
        changed = replace(mark, text=text, height=height)
        self._commands.attempt(f"Edit {mark.kind}", lambda graph: mark_edits.replace_mark(graph, changed))

    def resize(self, mark: Mark) -> None:
        """Give a mark another place and size."""
        self._commands.attempt(f"Resize {mark.kind}", lambda graph: mark_edits.replace_mark(graph, mark))

    def set_color(self, name: str) -> None:
        """Colour the selected marks; an empty name gives them the usual colour back."""
        chosen = sorted(self._selection.marks)

        def change(graph: Graph) -> Graph:
            for mark_id in chosen:
                graph = mark_edits.replace_mark(graph, replace(graph.marks[mark_id], color=name))
            return graph

        self._commands.attempt("Colour", change)

    def fit(self) -> None:
        """Draw the selected frames as closely around their contents as a new frame would be."""
        fitted = [mark for mark_id in sorted(self._selection.marks) if (mark := self._fitted(mark_id))]
        if not fitted:
            self._commands.say("Select a frame with something in it.")
            return

        def change(graph: Graph) -> Graph:
            for mark in fitted:
                graph = mark_edits.replace_mark(graph, mark)
            return graph

        self._commands.attempt("Fit frame", change)

    def _fitted(self, mark_id: str) -> Mark | None:
        nodes, marks = self.contents([mark_id])
        extent = self._scene.extent(nodes, marks)
        if extent.isEmpty():
            return None
        place = _around(extent)
        mark = self._scene.marks[mark_id]
        return replace(mark, x=place.x(), y=place.y(), width=place.width(), height=place.height())

    def contents(self, mark_ids: Iterable[str]) -> tuple[set[str], set[str]]:
        """Return the nodes and marks that lie in some frames."""
        scene = self._scene
        cards = {node_id: scene.geometry.rect(node_id) for node_id in scene.graph.nodes}
        nodes: set[str] = set()
        marks: set[str] = set()
        for mark_id in mark_ids:
            inner = contents(scene.marks[mark_id], cards, scene.marks.kind("frame", "note", "arrow"))
            nodes |= inner[0]
            marks |= inner[1]
        return nodes, marks

    def select_contents(self) -> None:
        """Select what lies in the selected frames."""
        nodes, marks = self.contents(self._selection.marks)
        self._selection.set(nodes, marks=marks)

    def select_next(self, reveal: Callable[[QRectF], None]) -> None:
        """Select the next mark, and show it: for those who have no mouse."""
        ordered = [mark.id for mark in mark_edits.ordered_marks(self._scene.graph)]
        if not ordered:
            self._commands.say("There are no frames, notes or arrows here.")
            return
        here = self.single
        place = (ordered.index(here) + 1) % len(ordered) if here in ordered else 0
        self._selection.set(marks=[ordered[place]])
        reveal(box(self._scene.marks[ordered[place]]))


def resized(mark: Mark, part: str, point: QPointF) -> Mark:
    """Return a mark with one of its edges, corners or ends at a point."""
    if part == "tip":
        return replace(mark, width=point.x() - mark.x, height=point.y() - mark.y)
    if part == "start":
        right, bottom = mark.x + mark.width, mark.y + mark.height
        return replace(mark, x=point.x(), y=point.y(), width=right - point.x(), height=bottom - point.y())
    place = box(mark)
    left, top, right, bottom = place.left(), place.top(), place.right(), place.bottom()
    least = max(SMALLEST, float(MARK_TITLE))
    if "left" in part:
        left = min(point.x(), right - 2 * least)
    if "right" in part:
        right = max(point.x(), left + 2 * least)
    if "top" in part:
        top = min(point.y(), bottom - least)
    if "bottom" in part:
        bottom = max(point.y(), top + least)
    return replace(mark, x=left, y=top, width=right - left, height=bottom - top)


def _around(chosen: QRectF) -> QRectF:
    """Return the place of a frame around something, on the grid, with room for its title."""
    loose = chosen.adjusted(-AROUND, -AROUND - MARK_TITLE, AROUND, AROUND)
    corner = _on_grid(loose.topLeft())
    far = _on_grid(loose.bottomRight())
    return QRectF(corner, far)


def _on_grid(point: QPointF) -> QPointF:
    return QPointF(snapped(point.x()), snapped(point.y()))


def _edge_towards(place: QRectF, point: QPointF) -> QPointF:
    """Return where the line from the middle of a rectangle to a point leaves the rectangle."""
    middle, way = place.center(), point - place.center()
    steps = [
        side / 2 / abs(length)
        for side, length in ((place.width() + GRID, way.x()), (place.height() + GRID, way.y()))
        if length
    ]
    return middle + way * min([*steps, 1.0])
