"""The node editor's widget: connects events to gestures, keys and edits.

What a press begins is decided in `gestures.choose`, what keys do in `keyboard`, what edits do in
`commands`, what is painted in `stage`.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from studio.app.canvas import clipboard, keyboard, menus, words
from studio.app.canvas.add_button import AddButton
from studio.app.canvas.align_commands import AlignCommands
from studio.app.canvas.arranger import Arranger
from studio.app.canvas.block_commands import BlockCommands
from studio.app.canvas.block_moves import BlockMoves
from studio.app.canvas.card_buttons import CardButtons
from studio.app.canvas.card_commands import CardCommands
from studio.app.canvas.cards import card_of
from studio.app.canvas.commands import Commands
from studio.app.canvas.connecting import ConnectSearch
from studio.app.canvas.display import CanvasDisplay
from studio.app.canvas.dot_commands import DotCommands
from studio.app.canvas.find_bar import FindBar
from studio.app.canvas.gestures.drop_layer import centred_on_grid
from studio.app.canvas.gestures.gesture import Gesture
from studio.app.canvas.gestures.held_wire import HeldWire
from studio.app.canvas.hand import Hand
from studio.app.canvas.marks.mark_desk import MarkDesk
from studio.app.canvas.naming import name_block, name_node
from studio.app.canvas.placing import place_for
from studio.app.canvas.problem_popover import ProblemPopover
from studio.app.canvas.rename_field import RenameField
from studio.app.canvas.replacing import ReplaceSearch
from studio.app.canvas.rewire_commands import RewireCommands
from studio.app.canvas.searching import LayerSearch
from studio.app.canvas.select_commands import SelectCommands
from studio.app.canvas.steps import Steps
from studio.app.document import Document
from studio.app.facts import Facts
from studio.app.layout.walk import walk_order
from studio.app.search.usage import Usage
from studio.app.selection import Selection
from studio.app.trials import Trials
from studio.catalog.registry import spec_of
from studio.graph.block import INPUT
from studio.graph.node import Node
from studio.project.project import Project


class CanvasView(CanvasDisplay):
    """Shows and edits the network of a document.

    Attributes:
        commands: The edits.
        marks: What is done with frames, notes and arrows.
        blocks: What is done with blocks and levels.
        card_commands: What is done with the looks of cards.
        arranger: Arranges, in the background and with a glide.
        rewire: What is done with wires and chains.
        block_moves: What moves nodes into blocks and out of them.
        dots: What is done with the dots on wires.
        select: What can be selected by what hangs together.
        aligning: What puts cards in order.
        card_buttons: The buttons over a card.
        usage: Which layers are added often, and which are pinned.
        search: Finds layers to add.
        connecting: Draws wires by the keyboard.
        steps: Goes from node to node, and along wires.
        find_bar: Finds nodes that are there.
        replacing: Finds what the selected nodes could become.
        add_button: Opens it.
        by_mouse: The person came here by the mouse, and not by the keyboard.
        problems: One problem beside its node.
        trials: What would come of the wire that is being drawn.
        keys_of: Returns the keys of an action, as its own menu shows them.
    """

    search_requested = Signal(QPointF)
    """A person wants to add a layer at this canvas point: open a search there."""

    ablation_wanted = Signal()
    """The selected layers are to go with what belongs to them, once a person has seen what that saves."""

    preview_wanted = Signal()
    """What the selected layer gives for one sample is to be shown."""

    family_picture_wanted = Signal(str, str)
    """A family of layers is to show this live picture from now on."""

    inside_wanted = Signal()
    """The window is wanted that looks inside the selected layer."""

    help_wanted = Signal()
    """A person wants to read about the selected layer."""

    badge_pressed = Signal(str)
    """Id of the node on show whose badge was pressed."""

    pressed = Signal()
    """A gesture begins: what lay over the canvas goes."""

    wire_dropped_on_canvas = Signal(object, QPointF)
    """A wire from a `PortRef` ended on empty canvas: what could go there?"""

    def __init__(
        self, document: Document, selection: Selection, facts: Facts, parent: QWidget | None = None
    ) -> None:
        super().__init__(document, selection, facts, parent)
        self.commands = Commands(document, selection, self.message.emit, self.scene.size_of)
        self.blocks: BlockCommands = BlockCommands(document, selection, self.commands)
        self.card_commands = CardCommands(selection, self.commands, self.scene)
        self.marks: MarkDesk = MarkDesk(self)
        self.rewire = RewireCommands(document, selection, self.commands, self.scene.size_of)
        self.block_moves = BlockMoves(document, selection, self.commands)
        self.dots = DotCommands(selection, self.commands, self.scene, self.update)
        self.select = SelectCommands(document, selection, self.commands)
        self.aligning = AlignCommands(document, selection, self.commands, self.scene.size_of)
        self.card_buttons = CardButtons(self)
        self.problems = ProblemPopover(self)
        self.trials = Trials(document, self)
        self.keys_of: Callable[[str], str] = lambda _action: ""
        self.arranger = Arranger(self)
        self._hand = Hand(self)
        self.trials.changed.connect(self._hand.learn)
        self.usage = Usage()
        self.search: LayerSearch = LayerSearch(self)
        self.find_bar: FindBar = FindBar(self)
        self.replacing: ReplaceSearch = ReplaceSearch(self)
        self.connecting: ConnectSearch = ConnectSearch(self)
        self.steps: Steps = Steps(self)
        self.add_button = AddButton(self, self.breadcrumbs)
        self.in_corners.append(self.add_button)
        self.add_button.clicked.connect(lambda: self.search.open_unplaced(self.add_button.below()))
        self.by_mouse = False
        self._paste = clipboard.Paste()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        document.changed.connect(self._design_changed)
        document.level_left.connect(self._finish)
        document.level_changed.connect(self._hand.cancel)
        document.left.connect(self._hand.cancel)
        self.search_requested.connect(self.search.open_at)
        self.wire_dropped_on_canvas.connect(self.search.open_for_wire)

    @property
    def gesture(self) -> Gesture | None:
        """What the mouse is doing."""
        return self._hand.gesture

    @property
    def space_held(self) -> bool:
        """Whether a drag pushes the canvas, because Space is down."""
        return self._hand.space_held

    def hold(self, gesture: Gesture) -> None:
        """Keep something painted that no press began, until `let_go` or the next gesture."""
        self._hand.begin(gesture)

    def let_go(self) -> None:
        """Paint no held wire any more."""
        if isinstance(self.gesture, HeldWire):
            self._hand.cancel()

    def paint_controls(self, painter: QPainter) -> None:
        """Paint the dots on wires, what was found, and the buttons over a card."""
        self.scene.dots.paint(painter, self.camera, self.visible_area(), self.dots.current)
        self.find_bar.paint(painter)
        self.card_buttons.paint(painter)

    def _design_changed(self, old: Project, new: Project) -> None:
        if old.graph is not new.graph:
            self._hand.cancel()  # an undo, or an edit elsewhere: the ground moved under the gesture

    def _finish(self) -> None:
        """Take over a name that is being typed: it belongs to the level that is left."""
        for field in self.findChildren(RenameField):
            field.finish()
        self.marks.finish()

    # What a person can do

    def add_layer(self, kind: str, at: QPointF | None = None) -> str | None:
        """Add a layer, its card's middle at a canvas point, and select it.

        Without a point it goes behind the selected node, and is fed by it where the two fit.

        Returns:
            The new node's id; None if there is no such layer.
        """
        if not self.knows(kind):
            self.message.emit(f'There is no layer "{kind}".')
            return None
        size = card_of(self.commands.fresh(kind), self.scene.graph, None, None, None, None).size()
        if at is not None:
            corner = centred_on_grid(at, size)
            return self.commands.add(kind, corner.x(), corner.y())
        after = self.selection.single
        corner = place_for(self.scene.geometry, size, after, self.visible_area().center())
        node_id = self.commands.add(kind, corner.x(), corner.y(), after=after)
        if node_id is None:
            return None
        self.usage.note(kind)
        if not self.visible_area().contains(self.scene.geometry.rect(node_id)):
            self.reveal(node_id)
        return node_id

    def knows(self, kind: str) -> bool:
        """Say whether there is a layer, or a block of this network, of a kind."""
        return spec_of(Node("", kind, ""), self.scene.graph.blocks) is not None

    def delete_selection(self, reconnect: bool = True) -> None:
        """Delete what is selected; with `reconnect`, close the gaps in chains. A dot goes before its wire."""
        if self.dots.current is not None:
            self.dots.remove(self.dots.current)
            return
        self.commands.delete(reconnect=reconnect)

    def copy(self) -> None:
        """Copy the selected nodes, with the wires between them."""
        if self.selection.nodes or self.selection.marks:
            clipboard.put(self.scene.graph, self.selection.nodes, self.selection.marks)
        else:
            self.message.emit("Select layers to copy.")

    def cut(self) -> None:
        """Copy the selected nodes, then delete them."""
        self.copy()
        if self.selection.nodes or self.selection.marks:
            self.commands.delete(reconnect=True)

    def paste(self) -> None:
        """Paste at the cursor, or in the middle of the view when the cursor is elsewhere."""
        under = QPointF(self.mapFromGlobal(QCursor.pos()))
        inside = self.underMouse() and QRectF(self.rect()).contains(under)
        self.paste_at(self.camera.to_canvas(under if inside else self.eye.middle()))

    def paste_at(self, place: QPointF) -> None:
        """Paste with the middle at a canvas point; the same again goes a little further each time."""
        piece = clipboard.take()
        if piece is None or not (len(piece) or piece.marks):
            self.message.emit("The clipboard holds no layers.")
            return
        self.commands.paste(piece, *self._paste.offset(piece, place))

    def duplicate(self) -> None:
        """Double the selected nodes."""
        self.commands.duplicate()

    def select_all(self) -> None:
        """Select every node."""
        self.commands.select_all()

    def rename(self) -> None:
        """Edit the name of the selected node, or the text of the selected mark, in its place."""
        if self.marks.single is not None:
            self.marks.write()
        elif self.selection.single is None:
            self.message.emit("Select a single layer to rename it.")
        else:
            self.rename_node(self.selection.single)

    def rename_node(self, node_id: str) -> None:
        """Edit the name of a node in its place."""
        name_node(self, node_id)

    def group(self) -> None:
        """Make a block of the selected nodes, once its name is typed."""
        name_block(self)

    def add_block_port(self, kind: str) -> None:
        """Add an input or an output to the block on show, beside what is there."""
        node_id = self.blocks.add_port("input" if kind == INPUT else "output")
        if node_id is not None:
            self.reveal(node_id)

    # Events

    def event(self, event: QEvent) -> bool:
        """Answer tooltips and pinches, and take keys that menus would take while a gesture is under way."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.camera.to_canvas(QPointF(event.pos()))
            tip = self.card_buttons.tip_at(QPointF(event.pos()))
            tip = tip or words.tip_at(self.scene, self.facts, place, self.camera.zoom)
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        if isinstance(event, QNativeGestureEvent):
            return self._hand.pinch(event)
        if event.type() == QEvent.Type.ShortcutOverride and self.gesture is not None:
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Walk from node to node along the network; after the last, the focus goes on.

        Who came here by the mouse does not walk: to them Tab opens the search.
        """
        if forward and self.by_mouse and self.gesture is None:
            self.search.open_here()
            return True
        order = walk_order(self.scene.graph)
        if not order or self.gesture is not None:
            return super().focusNextPrevChild(forward)
        here = self.selection.single
        place = order.index(here) + (1 if forward else -1) if here else (0 if forward else len(order) - 1)
        if not 0 <= place < len(order):
            return super().focusNextPrevChild(forward)
        self.keyboard_node = order[place]
        self.selection.set([order[place]])
        if not self.visible_area().contains(self.scene.geometry.rect(order[place])):
            self.reveal(order[place])
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.by_mouse = True
        self.keyboard_node = None
        self.follow_size = False
        self.arranger.finish()
        self.problems.dismiss()
        self.pressed.emit()
        self._hand.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drive the gesture."""
        self._hand.move(event)
        self.card_buttons.follow(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        """Take away what only shows under the mouse."""
        super().leaveEvent(event)
        self.card_buttons.leave()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture."""
        self._hand.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go into a block, rename a layer, or search for one: see `Hand.double`."""
        self._hand.double(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom, or push the canvas."""
        self.follow_size = False
        self._hand.wheel(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show what can be done here; from the keyboard, with what is selected."""
        drawing = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if event.reason() == QContextMenuEvent.Reason.Mouse and event.modifiers() & drawing:
            return  # with these the right button draws a line across wires
        self._hand.cancel()
        place = self.camera.to_canvas(QPointF(event.pos()))
        if event.reason() == QContextMenuEvent.Reason.Keyboard and self.selection.nodes:
            place = self.scene.geometry.rect(self.selection.ordered()[0]).center()
            menus.menu_at(self, place).popup(self.mapToGlobal(self.camera.to_screen(place).toPoint()))
            return
        menus.menu_at(self, place).popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc cancels, Space pushes, arrows stand in `keyboard`; all other keys are those of actions."""
        if event.key() == Qt.Key.Key_Escape:
            if self.arranger.cancel():
                return
            if not self._hand.cancel() and not self._clear_selection():
                self.blocks.leave()
        elif event.key() == Qt.Key.Key_Space:
            self._hand.hold_space(True, repeated=event.isAutoRepeat())
        elif self.gesture is not None or not keyboard.act(self, event):
            super().keyPressEvent(event)

    def _clear_selection(self) -> bool:
        """Select nothing; say whether anything was selected."""
        had = not self.selection.is_empty
        self.selection.clear()
        return had

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go of Space; end the step of undo that a held arrow began."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat() and self._hand.let_go_of_space():
            self.search.open_here()
        keyboard.release(self, event)
        super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.keyboard_node = self.selection.single
            self.by_mouse = False
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of what was held."""
        super().focusOutEvent(event)
        self._hand.hold_space(False)
        self.document.end_gesture()
        self.keyboard_node = None
        self.update()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take layers of the library."""
        self._hand.drag_enter(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where the layer would go."""
        self._hand.drag_move(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget the layer."""
        self._hand.cancel()
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add the layer."""
        self._hand.drop(event)
