"""The rows of the summary as a tree of blocks, or as a flat list of layers, sorted by any column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from studio.app.panels.amounts import cost_text, count_text, memory_text
from studio.app.theme.theme import theme
from studio.app.theme.tokens import LABEL_PX
from studio.app.units import cost_name
from studio.catalog.registry import find
from studio.engine.records import SummaryColumns
from studio.graph.report import Totals

Index = QModelIndex | QPersistentModelIndex
ROOT = -1
SHARE_ROLE = Qt.ItemDataRole.UserRole
"""Part of the network's total, in [0, 1]; None in columns without one."""

_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_NOWHERE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        title: On screen.
        key: In a file.
        values: Which column of `SummaryColumns` it shows.
        text: How it writes a value.
        help: What the numbers mean, and by which convention they are counted.
        is_number: To the right, in figures of one width, the largest first when sorted.
        shared: A bar shows the part of the total.
    """

    title: str
    key: str
    values: str
    text: Callable[[Any], str] = str
    help: str = ""
    is_number: bool = False
    shared: bool = False

    @property
    def heading(self) -> str:
        """Its title, in the unit preferred."""
        return cost_name() if self.key == "macs" else self.title


def _sizes(sizes: tuple[int, ...] | None) -> str:
    return "×".join(map(str, sizes)) if sizes is not None else ""


def _count(count: int) -> str:
    """Return a count; nothing for zero, so that what costs stands out."""
    return count_text(count) if count else ""


def _cost(macs: int) -> str:
    return cost_text(macs) if macs else ""


def _memory(size_bytes: int) -> str:
    return memory_text(size_bytes) if size_bytes else ""


COLUMNS = (
    Column("Name", "name", "names", help="Its name; what is in a block stands under it."),
    Column("Layer", "layer", "kinds", help="torch's name of the layer, or the block's name."),
    Column("Output", "output", "shapes", _sizes, "Shape of the first output, without the batch dimension."),
    Column(
        "Field",
        "receptive_field",
        "fields",
        _sizes,
        "Receptive field: how much of the input one number of the output depends on; empty for all of it.",
    ),
    Column(
        "Parameters",
        "parameters",
        "parameters",
        _count,
        "Learnable numbers; what several layers share is counted once.",
        is_number=True,
        shared=True,
    ),
    Column(
        "Trainable",
        "trainable",
        "trainable",
        _count,
        "Parameters that training changes: those of frozen layers are left out.",
        is_number=True,
    ),
    Column(
        "MACs",
        "macs",
        "macs",
        _cost,
        "Of convolutions, linear layers and products, for one sample; a MAC is two FLOPs.",
        is_number=True,
        shared=True,
    ),
    Column(
        "Activations",
        "activation_bytes",
        "activation_bytes",
        _memory,
        "Memory of the outputs for one sample.",
        is_number=True,
    ),
)
NAME, LAYER, OUTPUT, FIELD, PARAMETERS, TRAINABLE, MACS, ACTIVATIONS = range(len(COLUMNS))


class SummaryModel(QAbstractItemModel):
    """The table; a row's `internalId` is its number in the engine's answer.

    Attributes:
        columns: The engine's answer.
        totals: Sums over the network.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = SummaryColumns()
        self.totals = Totals()
        self._flat = False
        self._sorted_by: tuple[int, Qt.SortOrder] = (ROOT, Qt.SortOrder.AscendingOrder)
        self._parents: list[int] = []
        self._children: dict[int, list[int]] = {ROOT: []}
        self._places: list[int] = []

    def show(self, columns: SummaryColumns, totals: Totals) -> bool:
        """Take over an answer; say whether the rows are others than before, so that the tree was rebuilt."""
        same = columns.paths == self.columns.paths
        if not same:
            self.beginResetModel()
        self.columns, self.totals = columns, totals
        if same:
            self._sort()
            last = self.index(max(len(self._children[ROOT]) - 1, 0), len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        else:
            self._arrange()
            self.endResetModel()
        return not same

    @property
    def flat(self) -> bool:
        """Whether it shows layers only, without blocks around them."""
        return self._flat

    def set_flat(self, flat: bool) -> None:
        """Show layers only, or the tree of blocks."""
        if flat != self._flat:
            self.beginResetModel()
            self._flat = flat
            self._arrange()
            self.endResetModel()

    def path(self, index: Index) -> str:
        """Return the path of a row's node; empty for no row."""
        return self.columns.paths[index.internalId()] if index.isValid() else ""

    def value(self, index: Index) -> Any:
        """Return what a cell shows, as it came from the engine."""
        return getattr(self.columns, COLUMNS[index.column()].values)[index.internalId()]

    def walk(
        self, opened: Callable[[QModelIndex], bool], at: QModelIndex = _NOWHERE
    ) -> Iterator[QModelIndex]:
        """Return the rows as they are shown, from the top down, with what is in those that are open."""
        for place in range(self.rowCount(at)):
            index = self.index(place, 0, at)
            yield index
            if opened(index):
                yield from self.walk(opened, index)

    def _arrange(self) -> None:
        """Find out what is in what, from the paths."""
        rows = {path: row for row, path in enumerate(self.columns.paths)}
        parents = [rows.get(parent_path(path), ROOT) for path in self.columns.paths]
        inner = set(parents)
        self._parents = [ROOT] * len(parents) if self._flat else parents
        self._children = {ROOT: []}
        for row, parent in enumerate(self._parents):
            if not (self._flat and row in inner):
                self._children.setdefault(parent, []).append(row)
        self._order()

    def _order(self) -> None:
        """Put the rows of each parent into the order wanted."""
        column, order = self._sorted_by
        key = self._sort_key(column)
        for rows in self._children.values():
            rows.sort()
            if key is not None:
                rows.sort(key=key, reverse=order == Qt.SortOrder.DescendingOrder)
        self._places = [0] * len(self._parents)
        for rows in self._children.values():
            for place, row in enumerate(rows):
                self._places[row] = place

    def _sort_key(self, column: int) -> Callable[[int], Any] | None:
        """Return what rows are compared by; None for the order in the network."""
        if column == ROOT:
            return None
        values = getattr(self.columns, COLUMNS[column].values)
        if column in (NAME, LAYER):
            return lambda row: natural(values[row])
        if column in (OUTPUT, FIELD):
            return lambda row: _extent(values[row])
        return lambda row: values[row]

    def _sort(self) -> None:
        """Put the rows in order again, and tell views where each went."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        self._order()
        after = [
            self.createIndex(self._places[index.internalId()], index.column(), index.internalId())
            for index in before
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    # What Qt asks

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        """Return the index of a cell."""
        rows = self._children.get(parent.internalId() if parent.isValid() else ROOT, [])
        if not (0 <= row < len(rows) and 0 <= column < len(COLUMNS)):
            return QModelIndex()
        return self.createIndex(row, column, rows[row])

    def parent(self, index: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]
        """Return the block that a row lies in."""
        row = self._parents[index.internalId()] if index.isValid() else ROOT
        return self.createIndex(self._places[row], 0, row) if row != ROOT else QModelIndex()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many rows a block has."""
        if parent.isValid() and parent.column() != 0:
            return 0
        return len(self._children.get(parent.internalId() if parent.isValid() else ROOT, []))

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return how many columns there are."""
        return len(COLUMNS)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort each block's rows by a column; -1 is the order in the network."""
        self._sorted_by = (column, order)
        self._sort()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's title, help, side and first order."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.heading
            case Qt.ItemDataRole.ToolTipRole:
                return f"{column.help}\nClick to sort; a third click brings back the order in the network."
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column.is_number else _LEFT
            case Qt.ItemDataRole.InitialSortOrderRole:
                order = Qt.SortOrder
                return order.DescendingOrder.value if column.is_number else order.AscendingOrder.value
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows, and how."""
        if not index.isValid():
            return None
        column = COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(index, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column.is_number else _LEFT
            case Qt.ItemDataRole.FontRole:
                mono = column.is_number or index.column() in (OUTPUT, FIELD)
                return theme().mono(LABEL_PX) if mono else None
            case Qt.ItemDataRole.ForegroundRole:
                return theme().color("dim") if index.column() in (LAYER, FIELD) else None
            case Qt.ItemDataRole.DecorationRole:
                return self._swatch(index) if index.column() == NAME else None
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(index)
        return self._share(index) if role == SHARE_ROLE else None

    def _text(self, index: Index, column: Column) -> str:
        value = self.value(index)
        if index.column() == NAME and not self._flat:
            return str(value).rpartition(".")[2]
        if index.column() == TRAINABLE and not value:
            return "frozen" if self.columns.parameters[index.internalId()] else ""
        return "?" if index.column() == OUTPUT and value is None else column.text(value)

    def _tip(self, index: Index) -> str:
        row = index.internalId()
        lines = [self.columns.names[row], self.columns.kinds[row]]
        share = self._share(index)
        if share is not None:
            lines.append(f"{100 * share:.1f} % of the network's {COLUMNS[index.column()].title.lower()}")
        return "\n".join(lines)

    def _share(self, index: Index) -> float | None:
        column = COLUMNS[index.column()]
        total: int = getattr(self.totals, column.values) if column.shared else 0
        return self.value(index) / total if total else None

    def _swatch(self, index: Index) -> Any:
        row = index.internalId()
        spec = find(self.columns.kinds[row])
        if spec is not None:
            return theme().family_color(spec.kind)
        return QColor(theme().colors.families["block"]) if row in self._children else theme().color("faint")


def parent_path(path: str) -> str:
    """Return the path of what a node lies in: of ``n5[2]/n3`` ``n5[2]``, of ``n5[2]`` ``n5``."""
    if path.endswith("]"):
        return path[: path.rindex("[")]
    return path.rpartition("/")[0]


def natural(text: str) -> list[tuple[int, int, str]]:
    """Return a key that sorts ``conv2`` before ``conv10``, whatever the case."""
    parts = re.findall(r"[0-9]+|[^0-9]+", text.casefold())
    return [(0, int(part), "") if part.isdigit() and part.isascii() else (1, 0, part) for part in parts]


def _extent(sizes: tuple[int, ...] | None) -> tuple[int, tuple[int, ...]]:
    """Return a key that sorts sizes by how many numbers they hold; what is not known comes first."""
    if sizes is None:
        return (-1, ())
    total = 1
    for size in sizes:
        total *= size
    return (total, sizes)
