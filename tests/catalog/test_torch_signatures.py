"""Every spec says what torch's own class says: names, order, defaults, what is required."""

from __future__ import annotations

import inspect

import pytest
import torch

from studio.catalog import registry
from studio.compiler.modules import resolve

MODULES = {kind: spec for kind, spec in registry.layers().items() if spec.call == "module"}

PLACEMENT = {"device", "dtype"}
"""Where and in which format numbers are kept: a setting of the run, not of a layer."""

LEFT_OUT = {
    # A second output, which only MaxUnpool would take.
    *((f"{stem}{dims}d", "return_indices") for stem in ("MaxPool", "AdaptiveMaxPool") for dims in (1, 2, 3)),
    *((f"FractionalMaxPool{dims}d", "return_indices") for dims in (2, 3)),
    # For torch's own tests.
    *((f"FractionalMaxPool{dims}d", "_random_samples") for dims in (2, 3)),
    # Deprecated names of min_val and max_val.
    ("Hardtanh", "min_value"),
    ("Hardtanh", "max_value"),
}

DEPRECATED = {"size_average", "reduce"}

OURS_IS_SAFER = {
    # Where it is empty torch guesses, which is deprecated; of three dimensions it takes the batch.
    ("Softmax", "dim"),
    ("LogSoftmax", "dim"),
    ("Softmin", "dim"),
    # Where neither this nor the size is given torch refuses every input.
    ("Upsample", "scale_factor"),
    ("UpsamplingNearest2d", "scale_factor"),
    ("UpsamplingBilinear2d", "scale_factor"),
    ("FractionalMaxPool2d", "output_ratio"),
    ("FractionalMaxPool3d", "output_ratio"),
}

LATER_THAN_TORCH_2_11 = {
    *((f"{stem}{dims}d", "bias") for stem in ("BatchNorm", "InstanceNorm") for dims in (1, 2, 3)),
    ("GroupNorm", "bias"),
}


def parameters(kind: str) -> dict[str, inspect.Parameter]:
    found = inspect.signature(resolve(MODULES[kind].target)).parameters
    return {
        name: parameter
        for name, parameter in found.items()
        if parameter.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        and name not in PLACEMENT | DEPRECATED
        and (kind, name) not in LEFT_OUT
    }


@pytest.mark.parametrize("kind", MODULES)
def test_arguments_are_torchs_in_torchs_order(kind: str) -> None:
    known = parameters(kind)
    ours = [
        argument.name
        for argument in MODULES[kind].arguments
        if argument.name in known or (kind, argument.name) not in LATER_THAN_TORCH_2_11
    ]
    assert ours == list(known)


@pytest.mark.parametrize("kind", MODULES)
def test_defaults_and_what_is_required_are_torchs(kind: str) -> None:
    for name, parameter in parameters(kind).items():
        argument = MODULES[kind].argument(name)
        assert argument is not None
        if (kind, name) in OURS_IS_SAFER:
            assert (parameter.default, argument.required) == (None, True)
            continue
        assert argument.required == (parameter.default is inspect.Parameter.empty), name
        if not argument.required:
            assert argument.default == parameter.default, name
            assert type(argument.default) is type(parameter.default), name


@pytest.mark.parametrize(("kind", "name"), sorted(LEFT_OUT | OURS_IS_SAFER))
def test_every_exception_is_still_one(kind: str, name: str) -> None:
    assert name in inspect.signature(resolve(MODULES[kind].target)).parameters


@pytest.mark.parametrize(
    ("kind", "function"), [("Add", torch.add), ("Multiply", torch.mul), ("Concat", torch.cat)]
)
def test_functions_are_torchs(kind: str, function: object) -> None:
    assert resolve(registry.get(kind).target) is function
