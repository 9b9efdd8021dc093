"""The tensors of a box: numbers and small pictures, gradients under what they are of."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap, QRegion
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from studio.app.plots.wording import number
from studio.app.preview.output_picture import OutputPicture
from studio.app.theme.theme import theme
from studio.app.theme.tokens import SPACE
from studio.engine.records import BoxShown, Numbers, TensorShown

HEADER = ("Tensor", "Shape", "Lowest", "Highest", "Mean", "Norm", "Picture")
PICTURE = len(HEADER) - 1
THUMBNAIL = QSize(24 * SPACE, 7 * SPACE)
RATIO = 2.0
GRADIENT = "gradient"

TITLES = {"input": "input from {}", "output": "output", "parameter": "{}", "line": "{}"}


class TensorTable(QTreeWidget):
    """A line for each tensor, with one for its gradient under it."""

    tensor_chosen = Signal(str, object)
    """Its title and its `Numbers`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("steps.table")
        self.setAccessibleName("Tensors of the box")
        self.setHeaderLabels(HEADER)
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIconSize(THUMBNAIL)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.header().setStretchLastSection(True)
        self._painter = OutputPicture(self)
        self._painter.setFixedSize(THUMBNAIL)
        self._painter.hide()
        self._shown: dict[int, tuple[str, Numbers]] = {}
        self.currentItemChanged.connect(self._choose)

    def show_box(self, shown: BoxShown, name: str, *, backward: bool) -> None:
        """Show what there is of a box; on the way back the first gradient is chosen, else the output."""
        self.blockSignals(True)
        self.clear()
        self._shown.clear()
        outputs: list[QTreeWidgetItem] = []
        gradients: list[QTreeWidgetItem] = []
        for tensor in shown.tensors:
            title = TITLES[tensor.role].format(tensor.name.removeprefix(f"{name}."))
            item = self._line(title, tensor, tensor.value)
            self.addTopLevelItem(item)
            if tensor.role == "output":
                outputs.append(item)
            if tensor.gradient is not None:
                below = self._line(GRADIENT, tensor, tensor.gradient, f"gradient of {title}")
                item.addChild(below)
                gradients.append(below)
        self.expandAll()
        self.blockSignals(False)
        wanted = (gradients if backward else outputs) or outputs
        if wanted:
            self.setCurrentItem(wanted[0])

    def _line(self, title: str, tensor: TensorShown, numbers: Numbers, full: str = "") -> QTreeWidgetItem:
        facts = (numbers.low, numbers.high, numbers.mean, numbers.norm)
        shape = "×".join(map(str, tensor.shape)) or "1"
        item = QTreeWidgetItem([title, shape, *(number(fact) for fact in facts), ""])
        for column in range(2, PICTURE):
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setToolTip(0, f"{full or title}, {tensor.dtype}")
        if not numbers.finite:
            item.setToolTip(2, "Of the finite numbers; some are not.")
            item.setForeground(0, theme().color("bad"))
        if title == GRADIENT:
            item.setForeground(0, theme().color("dim"))
        item.setIcon(PICTURE, self._picture(numbers))
        self._shown[id(item)] = full or title, numbers
        return item

    def _picture(self, numbers: Numbers) -> QIcon:
        self._painter.show_values(numbers.values, numbers.low, numbers.high)
        pixmap = QPixmap(THUMBNAIL * RATIO)
        pixmap.setDevicePixelRatio(RATIO)
        pixmap.fill(Qt.GlobalColor.transparent)
        children = QWidget.RenderFlag.DrawChildren  # no background: that of the line shows through
        self._painter.render(pixmap, QPoint(), QRegion(), children)
        icon = QIcon(pixmap)
        icon.addPixmap(pixmap, QIcon.Mode.Selected)  # colours mean numbers: no tint
        return icon

    def _choose(self, item: QTreeWidgetItem | None) -> None:
        if item is not None and id(item) in self._shown:
            self.tensor_chosen.emit(*self._shown[id(item)])
