from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture import mounting
from tests.torture.trials import holds


@pytest.mark.skipif(not mounting.can_mount(), reason="nobody may mount a disk of his own here")
@pytest.mark.parametrize(("name", "tries"), [("disk-full", 16), ("place-lost", 12), ("metrics-wait", 6)])
def test_a_disk_that_is_full_read_only_or_gone_costs_nothing(tmp_path: Path, name: str, tries: int) -> None:
    holds(name, tries, tmp_path)


def test_a_limit_at_each_of_the_first_fifty_writes_costs_nothing(tmp_path: Path) -> None:
    holds("write-limited", 50, tmp_path)


def test_a_network_drive_that_goes_away_at_any_call_costs_nothing(tmp_path: Path) -> None:
    holds("network-gone", 56, tmp_path)
