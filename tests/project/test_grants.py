from __future__ import annotations

import os
from pathlib import Path

import pytest

from studio.errors import GrantError, ProjectError
from studio.project import grants
from studio.project.weights import weight_shapes

pytestmark = pytest.mark.usefixtures("no_grants")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A project's folder, with a neighbour that is none of its business."""
    (tmp_path / "project").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.csv").write_text("x,y\n1,2\n")
    return tmp_path / "project"


def test_the_projects_own_folder_is_free(home: Path) -> None:
    assert grants.may_read(home / "data" / "a.csv", (home,))
    assert grants.may_read(home, (home,))


@pytest.mark.parametrize(
    "way", ["..", "../other", "../project2", "data/../../other", "/etc", "../other/a.csv"]
)
def test_what_lies_outside_is_refused_and_the_folder_named(home: Path, way: str) -> None:
    with pytest.raises(GrantError, match="--allow") as caught:
        grants.refuse_outside(home / way, (home,), "The folder")
    assert caught.value.folder == os.path.realpath(home / (".." if way == ".." else way)).removesuffix(
        "/a.csv"
    )


def test_a_link_is_followed(home: Path) -> None:
    (home / "data").symlink_to(home.parent / "other")
    with pytest.raises(GrantError, match="other"):
        grants.regular_file(home / "data" / "a.csv", home)


def test_an_allowed_folder_is_kept_for_the_user_and_can_be_taken_back(home: Path) -> None:
    other = home.parent / "other"
    grants.allow(other, keep=True)
    assert grants.settings_file().is_file()
    assert grants.allowed() == (str(other.resolve()),)
    assert grants.may_read(other / "deep" / "a.csv", (home,))
    assert not grants.may_read(home.parent / "other2", (home,))
    grants.forbid(str(other.resolve()))
    assert not grants.may_read(other / "a.csv", (home,))


def test_allowing_a_file_allows_its_folder(home: Path) -> None:
    grants.allow(home.parent / "other" / "a.csv")
    assert grants.may_read(home.parent / "other" / "b.csv", (home,))
    assert grants.allowed() == ()


def test_the_programs_own_data_may_be_links(home: Path) -> None:
    cache = grants.data_cache()
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "linked").symlink_to(home.parent / "other")
    try:
        assert grants.may_read(cache / "linked" / "a.csv", (cache,))
        assert not grants.may_read(cache / ".." / ".." / "a.csv", (home,))
    finally:
        (cache / "linked").unlink()


@pytest.mark.parametrize("text", ["", "{", "[[[[", '{"a": 1}', "[1, null]", '["relative"]', "\x00"])
def test_a_damaged_list_allows_nothing(home: Path, text: str) -> None:
    grants.settings_file().parent.mkdir(parents=True)
    grants.settings_file().write_text(text)
    assert grants.allowed() == ()
    assert not grants.may_read(home.parent / "other", (home,))


def test_a_folder_in_full_is_the_persons_word_unless_it_came_from_a_file(home: Path) -> None:
    other = str(home.parent / "other")
    grants.came_from_file(other)
    grants.allow_own(other)
    assert not grants.may_read(Path(other), (home,))
    grants.allow_own(str(home.parent))
    assert grants.may_read(Path(other), (home,))


def test_a_pipe_is_no_data_file(home: Path) -> None:
    os.mkfifo(home / "data.csv")
    with pytest.raises(GrantError, match="pipe or a device"):
        grants.regular_file(home / "data.csv", home)


def test_weights_that_are_a_link_to_elsewhere_are_not_read(home: Path) -> None:
    (home / "net.safetensors").symlink_to(home.parent / "other" / "a.csv")
    with pytest.raises(ProjectError, match="leads out of the project's folder"):
        weight_shapes("net.safetensors", home)


def test_a_name_that_is_no_path_is_refused(home: Path) -> None:
    with pytest.raises(GrantError, match="cannot be a path"):
        grants.refuse_outside(Path("a\0b"), (home,), "The folder")
