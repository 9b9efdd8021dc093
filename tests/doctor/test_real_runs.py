"""Healthy runs on MNIST are left in peace; without the data these tests are skipped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from studio import zoo
from studio.doctor.finding import Finding
from tests.doctor.conftest import codes
from tests.helpers import real_data


@pytest.mark.parametrize("template", ["lenet5", "mlp", "small_cnn"])
def test_healthy_runs_on_mnist_are_left_in_peace(run_of: Callable[..., list[Finding]], template: str) -> None:
    home = real_data.folder("MNIST/raw")
    data: dict[str, Any] = {"dataset": "mnist", "folder": str(home), "validation_fraction": 0.02}
    arguments: dict[str, Any] = {"channels": (8, 16)} if template == "small_cnn" else {}
    findings = run_of(zoo.build(template, **arguments), data=data, max_steps=250, batch_size=64, lr=0.05)
    assert codes(findings) == set()
