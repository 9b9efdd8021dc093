from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from studio.data import digits

ROOT = Path(__file__).resolve().parents[2]


def test_digits_are_scikit_learns() -> None:
    images, labels = load_digits(return_X_y=True)
    data = digits.DIGITS.load({}, Path())
    np.testing.assert_array_equal(data.inputs, (images / 16).astype(np.float32).reshape(-1, 1, 8, 8))
    np.testing.assert_array_equal(data.targets, labels)


def test_digits_come_from_the_library_where_the_file_is_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = digits.DIGITS.load({}, Path())
    monkeypatch.setattr(digits, "_read_file", lambda: None)
    data = digits.DIGITS.load({}, Path())
    np.testing.assert_array_equal(data.inputs, expected.inputs)
    np.testing.assert_array_equal(data.targets, expected.targets)


def test_digits_do_without_importing_the_library() -> None:
    code = (
        "import sys; from pathlib import Path; from studio.data import digits;"
        "digits.DIGITS.load({}, Path()); sys.exit('sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
