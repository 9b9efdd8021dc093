from __future__ import annotations

from typing import Any

import pytest

from studio.errors import NewerFormatError, ProjectError
from studio.project.migrations import FORMAT, STEPS, VERSION, migrate, version_of


def document(version: object, **rest: object) -> dict[str, Any]:
    return {"format": FORMAT, "version": version, **rest}


def rename_layers(old: dict[str, Any]) -> dict[str, Any]:
    return {**{key: value for key, value in old.items() if key != "layers"}, "nodes": old["layers"]}


def add_notes(old: dict[str, Any]) -> dict[str, Any]:
    return {**old, "notes": ", ".join(old["nodes"])}


FAKE = {1: rename_layers, 2: add_notes}


def test_there_is_a_step_for_every_older_version() -> None:
    assert sorted(STEPS) == list(range(1, VERSION))


def test_the_present_version_is_left_as_it_is() -> None:
    data = document(VERSION, graph={})
    assert migrate(data) is data


def test_steps_run_in_order_up_to_the_present() -> None:
    assert migrate(document(1, layers=["a", "b"]), FAKE, 3) == document(3, nodes=["a", "b"], notes="a, b")


def test_a_document_in_the_middle_takes_the_rest_of_the_steps() -> None:
    assert migrate(document(2, nodes=["a"]), FAKE, 3) == document(3, nodes=["a"], notes="a")


def test_the_document_given_is_not_changed() -> None:
    data = document(1, layers=["a"])
    migrate(data, FAKE, 3)
    assert data == document(1, layers=["a"])


def test_a_newer_version_is_refused() -> None:
    with pytest.raises(NewerFormatError, match=r"file version 4, and this program reads up to 3\). Update"):
        migrate(document(4), FAKE, 3)


def test_a_version_without_a_step_is_refused() -> None:
    with pytest.raises(ProjectError, match="file version 1, which this program can no longer read"):
        migrate(document(1), {2: add_notes}, 3)


def test_a_document_that_breaks_its_step_is_refused() -> None:
    with pytest.raises(
        ProjectError, match=r"says it has file version 1, but does not look like it \(KeyError"
    ):
        migrate(document(1), FAKE, 3)


@pytest.mark.parametrize("version", [None, "1", True, 0, -3, 1.0, []])
def test_a_version_that_is_no_number_is_refused(version: object) -> None:
    with pytest.raises(ProjectError, match='"version" is'):
        version_of(document(version))
