"""The mouse, the wheel and the touchpad over the canvas: at most one gesture at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QInputDevice,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)

from studio.app.canvas.camera import NOTCH
from studio.app.canvas.clipboard import LAYER_MIME
from studio.app.canvas.gestures.choose import choose, mark_at
from studio.app.canvas.gestures.drop_layer import DropLayer
from studio.app.canvas.gestures.gesture import Gesture, Pointer
from studio.app.canvas.gestures.move_marks import CURSORS
from studio.app.canvas.gestures.open_problem import badge_at, sign_at
from studio.app.canvas.gestures.resize_card import right_edge_at
from studio.app.theme.measures import PORT_PX, WIRE_PX
from studio.catalog.custom import CUSTOM

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView

NOTCH_ANGLE = 120.0


class Hand:
    """Turns presses into gestures and drives them.

    Attributes:
        gesture: The one under way.
        space_held: Space makes a drag push the canvas; a tap, without a drag, is something else.
    """

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self.gesture: Gesture | None = None
        self.space_held = False
        self._space_tapped = False
        self._button = Qt.MouseButton.NoButton

    def pointer(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> Pointer:
        """Return where the mouse is, on screen and on the canvas."""
        return Pointer(place, self._view.camera.to_canvas(place), modifiers)

    def press(self, event: QMouseEvent) -> None:
        """Begin a gesture; a second button during one is ignored."""
        if self.gesture is None:
            pointer = self.pointer(event.position(), event.modifiers())
            self._button = event.button()
            self.begin(choose(self._view, pointer, event.button()))

    def move(self, event: QMouseEvent) -> None:
        """Drive the gesture, or show what a press would do."""
        pointer = self.pointer(event.position(), event.modifiers())
        if self.gesture is not None:
            self.gesture.move(pointer)
            self._view.update()
        self.show_cursor(pointer)

    def release(self, event: QMouseEvent) -> None:
        """End the gesture that this button began."""
        if self.gesture is not None and event.button() == self._button:
            self.end(self.pointer(event.position(), event.modifiers()))

    def double(self, event: QMouseEvent) -> None:
        """Go into a block or code, rename a layer, forget a card's width; add a dot; search for a layer."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        view, place = self._view, self._view.camera.to_canvas(event.position())
        geometry = view.scene.geometry
        wide, node_id = right_edge_at(view, place), geometry.node_at(place)
        signed = sign_at(view, place) or badge_at(view, place)
        if view.card_buttons.at(event.position()) is not None or signed is not None:
            self.press(event)  # the second of two quick clicks on a button is a click
        elif wide is not None and geometry.port_at(place, PORT_PX / view.camera.zoom) is None:
            view.card_commands.widen(wide, 0.0)
        elif node_id is not None and view.blocks.is_block(node_id):
            self.cancel()
            inner = view.scene.path_in(node_id, place)
            if inner:
                view.reveal_path("/".join((*view.document.level, node_id, *inner)))
            else:
                view.blocks.enter(node_id)
        elif node_id is not None and view.scene.graph.node(node_id).kind == CUSTOM:
            self.cancel()
            view.document.code_wanted.emit("/".join((*view.document.level, node_id)), True)
        elif node_id is not None:
            view.rename_node(node_id)
        elif (dot := view.scene.dots.at(place, view.camera.zoom)) is not None:
            self.cancel()
            view.dots.remove(dot)
        elif (mark := mark_at(view, place)) is not None:
            self.cancel()
            view.selection.set(marks=[mark.mark])
            view.marks.write()
        elif (edge := geometry.edge_at(place, WIRE_PX / view.camera.zoom)) is not None:
            view.dots.add(edge, place)
        else:
            view.search_requested.emit(place)

    def learn(self) -> None:
        """Let the gesture say what is known by now of what would come of it."""
        if self.gesture is not None:
            self.gesture.learn()
            self._view.update()

    def begin(self, gesture: Gesture | None) -> None:
        """Make a gesture the one under way."""
        self._space_tapped = False
        self.gesture = gesture
        if gesture is not None:
            gesture.start()
            self._view.update()

    def end(self, pointer: Pointer) -> None:
        """End the gesture under way."""
        gesture, self.gesture = self.gesture, None
        if gesture is not None:
            gesture.end(pointer)
        self.show_cursor(pointer)
        self._view.update()

    def cancel(self) -> bool:
        """Cancel the gesture under way; say whether there was one."""
        gesture, self.gesture = self.gesture, None
        if gesture is None:
            return False
        gesture.cancel()
        self._view.unsetCursor()
        self._view.update()
        return True

    def drag_enter(self, event: QDragEnterEvent) -> None:
        """Hold a layer that is dragged here; anything else is not taken."""
        kind = bytes(event.mimeData().data(LAYER_MIME).data()).decode("utf-8", "replace")
        if not self._view.knows(kind):
            event.ignore()
            return
        self._view.follow_size = False
        self.begin(DropLayer(self._view, self.pointer(event.position(), event.modifiers()), kind))
        _take(event)

    def drag_move(self, event: QDragMoveEvent) -> None:
        """Show where the layer that is held would go."""
        if isinstance(self.gesture, DropLayer):
            self.gesture.move(self.pointer(event.position(), event.modifiers()))
            self._view.update()
            _take(event)

    def drop(self, event: QDropEvent) -> None:
        """Let the layer go."""
        if isinstance(self.gesture, DropLayer):
            self.end(self.pointer(event.position(), event.modifiers()))
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)
            _take(event)

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom to the cursor; Shift goes sideways; two fingers on a touchpad push the canvas."""
        eye, angle = self._view.eye, event.angleDelta()
        held = event.modifiers()
        if held & Qt.KeyboardModifier.ControlModifier:
            eye.zoom(NOTCH ** (_main(angle.x(), angle.y()) / NOTCH_ANGLE), event.position())
        elif _by_touchpad(event):
            way = event.pixelDelta() if not event.pixelDelta().isNull() else angle / 2
            self._view.set_camera(eye.camera.panned(way.x(), way.y()))
        elif held & Qt.KeyboardModifier.ShiftModifier:
            self._view.set_camera(eye.camera.panned(_main(angle.x(), angle.y()), 0.0))
        elif angle.x() and not angle.y():
            self._view.set_camera(eye.camera.panned(angle.x(), 0.0))
        else:
            eye.zoom(NOTCH ** (angle.y() / NOTCH_ANGLE), event.position())
        event.accept()

    def pinch(self, event: QNativeGestureEvent) -> bool:
        """Zoom by two fingers; say whether it was that."""
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._view.eye.zoom(1.0 + event.value(), event.position())
        return True

    def let_go_of_space(self) -> bool:
        """Leave Space; say whether it was but tapped: neither held until it repeated, nor dragged with."""
        tapped = self.space_held and self._space_tapped and self.gesture is None
        self.hold_space(False)
        return tapped

    def hold_space(self, held: bool, *, repeated: bool = False) -> None:
        """Take or leave Space."""
        self._space_tapped = held and not repeated and (self._space_tapped or not self.space_held)
        if held != self.space_held:
            self.space_held = held
            if self.gesture is None:
                self._view.setCursor(Qt.CursorShape.OpenHandCursor) if held else self._view.unsetCursor()

    def show_cursor(self, pointer: Pointer) -> None:
        """Show by the cursor what a press does here."""
        view, gesture = self._view, self.gesture
        if gesture is not None:
            if gesture.cursor is not None:
                view.setCursor(gesture.cursor)
            return
        if self.space_held:
            view.setCursor(Qt.CursorShape.OpenHandCursor)
            return
        geometry, zoom = view.scene.geometry, view.camera.zoom
        if view.card_buttons.at(pointer.screen) is not None:
            view.setCursor(Qt.CursorShape.ArrowCursor)
        elif sign_at(view, pointer.canvas) is not None or badge_at(view, pointer.canvas) is not None:
            view.setCursor(Qt.CursorShape.PointingHandCursor)
        elif zoom > 0.2 and geometry.port_at(pointer.canvas, PORT_PX / max(zoom, 0.5)) is not None:
            view.setCursor(Qt.CursorShape.CrossCursor)
        elif right_edge_at(view, pointer.canvas) is not None:
            view.setCursor(Qt.CursorShape.SizeHorCursor)
        elif geometry.node_at(pointer.canvas) is not None:
            view.setCursor(Qt.CursorShape.ArrowCursor)
        elif view.scene.dots.at(pointer.canvas, zoom) is not None:
            view.setCursor(Qt.CursorShape.SizeAllCursor)
        elif (mark := mark_at(view, pointer.canvas)) is not None:
            view.setCursor(CURSORS[mark.part])
        elif geometry.edge_at(pointer.canvas, WIRE_PX / zoom) is not None:
            view.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            view.unsetCursor()


def _take(event: QDropEvent) -> None:
    """Say that what is dragged is copied."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def _main(x: int, y: int) -> int:
    """Return the larger of two angles: some systems turn Shift and wheel sideways themselves."""
    return y if abs(y) >= abs(x) else x


def _by_touchpad(event: QWheelEvent) -> bool:
    """Say whether two fingers scrolled; on X11 pixel deltas come from wheels too, and say nothing."""
    if event.pointingDevice().type() == QInputDevice.DeviceType.TouchPad:
        return True
    return not event.pixelDelta().isNull() and QGuiApplication.platformName() != "xcb"
