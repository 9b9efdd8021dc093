"""Networks built beside a run: the weights of a seed, and nothing taken from the run's random numbers."""

from __future__ import annotations

import threading

import pytest
import torch
from torch import nn

from studio import zoo
from studio.compiler import lower
from studio.compiler.draws import own_draws
from studio.face import from_module
from studio.graph import edits
from studio.graph.graph import Graph

INITIALIZATIONS = ["xavier_uniform", "kaiming_normal", "orthogonal", "normal", "uniform"]


def initialized(how: str) -> Graph:
    graph = zoo.build("mlp", input_shape=(4,), hidden=(8,))
    return edits.set_argument(graph, graph.named("fc1").id, "weight_init", how)


@pytest.mark.parametrize(
    "graph",
    [
        zoo.build("resnet18", num_classes=10),
        zoo.build("vision_transformer"),
        zoo.build("lstm_classifier"),
        zoo.build("char_rnn"),
        *(initialized(how) for how in INITIALIZATIONS),
    ],
    ids=["resnet18", "vision_transformer", "lstm_classifier", "char_rnn", *INITIALIZATIONS],
)
def test_a_seed_gives_the_weights_that_it_always_gives(graph: Graph) -> None:
    torch.manual_seed(7)
    expected = lower.compile(graph).state_dict()
    before = torch.get_rng_state()
    with own_draws(7):
        found = lower.compile(graph).state_dict()
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(found[name], value) for name, value in expected.items())


def test_what_another_thread_draws_meanwhile_stays_drawn() -> None:
    graph = zoo.build("mlp", input_shape=(4,), hidden=(8,))
    torch.manual_seed(0)
    alone = [torch.rand(2) for _ in range(2)]
    torch.manual_seed(0)
    beside: list[torch.Tensor] = []
    with own_draws():
        lower.compile(graph)
        thread = threading.Thread(target=lambda: beside.append(torch.rand(2)))
        thread.start()
        thread.join()
    beside.append(torch.rand(2))
    assert all(torch.equal(one, other) for one, other in zip(alone, beside, strict=True))


def test_a_generator_that_was_given_is_kept() -> None:
    with own_draws(1):
        found = torch.rand(3, generator=torch.Generator().manual_seed(5))
    assert torch.equal(found, torch.rand(3, generator=torch.Generator().manual_seed(5)))


class Dropping(nn.Module):
    """It forgets to say that it is evaluated."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.dropout(x, 0.25)


def test_a_dropout_draws_its_own_numbers_the_same_each_time() -> None:
    before = torch.get_rng_state()
    x = torch.ones(20_000)
    with own_draws(3):
        first = Dropping()(x)
    with own_draws(3):
        second = Dropping()(x)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(first, second)
    kept = first != 0.0
    assert abs(float(kept.float().mean()) - 0.75) < 0.02
    assert torch.allclose(first[kept], torch.tensor(1 / 0.75))
    with own_draws():
        assert torch.equal(nn.functional.dropout(x, 0.25, training=False), x)
        assert torch.equal(nn.Dropout(0.5).eval()(x), x)


def test_comparing_an_imported_network_leaves_the_numbers_of_a_run_alone() -> None:
    module, example = nn.Sequential(nn.Linear(4, 8), nn.Dropout(), nn.Linear(8, 2)), torch.rand(2, 4)
    before = torch.get_rng_state()
    from_module(module, example)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_dropout_on_the_meta_device_stays_there() -> None:
    with own_draws():
        assert nn.functional.dropout(torch.ones(2, 3, device="meta"), 0.5).device.type == "meta"
