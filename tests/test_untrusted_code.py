"""Nothing of a project's code runs before it is trusted: a canary in every place that could wake it."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import studio
from studio.catalog import registry
from studio.cli.main import main
from studio.errors import StudioError
from studio.graph import definitions, edits, pieces
from studio.graph.graph import Graph
from studio.graph.node import Node
from studio.project import files, trust
from studio.project.config import DataConfig, TrainingConfig
from studio.project.format import graph_from_data, graph_to_data
from studio.project.project import Project
from tests.helpers.custom_code import around_code, canary, layer
from tests.helpers.drawing import block, draw

COMMANDS = (
    ("check",),
    ("check", "--set", "graph.mine.width=5"),
    ("summary",),
    ("train",),
    ("lr",),
    ("gradcheck",),
    ("profile",),
    ("steps",),
    ("doctor",),
    ("surface",),
    ("inside",),
    ("evaluate",),
    ("ablate",),
    ("runs",),
    ("trust", "--show"),
    ("export", "--to", "python", "-o", "out.py"),
    ("export", "--to", "onnx", "-o", "out.onnx"),
    ("export", "--to", "pt2", "-o", "out.pt2"),
    ("export", "--to", "safetensors", "-o", "out.safetensors"),
    ("export", "--to", "svg", "-o", "out.svg"),
    ("export", "--to", "png", "-o", "out.png"),
)


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """The file that exists once anything of the code has run."""
    return tmp_path / "canary"


@pytest.fixture
def project(tmp_path: Path, left: Path) -> Path:
    path = tmp_path / "own.flow"
    graph = around_code(canary(left), trusted=False)
    files.write(
        Project("own", graph, DataConfig(dataset="digits"), TrainingConfig(epochs=1, device="cpu")), path
    )
    return path


def test_the_canary_sings_where_code_is_trusted(left: Path) -> None:
    """The test of the tests."""
    assert studio.check(around_code(canary(left))) == []
    assert left.exists()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_runs_it(
    command: tuple[str, ...], project: Path, left: Path, monkeypatch: pytest.MonkeyPatch, capsys: object
) -> None:
    monkeypatch.chdir(project.parent)
    main([command[0], str(project), *command[1:]])
    assert not left.exists()


@pytest.mark.parametrize(
    "act",
    [
        studio.check,
        studio.summary,
        studio.compile,
        studio.check_gradients,
        studio.step_through,
        studio.surface,
        studio.look,
        studio.train,
        lambda project: studio.export(project, "out.py"),
        lambda project: studio.check(project.graph),
        lambda project: studio.save(project, "again.flow"),
        lambda project: trust.is_trusted(canary(Path("x"))),
    ],
)
def test_no_function_of_the_public_face_runs_it(
    act: Callable[[Project], object], project: Path, left: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.parent)
    with contextlib.suppress(StudioError, TypeError):  # some want more than a project
        act(studio.load(project))
    assert not left.exists()


def test_a_run_whose_design_was_tampered_with_does_not_run_it(
    project: Path, left: Path, monkeypatch: pytest.MonkeyPatch, capsys: object
) -> None:
    monkeypatch.chdir(project.parent)
    sound = layer("return x * 1.0")
    files.write(
        Project(
            "own", around_code(sound), DataConfig(dataset="digits"), TrainingConfig(epochs=1, device="cpu")
        ),
        project,
    )
    assert main(["train", str(project), "--run", "one"]) == 0
    design = next(project.parent.glob("own.runs/**/design.flow"))
    text = design.read_text()
    evil = around_code(canary(left), trusted=False)
    files.write(
        Project("own", evil, DataConfig(dataset="digits"), TrainingConfig(epochs=1, device="cpu")), design
    )
    assert text != design.read_text()
    for command in (
        ("evaluate", "--run", "one"),
        ("doctor",),
        ("export", "--run", "one", "--to", "python", "-o", "o.py"),
    ):
        main([command[0], str(project), *command[1:]])
        assert not left.exists()
    shutil.rmtree(project.parent / "own.runs")


def test_pasted_and_imported_code_is_as_untrusted_as_it_was(left: Path) -> None:
    graph = around_code(canary(left), trusted=False)
    piece = graph_from_data(graph_to_data(pieces.subgraph(graph, ["x", "mine"])))
    pasted, _ = pieces.paste(Graph(), piece, 0.0, 0.0)
    inner = block(
        "Hidden",
        ("i", "BlockInput"),
        ("m", "Custom", "i", {"code": canary(left)}),
        ("o", "BlockOutput", "m"),
    )
    other = draw(("x", "ImageInput"), ("b", "block:Hidden", "x"), blocks=[inner])
    taken, _ = definitions.import_blocks(Graph(), other, ["Hidden"])
    used = edits.add_node(edits.add_node(taken, Node("x", "ImageInput", "x")), Node("b", "block:Hidden", "b"))
    used = edits.connect(used, "x", "output", "b", "i", registry.signatures(used))
    for design in (pasted, used, other):
        assert "untrusted" in {problem.code for problem in studio.check(design)}
    assert not left.exists()


@pytest.mark.parametrize("change", [lambda code: code + "\n", lambda code: code.replace("3", "4"), str.upper])
def test_code_that_differs_in_anything_is_not_run(change: Callable[[str], str], left: Path) -> None:
    code = canary(left)
    trust.store().trust(layer("return x"))
    trust.store().trust(f"# {code}".replace("\n", "\n# "))
    studio.check(around_code(change(code), trusted=False))
    assert not left.exists()
