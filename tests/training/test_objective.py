"""Losses and accuracy by numbers worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import nn

from studio.compiler.lower import LossTerm
from studio.errors import TrainingError
from studio.training.objective import Objective

LABELS = torch.tensor([0, 1, 1])
LOGITS = torch.tensor([[2.0, 0.0], [0.0, 1.0], [3.0, 0.0]])


def term(module: nn.Module, encoding: Any = "index", target: int | None = None, output: int = 0) -> LossTerm:
    return LossTerm("loss", module, output, target, encoding)


def test_cross_entropy_with_indices() -> None:
    objective = Objective([term(nn.CrossEntropyLoss())])
    expected = sum(math.log(1 + math.exp(gap)) for gap in (-2.0, -1.0, 3.0)) / 3
    assert float(objective.loss((LOGITS,), LABELS)) == pytest.approx(expected)
    assert int(objective.correct((LOGITS,), LABELS)) == 2


def test_one_hot_means_the_same_to_cross_entropy_and_counts_the_largest() -> None:
    index, one_hot = (Objective([term(nn.CrossEntropyLoss(), encoding)]) for encoding in ("index", "one_hot"))
    assert float(one_hot.loss((LOGITS,), LABELS)) == pytest.approx(float(index.loss((LOGITS,), LABELS)))
    assert int(one_hot.correct((LOGITS,), LABELS)) == 2


def test_one_hot_targets_of_mse() -> None:
    objective = Objective([term(nn.MSELoss(), "one_hot")])
    # Differences: (1, 0), (0, 0), (3, -1).
    assert float(objective.loss((LOGITS,), LABELS)) == pytest.approx((1 + 9 + 1) / 6)


@pytest.mark.parametrize(
    ("module", "outputs"),
    [
        (nn.BCEWithLogitsLoss(), [[-1.0], [2.0], [-0.5]]),
        (nn.BCELoss(), [[0.3], [0.9], [0.4]]),
    ],
    ids=["logits", "probabilities"],
)
def test_binary_loss_counts_by_its_threshold(module: nn.Module, outputs: list[list[float]]) -> None:
    objective = Objective([term(module, "float")])
    assert int(objective.correct((torch.tensor(outputs),), LABELS)) == 2
    assert objective.loss((torch.tensor(outputs),), LABELS).shape == ()


def test_binary_cross_entropy_by_hand() -> None:
    objective = Objective([term(nn.BCEWithLogitsLoss(), "float")])
    found = objective.loss((torch.tensor([[0.0], [1.0]]),), torch.tensor([0, 1]))
    assert float(found) == pytest.approx((math.log(2) + math.log(1 + math.exp(-1))) / 2)


def test_regression_has_no_accuracy() -> None:
    objective = Objective([term(nn.MSELoss(), "float")])
    values = torch.tensor([[1.0], [3.0]])
    assert objective.correct((values,), values) is None
    assert objective.correct((values,), torch.tensor([0, 1])) is None
    assert float(objective.loss((values,), torch.tensor([[2.0], [3.0]]))) == 0.5


def test_several_losses_are_added_up() -> None:
    objective = Objective([term(nn.CrossEntropyLoss()), term(nn.MSELoss(), "float", target=1)])
    reconstruction = LOGITS + 2.0
    both = objective.loss((LOGITS, reconstruction), LABELS)
    alone = Objective([term(nn.CrossEntropyLoss())]).loss((LOGITS,), LABELS)
    assert float(both) == pytest.approx(float(alone) + 4.0)


def test_autoencoder_compares_outputs_and_has_no_accuracy() -> None:
    objective = Objective([term(nn.MSELoss(), "float", target=1)])
    outputs = (torch.zeros(3, 4), torch.ones(3, 4))
    assert float(objective.loss(outputs, LABELS)) == 1.0
    assert objective.correct(outputs, LABELS) is None


def test_no_loss_raises() -> None:
    with pytest.raises(TrainingError, match="no loss"):
        Objective([])


def test_evaluating_first_does_not_spoil_training() -> None:
    objective = Objective([term(nn.BCEWithLogitsLoss(), "one_hot")])
    with torch.inference_mode():
        objective.loss((LOGITS,), LABELS)
    logits = LOGITS.clone().requires_grad_()
    objective.loss((logits,), LABELS).backward()
    assert logits.grad is not None
