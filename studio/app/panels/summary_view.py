"""How the summary's table is painted: bars for shares, and the totals in line with their columns."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from studio.app.panels.summary_model import COLUMNS, NAME, SHARE_ROLE, SummaryModel
from studio.app.panels.summary_text import totals_cells
from studio.app.theme.theme import theme
from studio.app.theme.tokens import LABEL_PX, LIST_ROW_HEIGHT, SPACE, SWATCH

WIDTHS = (
    (122, 260),
    (122, 180),
    (92, 120),
    (56, 90),
    (108, 180),
    (96, 130),
    (122, 200),
    (90, 120),
)
"""Least and best width of each column, in pixels; between them as the panel has room."""

BAR_ALPHA = 0.22
"""A bar lies behind its number, so that there is room for it in any column."""


class SummaryDelegate(QStyledItemDelegate):
    """Paints cells as the style does, and a bar at the left of those that have a share."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return one height for all rows."""
        return QSize(0, LIST_ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a cell."""
        super().paint(painter, option, index)
        share = index.data(SHARE_ROLE)
        if share:
            paint_bar(painter, option.rect, share)


def paint_bar(painter: QPainter, cell: QRect, share: float) -> None:
    """Paint the bar of a share in [0, 1], at least as wide as can be seen."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    color = theme().color("accent")
    color.setAlphaF(BAR_ALPHA)
    painter.setBrush(color)
    room = QRectF(cell).adjusted(SPACE, 3, -SPACE, -3)
    room.setWidth(max(room.width() * min(share, 1.0), 2.0))
    painter.drawRoundedRect(room, 2, 2)
    painter.restore()


class SummaryTable(QTreeView):
    """The tree of rows."""

    def __init__(self, model: SummaryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("summary.table")
        self.setAccessibleName("Summary of the network")
        self.setModel(model)
        self.setItemDelegate(SummaryDelegate(self))
        self.setUniformRowHeights(True)
        self.setIconSize(QSize(SWATCH, SWATCH))
        self.setIndentation(4 * SPACE)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setExpandsOnDoubleClick(True)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setMinimumSectionSize(12 * SPACE)
        self._widths: list[int] = []
        self.setSortingEnabled(True)

    def fit_columns(self) -> None:
        """Give the columns the room there is, unless the person dragged one."""
        header = self.header()
        places = [place for place in range(header.count()) if not header.isSectionHidden(place)]
        if self._widths and self._widths != [header.sectionSize(place) for place in places]:
            return
        least, best = (sum(WIDTHS[place][side] for place in places) for side in (0, 1))
        more = min(max((self.viewport().width() - least) / (best - least), 0.0), 1.0)
        for place in places:
            low, high = WIDTHS[place]
            header.resizeSection(place, int(low + (high - low) * more))
        self._widths = [header.sectionSize(place) for place in places]

    def show_column(self, place: int, shown: bool) -> None:
        """Show or hide a column, and give its room to the others."""
        if self.isColumnHidden(place) == shown:
            self.setColumnHidden(place, not shown)
            self._widths = []
            self.fit_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the columns the new room."""
        super().resizeEvent(event)
        self.fit_columns()


class TotalsRow(QWidget):
    """The sums over the network, in line with the columns of a table, always in sight."""

    def __init__(self, table: SummaryTable, model: SummaryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("summary.totals")
        self._table, self._model = table, model
        self.setFixedHeight(LIST_ROW_HEIGHT + SPACE)
        table.header().sectionResized.connect(lambda *_: self.update())
        table.horizontalScrollBar().valueChanged.connect(lambda _: self.update())
        model.modelReset.connect(self.refresh)
        model.dataChanged.connect(lambda *_: self.refresh())
        theme().changed.connect(self.update)
        self.refresh()

    def texts(self) -> dict[str, str]:
        """Return what is shown, by the title of the column."""
        cells = totals_cells(self._model)
        return {column.heading: text for column, text in zip(COLUMNS, cells, strict=True) if text}

    def refresh(self) -> None:
        """Show the model's totals."""
        self.setAccessibleName(", ".join(f"{title} {text}" for title, text in self.texts().items()))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line above, and each sum under its column."""
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, theme().color("line"))
        painter.setPen(theme().color("text"))
        header = self._table.header()
        for place, text in enumerate(totals_cells(self._model)):
            if header.isSectionHidden(place):
                continue
            left, width = header.sectionViewportPosition(place), header.sectionSize(place)
            cell = QRect(left, 1, width, self.height() - 1).adjusted(2 * SPACE, 0, -2 * SPACE, 0)
            right = COLUMNS[place].is_number
            painter.setFont(theme().font(LABEL_PX, bold=True) if place == NAME else theme().mono(LABEL_PX))
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            painter.drawText(cell, int(side | Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()
