"""One pass gives what every layer gives, in the order in which they compute."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from studio import zoo
from studio.compiler import lower
from studio.compiler.inline import inline
from studio.probes.feature_maps import MOST_MAPS, MOST_NUMBERS, MOST_SIDE, feature_maps, maps_of
from studio.probes.outputs import output_of


def test_maps_at_every_depth_are_what_the_layers_give() -> None:
    """Lecture row 236."""
    torch.manual_seed(0)
    network = inline(lower.compile(zoo.build("resnet18", num_classes=10)).eval())
    image = torch.randn(1, 3, 64, 64)
    found = {one.node: one for one in feature_maps(network, [image])}
    for name in ("layer1.0.conv1", "layer2.1.bn2", "layer4.1.conv2"):
        wanted = output_of(network, name, [image])[0]
        assert found[name].shape == tuple(wanted.shape)
        torch.testing.assert_close(torch.from_numpy(found[name].values), wanted[:MOST_MAPS])
        assert (found[name].low, found[name].high) == (float(wanted.min()), float(wanted.max()))
    names = list(found)
    assert (
        names.index("conv1")
        < names.index("layer1.0.conv1")
        < names.index("layer4.1.conv2")
        < names.index("fc")
    )


def test_large_maps_are_averaged_and_the_scale_is_of_all() -> None:
    maps = torch.randn(40, 96, 48)
    found = maps_of("conv", maps)
    wanted = functional.adaptive_avg_pool2d(maps[:MOST_MAPS], (MOST_SIDE, MOST_SIDE // 2))
    torch.testing.assert_close(torch.from_numpy(found.values), wanted)
    assert (found.total, found.high) == (40, float(maps.max()))


@pytest.mark.parametrize(
    ("shape", "shown", "total"),
    [((7,), (7,), 7), ((9000,), (MOST_NUMBERS,), 9000), ((5, 6), (1, 5, 6), 1), ((2, 3, 4, 5), (6, 4, 5), 6)],
)
def test_every_shape_has_a_picture(shape: tuple[int, ...], shown: tuple[int, ...], total: int) -> None:
    found = maps_of("layer", torch.randint(0, 9, shape))
    assert (found.values.shape, found.total, found.shape) == (shown, total, shape)


def test_what_is_no_number_is_counted_and_does_not_set_the_scale() -> None:
    found = maps_of("layer", torch.tensor([1.0, torch.nan, 3.0, torch.inf]))
    assert (found.low, found.high, found.broken) == (1.0, 3.0, 2)
