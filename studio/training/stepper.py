"""One step of training: batches forward and backward, the gradient made fit, the optimizer's move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from studio.data.transforms.step import Batch
from studio.errors import TrainingError
from studio.training.averaging import WeightAverage
from studio.training.batches import batches_of
from studio.training.distributed import Team
from studio.training.kfac import KFAC
from studio.training.numerics import Network, is_recorded, network_for_steps
from studio.training.recording import Recorder
from studio.training.session import Session
from studio.training.stepped import Stepped


class Stepper:
    """Takes the steps of a session.

    Args:
        session: What is trained.
        team: The processes that train it together; None if this one is alone.
    """

    def __init__(self, session: Session, team: Team | None = None) -> None:
        config = session.config
        self._session = session
        self._team = team
        self._batches = batches_of(session.train)
        self._parameters = [value for value in session.module.parameters() if value.requires_grad]
        self._clips = config.max_grad_norm > 0.0 or config.clip_value > 0.0
        self._looks_again = isinstance(session.optimizer, torch.optim.LBFGS)
        self._kfac = session.optimizer if isinstance(session.optimizer, KFAC) else None
        self._step = 0
        self._precision = session.precision
        is_alone = team is None
        # Several processes bring the form of the network that joins their gradients.
        self._network: Network = network_for_steps(config, session.module) if is_alone else session.module
        records = is_recorded(config, session.device, is_shared=not is_alone)
        self._recorder = Recorder(self._parameters, session.device) if records else None
        self._trouble = ""
        self._turns = config.channels_last and session.validation.inputs.dim() == 4
        self.batch: tuple[Tensor, ...] = ()
        """Inputs of the batch under way, for whoever has to explain why it failed."""

    @property
    def average(self) -> WeightAverage | None:
        """The average of the weights, if the settings ask for one."""
        return self._session.average

    def begin(self, order: Sequence[Tensor]) -> None:
        """Say which steps come, so that their batches can be prepared.

        Shape:
            order: of (N,) int64, samples of each step
        """
        size = self._session.config.batch_size
        parts = (part for rows in order for part in torch.split(rows, size))
        self._batches.begin(parts if self._team is None else (self._team.share(part)[0] for part in parts))

    def close(self) -> None:
        """Prepare no more batches."""
        self._batches.close()

    def take(self, network: nn.Module, rows: Tensor, step: int) -> Stepped:
        """Take one step of the optimizer.

        Args:
            network: The session's module, or one that shares its weights and is looked into.
            rows: (N,) int64, samples of the step; more than a batch are taken one batch after another.
            step: Steps done before: what random transforms are drawn by.
        """
        self._step = step
        if self._team is not None:
            self._team.draw(self._session.config.seed, step)
        optimizer = self._session.optimizer
        if self._looks_again:
            found: list[Stepped] = []

            def closure() -> Tensor:
                found.append(self._gradient(network, rows))
                return found[-1].loss

            optimizer.step(closure)  # type: ignore[arg-type]
            stepped = found[0]
        else:
            stepped = self._gradient(network, rows)
            self._precision.step(optimizer)
        if self._session.average is not None:
            self._session.average.update()
        return stepped

    def _gradient(self, network: nn.Module, rows: Tensor) -> Stepped:
        """Fill in the gradient of the mean loss over some samples."""
        session = self._session
        if self._recorder is None:
            session.optimizer.zero_grad()
        else:
            self._recorder.zero(session.optimizer)
        size = session.config.batch_size
        if len(rows) <= size:
            stepped = self._backward(network, rows, 1.0)
        else:
            stepped = _joined(
                [
                    self._backward(network, part, len(part) / len(rows), place)
                    for place, part in enumerate(torch.split(rows, size))
                ]
            )
        if self._team is not None:
            stepped = self._team.joined(stepped, self._hits(stepped.scores, stepped.targets))
        if session.regularizer:
            stepped.penalty = session.regularizer.value()
            self._precision.backward(stepped.penalty)
            stepped.penalty = stepped.penalty.detach()
            stepped.loss = stepped.loss + stepped.penalty
        if self._clips:
            self._precision.unscale(session.optimizer)
            self._clip()
        return stepped

    def _backward(self, network: nn.Module, rows: Tensor, share: float, part: int = 0) -> Stepped:
        """Add a batch's part of the gradient.

        Args:
            share: Of the step's samples that are in this batch.
            part: Which batch of the step it is.
        """
        session = self._session
        if self._team is not None:
            rows, factor = self._team.share(rows)
            share *= factor
            part = self._team.place(part)
        inputs, targets = self._batches.take(rows)
        mixed = None
        if session.augment is not None:
            mixed = session.augment(inputs, session.config.seed, self._step, part)
            inputs = session.fitted(mixed.inputs)
        if self._turns:
            inputs = inputs.contiguous(memory_format=torch.channels_last)
        self.batch = (inputs,) * session.num_inputs
        if self._kfac is not None:
            self._kfac.listen(share)
        # A network that is looked into is run as it is.
        is_own = network is session.module
        runs = self._network if is_own else network
        if self._recorder is None:
            return self._passes(runs, share, mixed, inputs, targets)
        counted = partial(self._counted, runs, share, mixed)
        if not is_own or (mixed is not None and mixed.partners is not None):
            return counted(inputs, targets)
        try:
            return self._recorder.take(share, inputs, targets, counted)
        except TrainingError as error:
            return self._without_recording(error, partial(counted, inputs, targets))

    def take_trouble(self) -> str:
        """Return, once, why steps are taken otherwise than the settings say; empty if they are not."""
        trouble, self._trouble = self._trouble, ""
        return trouble

    def _without_recording(self, error: TrainingError, passes: Callable[[], Stepped]) -> Stepped:
        """Take a batch as it is, and all that come, since the network cannot be recorded.

        Raises:
            TrainingError: That fails, too.
        """
        try:
            stepped = passes()
        except torch.OutOfMemoryError:
            raise
        except RuntimeError:
            raise error from None
        self._recorder = None
        self._trouble = f"{error.message} This run goes on with steps that are not recorded."
        return stepped

    def _passes(
        self, runs: Network, share: float, mixed: Batch | None, inputs: Tensor, targets: Tensor
    ) -> Stepped:
        """Go forward and backward through the network with a batch."""
        session = self._session
        outputs = self._precision.run(runs, (inputs,) * session.num_inputs)
        if mixed is None or mixed.partners is None:
            loss = session.objective.loss(outputs, targets)
        else:
            loss, targets = self._mixed_loss(outputs, targets, mixed)
        if share != 1.0:
            loss = loss * share
        if self._kfac is not None:
            _look(self._kfac, outputs, loss)
        self._precision.backward(loss)
        return Stepped(loss.detach(), None, session.objective.judged(outputs, targets), targets)

    def _counted(
        self, runs: Network, share: float, mixed: Batch | None, inputs: Tensor, targets: Tensor
    ) -> Stepped:
        """Do the same, and count at once what was classified correctly."""
        stepped = self._passes(runs, share, mixed, inputs, targets)
        stepped.hits, stepped.scores = self._hits(stepped.scores, stepped.targets), None
        return stepped

    def _hits(self, scores: Tensor | None, targets: Tensor) -> Tensor | None:
        """Return how many samples were classified correctly."""
        return None if scores is None else self._session.objective.hits(scores, targets).sum()

    def _mixed_loss(
        self, outputs: tuple[Tensor, ...], targets: Tensor, mixed: Batch
    ) -> tuple[Tensor, Tensor]:
        """Return the loss against both targets by their shares, and the targets with the larger share.

        The accuracy counts those. A cross-entropy is linear in its target, so that this is its value for the
        mixed probabilities; any other loss is mixed instead of its target.
        """
        assert mixed.partners is not None
        others = targets.index_select(0, mixed.partners)
        own = self._session.objective.loss(outputs, targets)
        loss = torch.lerp(self._session.objective.loss(outputs, others), own, mixed.share)
        return loss, targets if mixed.share >= 0.5 else others

    def _clip(self) -> None:
        """Make the gradient no larger than the settings allow, without asking the device how large it is."""
        config = self._session.config
        if config.clip_value > 0.0:
            nn.utils.clip_grad_value_(self._parameters, config.clip_value)
        if config.max_grad_norm > 0.0:
            nn.utils.clip_grad_norm_(self._parameters, config.max_grad_norm)


def _look(optimizer: KFAC, outputs: tuple[Tensor, ...], loss: Tensor) -> None:
    """Let K-FAC look at the curvature.

    Raises:
        TrainingError: There is none that it could take.
    """
    try:
        optimizer.observe(outputs, loss)
    except ValueError as error:
        raise TrainingError(str(error), argument="optimizer") from error


def _joined(parts: list[Stepped]) -> Stepped:
    """Return the parts of a step as one."""
    scores = [part.scores for part in parts if part.scores is not None]
    hits = [part.hits for part in parts if part.hits is not None]
    return Stepped(
        torch.stack([part.loss for part in parts]).sum(),
        None,
        torch.cat(scores) if scores else None,
        torch.cat([part.targets for part in parts]),
        torch.stack(hits).sum() if hits else None,
    )
