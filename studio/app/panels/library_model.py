"""The library as Qt's views want it: families with their layers; or, in a search, a ranked list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt

from studio.app.search.matching import search
from studio.catalog.blocks import spec_of
from studio.catalog.registry import layers
from studio.catalog.spec import FAMILIES, Family, LayerSpec
from studio.graph.block import Block

LAYER_MIME = "application/x-flowgraph-layer"
"""What a dragged layer carries: its kind, in UTF-8."""

SPEC_ROLE = Qt.ItemDataRole.UserRole + 1
"""`LayerSpec` of a layer's row; None for a family's."""

FAMILY_ROLE = Qt.ItemDataRole.UserRole + 2
"""Key of the family of any row."""

Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


class LibraryModel(QAbstractItemModel):
    """Without a query two levels, families and layers; with one a single level, best match first.

    An index of a layer under a family carries 1 + the family's place as its internal id; all top rows
    carry 0.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._query = ""
        self._found: list[LayerSpec] = []
        self._blocks: tuple[LayerSpec, ...] = ()
        self._families = _by_family(self.specs())

    @property
    def query(self) -> str:
        """What is searched for; empty for the whole library."""
        return self._query

    def specs(self) -> list[LayerSpec]:
        """Return all that can be drawn: the catalog's layers and the project's blocks."""
        return [*layers().values(), *self._blocks]

    def set_blocks(self, blocks: Mapping[str, Block]) -> None:
        """Offer a project's blocks besides the layers."""
        found = tuple(spec_of(blocks[name]) for name in sorted(blocks))
        if found == self._blocks:
            return
        self.beginResetModel()
        self._blocks = found
        self._families = _by_family(self.specs())
        self._found = search(self.specs(), self._query) if self._query else []
        self.endResetModel()

    def set_query(self, query: str) -> None:
        """Show what fits a query, or everything."""
        query = query.strip()
        if query == self._query:
            return
        self.beginResetModel()
        self._query = query
        self._found = search(self.specs(), query) if query else []
        self.endResetModel()

    def spec(self, index: Index) -> LayerSpec | None:
        """Return the layer of a row; None for a family's row."""
        if not index.isValid():
            return None
        if index.internalId():
            return self._families[index.internalId() - 1][1][index.row()]
        return self._found[index.row()] if self._query else None

    def family(self, index: Index) -> Family:
        """Return the family of a row."""
        if index.internalId():
            return self._families[index.internalId() - 1][0]
        return self._found[index.row()].family if self._query else self._families[index.row()][0]

    def index_of(self, kind: str) -> QModelIndex:
        """Return the row of a layer; an invalid index if it is not on show."""
        if self._query:
            rows = [row for row, spec in enumerate(self._found) if spec.kind == kind]
            return self.index(rows[0], 0) if rows else QModelIndex()
        for place, (_, specs) in enumerate(self._families):
            for row, spec in enumerate(specs):
                if spec.kind == kind:
                    return self.createIndex(row, 0, place + 1)
        return QModelIndex()

    def index(self, row: int, column: int, parent: Index = _TOP) -> QModelIndex:
        """Return the index of a row."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index = _TOP) -> QModelIndex:  # type: ignore[override]
        """Return the family's row of a layer's row."""
        if not index.isValid() or not index.internalId():
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, 0)

    def rowCount(self, parent: Index = _TOP) -> int:
        """Return how many rows lie under another, or at the top."""
        if not parent.isValid():
            return len(self._found) if self._query else len(self._families)
        if parent.internalId() or self._query:
            return 0
        return len(self._families[parent.row()][1])

    def columnCount(self, parent: Index = _TOP) -> int:
        """Return 1."""
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a row's title, help, layer or family."""
        if not index.isValid():
            return None
        spec = self.spec(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return spec.title if spec else FAMILIES[self.family(index)]
        if role == Qt.ItemDataRole.ToolTipRole and spec is not None:
            return "\n".join(line for line in (spec.summary, spec.formula) if line)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole and spec is not None:
            return spec.summary
        if role == SPEC_ROLE:
            return spec
        return self.family(index) if role == FAMILY_ROLE else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Say that layers can be dragged."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsDragEnabled if self.spec(index) is not None else flags

    def mimeTypes(self) -> list[str]:
        """Return what a drag carries."""
        return [LAYER_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the kind of the first layer among some rows."""
        data = QMimeData()
        for index in indexes:
            spec = self.spec(index)
            if spec is not None:
                data.setData(LAYER_MIME, spec.kind.encode())
                break
        return data

    def supportedDragActions(self) -> Qt.DropAction:
        """Say that dragging copies."""
        return Qt.DropAction.CopyAction


def _by_family(specs: Iterable[LayerSpec]) -> list[tuple[Family, list[LayerSpec]]]:
    """Return the families that have any layers, with them."""
    found: dict[Family, list[LayerSpec]] = {family: [] for family in FAMILIES}
    for spec in specs:
        found[spec.family].append(spec)
    return [(family, some) for family, some in found.items() if some]
