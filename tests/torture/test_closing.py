from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture.trials import holds


@pytest.mark.timeout(400)
def test_closing_in_the_midst_of_training_and_saving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.torture.closing.WITHIN_S", 60.0)  # how fast is for `make torture` to say
    holds("close-in-order", 2, tmp_path)
