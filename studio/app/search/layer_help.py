"""A few lines about the layer that a search is at: what it computes, and what goes in and out."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from studio.app.theme.polish import label
from studio.app.theme.tokens import PANEL_MARGIN, SEARCH_HELP_WIDTH, SPACE
from studio.catalog.spec import FAMILIES, LayerSpec
from studio.graph.port import PortSpec


class LayerHelp(QWidget):
    """Title, family, summary, formula and ports of a layer; it scrolls where they are many."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName("About this layer")
        self.setFixedWidth(SEARCH_HELP_WIDTH)
        edge = QFrame(self)
        edge.setProperty("role", "line")
        edge.setFixedWidth(1)
        body = QWidget(self)
        column = QVBoxLayout(body)
        column.setContentsMargins(PANEL_MARGIN, 2 * SPACE, PANEL_MARGIN, 2 * SPACE)
        column.setSpacing(2 * SPACE)
        self._title = label("", "heading", body, wrap=True)
        self._family = label("", "small", body)
        self._reason = label("", "warning", body, wrap=True)
        self._summary = label("", "dim", body, wrap=True)
        self._formula = label("", "mono", body, wrap=True)
        self._ports = label("", "dim", body, wrap=True)
        self._ports.setTextFormat(Qt.TextFormat.PlainText)
        for each in (self._title, self._family, self._reason, self._summary, self._formula, self._ports):
            column.addWidget(each)
        column.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidget(body)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(edge)
        row.addWidget(scroll, 1)

    def show_layer(self, spec: LayerSpec | None, reason: str = "") -> None:
        """Tell of a layer and why it does not fit, or of nothing."""
        self._reason.setText(f"{reason[:1].upper()}{reason[1:]}." if reason else "")
        self._title.setText(spec.title if spec else "")
        self._family.setText(FAMILIES[spec.family] if spec and (spec.inputs or spec.outputs) else "")
        self._summary.setText(spec.summary if spec else "")
        self._formula.setText(spec.formula if spec else "")
        self._ports.setText(ports_text(spec) if spec else "")
        for each in (self._reason, self._formula, self._ports):
            each.setVisible(bool(each.text()))

    def words(self) -> str:
        """Return all that is shown."""
        shown = (self._title, self._family, self._reason, self._summary, self._formula, self._ports)
        return "\n".join(each.text() for each in shown if each.text())


def ports_text(spec: LayerSpec) -> str:
    """Return a layer's ports, one a line: ``in   input (N, C, H, W)``."""
    return "\n".join([*_lines("In", spec.inputs), *_lines("Out", spec.outputs)])


def _lines(side: str, ports: Iterable[PortSpec]) -> Iterable[str]:
    for port in ports:
        layout = " or ".join(f"({form})" for form in port.layout.split(" or ")) if port.layout else ""
        many = "any number" if port.variadic else "may stay free" if port.optional or port.fallback else ""
        yield " ".join(filter(None, (f"{side}: {port.name}", layout, f"· {many}" if many else "")))
