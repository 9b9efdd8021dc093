"""A check answers about the level on show; totals and problems are the whole network's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from studio.engine.local import LocalClient
from studio.engine.records import Check, Checked
from studio.project.config import DataConfig
from studio.project.format import to_data
from studio.project.project import Project
from tests.helpers.residual import residual_network
from tests.helpers.talk import Talk


@pytest.fixture(scope="module")
def local() -> Iterator[Talk]:
    client = LocalClient()
    client.start()
    yield Talk(client)
    client.close(60)


def check(local: Talk, *level: str) -> Checked:
    document = to_data(Project("demo", residual_network(), DataConfig(dataset="digits")))
    checked = local.ask(Check, project=document, level=level)
    assert isinstance(checked, Checked)
    return checked


def test_level_of_a_row_is_reported_as_its_first_block(local: Talk) -> None:
    checked = check(local, "n2")
    shapes = {report.node: report.shape for report in checked.nodes}
    assert (checked.level, checked.prefix) == (("n2",), "n2[0]/")
    assert shapes["n2"] == shapes["n6"] == (8, 8, 8)
    assert set(shapes) == {"n1", "n2", "n3", "n4", "n6"} | ({"n5"} & shapes.keys())


def test_totals_are_those_of_the_whole_network(local: Talk) -> None:
    inside, outside = check(local, "n3"), check(local)
    assert inside.totals == outside.totals
    assert inside.problems == outside.problems
    assert {report.node for report in outside.nodes} >= {"n1", "n2", "n3", "n4", "n5"}


def test_level_that_is_gone_has_no_reports(local: Talk) -> None:
    checked = check(local, "n99", "n1")
    assert (checked.nodes, checked.prefix) == ((), None)
