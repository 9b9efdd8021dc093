"""Real data sets for tests, where the machine has them: see `folder`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def folder(part: str) -> Path:
    """Return the data folder if it holds `part` (``MNIST/raw``, ``cifar-10``); else skip the test.

    It is laid out as torchvision's, and lies beside the checkout in ``shared/data``, or where the environment
    variable ``STUDIO_TEST_DATA`` says.
    """
    if not (home() / part).exists():
        pytest.skip(f"needs real data in {part}; set STUDIO_TEST_DATA to the folder that holds it")
    return home()


def home() -> Path:
    """Return the data folder, whether it is there or not."""
    return Path(os.environ.get("STUDIO_TEST_DATA") or ROOT.parent / "shared" / "data").resolve()
