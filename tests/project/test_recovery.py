from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from studio.errors import ProjectError
from studio.project.project import Project
from studio.project.recovery import Journal, Unsaved, recovery_folder
from tests.helpers.residual import residual_network

PROJECT = Project("net", residual_network(), notes="unsaved")


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "state" / "recovery")


def unsaved(key: str = "s1.1", written: float = 10.0, path: str = "") -> Unsaved:
    return Unsaved(key, PROJECT, path, "", 3, written)


def test_what_is_written_comes_back_as_it_was(journal: Journal) -> None:
    journal.write(unsaved(path="/nets/net.flow"))
    assert journal.left_by(frozenset({"s1"})) == (unsaved(path="/nets/net.flow"),)


def test_later_state_takes_the_place_of_the_earlier(journal: Journal) -> None:
    journal.write(unsaved())
    later = replace(unsaved(written=20.0), project=replace(PROJECT, notes="more"))
    journal.write(later)
    assert journal.left_by(frozenset({"s1"})) == (later,)
    assert len(list(journal.folder.iterdir())) == 1


def test_only_what_is_asked_for_is_read_the_newest_first(journal: Journal) -> None:
    for key, written in (("s1.1", 1.0), ("s1.2", 3.0), ("s2.1", 2.0)):
        journal.write(unsaved(key, written))
    assert journal.sessions() == {"s1", "s2"}
    assert [each.key for each in journal.left_by(frozenset({"s1"}))] == ["s1.2", "s1.1"]


def test_removed_is_gone_and_twice_is_no_error(journal: Journal) -> None:
    journal.write(unsaved())
    journal.remove("s1.1")
    journal.remove("s1.1")
    assert journal.sessions() == frozenset()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"format": "other"}', '{"format": "flowgraph-studio-recovery", "version": 99}']
)
def test_what_cannot_be_read_is_passed_over_and_left_alone(journal: Journal, text: str) -> None:
    journal.write(unsaved("s1.1"))
    (journal.folder / "s1.2.recovery.json").write_text(text)
    assert [each.key for each in journal.left_by(frozenset({"s1"}))] == ["s1.1"]
    assert (journal.folder / "s1.2.recovery.json").exists()


def test_no_folder_holds_nothing(journal: Journal) -> None:
    assert journal.sessions() == frozenset()
    assert journal.left_by(frozenset({"s1"})) == ()


def test_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(ProjectError, match="cannot be made"):
        Journal(tmp_path / "state" / "recovery").write(unsaved())


def test_file_saved_since_is_newer(journal: Journal, tmp_path: Path) -> None:
    path = tmp_path / "net.flow"
    path.write_text("{}")
    os.utime(path, (100, 100))
    assert unsaved(written=99.0, path=str(path)).is_older_than_its_file
    assert not unsaved(written=101.0, path=str(path)).is_older_than_its_file
    assert not unsaved(written=0.0, path=str(tmp_path / "gone.flow")).is_older_than_its_file


def test_journal_lies_with_the_users_state_not_with_projects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/somewhere")
    assert recovery_folder().parts[-2:] == ("flowgraph-studio", "recovery")
