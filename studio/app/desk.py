"""What a window keeps for each open project beside it: its last run, and what is known of the design."""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary

from studio.app.facts import Known
from studio.app.monitor import Runs
from studio.app.run_home import RunHome
from studio.app.sheet import Sheet
from studio.runs.records import RunChanged, RunState

ACTIVE: frozenset[RunState] = frozenset({"starting", "running", "paused"})


class Desk:
    """The desk of one open project. It must not know its sheet, or closing the project would not free it.

    Attributes:
        known: What the engine said of the design when another project came on show.
        runs: Records of its runs.
        home: Where they are stored.
        run: Name of the run last started; empty before the first.
        state: State of that run.
        resuming: It went on with an older one.
        trouble: How it failed while another project was on show, to be said when this one is.
    """

    def __init__(self, home: RunHome | None = None) -> None:
        self.known = Known()
        self.runs = Runs()
        self.home = home or RunHome()
        self.run = ""
        self.state: RunState | None = None
        self.resuming = False
        self.trouble: RunChanged | None = None

    @property
    def is_active(self) -> bool:
        """Whether its run goes on or is paused."""
        return self.state in ACTIVE


class Desks:
    """The desks of all open projects, and the one of them whose run the engine trains, or trained last.

    A desk is made when it is first asked for.
    """

    def __init__(self) -> None:
        self._desks: WeakKeyDictionary[Sheet, Desk] = WeakKeyDictionary()
        self.trained = Desk()

    def of(self, sheet: Sheet) -> Desk:
        """Return the desk of an open project."""
        found = self._desks.get(sheet)
        if found is None:
            found = self._desks[sheet] = Desk(sheet.home)
        return found

    def trained_sheet(self, sheets: Iterable[Sheet]) -> Sheet | None:
        """Return the one of some projects whose desk `trained` is."""
        return next((sheet for sheet in sheets if self._desks.get(sheet) is self.trained), None)
