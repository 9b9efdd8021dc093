"""An engine in a process of its own, for the tests that need the real thing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from studio.engine.process_client import ProcessClient
from tests.helpers.talk import Talk


@pytest.fixture
def engine() -> Iterator[Talk]:
    """An engine in a process of its own, started."""
    client = ProcessClient()
    client.start()
    yield Talk(client)
    client.close()
