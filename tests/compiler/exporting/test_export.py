"""Each form of export is written, read back, run and compared; what goes wrong is said."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from studio import zoo
from studio.compiler import lower
from studio.compiler.exporting import export as exporting
from studio.compiler.exporting import verify
from studio.compiler.exporting.export import FORMS, TOLERANCE, Form, export
from studio.data import datasets
from studio.errors import CompileError, ExportError
from studio.graph.graph import Graph
from studio.project.matching import data_for
from studio.project.project import Project


@pytest.fixture(scope="module")
def project() -> Project:
    return Project(graph=zoo.build("small_cnn"))


@pytest.mark.parametrize("form", [form for form in FORMS if form != "onnx"])
def test_copy_is_equal_to_the_last_bit(project: Project, form: Form, tmp_path: Path) -> None:
    done = export(project, form, tmp_path / f"net{FORMS[form]}")
    assert done.difference == 0.0
    assert done.path.stat().st_size > 0
    assert "not trained" in done.remarks[0]


def test_onnx_is_close_at_another_batch_size_too(project: Project, tmp_path: Path) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    done = export(project, "onnx", tmp_path / "net.onnx")
    assert done.difference < 1e-5
    session = onnxruntime.InferenceSession(str(done.path), providers=["CPUExecutionProvider"])
    inputs = torch.rand(5, 1, 8, 8).numpy()
    (scores,) = session.run(None, {session.get_inputs()[0].name: inputs})
    assert scores.shape == (5, 10)


def test_given_weights_are_the_ones_written(project: Project, tmp_path: Path) -> None:
    torch.manual_seed(7)
    weights = dict(lower.compile(project.graph).state_dict())
    export(project, "safetensors", tmp_path / "net.safetensors", weights)
    found = load_file(tmp_path / "net.safetensors")
    assert found.keys() == weights.keys()
    assert all(torch.equal(found[name], weights[name]) for name in weights)


def test_weights_of_another_network_are_refused(project: Project, tmp_path: Path) -> None:
    weights = lower.compile(zoo.build("small_cnn", channels=(4,))).state_dict()
    with pytest.raises(ExportError, match=r"do not fit this network.*conv"):
        export(project, "pt2", tmp_path / "net.pt2", weights)
    assert not (tmp_path / "net.pt2").exists()


def test_tied_weights_are_written_once_and_come_back(tmp_path: Path) -> None:
    project = Project(graph=zoo.build("autoencoder"))
    export(project, "safetensors", tmp_path / "net.safetensors")
    assert sorted(load_file(tmp_path / "net.safetensors")) == [
        "decoder1.bias",
        "encoder1.bias",
        "encoder1.weight",
    ]


def test_a_copy_that_computes_something_else_is_refused(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_python", lambda *_: (torch.full((2, 10), 1e6),))
    with pytest.raises(ExportError, match="computes something else"):
        export(project, "python", tmp_path / "net.py")


def test_a_file_that_does_not_run_says_why(tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_text("import nothing_of_that_name\n")
    with pytest.raises(ExportError, match="nothing_of_that_name"):
        verify.run_source(path, "Network", {"weight": torch.zeros(1)}, [torch.zeros(1)])


def test_missing_package_says_what_to_install(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(ExportError, match=r"onnxscript.*pip install flowgraph-studio\[export\]"):
        export(project, "onnx", tmp_path / "net.onnx")


def test_broken_design_is_refused_with_its_problems(project: Project, tmp_path: Path) -> None:
    with pytest.raises(CompileError) as caught:
        export(replace(project, graph=Graph()), "python", tmp_path / "net.py")
    assert caught.value.problems


@pytest.mark.parametrize(("found", "expected"), [(1.0, 0.0), (1.0 + 2 * TOLERANCE, 2 * TOLERANCE)])
def test_difference_is_relative_to_the_largest_output(found: float, expected: float) -> None:
    gap = verify.difference([torch.tensor([1.0, -0.5])], [torch.tensor([found, -0.5])])
    assert gap == pytest.approx(expected, abs=1e-7)


def test_outputs_of_another_shape_are_refused() -> None:
    with pytest.raises(ExportError, match=r"\(2, 3\)"):
        verify.difference([torch.zeros(2)], [torch.zeros(2, 3)])


def test_training_script_learns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = Project(graph=zoo.build("softmax_regression", input_shape=(1, 8, 8)))
    project = replace(project, training=project.training.model_copy(update={"epochs": 3, "device": "cpu"}))
    text = exporting.source_of(project).text
    monkeypatch.chdir(tmp_path)
    exec(compile(text, "script.py", "exec"), {"__name__": "__main__"})
    last = capsys.readouterr().out.splitlines()[-1]
    assert float(last.rpartition(" ")[2]) > 0.85


@pytest.mark.parametrize("name", ["vision_transformer", "char_rnn"])
def test_training_script_makes_the_random_samples_number_for_number(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = zoo.build(name)
    data = data_for(graph).model_copy(update={"normalization": "none"})
    inside: dict[str, Any] = {"__name__": "script"}
    exec(compile(exporting.source_of(Project(graph=graph, data=data)).text, "script.py", "exec"), inside)
    found = inside["load_data"]()[0]
    raw = torch.from_numpy(datasets.load(data).inputs)
    assert found.dtype == raw.dtype
    assert (raw == found[0]).flatten(1).all(1).any()
    assert len(found) == 179
