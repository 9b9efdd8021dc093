"""How a network is trained: every setting of a run."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from studio.project.setting_types import Config, Device, Pair, Steps, WeightsFile

Optimizer: TypeAlias = Literal["sgd", "adam", "adamw", "nadam", "rmsprop", "adagrad", "muon", "kfac", "lbfgs"]
Schedule: TypeAlias = Literal[
    "constant", "step", "multistep", "plateau", "cosine", "exponential", "one_cycle"
]
PrecisionName: TypeAlias = Literal["float32", "bf16", "fp16"]
ClassWeights: TypeAlias = Literal["none", "balanced"]
DataOn: TypeAlias = Literal["auto", "device", "host"]
Parallel: TypeAlias = Literal["ddp", "fsdp"]


def _as_switch(value: object) -> object:
    """Return true and false, which the setting was before it knew ``auto``, as it is written now."""
    return ("on" if value else "off") if isinstance(value, bool) else value


CudaGraphs: TypeAlias = Annotated[Literal["auto", "on", "off"], BeforeValidator(_as_switch)]


class TrainingConfig(Config):
    """How the network is trained.

    Attributes:
        optimizer: torch's, in small letters. ``muon`` is for the matrices of hidden layers; AdamW takes all
            else, at the same learning rate. ``kfac`` is ours: for Linear and Conv2d; all else takes sgd's
            steps.
        lr: Learning rate.
        momentum: Of sgd, rmsprop, muon and kfac; 0 is plain gradient descent.
        dampening: SGD's. As much as the momentum's share makes it the exponential average of the gradients,
            ``v = β v + (1 - β) g``.
        nesterov: Of sgd and muon.
        betas: Decay rates of the two moments, of adam, adamw and nadam.
        alpha: RMSprop's memory of the gradient's square.
        eps: Added to what is divided by, of adam, adamw, nadam and rmsprop.
        damping: K-FAC's: added to the curvature; the larger, the more a step is the gradient's.
        update_interval: K-FAC's: steps between two looks at the curvature.
        kl_clip: K-FAC's: bound on a step's size as the curvature measures it; 0: none.
        max_iter: L-BFGS's: how often it may look at a batch in one step.
        weight_decay: torch's weight_decay: adds ``weight_decay · w`` to the gradient; adamw and muon take
            ``lr · weight_decay · w`` off the weight instead.
        decay_bias: Weight decay pulls biases and the weights of normalizations, too.
        max_grad_norm: The gradient of all weights together is scaled down to this norm; 0: never.
        clip_value: Each number of the gradient is cut off at this size, either side; 0: never.
        accumulate: Batches whose mean gradient makes one step.
        ema_decay: Share of the average of the weights that stays at each step; validation and the kept
            weights are the average's. 0: no average.
        schedule: How the learning rate goes on: torch's schedulers. ``exponential`` falls by `total_factor`
            over the whole run.
        schedule_by: What moves the schedule: every epoch, or every step.
        step_size: Of step: epochs or steps between two changes.
        milestones: Of multistep: the epochs or steps after which it changes.
        gamma: What the learning rate is multiplied with, of step, multistep and plateau.
        plateau_patience: Of plateau: epochs without a lower validation loss that are waited for.
        total_factor: Of exponential: the learning rate at the start over the one at the end.
        min_lr: Lowest learning rate of cosine and plateau.
        pct_start: Of one_cycle: share of the run in which the learning rate rises.
        warmup_steps: Steps in which the learning rate rises in a line to what the schedule says.
        class_weights: ``balanced``: samples of a class count by n / (k · count) in losses of classes, for n
            samples of k classes in the training part; in validation and evaluation, too, as torch's losses
            with a weight do. ``none``: all alike, or as the loss itself says.
        batch_size: Samples of one batch.
        epochs: Passes over the training data.
        max_steps: Ends the run after as many steps; 0: does not.
        max_minutes: Ends the run after as long; 0: does not.
        target_accuracy: Ends the run once the validation accuracy is as high; 0: does not.
        target_loss: Ends the run once the validation loss is as low; 0: does not.
        patience: Ends the run once as many epochs brought no lower validation loss, and puts the weights of
            the best epoch back; 0: trains on, and leaves the last weights.
        seed: Fixes the initial weights, the order of the samples and the dropout masks.
        device: ``auto`` takes CUDA, then MPS, then the CPU.
        drop_last: Leave out an incomplete last batch.
        data_on: Where the data lie: on the device, or in the host's main memory, from where batches are
            prepared ahead of the step. ``auto`` takes the device if they fit.
        precision: ``bf16`` and ``fp16`` compute layers in 16 bits where torch.autocast says so; weights,
            losses and the optimizer stay in float32.
        channels_last: Pictures and the weights of convolutions lie pixel by pixel, all channels together.
        compile: The network of a step is compiled (`torch.compile`); steps that are looked into are not.
        cuda_graphs: Forward and backward pass are recorded as a CUDA graph and replayed, which is how a small
            network keeps a GPU busy; steps that are looked into are not, nor those of mixed samples. ``auto``
            does so on CUDA wherever network and settings can be recorded, and says it of those that cannot.
        deterministic: Nothing but algorithms that give the same bits each time, for this run.
        checkpointing: Outputs of layers are computed again in the backward pass rather than kept: less
            memory, more time, the same gradients.
        parallel: What several processes, started by torchrun, hold: ``ddp`` the network each, ``fsdp`` a part
            of it each, for one that fits on no device. One process alone holds it all.
        checkpoint_steps: A checkpoint after every so many steps, too; 0: none.
        checkpoint_minutes: A checkpoint within an epoch once the last one is so old; 0: none.
        checkpoint_epochs: A checkpoint after every so many epochs, however short they are; 0: after each that
            ends more than a second after the last checkpoint, and a hundred times as long as that took.
        keep_last: How many of the last checkpoints' weights stay; 1: those of the last alone.
        initial_weights: A ``.safetensors`` file, relative to the project file's folder, that a new run starts
            from; its names and shapes must be the network's. Empty draws fresh weights by the seed.
        weights_match: ``all``: nothing in that file may differ from the network. ``matching``: what has the
            same name and shape is taken; all else of the network stays fresh, which a new last layer needs.
    """

    optimizer: Optimizer = "sgd"
    lr: float = Field(default=0.05, gt=0.0, le=1e6)
    momentum: float = Field(default=0.9, ge=0.0, lt=1.0)
    dampening: float = Field(default=0.0, ge=0.0, lt=1.0)
    nesterov: bool = False
    betas: Pair = (0.9, 0.999)
    alpha: float = Field(default=0.99, ge=0.0, lt=1.0)
    eps: float = Field(default=1e-8, gt=0.0, le=1.0)
    damping: float = Field(default=1e-3, gt=0.0, le=1e6)
    update_interval: int = Field(default=10, ge=1, le=1_000_000)
    kl_clip: float = Field(default=1e-3, ge=0.0, le=1e6)
    max_iter: int = Field(default=20, ge=1, le=10_000)
    weight_decay: float = Field(default=0.0, ge=0.0, le=1e6)
    decay_bias: bool = True
    max_grad_norm: float = Field(default=0.0, ge=0.0, le=1e9)
    clip_value: float = Field(default=0.0, ge=0.0, le=1e9)
    accumulate: int = Field(default=1, ge=1, le=1_000_000)
    ema_decay: float = Field(default=0.0, ge=0.0, lt=1.0)
    schedule: Schedule = "constant"
    schedule_by: Literal["epoch", "step"] = "epoch"
    step_size: int = Field(default=10, ge=1, le=1_000_000_000)
    milestones: Steps = (10, 15)
    gamma: float = Field(default=0.1, gt=0.0, le=1.0)
    plateau_patience: int = Field(default=5, ge=0, le=1_000_000)
    total_factor: float = Field(default=100.0, ge=1.0, le=1e12)
    min_lr: float = Field(default=0.0, ge=0.0, le=1e6)
    pct_start: float = Field(default=0.3, gt=0.0, lt=1.0)
    warmup_steps: int = Field(default=0, ge=0, le=1_000_000_000)
    class_weights: ClassWeights = "none"
    batch_size: int = Field(default=64, ge=1, le=1_000_000)
    epochs: int = Field(default=20, ge=1, le=1_000_000)
    max_steps: int = Field(default=0, ge=0, le=1_000_000_000_000)
    max_minutes: float = Field(default=0.0, ge=0.0, le=1e7)
    target_accuracy: float = Field(default=0.0, ge=0.0, le=1.0)
    target_loss: float = Field(default=0.0, ge=0.0, le=1e9)
    patience: int = Field(default=10, ge=0, le=1_000_000)
    seed: int = Field(default=0, ge=0, lt=2**32)
    device: Device = "auto"
    drop_last: bool = False
    data_on: DataOn = "auto"
    precision: PrecisionName = "float32"
    channels_last: bool = False
    compile: bool = False
    cuda_graphs: CudaGraphs = "auto"
    deterministic: bool = False
    checkpointing: bool = False
    parallel: Parallel = "ddp"
    checkpoint_steps: int = Field(default=0, ge=0, le=1_000_000_000)
    checkpoint_minutes: float = Field(default=0.5, ge=0.0, le=1e6)
    checkpoint_epochs: int = Field(default=0, ge=0, le=1_000_000)
    keep_last: int = Field(default=1, ge=1, le=10_000)
    initial_weights: WeightsFile = ""
    weights_match: Literal["all", "matching"] = "all"

    @model_validator(mode="after")
    def _known_to_torch(self) -> TrainingConfig:
        if self.nesterov and self.momentum == 0.0:
            raise ValueError("nesterov needs a momentum above 0")
        if self.nesterov and self.dampening and self.optimizer == "sgd":
            raise ValueError("nesterov needs a dampening of 0")
        if not all(0.0 <= beta < 1.0 for beta in self.betas):
            raise ValueError("betas must lie in [0, 1)")
        if list(self.milestones) != sorted(set(self.milestones)) or any(one < 1 for one in self.milestones):
            raise ValueError("milestones must be whole numbers from 1 on, each larger than the one before")
        if self.optimizer == "lbfgs" and self.weight_decay:
            raise ValueError(
                "weight_decay must be 0 with lbfgs, which has none; set l2 on the layers instead"
            )
        if self.optimizer == "lbfgs" and self.precision == "fp16":
            raise ValueError("precision must not be fp16 with lbfgs, whose steps cannot be scaled; take bf16")
        if self.cuda_graphs == "on" and self.checkpointing:
            raise ValueError("checkpointing and cuda_graphs do not go together: leave one of them off")
        if self.checkpointing and self.compile:
            raise ValueError("checkpointing and compile do not go together: set one of them to false")
        return self

    @model_validator(mode="after")
    def _seen_by_kfac(self) -> TrainingConfig:
        """Refuse what keeps K-FAC from seeing each layer as it is."""
        if self.optimizer != "kfac":
            return self
        if self.precision != "float32":
            raise ValueError("precision must be float32 with kfac, whose curvature is too fine for 16 bits")
        if self.cuda_graphs == "on":
            raise ValueError("cuda_graphs must not be on with kfac, which looks into the layers")
        for name in ("compile", "checkpointing"):
            if getattr(self, name):
                raise ValueError(f"{name} must be false with kfac, which looks into the layers")
        return self
