"""Weights of classes in the losses that know them: a rare class counts as much as a frequent one.

They are what a person could write into ``weight`` of the loss by hand, and mean the same: as in torch, they
hold wherever the loss is computed, in evaluation too.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from studio.compiler.lower import LossTerm
from studio.compiler.objective import CLASS_LOSSES
from studio.graph.graph import Graph
from studio.graph.problems import Problem
from studio.project.config import TrainingConfig

WEIGHTED = (nn.CrossEntropyLoss, nn.NLLLoss, nn.MultiMarginLoss)
"""Losses with a weight for each class."""


def counts(config: TrainingConfig, targets: Tensor) -> Tensor | None:
    """Return how often each class is in the training part; None if the settings ask for no weights.

    Shape:
        targets: (N,) int64, or (N, 1) float32 values
        returns: (C,)
    """
    if config.class_weights == "none" or targets.is_floating_point():
        return None
    return torch.bincount(targets.cpu())


def balanced(counts: Tensor, num_classes: int) -> Tensor:
    """Return the weight of each class, n / (k · count) for n samples of k classes.

    Shape:
        counts: (K,), of at most so many classes; one without samples is taken for one with a single sample
        returns: (num_classes,) float32

    Reference:
        sklearn.utils.class_weight.compute_class_weight("balanced", …).
    """
    padded = torch.zeros(num_classes, dtype=torch.float64)
    padded[: len(counts)] = counts[:num_classes].double()
    return (padded.sum() / ((padded > 0).sum() * padded.clamp_min(1.0))).float()


def weigh(term: LossTerm, counts: Tensor, scores: Tensor) -> nn.Module:
    """Return the loss of a term with balanced weights; as it is, if it is none of classes of the data.

    Shape:
        counts: (K,)
        scores: (N, C, *)
    """
    if not takes_weights(term):
        return term.module
    # It may be in evaluation that the loss is asked for first: what is made there cannot be trained with.
    with torch.inference_mode(False):
        module = copy.deepcopy(term.module)
        module.weight = balanced(counts, scores.shape[1]).to(scores.device)
    return module


def takes_weights(term: LossTerm) -> bool:
    """Say whether a loss compares scores with the classes of the data, and has no weights of its own."""
    return term.target is None and isinstance(term.module, WEIGHTED) and term.module.weight is None


def weight_problems(graph: Graph, config: TrainingConfig, num_classes: int) -> list[Problem]:
    """Return an error for weights of classes that nothing takes.

    Args:
        graph: The network.
        config: The settings.
        num_classes: Of the data; 0 for values.
    """
    if config.class_weights == "none":
        return []
    losses = [node for node in graph.ordered() if node.kind in CLASS_LOSSES]
    own = next((node for node in losses if node.arguments.get("weight") is not None), None)
    if not num_classes:
        message, advice = "class_weights needs classes, and the data set gives values.", "Set"
    elif own is not None:
        message = f'class_weights is balanced, and {own.kind} "{own.name}" has weights of its own.'
        advice = f'Clear weight of "{own.name}", or set'
    elif not losses:
        message = "class_weights is balanced, and the network has no loss with a weight for each class."
        advice = f"Use {', '.join(CLASS_LOSSES[:-1])} or {CLASS_LOSSES[-1]}, or set"
    else:
        return []
    return [
        Problem(
            "error",
            "class-weights",
            message,
            own.id if own is not None and num_classes else "",
            argument="class_weights",
            suggestion=f"{advice} class_weights to none.",
        )
    ]
