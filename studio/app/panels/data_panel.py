"""Which data the network is trained on: data set, options, split, normalization, and a look at it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from studio.app.document import Document
from studio.app.panels.amounts import shape_text
from studio.app.panels.argument_form import ArgumentForm
from studio.app.panels.data_match import match_inputs, matches
from studio.app.panels.data_preview import DataPreview
from studio.app.panels.editors import ChoiceEdit
from studio.app.panels.file_button import FileButton
from studio.app.panels.folder_edit import FolderEdit
from studio.app.panels.settings_specs import SPLIT_SPECS, SPLIT_TITLES, with_setting
from studio.app.panels.transform_list import TransformList
from studio.app.theme.polish import label
from studio.app.theme.tokens import SPACE
from studio.catalog.spec import ArgSpec
from studio.engine.records import DataDescribed, Progress
from studio.errors import DataError, GraphError
from studio.graph.node import Value
from studio.project import sounds, synthetic, tables
from studio.project.config import DataConfig
from studio.project.datasets import DATASETS, DatasetSpec, sample_of
from studio.project.matching import random_samples
from studio.project.sample import Sample
from studio.project.transforms import sample_after

DATASET = ArgSpec("dataset", "choice", "digits", "What the network learns from.", choices=tuple(DATASETS))


class DataPanel(QWidget):
    """Edits `Project.data`, and shows what the engine found there."""

    download_requested = Signal()
    download_cancelled = Signal()
    columns_requested = Signal()
    """The person wants to say what the columns of the table are for."""

    statistics_requested = Signal(str, object)
    """Title of the data set, and the `DataDescribed` whose statistics are to be shown."""

    draw_requested = Signal()
    """The samples are to be shown as the transforms change them another time."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel.data")
        self._document = document
        self._dataset = ""
        self._described: DataDescribed | None = None
        self.options: ArgumentForm | None = None
        self.choice = ChoiceEdit(DATASET, self)
        self.choice.setObjectName("data.dataset")
        self.choice.setAccessibleName("Data set")
        self.choice.set_choices([(spec.title, key) for key, spec in DATASETS.items()])
        self._summary = label("", "dim", self, wrap=True)
        self.preview = DataPreview(self)
        self.match = QPushButton(self)
        self.match.setObjectName("data.match")
        self.match.setProperty("role", "small")
        self.match_data = QPushButton("Match data to input", self)
        self.match_data.setObjectName("data.match_data")
        self.match_data.setProperty("role", "small")
        self._match_note = label("", "dim", self, wrap=True)
        self._match_note.setObjectName("data.match.note")
        self.folder = FolderEdit(document, self)
        self.file = FileButton(document, self)
        self.columns = QPushButton("Columns…", self)
        self.columns.setObjectName("data.columns")
        self.columns.setProperty("role", "small")
        self.columns.setAccessibleName("Choose what the columns are for")
        self.split = ArgumentForm(SPLIT_SPECS, "data", self, titles=SPLIT_TITLES)
        self.transforms = TransformList(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2 * SPACE)
        match = (self.match, self.match_data, self._match_note)
        own_files = (self.file, self.columns, self.folder)
        for widget in (self.choice, self._summary, self.preview, *match, *own_files):
            self._column.addWidget(widget)
        self._column.addWidget(self.split)
        self._column.addWidget(self.transforms)
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        self.choice.committed.connect(self._choose)
        self.split.edited.connect(self._set)
        self.split.reset_wanted.connect(lambda name: self._set(name, getattr(DataConfig(), name)))
        self.folder.edited.connect(lambda folder: self._set("folder", folder))
        self.file.chosen.connect(self._set_file)
        self.columns.clicked.connect(self.columns_requested)
        self.match.clicked.connect(self._match)
        self.match_data.clicked.connect(self._match_data)
        self.preview.download_requested.connect(self.download_requested)
        self.preview.download_cancelled.connect(self.download_cancelled)
        self.preview.draw_requested.connect(self.draw_requested)
        self.preview.statistics.clicked.connect(self.show_statistics)
        self.transforms.edited.connect(self._set_transforms)
        self._document.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show the document's data settings, in place."""
        data = self._document.project.data
        spec = DATASETS.get(data.dataset)
        if data.dataset != self._dataset:
            self._show_dataset(data, spec)
        self.split.show_values({item.name: getattr(data, item.name) for item in SPLIT_SPECS})
        self.split.rows["test_fraction"].set_visible(spec is None or not spec.brings_test)
        self._show_scaling()
        if self.options is not None and spec is not None:
            values: dict[str, Value] = {item.name: item.default for item in spec.options}
            self.options.show_values({**values, **data.options})
            self._show_feature_options()
        self.folder.setVisible(spec is not None and (spec.download or spec.own_files))
        self.folder.show_kind(spec is not None and spec.own_files)
        self.file.setVisible(spec is not None and spec.option("file") is not None)
        self.columns.setVisible(data.dataset == tables.CSV)
        self.columns.setEnabled(bool(data.options.get("file")))
        self.columns.setToolTip(
            "Say which column is the target, which are learned from, and what they hold"
            if self.columns.isEnabled()
            else "Columns: choose the file first."
        )
        self.folder.show_folder(data.folder)
        self.transforms.show_transforms(data.transforms, self._raw_sample())
        self._refresh_match()

    def flush(self) -> None:
        """Commit what was typed and not finished yet."""
        self.split.flush()
        self.transforms.flush()
        self.folder.flush()
        if self.options is not None:
            self.options.flush()

    def show_data(self, described: DataDescribed) -> None:
        """Show what the engine found; an answer about another data set is out of date."""
        if described.dataset != self._document.project.data.dataset:
            return
        self._described = described
        self.preview.show_data(described)
        self._show_scaling()
        self.transforms.show_transforms(self._document.project.data.transforms, self._raw_sample())
        self._refresh_match()

    def show_data_error(self, message: str) -> None:
        """Show why the data set cannot be used."""
        self._described = None
        self._refresh_match()
        self.preview.show_error(message)

    def show_progress(self, progress: Progress) -> None:
        """Show how far a download is."""
        self.preview.show_progress(progress)

    def _show_feature_options(self) -> None:
        """Show of the options of sounds those that mean something to the features that are chosen."""
        data = self._document.project.data
        if data.dataset != sounds.KEY or self.options is None:
            return
        chosen = data.options.get("features", sounds.FEATURES[0])
        for name, features in sounds.FEATURE_OPTIONS.items():
            self.options.rows[name].set_visible(chosen in features)

    def _show_scaling(self) -> None:
        """Offer to scale what is to be predicted where that is a value, or was asked for."""
        described, wanted = self._described, self._document.project.data.target_scaling != "none"
        is_value = described is not None and not described.classes
        self.split.rows["target_scaling"].set_visible(is_value or wanted)

    def _show_dataset(self, data: DataConfig, spec: DatasetSpec | None) -> None:
        self._dataset = data.dataset
        self._described = None
        self.choice.show_value(data.dataset)
        self._summary.setText(spec.summary if spec else f'This version has no data set "{data.dataset}".')
        self.preview.wait()
        if self.options is not None:
            self._column.removeWidget(self.options)
            self.options.hide()
            self.options.deleteLater()
            self.options = None
        if spec is not None and spec.options:
            self.options = ArgumentForm(spec.options, "data.option", self)
            self.options.edited.connect(self._set_option)
            self.options.reset_wanted.connect(self._reset_option)
            self._column.insertWidget(2, self.options)

    # Edits ----------------------------------------------------------------------------------------

    def _choose(self, key: str) -> None:
        """Take another data set; the old one's options mean nothing to it."""
        if key != self._document.project.data.dataset:
            self._edit("Choose data set", dataset=key, options={})

    def _set(self, name: str, value: object) -> None:
        reason = self._edit(f"Set {name}", **{name: value})
        if reason and name in self.split.rows:
            self.split.refuse(name, reason)

    def _set_option(self, name: str, value: object) -> None:
        self._edit(f"Set {name}", options={**self._document.project.data.options, name: value})

    def _set_file(self, folder: str, name: str) -> None:
        options = {**self._document.project.data.options, "file": name}
        self._edit("Choose file", folder=folder, options=options)

    def _reset_option(self, name: str) -> None:
        left = {key: value for key, value in self._document.project.data.options.items() if key != name}
        self._edit(f"Reset {name}", options=left)

    def _set_transforms(self, step: str, transforms: object) -> None:
        reason = self._edit(step, transforms=transforms)
        if reason:
            self.transforms.refuse(reason)

    def _edit(self, step: str, **changes: object) -> str:
        """Change the data settings; return why that cannot be, or an empty string."""
        data = self._document.project.data
        try:
            for name, value in changes.items():
                data = with_setting(data, name, value)
        except ValueError as error:
            return str(error)
        self._document.edit_project(step, lambda project: replace(project, data=data))
        return ""

    def show_statistics(self) -> None:
        """Ask for the statistics of the data, once they are known."""
        spec, described = DATASETS.get(self._document.project.data.dataset), self._described
        if described is not None:
            self.statistics_requested.emit(spec.title if spec is not None else "Data", described)

    # Match ----------------------------------------------------------------------------------------

    def _raw_sample(self) -> Sample | None:
        """Return what one sample is like before the transforms: by the options, or as the engine read it."""
        spec, described = DATASETS.get(self._document.project.data.dataset), self._described
        if spec is not None and spec.sample is None:
            if described is None or not len(described.samples):
                return None
            samples = described.samples
            return Sample(tuple(samples.shape[1:]), described.classes, samples.dtype.name)
        try:
            return sample_of(self._document.project.data)
        except DataError:
            return None

    def _sample(self) -> Sample | None:
        """Return what one sample is like as it comes to the network."""
        raw = self._raw_sample()
        try:
            return sample_after(self._document.project.data.transforms, raw) if raw is not None else None
        except DataError:
            return None

    def _refresh_match(self) -> None:
        sample, graph = self._sample(), self._document.design
        shape = sample.shape if sample is not None else None
        try:
            fits = sample is None or matches(graph, sample.shape, sample.dtype)
            why_not = ""
        except GraphError as error:
            fits, why_not = False, error.message
        self._refresh_match_data()
        self.match.setVisible(not fits)
        self.match.setEnabled(not why_not)
        self.match.setToolTip(why_not or "Set the network's input to the shape of a sample")
        self.match.setText(f"Match input to data ({shape_text(shape)})")
        self._match_note.setText(why_not or "The network's input fits the data.")
        self._match_note.setVisible(bool(why_not) or (fits and shape is not None))

    def _match(self) -> None:
        sample = self._sample()
        if sample is not None:
            self._document.edit_design(
                "Match input to data", lambda graph: match_inputs(graph, sample.shape, sample.dtype)
            )

    def _refresh_match_data(self) -> None:
        """Offer to change the data where their shape is a setting and does not suit the network."""
        data, graph = self._document.project.data, self._document.design
        matched, why_not = data, ""
        if data.dataset == synthetic.KEY:
            try:
                matched = random_samples(graph, data)
            except DataError as error:
                why_not = error.message
        self.match_data.setVisible(bool(why_not) or (matched is not data and not _same_kind(matched, data)))
        self.match_data.setEnabled(not why_not)
        self.match_data.setToolTip(
            why_not or "Give the random samples the shape, the classes and the vocabulary of the network"
        )

    def _match_data(self) -> None:
        data = random_samples(self._document.design, self._document.project.data)
        self._edit("Match data to input", options=data.options, stratify=data.stratify)


def _same_kind(first: DataConfig, second: DataConfig) -> bool:
    """Say whether samples of two settings of a data set are alike, however many there are."""
    try:
        return sample_of(first) == sample_of(second)
    except DataError:
        return False
