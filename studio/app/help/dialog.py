"""The help: a window beside the program's that shows one page at a time, with links, back and forward."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QImage, QKeySequence, QShortcut, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPushButton,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.app.help.curves import curve
from studio.app.help.drawings import curve_image, window_image, window_words, windows_of
from studio.app.help.markup import LAYER, TERM
from studio.app.help.page import PICTURE, Here, index_page, layer_page
from studio.app.help.term_page import term_page
from studio.app.theme.polish import line
from studio.app.theme.theme import theme
from studio.app.theme.tokens import ICON, PANEL_MARGIN, SPACE
from studio.catalog.spec import LayerSpec
from studio.catalog.terms import TERMS

SIZE = QSize(130 * SPACE, 170 * SPACE)
INDEX = ""
"""Kind under which the page that leads to all others is shown."""

OpenAddress = Callable[[QUrl], object]


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that was shown.

    Attributes:
        kind: Of the layer, or ``term:`` with the key of a term; empty for the index.
        node: Id of the node that it was shown for; empty for the layer by itself.
    """

    kind: str
    node: str = ""


class LayerHelp(QDialog):
    """Shows help pages.

    Args:
        look_up: Returns a visit's layer, and the node it is about or None; the layer is None where neither
            catalog nor project knows it any more.
        parent: The window.
        open_address: Opens links that lead out of the program.
    """

    add_wanted = Signal(str)
    """Kind of the layer on show, which the person wants on the canvas."""

    page_shown = Signal(str)
    """Kind of the layer whose page is shown now."""

    def __init__(
        self,
        look_up: Callable[[Visit], tuple[LayerSpec | None, Here | None]],
        parent: QWidget | None = None,
        open_address: OpenAddress = QDesktopServices.openUrl,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel.help")
        self.setAccessibleName("Help")
        self.setWindowTitle("Help")
        self._look_up, self._open_address = look_up, open_address
        self._past: list[Visit] = []
        self._future: list[Visit] = []
        self._visit = Visit(INDEX)
        self._shown: tuple[LayerSpec | None, Here | None] = None, None
        self.browser = QTextBrowser(self)
        self.browser.setObjectName("help.page")
        self.browser.setAccessibleName("Help page")
        self.browser.setOpenLinks(False)
        self.browser.anchorClicked.connect(self._follow)
        self.back = self._tool("back", "Back", "ph.arrow-left", QKeySequence.StandardKey.Back, self.go_back)
        self.forward = self._tool(
            "forward", "Forward", "ph.arrow-right", QKeySequence.StandardKey.Forward, self.go_forward
        )
        self._arrange()
        theme().changed.connect(self._dress)
        self._dress()
        self.resize(SIZE)
        self._show()

    @property
    def visit(self) -> Visit:
        """The page on show."""
        return self._visit

    def show_page(self, kind: str, node: str = "") -> None:
        """Show the page of a layer, by itself or for a node, or of a term; an empty kind shows the index."""
        visit = Visit(kind, node)
        if visit != self._visit:
            self._past.append(self._visit)
            self._future.clear()
            self._visit = visit
            self._show()

    def follow_node(self, kind: str, node: str) -> None:
        """Turn to another node; that is no page to go back to."""
        self._visit = Visit(kind, node)
        self._show()

    def refresh(self) -> None:
        """Show the page anew where it is, if something about its node changed."""
        if self._look_up(self._visit) == self._shown:
            return
        bar = self.browser.verticalScrollBar()
        place = bar.value()
        self._show()
        bar.setValue(place)

    def go_back(self) -> None:
        """Show the page before."""
        self._go(self._past, self._future)

    def go_forward(self) -> None:
        """Show the page that was gone back from."""
        self._go(self._future, self._past)

    def _go(self, source: list[Visit], target: list[Visit]) -> None:
        if source:
            target.append(self._visit)
            self._visit = source.pop()
            self._show()

    def _tool(
        self,
        name: str,
        words: str,
        icon: str,
        key: QKeySequence.StandardKey,
        slot: Callable[[], None],
    ) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"help.{name}")
        button.setAccessibleName(words)
        button.setProperty("role", "icon")
        button.setProperty("icon_name", icon)
        button.setFixedSize(ICON + 3 * SPACE, ICON + 3 * SPACE)
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.activated.connect(slot)
        written = shortcut.key().toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(f"{words}  ({written})" if written else words)
        button.clicked.connect(slot)
        return button

    def _arrange(self) -> None:
        self.index = QPushButton("All pages", self)
        self.index.setObjectName("help.index")
        self.index.setProperty("role", "small")
        self.index.setAutoDefault(False)
        self.index.clicked.connect(lambda: self.show_page(INDEX))
        self.add = QPushButton("Add to the canvas", self)
        self.add.setObjectName("help.add")
        self.add.setProperty("role", "small")
        self.add.setAutoDefault(False)
        self.add.clicked.connect(lambda: self.add_wanted.emit(self._visit.kind))
        bar = QHBoxLayout()
        bar.setContentsMargins(PANEL_MARGIN, 2 * SPACE, PANEL_MARGIN, 2 * SPACE)
        bar.setSpacing(SPACE)
        bar.addWidget(self.back)
        bar.addWidget(self.forward)
        bar.addStretch(1)
        bar.addWidget(self.add)
        bar.addWidget(self.index)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(line(self))
        column.addWidget(self.browser, 1)
        self.browser.document().setDocumentMargin(PANEL_MARGIN)
        self.browser.setFocus()

    def _follow(self, link: QUrl) -> None:
        """Go where a link leads: to another page, or out of the program."""
        text = link.toString()
        if text.startswith(LAYER):
            self.show_page(text.removeprefix(LAYER))
        elif text.startswith(TERM):
            self.show_page(text)
        else:
            self._open_address(link)

    def _show(self) -> None:
        self._shown = self._look_up(self._visit) if self._visit.kind else (None, None)
        spec, here = self._shown
        image, caption = self._picture(spec, here) if spec is not None else (None, "")
        document = self.browser.document()
        document.clear()
        if image is not None:
            document.addResource(QTextDocument.ResourceType.ImageResource, QUrl(PICTURE), image)
        term = TERMS.get(self._visit.kind.removeprefix(TERM)) if spec is None else None
        page = layer_page(spec, here, caption) if spec is not None else index_page()
        self.browser.setHtml(term_page(term) if term is not None else page)
        shown = spec or term
        self.setWindowTitle(f"{shown.title} – Help" if shown is not None else "Help")
        self.add.setVisible(spec is not None and here is None)
        self.back.setEnabled(bool(self._past))
        self.forward.setEnabled(bool(self._future))
        self.page_shown.emit(self._visit.kind)

    def _picture(self, spec: LayerSpec, here: Here | None) -> tuple[QImage | None, str]:
        """Return a layer's picture and what stands under it, for a layer that has one."""
        given = {**here.inferred, **here.arguments} if here is not None else {}
        drawn = curve(spec, given)
        if drawn is not None:
            return curve_image(drawn, self.devicePixelRatioF()), "The function g and its slope g′."
        windows = windows_of(spec, given)
        image = window_image(windows, self.devicePixelRatioF()) if windows else None
        if image is None:
            return None, ""
        moves = "The window on the input, and a step further on (dashed)"
        if spec.kind.startswith("ConvTranspose"):
            moves = "Where one number of the input goes in the output, and where the next one goes (dashed)"
        slices = " One slice is drawn." if len(windows) > 2 else ""
        return image, f"{moves}: {window_words(windows)}.{slices}"

    def _dress(self) -> None:
        """Take the colours of the theme."""
        for button in (self.back, self.forward):
            button.setIcon(theme().icon(button.property("icon_name")))
        self._show()
