"""Frames, notes and arrows on a canvas: what `MarkCommands` does, with the fields to write in them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QCursor

from studio.app.canvas.marks.mark_commands import MarkCommands
from studio.app.canvas.marks.mark_painting import title_height
from studio.app.canvas.marks.mark_scene import box
from studio.app.canvas.marks.note_field import NoteField
from studio.app.canvas.rename_field import RenameField

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


class MarkDesk(MarkCommands):
    """The commands of one canvas."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view.scene, view.selection, view.commands)
        self._view = view

    def frame(self) -> None:
        """Draw a frame around the selection, and write its title."""
        self._write_in(self.add_frame(self._here()))

    def note(self, at: QPointF | None = None) -> None:
        """Add a note at a canvas point, by default under the cursor, and write in it."""
        self._write_in(self.add_note(at or self._here()))

    def arrow(self, at: QPointF | None = None) -> None:
        """Add an arrow that begins at a canvas point, by default under the cursor."""
        self.add_arrow(at or self._here())

    def write(self) -> None:
        """Write in the selected mark."""
        if self.single is None:
            self._commands.say("Select a single frame, note or arrow to write in it.")
        else:
            self._write_in(self.single)

    def next(self) -> None:
        """Select the next mark, and bring it into view."""
        self.select_next(self._reveal)

    def finish(self) -> None:
        """Take over what is being written."""
        for field in self._view.findChildren(NoteField):
            field.finish()

    def _write_in(self, mark_id: str | None) -> None:
        """Open the field for a mark's text in its place."""
        if mark_id is None:
            return
        view, mark = self._view, self._scene.marks[mark_id]
        place = view.camera.rect_to_screen(box(mark))
        done = partial(self._written, mark_id)
        if mark.kind == "note":
            NoteField(mark.text, place, done, view)
            return
        if mark.kind == "arrow":
            place = QRectF(place.center(), place.center())
        place.setHeight(title_height(view.camera.zoom) * view.camera.zoom)
        RenameField(mark.text, place, lambda _text: None, done, view)

    def _written(self, mark_id: str, text: str | None) -> None:
        if text is not None and mark_id in self._scene.marks:
            self.set_text(mark_id, text)
        self._view.setFocus()

    def _here(self) -> QPointF:
        """Return the canvas point under the cursor, or the middle of what is on screen."""
        view = self._view
        under = QPointF(view.mapFromGlobal(QCursor.pos()))
        inside = view.underMouse() and QRectF(view.rect()).contains(under)
        return view.camera.to_canvas(under if inside else view.eye.middle())

    def _reveal(self, place: QRectF) -> None:
        view = self._view
        if not view.visible_area().contains(place):
            view.follow_size = False
            view.eye.look(view.camera.centred(place.center(), view.size().toSizeF()), glide=view.isVisible())
