"""Every node of networks of all kinds can be looked into, or it is said why not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from studio.data.prepare import PreparedData
from studio.data.samples import Split
from studio.errors import ProbeError
from studio.face import look as look_into
from studio.project.project import Project
from studio.project.sample_projects import sample_project
from studio.training.insides import Inside
from studio.training.look import Look
from tests.helpers.drawing import draw

WITHOUT_SAMPLES = {"class_token", "encoder.pos_embedding"}


def drawn(look: Look) -> list[str]:
    nodes = look.inside.network.graph.nodes
    names = [node.meta["node"] for node in nodes if "node" in node.meta]
    return list(dict.fromkeys([*names, *(block for node in nodes for block in node.meta.get("blocks", ()))]))


@pytest.fixture(params=["residual-spirals", "lstm-digits", "vit-digits", "autoencoder-digits"])
def look(request: pytest.FixtureRequest) -> Look:
    return look_into(sample_project(request.param).project(), samples=20)


def test_every_node_can_be_looked_into_or_says_why_not(look: Look) -> None:
    questions: list[Callable[[str], object]] = [
        look.units,
        look.embedding,
        lambda name: look.strongest(name, 0),
    ]
    for name in drawn(look):
        for ask in questions:
            if name in WITHOUT_SAMPLES:
                with pytest.raises(ProbeError, match="does not belong to single samples"):
                    ask(name)
            else:
                assert ask(name) is not None


def test_classes_are_explained_through_every_node(look: Look) -> None:
    for name in drawn(look):
        assert look.saliency(name).saliency.size == int(look.inside.inputs_of_first(1)[0].numel())


def test_weights_are_those_of_layers_that_have_some(look: Look) -> None:
    modules = dict(look.inside.network.named_modules())
    for name in drawn(look):
        own = [one for one in modules[name].parameters() if one.dim() > 1] if name in modules else []
        if own:
            assert look.weights(name).total
        else:
            with pytest.raises(ProbeError, match="has no weights to look at"):
                look.weights(name)


def test_samples_that_are_single_whole_numbers_are_looked_into() -> None:
    graph = draw(
        ("word", "IndexInput"),
        ("embedding", "Embedding", "word", {"num_embeddings": 6, "embedding_dim": 3}),
        ("fc", "Linear", "embedding", {"out_features": 2}),
    )
    words, classes = torch.arange(6), torch.tensor([0, 1, 0, 1, 0, 1])
    split = Split(words, classes)
    data = PreparedData("words", (), ("a", "b"), split, split, split, (), ())
    look = Look(Inside(Project("words", graph), data))
    rows = look.inside.rows
    weight = look.inside.network.get_submodule("embedding").weight.detach()
    torch.testing.assert_close(torch.from_numpy(look.units("embedding").values), weight[rows].T)
    assert look.embedding("fc").seen.numbers.tolist() == [[float(row)] for row in rows]
    assert look.saliency("fc", 1).saliency.size == 0
