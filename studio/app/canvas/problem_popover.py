"""A problem at the node it belongs to, with the buttons that mend it: opened by its mark, or by F8."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from studio.app.panels.fixes import apply_fix
from studio.app.panels.problem_card import ProblemCard
from studio.app.place import name_at, node_shown
from studio.app.theme.polish import label
from studio.app.theme.theme import theme
from studio.app.theme.tokens import POPOVER_GAP, POPOVER_WIDTH, SPACE
from studio.graph.problems import Fix, Problem

if TYPE_CHECKING:
    from studio.app.canvas.view import CanvasView


class ProblemPopover(QFrame):
    """Shows one of several problems: those of a node, or all of them, worst first.

    It stands beside the node and follows it over the screen; it goes when the problem is mended, when the
    canvas is clicked, or with Esc.
    """

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self._problems: tuple[Problem, ...] = ()
        self._place = 0
        self._all = False
        self.setObjectName("canvas.problem")
        self.setProperty("role", "card")
        self.setFixedWidth(POPOVER_WIDTH)
        self._title = label("", "heading", self)
        self.previous = self._button("problem.previous", "Previous problem", lambda: self.step(-1))
        self.next = self._button("problem.next", "Next problem", lambda: self.step(1))
        self.shut = self._button("problem.close", "Close", self.dismiss)
        self.card = self._new_card()
        self.card.fix_wanted.connect(self._mend)
        self._arrange()
        self.hide()
        view.eye.changed.connect(self._follow)
        view.facts.changed.connect(self._facts_changed)
        view.document.level_changed.connect(self.dismiss)
        view.document.opened.connect(self.dismiss)
        theme().changed.connect(self._refresh_icons)
        self._refresh_icons()

    def _new_card(self) -> ProblemCard:
        """Return what shows one problem."""
        return ProblemCard(self)

    def _show_one(self, problem: Problem) -> None:
        """Put a problem on the card."""
        self.card.show_problem(problem)

    def _button(self, name: str, does: str, act: object) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName(does)
        button.setToolTip(does)
        button.setProperty("role", "icon")
        button.clicked.connect(act)
        return button

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(SPACE)
        bar.addWidget(self._title, 1)
        for button in (self.previous, self.next, self.shut):
            bar.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACE, 2 * SPACE, 2 * SPACE, 3 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addLayout(bar)
        column.addWidget(self.card)

    @property
    def problem(self) -> Problem | None:
        """The problem on show."""
        return self._problems[self._place] if self._problems and not self.isHidden() else None

    # What a person does ---------------------------------------------------------------------------

    def open_node(self, node_id: str) -> None:
        """Show what is wrong with a node on the canvas."""
        self._all = False
        self._show(self._view.facts.problems_of(node_id), 0)

    def walk(self, by: int) -> None:
        """Go to the next or the previous problem of the whole network, and open it."""
        everything = self._view.facts.problems
        if not everything:
            known = self._view.facts.is_known
            self._view.message.emit(
                "There are no problems." if known else "The network has not been checked yet."
            )
            return
        here, self._all = self.problem, True
        place = everything.index(here) + by if here in everything else self._first(everything, by)
        self._show(everything, place % len(everything))

    def step(self, by: int) -> None:
        """Go to the next or the previous of the problems that are leafed through."""
        self._show(self._problems, (self._place + by) % len(self._problems))

    def dismiss(self) -> None:
        """Go away, and give the keyboard back to the canvas if it was here."""
        # Before it is hidden: Qt would look for the next widget, and the canvas would go to its next node.
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()

    def _first(self, everything: Sequence[Problem], by: int) -> int:
        """Return where a walk begins: at the selected node if something is wrong with it."""
        selected = self._view.selection.single
        own = self._view.facts.problems_of(selected) if selected is not None else ()
        return everything.index(own[0]) if own else (0 if by > 0 else -1)

    def _mend(self, fix: object) -> None:
        """Carry out a fix in one step, and say what was done."""
        assert isinstance(fix, Fix)
        reason = apply_fix(self._view.document, fix)
        if reason or fix.action != "trust":
            self._view.message.emit(reason or f"Done: {fix.label}.")
        self.dismiss()

    # What is shown --------------------------------------------------------------------------------

    def _show(self, problems: Sequence[Problem], place: int) -> None:
        """Show a problem, at its node."""
        if not problems:
            self.dismiss()
            return
        problem = problems[place]
        if self._all and problem.node:
            self._view.reveal_path(problem.node)  # may show another level, which hides this
        self._problems, self._place = tuple(problems), place
        count = f"{place + 1} of {len(problems)}" if len(problems) > 1 else ""
        name = name_at(self._view.document.design, problem.node) or "Network"
        self._title.setText(f"{name}  {count}".rstrip())
        self.setAccessibleName(f"Problem of {name}")
        for button in (self.previous, self.next):
            button.setVisible(len(problems) > 1)
        self.shut.setFocus(Qt.FocusReason.OtherFocusReason)  # a button that goes would pass it on
        self._show_one(problem)
        self.show()
        self.raise_()
        self._fit_height()
        self._follow()
        next(iter(self.card.fixes.buttons()), self.shut).setFocus(Qt.FocusReason.PopupFocusReason)

    def _fit_height(self) -> None:
        layout = self.layout()
        assert layout is not None
        layout.activate()
        height = layout.totalHeightForWidth(self.width()) if layout.hasHeightForWidth() else 0
        self.resize(self.width(), max(height, layout.totalMinimumSize().height()))

    def _facts_changed(self) -> None:
        """Go when the problem is gone; it may be another's turn to say it."""
        shown = self.problem
        if shown is None:
            return
        if shown not in self._view.facts.problems:
            self.dismiss()

    def _follow(self) -> None:
        """Stand beside the node, inside the canvas; in its upper middle where there is no node on show."""
        shown = self.problem
        if shown is None:
            return
        view, document = self._view, self._view.document
        node_id = node_shown(document.design, document.level, shown.node)
        if node_id in view.scene.geometry:
            card = view.camera.rect_to_screen(view.scene.geometry.rect(node_id))
            self.move(place_beside(card, self.rect(), view.rect()))
        else:
            self.move(max((view.width() - self.width()) // 2, 0), 12 * SPACE)

    def _refresh_icons(self) -> None:
        icons = ((self.previous, "ph.caret-left"), (self.next, "ph.caret-right"), (self.shut, "ph.x"))
        for button, name in icons:
            button.setIcon(theme().icon(name, "dim"))

    # Events ---------------------------------------------------------------------------------------

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Walk round what can be pressed here; Esc leads out."""
        stops: list[QWidget] = [*self.card.fixes.buttons(), self.previous, self.next, self.shut]
        stops = [stop for stop in stops if not stop.isHidden()]
        here = QApplication.focusWidget()
        place = stops.index(here) + (1 if forward else -1) if here in stops else 0
        stops[place % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes away; the rest stays here, away from the canvas."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep presses from the canvas underneath."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Keep releases from the canvas underneath."""
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Keep double clicks from the canvas underneath."""
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Keep the wheel from the canvas underneath."""
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Keep the canvas's menu away."""
        event.accept()


def place_beside(card: QRectF, box: QRect, room: QRect) -> QPoint:
    """Return where a box goes beside a card: right, left, under or over it, wherever all of it is seen.

    Args:
        card: On the screen.
        box: Only its size counts.
        room: What it has to stay in.
    """
    right, left = card.right() + POPOVER_GAP, card.left() - POPOVER_GAP - box.width()
    under, over = card.bottom() + POPOVER_GAP, card.top() - POPOVER_GAP - box.height()
    tries = ((right, card.top()), (left, card.top()), (card.left(), under), (card.left(), over))
    inside = room.adjusted(SPACE, SPACE, -SPACE, -SPACE)
    for x, y in tries:
        place = QPoint(round(x), round(y))
        clamped = _clamped(place, box, inside)
        # Along the card it may slide; off it, it must not.
        if not QRectF(QRect(clamped, box.size())).intersects(card):
            return clamped
    return _clamped(QPoint(round(right), round(card.top())), box, inside)


def _clamped(place: QPoint, box: QRect, room: QRect) -> QPoint:
    """Return a place moved so that a box at it lies in a room, as far as it can."""
    x = max(min(place.x(), room.right() - box.width()), room.left())
    y = max(min(place.y(), room.bottom() - box.height()), room.top())
    return QPoint(x, y)
