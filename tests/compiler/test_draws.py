"""Networks built beside a run: the weights of a seed, and nothing taken from the run's random numbers."""

from __future__ import annotations

import threading

import pytest
import torch

from studio import zoo
from studio.compiler import lower
from studio.compiler.draws import own_draws
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
