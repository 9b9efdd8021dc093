from __future__ import annotations

import logging
import zipfile
from pathlib import Path

import pytest

from studio import logs
from studio.app.problem_report import contents
from studio.app.problem_report.contents import collect, private_words, scrub_text, write
from studio.errors import ProjectError
from studio.project.project import Project
from tests.helpers.drawing import draw


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Project:
    """A design with names, and a log that tells them."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(contents, "_user", lambda: "ada")
    monkeypatch.setattr(contents.platform, "node", lambda: "turing")
    logs.begin("window")
    logging.getLogger("studio").error(
        'Could not open "/home/ada/patients/zebras.flow" on turing: layer zebra_fc, then fc_1, of %s',
        __file__,
    )
    logs.end()
    graph = draw(
        ("zebra_x", "VectorInput", {"features": 3}),
        ("zebra_fc", "Linear", "zebra_x"),
        ("fc1", "Linear", "zebra_fc"),
    )
    return Project("zebras", graph)


def test_a_report_holds_versions_logs_and_the_design_and_nothing_private(project):
    parts = {part.name: part.text for part in collect(project, {"engine": "ready"})}
    assert set(parts) == {"versions.txt", "design.flow", "window.log"}
    assert "engine: ready\n" in parts["versions.txt"]
    assert "PySide6-Essentials: 6." in parts["versions.txt"]
    everything = "".join(parts.values())
    for word in ("zebra", "ada", "turing", "/home", "patients"):
        assert word not in everything, word
    assert 'Could not open "<path>.flow" on <host>: layer linear_2, then fc_1' in parts["window.log"]
    assert "<program>/tests/app/problem_report/test_contents.py" in parts["window.log"]


def test_usual_names_stay_in_the_log(project):
    from studio.project.scrub import scrubbed

    private = private_words(project, scrubbed(project)[1])
    assert "zebra_fc" in private
    assert "fc1" not in private


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("/data/x.csv", "<path>.csv"),
        (r"C:\Users\ada\x.csv is gone", "<path>.csv is gone"),
        ('File "/opt/lib/python3/torch/nn.py", line 3', 'File "<path>.py", line 3'),
        ("3/4 of it, and/or 1e-3", "3/4 of it, and/or 1e-3"),
        ("adamw stays, ada goes", "adamw stays, <user> goes"),
    ],
)
def test_paths_and_names_are_replaced(text, plain):
    assert scrub_text(text, {"ada": "<user>"}) == plain


def test_the_file_holds_what_was_shown(project, tmp_path):
    parts = collect(project, {})
    write(parts, "I drew a zebra.", tmp_path / "report.zip")
    with zipfile.ZipFile(tmp_path / "report.zip") as file:
        assert file.read("what-happened.txt") == b"I drew a zebra."
        assert {name: file.read(name).decode() for name in file.namelist()[1:]} == {
            part.name: part.text for part in parts
        }
    with pytest.raises(ProjectError, match="does not exist"):
        write(parts, "", tmp_path / "missing" / "report.zip")
