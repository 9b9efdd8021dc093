"""What layers of different kinds have in common."""

from __future__ import annotations

from studio.app.panels.together.shared import groups, joined
from studio.catalog import registry
from studio.catalog.spec import ArgSpec
from studio.graph.node import Node


def shared(*kinds: str) -> dict[tuple[str, ...], list[str]]:
    """Return names of shared arguments by who has them; the nodes are called a, b, c."""
    nodes = [Node("abcdef"[place], kind, kind) for place, kind in enumerate(kinds)]
    found = groups(nodes, [registry.find(node.kind) for node in nodes])
    return {group.holders: [spec.name for spec in group.specs] for group in found}


def test_kinds_share_arguments_of_the_same_name_and_type():
    found = shared("Conv2d", "MaxPool2d", "Linear")
    assert found[("a", "b", "c")] == ["enabled"]
    assert found[("a", "b")] == ["kernel_size", "stride", "padding", "dilation"]
    assert found[("a", "c")][:2] == ["bias", "frozen"]
    assert "weight_init" in found[("a", "c")]


def test_what_most_have_comes_first():
    sizes = [len(holders) for holders in shared("Dropout", "ReLU", "Dropout1d", "ReLU6")]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 4


def test_whose_weights_are_used_is_not_for_several():
    assert not [name for names in shared("Conv2d", "Linear").values() for name in names if "tied" in name]


def test_unknown_layers_and_inputs_share_nothing():
    assert shared("Conv9d", "ImageInput") == {}


def test_an_argument_of_one_layer_only_is_left_out():
    names = [name for some in shared("LeakyReLU", "Dropout").values() for name in some]
    assert "negative_slope" not in names


def test_control_allows_what_any_of_the_layers_allows():
    one = ArgSpec("padding", "pair", 0, "a", minimum=0, maximum=3, choices=("same",))
    other = ArgSpec("padding", "pair", 0, "b", minimum=1, optional=True, items=3)
    found = joined([one, other])
    assert (found.minimum, found.maximum) == (0, None)
    assert found.choices == ("same",)
    assert found.optional
    assert found.why_not((1, 2, 3)) is None


def test_equal_specs_are_kept_as_they_are():
    spec = ArgSpec("p", "float", 0.5, "chance")
    assert joined([spec, spec]) is spec
