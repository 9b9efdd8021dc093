"""A project that somebody else has open: looked at, not changed, and the window says so all the time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from studio.app.banner import Banner
from studio.app.sheet import Sheet
from studio.errors import ProjectError
from studio.project.lock import Holder, words

if TYPE_CHECKING:
    from studio.app.main_window import MainWindow

EDITING = ("block.", "edit.", "graph.", "mark.", "network.", "wire.", "align.")
"""How the names of actions begin that change the project, most of them."""

LOOKING = frozenset(
    {
        *("block.enter", "block.leave", "edit.copy", "edit.copy_picture", "edit.find", "edit.keys"),
        *("edit.preferences", "edit.select_all", "graph.preview", "mark.contents", "mark.next"),
        *("network.ablate", "network.look_inside", "network.step_through"),
        *("wire.next", "wire.next_dot", "wire.previous"),
    }
)
"""Those among them that only look."""


class ReadOnly(QObject):
    """Shows who has the project on show, and takes the means to change it away.

    Attributes:
        strip: Stands above the canvas as long as the project is read-only.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.strip = Banner(window)
        self.strip.setObjectName("banner.read_only")
        self._shown: object = None
        window.files.locks.changed.connect(self.refresh)
        window.files.locks.lost.connect(self._lost)

    def refresh(self) -> None:
        """Show whether the project on show may be changed, and by whom else it is."""
        window = self._window
        sheet = window.document.sheet
        reason = sheet.why_read_only
        window.menus.actions.hold(self._editing(), reason)
        for field in self._fields():
            if field.isEnabled() == bool(reason):
                field.setEnabled(not reason)
            if field.toolTip() != reason:
                field.setToolTip(reason)
        window.training_bar.lock(reason)
        self._show_strip(sheet)

    def _show_strip(self, sheet: Sheet) -> None:
        if sheet.holder is None:
            self._shown = None
            self.strip.hide()
            return
        standing = self._window.files.locks.standing(sheet)
        shown = sheet, sheet.holder, standing
        if shown == self._shown and not self.strip.isHidden():
            return
        self._shown = shown
        buttons: list[tuple[str, Callable[[], object]]] = [("Open a copy", self._window.files.open_copy)]
        if standing != "held":
            buttons.append(("Edit here" if standing == "closed" else "Take over", self._take_over))
        self.strip.show_message(sentence(sheet, sheet.holder, standing), *buttons, stays=True)

    def _take_over(self) -> None:
        window = self._window
        name = window.document.sheet.file_name
        try:
            window.files.locks.take_over(window.document.sheet)
        except ProjectError as error:
            window.banner.show_message(error.message, ("Save as…", window.files.save_as), role="bad")
            window.files.locks.look()
        else:
            window.files.on_disk.note(window.document.sheet, None)
            window.status.say(f"{name} can be changed here now; it is as it was saved last.")

    def _lost(self, sheet: Sheet) -> None:
        """Say that another computer took a project over that could be changed here until now."""
        window = self._window
        changes = " It has changes that were not saved." if sheet.is_modified else ""
        window.banner.show_message(
            f"{sheet.file_name} was taken over by {words(sheet.holder or Holder())}, because this program "
            f"was not heard of for a while.{changes} Save it under another name to go on here.",
            ("Save as…", window.files.save_as),
            role="bad",
        )

    def _editing(self) -> list[str]:
        """Return the names of the actions that change the project."""
        names = self._window.menus.actions.all()
        return [name for name in names if name.startswith(EDITING) and name not in LOOKING]

    def _fields(self) -> Iterator[QWidget]:
        """Yield what the project is changed with beside the canvas; all of it can still be scrolled."""
        inspector = self._window.inspector
        pages = (
            inspector.node_page,
            inspector.selection_page,
            inspector.project_page,
            inspector.block_page,
            inspector.mark_page,
        )
        yield from (body for page in pages if (body := page.widget()) is not None)
        yield self._window.history.list


def sentence(sheet: Sheet, holder: Holder, standing: str) -> str:
    """Return who has a project, since when, and what that means."""
    who, when = words(holder), since(holder)
    if standing == "closed":
        return f"{who} has closed {sheet.file_name}. It is shown as it was when you opened it."
    if standing == "gone":
        lapse = "ended without closing it" if holder.gone else "has not been heard of for a minute"
        return f"{sheet.file_name} is read-only: {who} had it open{when}, and {lapse}."
    return f"{sheet.file_name} is read-only: {who} has it open{when}."


def since(holder: Holder) -> str:
    """Return since when somebody has a project: with a leading blank, or nothing if it is not known."""
    if not holder.since:
        return ""
    then, now = datetime.fromtimestamp(holder.since), datetime.now()
    return f" since {then:%H:%M}" if then.date() == now.date() else f" since {then:%Y-%m-%d %H:%M}"
