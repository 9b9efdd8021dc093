"""Which data, and how it is split."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from studio.project.setting_types import Config, Folder, Option, as_tuple
from studio.project.transforms import MOST, Transform

Transforms: TypeAlias = Annotated[tuple[Transform, ...], BeforeValidator(as_tuple), Field(max_length=MOST)]


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
        target_scaling: ``standardize``: values to predict get zero mean and unit variance over the training
            part, so that losses and learning rates mean the same for dollars and for degrees; what is
            measured and predicted is told in their own units. ``none``: as they are; classes always are.
        transforms: What is done to samples before they are normalized, in this order. Random ones change
            batches of training only; fixed ones everything, and what they measure is the training part's.
    """

    dataset: str = Field(default="digits", min_length=1, max_length=100)
    folder: Folder = ""
    options: dict[str, Option] = Field(default_factory=dict, max_length=50)
    validation_fraction: float = Field(default=0.15, gt=0.0, lt=1.0)
    test_fraction: float = Field(default=0.15, ge=0.0, lt=1.0)
    split_seed: int = Field(default=0, ge=0, lt=2**32)
    stratify: bool = True
    normalization: Literal["none", "scale", "standardize"] = "standardize"
    target_scaling: Literal["none", "standardize"] = "none"
    transforms: Transforms = ()

    @model_validator(mode="after")
    def _leave_something_to_train_on(self) -> DataConfig:
        if self.validation_fraction + self.test_fraction >= 1.0:
            raise ValueError("validation_fraction and test_fraction together must leave some training data")
        return self

    @model_validator(mode="after")
    def _mix_once(self) -> DataConfig:
        if sum(transform.spec.mixes for transform in self.transforms) > 1:
            raise ValueError("transforms may hold only one that mixes samples: mixup or cutmix")
        return self
