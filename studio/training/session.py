"""All that a run works with, made from a project in the order that fixes its random numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, fx, nn

from studio.compiler import initial_weights, lower
from studio.compiler.lsuv import scale_to_unit_variance
from studio.compiler.types import TensorType
from studio.data.fingerprint import Fingerprint
from studio.data.prepare import PreparedData, Split, prepare
from studio.data.transforms.pipeline import Augment
from studio.errors import DataError, ProjectError, TrainingError
from studio.project.config import TrainingConfig
from studio.project.project import Project
from studio.training import class_weights, fit, numerics, optimizers, sharding
from studio.training.averaging import WeightAverage
from studio.training.evaluation import num_inputs
from studio.training.field import Field, field_of
from studio.training.objective import Objective
from studio.training.precision import Precision
from studio.training.regularizer import Regularizer
from studio.training.schedules import Schedule, total_steps

_BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


@dataclass(frozen=True, slots=True)
class Session:
    """A network, its data, and what joins them, on one device.

    Attributes:
        module: In training mode.
        num_inputs: How many tensors the module takes; each is the same batch.
        train: Shaped as the network takes it; with `augment`, as it is before that.
        validation: Shaped as the network takes it.
        image: Shape of the data's images, (C, H, W); empty for rows.
        average: The average of the weights over the steps, if the settings ask for one.
        batches: Steps of one epoch.
        used: Samples of one epoch; fewer than there are when the last batch is left out.
        left_out: Why, in words, which weights start fresh beside initial ones, and which classes a part of
            the data lacks; empty: nothing to say.
        precision: How the network is run.
        augment: What is done to each batch of training; None: nothing.
        fingerprint: What tells whether the data changed; None: nobody asks.
        is_sharded: The weights lie in parts on several processes.
        area: The range of the data, where a network's surface can be drawn; None: it cannot.
        classes: Names of the data's classes; empty for values.
    """

    config: TrainingConfig
    device: torch.device
    module: fx.GraphModule
    objective: Objective
    regularizer: Regularizer
    optimizer: torch.optim.Optimizer
    average: WeightAverage | None
    num_inputs: int
    train: Split
    validation: Split
    image: tuple[int, ...]
    batches: int
    used: int
    left_out: str
    augment: Augment | None = None
    precision: Precision = field(default_factory=lambda: Precision("float32", torch.device("cpu")))
    fingerprint: Fingerprint | None = None
    is_sharded: bool = False
    area: Field | None = None
    classes: tuple[str, ...] = ()

    @property
    def total_steps(self) -> int:
        """Steps of the whole run."""
        return total_steps(self.config, self.batches)

    @property
    def schedule(self) -> Schedule:
        """The learning rate over the run."""
        return Schedule(self.config, self.batches)

    def order(self, epoch: int) -> tuple[Tensor, ...]:
        """Return the samples of each step of an epoch: a shuffle that seed and epoch fix.

        Shape:
            returns: `batches` of (N,) int64
        """
        generator = torch.Generator(self.device)
        generator.manual_seed(self.config.seed * 2**20 + epoch)
        order = torch.randperm(len(self.train), generator=generator, device=self.device)
        return torch.split(order[: self.used], self.config.batch_size * self.config.accumulate)

    def looked_at(self, rows: Tensor) -> Tensor:
        """Return samples of the training part as the network would see them in evaluation.

        Shape:
            rows: (N,) int64
            returns: (N, *)
        """
        inputs, _ = self.train.take(rows)
        return inputs if self.augment is None else self.fitted(self.augment.evaluated(inputs))

    def fitted(self, inputs: Tensor) -> Tensor:
        """Return transformed samples in the shape the network takes."""
        return inputs.reshape(len(inputs), *self.validation.inputs.shape[1:])

    def weights(self) -> dict[str, Tensor]:
        """Return copies of all parameters and buffers, by the names a person would write.

        They are the average over the steps where the settings ask for that.
        """
        if self.average is None:
            return self._copies()
        with self.average.in_place():
            return self._copies()

    def _copies(self) -> dict[str, Tensor]:
        return {name: sharding.whole(value).detach().clone() for name, value in self.state().items()}

    def state(self) -> dict[str, Tensor]:
        """Return the parameters and buffers themselves, by name."""
        return dict(self.module.state_dict())


def prepare_session(
    project: Project,
    folder: Path | None,
    device: torch.device,
    *,
    is_new: bool = True,
    fingerprint: bool = False,
    is_shared: bool = False,
) -> Session:
    """Load the data, and build the network under the project's seed.

    The caller's random numbers are drawn: keep them with `torch.random.fork_rng`.

    Args:
        project: What is trained.
        folder: The project file's folder.
        device: Where to.
        is_new: The weights are those that training starts from: the project's initial weights as they are,
            or fresh ones, of which layers that ask for it are scaled on the first batch. A run that goes on
            brings its own weights.
        fingerprint: Take one of the data, for a run that is kept.
        is_shared: Several processes train the network; it is split over them if the settings say so.

    Raises:
        DataError: The data are missing or do not fit the network.
        CompileError: The network has errors.
        TrainingError: There is no loss, nothing to train on, or the initial weights do not fit.
    """
    config = project.training
    _refuse_without_loss(project)
    numerics.refuse(config, device)
    data = prepare(
        project.data, folder, device, augment=True, data_on=config.data_on, fingerprint=fingerprint
    )
    torch.manual_seed(config.seed)
    network = lower.build(project.graph)
    started_from = _start_from(config, network.module, folder) if is_new else ""
    is_sharded = is_shared and config.parallel == "fsdp"
    module = _placed(network, config, device, is_sharded=is_sharded)
    wanted = fit.input_sample(project.graph)
    validation = shaped(data.validation, wanted, data)
    train = shaped(data.train, wanted, data) if data.augment is None else data.train
    used, left_out = _plan(len(train), config, module, processes=_processes(is_shared))
    session = Session(
        config,
        device,
        module,
        objective=Objective(network.losses, class_weights.counts(config, train.targets)).to(device),
        regularizer=Regularizer(module, network.penalties),
        optimizer=optimizers.make(config, module, device, network.rates),
        average=WeightAverage(module, config.ema_decay) if config.ema_decay else None,
        num_inputs=num_inputs(module),
        train=train,
        validation=validation,
        image=data.shape if len(data.shape) == 3 and train.dtype.is_floating_point else (),
        batches=math.ceil(used / (config.batch_size * config.accumulate)),
        used=used,
        left_out=" ".join(filter(None, (started_from, left_out, data.absent))),
        augment=data.augment,
        precision=Precision(config.precision, device),
        fingerprint=data.fingerprint,
        is_sharded=is_sharded,
        area=None if is_sharded else field_of(data, train, validation),
        classes=tuple(data.classes),
    )
    if is_new and network.lsuv and not config.initial_weights:
        first = session.looked_at(session.order(1)[0][: config.batch_size])
        scale_to_unit_variance(module, network.lsuv, (first,) * session.num_inputs)
    return session


def _placed(
    network: lower.Network, config: TrainingConfig, device: torch.device, *, is_sharded: bool
) -> fx.GraphModule:
    """Return a network in training mode where it is trained, whole or in parts.

    Raises:
        TrainingError: It cannot be split, or has nothing to learn.
    """
    module = network.module.train()
    if is_sharded:
        sharding.refuse_shards(config, module, network.lsuv)
        sharding.shard(module, device)
    else:
        module = module.to(device)
    if config.channels_last:
        numerics.to_channels_last(module)
    if not any(parameter.requires_grad for parameter in module.parameters()):
        raise _nothing_to_learn(module)
    return module


def _start_from(config: TrainingConfig, module: nn.Module, folder: Path | None) -> str:
    """Give a network the project's initial weights, if it has any, and return what stays fresh, in words."""
    if not config.initial_weights:
        return ""
    try:
        return initial_weights.fill(module, config.initial_weights, folder, config.weights_match)
    except ProjectError as error:
        raise TrainingError(error.message, argument="initial_weights") from error


def _nothing_to_learn(module: nn.Module) -> TrainingError:
    """Return the error for a network without a weight that training may change."""
    if any(True for _ in module.parameters()):
        return TrainingError(
            "Every layer of the network is frozen, so there is nothing to train. Unfreeze one."
        )
    return TrainingError("No layer of the network has anything to learn. Add one that does, such as Linear.")


def _refuse_without_loss(project: Project) -> None:
    problems = fit.no_loss(project.graph)
    if problems:
        raise TrainingError(f"{problems[0].message} {problems[0].suggestion}", node_id=problems[0].node)


def shaped(part: Split, wanted: TensorType | None, data: PreparedData) -> Split:
    """Return a part of the data in the shape the network takes: images are flattened for a vector.

    Raises:
        DataError: The network takes samples of another kind or shape.
    """
    found = str(part.dtype).removeprefix("torch.")
    if wanted is not None and wanted.dtype != found:
        raise DataError(
            f"The network takes samples of {wanted.dtype}, and {data.dataset} has {found}. Change the input "
            "layer, or take other data."
        )
    shape = wanted.shape if wanted is not None else None
    if shape == data.shape:
        return part
    if shape is None or shape != (math.prod(data.shape),):
        raise DataError(
            f"The network takes samples of shape {shape}, and {data.dataset} has {data.shape}. Change the "
            "input layer, or take other data."
        )
    return part.reshaped(shape)


def _processes(is_shared: bool) -> int:
    """Return how many processes share each batch."""
    return torch.distributed.get_world_size() if is_shared else 1


def _plan(count: int, config: TrainingConfig, module: nn.Module, *, processes: int = 1) -> tuple[int, str]:
    """Return how many samples an epoch uses, and why some are left out."""
    size = config.batch_size
    rest = count % size
    if rest and config.drop_last:
        if count < size:
            raise TrainingError(
                f"A batch of {size} is more than the {count} training samples, and drop_last leaves out the "
                "incomplete batch. Lower batch_size, or set drop_last to false.",
                argument="batch_size",
            )
        return count - rest, ""
    # A batch of one has no variance: torch refuses it in a BatchNorm in training.
    norms = (layer for layer in module.modules() if isinstance(layer, _BATCH_NORMS))
    if 0 < rest < 2 * processes and count > rest and any(norm.training for norm in norms):
        where = "hold a single sample" if processes == 1 else "leave a process a single sample or none"
        return count - rest, (
            f"The last batch of an epoch would {where}, which batch normalization cannot take: "
            f"each epoch uses {count - rest} of {count} samples, another choice each time."
        )
    return count, ""
