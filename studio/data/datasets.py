"""What can be asked about a data set before it is loaded, and fetching it.

Titles, shapes, classes and options stand in `studio.project.datasets`, where the window finds them too.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.data import splits, words
from studio.data.array_file import ARRAY_FILE
from studio.data.audio_folder import AUDIO_FOLDER
from studio.data.bundled import BUNDLED
from studio.data.cifar import CIFAR_SETS
from studio.data.csv_table import CSV_TABLE
from studio.data.curve import CURVE
from studio.data.digits import DIGITS
from studio.data.generated import GENERATED
from studio.data.image_folder import IMAGE_FOLDER
from studio.data.mnist import MNIST_SETS
from studio.data.source import Cancelled, Options, Progress, RawData, Source
from studio.data.svhn import SVHN
from studio.data.synthetic import SYNTHETIC
from studio.data.text_files import RUNNING_TEXT, TEXT_CLASSES
from studio.data.toys import TOYS
from studio.errors import DataError
from studio.project import datasets, grants
from studio.project.config import DataConfig
from studio.project.sample import Sample
from studio.project.transforms import sample_after

SOURCES: dict[str, Source] = {
    "digits": DIGITS,
    **BUNDLED,
    **TOYS,
    "curve": CURVE,
    **GENERATED,
    **MNIST_SETS,
    **CIFAR_SETS,
    "svhn": SVHN,
    "synthetic": SYNTHETIC,
    "csv": CSV_TABLE,
    "image_folder": IMAGE_FOLDER,
    "audio_folder": AUDIO_FOLDER,
    "text_classes": TEXT_CLASSES,
    "text": RUNNING_TEXT,
    "npz": ARRAY_FILE,
}


@dataclass(frozen=True, slots=True)
class DataDescription:
    """What a data set looks like.

    Attributes:
        dataset: Its key.
        title: Its name on screen.
        shape: Shape of one sample once it is transformed: (C, H, W) or (E,).
        classes: Names of the classes.
        counts: Samples in train, validation and test.
        available: False when it has to be downloaded first.
        message: What to tell the person: how to get it, what was left out, or what is missing in a part.
        absent: Which classes a part has no sample of, in words, where files decide; the message has it too.
        tokens: What each whole number stands for, where they are words or characters.
        dtype: ``float32``, or ``int64`` for whole numbers such as tokens.
        vocabulary: Whole numbers lie in [0, vocabulary); 0 for measurements.
    """

    dataset: str
    title: str
    shape: tuple[int, ...]
    classes: tuple[str, ...]
    counts: tuple[int, int, int]
    available: bool = True
    message: str = ""
    dtype: str = "float32"
    vocabulary: int = 0
    absent: str = ""
    tokens: tuple[str, ...] = ()


def data_folder(config: DataConfig, folder: Path | None) -> Path:
    """Return where data lie: the folder that the project names, else the user's cache.

    A person's own files are looked for beside the project where it names no folder.

    Args:
        config: The project's data settings.
        folder: The project file's folder, where a relative data folder starts; None is the working
            directory.

    Raises:
        GrantError: They lie outside the project's folder, and nobody allowed that.
    """
    if not config.folder and not datasets.get(config.dataset).own_files:
        return grants.data_cache()
    home = folder or Path()
    try:
        where = home / Path(config.folder).expanduser()
    except RuntimeError as error:
        raise DataError(
            f'The data folder "{config.folder}" is no folder: {error}', argument="folder"
        ) from error
    grants.refuse_outside(where, (home,), f'The data folder "{config.folder}"')
    return where


def describe(config: DataConfig, folder: Path | None = None) -> DataDescription:
    """Return what a data set looks like, without loading or downloading it.

    Raises:
        DataError: There is no such data set or option, its files are damaged, a transform cannot be done to
            its samples, or a part would be empty.
    """
    spec = datasets.get(config.dataset)
    options = datasets.options_of(config)
    sample = sample_after(config.transforms, sample_of(config, folder))
    source, where = SOURCES[spec.key], data_folder(config, folder)
    message = source.missing(where) if source.missing else ""
    sizes, absent = _parts(source, options, where, config, sample)
    return DataDescription(
        spec.key,
        spec.title,
        sample.shape,
        sample.classes,
        sizes,
        available=not message,
        message=message
        or " ".join(filter(None, (source.note(options, where) if source.note else "", absent))),
        dtype=sample.dtype,
        vocabulary=sample.vocabulary,
        absent=absent,
        tokens=sample.tokens,
    )


def _parts(
    source: Source, options: Options, where: Path, config: DataConfig, sample: Sample
) -> tuple[tuple[int, int, int], str]:
    """Return how many samples each part has, and in words which classes it lacks where the files decide."""
    placing = source.placing(options, where) if source.placing is not None else None
    if placing is not None:
        parts = [placing.targets[rows] for rows in splits.split(placing.targets, 0, config, placing)]
        train, validation, test = map(len, parts)
        return (train, validation, test), "" if sample.next_token else splits.absent(parts, sample.classes)
    count, own_test = source.count(options, where)
    sizes = splits.part_sizes(count, own_test, config)
    splits.refuse_empty(count, sizes, config)
    return sizes, ""


def sample_of(config: DataConfig, folder: Path | None = None) -> Sample:
    """Return what one sample is like, by the options, or by the files where they say it.

    Raises:
        DataError: There is no such data set or option, or its files are missing or damaged.
    """
    options = datasets.options_of(config)
    source = SOURCES[config.dataset]
    if source.sample is None:
        return datasets.sample_of(config)
    where = data_folder(config, folder)
    sample = source.sample(options, where)
    if not source.has_words:
        return sample
    raw = source.load(options, where)
    assert raw.words is not None
    train = splits.split(raw.targets, 0, config, raw.placing)[splits.TRAIN]
    return words.fit(raw.inputs[train], raw.words).sample(sample)


def features_of(config: DataConfig, folder: Path | None = None) -> tuple[str, ...]:
    """Return what the numbers of a row are called; empty if they have no names.

    Raises:
        DataError: There is no such data set or option, or its files are missing or damaged.
    """
    options, source = datasets.options_of(config), SOURCES[config.dataset]
    return source.features(options, data_folder(config, folder)) if source.features is not None else ()


def load(config: DataConfig, folder: Path | None = None) -> RawData:
    """Read or make a data set.

    Raises:
        DataError: There is no such data set or option, or it is missing or damaged.
    """
    options = datasets.options_of(config)
    source, where = SOURCES[config.dataset], data_folder(config, folder)
    message = source.missing(where) if source.missing else ""
    if message:
        raise DataError(message, argument="folder")
    return source.load(options, where)


def fetch(config: DataConfig, folder: Path | None, progress: Progress, cancelled: Cancelled) -> None:
    """Download a data set into its folder, unless it is there or needs no download.

    Raises:
        DataError: It was cancelled, could not be downloaded, or cannot be written.
    """
    datasets.options_of(config)
    source, where = SOURCES[config.dataset], data_folder(config, folder)
    if source.missing is not None and source.fetch is not None and source.missing(where):
        source.fetch(where, progress, cancelled)
