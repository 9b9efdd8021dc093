"""The engine looks into designs and runs, each page in one answer that crosses the link."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

import studio
from studio.compiler import lower
from studio.data.prepare import prepare
from studio.engine.inbox import Inbox
from studio.engine.link import decode, encode
from studio.engine.looking_inside import look_inside
from studio.engine.records import LookedInside, LookInside, Progress
from studio.errors import StudioError
from studio.probes.embedding import scatter_ratio
from studio.project.format import to_data
from studio.project.project import Project
from studio.project.sample_projects import sample_project
from studio.training import embeddings
from studio.training.insides import Inside, units_of
from tests.helpers.drawing import draw
from tests.helpers.talk import Talk


def _quiet(done: float, total: float, label: str) -> None:
    """Tell nobody."""


def asked(project: Project, node: str, **how: object) -> LookedInside:
    return look_inside(LookInside(1, to_data(project), node, **how), _quiet, lambda: False)  # type: ignore[arg-type]


def digits() -> Project:
    return sample_project("softmax-digits").project()


def test_values_are_what_the_network_gives() -> None:
    """Lecture row 124."""
    project = sample_project("cnn-digits").project()
    found = asked(project, "relu1", samples=20)
    assert found.units is not None
    inputs, labels = prepare(project.data).validation.take(torch.from_numpy(found.rows.copy()))
    torch.manual_seed(project.training.seed)
    module = lower.build(project.graph).module.eval()
    with torch.no_grad():
        maps = torch.relu(module.get_submodule("conv1")(inputs))
    np.testing.assert_allclose(found.units.values, maps.mean((2, 3)).T, rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(found.labels, labels)
    np.testing.assert_allclose(found.units.zeros, (maps == 0).float().mean((0, 2, 3)), atol=1e-6)


def test_a_run_has_other_weights_and_its_own_design(tmp_path: Path) -> None:
    project = digits()
    run = studio.train(project, runs_folder=tmp_path, epochs=1, device="cpu")
    place = {"run": run.name, "runs_folder": str(tmp_path)}
    node = "fc"
    design = asked(project, node)
    trained = look_inside(LookInside(2, {}, node, **place), _quiet, lambda: False)
    assert (design.weights, trained.weights) == ("untrained weights", f"best weights of {run.name}")
    assert design.units is not None
    assert trained.units is not None
    assert not np.allclose(design.units.values, trained.units.values)
    np.testing.assert_array_equal(design.rows, trained.rows)


def test_an_answer_crosses_the_link() -> None:
    found = asked(digits(), "flatten")
    again = decode(encode(found))
    assert isinstance(again, LookedInside)
    assert again.units is not None
    assert found.units is not None
    np.testing.assert_array_equal(again.units.correlation, found.units.correlation)


def test_a_part_may_have_fewer_samples_than_are_asked_for() -> None:
    found = asked(digits(), "flatten", samples=100_000)
    assert len(found.rows) == found.available
    assert found.notes == ()


def test_a_node_that_was_deleted_is_said() -> None:
    with pytest.raises(StudioError, match='"gone" is nothing that the network computes'):
        asked(digits(), "gone")


def test_other_data_than_the_network_takes_are_said() -> None:
    data = sample_project("mlp-moons").project().data
    with pytest.raises(StudioError, match=r"takes samples of shape \(1, 8, 8\), and .* has \(2,\)"):
        asked(replace(digits(), data=data), "fc")


def test_what_belongs_to_no_sample_is_said() -> None:
    with pytest.raises(StudioError, match=r"does not belong to single samples: for 2 it is \(1, "):
        asked(sample_project("vit-digits").project(), "class_token")


def test_cancelling_ends_it_and_the_newest_waits() -> None:
    with pytest.raises(StudioError, match="Cancelled"):
        look_inside(LookInside(1, to_data(digits()), "flatten"), _quiet, lambda: True)
    inbox = Inbox()
    inbox.put(LookInside(1, {}, "a"))
    assert [moot.id for moot in inbox.put(LookInside(2, {}, "b"))] == [1]


def test_two_numbers_are_shown_as_they_are() -> None:
    """Lecture row 242."""
    project = sample_project("hidden-xor").project()
    found = asked(project, "tanh", page="embedding").embedding
    assert found is not None
    units = asked(project, "tanh").units
    assert units is not None
    np.testing.assert_array_equal(found.points, units.values.T.astype(float))
    assert found.axes == ("output 0", "output 1")


def test_samples_lie_where_scikit_learn_puts_them_and_look_like_themselves() -> None:
    project = sample_project("cnn-digits").project()
    answer = asked(project, "conv2", page="embedding", samples=50)
    found = answer.embedding
    assert found is not None
    inside = Inside(project, prepare(project.data), samples=50)
    features = torch.cat(list(inside.outputs("conv2"))).flatten(1).double().numpy()
    wanted = PCA(2, svd_solver="full").fit(features)
    np.testing.assert_allclose(np.abs(found.points), np.abs(wanted.transform(features)), atol=1e-4)
    assert (found.features, found.broken) == (32 * 4 * 4, 0)
    assert found.ratio == pytest.approx(scatter_ratio(features, answer.labels), rel=1e-4)
    pictures = inside.split.take(inside.rows)[0].numpy()
    scaled = (pictures - pictures.min()) / np.ptp(pictures) * 255
    np.testing.assert_allclose(found.seen.pictures, scaled, atol=0.51)


def test_of_very_large_outputs_units_stand_for_their_positions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "MOST_FEATURES", 1000)
    found = asked(sample_project("cnn-digits").project(), "conv2", page="embedding").embedding
    assert found is not None
    assert found.features == 32


def test_samples_that_are_rows_show_their_numbers() -> None:
    found = asked(sample_project("hidden-xor").project(), "hidden", page="embedding").embedding
    assert found is not None
    assert found.seen.numbers.shape == (60, 2)
    assert found.seen.pictures.size == 0


def test_one_sample_goes_through_all_layers() -> None:
    answer = asked(sample_project("cnn-digits").project(), "relu1", page="maps", sample=271)
    assert answer.maps is not None
    assert answer.rows.tolist() == [1]  # of 270: it begins anew
    layers = {one.node: one for one in answer.maps.layers}
    assert [layers[name].shape for name in ("image", "conv1", "fc")] == [(1, 8, 8), (16, 8, 8), (10,)]


def test_a_class_is_explained_in_the_shape_of_the_picture() -> None:
    answer = asked(digits(), "fc", page="saliency", target=4)
    assert answer.saliency is not None
    assert answer.saliency.target == 4
    inside = Inside(digits(), prepare(digits().data))
    weights = inside.network.get_submodule("fc").weight.detach()  # the score is linear, and this its gradient
    np.testing.assert_allclose(answer.saliency.saliency, weights[4].reshape(8, 8).abs(), rtol=1e-6)
    assert answer.saliency.cam.size == 0


def test_the_strongest_samples_of_a_unit_are_found() -> None:
    project = sample_project("cnn-digits").project()
    found = asked(project, "relu2", page="strongest", unit=5, reduction="max").strongest
    units = asked(project, "relu2", reduction="max").units
    assert found is not None
    assert units is not None
    order = np.argsort(-units.values[5], kind="stable")[:24]
    np.testing.assert_array_equal(found.places, order)
    np.testing.assert_array_equal(found.values, units.values[5][order])
    assert len(found.seen.pictures) == 24
    with pytest.raises(StudioError, match='"relu2" has 32 units, from 0 to 31: there is no unit 32'):
        asked(project, "relu2", page="strongest", unit=32)


def test_it_tells_how_far_it_is() -> None:
    told: list[tuple[float, float, str]] = []
    request = LookInside(1, to_data(digits()), "fc", samples=150)
    look_inside(request, lambda *how: told.append(how), lambda: False)
    assert told == [(0, 150, "samples"), (64, 150, "samples"), (128, 150, "samples")]


def test_after_a_while_it_makes_do_with_what_went_through() -> None:
    answers = iter([False, True])
    inside = Inside(digits(), prepare(digits().data), enough=lambda: next(answers))
    found = units_of(inside, "fc")
    assert found.values.shape == (10, 128)
    assert len(inside.rows) == 128
    assert len(inside.labels) == 128


def test_an_engine_of_its_own_answers_and_tells_how_far_it_is(engine: Talk) -> None:
    engine.client.request(LookInside, project=to_data(digits()), node="fc", samples=100)
    found = engine.wait_for_kind(LookedInside)
    assert found.units.values.shape == (10, 100)
    assert any(isinstance(record, Progress) and record.total == 100 for record in engine.said)


@pytest.mark.parametrize("page", ["units", "maps", "saliency"])
def test_inputs_of_different_kinds_are_said(page: str) -> None:
    graph = draw(
        ("a", "VectorInput", {"features": 2}),
        ("b", "IndexInput"),
        ("embedding", "Embedding", "b", {"num_embeddings": 5, "embedding_dim": 2}),
        ("add", "Add", "a embedding"),
    )
    project = replace(sample_project("mlp-moons").project(), graph=graph)
    with pytest.raises(StudioError, match=r"cannot be run on samples of moons: .* the same sample at each"):
        asked(project, "embedding", page=page)
