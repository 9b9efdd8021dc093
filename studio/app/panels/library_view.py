"""The list of layers: its rows, its keys, and the card that follows the mouse when one is dragged."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDrag,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from studio.app.panels.library_model import FAMILY_ROLE, SPEC_ROLE, LibraryModel
from studio.app.theme.theme import theme
from studio.app.theme.tokens import (
    BODY_PX,
    CARD_RADIUS,
    ICON,
    LABEL_PX,
    LIST_ROW_HEIGHT,
    PANEL_MARGIN,
    RADIUS,
    SPACE,
    STRIPE,
    SWATCH,
)
from studio.catalog.spec import LayerSpec

Index = QModelIndex | QPersistentModelIndex
TEXT_LEFT = PANEL_MARGIN + SWATCH + 2 * SPACE


class LibraryDelegate(QStyledItemDelegate):
    """Paints a family as a coloured square, its title and a chevron, and a layer as its title."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return one row's size; a family has some air above."""
        air = SPACE if index.data(SPEC_ROLE) is None and index.row() else 0
        return QSize(0, LIST_ROW_HEIGHT + air)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        spec: LayerSpec | None = index.data(SPEC_ROLE)
        self._paint_ground(painter, option)
        row = QRectF(option.rect)
        row.setTop(row.bottom() - LIST_ROW_HEIGHT + 1)
        if spec is None or not index.parent().isValid():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme().colors.families[index.data(FAMILY_ROLE)]))
            square = QRectF(PANEL_MARGIN - 2, row.center().y() - SWATCH / 2, SWATCH, SWATCH)
            painter.drawRoundedRect(square, SWATCH / 4, SWATCH / 4)
        painter.setFont(theme().font(BODY_PX if spec else LABEL_PX))
        painter.setPen(theme().color("text" if spec else "dim"))
        room = row.adjusted(TEXT_LEFT, 0, -PANEL_MARGIN, 0)
        title = painter.fontMetrics().elidedText(
            index.data(Qt.ItemDataRole.DisplayRole), Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, title)
        if spec is None:
            self._paint_chevron(painter, option, row)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if not selected and not state & QStyle.StateFlag.State_MouseOver:
            return
        box = QRectF(option.rect).adjusted(2 * SPACE, 0.5, -2 * SPACE, -0.5)
        box.setTop(box.bottom() - LIST_ROW_HEIGHT + 1)
        view = option.widget
        focused = selected and view is not None and view.hasFocus()
        painter.setBrush(theme().color("hover" if selected else "raised"))
        painter.setPen(QPen(theme().color("accent")) if focused else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(box, RADIUS, RADIUS)

    def _paint_chevron(self, painter: QPainter, option: QStyleOptionViewItem, row: QRectF) -> None:
        state: QStyle.StateFlag = option.state
        name = "fold-open" if state & QStyle.StateFlag.State_Open else "fold-shut"
        place = QPoint(int(row.right()) - PANEL_MARGIN - ICON // 2, int(row.center().y()) - ICON // 2)
        theme().mark(name).paint(painter, place.x(), place.y(), ICON, ICON)


class LibraryView(QTreeView):
    """Families that fold, layers that can be dragged out or chosen."""

    layer_chosen = Signal(str)
    help_wanted = Signal(str)
    """Kind of a layer that the person wants to read about."""

    left_at_top = Signal()
    """The up arrow was pressed on the first row: the search box takes over."""

    typed = Signal(str)
    """A letter was typed: it belongs to the search."""

    def __init__(self, model: LibraryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("library.list")
        self.setAccessibleName("Layers")
        self.setModel(model)
        self._model = model
        self.setItemDelegate(LibraryDelegate(self))
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setExpandsOnDoubleClick(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._folded: set[str] = set()
        self.expanded.connect(lambda index: self._folded.discard(index.data(FAMILY_ROLE)))
        self.collapsed.connect(lambda index: self._folded.add(index.data(FAMILY_ROLE)))
        self.doubleClicked.connect(self._choose)
        model.modelReset.connect(self._unfold)
        theme().changed.connect(self.viewport().update)
        self._unfold()

    def go_to_first(self) -> bool:
        """Make the first layer the current row; False if there is none."""
        index = self._model.index(0, 0)
        if index.isValid() and self._model.spec(index) is None:
            self.expand(index)
            index = self._model.index(0, 0, index)
        if index.isValid():
            self.setCurrentIndex(index)
        return index.isValid()

    def _unfold(self) -> None:
        folded = set(self._folded)
        for row in range(self._model.rowCount()):
            index = self._model.index(row, 0)
            self.setExpanded(index, self._model.family(index) not in folded)

    def _choose(self, index: QModelIndex) -> None:
        spec = self._model.spec(index)
        if spec is not None:
            self.layer_chosen.emit(spec.kind)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Fold a family with one click anywhere on it."""
        index = self.indexAt(event.position().toPoint())
        if (
            index.isValid()
            and self._model.spec(index) is None
            and event.button() == Qt.MouseButton.LeftButton
        ):
            self.setExpanded(index, not self.isExpanded(index))
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with Enter, leave upwards to the search box, and hand it what is typed."""
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if index.isValid() and self._model.spec(index) is None:
                self.setExpanded(index, not self.isExpanded(index))
            self._choose(index)
        elif event.key() == Qt.Key.Key_Up and not self.indexAbove(index).isValid():
            self.left_at_top.emit()
        elif event.text().isprintable() and event.text().strip() and not event.modifiers() & _COMMANDS:
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def menu(self, spec: LayerSpec) -> QMenu:
        """Return what can be done with a layer of the list."""
        menu = QMenu(self)
        menu.setObjectName("library.menu")
        for name, words, signal in (
            ("add", "Add to the canvas", self.layer_chosen),
            ("help", "Help", self.help_wanted),
        ):
            action = menu.addAction(words)
            action.setObjectName(f"action.library.{name}")
            action.triggered.connect(lambda _=False, signal=signal: signal.emit(spec.kind))
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show what can be done with the layer under the mouse, or with the current one."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        spec = self._model.spec(index)
        if spec is None:
            return
        menu = self.menu(spec)
        menu.aboutToHide.connect(menu.deleteLater)
        place = self.visualRect(index).center() if by_key else event.pos()
        menu.popup(self.viewport().mapToGlobal(place))

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag a layer out, with its card under the mouse."""
        spec = self._model.spec(self.currentIndex())
        if spec is None:
            return
        drag = QDrag(self)
        drag.setMimeData(self._model.mimeData([self.currentIndex()]))
        card = card_pixmap(spec, self.devicePixelRatioF())
        drag.setPixmap(card)
        drag.setHotSpot(QPoint(4 * SPACE, int(card.deviceIndependentSize().height() / 2)))
        drag.exec(Qt.DropAction.CopyAction)


_COMMANDS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


def card_pixmap(spec: LayerSpec, ratio: float) -> QPixmap:
    """Return a small card of a layer, as it will look on the canvas."""
    font = theme().font(BODY_PX, bold=True)
    width = QFontMetrics(font).horizontalAdvance(spec.title) + STRIPE + 8 * SPACE
    height = 10 * SPACE
    pixmap = QPixmap(int(width * ratio), int(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    frame = QRectF(0.5, 0.5, width - 1, height - 1)
    painter.setPen(theme().color("line"))
    painter.setBrush(theme().color("panel"))
    painter.drawRoundedRect(frame, CARD_RADIUS, CARD_RADIUS)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme().family_color(spec.kind))
    painter.drawRoundedRect(QRectF(2, 2 * SPACE, STRIPE, height - 4 * SPACE), STRIPE / 2, STRIPE / 2)
    painter.setPen(theme().color("text"))
    painter.setFont(font)
    painter.drawText(frame.adjusted(4 * SPACE, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, spec.title)
    painter.end()
    return pixmap
