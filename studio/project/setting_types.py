"""What all settings are: strict, frozen, and checked in words."""

from __future__ import annotations

import math
import re
from pathlib import PurePosixPath
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator

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


def as_tuple(value: Any) -> Any:
    """Return JSON's lists as the tuples that they were written from."""
    return tuple(value) if isinstance(value, list) else value


class Config(BaseModel):
    """Base of all settings: no unknown keys, no silent conversions, no change after it is made."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


Option: TypeAlias = Annotated[OptionValue, PlainValidator(_checked_option)]
Device: TypeAlias = Annotated[str, AfterValidator(_checked_device)]
Folder: TypeAlias = Annotated[str, AfterValidator(_checked_folder), Field(max_length=1000)]
WeightsFile: TypeAlias = Annotated[str, AfterValidator(_checked_weights), Field(max_length=1000)]
Pair: TypeAlias = Annotated[tuple[float, float], BeforeValidator(as_tuple)]
Steps: TypeAlias = Annotated[tuple[int, ...], BeforeValidator(as_tuple)]
