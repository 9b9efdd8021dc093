"""docs/reliability.md speaks of promises that there are."""

from __future__ import annotations

import re
from pathlib import Path

from tests.torture.promises import promises

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reliability.md"


def test_every_promise_of_the_table_is_one_that_is_tried() -> None:
    names = re.findall(r"^\| `([a-z-]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    known = {promise.name: promise.says for promise in promises()}
    assert names
    assert set(names) <= set(known)
