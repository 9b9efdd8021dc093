from __future__ import annotations

import torch
from torch import nn

from studio import zoo
from studio.compiler.transfer import output_shapes, transfer


def test_same_names_and_shapes_are_copied_and_the_rest_is_told() -> None:
    source = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 3), nn.Linear(3, 2))
    target = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 5))
    target.add_module("new", nn.Linear(1, 1))
    kept = target[1].weight.clone()
    report = transfer(source.state_dict(), target)
    assert report.copied == ("0.weight", "0.bias")
    assert report.unfit == ("1.weight", "1.bias")
    assert report.fresh == ("new.weight", "new.bias")
    assert report.dropped == ("2.weight", "2.bias")
    assert str(report) == "2 copied, 2 fresh, 2 of another size, 2 dropped"
    assert torch.equal(target[0].weight, source[0].weight)
    assert torch.equal(target[1].weight, kept)


def test_a_linear_weight_fills_a_convolution_and_back() -> None:
    linear, conv = nn.Linear(2 * 3 * 4, 5), nn.Conv2d(2, 5, (3, 4))
    report = transfer(linear.state_dict(), conv)
    assert report.reshaped == ("weight",)
    images = torch.randn(6, 2, 3, 4)
    torch.testing.assert_close(conv(images).flatten(1), linear(images.flatten(1)))
    again = nn.Linear(24, 5)
    transfer(conv.state_dict(), again)
    assert torch.equal(again.weight, linear.weight)


def test_weights_that_only_count_alike_do_not_fit() -> None:
    assert transfer(nn.Linear(6, 4).state_dict(), nn.Linear(4, 6)).unfit == ("weight", "bias")
    report = transfer(nn.Conv2d(2, 4, 3).state_dict(), nn.Conv2d(6, 4, (1, 3)))
    assert report.unfit == ("weight",)


def test_an_empty_state_copies_nothing() -> None:
    assert str(transfer({}, nn.ReLU())) == "nothing"


def test_shapes_are_without_the_batch() -> None:
    shapes = output_shapes(zoo.build("alexnet"))
    assert shapes["n1"] == (3, 224, 224)
    assert shapes["n6/n5"] == (256, 6, 6)
