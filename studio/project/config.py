"""Data and training settings: strict, frozen, and the same in files, on the command line and on screen."""

from __future__ import annotations

import math
import re
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    model_validator,
)

WEIGHTS_SUFFIX = ".safetensors"

OptionValue: TypeAlias = bool | int | float | str


def _checked_option(value: Any) -> OptionValue:
    """Return an option's value; a union would report every type it is not."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("must be a finite number")
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError("is too large")
    if not isinstance(value, bool | int | float | str):
        raise ValueError("must be a number, a text, true or false")
    if isinstance(value, str) and not (len(value) <= 1000 and value.isprintable()):
        raise ValueError("must be readable text of at most 1000 characters")
    return value


def _checked_device(value: str) -> str:
    if not re.fullmatch(r"auto|cpu|mps|cuda(:[0-9]{1,3})?", value):
        raise ValueError("must be auto, cpu, mps, cuda or one of several, such as cuda:1")
    return value


def _checked_folder(value: str) -> str:
    if not value.isprintable():
        raise ValueError("must be a folder's name, without control characters")
    return value


def _checked_weights(value: str) -> str:
    """Return a file's name if it lies by the project, and means the same on any machine."""
    if not value:
        return value
    if not value.isprintable() or "\\" in value or ":" in value:
        raise ValueError("must be a file's name, with / between folders and without drive letters")
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError("must be a file in the project's folder, or in a folder inside that")
    if path.suffix != WEIGHTS_SUFFIX or str(path) != value:
        raise ValueError(f"must be the name of a {WEIGHTS_SUFFIX} file, such as net{WEIGHTS_SUFFIX}")
    return value


def _as_tuple(value: Any) -> Any:
    """Return JSON's lists as the tuples that they were written from."""
    return tuple(value) if isinstance(value, list) else value


Device: TypeAlias = Annotated[str, AfterValidator(_checked_device)]


class Config(BaseModel):
    """Base of all settings: no unknown keys, no silent conversions, no change after it is made."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class DataConfig(Config):
    """Which data, how it is split, and how it is normalized.

    Attributes:
        dataset: Key of the data set: ``digits``, ``moons``, ``mnist`` …
        folder: Where downloaded data lies, relative to the project; empty means the user's cache.
        options: The data set's own settings, such as ``samples`` and ``noise`` of the toy sets.
        validation_fraction: Part of the training data kept for validation.
        test_fraction: Part kept for testing, where the data set brings no test set of its own.
        split_seed: The split depends on this and on nothing else.
        stratify: Keep the classes' proportions in every part.
        normalization: ``standardize``: zero mean and unit variance per channel (images) or feature
            (rows), fitted on the training part only. ``scale``: to [0, 1]. ``none``: as it is.
    """

    dataset: str = Field(default="digits", min_length=1, max_length=100)
    folder: Annotated[str, AfterValidator(_checked_folder)] = Field(default="", max_length=1000)
    options: dict[str, Annotated[OptionValue, PlainValidator(_checked_option)]] = Field(
        default_factory=dict, max_length=50
    )
    validation_fraction: float = Field(default=0.15, gt=0.0, lt=1.0)
    test_fraction: float = Field(default=0.15, ge=0.0, lt=1.0)
    split_seed: int = Field(default=0, ge=0, lt=2**32)
    stratify: bool = True
    normalization: Literal["none", "scale", "standardize"] = "standardize"

    @model_validator(mode="after")
    def _leave_something_to_train_on(self) -> DataConfig:
        if self.validation_fraction + self.test_fraction >= 1.0:
            raise ValueError("validation_fraction and test_fraction together must leave some training data")
        return self


class TrainingConfig(Config):
    """How the network is trained.

    Attributes:
        optimizer: ``sgd`` or ``adam``, torch's.
        lr: Learning rate.
        momentum: SGD's; 0 is plain gradient descent.
        nesterov: SGD's.
        betas: Adam's decay rates of the two moments.
        weight_decay: torch's weight_decay: adds ``weight_decay · w`` to the gradient.
        batch_size: Samples of one optimizer step.
        epochs: Passes over the training data.
        seed: Fixes the initial weights, the order of the samples and the dropout masks.
        device: ``auto`` takes CUDA, then MPS, then the CPU.
        drop_last: Leave out an incomplete last batch.
        initial_weights: A ``.safetensors`` file, relative to the project file's folder, that a new run starts
            from; its names and shapes must be the network's. Empty draws fresh weights by the seed.
    """

    optimizer: Literal["sgd", "adam"] = "sgd"
    lr: float = Field(default=0.05, gt=0.0, le=1e6)
    momentum: float = Field(default=0.9, ge=0.0, lt=1.0)
    nesterov: bool = False
    betas: Annotated[tuple[float, float], BeforeValidator(_as_tuple)] = (0.9, 0.999)
    weight_decay: float = Field(default=0.0, ge=0.0, le=1e6)
    batch_size: int = Field(default=64, ge=1, le=1_000_000)
    epochs: int = Field(default=20, ge=1, le=1_000_000)
    seed: int = Field(default=0, ge=0, lt=2**32)
    device: Device = "auto"
    drop_last: bool = False
    initial_weights: Annotated[str, AfterValidator(_checked_weights)] = Field(default="", max_length=1000)

    @model_validator(mode="after")
    def _known_to_torch(self) -> TrainingConfig:
        if self.nesterov and self.momentum == 0.0:
            raise ValueError("nesterov needs a momentum above 0")
        if not all(0.0 <= beta < 1.0 for beta in self.betas):
            raise ValueError("betas must lie in [0, 1)")
        return self
