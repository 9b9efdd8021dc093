"""Actions on whole networks: the lecture's numbers, hand-computed counts, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from studio import zoo
from studio.catalog import registry
from studio.compiler.analysis import analyse
from studio.compiler.shapes import ShapeEngine
from studio.errors import ZooError
from studio.graph.graph import Graph
from studio.zoo import actions
from tests.helpers.drawing import made
from tests.helpers.meaning import meaning

Count = Callable[[Graph], int]


@pytest.fixture
def count(shape_engine: ShapeEngine) -> Count:
    """Parameters of a network that has no error."""

    def parameters(graph: Graph) -> int:
        analysis = analyse(graph, engine=shape_engine)
        assert analysis.ok, [problem.message for problem in analysis.problems]
        return analysis.totals.parameters

    return parameters


def same(one: Graph, other: Graph) -> bool:
    return meaning(one, registry.signatures(one)) == meaning(other, registry.signatures(other))


# Activations ---------------------------------------------------------------------------------------------


def test_relus_become_prelus_with_a_slope_for_each_channel(count: Count) -> None:
    before = zoo.build("cifar_resnet", n=1)
    change = actions.replace_activation(before)
    # After conv1, and two in each of three blocks.
    assert count(change.graph) - count(before) == 16 + 2 * (16 + 32 + 64)
    assert change.text == "Replaced 3 ReLUs by PReLU."
    assert change.graph.named("prelu").kind == "PReLU"


def test_one_slope_for_all_channels_if_wanted(count: Count) -> None:
    before = zoo.build("cifar_resnet", n=1)
    assert count(actions.replace_activation(before, per_channel=False).graph) - count(before) == 7


def test_replacing_back_gives_the_network_it_was() -> None:
    before = zoo.build("lenet5", activation="ReLU")
    after = actions.replace_activation(before, "ReLU", "Tanh").graph
    assert actions.replace_activation(after, "Tanh", "ReLU").graph == before


def test_settings_that_only_one_kind_has_are_left_behind() -> None:
    graph = made(
        ("VectorInput", "x"), ("LeakyReLU", "act", {"negative_slope": 0.3, "enabled": False}), wires="1>2"
    )
    node = actions.replace_activation(graph, "LeakyReLU", "ReLU").graph.node("n2")
    assert (node.kind, node.name, dict(node.arguments)) == ("ReLU", "act", {"enabled": False})


@pytest.mark.parametrize(("old", "new"), [("Conv2d", "ReLU"), ("ReLU", "Rleu")])
def test_only_activations_are_exchanged(old: str, new: str) -> None:
    with pytest.raises(ZooError, match="is no activation"):
        actions.replace_activation(Graph(), old, new)


# Batch normalization -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("drop_bias", "each"), [(True, 1), (False, 2)])
def test_every_convolution_gets_a_normalization(count: Count, drop_bias: bool, each: int) -> None:
    before = zoo.build("vgg11")
    change = actions.insert_batch_norm(before, drop_bias)
    assert count(change.graph) - count(before) == each * (64 + 128 + 2 * 256 + 4 * 512)
    assert change.count == 8


def test_vgg_with_normalizations_is_vgg_bn(count: Count) -> None:
    after = actions.insert_batch_norm(zoo.build("vgg11"), drop_bias=False).graph
    assert same(after, zoo.build("vgg11", batch_norm=True))


def test_what_is_normalized_already_is_left_alone() -> None:
    before = zoo.build("resnet18")
    change = actions.insert_batch_norm(before)
    assert change.graph == before
    assert change.count == 0


def test_the_normalization_comes_before_all_that_the_convolution_fed() -> None:
    graph = made(("ImageInput", "x"), ("Conv2d", "conv1"), ("ReLU", "a"), ("Add", "b"),
                 wires="1>2 2>3 3>4.inputs 2>4.inputs")  # fmt: skip
    after = actions.insert_batch_norm(graph).graph
    norm = after.named("bn1")
    assert {edge.target for edge in after.outputs_of(norm.id)} == {"n3", "n4"}
    assert [edge.target for edge in after.outputs_of("n2")] == [norm.id]
    assert [edge.source for edge in after.inputs_of("n4")] == ["n3", norm.id]


# Shortcuts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("depth", "parameters"), [(18, 11_515_688), (34, 21_623_848)])
@pytest.mark.parametrize("option", ["A", "B", "C"])
def test_a_resnet_without_shortcuts_is_the_plain_network(
    count: Count, depth: int, parameters: int, option: str
) -> None:
    after = actions.remove_shortcuts(zoo.build(f"resnet{depth}", shortcut=option)).graph
    assert same(after, zoo.build(f"plain{depth}"))
    assert count(after) == parameters
    assert set(after.blocks) == {"BasicBlock"}
    assert [argument.name for argument in after.block("BasicBlock").arguments] == ["width", "stride"]


def test_bottlenecks_lose_their_shortcuts_too() -> None:
    change = actions.remove_shortcuts(zoo.build("resnet50"))
    assert same(change.graph, zoo.build("plain50"))
    assert change.text == "Removed 16 shortcuts."


def test_sums_of_equal_branches_and_gates_stay() -> None:
    branches = made(("ImageInput", "x"), ("Conv2d", "a"), ("Conv2d", "b"), ("Add", "sum"),
                    wires="1>2 1>3 2>4.inputs 3>4.inputs")  # fmt: skip
    for graph in (branches, zoo.build("highway")):
        assert actions.remove_shortcuts(graph).graph == graph
    assert actions.remove_shortcuts(zoo.build("plain18")).count == 0


def test_a_shortcut_around_a_block_is_cut() -> None:
    after = actions.remove_shortcuts(zoo.build("residual_mlp", depth=3)).graph
    assert all(node.kind != "Add" for block in after.blocks.values() for node in block.graph.nodes.values())


def _given(option: str) -> dict[str, Any]:
    return {} if option == "none" else {"shortcut": option}


@pytest.mark.parametrize(
    ("option", "parameters"), [("A", 21_623_848), ("B", 21_797_672), ("C", 22_716_840), ("none", 21_623_848)]
)
def test_the_shortcut_option_of_all_blocks_is_switched(count: Count, option: str, parameters: int) -> None:
    before = zoo.build("resnet34")
    after = actions.switch_shortcuts(before, option).graph
    assert count(after) == parameters
    assert (
        after == zoo.build("resnet34", shortcut=option)
        if option != "none"
        else same(after, zoo.build("plain34"))
    )
    assert actions.switch_shortcuts(after, "B").graph == before


def test_a_network_without_such_blocks_or_an_option_that_is_none_is_refused() -> None:
    with pytest.raises(ZooError, match='No block of this network has an argument "shortcut"'):
        actions.switch_shortcuts(zoo.build("vgg11"), "A")
    with pytest.raises(ZooError, match="Use one of A, B, C, none"):
        actions.switch_shortcuts(zoo.build("resnet18"), "D")


# Width and depth -----------------------------------------------------------------------------------------


def test_a_wider_perceptron_is_the_one_with_wider_layers() -> None:
    before = zoo.build("mlp", hidden=(64, 32))
    assert actions.multiply_width(before, 1.5).graph == zoo.build("mlp", hidden=(96, 48))


def test_a_wider_cifar_resnet_is_the_one_of_twice_the_width(count: Count) -> None:
    after = actions.multiply_width(zoo.build("cifar_resnet", n=1), 2).graph
    # Convolutions 9·in·out and normalizations 2·out, then 128 · 10 + 10.
    widths = [(3, 32), (32, 32), (32, 32), (32, 64), (64, 64), (64, 128), (128, 128)]
    assert count(after) == sum(9 * one * two + 2 * two for one, two in widths) + 128 * 10 + 10


@pytest.mark.parametrize("name", ["alexnet", "resnet50", "googlenet_torchvision", "char_rnn", "autoencoder"])
@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_network_of_another_width_is_sound(count: Count, name: str, factor: float) -> None:
    before = zoo.build(name)
    ratio = count(actions.multiply_width(before, factor).graph) / count(before)
    assert (ratio > 1.9) if factor > 1 else (ratio < 0.55)


def test_a_very_narrow_network_keeps_a_channel() -> None:
    after = actions.multiply_width(zoo.build("cifar_resnet", n=1), 1 / 64).graph
    assert analyse(after).ok


def test_rows_get_longer(count: Count) -> None:
    change = actions.multiply_depth(zoo.build("cifar_resnet", n=3), 3)
    assert change.graph == zoo.build("cifar_resnet", n=9)
    assert change.text == "Multiplied the length of 3 rows of blocks by 3."
    assert actions.multiply_depth(change.graph, 0.01 * 2).graph == zoo.build("cifar_resnet", n=1)


def test_factors_and_networks_that_do_not_go_are_refused() -> None:
    with pytest.raises(ZooError, match="Nothing in this network is repeated"):
        actions.multiply_depth(zoo.build("mlp"), 2)
    for action in (actions.multiply_depth, actions.multiply_width):
        for factor in (0.0, -1.0, 1e9, float("nan")):
            with pytest.raises(ZooError, match="A factor must be"):
                action(zoo.build("mlp"), factor)


# Ablation ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "fewer"),
    [
        (["fc7"], 16_781_312),
        (["conv3", "conv4", "fc6", "fc7"], 51_110_656),
        (["fc6", "fc7"], 49_414_144),
        (["conv3", "conv4"], 1_696_512),
    ],
)
def test_the_lectures_ablation_of_alexnet(count: Count, names: list[str], fewer: int) -> None:
    before = zoo.build("alexnet")
    change = actions.delete_and_reconnect(before, names)
    assert count(before) == 60_965_224
    assert count(before) - count(change.graph) == fewer
    assert change.text.startswith('Deleted "')


@pytest.mark.parametrize(("followers", "left"), [(True, 5), (False, 7)])
def test_what_belongs_to_a_layer_goes_with_it(followers: bool, left: int) -> None:
    graph = made(("VectorInput", "x"), ("Linear", "one"), ("ReLU", "relu"), ("Dropout", "drop"),
                 ("Linear", "two"), wires="1>2 2>3 3>4 4>5")  # fmt: skip
    after = actions.delete_and_reconnect(graph, ["one"], followers).graph
    assert len(after) == left - 3
    assert [edge.source for edge in after.inputs_of("n5")] == (["n1"] if followers else ["n4"])


@pytest.mark.parametrize("names", [["one", "relu", "drop"], ["drop", "relu", "one"], ["relu", "one"]])
def test_followers_may_be_named_themselves(names: list[str]) -> None:
    graph = made(("VectorInput", "x"), ("Linear", "one"), ("ReLU", "relu"), ("Dropout", "drop"),
                 ("Linear", "two"), wires="1>2 2>3 3>4 4>5")  # fmt: skip
    after = actions.delete_and_reconnect(graph, names).graph
    assert [node.name for node in after.ordered()] == ["x", "two"]


def test_a_dotted_name_leads_into_a_block(count: Count) -> None:
    before = zoo.build("alexnet_torchvision")
    inner = before.block("AlexNetFeatures").graph.ordered()[7].name
    after = actions.delete_and_reconnect(before, [f"features.{inner}"]).graph
    assert count(after) < count(before)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("fc9", 'no node named "fc9"; did you mean "fc'),
        ("conv1.add", 'named "add"'),
        ("fc8.x", "nothing inside"),
    ],
)
def test_what_is_not_there_cannot_be_deleted(name: str, message: str) -> None:
    with pytest.raises(ZooError, match=message):
        actions.delete_and_reconnect(zoo.build("alexnet"), [name])


def test_what_joins_branches_cannot_be_deleted() -> None:
    with pytest.raises(ZooError, match="it has several inputs"):
        actions.delete_and_reconnect(zoo.build("cifar_resnet", n=1), ["layer1.add"])


def test_a_block_that_is_switched_off_has_its_normalization_already() -> None:
    graph = zoo.build("cifar_resnet", n=1)
    assert actions.insert_batch_norm(graph).count == 0


# The list ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(actions.actions()))
def test_every_action_of_the_list_runs_with_its_defaults(name: str) -> None:
    graph = zoo.build("resnet18")
    action = actions.actions()[name]
    shapes: dict[str, Any] = {}
    if action.needs_shapes:
        report = analyse(graph)
        shapes = {path: found.shape for path, found in report.reports.items() if found.shape is not None}
    change = action.run(graph, {}, shapes)
    assert change.text.endswith(".")
    assert analyse(change.graph).ok


def test_arguments_of_an_action_are_checked() -> None:
    action = actions.actions()["multiply_width"]
    with pytest.raises(ZooError, match='has no argument "fcator"; did you mean "factor"'):
        action.run(Graph(), {"fcator": 2})
    with pytest.raises(ZooError, match="factor must be a number"):
        action.run(Graph(), {"factor": "two"})
