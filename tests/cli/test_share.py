from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio.cli.main import main


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that was trained for an epoch."""
    monkeypatch.chdir(tmp_path)
    sets = ("--set", "data.dataset=moons", "--set", "data.options.samples=60", "--set", "hidden=4")
    assert main(["new", "mlp", "-o", "net.flow", *sets]) == 0
    assert main(["train", "net.flow", "--epochs", "1", "--device", "cpu"]) == 0
    return tmp_path / "net.flow"


def test_what_was_shared_is_evaluated_and_trained_on(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["share", "net.flow", "--run", "run-1", "-o", "for-you.flowz"]) == 0
    assert "studio for-you.flowz" in capsys.readouterr().out
    assert main(["evaluate", "net.flow", "--run", "run-1", "--json"]) == 0
    mine = json.loads(capsys.readouterr().out)
    assert main(["evaluate", "for-you.flowz", "--into", "theirs", "--run", "run-1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["loss"] == mine["loss"]
    assert main(["train", "for-you.flowz", "--into", "theirs", "--epochs", "1", "--device", "cpu"]) == 0
    assert main(["runs", "theirs/net.flow", "--json"]) == 0
    assert sorted(path.name for path in (tmp_path / "theirs" / "net.runs").glob("run-*")) == [
        "run-1",
        "run-2",
    ]


def test_a_file_that_is_there_stays_without_force(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["share", "net.flow"]) == 0
    assert main(["share", "net.flow"]) == 1
    assert "is there already" in capsys.readouterr().err
    assert main(["share", "net.flow", "--force", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"].keys() == {"net.flow"}


def test_unpack_says_where_the_project_is(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["share", "net.flow", "-o", "a.flowz"]) == 0
    capsys.readouterr()
    assert main(["unpack", "a.flowz", "--json"]) == 0
    assert Path(json.loads(capsys.readouterr().out)["file"]).is_file()


def test_allow_lets_a_project_read_a_folder_from_then_on(
    tmp_path: Path, no_grants: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "here").mkdir()
    (tmp_path / "there" / "t.csv").write_text("x,y\n" + "".join(f"{k},{'ab'[k % 2]}\n" for k in range(60)))
    monkeypatch.chdir(tmp_path / "here")
    sets = ("data.dataset=csv", "data.folder=../there", "data.options.file=t.csv", "hidden=4")
    assert main(["new", "mlp", "-o", "net.flow", *(word for one in sets for word in ("--set", one))]) == 0
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "another-user"))
    capsys.readouterr()
    assert main(["check", "net.flow"]) == 1
    assert "is not read before you allow it" in capsys.readouterr().out
    assert main(["check", "net.flow", "--allow", "../there"]) == 0
    assert main(["check", "net.flow"]) == 0
