"""Somebody who does anything at all on a canvas, by mouse and keys; the same again for the same seed."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.app.canvas.rename_field import RenameField
from studio.graph.node import Edge
from tests.helpers.canvas_table import LEFT, NO_KEYS, Table

Key = Qt.Key
SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
RIGHT = Qt.MouseButton.RightButton
KINDS = ("Conv2d", "ReLU", "Add", "Concat", "Dropout", "Linear", "LSTM", "Flatten", "CrossEntropyLoss")
MOST_NODES = 14

KEYS: tuple[tuple[Qt.Key, Qt.KeyboardModifier], ...] = (
    (Key.Key_Delete, NO_KEYS),
    (Key.Key_Delete, SHIFT),
    (Key.Key_D, CTRL),
    (Key.Key_D, CTRL | SHIFT),
    (Key.Key_X, ALT),
    (Key.Key_S, ALT),
    (Key.Key_S, ALT),
    (Key.Key_M, NO_KEYS),
    (Key.Key_H, NO_KEYS),
    (Key.Key_H, CTRL),
    (Key.Key_BracketLeft, NO_KEYS),
    (Key.Key_BracketRight, SHIFT),
    (Key.Key_Left, ALT),
    (Key.Key_Down, ALT),
    (Key.Key_Right, ALT | SHIFT),
    (Key.Key_Period, NO_KEYS),
    (Key.Key_Left, NO_KEYS),
    (Key.Key_Down, SHIFT),
    (Key.Key_A, CTRL),
    (Key.Key_C, CTRL),
    (Key.Key_X, CTRL),
    (Key.Key_V, CTRL),
    (Key.Key_G, CTRL | SHIFT),
    (Key.Key_Tab, NO_KEYS),
    (Key.Key_Escape, NO_KEYS),
    (Key.Key_Down, CTRL),
    (Key.Key_Up, CTRL),
)


class RandomPerson:
    """Each `step` does one thing and returns what it was, in words.

    Attributes:
        table: The canvas.
        done: All that was done, one line a step.
    """

    def __init__(self, table: Table, seed: int) -> None:
        self.table = table
        self.done: list[str] = []
        self._random = Random(seed)
        self._acts: list[tuple[int, Callable[[], str]]] = [
            (10, self._drop),
            (3, self._search),
            (6, self._drop_on_wire),
            (14, self._drag_node),
            (6, self._drag_selection),
            (14, self._draw_wire),
            (6, self._cross_wires),
            (5, self._cancelled_drag),
            (6, self._double_click_wire),
            (6, self._drag_dot),
            (3, self._double_click_dot),
            (6, self._marquee),
            (8, self._click),
            (24, self._press_key),
            (3, self._group),
            (3, self._rename),
            (3, self._move_across),
            (2, self._arrange),
            (8, self._undo_or_redo),
            (4, self._look_elsewhere),
            (2, self._mark),
            (2, self._paste_elsewhere),
        ]

    def step(self) -> None:
        """Do one thing."""
        weights = [weight for weight, _ in self._acts]
        (act,) = self._random.choices([act for _, act in self._acts], weights)
        crowded = len(self.table.graph) > MOST_NODES
        words = (self._thin_out if crowded else act)() + self._answer_search()
        self.table.view.arranger.finish()
        self.table.view.document.end_gesture()
        QApplication.processEvents()
        self.done.append(words)

    # What there is ---------------------------------------------------------------------------------

    def _point(self) -> QPointF:
        """Return any place in view."""
        area = self.table.view.visible_area()
        return area.topLeft() + QPointF(
            area.width() * self._random.uniform(0.05, 0.95), area.height() * self._random.uniform(0.05, 0.95)
        )

    def _seen(self, point: QPointF) -> bool:
        return (
            QRectF(self.table.view.rect()).adjusted(8, 8, -8, -8).contains(QPointF(self.table.place(point)))
        )

    def _node(self) -> str | None:
        found = [i for i in sorted(self.table.graph.nodes) if self._seen(self.table.middle(i))]
        return self._random.choice(found) if found else None

    def _wire(self) -> tuple[Edge, QPointF] | None:
        """Return a wire and a place on it that is in view."""
        geometry = self.table.view.scene.geometry
        edges = sorted(geometry.edges)
        self._random.shuffle(edges)
        for edge in edges:
            row = geometry.edge_slot(edge)
            point = QPointF(*geometry.samples[row][self._random.randrange(6, 18)].tolist())
            if self._seen(point):
                return edge, point
        return None

    def _port(self) -> QPointF | None:
        node_id = self._node()
        if node_id is None:
            return None
        ports = self.table.view.scene.geometry.ports_of(node_id)
        return self.table.view.scene.geometry.port_point(self._random.choice(ports)) if ports else None

    def _dot(self) -> QPointF | None:
        bends = self.table.graph.bends
        dots = [QPointF(*point) for edge in sorted(bends) for point in bends[edge]]
        seen = [dot for dot in dots if self._seen(dot)]
        return self._random.choice(seen) if seen else None

    def _somewhere(self) -> QPointF:
        """Return a place on a wire, on a node, on a port, or anywhere."""
        wire, node, port = self._wire(), self._node(), self._port()
        places = [self._point(), self._point()]
        places += [wire[1]] * 3 if wire else []
        places += [self.table.middle(node)] if node else []
        places += [port] if port else []
        return self._random.choice(places)

    # What can be done ------------------------------------------------------------------------------

    def _thin_out(self) -> str:
        nodes = sorted(self.table.graph.nodes)
        self.table.selection.set(self._random.sample(nodes, 5))
        self.table.key(Key.Key_Delete)
        return "delete five nodes"

    def _drop(self) -> str:
        kind, place = self._random.choice(KINDS), self._point()
        self.table.drop(kind, place, leave=self._random.random() < 0.1)
        return f"drop {kind} at {_at(place)}"

    def _search(self) -> str:
        place = self._point()
        self.table.double_click(place)
        self._answer_field()
        return f"double-click {_at(place)}"

    def _drop_on_wire(self) -> str:
        wire = self._wire()
        if wire is None:
            return self._drop()
        kind = self._random.choice(KINDS)
        self.table.drop(kind, wire[1])
        return f"drop {kind} on {wire[0]} at {_at(wire[1])}"

    def _drag(self, words: str, start: QPointF, stop: QPointF, keys: Qt.KeyboardModifier) -> str:
        self.table.drag(start, stop, keys)
        return f"drag {words} from {_at(start)} to {_at(stop)} with {keys.name}"

    def _drag_node(self) -> str:
        node_id = self._node()
        if node_id is None:
            return self._look_elsewhere()
        keys = self._random.choice([NO_KEYS, NO_KEYS, ALT, ALT, CTRL, SHIFT])
        return self._drag(node_id, self.table.middle(node_id), self._somewhere(), keys)

    def _drag_selection(self) -> str:
        nodes = sorted(self.table.graph.nodes)
        self.table.selection.set(self._random.sample(nodes, min(len(nodes), self._random.randint(2, 4))))
        node_id = self._node()
        if node_id is None:
            return self._look_elsewhere()
        keys = self._random.choice([NO_KEYS, ALT])
        words = f"{sorted(self.table.selection.nodes)} by {node_id}"
        return self._drag(words, self.table.middle(node_id), self._somewhere(), keys)

    def _draw_wire(self) -> str:
        start = self._port()
        stop = self._port() if self._random.random() < 0.8 else self._somewhere()
        if start is None or stop is None:
            return self._drop()
        return self._drag("a port", start, stop, NO_KEYS)

    def _cross_wires(self) -> str:
        start, stop = self._point(), self._point()
        keys, button = self._random.choice([(ALT, LEFT), (CTRL, RIGHT), (SHIFT, RIGHT)])
        self.table.drag(start, stop, keys, button)
        return f"draw a line from {_at(start)} to {_at(stop)} with {keys.name} and {button.name}"

    def _cancelled_drag(self) -> str:
        start, keys = self._somewhere(), self._random.choice([NO_KEYS, ALT, CTRL])
        before = self.table.document.project
        self.table.press(start, keys)
        for _ in range(3):
            self.table.move(self._somewhere(), keys)
        if self._random.random() < 0.3:
            self.table.view.grab()
        self.table.key(Key.Key_Escape)
        self.table.release(self._point(), keys)
        assert self.table.document.project is before, "a cancelled gesture left a trace"
        return f"begin to drag from {_at(start)} with {keys.name}, and press Esc"

    def _double_click_wire(self) -> str:
        wire = self._wire()
        if wire is None:
            return self._draw_wire()
        self.table.double_click(wire[1])
        self._answer_field()
        return f"double-click {wire[0]} at {_at(wire[1])}"

    def _drag_dot(self) -> str:
        dot = self._dot()
        if dot is None:
            return self._double_click_wire()
        return self._drag("a dot", dot, self._somewhere(), self._random.choice([NO_KEYS, CTRL, SHIFT]))

    def _double_click_dot(self) -> str:
        dot = self._dot()
        if dot is None:
            return self._double_click_wire()
        self.table.double_click(dot)
        self._answer_field()
        return f"double-click the dot at {_at(dot)}"

    def _marquee(self) -> str:
        start, stop = self._point(), self._point()
        return self._drag("a marquee", start, stop, self._random.choice([NO_KEYS, SHIFT, CTRL]))

    def _click(self) -> str:
        place, keys = self._somewhere(), self._random.choice([NO_KEYS, NO_KEYS, SHIFT, CTRL, ALT])
        self.table.click(place, keys)
        return f"click {_at(place)} with {keys.name}"

    def _press_key(self) -> str:
        key, keys = self._random.choice(KEYS)
        chosen = sorted(self.table.selection.nodes)
        self.table.key(key, keys)
        return f"press {key.name} with {keys.name}, {chosen} selected"

    def _group(self) -> str:
        nodes = sorted(self.table.graph.nodes)
        self.table.selection.set(self._random.sample(nodes, min(len(nodes), self._random.randint(1, 4))))
        words = f"group {sorted(self.table.selection.nodes)}"
        self.table.key(Key.Key_G, CTRL)
        self._answer_field()
        return words

    def _move_across(self) -> str:
        """Move nodes into a block, or out of the one on show."""
        nodes = sorted(self.table.graph.nodes)
        self.table.selection.set(self._random.sample(nodes, min(len(nodes), self._random.randint(1, 3))))
        words = f"move {sorted(self.table.selection.nodes)} out of its block, or into it"
        moves = self.table.view.block_moves
        if self.table.document.level:
            moves.out()
        else:
            blocks = [i for i in nodes if self.table.view.blocks.is_block(i)]
            self.table.selection.set({*self.table.selection.nodes, *blocks[:1]})
            moves.take_in()
        return words

    def _rename(self) -> str:
        node_id = self._node()
        if node_id is None:
            return self._look_elsewhere()
        self.table.selection.set([node_id])
        self.table.key(Key.Key_F2)
        return f"rename {node_id} to {self._answer_field()}"

    def _answer_field(self) -> str:
        """Type a name into the field that asks for one, if one does."""
        for field in self.table.view.findChildren(RenameField):
            if field.isVisible():
                name = self._random.choice(["stem", "head", "relu", "Thing", "b 2", ""])
                field.setText(name)
                QTest.keyClick(field, self._random.choice([Key.Key_Return, Key.Key_Return, Key.Key_Escape]))
                field.finish()
                QApplication.processEvents()
                return name
        return ""

    def _answer_search(self) -> str:
        """Take a layer that is offered for a wire that ended on empty canvas, or none."""
        search = self.table.view.search
        if not search.is_open:
            return ""
        takes = self._random.random() < 0.6
        QTest.keyClicks(search.popup.field, self._random.choice(["relu", "add", "lin", ""]))
        QTest.keyClick(search.popup.field, Key.Key_Return if takes else Key.Key_Escape)
        search.close()
        QApplication.processEvents()
        return ", and take a layer" if takes else ", and take none"

    def _arrange(self) -> str:
        arranger = self.table.view.arranger
        way = self._random.choice([arranger.arrange, arranger.arrange_selection, arranger.turn])
        way()
        return way.__name__

    def _undo_or_redo(self) -> str:
        document, count = self.table.document, self._random.randint(1, 3)
        back = self._random.random() < 0.6
        for _ in range(count):
            if back and document.history.can_undo:
                document.undo()
            elif not back and document.history.can_redo:
                document.redo()
        return f"{'undo' if back else 'redo'} {count} times"

    def _look_elsewhere(self) -> str:
        view = self.table.view
        if self._random.random() < 0.4 or not view.visible_area().intersects(view.scene.geometry.extent()):
            view.fit()
            return "fit"
        if self._random.random() < 0.5:
            middle = QPointF(view.rect().center())
            self.table.wheel(middle, QPoint(0, self._random.choice([120, -120, -240])))
            return f"zoom to {view.camera.zoom:.2f}"
        way = QPointF(math.cos(angle := self._random.uniform(0, 6.3)), math.sin(angle)) * 150
        view.set_camera(view.camera.panned(way.x(), way.y()))
        return "scroll"

    def _mark(self) -> str:
        if self._random.random() < 0.5 and self.table.selection.nodes:
            self.table.view.marks.frame()
            words = "frame the selection"
        else:
            self.table.view.marks.note()
            words = "add a note"
        self.table.view.setFocus()
        QApplication.processEvents()
        return words

    def _paste_elsewhere(self) -> str:
        place = self._point()
        self.table.view.paste_at(place)
        return f"paste at {_at(place)}"


def _at(point: QPointF) -> str:
    return f"({point.x():.0f}, {point.y():.0f})"
