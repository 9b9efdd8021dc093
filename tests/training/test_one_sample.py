"""One sample through a design: finished or not, trained or not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from studio.compiler import lower
from studio.data.prepare import PreparedData, prepare
from studio.errors import CompileError, ProbeError
from studio.graph import edits
from studio.graph.node import Node
from studio.project.files import read
from studio.project.project import Project
from studio.training import session
from studio.training.one_sample import FRESH, NOISE, TRAINED, look


@pytest.fixture
def digits(examples: Path) -> Project:
    return read(examples / "digits.flow")


@pytest.fixture
def data(digits: Project) -> PreparedData:
    return prepare(digits.data)


def test_the_output_is_that_of_the_network_that_training_starts_from(
    digits: Project, data: PreparedData
) -> None:
    fc = digits.graph.named("fc").id
    found = look(digits, fc, 3, data)
    begun = session.prepare_session(digits, None, torch.device("cpu"))
    with torch.inference_mode():
        logits = begun.module.eval()(begun.validation.inputs[3:4])
    assert torch.allclose(found.output, logits[0], atol=1e-6)
    assert (found.label, found.index, found.weights) == (int(begun.validation.targets[3]), 3, FRESH)
    assert found.sample == f"validation sample 4 of {len(begun.validation)}"


def test_an_unfinished_network_is_run_as_far_as_it_goes(digits: Project, data: PreparedData) -> None:
    graph = edits.set_argument(digits.graph, digits.graph.named("fc").id, "in_features", 7)
    broken = replace(digits, graph=graph)
    with pytest.raises(CompileError):
        lower.build(graph)
    found = look(broken, graph.named("conv1").id, 0, data)
    assert tuple(found.output.shape) == (32, 8, 8)
    with pytest.raises(CompileError):
        look(broken, graph.named("fc").id, 0, data)


def test_trained_weights_are_taken_where_they_fit(digits: Project, data: PreparedData) -> None:
    conv = digits.graph.named("conv1").id
    trained = {
        key: torch.full_like(value, 0.5)
        for key, value in lower.build(digits.graph).module.state_dict().items()
    }
    found = look(digits, conv, 0, data, trained=trained)
    assert found.weights == TRAINED
    assert not torch.allclose(found.output, look(digits, conv, 0, data).output)
    some = look(digits, conv, 0, data, trained={"conv1.weight": trained["conv1.weight"]})
    assert some.weights == f"{TRAINED} where they fit"


def test_samples_begin_anew_after_the_last(digits: Project, data: PreparedData) -> None:
    conv = digits.graph.named("conv1").id
    count = len(data.validation)
    assert torch.equal(look(digits, conv, count + 2, data).output, look(digits, conv, 2, data).output)


def test_without_fitting_data_random_numbers_go_in(digits: Project) -> None:
    found = look(digits, digits.graph.named("conv1").id, 0, None)
    assert (found.count, found.label, found.sample) == (0, -1, NOISE)


def test_random_numbers_of_the_caller_are_not_drawn(digits: Project, data: PreparedData) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    look(digits, digits.graph.named("conv1").id, 0, data)
    assert torch.equal(torch.rand(3), expected)


def test_a_node_without_input_says_what_to_do(digits: Project, data: PreparedData) -> None:
    graph = edits.add_node(digits.graph, Node("n99", "ReLU", "lonely"))
    with pytest.raises((ProbeError, CompileError)):
        look(replace(digits, graph=graph), "n99", 0, data)
