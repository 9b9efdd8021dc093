"""Three kinds of global statistics of batch normalization, each held against its definition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import fx
from torch.optim.swa_utils import update_bn

from studio import zoo
from studio.compiler import lower
from studio.data.samples import HostSamples, Split
from studio.errors import DataError
from studio.graph.graph import Graph
from studio.training.statistics import norms_of, recalibrate


def mlp() -> Graph:
    return zoo.build("mlp", input_shape=(5,), hidden=(7, 6), num_classes=3, batch_norm=True, dropout=0.0)


def network(graph: Graph | None = None) -> fx.GraphModule:
    torch.manual_seed(0)
    module = lower.compile(graph or mlp()).double()
    for _ in range(5):  # running averages that mean something
        shape = (16, 5) if graph is None else (16, 1, 8, 8)
        module(torch.randn(shape, dtype=torch.float64))
    return module


def part(inputs: torch.Tensor, *, streamed: bool = False) -> Split:
    """Inputs as a part of the data, at hand or brought batch by batch."""
    targets = torch.zeros(len(inputs), dtype=torch.int64)
    return Split(inputs[:0], targets, HostSamples(inputs)) if streamed else Split(inputs, targets)


def data(count: int = 100) -> torch.Tensor:
    return torch.randn(count, 5, generator=torch.Generator().manual_seed(1), dtype=torch.float64) * 3 + 1


def test_the_final_phase_is_numpys_mean_and_variance_layer_by_layer() -> None:
    module, inputs = network(), data()
    recalibrate(module, part(inputs), "final_phase")
    fc1, bn1, fc2, bn2 = (module.get_submodule(name) for name in ("fc1", "bn1", "fc2", "bn2"))
    first = inputs.numpy() @ fc1.weight.detach().numpy().T
    if fc1.bias is not None:
        first = first + fc1.bias.detach().numpy()
    assert np.allclose(bn1.running_mean, first.mean(0), rtol=1e-12, atol=1e-12)
    assert np.allclose(bn1.running_var, first.var(0), rtol=1e-12)
    normal = (first - first.mean(0)) / np.sqrt(first.var(0) + bn1.eps)
    hidden = np.maximum(normal * bn1.weight.detach().numpy() + bn1.bias.detach().numpy(), 0)
    second = hidden @ fc2.weight.detach().numpy().T
    if fc2.bias is not None:
        second = second + fc2.bias.detach().numpy()
    assert np.allclose(bn2.running_mean, second.mean(0), rtol=1e-11, atol=1e-12)
    assert np.allclose(bn2.running_var, second.var(0), rtol=1e-11)


@pytest.mark.parametrize("graph", [None, zoo.build("small_cnn", input_shape=(1, 8, 8))], ids=["mlp", "cnn"])
def test_after_the_final_phase_evaluation_is_training_on_everything_at_once(graph: Graph | None) -> None:
    module = network(graph)
    inputs = data() if graph is None else torch.randn(60, 1, 8, 8, dtype=torch.float64)
    recalibrate(module, part(inputs), "final_phase", batch_size=13)
    with torch.no_grad():
        evaluated = module.eval()(inputs)
        trained = module.train()(inputs)
    assert torch.allclose(evaluated, trained, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("batch_size", [1, 7, 100])
def test_the_final_phase_does_not_depend_on_the_size_of_its_batches(batch_size: int) -> None:
    one, other = network(), network()
    recalibrate(one, part(data()), "final_phase", batch_size)
    recalibrate(other, part(data()), "final_phase", 32)
    for mine, theirs in zip(norms_of(one), norms_of(other), strict=True):
        assert torch.allclose(mine.running_mean, theirs.running_mean, rtol=1e-12, atol=1e-13)
        assert torch.allclose(mine.running_var, theirs.running_var, rtol=1e-12)


@pytest.mark.parametrize("method", ["update_bn", "final_phase"])
def test_data_that_are_streamed_give_the_same(method: Any) -> None:
    one, other = network(), network()
    recalibrate(one, part(data(), streamed=True), method)
    recalibrate(other, part(data()), method)
    for mine, theirs in zip(norms_of(one), norms_of(other), strict=True):
        assert torch.equal(mine.running_mean, theirs.running_mean)
        assert torch.equal(mine.running_var, theirs.running_var)


def test_update_bn_is_torchs_and_not_the_final_phase() -> None:
    ours, theirs, last = network(), network(), network()
    inputs = data(96)
    recalibrate(ours, part(inputs), "update_bn", 32)
    update_bn(list(inputs.split(32)), theirs)
    recalibrate(last, part(inputs), "final_phase", 32)
    for mine, torchs, final in zip(norms_of(ours), norms_of(theirs), norms_of(last), strict=True):
        assert torch.equal(mine.running_mean, torchs.running_mean)
        assert torch.equal(mine.running_var, torchs.running_var)
        assert not torch.allclose(mine.running_var, final.running_var, rtol=1e-6)


def test_update_bn_is_algorithm_2_of_the_paper() -> None:
    module, inputs = network(), data(96)
    recalibrate(module, part(inputs), "update_bn", 32)
    fc1, bn1 = module.get_submodule("fc1"), module.get_submodule("bn1")
    with torch.no_grad():
        batches = [fc1(batch).numpy() for batch in inputs.split(32)]
    assert np.allclose(bn1.running_mean, np.mean([batch.mean(0) for batch in batches], axis=0))
    # m / (m - 1) times the mean of the batches' biased variances.
    assert np.allclose(bn1.running_var, 32 / 31 * np.mean([batch.var(0) for batch in batches], axis=0))


def test_the_running_average_is_left_as_it_is() -> None:
    module = network()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    assert recalibrate(module, part(data()), "running") == 2
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())


def test_momentum_and_mode_are_put_back() -> None:
    module = network().eval()
    recalibrate(module, part(data()), "update_bn")
    assert not module.training
    assert {norm.momentum for norm in norms_of(module)} == {0.1}


def test_cancelling_leaves_the_statistics_of_before() -> None:
    module, asked = network(), iter([False, True])
    before = {name: value.clone() for name, value in module.state_dict().items()}
    with pytest.raises(DataError, match="Cancelled"):
        recalibrate(module, part(data()), "final_phase", 10, cancelled=lambda: next(asked))
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())


def test_normalizations_inside_blocks_come_in_the_order_of_the_computation() -> None:
    module = lower.compile(zoo.build("resnet18", input_shape=(3, 32, 32)))
    norms = norms_of(module)
    assert len(norms) == sum(isinstance(one, torch.nn.BatchNorm2d) for one in module.modules())
    seen: list[object] = []
    hooks = [norm.register_forward_pre_hook(lambda norm, _given: seen.append(norm)) for norm in norms]
    with torch.no_grad():
        module.eval()(torch.zeros(1, 3, 32, 32))
    for hook in hooks:
        hook.remove()
    assert seen == norms


def test_what_is_said_of_one_sample_does_not_depend_on_the_others() -> None:
    module, inputs = network().eval(), data(10)
    with torch.no_grad():
        alone, together = module(inputs[:1]), module(inputs)[:1]
        again = module(inputs)
    assert torch.allclose(alone, together, rtol=1e-12)
    assert torch.equal(again, module(inputs))
