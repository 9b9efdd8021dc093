"""The card beside a layer that shows what it gives for one sample, and what is to know about that."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from studio.app.canvas.pills import shape_text
from studio.app.plots.wording import number, percent
from studio.app.preview.output_picture import OutputPicture
from studio.app.theme.polish import label, set_property
from studio.app.theme.theme import theme
from studio.app.theme.tokens import ICON, PREVIEW_SIZE, SPACE
from studio.engine.records import LookedAt

MARGIN = 3 * SPACE
BEFORE, AFTER = "The sample before  (Left)", "The next sample  (Right)"


class PreviewCard(QFrame):
    """A small card over the canvas; Esc closes it, the arrows go through the samples."""

    closed = Signal()
    sample_wanted = Signal(int)
    """So many samples further."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("panel.preview")
        self.setAccessibleName("Output of a layer for one sample")
        self.setProperty("role", "card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.title = label("", "heading", self)
        self.shape = label("", "mono", self)
        self.picture = OutputPicture(self)
        self.facts = label("", "mono", self)
        self.words = label("", "dim", self, wrap=True)
        self._icons: dict[QToolButton, str] = {}
        self.before = self._button("preview.before", "step-left", BEFORE)
        self.after = self._button("preview.after", "step-right", AFTER)
        self.close_button = self._button("preview.close", "clear", "Close  (Esc)")
        self._arrange()
        self.before.clicked.connect(lambda: self.sample_wanted.emit(-1))
        self.after.clicked.connect(lambda: self.sample_wanted.emit(1))
        self.close_button.clicked.connect(self.closed)
        theme().changed.connect(self._dress)
        self._dress()
        self.hide()

    def _button(self, name: str, icon: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName(tip.partition("  ")[0])
        button.setToolTip(tip)
        button.setProperty("role", "icon")
        button.setFixedSize(ICON + 2 * SPACE, ICON + 2 * SPACE)
        self._icons[button] = icon
        return button

    def _dress(self) -> None:
        """Take the colours of the theme."""
        for button, icon in self._icons.items():
            button.setIcon(theme().mark(icon))

    def _arrange(self) -> None:
        head, foot = QHBoxLayout(), QHBoxLayout()
        for row in (head, foot):
            row.setSpacing(2 * SPACE)
        head.addWidget(self.title)
        head.addWidget(self.shape)
        head.addStretch(1)
        head.addWidget(self.close_button)
        foot.addWidget(self.before)
        foot.addWidget(self.words, 1)
        foot.addWidget(self.after)
        self.title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 2 * SPACE, MARGIN, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        column.addLayout(head)
        column.addWidget(self.picture)
        column.addWidget(self.facts)
        column.addLayout(foot)
        self.setFixedWidth(PREVIEW_SIZE[0] + 2 * MARGIN + 2)

    def show_waiting(self, name: str) -> None:
        """Say that the answer about a layer is on its way; what is shown of the same layer stays."""
        if name != self.title.text():
            self.title.setText(name)
            self.shape.setText("")
            self.facts.hide()
            self.picture.hide()
        self._say("Computing …")

    def show_answer(self, name: str, answer: LookedAt) -> None:
        """Show what a layer gives."""
        self.title.setText(name)
        self.shape.setText(shape_text(answer.shape))
        self.picture.show_values(answer.values, answer.low, answer.high)
        self.picture.show()
        self.facts.setText(facts_text(answer))
        self.facts.show()
        truth = f", class {answer.label}" if answer.label else ""
        self._say(f"{answer.sample}{truth}; {answer.weights}")
        for button, tip in ((self.before, BEFORE), (self.after, AFTER)):
            button.setEnabled(answer.count > 1)
            button.setToolTip(tip if answer.count > 1 else "There is no other sample.")

    def show_failure(self, name: str, message: str) -> None:
        """Say why there is nothing to show."""
        self.title.setText(name)
        self.shape.setText("")
        self.picture.hide()
        self.facts.hide()
        self._say(message, bad=True)

    def _say(self, words: str, *, bad: bool = False) -> None:
        self.words.setText(words)
        set_property(self.words, "role", "bad" if bad else "dim")
        self.setAccessibleDescription(f"{self.title.text()}. {self.facts.text()}. {words}")
        self.adjustSize()

    def place_beside(self, card: QRectF) -> None:
        """Stand under a card, or above, right or left of it: where there is room inside the parent."""
        parent = self.parentWidget()
        assert parent is not None
        self.adjustSize()
        width, height, gap = self.width(), self.height(), 2 * SPACE
        across, down = card.center().x() - width / 2, card.center().y() - height / 2
        room = QRectF(parent.rect()).adjusted(SPACE, SPACE, -SPACE, -SPACE)
        most_left, most_top = max(room.right() - width, room.left()), max(room.bottom() - height, room.top())
        across, down = min(max(across, room.left()), most_left), min(max(down, room.top()), most_top)
        places = [
            QRectF(across, card.bottom() + gap, width, height),
            QRectF(across, card.top() - gap - height, width, height),
            QRectF(card.right() + gap, down, width, height),
            QRectF(card.left() - gap - width, down, width, height),
        ]
        place = next(
            (one for one in places if room.contains(one)), QRectF(most_left, room.top(), width, height)
        )
        self.move(round(place.x()), round(place.y()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close with Esc, go through the samples with the arrows."""
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.closed.emit()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self.after.isEnabled():
            self.sample_wanted.emit(1 if key == Qt.Key.Key_Right else -1)
        else:
            super().keyPressEvent(event)


def facts_text(answer: LookedAt) -> str:
    """Return the numbers of an output in two lines."""
    if not answer.finite:
        return "not all numbers are finite"
    spread = f"mean {number(answer.mean)} ± {number(answer.std)}"
    return f"{number(answer.low)} … {number(answer.high)}, {percent(answer.zeros)} zeros\n{spread}"
