"""What is minimised, and what counts as right: a compiled network's losses against the data's targets."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from studio.compiler.lower import LossTerm
from studio.errors import TrainingError
from studio.training import class_weights

THRESHOLDS: dict[type[nn.Module], float] = {
    nn.BCEWithLogitsLoss: 0.0,
    nn.BCELoss: 0.5,
    nn.MultiLabelSoftMarginLoss: 0.0,
}
"""Above this, an output of a loss for yes and no means yes."""


class Objective:
    """The weighted sum of a network's losses, and its accuracy where it is a classifier.

    Losses of auxiliary heads count in training only. The first other loss that is compared with the data
    set's target says how accuracy is counted: the largest of several outputs is the class (targets as index
    or one-hot); a single output of a binary cross-entropy means yes above its threshold; everything else
    has no accuracy.

    Args:
        losses: As compiled.
        class_counts: Samples of each class in the training part, (C,), whose balanced weights the losses of
            classes take; None: they stay as they are.

    Raises:
        TrainingError: There are none.
    """

    def __init__(self, losses: Sequence[LossTerm], class_counts: Tensor | None = None) -> None:
        if not losses:
            raise TrainingError("The network has no loss, so there is nothing to minimise. Add one.")
        self.losses = tuple(losses)
        always = [term for term in losses if not term.training_only]
        self._judge = next((term for term in always if term.target is None), None)
        self._eye: Tensor | None = None
        self._counts = class_counts
        self._weighed: dict[str, nn.Module] = {}

    def to(self, device: torch.device) -> Objective:
        """Move what the losses keep to a device, and return this."""
        for term in self.losses:
            term.module.to(device)
        return self

    def loss(self, outputs: tuple[Tensor, ...], targets: Tensor, *, training: bool = True) -> Tensor:
        """Return the weighted sum of the losses over a batch; in evaluation, of those that are always active.

        Shape:
            outputs: what the network gives, each (N, *)
            targets: (N,) int64 classes, or (N, 1) float32 values
            returns: ()

        Raises:
            TrainingError: No loss is active in evaluation.
        """
        total: Tensor | None = None
        for term in self.losses:
            if term.training_only and not training:
                continue
            output = outputs[term.output]
            wanted = self._encode(term, output, targets) if term.target is None else outputs[term.target]
            value = self._module(term, output)(output, wanted)
            if term.weight != 1.0:
                value = value * term.weight
            total = value if total is None else total + value
        if total is None:
            raise _nothing_to_judge_by()
        return total

    def mass(self, targets: Tensor) -> Tensor | float:
        """Return by how much the mean loss over a batch counts in the mean over several.

        It is the number of samples, but where classes have weights: torch divides by the sum of those.

        Shape:
            targets: (N,) int64 classes, or (N, 1) float32 values
        """
        term = next((term for term in self.losses if not term.training_only), None)
        if term is None or term.target is not None or term.encoding != "index":
            return len(targets)
        module = self._weighed.get(term.name, term.module)
        if not isinstance(module, (nn.CrossEntropyLoss, nn.NLLLoss)) or module.weight is None:
            return len(targets)
        return module.weight.index_select(0, targets).sum() if module.reduction == "mean" else len(targets)

    def _module(self, term: LossTerm, output: Tensor) -> nn.Module:
        """Return what computes a loss: the module, or a copy with the classes' weights."""
        if self._counts is None:
            return term.module
        if term.name not in self._weighed:
            self._weighed[term.name] = class_weights.weigh(term, self._counts, output)
        return self._weighed[term.name]

    def correct(self, outputs: tuple[Tensor, ...], targets: Tensor) -> Tensor | None:
        """Return how many samples of a batch are classified correctly, or None if that has no meaning.

        Shape:
            outputs: what the network gives, each (N, *)
            targets: (N,)
            returns: ()
        """
        scores = self.judged(outputs, targets)
        return None if scores is None else self.hits(scores, targets).sum()

    def judged(self, outputs: tuple[Tensor, ...], targets: Tensor) -> Tensor | None:
        """Return the output that tells which class is taken, or None if the network is no classifier.

        Shape:
            outputs: what the network gives, each (N, *)
            targets: (N,)
            returns: (N, C); (N, 1) for yes and no
        """
        term = self._judge
        if term is None or targets.is_floating_point():
            return None
        scores = outputs[term.output].detach()
        if scores.dim() != 2:
            return None
        if term.encoding in ("index", "one_hot") and scores.shape[1] > 1:
            return scores
        return scores if type(term.module) in THRESHOLDS and scores.shape[1] == 1 else None

    def hits(self, scores: Tensor, targets: Tensor) -> Tensor:
        """Return which samples are classified correctly.

        Shape:
            scores: (N, C), as `judged` gives them
            targets: (N,)
            returns: (N,) bool
        """
        if scores.shape[1] > 1:
            return scores.argmax(1) == targets
        assert self._judge is not None
        return (scores[:, 0] > THRESHOLDS[type(self._judge.module)]) == (targets > 0)

    def class_scores(self, outputs: tuple[Tensor, ...], targets: Tensor) -> Tensor | None:
        """Return a score of each class, the largest at the class that `correct` takes; None if no classifier.

        A single output for yes and no is compared with its threshold: it scores yes, the threshold no.

        Shape:
            outputs: what the network gives, each (N, *)
            targets: (N,)
            returns: (N, C)
        """
        scores = self.judged(outputs, targets)
        if scores is None or scores.shape[1] > 1:
            return scores
        assert self._judge is not None
        threshold = THRESHOLDS[type(self._judge.module)]
        return torch.cat([torch.full_like(scores, threshold), scores], dim=1)

    def probabilities(self, outputs: tuple[Tensor, ...], targets: Tensor) -> Tensor | None:
        """Return the probability of each class, the largest where `class_scores` is; None if no classifier.

        Outputs that are probabilities already are taken as they are; of all others it is the softmax, which
        for a single output against 0 is its sigmoid.

        Shape:
            outputs: what the network gives, each (N, *)
            targets: (N,)
            returns: (N, C) float64, each row adds up to 1
        """
        scores = self.class_scores(outputs, targets)
        if scores is None:
            return None
        assert self._judge is not None
        given = outputs[self._judge.output].detach().cpu().double()
        if given.shape[1] == 1 and isinstance(self._judge.module, nn.BCELoss):
            return torch.cat([1 - given, given], dim=1)
        total = given.sum(1, keepdim=True)
        if bool((given >= 0).all()) and bool(((total - 1).abs() < 1e-5).all()):
            return given / total
        return scores.cpu().double().softmax(1)

    @property
    def compares_with_data(self) -> bool:
        """Whether what `compared` gives is the data set's target, and not an output of the network."""
        return self._judge is not None

    def compared(self, outputs: tuple[Tensor, ...], targets: Tensor) -> tuple[Tensor, Tensor]:
        """Return what the first loss that is always active compares: an output, and what it should be.

        Shape:
            outputs: what the network gives, each (N, *)
            targets: (N,) int64 classes, or (N, 1) float32 values
            returns: (N, *) and what its loss takes

        Raises:
            TrainingError: No loss is active in evaluation.
        """
        term = self._judge or next((term for term in self.losses if not term.training_only), None)
        if term is None:
            raise _nothing_to_judge_by()
        output = outputs[term.output]
        return output, self._encode(term, output, targets) if term.target is None else outputs[term.target]

    def _encode(self, term: LossTerm, output: Tensor, targets: Tensor) -> Tensor:
        """Return the targets in the form that a loss compares with."""
        if targets.is_floating_point() or term.encoding == "index":
            return targets
        if term.encoding == "float":
            return targets.to(output.dtype).unsqueeze(1)
        width = output.shape[1]
        if self._eye is None or self._eye.shape[0] != width or self._eye.device != output.device:
            self._eye = torch.eye(width, dtype=output.dtype, device=output.device)
        return self._eye.index_select(0, targets)


def as_tuple(outputs: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Return what a network gave as a tuple, whether it has one output or several."""
    return outputs if isinstance(outputs, tuple) else (outputs,)


def _nothing_to_judge_by() -> TrainingError:
    return TrainingError(
        "Every loss is active in training only, so there is nothing to judge the network by in evaluation. "
        "Set active of one loss to always."
    )
