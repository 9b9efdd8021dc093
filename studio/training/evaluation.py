"""Loss and accuracy over a part of the data, in evaluation mode."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, fx

from studio.compiler.lower import LossTerm
from studio.data.prepare import Split
from studio.training.objective import Objective
from studio.training.precision import Precision
from studio.training.sharding import is_sharded


def num_inputs(module: fx.GraphModule) -> int:
    """Return how many tensors a network takes; each is given the same batch."""
    return sum(node.op == "placeholder" for node in module.graph.nodes)


def evaluate(
    module: fx.GraphModule,
    losses: Sequence[LossTerm] | Objective,
    split: Split,
    batch_size: int,
    precision: Precision | None = None,
) -> tuple[float, float]:
    """Return loss and accuracy over a part of the data; the module's mode is put back afterwards.

    The loss counts what is always active: no auxiliary head, and no regularizer. It is the mean over
    samples, by the weights of their classes if they have any; one that adds up its batch
    (``reduction="sum"``) is the mean over batches, as in training. The accuracy is NaN if the network is no
    classifier, and both are NaN on an empty part.

    Args:
        module: The network, on the split's device.
        losses: As compiled, on the same device.
        split: The part, shaped as the network takes it.
        batch_size: Samples at a time; changes nothing but memory and time.
        precision: How the network is run; float32 if not given.
    """
    objective = losses if isinstance(losses, Objective) else Objective(losses)
    copies, count = num_inputs(module), len(split)
    if count == 0:
        return math.nan, math.nan
    run = (precision or Precision("float32", split.targets.device)).run
    was_training = module.training
    module.eval()
    values: list[Tensor] = []
    masses: list[Tensor | float] = []
    corrects: list[Tensor] = []
    try:
        # Weights that are fetched from other processes must be good for training afterwards.
        with torch.no_grad() if is_sharded(module) else torch.inference_mode():
            for start in range(0, count, batch_size):
                inputs, targets = split.span(start, start + batch_size)
                outputs = run(module, (inputs,) * copies)
                mean = objective.loss(outputs, targets, training=False)
                values.append(mean * (mass := objective.mass(targets)))
                masses.append(mass)
                correct = objective.correct(outputs, targets)
                if correct is not None:
                    corrects.append(correct)
    finally:
        module.train(was_training)
    # The device is asked once, at the end; not every device knows float64.
    loss = float(torch.stack(values).cpu().double().sum()) / float(sum(masses))
    return loss, float(torch.stack(corrects).sum()) / count if corrects else math.nan
