"""Texts of the person's own, from the command line: keywords are learned, and letters are foretold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

GOOD, BAD = ("good", "great", "lovely"), ("bad", "awful", "dull")
FILLERS = ("the", "film", "was", "and", "plot", "a", "day", "we", "saw", "it")


@pytest.fixture
def sentiment(studio: Callable, tmp_path: Path) -> Path:
    generator = np.random.default_rng(0)
    lines = ["text,mood"]
    for row in range(120):
        words = list(generator.choice(FILLERS, 7))
        words[int(generator.integers(7))] = str(generator.choice(GOOD if row % 2 else BAD))
        lines.append(f'"{" ".join(words)}",{"positive" if row % 2 else "negative"}')
    (tmp_path / "moods.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    sets = ("data.dataset=text_classes", "data.options.file=moods.csv", "data.options.length=8")
    chosen = [
        word for setting in (*sets, "embedding_dim=16", "hidden_size=32") for word in ("--set", setting)
    ]
    made = studio("new", "lstm_classifier", "-o", tmp_path / "moods.flow", *chosen)
    assert made.code == 0, made.err
    return tmp_path / "moods.flow"


def train(studio: Callable, file: Path, epochs: int) -> dict[str, Any]:
    assert studio("check", file).code == 0
    settings = ("device=cpu", "batch_size=16", "optimizer=adam", "lr=0.01", "patience=0")
    how = [word for setting in settings for word in ("--set", f"training.{setting}")]
    trained = studio("train", file, "--epochs", epochs, "--json", *how)
    assert trained.code == 0, trained.err
    return trained.json


def test_keywords_are_learned_and_new_texts_are_told(studio: Callable, sentiment: Path) -> None:
    train(studio, sentiment, 30)
    found = studio("evaluate", sentiment, "--split", "train", "--json")
    assert (found.json["samples"], found.json["top1_error"]["value"]) == (84, 0.0)
    told = studio(
        "predict", sentiment, "the day we saw a great plot", "it was the awful plot and film", "--json"
    )
    assert told.code == 0, told.err
    assert [one["label"] for one in told.json["predictions"]] == ["positive", "negative"]


def test_text_from_a_file_is_told(studio: Callable, sentiment: Path) -> None:
    train(studio, sentiment, 30)
    path = sentiment.with_name("new.txt")
    path.write_text("it was and the lovely film day\n", encoding="utf-8")
    assert studio("predict", sentiment, path, "--json").json["predictions"][0]["label"] == "positive"
    assert "has no word or character" in studio("predict", sentiment, " ").err


def test_letters_that_follow_each_other_are_learned(studio: Callable, tmp_path: Path) -> None:
    (tmp_path / "abc.txt").write_text("the quick brown fox jumps. " * 60, encoding="utf-8")
    sets = ("data.dataset=text", "data.options.file=abc.txt", "data.options.length=17", "hidden_size=32")
    chosen = [word for setting in sets for word in ("--set", setting)]
    file = tmp_path / "abc.flow"
    made = studio("new", "char_rnn", "-o", file, *chosen)
    assert made.code == 0, made.err
    best = train(studio, file, 15)["best"]
    assert best["val_loss"] < 0.5  # ln 26 = 3.3 where nothing is known
