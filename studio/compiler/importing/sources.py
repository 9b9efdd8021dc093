"""Where a module to import comes from: torchvision by name, or a callable of the person's own code."""

from __future__ import annotations

import inspect
import os
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from studio.errors import ImportingError, nearest

TORCHVISION = "torchvision"
DEFAULT_SIZE = 224

_SHAPE = re.compile(r"([0-9]+(?:,[0-9]+)*)?(?::(float32|int64))?")


@dataclass(frozen=True)
class Found:
    """A module that was found.

    Attributes:
        module: It.
        name: A short name for files.
        origin: Where it comes from, in words.
        shape: What one sample of its input is like; None where nobody knows.
        has_weights: Its weights are not just random.
    """

    module: nn.Module
    name: str
    origin: str
    shape: tuple[int, ...] | None
    has_weights: bool


def find(source: str, weights: str | None = None) -> Found:
    """Return the module that a source names.

    Importing a callable runs its code, so the source must be what the person typed, never what a file says.

    Args:
        source: ``torchvision:resnet50``, or ``package.module:callable``: a module, or what returns one
            when it is called without arguments.
        weights: Name of torchvision's weights, such as ``DEFAULT``; they must be on this computer already.

    Raises:
        ImportingError: There is no such thing, or it fails.
    """
    package, colon, name = source.partition(":")
    if not colon or not package or not name:
        raise ImportingError(
            f'"{source}" names no module. Write torchvision:resnet50, or package.module:callable.'
        )
    if package == TORCHVISION:
        return _of_torchvision(name, weights)
    if weights is not None:
        raise ImportingError(
            f"--weights chooses torchvision's weights; {source} brings its own. Leave the option out."
        )
    return _of_callable(package, name)


def example(text: str, batch: int = 2) -> Tensor:
    """Return an example input: random numbers for floats, 0 and 1 for whole numbers.

    Args:
        text: Shape of one sample: ``3,224,224``; with ``:int64`` for whole numbers.
        batch: Samples.

    Raises:
        ImportingError: It is no shape.
    """
    found = _SHAPE.fullmatch(text.replace("x", ",").replace("×", ","))
    sizes = tuple(int(size) for size in (found.group(1) or "").split(",") if size) if found else ()
    if found is None or 0 in sizes or not text:
        raise ImportingError(f'"{text}" is no shape. Write one sample\'s sizes: 3,224,224, or 20:int64.')
    generator = torch.Generator().manual_seed(0)
    if found.group(2) == "int64":
        return torch.randint(0, 2, (batch, *sizes), generator=generator)
    return torch.randn(batch, *sizes, generator=generator)


def torchvision_names() -> list[str]:
    """Return the names of all of torchvision's classification models."""
    from torchvision import models

    return list(models.list_models(module=models))


def sample_shape(name: str) -> tuple[int, int, int]:
    """Return the shape of the images that one of torchvision's models was trained with."""
    from torchvision import models

    for found in reversed(list(models.get_model_weights(name))):
        size = getattr(found.transforms, "keywords", {}).get("crop_size")
        if size is not None:
            side = size if isinstance(size, int) else size[0]
            return 3, side, side
    return 3, DEFAULT_SIZE, DEFAULT_SIZE


def _of_torchvision(name: str, weights: str | None) -> Found:
    """Return one of torchvision's classification models."""
    from torchvision import __version__, models

    names = torchvision_names()
    if name not in names:
        hint = nearest(name, names) or f"; it has {', '.join(names[:4])} and {len(names) - 4} more."
        raise ImportingError(f'torchvision has no classification model "{name}"{hint}')
    chosen = _weights(name, weights) if weights is not None else None
    with warnings.catch_warnings(), _weights_only():
        # It announces another default initialization some day; neither is what was asked about.
        warnings.simplefilter("ignore", FutureWarning)
        module = models.get_model(name, weights=chosen)
    said = f", weights {chosen.name}" if chosen is not None else ""
    return Found(module, name, f"torchvision {__version__}: {name}{said}", sample_shape(name), bool(said))


def _weights(name: str, wanted: str) -> Any:
    """Return the entry of torchvision's weights, once its file is on this computer."""
    from torchvision import models

    entries = models.get_model_weights(name)
    known = {entry.name: entry for entry in entries}
    found = entries.DEFAULT if wanted == "DEFAULT" else known.get(wanted)
    if found is None:
        names = ["DEFAULT", *known]
        hint = nearest(wanted, names) or f"; there are {', '.join(names)}."
        raise ImportingError(f'{name} has no weights "{wanted}"{hint}')
    file = Path(torch.hub.get_dir()) / "checkpoints" / found.url.rpartition("/")[2]
    if not file.is_file():
        raise ImportingError(
            f'The weights {found.name} of {name} are not on this computer: there is no "{file}". Put the '
            "file that torchvision names there, or leave --weights out for random ones."
        )
    return found


@contextmanager
def _weights_only() -> Iterator[None]:
    """Let torch read nothing but tensors from files of weights, whatever torchvision asks for."""
    name = "TORCH_FORCE_WEIGHTS_ONLY_LOAD"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _of_callable(package: str, name: str) -> Found:
    """Return the module that the person's own code makes; it is looked for in this folder, too."""
    with _this_folder():
        try:
            found: Any = import_module(package)
            for part in name.split("."):
                found = getattr(found, part)
        except ModuleNotFoundError as error:
            raise ImportingError(
                f'There is no Python module "{error.name}" to import {package}:{name} from. Run this in its '
                "folder, or install it."
            ) from error
        except AttributeError as error:
            names = [one for one in dir(sys.modules.get(package)) if not one.startswith("_")]
            raise ImportingError(f'{package} has no "{name}"{nearest(name, names) or "."}') from error
        except Exception as error:  # its code runs: anything may happen
            raise ImportingError(f"Importing {package} failed: {type(error).__name__}: {error}") from error
        module = found if isinstance(found, nn.Module) else _called(f"{package}:{name}", found)
    return Found(module, name.rpartition(".")[2], f"{package}:{name}", None, True)


def _called(source: str, found: Any) -> nn.Module:
    """Return what a callable makes."""
    if not callable(found):
        raise ImportingError(f"{source} is {type(found).__name__}, and neither a module nor callable.")
    try:
        module = found()
    except Exception as error:  # its code runs: anything may happen
        needed = _needed(found)
        advice = f" It needs {needed}: write a function without arguments that calls it." if needed else ""
        raise ImportingError(f"{source}() failed: {type(error).__name__}: {error}.{advice}") from error
    if not isinstance(module, nn.Module):
        raise ImportingError(f"{source}() gives {type(module).__name__}, and no torch.nn.Module.")
    return module


def _needed(found: Any) -> str:
    """Return the names of the arguments that a callable cannot do without."""
    try:
        parameters = inspect.signature(found).parameters.values()
    except (TypeError, ValueError):
        return ""
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    kinds = (*plain, inspect.Parameter.KEYWORD_ONLY)
    return ", ".join(
        parameter.name
        for parameter in parameters
        if parameter.default is parameter.empty and parameter.kind in kinds
    )


@contextmanager
def _this_folder() -> Iterator[None]:
    """Look for Python modules in the folder that the program was started in, as Python itself does."""
    sys.path.insert(0, str(Path.cwd()))
    try:
        yield
    finally:
        sys.path.remove(str(Path.cwd()))
