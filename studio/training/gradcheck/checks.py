"""The gradient check of a project: the whole network through its loss, or each layer by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, fx

from studio.compiler.inline import inline
from studio.project.project import Project
from studio.training.gradcheck.alone import check_alone
from studio.training.gradcheck.differences import TensorCheck, compare, number_of
from studio.training.gradcheck.work import INPUT, NodeCheck, Progress, Work, as_leaf
from studio.training.objective import Objective, as_tuple
from studio.training.plain import plain_session


@dataclass(frozen=True, slots=True)
class GradientCheck:
    """What a gradient check found.

    Attributes:
        nodes: In the order of computation.
        samples: Of the data that were run.
        alone: Every layer was checked by itself rather than through the loss.
    """

    nodes: tuple[NodeCheck, ...]
    samples: int
    alone: bool

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong."""
        return all(node.is_right for node in self.nodes)


def check_gradients(
    project: Project,
    folder: Path | None = None,
    *,
    node: str = "",
    alone: bool = False,
    weights: Mapping[str, Tensor] | None = None,
    samples: int = 4,
    coordinates: int = 20,
    report: Progress = lambda done, total, label: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> GradientCheck:
    """Check the gradients of a project's network in float64 on some samples of its data.

    Args:
        project: Design, data and settings; it runs on the CPU whatever they say.
        folder: The project file's folder.
        node: Dotted name of the one node to check by itself; empty: all.
        alone: Check each layer by itself: what is wrong is found where it is.
        weights: A `state_dict`; those that training starts from if not given.
        samples: Run at once.
        coordinates: Compared of each tensor at most.
        report: Is told how far it is.
        cancelled: Is asked before each comparison.

    Raises:
        StudioError: The project cannot be trained, or was cancelled.
        ProbeError: There is no such node.
    """
    with torch.random.fork_rng(devices=[]):
        session = plain_session(project, folder)
        if weights is not None:
            session.module.load_state_dict(dict(weights))
        rows = torch.arange(min(samples, len(session.train)))
        inputs, targets = session.looked_at(rows), session.train.targets.index_select(0, rows)
        return check_module(
            session.module,
            session.objective,
            (inputs,) * session.num_inputs,
            targets,
            node=node,
            alone=alone or bool(node),
            extra=session.regularizer.value if session.regularizer else None,
            coordinates=coordinates,
            report=report,
            cancelled=cancelled,
        )


def check_module(
    module: fx.GraphModule,
    objective: Objective,
    inputs: tuple[Tensor, ...],
    targets: Tensor,
    *,
    node: str = "",
    alone: bool = False,
    extra: Callable[[], Tensor] | None = None,
    coordinates: int = 20,
    seed: int = 0,
    report: Progress = lambda done, total, label: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> GradientCheck:
    """Check the gradients of a compiled network, which is turned to float64 for good.

    Args:
        module: In training mode; random layers draw the same numbers each time.
        objective: Its loss.
        inputs: Of the network, (N, *) each.
        targets: (N, ...)
        node: Dotted name of the one node to check by itself.
        alone: Check each layer by itself.
        extra: What is added to the loss.
        coordinates: Compared of each tensor at most.
        seed: Of random layers and the choice of coordinates.
        report: Is told how far it is.
        cancelled: Is asked before each comparison.
    """
    module.double()
    for term in objective.losses:
        term.module.double()
    shared = _as_double(inputs[0])
    work = Work(module, coordinates, seed, report, cancelled)
    if alone or node:
        checks = check_alone(work, (shared,) * len(inputs), node)
    else:
        loss = _Loss(work, objective, (shared,) * len(inputs), _as_double(targets), extra)
        checks = _through_loss(work, loss)
    return GradientCheck(tuple(checks), len(targets), alone or bool(node))


@dataclass(frozen=True, slots=True)
class _Loss:
    """The loss of a network on some samples, the same each time.

    Attributes:
        extra: What is added to it.
    """

    work: Work
    objective: Objective
    inputs: tuple[Tensor, ...]
    targets: Tensor
    extra: Callable[[], Tensor] | None

    def __call__(self) -> Tensor:
        self.work.begin()
        value = self.objective.loss(as_tuple(self.work.module(*self.inputs)), self.targets)
        return value if self.extra is None else value + self.extra()


def _through_loss(work: Work, loss: _Loss) -> list[NodeCheck]:
    """Check all parameters, and the input, by the loss of the whole network."""
    tensors = {name: as_leaf(one) for name, one in work.module.named_parameters() if one.requires_grad}
    if loss.inputs[0].is_floating_point():
        tensors = {INPUT: loss.inputs[0].requires_grad_(True), **tensors}
    work.total, work.label = number_of(tensors, work.coordinates), "the whole network"
    found = compare(loss, tensors, coordinates=work.coordinates, seed=work.seed, report=work.tell)
    return _by_node(found, work.module)


def _by_node(found: Sequence[TensorCheck], module: fx.GraphModule) -> list[NodeCheck]:
    """Return tensors under the nodes that they belong to, in the order of computation."""
    by_node: dict[str, list[TensorCheck]] = {}
    for one in found:
        owner = "" if one.name == INPUT else one.name.rpartition(".")[0]
        by_node.setdefault(owner, []).append(one)
    order = {str(node.meta.get("node", "")): place for place, node in enumerate(inline(module).graph.nodes)}
    names = sorted(by_node, key=lambda name: order.get(name, len(order)) if name else -1)
    return [NodeCheck(name, tuple(by_node[name])) for name in names]


def _as_double(value: Tensor) -> Tensor:
    return value.detach().double().contiguous() if value.is_floating_point() else value
