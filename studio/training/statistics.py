"""The global statistics of batch normalizations, found anew after training, by three ways with three names.

``running``: the running average that training kept; nothing is done. ``update_bn``: the mean over
mini-batches of their means and unbiased variances, as torch's `update_bn` finds it; algorithm 2 of Ioffe &
Szegedy 2015.
``final_phase``: layer by layer from the first to the last, the mean and the variance of all training data,
passed through the layers before with the statistics that these were just given; then evaluation of the
training data equals training mode with all of them in one batch.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import torch
from torch import Tensor, fx, nn

from studio.data.samples import Split
from studio.errors import DataError
from studio.runs.batch_statistics import Method as Method
from studio.training.evaluation import num_inputs

Choice: TypeAlias = Literal["kept", "running", "update_bn", "final_phase"]
"""``kept``: those that a checkpoint holds now, which are the running averages until others are kept there."""

Report: TypeAlias = Callable[[float, float, str], None]
Norm: TypeAlias = nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d


def recalibrate(
    module: fx.GraphModule,
    train: Split,
    method: Choice,
    batch_size: int = 256,
    *,
    report: Report = lambda done, total, label: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Give the batch normalizations of a network other statistics, in place; return how many there are.

    Args:
        module: The network; its mode is put back afterwards.
        train: All training data, as the network takes them.
        method: How the statistics are found.
        batch_size: Samples at a time. What ``update_bn`` finds depends on it.
        report: Is told how far it is.
        cancelled: Is asked before every batch.

    Raises:
        DataError: It was cancelled; then the statistics are those of before.
    """
    norms = norms_of(module)
    if method in ("kept", "running") or not norms:
        return len(norms)
    before = {name: value.clone() for name, value in module.state_dict().items()}
    was_training = module.training
    data = _Passes(module, train, batch_size, report, cancelled)
    try:
        with torch.no_grad():
            (_update if method == "update_bn" else _final_phase)(module, norms, data)
    except BaseException:
        module.load_state_dict(before)
        raise
    finally:
        module.train(was_training)
    return len(norms)


@dataclass(frozen=True, slots=True)
class _Passes:
    """Runs all data through a network, batch by batch, until nobody wants it any more."""

    module: fx.GraphModule
    train: Split
    batch_size: int
    report: Report
    cancelled: Callable[[], bool]

    def run(self, number: int, count: int, *, least: int = 1) -> None:
        """Make one pass of several; batches of fewer than `least` samples are left out."""
        total = len(self.train)
        for start in range(0, total, self.batch_size):
            self.report(number * total + start, count * total, f"statistics, pass {number + 1} of {count}")
            if self.cancelled():
                raise DataError("Cancelled.")
            inputs, _ = self.train.span(start, start + self.batch_size)
            if len(inputs) >= least:
                with contextlib.suppress(_Reached):
                    self.module(*(inputs,) * num_inputs(self.module))


def norms_of(module: fx.GraphModule) -> list[Norm]:
    """Return the batch normalizations that keep statistics, in the order in which they are computed."""
    found: list[Norm] = []
    _collect(module, found)
    return found


def _collect(module: nn.Module, found: list[Norm]) -> None:
    if isinstance(module, fx.GraphModule):
        for node in module.graph.nodes:
            if node.op == "call_module":
                _collect(module.get_submodule(str(node.target)), found)
        return
    for inner in module.modules():
        if isinstance(inner, fx.GraphModule) and inner is not module:
            continue
        if not isinstance(inner, nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d):
            continue
        if inner.track_running_stats and inner not in found:
            found.append(inner)


def _update(module: fx.GraphModule, norms: list[Norm], data: _Passes) -> None:
    """Average the statistics of mini-batches in training mode, each batch counting the same."""
    momenta = [norm.momentum for norm in norms]
    module.train()
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain average
    try:
        data.run(0, 1, least=2)
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum


def _final_phase(module: fx.GraphModule, norms: list[Norm], data: _Passes) -> None:
    """Pass all data up to each normalization in turn, and keep their mean and variance there."""
    module.eval()
    for place, norm in enumerate(norms):
        moments = _Moments()
        hook = norm.register_forward_pre_hook(moments.take)
        try:
            data.run(place, len(norms))
        finally:
            hook.remove()
        if moments.count:
            assert norm.running_mean is not None
            assert norm.running_var is not None
            norm.running_mean.copy_(moments.mean)
            norm.running_var.copy_(moments.squares / moments.count)


class _Reached(Exception):  # noqa: N818  # no error: what lies behind the layer need not be computed
    """The layer that is looked at was reached."""


class _Moments:
    """Mean and sum of squared deviations of all that a layer is given, batch by batch, in float64.

    Chan, Golub & LeVeque 1983: the order and the size of the batches does not show.
    """

    def __init__(self) -> None:
        self.count = 0
        self.mean = torch.zeros(())
        self.squares = torch.zeros(())

    def take(self, _norm: nn.Module, given: tuple[Tensor, ...]) -> None:
        """Take in a batch, and end the pass."""
        values = given[0].double()
        values = values.transpose(0, 1).flatten(1)  # (C, N·H·W)
        count, mean = values.shape[1], values.mean(1)
        squares = (values - mean[:, None]).square().sum(1)
        if self.count == 0:
            self.count, self.mean, self.squares = count, mean, squares
        else:
            total, shift = self.count + count, mean - self.mean
            self.squares = self.squares + squares + shift.square() * (self.count * count / total)
            self.mean = self.mean + shift * (count / total)
            self.count = total
        raise _Reached
