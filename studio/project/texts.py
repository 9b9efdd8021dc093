"""Texts of the person's own: the options of the two data sets. No data, and no NumPy."""

from __future__ import annotations

from studio.catalog.spec import ArgSpec
from studio.project import tables

CLASSES = "text_classes"
CLASSES_TITLE = "Texts with classes"
CLASSES_SUMMARY = (
    "Texts of your own, each with its class: a CSV or Parquet file with a column of texts, or a folder of "
    ".txt files for each class. The network gets the numbers of their words or characters."
)

NEXT = "text"
NEXT_TITLE = "Running text"
NEXT_SUMMARY = (
    "Pieces of a text file of your own, as numbers of their characters or words. The class of a piece is "
    "what comes after it; the character RNN takes the piece itself, moved by one, as its target."
)

SPECIAL = ("padding", "unknown")
"""What the first numbers stand for: nothing at all, and whatever the training part does not have."""

_WHERE = {option.name: option for option in tables.OPTIONS}


def _level(default: str) -> ArgSpec:
    return ArgSpec(
        "level",
        "choice",
        default,
        "What has a number of its own: word (with marks such as . and ! by themselves) or character.",
        choices=("word", "character"),
    )


def _length(default: int) -> ArgSpec:
    return ArgSpec("length", "int", default, "Words or characters of a sample.", minimum=1, maximum=100_000)


_COMMON = (
    ArgSpec("lowercase", "bool", False, "Capital letters count as small ones."),
    ArgSpec(
        "max_vocabulary",
        "int",
        10_000,
        "Different numbers at most, padding (0) and unknown (1) among them: the most frequent words or "
        "characters of the training part get one each.",
        minimum=3,
        maximum=10_000_000,
    ),
)

CLASSES_OPTIONS = (
    ArgSpec(
        "file",
        "text",
        "",
        "Name of the table in the folder, such as reviews.csv; empty: the folder has one of .txt files for "
        "each class, and folders called train, val and test may stand around those.",
    ),
    ArgSpec("text", "text", "", "Name of the column with the texts; empty is the first one."),
    ArgSpec("target", "text", "", "Name of the column with the classes; empty is the last one."),
    _level("word"),
    _length(64),
    *_COMMON,
    ArgSpec(
        "padding_side",
        "choice",
        "left",
        "Where short texts are filled up; left: the last word stands at the end. Long ones lose their end.",
        choices=("left", "right"),
    ),
    _WHERE["header"],
    _WHERE["delimiter"],
)

NEXT_OPTIONS = (
    ArgSpec("file", "text", "", "Name of the text file in the folder, such as shakespeare.txt; UTF-8."),
    _level("character"),
    _length(33),
    ArgSpec(
        "step",
        "int",
        0,
        "From the start of a piece to that of the next; 0 is length, so that none overlap.",
        minimum=0,
        maximum=100_000,
    ),
    *_COMMON,
)
