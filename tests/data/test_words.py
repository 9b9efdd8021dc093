"""Texts become whole numbers, of a vocabulary that the training part alone decides."""

from __future__ import annotations

import numpy as np
import pytest

from studio.data import words
from studio.data.words import PADDING, UNKNOWN, Words


@pytest.mark.parametrize(
    ("text", "level", "lowercase", "expected"),
    [
        ("It's fine, isn't it?", "word", False, ["It's", "fine", ",", "isn't", "it", "?"]),
        ("Ab b", "character", True, ["a", "b", " ", "b"]),
        ("über 3 Äpfel", "word", True, ["über", "3", "äpfel"]),
        (" \n", "word", False, []),
    ],
)
def test_tokens(text: str, level: str, lowercase: bool, expected: list[str]) -> None:
    assert words.tokens(text, level, lowercase=lowercase) == expected


def test_most_frequent_of_the_training_part_get_numbers_and_the_rest_is_unknown() -> None:
    known = Words(("a", "b", "c", "d"), most=4)
    train = np.array([[4, 4, 2], [PADDING, 3, 3]])  # c c a / _ b b: d is in another part
    found = words.fit(train, known)
    assert found.names == ("padding", "unknown", "b", "c")
    assert found.lookup.tolist() == [PADDING, UNKNOWN, UNKNOWN, 2, 3, UNKNOWN]


def test_only_classes_that_are_words_change_with_the_vocabulary() -> None:
    train = np.array([[3, 3, 2]])
    for are_classes, expected in ((True, [3, 2]), (False, [2, 3])):
        found = words.fit(train, Words(("a", "b"), most=9, are_classes=are_classes))
        assert found.targets(np.array([2, 3])).tolist() == expected


def test_numbers_are_said_as_text() -> None:
    names = ("padding", "unknown", "good", "film")
    assert words.text_of([0, 0, 2, 1, 3], names, level="word") == "good � film"
    assert words.text_of([2, 3], ("padding", "unknown", "a", "b"), level="character") == "ab"
