from __future__ import annotations

import string

import pytest
from immutables import Map

from studio.catalog import registry
from studio.catalog.spec import FAMILIES, LayerSpec, show
from studio.errors import CatalogError
from studio.graph.node import Node

SPECS = list(registry.layers().values())


def ids(spec: LayerSpec) -> str:
    return spec.kind


@pytest.mark.parametrize("spec", SPECS, ids=ids)
def test_every_default_is_allowed(spec: LayerSpec) -> None:
    for argument in spec.arguments:
        assert argument.why_not(argument.coerce(argument.default)) is None, argument.name


@pytest.mark.parametrize("spec", SPECS, ids=ids)
def test_help_is_one_short_sentence_for_everything(spec: LayerSpec) -> None:
    for text in (spec.summary, *(argument.help for argument in spec.arguments)):
        assert text.endswith(".")
        assert "\n" not in text
        assert len(text) < 200


@pytest.mark.parametrize("spec", SPECS, ids=ids)
def test_the_card_names_arguments_that_exist(spec: LayerSpec) -> None:
    fields = {field for _, field, _, _ in string.Formatter().parse(spec.card) if field}
    assert fields <= {argument.name for argument in spec.arguments}


@pytest.mark.parametrize("spec", SPECS, ids=ids)
def test_only_required_arguments_are_inferred(spec: LayerSpec) -> None:
    for argument in spec.arguments:
        if argument.infer:
            assert argument.required or argument.name in ("kdim", "vdim")  # torch takes embed_dim for them
            assert argument.default is None


def test_every_family_has_a_layer() -> None:
    assert list(dict.fromkeys(spec.family for spec in SPECS)) == list(FAMILIES)


def test_help_states_the_facts() -> None:
    relu = registry.get("ReLU").summary
    assert "Non-decreasing" in relu
    assert "strictly" not in relu
    prelu = registry.get("PReLU")
    assert "Non-decreasing" in prelu.summary
    assert prelu.values({}) == {"num_parameters": 1, "init": 0.25}
    assert "inverted" in registry.get("Dropout").summary
    assert "CrossEntropyLoss" in registry.get("Softmax").summary
    assert "averages" in registry.get("LocalResponseNorm").summary
    assert "before the activation" in registry.get("BatchNorm2d").summary


@pytest.mark.parametrize(
    ("kind", "arguments", "inferred", "text"),
    [
        ("Conv2d", {}, (), "Conv2d 3×3, 32"),
        ("Conv2d", {"kernel_size": (1, 7)}, (), "Conv2d 1×7, 32"),
        ("MaxPool2d", {}, (), "MaxPool2d 2"),
        ("Linear", {}, (), "Linear → 10"),
        ("Linear", {}, (("in_features", 64),), "Linear 64 → 10"),
        ("Linear", {"in_features": 7}, (("in_features", 64),), "Linear 7 → 10"),
        ("ReLU", {}, (), "ReLU"),
        ("MultiheadAttention", {}, (), "Attention, 4 heads"),
        ("MultiheadAttention", {}, (("embed_dim", 64),), "Attention 64, 4 heads"),
        ("Bilinear", {}, (), "Bilinear → 10"),
        ("Warp", {}, (), "Warp (unknown)"),
    ],
)
def test_card_text(kind: str, arguments: dict[str, int], inferred: tuple[tuple[str, int]], text: str) -> None:
    assert registry.card_text(Node("n1", kind, "a", Map(arguments)), inferred) == text


@pytest.mark.parametrize(
    ("kind", "argument", "value", "message"),
    [
        ("Conv2d", "out_channels", 0, "out_channels must be at least 1, not 0"),
        ("Conv2d", "out_channels", 2.5, "out_channels must be a whole number, not 2.5"),
        ("Conv2d", "kernel_size", (3, 3, 3), r"must be one number or two \(height, width\), not 3"),
        ("Conv2d", "padding", "full", 'must be one of valid, same, not "full"'),
        ("Conv2d", "bias", 1, "bias must be true or false, not 1"),
        ("Dropout", "p", 1.5, "p must be at most 1, not 1.5"),
        ("Dropout", "p", float("nan"), "p must be finite, not nan"),
        ("Linear", "out_features", None, "out_features must not be empty"),
        ("Linear", "out_features", 10**400, "is too large"),
        ("Linear", "out_feature", 3, 'has no argument "out_feature"; did you mean "out_features"?'),
        ("Softplus", "beta", 0.0, "beta must be more than 0, not 0"),
        ("GELU", "approximate", "erf", "must be one of none, tanh"),
    ],
)
def test_bad_argument_is_a_problem(kind: str, argument: str, value: object, message: str) -> None:
    node = Node("n1", kind, "it", Map({argument: value}))
    (problem,) = registry.check_arguments(node)
    assert (problem.severity, problem.node, problem.argument) == ("error", "n1", argument)
    assert message.replace("\\", "") in problem.message
    assert problem.suggestion


def test_the_fix_of_a_bad_argument_is_its_default() -> None:
    (problem,) = registry.check_arguments(Node("n1", "Dropout", "drop", Map({"p": -1})))
    assert problem.fix is not None
    assert (problem.fix.action, problem.fix.argument, problem.fix.value) == ("set", "p", 0.5)


def test_unknown_layer_is_one_problem_with_the_nearest_name() -> None:
    (problem,) = registry.check_arguments(Node("n1", "Conv2D", "c", Map({"any": 1})))
    assert problem.code == "unknown-layer"
    assert 'did you mean "Conv2d"?' in problem.message


def test_get_unknown_layer_raises() -> None:
    with pytest.raises(CatalogError, match='no layer "Linaer"; did you mean "Linear"'):
        registry.get("Linaer")


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "auto"), (True, "on"), ((3, 5), "3×5"), (1e-05, "1e-05"), (10**20, "1e15+"), ("same", "same")],
)
def test_show(value: object, text: str) -> None:
    assert show(value) == text  # type: ignore[arg-type]
