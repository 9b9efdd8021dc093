"""Actions that must not change what a network computes, checked on the compiled networks."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from studio import zoo
from studio.compiler.lower import build
from studio.compiler.transfer import output_shapes, transfer
from studio.errors import ZooError
from studio.graph import edits
from studio.graph.graph import Graph
from studio.zoo import actions
from tests.helpers.drawing import made


def trained(graph: Graph) -> nn.Module:
    """A network whose weights and statistics are those of no fresh one."""
    torch.manual_seed(0)
    module = build(graph).module
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if tensor.is_floating_point():
                tensor.copy_(torch.rand_like(tensor) + 0.5 if "running_var" in name else tensor + 0.1)
    return module.eval()


def grown(before: nn.Module, graph: Graph) -> nn.Module:
    torch.manual_seed(1)
    module = build(graph).module.eval()
    transfer(before.state_dict(), module)
    return module


def of_layers(module: nn.Module) -> int:
    return sum(isinstance(found, nn.Conv2d | nn.Linear) for found in module.modules())


@pytest.mark.parametrize(("option", "by"), [("A", 1), ("B", 2)])
def test_a_deeper_resnet_gives_what_it_gave(option: str, by: int) -> None:
    graph = zoo.build("cifar_resnet", n=3, shortcut=option)
    before = trained(graph)
    after = grown(before, actions.deepen_with_identity(graph, by=by).graph)
    images = torch.randn(2, 3, 32, 32)
    torch.testing.assert_close(after(images), before(images), atol=1e-6, rtol=1e-6)
    assert of_layers(after) - of_layers(before) == 6 * by
    if option == "A":
        assert (of_layers(before), of_layers(after)) == (20, 26)


def test_new_blocks_are_trained_like_the_others() -> None:
    graph = zoo.build("cifar_resnet", n=1)
    after = grown(trained(graph), actions.deepen_with_identity(graph).graph)
    assert torch.count_nonzero(after.get_parameter("layer1.1.bn2.weight")) == 0
    assert torch.count_nonzero(after.get_parameter("layer1.0.bn2.weight")) == 16
    after.train()(torch.randn(4, 3, 32, 32)).square().sum().backward()
    gradient = after.get_parameter("layer1.1.bn2.weight").grad
    assert gradient is not None
    assert torch.count_nonzero(gradient) > 0


def test_deepening_twice_zeroes_only_what_is_new() -> None:
    graph = actions.deepen_with_identity(zoo.build("cifar_resnet", n=1)).graph
    before = trained(graph)
    again = actions.deepen_with_identity(graph, ("layer2",), 2).graph
    after = grown(before, again)
    images = torch.randn(2, 3, 32, 32)
    torch.testing.assert_close(after(images), before(images), atol=1e-6, rtol=1e-6)
    assert again.named("layer2").arguments["repeat"] == 4
    assert again.named("layer1").arguments["repeat"] == 2


@pytest.mark.parametrize("batch_norm", [True, False])
def test_a_residual_perceptron_is_deepened_by_its_last_layer_or_norm(batch_norm: bool) -> None:
    graph = zoo.build("residual_mlp", depth=2, batch_norm=batch_norm)
    before = trained(graph)
    after = grown(before, actions.deepen_with_identity(graph).graph)
    rows = torch.randn(5, 2)
    torch.testing.assert_close(after(rows), before(rows), atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "arguments", "rows", "message"),
    [
        ("cifar_resnet", {"shortcut": "C"}, (), "does more than pass on its input"),
        ("cifar_plain", {}, (), "is switched off"),
        ("mlp", {}, (), "No row of residual blocks"),
        ("cifar_resnet", {}, ("layer9",), '"layer9" is no row of repeated blocks'),
        ("highway", {}, ("layers",), "has no sum of a branch and a shortcut"),
    ],
)
def test_rows_that_cannot_grow_unchanged_are_refused(
    name: str, arguments: dict[str, str], rows: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ZooError, match=message):
        actions.deepen_with_identity(zoo.build(name, **arguments), rows)


# To convolutions -----------------------------------------------------------------------------------------


def sliding(graph: Graph) -> tuple[nn.Module, nn.Module]:
    """A network, and the same one as convolutions, with the same weights."""
    before = trained(graph)
    change = actions.convert_fc_to_conv(graph, output_shapes(graph))
    return before, grown(before, change.graph)


def head(flat: bool) -> Graph:
    """Convolutions without a border and two Linear layers for 16×16, or a mean and one."""
    if flat:
        graph = made(("ImageInput", "x", {"channels": 3, "height": 16, "width": 16}),
                     ("Conv2d", "conv", {"out_channels": 5, "kernel_size": 5}),
                     ("MaxPool2d", "pool", {"kernel_size": 2}), ("Flatten", "flatten"),
                     ("Linear", "fc1", {"out_features": 7}), ("BatchNorm1d", "bn"), ("ReLU", "relu"),
                     ("Linear", "fc2", {"out_features": 4}),
                     wires="1>2 2>3 3>4 4>5 5>6 6>7 7>8")  # fmt: skip
    else:
        graph = made(("ImageInput", "x", {"channels": 3, "height": 16, "width": 16}),
                     ("Conv2d", "conv", {"out_channels": 5, "kernel_size": 5, "stride": 2}),
                     ("AdaptiveAvgPool2d", "gap", {"output_size": 1}), ("Flatten", "flatten"),
                     ("Linear", "fc", {"out_features": 4}), wires="1>2 2>3 3>4 4>5")  # fmt: skip
    return graph


@pytest.mark.parametrize("flat", [True, False], ids=["flattened maps", "mean over maps"])
def test_every_cell_of_the_map_is_what_the_crop_gives(flat: bool) -> None:
    before, after = sliding(head(flat))
    images = torch.randn(2, 3, 20, 24)
    scores: Tensor = after(images)
    assert scores.shape == (2, 4, 3, 5)
    for row in range(3):
        for column in range(5):
            crop = images[:, :, 2 * row : 2 * row + 16, 2 * column : 2 * column + 16]
            torch.testing.assert_close(scores[:, :, row, column], before(crop), atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("name", ["lenet5", "small_cnn", "cifar_resnet"])
def test_at_its_own_size_a_zoo_network_gives_its_scores(name: str) -> None:
    graph = zoo.build(name)
    before, after = sliding(graph)
    shape = output_shapes(graph)["n1"]
    images = torch.randn(2, *shape)
    torch.testing.assert_close(after(images)[:, :, 0, 0], before(images), atol=1e-5, rtol=1e-5)
    assert not any(isinstance(found, nn.Linear) for found in after.modules())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["alexnet", "alexnet_torchvision", "resnet18", "vgg11"])
def test_at_224_the_great_networks_give_their_scores(name: str) -> None:
    before, after = sliding(zoo.build(name))
    images = torch.randn(1, 3, 224, 224)
    with torch.no_grad():
        torch.testing.assert_close(after(images)[:, :, 0, 0], before(images), atol=1e-3, rtol=1e-4)
        assert after(torch.randn(1, 3, 256, 288)).dim() == 4


def test_a_block_used_for_two_sizes_is_made_unique() -> None:
    graph = zoo.build("alexnet")
    after = actions.convert_fc_to_conv(graph, output_shapes(graph)).graph
    kernels = {
        block.name: node.arguments["kernel_size"]
        for block in after.blocks.values()
        for node in block.graph.nodes.values()
        if node.name == "fc"
    }
    assert sorted(kernels.values()) == [1, 6]  # type: ignore[type-var]
    assert all(node.kind != "Flatten" for node in after.nodes.values())


def test_losses_stay_behind_an_average() -> None:
    graph = zoo.build("lenet5")
    change = actions.convert_fc_to_conv(graph, output_shapes(graph), average=True)
    network = build(change.graph)
    assert len(network.losses) == 1
    before = trained(graph)
    after = network.module.eval()
    report = transfer(before.state_dict(), after)
    images = torch.randn(2, 1, 28, 28)
    torch.testing.assert_close(after(images), before(images), atol=1e-5, rtol=1e-5)
    assert report.reshaped == ("fc1.weight", "fc2.weight", "fc3.weight")


def test_what_cannot_become_a_convolution_is_refused() -> None:
    with pytest.raises(ZooError, match="no Linear layer after a Flatten"):
        actions.convert_fc_to_conv(zoo.build("residual_mlp"), output_shapes(zoo.build("residual_mlp")))
    graph = made(("ImageInput", "x"), ("Flatten", "flatten"), ("LayerNorm", "norm"), ("Linear", "fc"),
                 wires="1>2 2>3 3>4")  # fmt: skip
    with pytest.raises(ZooError, match=r'"norm" \(LayerNorm\) after the Flatten cannot work on maps'):
        actions.convert_fc_to_conv(graph, output_shapes(graph))
    tied = edits.set_argument(head(True), "n8", "tied_to", "n5")
    with pytest.raises(ZooError, match="uses the weights of another layer"):
        actions.convert_fc_to_conv(tied, output_shapes(head(True)))
