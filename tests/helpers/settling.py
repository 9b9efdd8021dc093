"""Waiting until a window has taken in what it reads beside its thread."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from studio.app.monitor import Monitor
from studio.app.panels.runs import RunsPanel


def settle(qtbot: QtBot, *parts: RunsPanel | Monitor) -> None:
    """Wait until the list of runs, or the looks of the run on show, are as the store has them."""
    for part in parts:
        if isinstance(part, RunsPanel):
            qtbot.waitUntil(lambda panel=part: not panel.is_reading)
        else:
            qtbot.waitUntil(lambda monitor=part: not monitor.past.is_busy)
            part.announce()
