"""Tables and pictures of the person's own, from the command line: new, check and train."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from immutables import Map
from PIL import Image

from studio.graph import edits
from studio.graph.node import Node
from studio.project import files
from studio.project.project import Project

TABLE = "a,b,size,kind\n" + "".join(
    f"{row % 10},{row % 7},{row % 10 * 2 + 0.5},{'yes' if row % 10 > 4 else 'no'}\n" for row in range(100)
)


@pytest.fixture
def file(studio: Callable, tmp_path: Path) -> Path:
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
    path = tmp_path / "own.flow"
    chosen = ("--set", "data.dataset=csv", "--set", "data.options.file=table.csv")
    result = studio("new", "mlp", "-o", path, "--set", "hidden=8", *chosen)
    assert result.code == 0, result.err
    return path


def node(project: Project, kind: str) -> Node:
    return next(found for found in project.graph.ordered() if found.kind == kind)


def test_new_project_of_a_table_has_its_shape_and_classes(studio: Callable, file: Path) -> None:
    assert studio("check", file).code == 0
    assert node(files.read(file), "VectorInput").arguments["features"] == 3
    result = studio("train", file, "--epochs", 20, "--json", "--set", "training.device=cpu")
    assert result.json["best"]["val_accuracy"] == 1.0


def test_classes_loss_on_a_table_of_values_is_refused(studio: Callable, file: Path) -> None:
    values = ("--set", "data.options.target=size", "--set", "data.options.features=a,b")
    result = studio("check", file, *values)
    assert result.code == 1
    assert "needs classes, and the data set gives values" in result.err + result.out


def test_network_learns_the_values_of_a_table(studio: Callable, file: Path) -> None:
    project = files.read(file)
    loss, truth = node(project, "CrossEntropyLoss"), node(project, "Target")
    graph = edits.replace_node(project.graph, replace(loss, kind="MSELoss", arguments=Map()))
    graph = edits.set_argument(graph, truth.id, "encoding", "float")
    last = [found for found in graph.ordered() if found.kind == "Linear"][-1]
    files.write(replace(project, graph=edits.set_argument(graph, last.id, "out_features", 1)), file)
    values = ("--set", "data.options.target=size", "--set", "data.options.features=a,b")
    values += ("--set", f"graph.{node(project, 'VectorInput').name}.features=2", "--set", "training.lr=0.01")
    result = studio("train", file, "--epochs", 60, "--json", *values)
    assert result.code == 0, result.err
    assert result.json["best"]["val_loss"] < 0.5  # the values' variance is 33


def test_lost_and_damaged_tables_are_said_in_words(studio: Callable, file: Path) -> None:
    table = file.with_name("table.csv")
    table.write_text(TABLE + "1,2\n", encoding="utf-8")
    assert "line 102: 2 fields" in studio("train", file).err
    table.unlink()
    result = studio("train", file)
    assert (result.code, "there is no such file" in result.err) == (1, True)


def test_new_project_of_a_missing_table_is_refused(studio: Callable, tmp_path: Path) -> None:
    chosen = ("--set", "data.dataset=csv", "--set", "data.options.file=none.csv")
    result = studio("new", "mlp", "-o", tmp_path / "x.flow", *chosen)
    assert (result.code, "there is no such file" in result.err) == (2, True)


def test_pictures_left_out_are_told_before_training(studio: Callable, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        for number in range(12):
            Image.new("L", (8, 8), 20 * number).save(tmp_path / name / f"{number}.png")
    (tmp_path / "a" / "bad.png").write_bytes(b"")
    chosen = ("data.dataset=image_folder", "data.options.size=8", "data.options.damaged=skip")
    sets = [word for setting in chosen for word in ("--set", setting)]
    result = studio("new", "mlp", "-o", tmp_path / "p.flow", "--set", "hidden=4", *sets)
    assert result.code == 0, result.err
    result = studio("train", tmp_path / "p.flow", "--epochs", 1)
    assert result.code == 0, result.err
    assert "1 damaged file was left out: a/bad.png." in result.err


def test_network_on_own_files_is_exported_without_a_training_script(studio: Callable, file: Path) -> None:
    result = studio("export", file, "--to", "python", "-o", file.with_name("net.py"))
    assert result.code == 0, result.err
    source = file.with_name("net.py").read_text(encoding="utf-8")
    assert "reading files of your own is left to you" in source
    assert "def main" not in source


def test_network_of_classes_is_not_made_for_values(studio: Callable, tmp_path: Path) -> None:
    result = studio("new", "mlp", "-o", tmp_path / "x.flow", "--set", "data.dataset=diabetes")
    assert (result.code, "tells classes apart, and this data set gives values" in result.err) == (2, True)


def test_rows_of_another_table_are_predicted_by_its_columns(
    studio: Callable, file: Path, tmp_path: Path
) -> None:
    assert studio("train", file, "--epochs", 20, "--set", "training.device=cpu").code == 0
    (tmp_path / "new.csv").write_text("size,b,a\n18.5,3,9\n2.5,3,1\n")
    found = studio("predict", file, tmp_path / "new.csv", "--json").json["predictions"]
    assert [one["label"] for one in found] == ["yes", "no"]
    assert found[1]["input"].endswith("new.csv, row 2")


def test_a_class_that_a_part_lacks_is_warned_of(studio: Callable, file: Path, tmp_path: Path) -> None:
    lines = TABLE.splitlines()
    parts = ["where", *("val" if row % 10 < 3 else "train" for row in range(100))]
    rows = "\n".join(f"{line},{part}" for line, part in zip(lines, parts, strict=True))
    (tmp_path / "table.csv").write_text(rows)
    chosen = ("--set", "data.options.part=where", "--set", "data.options.target=kind")
    result = studio("check", file, *chosen)
    assert result.code == 0
    assert 'The validation part has no sample of "yes".' in result.out + result.err
    trained = studio("train", file, "--epochs", 1, "--set", "training.device=cpu", *chosen)
    assert 'The validation part has no sample of "yes".' in trained.out + trained.err
