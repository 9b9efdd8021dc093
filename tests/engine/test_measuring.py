"""Learning rates and evaluations as the engine gives them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from studio import zoo
from studio.engine.answers import carry_out
from studio.engine.link import decode, encode
from studio.engine.measuring import _as_shown, ablate_run, evaluate_run, find_lr, predict_file
from studio.engine.records import (
    AblateRun,
    EvaluateRun,
    FindLr,
    KeepStatistics,
    PredictFile,
    StatisticsKept,
)
from studio.errors import DataError, RunError
from studio.project.format import from_data
from studio.training.run import Run, train
from tests.helpers.talk import design


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return train(from_data(design(epochs=3)), runs_folder=tmp_path / "x.runs", name="mine")


def ask(run: Run, **fields: Any) -> EvaluateRun:
    return EvaluateRun(1, run.name, str(run.folder.parent), **fields)


def test_numbers_are_those_of_the_run(run: Run) -> None:
    seen: list[float] = []
    found = evaluate_run(ask(run), lambda done, total, _: seen.append(done / total), lambda: False)
    expected = run.evaluate()
    assert expected.confusion is not None
    assert np.array_equal(found.confusion, expected.confusion)
    assert found.scores["loss"] == expected.loss
    wrong = 1 - np.trace(found.confusion) / found.confusion.sum()
    assert found.scores["top1_error"]["value"] == pytest.approx(wrong)
    assert seen[0] == 0.0


def test_worst_and_best_samples_come_as_pictures(run: Run) -> None:
    found = evaluate_run(ask(run, part="test"), lambda *_: None, lambda: False)
    assert found.samples.shape[1:] == (1, 8, 8)
    assert found.num_worst == 8
    worst, best = slice(0, 8), slice(8, 16)
    assert (found.truth[best] == found.predicted[best]).all()
    assert (found.truth[worst] != found.predicted[worst]).any()
    assert found.sure[best].min() > 0.9


def test_it_can_be_cancelled(run: Run) -> None:
    with pytest.raises(DataError, match="Cancelled"):
        evaluate_run(ask(run), lambda *_: None, lambda: True)


def test_a_run_that_is_not_there_says_so(run: Run) -> None:
    with pytest.raises(RunError, match="ghost"):
        evaluate_run(EvaluateRun(1, "ghost", str(run.folder.parent)), lambda *_: None, lambda: False)


@pytest.mark.parametrize("method", ["halving", "range"])
def test_learning_rates_are_looked_for(method: Any) -> None:
    found = find_lr(FindLr(1, design(), method), lambda *_: None, lambda: False)
    assert 1e-5 < found.lr <= 10.0
    assert len(found.lrs) == len(found.losses) == len(found.smoothed)
    if method == "halving":
        assert found.smoothed.tolist() == [1.0] * (len(found.lrs) - 1) + [0.0]


def test_a_picture_is_predicted_as_the_run_does(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "seven.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (30, 30), np.uint8)).save(path)
    found = predict_file(PredictFile(1, run.name, str(run.folder.parent), str(path)))
    assert found.predictions == {"samples": [run.predict(path)[0].to_data()]}
    assert len(found.predictions["samples"][0]["top"]) == 5


def test_every_row_of_a_csv_file_is_predicted(run: Run, tmp_path: Path) -> None:
    rows, path = np.random.default_rng(0).random((3, 64)).round(4), tmp_path / "rows.CSV"
    names = ",".join(f"pixel {k}" for k in range(64))
    path.write_text("\n".join([names, *(",".join(map(str, row)) for row in rows)]))
    found = predict_file(PredictFile(1, run.name, str(run.folder.parent), str(path)))
    assert found.predictions["samples"] == [one.to_data() for one in run.predict(*rows)]


def test_a_file_that_is_none_of_these_says_so(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("hello")
    with pytest.raises(DataError, match="no picture of a known kind"):
        predict_file(PredictFile(1, run.name, str(run.folder.parent), str(path)))


def test_an_ablation_is_that_of_the_run_and_crosses_the_link(run: Run) -> None:
    seen: list[str] = []
    request = AblateRun(4, run.name, str(run.folder.parent), (("relu1",), ("fc1", "fc2")))
    found = ablate_run(request, lambda _done, _total, label: seen.append(label), lambda: False)
    assert str(decode(encode(found))) == str(found)  # NaN is not equal to itself
    expected = run.ablate([("relu1",)])
    assert [one.error for one in found.variants[:2]] == [one.error for one in expected.variants]
    assert seen == ["as trained", 'without "relu1"', 'without "fc1" and "fc2"']


def test_statistics_are_kept_with_the_run_as_python_keeps_them(tmp_path: Path) -> None:
    project = from_data(design(epochs=1))
    graph = zoo.build("mlp", input_shape=(1, 8, 8), hidden=(8,), batch_norm=True)
    run = train(replace(project, graph=graph), runs_folder=tmp_path / "x.runs", name="mine")
    wanted = run.evaluate(statistics="final_phase").loss
    request = KeepStatistics(1, "mine", str(tmp_path / "x.runs"), "final_phase")
    found = carry_out(request, lambda *_: None, lambda: False)
    assert isinstance(found, StatisticsKept)
    assert found.words.startswith("best: the statistics of 1 batch normalization were replaced")
    assert run.evaluate().loss == wanted


def test_statistics_of_a_network_without_normalization_say_so(run: Run) -> None:
    request = KeepStatistics(1, "mine", str(run.folder.parent), "update_bn")
    with pytest.raises(RunError, match="no batch normalization"):
        carry_out(request, lambda *_: None, lambda: False)


def test_sounds_are_shown_with_low_frequencies_below(run: Run) -> None:
    plain = evaluate_run(ask(run), lambda *_: None, lambda: False).samples
    project = run.project()
    sound = replace(project, data=project.data.model_copy(update={"dataset": "audio_folder"}))
    assert np.array_equal(_as_shown(plain, sound), plain[:, :, ::-1])
    assert _as_shown(plain[:, 0, 0], project).shape == (0,)
