"""Every spec says what torch's own class says: names, order, defaults, what is required."""

from __future__ import annotations

import inspect
from collections.abc import Mapping

import pytest
import torch

from studio.catalog import registry
from studio.compiler.modules import resolve

MODULES = {
    kind: spec
    for kind, spec in registry.layers().items()
    if spec.call == "module" and spec.family != "custom"
}

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
    # For Embedding.from_pretrained.
    ("Embedding", "_weight"),
    ("Embedding", "_freeze"),
    ("EmbeddingBag", "_weight"),
    # For bags given as one row with offsets, which are no batch.
    ("EmbeddingBag", "include_last_offset"),
    # Classes; torchvision's own networks leave it at its default.
    ("PatchMerging", "norm_layer"),
    ("PatchMergingV2", "norm_layer"),
    # What RNNBase has, and torch refuses for these two.
    ("RNN", "proj_size"),
    ("GRU", "proj_size"),
}

BEHIND_KEYWORDS = {"RNN": torch.nn.RNNBase, "LSTM": torch.nn.RNNBase, "GRU": torch.nn.RNNBase}
"""Classes that take anything and hand it on, and the class that says what."""

NOT_IN_SIGNATURE = {("RNN", "nonlinearity")}
"""Arguments that such a class takes out itself."""

DEPRECATED = {"size_average", "reduce"}

OURS_IS_SAFER = {
    # torch warns of its own default, which is no divergence.
    ("KLDivLoss", "reduction"),
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


def signature_of(kind: str) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(BEHIND_KEYWORDS.get(kind, resolve(MODULES[kind].target))).parameters


def parameters(kind: str) -> dict[str, inspect.Parameter]:
    found = signature_of(kind)
    fixed = {"mode"} if kind in BEHIND_KEYWORDS else set()
    return {
        name: parameter
        for name, parameter in found.items()
        if parameter.kind not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        and name not in PLACEMENT | DEPRECATED | fixed | dict(MODULES[kind].fixed).keys()
        and (kind, name) not in LEFT_OUT
    }


@pytest.mark.parametrize("kind", MODULES)
def test_arguments_are_torchs_in_torchs_order(kind: str) -> None:
    known = parameters(kind)
    ours = [
        argument.name
        for argument in MODULES[kind].arguments
        if not argument.at_call and (kind, argument.name) not in NOT_IN_SIGNATURE
        if argument.name in known or (kind, argument.name) not in LATER_THAN_TORCH_2_11
    ]
    assert ours == list(known)


@pytest.mark.parametrize("kind", [kind for kind, spec in MODULES.items() if spec.arguments])
def test_arguments_of_a_call_are_torchs(kind: str) -> None:
    forward = inspect.signature(resolve(MODULES[kind].target).forward).parameters
    for argument in MODULES[kind].arguments:
        assert not argument.at_call or argument.name in forward


@pytest.mark.parametrize("kind", MODULES)
def test_defaults_and_what_is_required_are_torchs(kind: str) -> None:
    for name, parameter in parameters(kind).items():
        argument = MODULES[kind].argument(name)
        assert argument is not None
        if (kind, name) in OURS_IS_SAFER:
            assert argument.required
            assert parameter.default is None or argument.default != parameter.default
            continue
        assert argument.required == (parameter.default is inspect.Parameter.empty), name
        if not argument.required:
            default = parameter.default
            if callable(default):
                default = default.__name__  # activation=torch.nn.functional.relu
            assert argument.default == default, name
            assert type(argument.default) is type(default), name


@pytest.mark.parametrize(("kind", "name"), sorted(LEFT_OUT | OURS_IS_SAFER))
def test_every_exception_is_still_one(kind: str, name: str) -> None:
    assert name in signature_of(kind)


@pytest.mark.parametrize(
    ("kind", "function"), [("Add", torch.add), ("Multiply", torch.mul), ("Concat", torch.cat)]
)
def test_functions_are_torchs(kind: str, function: object) -> None:
    assert resolve(registry.get(kind).target) is function


@pytest.mark.parametrize(
    "kind", [kind for kind, spec in registry.layers().items() if spec.target.startswith("studio.compiler.f")]
)
def test_our_own_functions_take_the_catalogs_arguments(kind: str) -> None:
    spec = registry.get(kind)
    known = list(inspect.signature(resolve(spec.target)).parameters)
    assert [argument.name for argument in spec.arguments] == [
        name for name in known if name in {argument.name for argument in spec.arguments}
    ]
    inputs = 0 if spec.call == "module" else len(spec.inputs)
    assert len(known) == inputs + len(spec.arguments)
