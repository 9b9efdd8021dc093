from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture.trials import holds

pytestmark = pytest.mark.timeout(300)


def test_killed_while_training_leaves_whole_files_and_little_is_lost(tmp_path: Path) -> None:
    holds("train-killed", 25, tmp_path)


def test_killed_five_times_and_resumed_is_the_same_to_the_last_bit(tmp_path: Path) -> None:
    holds("resume-exact", 3, tmp_path)
