"""Every hostile project gets a named refusal or opens with problems, and no code of it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.blocks import BLOCKS, EXPRESSIONS
from tests.hostile.case import Case
from tests.hostile.data_files import DATA
from tests.hostile.documents import DOCUMENTS
from tests.hostile.judge import CPU_S, MEMORY_MB, Court
from tests.hostile.shares import SHARES
from tests.hostile.stores import FILES, RUNS

CASES = (*DOCUMENTS, *EXPRESSIONS, *BLOCKS, *DATA, *FILES, *RUNS, *SHARES)


@pytest.fixture(scope="module")
def court(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Court]:
    """A process that judges, in which nothing outside a project's folder was ever allowed."""
    found = Court(tmp_path_factory.mktemp("settings"))
    yield found
    found.close()


@pytest.mark.parametrize(
    "case",
    # Each costs a process; every other one is left to the slow tests.
    [pytest.param(case, id=case.name, marks=[pytest.mark.slow] * (k % 2)) for k, case in enumerate(CASES)],
)
def test_it_is_refused_by_name_or_opens_with_problems(case: Case, court: Court, tmp_path: Path) -> None:
    verdict = court.judge(case.how, case.lay_out(tmp_path))
    assert not verdict.failed
    assert re.search(case.said, verdict.said), verdict.said
    assert verdict.said.isprintable() or "\n" in verdict.said
    assert bool(verdict.said) == bool(case.said), verdict.said
    assert verdict.memory_mb <= MEMORY_MB
    assert verdict.cpu_s <= CPU_S


def test_there_are_at_least_60_and_each_has_its_name() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names)) >= 60
