"""A new last layer, and the others held back."""

from __future__ import annotations

import pytest
import torch

from studio import zoo
from studio.compiler import lower
from studio.errors import ZooError
from studio.graph import edits
from studio.zoo import actions


def trainable(graph: object) -> set[str]:
    module = lower.compile(graph)  # type: ignore[arg-type]
    return {name for name, value in module.named_parameters() if value.requires_grad}


@pytest.mark.parametrize("name", ["lenet5", "small_cnn", "cifar_resnet", "resnet18"])
def test_only_the_new_layer_learns(name: str) -> None:
    change = actions.replace_head(zoo.build(name), num_classes=7)
    head = change.graph.named("head")
    assert lower.compile(change.graph).get_submodule("head").out_features == 7
    assert trainable(change.graph) == {"head.weight", "head.bias"}
    assert 'by "head" of 7 outputs' in change.text
    assert head.arguments.get("frozen") is None


def test_the_rest_can_learn_slowly_or_as_before() -> None:
    slow = actions.replace_head(zoo.build("lenet5"), 3, "slow").graph
    assert {node.arguments.get("lr_factor") for node in slow.ordered() if node.kind == "Conv2d"} == {0.1}
    again = actions.replace_head(slow, 5, "train").graph
    assert not any("lr_factor" in node.arguments for node in again.ordered())
    assert [node.name for node in again.ordered() if node.kind == "Linear"][-1] == "head1"


def test_what_is_not_the_head_gives_what_it_gave() -> None:
    before = zoo.build("small_cnn", input_shape=(1, 8, 8))
    after = actions.replace_head(before, 4).graph
    old, new = lower.compile(before), lower.compile(after)
    missing = new.load_state_dict(old.state_dict(), strict=False)
    assert set(missing.missing_keys) == {"head.weight", "head.bias"}
    sample = torch.rand(2, 1, 8, 8)
    features = {}
    for name, module, last in (("old", old.eval(), "fc"), ("new", new.eval(), "head")):
        module.get_submodule(last).register_forward_pre_hook(
            lambda _m, given, name=name: features.__setitem__(name, given[0])
        )
        module(sample)
    assert torch.equal(features["old"], features["new"])


def test_a_network_without_a_last_layer_is_told_what_to_do() -> None:
    graph = zoo.build("mlp", input_shape=(2,))
    loss = graph.named("loss").id
    with pytest.raises(ZooError, match="no loss, so it has no last layer"):
        actions.replace_head(edits.remove_nodes(graph, [loss]))
