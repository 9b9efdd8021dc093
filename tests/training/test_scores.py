"""Measures against scikit-learn and against NumPy by hand, ties and empty classes included."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn import metrics

from studio.training import scores
from studio.training.evaluating import of_classes


def drawn(num_classes: int = 7, count: int = 300) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(3)
    given = generator.integers(0, 4, (count, num_classes)).astype(np.float32)  # many ties
    return given, generator.integers(0, num_classes - 1, count)  # the last class never comes


@pytest.mark.parametrize("k", [1, 3, 5])
def test_ranks_count_ties_as_a_stable_sort_does(k: int) -> None:
    given, targets = drawn()
    first = np.argsort(-given, axis=1, kind="stable")[:, :k]
    inside = (first == targets[:, None]).any(axis=1)
    assert np.array_equal(scores.ranks(given, targets) < k, inside)


def test_scores_all_alike_are_right_only_about_the_first_class() -> None:
    targets = np.arange(4)
    assert scores.ranks(np.zeros((4, 4)), targets).tolist() == [0, 1, 2, 3]


def test_interval_of_a_rate() -> None:
    rate = scores.rate_of(30, 1000)
    assert rate.value == 0.03
    assert rate.margin == pytest.approx(1.96 * math.sqrt(0.03 * 0.97 / 1000), rel=1e-12)
    assert scores.rate_of(1, 100).low == 0.0
    assert scores.rate_of(99, 100).high == 1.0


def test_interval_covers_the_truth_about_95_times_in_100() -> None:
    found = [scores.rate_of(int(n), 1000) for n in np.random.default_rng(0).binomial(1000, 0.1, 5000)]
    covered = np.mean([rate.low <= 0.1 <= rate.high for rate in found])
    assert covered == pytest.approx(0.95, abs=0.01)


def test_confusion_and_class_scores_equal_sklearn() -> None:
    given, targets = drawn()
    predicted = given.argmax(axis=1)
    counts = scores.confusion(predicted, targets, 7)
    assert np.array_equal(counts, metrics.confusion_matrix(targets, predicted, labels=range(7)))
    found = scores.class_scores(predicted, targets, 7)
    expected = metrics.precision_recall_fscore_support(
        targets, predicted, labels=range(7), zero_division=np.nan
    )
    for ours, theirs in zip((found.precision, found.recall, found.f1, found.support), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    assert math.isnan(found.recall[6])


@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_regression_equals_sklearn_in_batches(offset: float) -> None:
    generator = np.random.default_rng(1)
    truth = generator.normal(size=(100, 3)) + offset
    output = truth + generator.normal(size=(100, 3))
    sums = scores.RegressionSums()
    for start in range(0, 100, 30):
        sums.add(output[start : start + 30], truth[start : start + 30])
    found = sums.scores()
    assert found.mse == pytest.approx(metrics.mean_squared_error(truth, output), rel=1e-9)
    assert found.mae == pytest.approx(metrics.mean_absolute_error(truth, output), rel=1e-9)
    assert found.r2 == pytest.approx(metrics.r2_score(truth.ravel(), output.ravel()), rel=1e-6)


def test_r2_of_a_truth_that_never_varies_has_no_meaning() -> None:
    sums = scores.RegressionSums()
    sums.add(np.ones((3, 1)), np.zeros((3, 1)))
    assert math.isnan(sums.scores().r2)


def test_measures_equal_torchmetrics() -> None:
    measures = pytest.importorskip("torchmetrics.functional")
    given, targets = drawn()
    given = given + np.random.default_rng(5).random(given.shape).astype(np.float32) / 10  # no ties
    predicted, places = given.argmax(axis=1), scores.ranks(given, targets)
    tensors = torch.from_numpy(given), torch.from_numpy(targets)
    for k in (1, 5):
        accuracy = measures.classification.multiclass_accuracy(
            *tensors, num_classes=7, top_k=k, average="micro"
        )
        assert float((places < k).mean()) == pytest.approx(float(accuracy), abs=1e-6)
    counts = scores.confusion(predicted, targets, 7)
    theirs = measures.classification.multiclass_confusion_matrix(*tensors, num_classes=7)
    assert np.array_equal(counts, theirs.numpy())
    f1 = measures.classification.multiclass_f1_score(*tensors, num_classes=7, average=None)
    np.testing.assert_allclose(
        np.nan_to_num(scores.class_scores(predicted, targets, 7).f1), f1.numpy(), atol=1e-6
    )
    sums = scores.RegressionSums()
    sums.add(given[:, :1], given[:, 1:2])
    found, pair = sums.scores(), (tensors[0][:, 0], tensors[0][:, 1])
    assert found.mse == pytest.approx(float(measures.mean_squared_error(*pair)), rel=1e-5)
    assert found.mae == pytest.approx(float(measures.mean_absolute_error(*pair)), rel=1e-5)
    assert found.r2 == pytest.approx(float(measures.r2_score(*pair)), rel=1e-4)


def test_of_thousands_of_classes_all_but_the_matrix_is_measured() -> None:
    """The matrix of 30,000 classes alone would take 7 GB, and the link carries 64 MB at once."""
    classes = tuple(f"c{number}" for number in range(30_000))
    truth = torch.tensor([29_999, 5, 5])
    given = torch.zeros(3, len(classes))
    given[0, 29_999] = given[1, 5] = given[2, 6] = 1.0
    found = of_classes("test", 0.5, given, truth, classes)
    assert found.confusion is None
    assert found.per_class is not None
    assert (found.per_class.precision[5], found.per_class.recall[5], found.per_class.support[5]) == (
        1,
        0.5,
        2,
    )
    data = found.to_data()
    assert "confusion" not in data
    assert data["classes"][5]["recall"] == 0.5
