from __future__ import annotations

from collections.abc import Callable

import pytest

from studio import zoo
from studio.compiler.analysis import Analysis

Build = Callable[..., Analysis]
MODULES = ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")
CHANNELS = (256, 480, 512, 512, 512, 528, 832, 832, 1024)


def macs(analysis: Analysis, name: str) -> list[int]:
    graph = zoo.build("googlenet")
    found = {report.node: report.macs for report in analysis.nodes}
    return [found[node.id] for node in graph.ordered() if node.name.startswith(name)]


@pytest.mark.parametrize("name", ["googlenet", "googlenet_torchvision"])
def test_modules_give_the_channels_and_sizes_of_the_paper(name: str, analysed: Build) -> None:
    graph = zoo.build(name)
    found = {report.node: report.shape for report in analysed(name).nodes}
    shapes = [found[graph.named(f"inception{module}").id] for module in MODULES]
    sides = (28, 28, 14, 14, 14, 14, 14, 7, 7)
    assert shapes == [(channels, side, side) for channels, side in zip(CHANNELS, sides, strict=True)]


def test_naive_form_costs_more_than_twice_as_much_in_the_first_module(analysed: Build) -> None:
    reduced, naive = analysed("googlenet"), analysed("googlenet", naive=True)
    assert round(macs(naive, "inception3a")[0] / macs(reduced, "inception3a")[0], 2) == 2.37


def test_chain_of_naive_modules_blows_up(analysed: Build) -> None:
    reduced, naive = analysed("googlenet"), analysed("googlenet", naive=True)
    assert round(sum(macs(naive, "inception")) / sum(macs(reduced, "inception")), 1) == 10.9


def test_every_convolution_is_followed_by_a_relu(analysed: Build) -> None:
    flat = analysed("googlenet").expansion.graph
    for node in (node for node in flat.nodes.values() if node.kind == "Conv2d"):
        assert [flat.node(edge.target).kind for edge in flat.outputs_of(node.id)] == ["ReLU"]


def test_auxiliary_heads_count_in_training_only_and_a_third() -> None:
    graph = zoo.build("googlenet")
    heads = [graph.named(f"loss_aux{number}").arguments for number in (1, 2)]
    assert [dict(head) for head in heads] == [{"active": "training", "loss_weight": 0.3}] * 2
    assert dict(graph.named("loss").arguments) == {}


def test_heads_read_the_modules_of_the_paper() -> None:
    graph = zoo.build("googlenet")
    feeds = [graph.inputs_of(graph.named(f"aux{number}").id)[0].source for number in (1, 2)]
    assert [graph.node(feed).name for feed in feeds] == ["inception4a", "inception4d"]


def test_without_heads_one_loss_is_left() -> None:
    kinds = [node.kind for node in zoo.build("googlenet", aux=False).nodes.values()]
    assert kinds.count("CrossEntropyLoss") == 1
