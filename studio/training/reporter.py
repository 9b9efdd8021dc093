"""Who is told what a run does."""

from __future__ import annotations

from typing import Protocol

from studio.runs.records import Live


class Reporter(Protocol):
    """Takes the run's records as they come, on the training thread: it must be quick and not raise."""

    def report(self, record: Live) -> None:
        """Take one record."""
