"""Data sets read from a person's own table: the options, and what they mean. No data, and no NumPy."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path, PurePosixPath, PureWindowsPath

from studio.catalog.spec import ArgSpec
from studio.errors import DataError, nearest
from studio.project import grants

CSV = "csv"
TITLE = "Table (CSV, Parquet)"
SUMMARY = (
    "Rows of a CSV or Parquet file of your own. Columns of numbers stay numbers, and words become one column "
    "for each."
)
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}

OPTIONS = (
    ArgSpec("file", "text", "", "Name of the file in the folder, such as flowers.csv or flowers.parquet."),
    ArgSpec(
        "test_file",
        "text",
        "",
        "Name of a second file with the same columns whose rows are for testing, and no others are.",
    ),
    ArgSpec("target", "text", "", "Name of the column to predict; empty is the last one."),
    ArgSpec(
        "features",
        "text",
        "",
        "Columns to learn from, separated by commas; -Name leaves one out. Empty takes all others.",
    ),
    ArgSpec("words", "text", "", "Columns of numbers that are names of something, such as a post code."),
    ArgSpec(
        "numbers",
        "text",
        "",
        "Columns of numbers, whatever else stands in them: what is no number counts as missing.",
    ),
    ArgSpec(
        "task",
        "choice",
        "auto",
        "classes: the target is one of several. value: it is a number. auto: classes where it is text, or at "
        "most 20 different whole numbers.",
        choices=("auto", "classes", "value"),
    ),
    ArgSpec(
        "encoding",
        "choice",
        "one_hot",
        "one_hot: a column of 0 and 1 for each word. ordinal: one column with the word's place in the "
        "alphabet. codes: the same as whole numbers for an Embedding, each column's after those of the one "
        "before; all features must be words.",
        choices=("one_hot", "ordinal", "codes"),
    ),
    ArgSpec(
        "missing",
        "choice",
        "error",
        "Empty fields of the features. error: say where. drop: leave the row out. mean, median: that, and "
        "the most frequent word. most_frequent: always that. category: a word of its own, and for numbers "
        "the mean and a column that says 1. What is filled in is taken from the training part alone.",
        choices=("error", "drop", "mean", "median", "most_frequent", "category"),
    ),
    ArgSpec(
        "group",
        "text",
        "",
        "Column whose equal fields stay together, such as a patient: no group is in two parts.",
    ),
    ArgSpec("part", "text", "", "Column that says train, val or test of each row; empty: the seed decides."),
    ArgSpec(
        "header",
        "choice",
        "auto",
        "Whether the first line names the columns; without, they are column 1, column 2 …",
        choices=("auto", "yes", "no"),
    ),
    ArgSpec("delimiter", "choice", "auto", "What stands between two fields.", choices=("auto", *DELIMITERS)),
)


def checked_file(name: str, what: str, option: str = "file") -> str:
    """Return a file's name if it lies in the data folder, on any machine.

    Raises:
        DataError: It is empty, absolute, or leaves the folder.
    """
    if not name.strip():
        raise DataError(f"Choose the {what}: set the option {option} to its name.", argument=option)
    path, windows = PurePosixPath(name), PureWindowsPath(name)
    if path.is_absolute() or windows.drive or windows.root or "\\" in name or ".." in path.parts:
        raise DataError(
            f'The option {option} is "{name}". A project must open on any machine, so it has to be a name '
            "in the data folder, with / between folders. Set folder to where it lies.",
            argument=option,
        )
    return name


def data_file(folder: Path, name: str, what: str, option: str = "file") -> Path:
    """Return the path of a file that an option names.

    Args:
        folder: The data folder.
        name: What the option says.
        what: The file is, for messages.
        option: The option's name.

    Raises:
        DataError: No name, one that leaves the folder, or a link that leads to where nobody allowed to read.
    """
    return grants.regular_file(folder / checked_file(name, what, option), folder)


def column_list(text: str) -> list[str]:
    """Return the names in an option: ``a, "b, c"`` are two."""
    rows = list(csv.reader([text], skipinitialspace=True))
    return [name.strip() for row in rows for name in row if name.strip()]


def chosen(text: str, names: Iterable[str], option: str) -> list[str]:
    """Return which columns an option means: those it names, or all without those with a minus.

    Raises:
        DataError: There is no such column.
    """
    names, wanted = list(names), column_list(text)
    for word in wanted:
        name = word if word in names else word.removeprefix("-")
        if name not in names:
            raise unknown_column(name, names, option)
    kept = [word for word in wanted if word in names]
    dropped = {word.removeprefix("-") for word in wanted if word not in names}
    return [name for name in (kept or names) if name not in dropped]


def unknown_column(name: str, names: Iterable[str], option: str) -> DataError:
    """Return the error of a column that is not there, with the nearest name."""
    names = list(names)
    listed = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
    return DataError(
        f'{option}: there is no column "{name}"{nearest(name, names) or "."} There are {listed}.',
        argument=option,
    )
