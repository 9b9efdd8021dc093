"""Looking at a layer's output for one sample, while the network is being drawn."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from studio.app.canvas.view import CanvasView
from studio.app.preview.preview_card import PreviewCard
from studio.app.workspace import Workspace
from studio.engine.records import Failed, LookAt, LookedAt
from studio.project.format import to_data


class Preview(QObject):
    """Opens a card beside the selected layer, and keeps it true while the design and the selection change.

    Args:
        workspace: Whose design is looked at.
        canvas: Where the card is shown.
    """

    message = Signal(str)

    def __init__(self, workspace: Workspace, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._space, self._canvas = workspace, canvas
        self._node = ""
        self._sample = self._asked = 0
        self.card = PreviewCard(canvas)
        self.card.closed.connect(self.close)
        self.card.sample_wanted.connect(self._go)
        workspace.link.looked_at.connect(self._answered)
        workspace.facts.changed.connect(self._look_again)
        workspace.run_state_changed.connect(self._look_again)
        workspace.selection.changed.connect(self._follow)
        workspace.document.level_changed.connect(self.close)
        workspace.document.opened.connect(self.close)
        canvas.eye.changed.connect(self._place)

    @property
    def is_open(self) -> bool:
        """Whether the card is shown."""
        return bool(self._node)

    def toggle(self) -> None:
        """Open the card for the selected layer, or close it."""
        single = self._space.selection.single
        if self.is_open:
            self.close()
        elif single is None:
            self.message.emit("Select a single layer to look at what it gives.")
        else:
            self._show(single)
            self.card.setFocus()

    def close(self) -> None:
        """Close the card."""
        if self.is_open:
            had_focus = self.card.hasFocus() or self.card.isAncestorOf(self._canvas.window().focusWidget())
            self._node, self._asked = "", 0
            self.card.hide()
            if had_focus:
                self._canvas.setFocus()

    def _show(self, node_id: str) -> None:
        self._node = node_id
        self.card.show_waiting(self._name())
        self.card.show()
        self.card.raise_()
        self._place()
        self._ask()

    def _ask(self) -> None:
        space = self._space
        document = space.document
        self._asked = space.link.request(
            LookAt,
            project=to_data(document.project),
            node=f"{document.place.path}{self._node}",
            sample=self._sample,
            folder=space.folder,
            run=space.run if space.state in ("finished", "stopped") else "",
            runs_folder=str(space.runs_folder),
        )
        space.link.claim(self._asked, self._failed)

    def _go(self, further: int) -> None:
        self._sample = max(self._sample + further, 0)
        self._ask()

    def _follow(self) -> None:
        single = self._space.selection.single
        if self.is_open and single is not None and single != self._node:
            self._show(single)

    def _look_again(self) -> None:
        """Ask again: the design was checked anew, or a run has other weights."""
        if not self.is_open:
            return
        if self._node not in self._space.document.graph:
            self.close()
            return
        self._place()
        self._ask()

    def _answered(self, answer: LookedAt) -> None:
        if answer.id == self._asked and self.is_open:
            self._sample = answer.index
            self.card.show_answer(self._name(), answer)
            self._place()

    def _failed(self, failed: Failed) -> None:
        if failed.id == self._asked and self.is_open and failed.code != "superseded":
            self.card.show_failure(self._name(), failed.message)
            self._place()

    def _name(self) -> str:
        return self._space.document.graph.node(self._node).name

    def _place(self) -> None:
        geometry = self._canvas.scene.geometry
        if self.is_open and self._node in geometry:
            self.card.place_beside(self._canvas.camera.rect_to_screen(geometry.rect(self._node)))
