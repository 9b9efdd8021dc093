"""Questions about the data set of the project on show, and its download."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from studio.app.document import Document
from studio.app.engine_link import EngineLink
from studio.engine.records import Cancel, DataDescribed, DescribeData, Failed, FetchData, Progress
from studio.project.config import DataConfig


class DataQuestions(QObject):
    """Asks the engine about the data set; only the answer to the last question counts.

    Args:
        document: Whose data it is.
        link: To the engine.

    Attributes:
        class_counts: Training samples of each class, of the data last described; empty without classes.
    """

    described = Signal(object)
    failed = Signal(str)
    not_allowed = Signal(object)
    """`Failed` for data outside the project's folder, which the person has not allowed to be read."""

    progress = Signal(object)
    """`Progress` of the download that is going on."""

    fetched = Signal()

    def __init__(self, document: Document, link: EngineLink, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._link = document, link
        self._data_id = self._fetch_id = self._draw = 0
        self._asked: tuple[DataConfig, str] | None = None
        self._fetching: DataConfig | None = None
        self.class_counts: tuple[int, ...] = ()
        link.data_described.connect(self._described)
        link.data_fetched.connect(self._fetched)
        link.progress.connect(self._progress)

    def describe(self) -> None:
        """Ask what the data set looks like."""
        self._asked = self._subject
        self._data_id = self._link.request(DescribeData, **self._fields, draw=self._draw)

    def describe_if_new(self) -> None:
        """Ask, unless the last question was about the same data in the same place."""
        if self._asked != self._subject:
            self.describe()

    def draw_again(self) -> None:
        """Ask for the samples as the transforms change them another time."""
        self._draw += 1
        self.describe()

    def fetch(self) -> None:
        """Download the data set that the project names."""
        self._fetching = self._document.project.data
        self._fetch_id = self._link.request(FetchData, **self._fields)

    def cancel(self) -> None:
        """Cancel the download that is going on."""
        if self._fetch_id:
            self._link.request(Cancel, request=self._fetch_id)

    def take_failure(self, failed: Failed) -> bool:
        """Announce a failure if it is one of these questions'; say whether it is."""
        if failed.id not in (self._data_id, self._fetch_id):
            return False
        self._fetch_id = 0
        self.failed.emit(failed.message)
        if failed.code == "grant":
            self.not_allowed.emit(failed)
        return True

    @property
    def _subject(self) -> tuple[DataConfig, str]:
        return self._document.project.data, str(self._document.folder or "")

    @property
    def _fields(self) -> dict[str, Any]:
        data, folder = self._subject
        return {"data": data.model_dump(mode="json"), "folder": folder}

    def _described(self, described: DataDescribed) -> None:
        if described.id == self._data_id:
            counts = described.class_counts
            self.class_counts = tuple(int(count) for count in counts[0]) if len(counts) else ()
            self.described.emit(described)

    def _fetched(self) -> None:
        self._fetch_id = 0
        self.describe()
        self.fetched.emit()

    def _progress(self, progress: Progress) -> None:
        if progress.id == self._fetch_id and self._fetching == self._document.project.data:
            self.progress.emit(progress)
